"""From a number of the consolidated report to what it is made of."""

import datetime
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from urllib.parse import urlencode

from django.db import models
from django.utils.translation import gettext_lazy as _

from budget.models import BudgetLine
from programme.money import ZERO

from ..models import SubmissionCopy
from ..timeliness import Timing
from .structure import ActivityPart, Filing, IndicatorPart, Report, Rollup

# As a `region`: the republican level, bodies without a region; all regions together. As a `timing`: neither on time nor
# late.
REPUBLICAN, REGIONS, NOT_FILED = "republican", "regions", "not_filed"


class Measure(models.TextChoices):
    """What a number counts or sums up."""

    # Million tenge: lines in force at the half-year's end; spent in the half-year; up to its end on lines of every
    # year; up to its end on lines of the half-year's own year.
    PLANNED = "planned", _("Planned")
    SPENT_HALF_YEAR = "spent_half_year", _("Spent in the half-year")
    SPENT = "spent", _("Spent since the start")
    SPENT_YEAR = "spent_year", _("Spent in the year")
    # Activities by their rolled-up state; answers of bodies by their status; bodies that gave none.
    STATE = "state", _("Activities by state")
    ANSWER = "answer", _("Answers of bodies")
    MISSING = "missing", _("Bodies without information")
    # What bodies counted: in the half-year; since the stage began.
    INDICATOR_HALF_YEAR = "indicator_half_year", _("Counted in the half-year")
    INDICATOR = "indicator", _("Counted since the stage began")
    # Bodies by `timing` (of timeliness.Timing, or NOT_FILED) and by `state` (of Submission.State).
    FILING = "filing", _("Bodies by the time of filing")


_SPENDING = {"source", "year", "region", "activity", "agency"}
_COUNTED = {"activity", "indicator", "region", "agency"}
FILTERS: dict[Measure, set[str]] = {
    Measure.PLANNED: {"source", "year", "region", "activity"},
    Measure.SPENT_HALF_YEAR: _SPENDING,
    Measure.SPENT: _SPENDING,
    Measure.SPENT_YEAR: _SPENDING - {"year"},
    Measure.STATE: {"state"},
    Measure.ANSWER: {"activity", "status", "agency", "region"},
    Measure.MISSING: {"activity", "agency", "region"},
    Measure.INDICATOR_HALF_YEAR: _COUNTED,
    Measure.INDICATOR: _COUNTED,
    Measure.FILING: {"timing", "state", "agency"},
}
# Sums of different things are no number.
NEEDED: dict[Measure, set[str]] = {
    Measure.INDICATOR_HALF_YEAR: {"activity", "indicator"},
    Measure.INDICATOR: {"activity", "indicator"},
}


def behind(measure: Measure, **where: str | int | None) -> str:
    """The query of the page (`behind`) that shows what a number is made of; a filter that is None is left out.

    `where`: source, year, region (a code, REPUBLICAN or REGIONS), activity (ordinal), indicator (code), status, state,
    timing, agency (code); each measure knows those of FILTERS, ValueError for another. The page adds `&number=` of a
    frozen report; without it the number is the live report's.
    """
    where = {name: value for name, value in where.items() if value is not None}
    if unknown := set(where) - FILTERS[measure]:
        raise ValueError(f"{measure} is not filtered by {', '.join(sorted(unknown))}")
    if lacking := NEEDED.get(measure, set()) - set(where):
        raise ValueError(f"{measure} needs {', '.join(sorted(lacking))}")
    return urlencode(sorted({"measure": measure.value, **where}.items()))


@dataclass(frozen=True)
class Where:
    """A query of `behind`, read."""

    measure: Measure
    source: str | None = None
    year: int | None = None
    region: str | None = None
    activity: int | None = None
    indicator: str | None = None
    status: str | None = None
    state: str | None = None
    timing: str | None = None
    agency: str | None = None

    def covers(self, **found: str | int | None) -> bool:
        """Whether no filter speaks against these; a region is a code or None, the republican level."""
        if "region" in found:
            region = found.pop("region") or REPUBLICAN
            if self.region not in (None, region) and (self.region != REGIONS or region == REPUBLICAN):
                return False
        return all(getattr(self, name) in (None, value) for name, value in found.items())


@dataclass(frozen=True)
class Planned:
    """A budget line and its amount in force at the half-year's end."""

    line: BudgetLine
    in_force: Decimal


@dataclass(frozen=True)
class Field:
    """What a copy says in one field of an entry: `value` is a status, the spending on a line, or an indicator's value.

    Without a copy the body said nothing; without an agency nobody is obliged to. `value` is then a state (Rollup).
    """

    activity: ActivityPart
    value: Decimal | int | str
    agency: str | None = None
    period: str | None = None
    copy: SubmissionCopy | None = None
    region: str | None = None
    year: int | None = None
    source: str | None = None
    indicator: IndicatorPart | None = None


@dataclass(frozen=True)
class Behind:
    """What a number is made of, in one of three kinds of rows, and their total: million tenge or a count."""

    total: Decimal | int
    lines: list[Planned]
    fields: list[Field]
    filings: list[Filing]


