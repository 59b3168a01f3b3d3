"""How each region stands at the end of a half-year: by filing, by the plan's money, by activities, by indicators.

Only reports that stand as filed count, never drafts. None is no data, and never zero. Amounts are million tenge, shares
are parts of 1. Standing of this kind is open to every signed-in user; what a body wrote is not.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal

from django.db.models import Exists, F, OuterRef, Q, Subquery, Sum
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from activities.models import Indicator, Responsibility
from budget.models import BudgetLine, Clarification
from programme import calendar
from programme.models import Agency, Programme, Region
from programme.money import ZERO
from reports.models import Entry, IndicatorValue, Period, Spending, Submission, SubmissionCopy, Waiver
from reports.timeliness import Timing, timeliness

from ..writing import Kind

Value = Decimal | int | None
_SHARE = Decimal("0.0001")


@dataclass(frozen=True)
class Measure:
    """`is_better`: "high" or "low", or None where more is neither better nor worse.

    `indicator`: what is counted, where it is one; its target is the whole country's, never a region's.
    """

    code: str
    title: str | Promise
    kind: Kind
    description: str | Promise
    is_better: str | None = None
    indicator: Indicator | None = None

    def share_of_target(self, value: Value) -> Decimal | None:
        """Of the country's target; None without a target."""
        if value is None or not (self.indicator and self.indicator.target):
            return None
        return (Decimal(value) / self.indicator.target).quantize(_SHARE)


MEASURES = {
    measure.code: measure
    for measure in (
        Measure(
            "on_time",
            _("Reports filed on time"),
            Kind.SHARE,
            _("Of the half-years whose day for filing has passed, the share that was filed by that day."),
            "high",
        ),
        Measure(
            "completeness",
            _("Full answers in the report"),
            Kind.SHARE,
            _(
                "Of the activities that the akimat owes in the half-year, the share that its filed report answers in "
                "full: not with “no data”, and without a rule waived."
            ),
            "high",
        ),
        Measure(
            "planned",
            _("Planned in the year"),
            Kind.MONEY,
            _("What the plan gives the region in the year of the half-year, as in force at its end."),
        ),
        Measure(
            "planned_whole",
            _("Planned in all years"),
            Kind.MONEY,
            _("What the plan gives the region in all its years, as in force at the end of the half-year."),
        ),
        Measure(
            "spent",
            _("Spent in the year so far"),
            Kind.MONEY,
            _("What the filed reports say was spent on the region's lines of the year, up to the half-year."),
        ),
        Measure(
            "spent_whole",
            _("Spent since the start"),
            Kind.MONEY,
            _("What the filed reports say was spent on the region's lines of all years, up to the half-year."),
        ),
        Measure(
            "share_spent",
            _("Share of the year's plan spent"),
            Kind.SHARE,
            _("What was spent in the year so far, of what is in force for the year."),
        ),
        Measure(
            "done",
            _("Activities done"),
            Kind.SHARE,
            _("Of the akimat's activities in the plan, the share whose completion was accepted."),
            "high",
        ),
    )
}


def indicator_measure(indicator: Indicator) -> Measure:
    """Its activity must be loaded: a code is unique within its activity alone."""
    return Measure(
        f"{indicator.code}.{indicator.activity.ordinal}",
        indicator.title,
        Kind.INTEGER,
        _(
            "What the region reported from the beginning of the stage to the half-year. The decree sets a target for "
            "the whole country alone, so a small number is no arrears of the region."
        ),
        indicator=indicator,
    )


@dataclass
class Part:
    """A share as what it is of what."""

    part: Decimal | int | None = None
    whole: Decimal | int = 0

    @property
    def share(self) -> Decimal | None:
        return (Decimal(self.part) / self.whole).quantize(_SHARE) if self.whole and self.part is not None else None


@dataclass
class RegionFigures:
    """`values`: by code of the region and of the measure; `country`: by code of the measure.

    A share of the country is all that was filed of all that is owed or planned, of silent regions too. The rest is
    what the figures were made from, loaded once: lines have `in_force` and `spent` (None: nothing filed about them).
    """

    until: Period
    regions: list[Region]
    measures: dict[str, Measure]
    responsibilities: list[Responsibility]
    submissions: dict[str, list[Submission]]
    lines: dict[str, list[BudgetLine]]
    values: dict[str, dict[str, Value]] = field(default_factory=lambda: defaultdict(dict))
    country: dict[str, Value] = field(default_factory=dict)


def region_values(programme: Programme, until: Period) -> dict[str, dict[str, Value]]:
    """By code of the region, by code of the measure. Six queries."""
    return region_figures(programme, until).values


