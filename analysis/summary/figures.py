"""What the summary workbooks hold: an amount for each region, direction, year, source and activity.

That is exactly a line of the plan. Money is million tenge.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal

from django.db.models import Sum

from accounts.models import User
from activities.models import Activity
from budget.models import BudgetLine
from budget.reconciliation import Reconciled, reconcile
from programme.models import Direction, FundingSource, Programme, Region
from programme.money import ZERO
from reports.models import Period

from ..figures.money import filed_spending


@dataclass(frozen=True)
class Figures:
    """`printed`: in the decree; `in_force`: as clarified by later acts; `spent`: by number of the half-year (1, 2)."""

    printed: Decimal = ZERO
    in_force: Decimal = ZERO
    spent: dict[int, Decimal] = field(default_factory=dict)

    def __add__(self, other: "Figures") -> "Figures":
        halves = self.spent.keys() | other.spent.keys()
        spent = {half: self.spent.get(half, ZERO) + other.spent.get(half, ZERO) for half in halves}
        return Figures(self.printed + other.printed, self.in_force + other.in_force, spent)

    @property
    def spent_total(self) -> Decimal:
        return sum(self.spent.values(), ZERO)

    @property
    def difference(self) -> Decimal:
        """What is in force and not spent; negative where more was spent."""
        return self.in_force - self.spent_total

    @property
    def share(self) -> Decimal | None:
        """Spent of what is in force, 1 is the whole; None where nothing is in force."""
        return self.spent_total / self.in_force if self.in_force else None


@dataclass(frozen=True)
class Line:
    """One amount of the plan. `region` None is the republican level."""

    region: Region | None
    direction: Direction
    activity: Activity
    year: int
    source: FundingSource
    figures: Figures


@dataclass(frozen=True)
class Summary:
    """`until`: amounts are those in force at its end, spending is what was filed up to it."""

    programme: Programme
    until: Period
    reader: User
    regions: list[Region]
    directions: list[Direction]
    lines: list[Line]
    # Year and half of the half-years that count.
    halves: set[tuple[int, int]]
    reconciled: list[Reconciled]
    is_demonstration: bool

    @property
    def years(self) -> list[int]:
        return list(self.programme.plan_years)


def total(lines: Iterable[Line]) -> Figures:
    return sum((line.figures for line in lines), Figures())


def summarise(until: Period, reader: User) -> Summary:
    """The programme's money up to the half-year; spent as the filed reports say that the reader may see.

    For readers of everything: drafts and returned reports do not count. Eight queries, however much there is.
    """
    programme = until.programme
    directions = list(programme.directions.order_by("code"))
    spent, is_demonstration = _spent(until, reader)
    # The plan's sections 1 to 6 are the programme's directions 5.1 to 5.6.
    by_section = {int(direction.code.rpartition(".")[2]): direction for direction in directions}
    budget = BudgetLine.objects.filter(activity__programme=programme).for_tables().with_clarifications()
    lines = [
        Line(
            line.region,
            by_section[line.activity.section.number],
            line.activity,
            line.year,
            FundingSource(line.source),
            Figures(line.amount, line.amount_in_force(until.ends_on), spent[line.pk]),
        )
        for line in budget
    ]
    lines.sort(key=_order)
    halves = programme.periods.filter(starts_on__lte=until.starts_on).values_list("year", "half")
    regions = list(Region.objects.filter(agencies__responsibilities__activity__programme=programme).distinct())
    return Summary(
        programme, until, reader, regions, directions, lines, set(halves), reconcile(programme), is_demonstration
    )


def _order(line: Line) -> tuple:
    sources = list(FundingSource)
    region = line.region.ordinal if line.region else 0
    return region, line.direction.code, line.activity.ordinal, sources.index(line.source), line.year


def _spent(until: Period, reader: User) -> tuple[dict[int, dict[int, Decimal]], bool]:
    """By line and half of the year; and whether a demonstration account wrote any of it."""
    filed = filed_spending(until, reader)
    spent: dict[int, dict[int, Decimal]] = defaultdict(dict)
    is_demonstration = False
    half, demonstration = "entry__submission__period__half", "entry__updated_by__is_demonstration"
    for row in filed.values("line", half, demonstration).annotate(sum=Sum("amount")).order_by("line", half):
        of_line = spent[row["line"]]
        # SQLite adds as floats.
        of_line[row[half]] = of_line.get(row[half], ZERO) + row["sum"].quantize(ZERO)
        is_demonstration = is_demonstration or row[demonstration]
    return spent, is_demonstration
