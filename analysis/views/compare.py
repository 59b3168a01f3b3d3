"""Any two half-years, of the programme or of a region; any two regions as of the end of a half-year."""

from django.http import Http404
from django.shortcuts import get_object_or_404, render
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from activities.models import Activity, Indicator
from programme.models import Programme, Region
from reports.models import Period, Submission

from ..exhibits import page_or_file
from ..figures import comparison
from ..figures.activities import answers
from ..figures.comparison import Side, region_of
from ..figures.forms import PairForm, PeriodsForm, RegionsForm, begun
from ..figures.money import planned_lines
from ..figures.results import counted, in_stage
from ..showing.comparison import Compared, exhibits

WAYS = {"periods": _("Two half-years"), "regions": _("Two regions")}


@require_safe
def compare(request, slug):
    """`?by=periods` or `?by=regions`. What is compared are sums and counts, which are open to everybody."""
    by = request.GET.get("by", "periods")
    if by not in WAYS:
        raise Http404
    # Half-years, bodies and the programme come with them.
    submissions = list(
        Submission.objects.filter(period__programme__slug=slug)
        .select_related("agency__region", "period__programme")
        .order_by("period__starts_on", "agency__ordinal")
    )
    periods = list(dict.fromkeys(one.period for one in submissions))
    programme = periods[0].programme if periods else get_object_or_404(Programme, slug=slug)
    past = begun(programme, periods)
    regions = sorted({one.agency.region for one in submissions if one.agency.region}, key=lambda one: one.ordinal)
    context = {
        "programme": programme,
        "section": "map",
        "by": by,
        "ways": [(f"?by={code}", label, code == by) for code, label in WAYS.items()],
    }
    if not past or not regions:
        return render(request, "analysis/compare.html", context)
    home = request.user.agency.region_id if request.user.agency else None
    own = next((one for one in regions if one.pk == home), None)
    form = _form(by, request.GET, past, regions, own)
    context |= {"form": form}
    if form.pair is None:
        return render(request, "analysis/compare.html", context)
    sides, titles = _sides(by, form, regions)
    latest = max((side.period for side in sides), key=lambda one: one.starts_on)
    lines, said = planned_lines(latest, None), answers(programme, latest)
    indicators = [
        one
        for one in Indicator.objects.filter(activity__programme=programme).select_related("activity", "stage")
        if any(side.period in in_stage(past, one) for side in sides)
    ]
    bodies = [{one.agency.code for one in submissions if region_of(one) == side.region} for side in sides]
    found = Compared(
        reader=request.user,
        periods=periods,
        sides=sides,
        titles=titles,
        own_region=own.code if own else "",
        money=tuple(comparison.money(side, lines) for side in sides),
        filings=tuple(comparison.filings(side, submissions) for side in sides),
        states=tuple(comparison.states(side, said, codes) for side, codes in zip(sides, bodies, strict=True)),
        indicators=counted(indicators, latest),
        activities={one.ordinal: one for one in Activity.objects.filter(programme=programme)},
    )
    context |= {"titles": titles, "region": next((one for one in regions if one.code == form.chosen_region), None)}
    return page_or_file(request, "analysis/compare.html", context, exhibits(found))


def _form(by: str, data, past: list[Period], regions: list[Region], own: Region | None) -> PairForm:
    if by == "regions":
        return RegionsForm(data, periods=past, regions=regions, own=own)
    return PeriodsForm(data, periods=past, regions=regions)


def _sides(by: str, form: PairForm, regions: list[Region]) -> tuple[tuple[Side, Side], tuple[str, str]]:
    """Both sides, and what they are called."""
    first, second = form.pair
    if by == "regions":
        names = {one.code: one.name for one in regions}
        period = form.chosen("period")
        return (Side(period, first), Side(period, second)), (names[first], names[second])
    region = form.chosen("region")
    return (Side(first, region), Side(second, region)), (capfirst(first.title), capfirst(second.title))
