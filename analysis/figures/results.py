"""What bodies counted towards the expected results, by indicator, half-year and region, from filed reports alone.

Counts are open to every signed-in reader. Targets are the country's, for a whole stage.
"""

from collections import defaultdict
from dataclasses import dataclass, field
from decimal import Decimal

from django.db.models import F, Sum

from activities.models import Indicator
from reports.models import IndicatorValue, Period, Submission

from .money import part

# Half-year and region by code; None is a body of no region.
Place = tuple[str, str | None]


@dataclass
class Counted:
    """An indicator and what was counted; a half-year or region without a report on it is missing, not zero."""

    indicator: Indicator
    values: dict[Place, int] = field(default_factory=dict)

    def total(self, codes: set[str] | None = None, region: str = "") -> int | None:
        """In these half-years, by default in all, and in this region, by default in all; None if nothing was."""
        found = [
            value
            for (period, where), value in self.values.items()
            if (codes is None or period in codes) and region in ("", where)
        ]
        return sum(found) if found else None

    def share(self, value: int | None) -> Decimal | None:
        """Of the country's target, 1 is the whole."""
        target = self.indicator.target
        return part(value, target) if target and value is not None else None

    def through(self, periods: list[Period], region: str = "") -> list[tuple[Period, int | None, int | None]]:
        """For each half-year of the stage, oldest first: what it added, and all up to it; None where none is filed."""
        found, codes = [], set()
        for period in periods:
            codes.add(period.code)
            added = self.total({period.code}, region)
            found.append((period, added, None if added is None else self.total(codes, region)))
        return found


def counted(indicators: list[Indicator], until: Period) -> list[Counted]:
    """Each with what stands as filed from its stage's beginning to the half-year. One query."""
    stage = F("indicator__stage__first_year")
    period, region = F("entry__submission__period__code"), F("entry__submission__agency__region__code")
    said = IndicatorValue.objects.filter(
        indicator__in=indicators,
        entry__submission__state__in=Submission.FILED,
        entry__submission__period__starts_on__lte=until.starts_on,
        entry__submission__period__year__gte=stage,
        entry__submission__period__year__lte=F("indicator__stage__last_year"),
    )
    values: dict[int, dict[Place, int]] = defaultdict(dict)
    grouped = said.values("indicator", period=period, region=region).annotate(sum=Sum("value"))
    for row in grouped.order_by("indicator", "period", "region"):
        values[row["indicator"]][row["period"], row["region"]] = row["sum"]
    return [Counted(indicator, values[indicator.pk]) for indicator in indicators]


def in_stage(periods: list[Period], indicator: Indicator) -> list[Period]:
    """Of the half-years those that the indicator's stage covers."""
    stage = indicator.stage
    return [period for period in periods if stage.first_year <= period.year <= stage.last_year]
