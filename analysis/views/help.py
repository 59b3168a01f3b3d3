"""Help: first steps for each role, the glossary; and, for developers, every component in its states."""

from django.conf import settings
from django.http import Http404
from django.shortcuts import render
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from accounts.models import Role
from programme.models import Abbreviation, Programme

from ..exhibits import page_or_file
from ..first_steps import STEPS
from ..glossary import GROUPS
from ..showcase import BUTTONS, FRAME, TONES, SampleForm, sample_exhibits, sample_forms


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
    context = sample_forms() | {
        "frame": FRAME,
        "tones": TONES,
        "buttons": BUTTONS,
        "numbers": range(1, 21),
        "other_form": SampleForm(prefix="other"),
        "filter_form": SampleForm(prefix="filter"),
        "crumbs": [("#frame", "A room"), ("#frame", "A page in it")],
        "texts": [("What was done", "A text that was not saved.")],
        "slug": Programme.objects.values_list("slug", flat=True).first(),
        "spans": {"text": "120-121"},
    }
    return page_or_file(request, "analysis/components.html", context, sample_exhibits(get_language()))