def region_figures(programme: Programme, until: Period, *, with_indicators: bool = True) -> RegionFigures:
    """Every region that answers for a row of the plan or has a line in it.

    Six queries, however much there is; four without indicators.
    """
    responsibilities = list(
        Responsibility.objects.filter(activity__programme=programme, by_agreement=False, agency__region__isnull=False)
        .select_related("agency__region")
        .order_by("agency__region__ordinal", "activity__ordinal")
    )
    submissions = _submissions(programme, until, {one.agency_id: one.agency for one in responsibilities})
    lines = _lines(programme, until)
    indicators = Indicator.objects.filter(
        activity__programme=programme, stage__first_year__lte=until.year, stage__last_year__gte=until.year
    ).select_related("activity", "stage")
    regions = {one.agency.region_id: one.agency.region for one in responsibilities}
    regions |= {line.region_id: line.region for line in lines}
    measured = [indicator_measure(indicator) for indicator in indicators] if with_indicators else []
    figures = RegionFigures(
        until=until,
        regions=sorted(regions.values(), key=lambda region: region.ordinal),
        measures=MEASURES | {measure.code: measure for measure in measured},
        responsibilities=responsibilities,
        submissions=_by_region((one.agency.region, one) for one in submissions),
        lines=_by_region((line.region, line) for line in lines),
    )
    answers = _answers(until, submissions)
    _add_shares(figures, "on_time", _on_time(submissions))
    _add_shares(figures, "completeness", _completeness(figures, answers))
    _add_money(figures)
    _add_shares(figures, "done", _done(figures, answers))
    if measured:
        _add_indicators(figures, measured)
    return figures


def _by_region(pairs: Iterable[tuple[Region, object]]) -> dict[str, list]:
    found = defaultdict(list)
    for region, one in pairs:
        found[region.code].append(one)
    return found


def _submissions(programme: Programme, until: Period, agencies: dict[int, Agency]) -> list[Submission]:
    """Of these bodies, oldest half-year first."""
    found = list(
        Submission.objects.filter(
            agency__in=list(agencies), period__programme=programme, period__starts_on__lte=until.starts_on
        )
        .select_related("period")
        .order_by("period__starts_on", "agency__ordinal")
    )
    for submission in found:
        submission.agency = agencies[submission.agency_id]
        submission.period.programme = programme
    return found


def _lines(programme: Programme, until: Period) -> list[BudgetLine]:
    """The regions' lines with what is in force at the end of the half-year and what was spent up to it."""
    clarified = Clarification.objects.filter(line=OuterRef("pk"), effective_on__lte=until.ends_on)
    spent = Spending.objects.filter(
        line=OuterRef("pk"),
        entry__submission__state__in=Submission.FILED,
        entry__submission__period__programme=programme,
        entry__submission__period__starts_on__lte=until.starts_on,
    )
    lines = list(
        BudgetLine.objects.filter(activity__programme=programme, region__isnull=False)
        .annotate(
            clarified=Subquery(clarified.order_by("-effective_on").values("amount")[:1]),
            spent=Subquery(spent.order_by().values("line").annotate(sum=Sum("amount")).values("sum")),
        )
        .select_related("region")
        .order_by("region__ordinal", "activity__ordinal", "ordinal")
    )
    for line in lines:
        line.in_force = line.amount if line.clarified is None else line.clarified
        # SQLite adds as floats.
        line.spent = None if line.spent is None else line.spent.quantize(ZERO)
    return lines


@dataclass(frozen=True)
class _Answer:
    """What a filed report says about an activity."""

    agency: int
    activity: int
    is_now: bool
    is_full: bool
    is_done: bool


def _answers(until: Period, submissions: list[Submission]) -> list[_Answer]:
    """Of the half-year, and what was accepted as done in it or before."""
    last = SubmissionCopy.objects.filter(submission=OuterRef("submission")).order_by("-number")
    waivers = Waiver.objects.filter(
        submission=OuterRef("submission"), activity=OuterRef("activity"), copy=Subquery(last.values("pk")[:1])
    )
    filed = {one.pk: one for one in submissions if one.state in Submission.FILED}
    said = (
        Entry.objects.filter(submission__in=list(filed))
        .filter(Q(submission__period=until) | Q(status=Entry.Status.DONE, submission__state=Submission.State.ACCEPTED))
        .annotate(is_waived=Exists(waivers))
        .order_by("pk")
        .values_list("submission", "activity", "status", "is_waived")
    )
    return [
        _Answer(
            agency=filed[submission].agency_id,
            activity=activity,
            is_now=filed[submission].period_id == until.pk,
            is_full=status not in ("", Entry.Status.NO_DATA) and not is_waived,
            is_done=status == Entry.Status.DONE and filed[submission].state == Submission.State.ACCEPTED,
        )
        for submission, activity, status, is_waived in said
    ]


