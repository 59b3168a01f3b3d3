"""Budget lines as tables: by section, activity, region and source; and by region. Years are columns.

All amounts are million tenge. Nothing here makes a query.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal

from activities.models import Activity, Section
from programme.models import FundingSource, Region
from programme.money import ZERO

from .models import BudgetLine


@dataclass
class Amounts:
    """Sums by year; `total` over the years. A year without any line is missing, not zero."""

    years: dict[int, Decimal] = field(default_factory=dict)

    def add(self, line: BudgetLine) -> None:
        self.years[line.year] = self.years.get(line.year, ZERO) + line.amount

    @property
    def total(self) -> Decimal:
        return sum(self.years.values(), ZERO)


@dataclass
class RegionRow:
    region: Region | None
    source: FundingSource
    notes: list[str] = field(default_factory=list)
    amounts: Amounts = field(default_factory=Amounts)


@dataclass
class ActivityRows:
    activity: Activity
    rows: dict[tuple, RegionRow] = field(default_factory=dict)
    amounts: Amounts = field(default_factory=Amounts)


@dataclass
class SectionRows:
    section: Section
    activities: dict[int, ActivityRows] = field(default_factory=dict)
    amounts: Amounts = field(default_factory=Amounts)


@dataclass
class BudgetTable:
    sections: dict[int, SectionRows] = field(default_factory=dict)
    sources: dict[FundingSource, Amounts] = field(default_factory=dict)
    amounts: Amounts = field(default_factory=Amounts)


def by_activity(lines: Iterable[BudgetLine]) -> BudgetTable:
    """Lines of `for_tables`, in its order, with subtotals per activity, section and source."""
    table = BudgetTable()
    for line in lines:
        source = FundingSource(line.source)
        section = table.sections.setdefault(line.activity.section_id, SectionRows(line.activity.section))
        activity = section.activities.setdefault(line.activity_id, ActivityRows(line.activity))
        row = activity.rows.setdefault((line.region_id, source), RegionRow(line.region, source))
        if line.note:
            row.notes.append(line.note)
        of_source = table.sources.setdefault(source, Amounts())
        for amounts in (table.amounts, of_source, section.amounts, activity.amounts, row.amounts):
            amounts.add(line)
    return table


def by_region(lines: Iterable[BudgetLine]) -> list[tuple[Region | None, Amounts]]:
    """Totals per region in the regions' order; the republican level (None) first."""
    regions: dict[int | None, Region | None] = {}
    sums: dict[int | None, Amounts] = defaultdict(Amounts)
    for line in lines:
        regions[line.region_id] = line.region
        sums[line.region_id].add(line)
    ordered = sorted(regions.values(), key=lambda region: region.ordinal if region else 0)
    return [(region, sums[region.pk if region else None]) for region in ordered]
