"""How one body stands among the others, and its own money. Of others there are measures alone, not what they wrote."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Case, OuterRef, Subquery, Sum, Value, When
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from activities.models import Responsibility
from budget.models import BudgetLine, Clarification
from programme import calendar
from programme.models import Agency, FundingSource, Programme
from programme.money import ZERO
from reports.models import Entry, Period, Spending, Submission
from reports.timeliness import Timing, timeliness

from ..datasets.preview import shown
from ..writing import Kind
from .classes import middle, ranks
from .regions import MEASURES, Measure, Part, RegionFigures

# The measures by which regions are set beside one another; all are shares.
MEASURED = ("on_time", "completeness", "done", "share_spent")


@dataclass(frozen=True)
class Place:
    """A measure of one body among `others` that have one; None is no data.

    `median`: of all, the own value too. `place`: from 1, where more is better; bodies with the same value share one.
    """

    code: str
    title: str | Promise
    own: Decimal | None
    others: list[Decimal]
    median: Decimal | None
    place: int | None

    @property
    def own_text(self) -> str:
        return shown(self.own, Kind.SHARE)

    @property
    def in_words(self) -> str:
        if self.place is None:
            return ""
        return _("place %(place)s of %(all)s") % {"place": self.place, "all": len(self.others) + 1}


def placed(measure: Measure, values: dict[str, Decimal | None], own: str) -> Place:
    """`values` by the codes of all bodies, `own` among them."""
    is_ranked = measure.is_better == "high"
    return Place(
        code=measure.code,
        title=measure.title,
        own=values.get(own),
        others=[value for code, value in values.items() if code != own and value is not None],
        median=middle(values.values()),
        place=ranks(values).get(own) if is_ranked else None,
    )


def places_of_region(figures: RegionFigures, region: str) -> list[Place]:
    """The region, by its code, among all regions. No query."""
    return [
        placed(MEASURES[code], {other: measured[code] for other, measured in figures.values.items()}, region)
        for code in MEASURED
    ]


def places_of_central_body(programme: Programme, until: Period, agency: Agency) -> list[Place]:
    """A body without a region among all of those: reports on time, activities done. Three queries."""
    parts: dict[str, Part] = defaultdict(Part)
    done: dict[str, Part] = defaultdict(Part)
    accepted = set()
    reports = Submission.objects.filter(
        agency__region=None, period__programme=programme, period__starts_on__lte=until.starts_on
    )
    today = calendar.today(programme.time_zone)
    for report in reports.select_related("agency", "period").order_by("period__starts_on", "agency__ordinal"):
        report.period.programme = programme
        if report.state == Submission.State.ACCEPTED:
            accepted.add(report.agency.code)
        if report.due_on < today:
            part = parts[report.agency.code]
            part.whole += 1
            part.part = (part.part or 0) + (timeliness(report, today).timing == Timing.ON_TIME)
    finished = _accepted_as_done(programme, until)
    obliged = Responsibility.objects.filter(
        activity__programme=programme, by_agreement=False, agency__region=None, agency__files_reports=True
    )
    for code, activity in obliged.order_by("agency__ordinal").values_list("agency__code", "activity"):
        done[code].whole += 1
        if code in accepted:
            done[code].part = (done[code].part or 0) + ((code, activity) in finished)
    return [
        placed(MEASURES[measure], {code: part.share for code, part in found.items()}, agency.code)
        for measure, found in (("on_time", parts), ("done", done))
    ]


def _accepted_as_done(programme: Programme, until: Period) -> set[tuple[str, int]]:
    entries = Entry.objects.filter(
        submission__agency__region=None,
        submission__state=Submission.State.ACCEPTED,
        submission__period__programme=programme,
        submission__period__starts_on__lte=until.starts_on,
        status=Entry.Status.DONE,
    )
    return set(entries.order_by("pk").values_list("submission__agency__code", "activity"))


@dataclass(frozen=True)
class YearOfMoney:
    """Million tenge of one year and source; `spent` None: nothing filed about it."""

    year: int
    source: str
    printed: Decimal
    in_force: Decimal
    spent: Decimal | None

    @property
    def source_title(self) -> str:
        return FundingSource(self.source).label

    @property
    def share(self) -> Decimal | None:
        return self.spent / self.in_force if self.in_force and self.spent is not None else None


def years_of_money(lines: Iterable[BudgetLine]) -> list[YearOfMoney]:
    """By year and source. `lines` with `in_force` and `spent`: of `RegionFigures.lines`, or of `lines_paid_by`."""
    by_year: dict[tuple[int, str], list[BudgetLine]] = defaultdict(list)
    for line in lines:
        by_year[line.year, line.source].append(line)
    return [
        YearOfMoney(
            year,
            source,
            sum((line.amount for line in those), ZERO),
            sum((line.in_force for line in those), ZERO),
            _known_sum(line.spent for line in those),
        )
        for (year, source), those in sorted(by_year.items())
    ]


def lines_paid_by(agency: Agency, until: Period) -> list[BudgetLine]:
    """The lines of no region that a central body answers for, as `reports.duty` asks for them. One query."""
    lead_first = Case(When(role=Responsibility.Role.LEAD, then=Value(0)), default=Value(1))
    obliged = Responsibility.objects.filter(activity=OuterRef("activity"), by_agreement=False)
    clarified = Clarification.objects.filter(line=OuterRef("pk"), effective_on__lte=until.ends_on)
    spent = Spending.objects.filter(
        line=OuterRef("pk"),
        entry__submission__agency=agency,
        entry__submission__state__in=Submission.FILED,
        entry__submission__period__starts_on__lte=until.starts_on,
    )
    lines = list(
        BudgetLine.objects.filter(activity__programme=until.programme_id, region=None)
        .annotate(
            payer=Subquery(obliged.order_by(lead_first, "ordinal", "agency__ordinal").values("agency")[:1]),
            clarified=Subquery(clarified.order_by("-effective_on").values("amount")[:1]),
            spent=Subquery(spent.order_by().values("line").annotate(sum=Sum("amount")).values("sum")),
        )
        .filter(payer=agency.pk)
        .order_by("activity__ordinal", "ordinal")
    )
    for line in lines:
        line.in_force = line.amount if line.clarified is None else line.clarified
        # SQLite adds as floats.
        line.spent = None if line.spent is None else line.spent.quantize(ZERO)
    return lines


def _known_sum(amounts: Iterable[Decimal | None]) -> Decimal | None:
    known = [amount for amount in amounts if amount is not None]
    return sum(known, ZERO) if known else None
