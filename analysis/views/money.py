"""Planned, clarified and spent; plan against actual through time; lines against printed totals."""

from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from budget.reconciliation import reconcile
from programme.models import Finding, Programme, Region

from ..exhibits import page_or_file
from ..figures.forms import MoneyForm, begun
from ..figures.money import filed_reports, planned_lines, steps
from ..showing.money import Asked, Found, exhibits


@require_safe
def money(request, slug):
    """What the decree prints is for everybody; spending is what the reader may see."""
    programme = get_object_or_404(Programme, slug=slug)
    context = {"programme": programme, "section": "budget"}
    periods = [one for one in programme.periods.select_related("programme") if not one.is_lapsed]
    past = begun(programme, periods)
    if not past:
        return render(request, "analysis/money.html", context)
    directions = list(programme.directions.order_by("code"))
    regions = list(Region.objects.filter(agencies__responsibilities__activity__programme=programme).distinct())
    form = MoneyForm(request.GET, periods=past, regions=regions, directions=directions)
    chosen = {name: form.chosen(name) for name in ("source", "region", "direction")}
    asked = Asked(programme, request.user, form.chosen("period"), periods, **chosen)
    lines = [line for line in planned_lines(asked.until, request.user) if asked.includes(line)]
    filed = filed_reports(programme, request.user, asked.bodies_of)
    found = Found(
        lines=lines,
        steps=steps(asked.plan_periods, asked.until, lines, filed),
        reconciled=reconcile(programme),
        findings=list(programme.findings.filter(kind=Finding.Kind.SUM)),
        regions=regions,
        directions=directions,
    )
    home = request.user.agency.region_id if request.user.agency else None
    context |= {
        "form": form,
        "is_narrowed": any(chosen.values()),
        "until": asked.until,
        "filed": filed.get(asked.until.code),
        "own_region": next((one for one in regions if one.pk == home and one.code != asked.region), None),
    }
    return page_or_file(request, "analysis/money.html", context, exhibits(asked, found))
