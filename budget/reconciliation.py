"""Lines of the plan against the totals that the decree prints. Both are shown; neither is corrected."""

from dataclasses import dataclass
from decimal import Decimal

from programme.models import Financing, FundingSource, Programme, TotalSource
from programme.money import ZERO

from .models import BudgetLine

# What each printed total counts.
_COUNTED = {
    TotalSource.REPUBLICAN: {FundingSource.REPUBLICAN},
    TotalSource.LOCAL: {FundingSource.LOCAL},
    TotalSource.OFF_BUDGET: {FundingSource.OFF_BUDGET},
    TotalSource.ALL: {FundingSource.REPUBLICAN, FundingSource.LOCAL},
}


@dataclass(frozen=True)
class Reconciled:
    """One printed total and the lines that it should be the sum of, million tenge.

    `year` None is the sum over the plan's years. `printed_total` and `difference` (lines − printed) are None
    where nothing is printed.
    """

    source: TotalSource
    year: int | None
    lines_total: Decimal
    printed_total: Decimal | None
    difference: Decimal | None
    lines: tuple[BudgetLine, ...]

    @property
    def agrees(self) -> bool:
        return self.difference == 0


def reconcile(programme: Programme) -> list[Reconciled]:
    """Every source and year of the plan, and each source's sum over the years, in million tenge. Two queries.

    "All" is the republican and the local budgets together, as the plan prints it.
    """
    lines = list(BudgetLine.objects.filter(activity__programme=programme).for_tables())
    printed = {(total.source, total.year): total.amount for total in programme.printed_totals.all()}
    years = [*programme.plan_years, None]
    return [_reconciled(source, year, lines, printed.get((source, year))) for source in _COUNTED for year in years]


def _reconciled(source: TotalSource, year: int | None, lines: list[BudgetLine], printed: Decimal | None) -> Reconciled:
    counted = tuple(line for line in lines if line.source in _COUNTED[source] and year in (None, line.year))
    total = sum((line.amount for line in counted), ZERO)
    difference = None if printed is None else total - printed
    return Reconciled(source, year, total, printed, difference, counted)


@dataclass(frozen=True)
class FinancingCheck:
    """An amount of sections 6 and 1 beside the plan's printed total of that source and year, million tenge.

    `plan_total` and `difference` (section 6 − plan) are None where the plan prints no such total: for the
    years after the plan, and for the sum over all years of the programme.
    """

    financing: Financing
    plan_total: Decimal | None
    difference: Decimal | None

    @property
    def agrees(self) -> bool:
        return self.difference == 0


def check_financing(programme: Programme) -> list[FinancingCheck]:
    """The passport's amounts by source and year against the printed totals of the plan. Two queries."""
    printed = {
        (total.source, total.year): total.amount for total in programme.printed_totals.all() if total.year is not None
    }
    order = list(_COUNTED)
    financing = sorted(programme.financing.all(), key=lambda amount: order.index(amount.source))
    return [_check(amount, printed.get((amount.source, amount.year))) for amount in financing]


def _check(financing: Financing, plan_total: Decimal | None) -> FinancingCheck:
    difference = None if plan_total is None else financing.amount - plan_total
    return FinancingCheck(financing, plan_total, difference)
