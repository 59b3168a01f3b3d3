"""Help: first steps for each role, the glossary; and, for developers, every component in its states."""

from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts.models import Role
from programme.models import Abbreviation, Programme

from ..first_steps import STEPS
from ..glossary import GROUPS


@require_safe
def first_steps(request):
    """Numbered steps, those of the reader's own role first. One query."""
    programme = Programme.objects.first()
    roles = sorted(Role, key=lambda role: role != request.user.role)
    guides = [(role, _steps(role, programme), role == request.user.role) for role in roles]
    return render(request, "analysis/first_steps.html", {"guides": guides, "section": "help"})


def _steps(role: Role, programme: Programme | None) -> list[tuple]:
    """Steps with their addresses; before a programme is loaded there are none to lead to."""
    return [(step, step.url(programme) if programme else "") for step in STEPS[role]]


@require_safe
def glossary(request):
    """Terms in three languages side by side, and the abbreviations of the decree. Two queries."""
    abbreviations = Abbreviation.objects.filter(programme=Programme.objects.first()).select_related("agency")
    context = {"groups": GROUPS.items(), "abbreviations": abbreviations, "section": "help"}
    return render(request, "analysis/glossary.html", context)


@require_safe
def components(request):
    """Every component in its states, while the portal is being developed."""
    if not settings.DEBUG:
        raise Http404
    return render(request, "base.html")
