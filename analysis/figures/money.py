"""The programme's money by budget line and half-year: what the plan prints, what is in force, what was spent.

Amounts are million tenge. None is never zero: the plan has no line there, or no filed report that the reader may see
says anything about it.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Count, Q, QuerySet, Sum

from accounts.models import User
from budget.models import BudgetLine
from programme.models import Programme
from programme.money import ZERO
from reports.models import Entry, Period, Spending, Submission

_SHARE = Decimal("0.0001")


@dataclass(frozen=True)
class PlannedLine:
    """A line of the plan. `in_force`: at the end of the half-year asked for; `spent`: by code of the half-year.

    `is_known`: the reader may see all that was filed about it; otherwise `spent` is what his own body filed.
    """

    line: BudgetLine
    in_force: Decimal
    spent: dict[str, Decimal]
    is_known: bool

    def spent_in(self, codes: set[str] | None = None) -> Decimal | None:
        """In these half-years, by default in all; None if nothing was filed about them."""
        said = [amount for code, amount in self.spent.items() if codes is None or code in codes]
        return sum(said, ZERO) if said else None


@dataclass(frozen=True)
class Sums:
    printed: Decimal | None = None
    in_force: Decimal | None = None
    spent: Decimal | None = None
    is_known: bool = True

    @property
    def share(self) -> Decimal | None:
        """Spent of what is in force, 1 is the whole; None of nothing, and where the reader sees only a part."""
        if self.spent is None or not self.in_force or not self.is_known:
            return None
        return part(self.spent, self.in_force)

    @property
    def left(self) -> Decimal | None:
        """In force and not spent; negative where more was spent."""
        if self.spent is None or self.in_force is None or not self.is_known:
            return None
        return self.in_force - self.spent


def part(of: Decimal | int, whole: Decimal | int) -> Decimal:
    """A share with as many decimals as a per cent with two has."""
    return (Decimal(of) / Decimal(whole)).quantize(_SHARE)


def sums(lines: Iterable[PlannedLine]) -> Sums:
    lines = list(lines)
    return Sums(
        printed=added(one.line.amount for one in lines),
        in_force=added(one.in_force for one in lines),
        spent=added(one.spent_in() for one in lines),
        is_known=all(one.is_known for one in lines),
    )


def added(amounts: Iterable[Decimal | None]) -> Decimal | None:
    """The sum of those that are known; None if none is."""
    known = [amount for amount in amounts if amount is not None]
    return sum(known, ZERO) if known else None


def filed_spending(until: Period, reader: User | None) -> QuerySet[Spending]:
    """What stands as filed up to the half-year and the reader may see; drafts of his own body do not count."""
    seen = Spending.objects.all()
    if reader is not None:
        seen = seen.filter(entry__in=Entry.objects.visible_to(reader).values("pk"))
    return seen.filter(
        entry__submission__state__in=Submission.FILED,
        entry__submission__period__programme=until.programme_id,
        entry__submission__period__starts_on__lte=until.starts_on,
    )


def planned_lines(until: Period, reader: User | None) -> list[PlannedLine]:
    """Every line of the plan, in plan order. Three queries, however much there is.

    `reader` None: with all that is filed, for sums by region and of the country, which are open to everybody.
    """
    spent: dict[int, dict[str, Decimal]] = defaultdict(dict)
    code = "entry__submission__period__code"
    said = filed_spending(until, reader).values("line", code).annotate(sum=Sum("amount")).order_by("line", code)
    for row in said:
        # SQLite adds as floats.
        spent[row["line"]][row[code]] = row["sum"].quantize(ZERO)
    sees_all = reader is None or reader.reads_everything
    own_region = None if sees_all or reader.agency is None else reader.agency.region_id
    lines = BudgetLine.objects.filter(activity__programme=until.programme_id).for_tables().with_clarifications()
    return [
        PlannedLine(
            line,
            line.amount_in_force(until.ends_on),
            spent[line.pk],
            is_known=sees_all or (own_region is not None and line.region_id == own_region),
        )
        for line in lines
    ]


@dataclass(frozen=True)
class Filed:
    """How many reports on a half-year stand as filed, of how many that are owed."""

    filed: int = 0
    owed: int = 0


def filed_reports(programme: Programme, reader: User, region: str | None = None) -> dict[str, Filed]:
    """By code of the half-year, of those that the reader may see. One query.

    `region`: of the bodies of one region by its code, "" for those of none.
    """
    seen = Submission.objects.visible_to(reader).filter(period__programme=programme)
    if region is not None:
        seen = seen.filter(agency__region__code=region) if region else seen.filter(agency__region=None)
    counted = (
        seen.values("period__code")
        .annotate(filed=Count("pk", filter=Q(state__in=Submission.FILED)), owed=Count("pk"))
        .order_by("period__code")
    )
    return {row["period__code"]: Filed(row["filed"], row["owed"]) for row in counted}


@dataclass(frozen=True)
class Step:
    """The plan and the spending from the beginning to the end of a half-year.

    The plan is not split by half-years: `printed` and `in_force` hold the half-year's whole year. `added` is what the
    half-year itself spent, `spent` all up to it; both None while no report on it is filed.
    """

    period: Period
    printed: Decimal | None
    in_force: Decimal | None
    added: Decimal | None
    spent: Decimal | None
    filed: Filed


def steps(periods: Iterable[Period], until: Period, lines: list[PlannedLine], filed: dict[str, Filed]) -> list[Step]:
    """One for each of the half-years, oldest first. No query."""
    found, codes = [], set()
    for period in periods:
        codes.add(period.code)
        reports = filed.get(period.code, Filed())
        is_reported = bool(reports.filed) and period.starts_on <= until.starts_on
        begun = [one for one in lines if one.line.year <= period.year]
        found.append(
            Step(
                period=period,
                printed=added(one.line.amount for one in begun),
                in_force=added(one.in_force for one in begun),
                added=added(one.spent_in({period.code}) for one in lines) if is_reported else None,
                spent=added(one.spent_in(codes) for one in lines) if is_reported else None,
                filed=reports,
            )
        )
    return found