def _on_time(submissions: list[Submission]) -> dict[str, Part]:
    """Half-years count for a body once its own day has passed, so that all are measured by the same ones."""
    found = defaultdict(Part)
    for submission in submissions:
        part, zone = found[submission.agency.region.code], submission.period.programme.time_zone
        if submission.due_on < calendar.today(zone):
            part.whole += 1
            part.part = (part.part or 0) + (timeliness(submission).timing == Timing.ON_TIME)
    return found


def _completeness(figures: RegionFigures, answers: list[_Answer]) -> dict[str, Part]:
    """Without a filed report there is no part; what was accepted as done before is not owed any more."""
    before = {(one.agency, one.activity) for one in answers if one.is_done and not one.is_now}
    full = {(one.agency, one.activity) for one in answers if one.is_now and one.is_full}
    filed = {
        one.agency_id
        for submissions in figures.submissions.values()
        for one in submissions
        if one.period_id == figures.until.pk and one.state in Submission.FILED
    }
    found = defaultdict(Part)
    for one in figures.responsibilities:
        key = one.agency_id, one.activity_id
        if key not in before:
            part = found[one.agency.region.code]
            part.whole += 1
            if one.agency_id in filed:
                part.part = (part.part or 0) + (key in full)
    return found


def _done(figures: RegionFigures, answers: list[_Answer]) -> dict[str, Part]:
    """Without an accepted report there is no part."""
    done = {(one.agency, one.activity) for one in answers if one.is_done}
    accepted = {
        one.agency_id
        for submissions in figures.submissions.values()
        for one in submissions
        if one.state == Submission.State.ACCEPTED
    }
    found = defaultdict(Part)
    for one in figures.responsibilities:
        part = found[one.agency.region.code]
        part.whole += 1
        if one.agency_id in accepted:
            part.part = (part.part or 0) + ((one.agency_id, one.activity_id) in done)
    return found


def _add_shares(figures: RegionFigures, code: str, parts: dict[str, Part]) -> None:
    for region in figures.regions:
        figures.values[region.code][code] = parts[region.code].share
    figures.country[code] = _overall(parts.values()).share


def _overall(parts: Iterable[Part]) -> Part:
    parts = list(parts)
    known = [one.part for one in parts if one.part is not None]
    return Part(sum(known) if known else None, sum(one.whole for one in parts))


def _add_money(figures: RegionFigures) -> None:
    spent = {}
    for region in figures.regions:
        whole = figures.lines[region.code]
        year = [line for line in whole if line.year == figures.until.year]
        spent[region.code] = Part(_sum(line.spent for line in year), _sum(line.in_force for line in year) or 0)
        figures.values[region.code] |= {
            "planned": _sum(line.in_force for line in year),
            "planned_whole": _sum(line.in_force for line in whole),
            "spent": spent[region.code].part,
            "spent_whole": _sum(line.spent for line in whole),
        }
    for code in ("planned", "planned_whole", "spent", "spent_whole"):
        figures.country[code] = _sum(values[code] for values in figures.values.values())
    _add_shares(figures, "share_spent", spent)


def _sum(amounts: Iterable[Value]) -> Value:
    """Of those that are known; None if none is."""
    known = [amount for amount in amounts if amount is not None]
    return sum(known) if known else None


def _add_indicators(figures: RegionFigures, measures: list[Measure]) -> None:
    counted = dict.fromkeys((region.code, measure.indicator.pk) for region in figures.regions for measure in measures)
    region, until = F("entry__submission__agency__region__code"), figures.until
    reported = IndicatorValue.objects.filter(
        indicator__in=[measure.indicator for measure in measures],
        entry__submission__agency__region__isnull=False,
        entry__submission__state__in=Submission.FILED,
        entry__submission__period__programme=until.programme_id,
        entry__submission__period__starts_on__lte=until.starts_on,
        entry__submission__period__year__gte=F("indicator__stage__first_year"),
    )
    for row in reported.values("indicator", region=region).annotate(sum=Sum("value")).order_by("region", "indicator"):
        counted[row["region"], row["indicator"]] = row["sum"]
    for measure in measures:
        for one in figures.regions:
            figures.values[one.code][measure.code] = counted[one.code, measure.indicator.pk]
        figures.country[measure.code] = _sum(figures.values[one.code][measure.code] for one in figures.regions)
