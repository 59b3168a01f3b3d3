"""The plan of activities as a table."""

from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from programme.models import Agency, Programme, Region

from .cells import phrases
from .forms import PlanForm
from .queries import narrow


@require_safe
def plan(request, slug):
    programme = get_object_or_404(Programme, slug=slug)
    form = PlanForm(
        request.GET,
        sections=programme.plan_sections.all(),
        agencies=Agency.objects.filter(responsibilities__activity__programme=programme).distinct(),
        regions=Region.objects.all(),
        # Yearly reports on the plan's last year are due in the next.
        years=range(programme.plan_first_year, programme.plan_last_year + 2),
    )
    filters = form.cleaned_data if form.is_valid() else {}
    found = list(narrow(programme.activities.for_plan(), **filters))
    context = {
        "programme": programme,
        "form": form,
        "rows": [(activity, phrases(activity)) for activity in found],
        "columns": range(2, 8),
        "headings": {heading.column: heading.title for heading in programme.plan_headings.all()},
        "total": programme.activities.count(),
        "is_filtered": any(filters.values()),
    }
    return render(request, "activities/plan.html", context)
