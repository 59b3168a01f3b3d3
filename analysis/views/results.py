"""Expected results of section 7: targets, what was reported so far, and the statistics of section 3."""

from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from activities.models import Indicator
from programme.models import BaselineTable, ExpectedResult, Finding, Programme, Region

from ..exhibits import page_or_file
from ..figures.forms import ResultsForm, begun
from ..figures.results import counted
from ..showing import results as showing


@require_safe
def results(request, slug):
    programme = get_object_or_404(Programme, slug=slug)
    context = {"programme": programme, "section": "results"}
    periods = [one for one in programme.periods.select_related("programme") if not one.is_lapsed]
    past = begun(programme, periods)
    if not past:
        return render(request, "analysis/results.html", context)
    regions = list(Region.objects.filter(agencies__responsibilities__activity__programme=programme).distinct())
    indicators = list(
        Indicator.objects.filter(activity__programme=programme)
        .select_related("activity", "stage")
        .order_by("stage__number", "activity__ordinal", "ordinal")
    )
    form = ResultsForm(request.GET, periods=past, regions=regions, indicators=indicators)
    region = next((one for one in regions if one.code == form.chosen("region")), None)
    home = request.user.agency.region_id if request.user.agency else None
    asked = showing.Asked(
        programme=programme,
        reader=request.user,
        until=form.chosen("period"),
        periods=periods,
        region=region,
        own_region=next((one.code for one in regions if one.pk == home), ""),
    )
    every = counted(indicators, asked.until)
    stages = [
        showing.of_stage(asked, stage, [one for one in every if one.indicator.stage == stage])
        for stage in dict.fromkeys(one.stage for one in indicators)
    ]
    background = [
        showing.background(table)
        for table in BaselineTable.objects.filter(programme=programme).prefetch_related("values")
    ]
    told = _told(asked, every)
    shown = [*stages, *(one["exhibit"] for one in told if one["exhibit"]), *(one.exhibit for one in background)]
    chosen = next((one for one in every if one.indicator.code == form.chosen("indicator")), None)
    if chosen:
        shown.append(showing.by_region(asked, chosen, regions))
    context |= {
        "form": form,
        "is_narrowed": bool(region or chosen),
        "until": asked.until,
        "region": region,
        "stages": [_key(one) for one in stages],
        "countable": [one | {"exhibit": _key(one["exhibit"])} for one in told if one["counted"]],
        "others": [one for one in told if not one["counted"]],
        "background": [(one.table, _key(one.exhibit)) for one in background],
    }
    return page_or_file(request, "analysis/results.html", context, shown)


def _key(exhibit) -> str:
    """What the template knows the exhibit by."""
    return exhibit.name.replace("-", "_") if exhibit else ""


def _told(asked, every) -> list[dict]:
    """Each result with its targets, the findings about them, and what was counted through time."""
    findings = list(asked.programme.findings.filter(kind=Finding.Kind.CONTRADICTION))
    expected = ExpectedResult.objects.filter(programme=asked.programme, stage__isnull=False)
    found = []
    for result in expected.select_related("stage").prefetch_related("targets"):
        own = [one for one in every if one.indicator.result_id == result.pk]
        targets = [(target, showing.disagreement(target, findings)) for target in result.targets.all()]
        exhibit = showing.through_time(asked, result, own) if own else None
        found.append({"result": result, "targets": targets, "counted": own, "exhibit": exhibit})
    return found