def trace(report: Report, copies: list[SubmissionCopy], lines: list[BudgetLine], where: Where) -> Behind:
    """`copies`: those the report is built from; `lines`: of the plan with their clarifications. No query."""
    activities = {part["ordinal"]: part for section in report["sections"] for part in section["activities"]}
    match where.measure:
        case Measure.PLANNED:
            planned = list(_planned(report, lines, where))
            return Behind(sum((row.in_force for row in planned), ZERO), planned, [], [])
        case Measure.SPENT_HALF_YEAR | Measure.SPENT | Measure.SPENT_YEAR:
            fields = list(_spent(report, activities, copies, where))
            return Behind(sum((row.value for row in fields), ZERO), [], fields, [])
        case Measure.INDICATOR_HALF_YEAR | Measure.INDICATOR:
            fields = list(_counted(report, activities, copies, where))
            return Behind(sum(row.value for row in fields), [], fields, [])
        case Measure.FILING:
            filings = [filing for filing in report["filings"] if _stands_so(filing, where)]
            return Behind(len(filings), [], [], filings)
    receipts = {copy.receipt: copy for copy in copies}
    if where.measure == Measure.STATE:
        chosen = [part for part in activities.values() if where.covers(state=part["status"])]
        fields = [row for part in chosen for row in _said(part, receipts)]
        return Behind(len(chosen), [], fields, [])
    fields = [row for part in activities.values() for row in _said(part, receipts) if _is_asked(row, report, where)]
    return Behind(len(fields), [], fields, [])


def frozen_plan(report: Report, where: Where) -> Decimal | None:
    """What the report itself says is planned, where it says so: the plan may have been clarified since."""
    activities = [part for section in report["sections"] for part in section["activities"]]
    if where.region is None:
        rows = [
            row
            for part in activities
            for row in part["money"]
            if where.covers(activity=part["ordinal"], source=row["source"], year=row["year"])
        ]
    elif where.source is None and where.year == report["period"]["year"] and report["version"] > 1:
        rows = [
            row
            for part in activities
            for row in part["regions"]
            if where.covers(activity=part["ordinal"], region=row["region"])
        ]
    else:
        return None
    return sum((Decimal(row["planned"]) for row in rows), ZERO)


def _planned(report: Report, lines: list[BudgetLine], where: Where) -> Iterator[Planned]:
    ends_on = datetime.date.fromisoformat(report["period"]["ends_on"])
    for line in lines:
        ordinal, region, year, source = line.key
        if where.covers(activity=ordinal, region=region, year=year, source=source):
            yield Planned(line, line.amount_in_force(ends_on))


def _spent(
    report: Report, activities: dict[int, ActivityPart], copies: list[SubmissionCopy], where: Where
) -> Iterator[Field]:
    own_year = report["period"]["year"] if where.measure == Measure.SPENT_YEAR else None
    for copy in _asked_copies(report, copies, where, Measure.SPENT_HALF_YEAR):
        for (ordinal, region, year, source), amount in copy.spending.items():
            if own_year in (None, year) and where.covers(activity=ordinal, region=region, year=year, source=source):
                yield Field(
                    activity=activities[ordinal],
                    value=amount,
                    agency=copy.submission.agency.code,
                    period=copy.submission.period.code,
                    copy=copy,
                    region=region,
                    year=year,
                    source=source,
                )


def _counted(
    report: Report, activities: dict[int, ActivityPart], copies: list[SubmissionCopy], where: Where
) -> Iterator[Field]:
    indicators = {part["code"]: part for part in activities[where.activity]["indicators"]}
    for copy in _asked_copies(report, copies, where, Measure.INDICATOR_HALF_YEAR):
        agency = copy.submission.agency
        for (ordinal, code), value in copy.indicator_values.items():
            if where.covers(activity=ordinal, indicator=code, region=agency.region and agency.region.code):
                yield Field(
                    activity=activities[ordinal],
                    value=value,
                    agency=agency.code,
                    period=copy.submission.period.code,
                    copy=copy,
                    indicator=indicators[code],
                )


def _asked_copies(
    report: Report, copies: list[SubmissionCopy], where: Where, of_half_year: Measure
) -> Iterator[SubmissionCopy]:
    for copy in copies:
        is_own = copy.submission.period.code == report["period"]["code"]
        if where.covers(agency=copy.submission.agency.code) and (is_own or where.measure != of_half_year):
            yield copy


def _said(part: ActivityPart, receipts: dict[str, SubmissionCopy]) -> Iterator[Field]:
    """What each obliged body says about the activity, or that it says nothing."""
    for entry in part["entries"]:
        yield Field(part, entry["status"], entry["agency"], entry["period"], receipts[entry["receipt"]])
    for agency in part["missing"]:
        yield Field(part, Rollup.NO_INFORMATION.value, agency)
    if not part["entries"] and not part["missing"]:
        yield Field(part, part["status"])


def _is_asked(row: Field, report: Report, where: Where) -> bool:
    if row.agency is None or bool(row.copy) != (where.measure == Measure.ANSWER):
        return False
    region = report["bodies"][row.agency]["region"]
    return where.covers(activity=row.activity["ordinal"], agency=row.agency, region=region) and (
        where.measure == Measure.MISSING or where.covers(status=row.value)
    )


def _stands_so(filing: Filing, where: Where) -> bool:
    is_filed = filing["timing"] in (Timing.ON_TIME, Timing.LATE)
    timing = NOT_FILED if where.timing == NOT_FILED and not is_filed else filing["timing"]
    return where.covers(agency=filing["agency"], state=filing["state"], timing=timing)
