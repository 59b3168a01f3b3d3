"""The shape of a consolidated report: plain, typed, versioned, and the only thing that its documents are made from.

Texts are {"kk", "ru", "en"} objects, amounts are strings of million tenge with three decimals, dates are ISO, bodies
and regions are named by code and explained once in `bodies` and `regions`.
"""

from typing import TypedDict

from django.db import models
from django.utils.translation import gettext_lazy as _

STRUCTURE_VERSION = 2

Text = dict[str, str]

# Parts that coordinators write, besides `section-3` and `activity-14`.
INTRODUCTION, CONCLUSION = "introduction", "conclusion"


def section_part(number: int) -> str:
    return f"section-{number}"


def activity_part(ordinal: int) -> str:
    return f"activity-{ordinal}"


class Rollup(models.TextChoices):
    """The state of an activity over all bodies that are obliged to report on it."""

    DONE = "done", _("done")
    IN_PROGRESS = "in_progress", _("in progress")
    DELAYED = "delayed", _("delayed")
    NOT_DUE = "not_due", _("not yet due")
    NOTHING_TO_REPORT = "nothing_to_report", _("nothing to report")
    NO_INFORMATION = "no_information", _("no information received")
    NOBODY_OBLIGED = "nobody_obliged", _("no body is obliged to report")


class Outcome(models.TextChoices):
    """How a deadline stands on the day the report is compiled."""

    MET = "met", _("deadline met")
    LATE = "late", _("met late")
    MISSED = "missed", _("deadline missed")
    AHEAD = "ahead", _("not yet due")


class MoneyRow(TypedDict):
    """`planned` is the amount in force at the period's end; `spent` runs from the start up to that day."""

    source: str
    year: int
    planned: str
    spent_half_year: str
    spent: str


class RegionMoney(TypedDict):
    """Money of the period's year in one region (None: the republican level); `spent` is that of the year."""

    region: str | None
    planned: str
    spent_half_year: str
    spent: str


class IndicatorRegion(TypedDict):
    """What the bodies of one region counted; None: bodies without a region."""

    region: str | None
    half_year: int
    total: int


class IndicatorPart(TypedDict):
    """`total` runs from the stage's start to the period's end; `baseline` is what the decree counts before it began."""

    code: str
    title: Text
    unit: Text
    stage: int
    result: int | None
    baseline: int | None
    target: int | None
    half_year: int
    total: int
    regions: list[IndicatorRegion]


class DeadlinePart(TypedDict):
    """A date of the plan. `counts_from` is later where that lies before the decree; `met_on` may be unknown."""

    date: str
    counts_from: str
    kind: str
    outcome: str
    met_on: str | None


class EntryPart(TypedDict):
    """What one obliged body says. `period` is the half-year it said so, earlier than the report's if done before."""

    agency: str
    role: str
    period: str
    receipt: str
    status: str
    narrative: str
    reason: str
    next_step: str
    completed_on: str | None
    document: dict | None
    spent_half_year: str
    indicators: dict[str, int]


class ActivityPart(TypedDict):
    ordinal: int
    printed_number: int | None
    title: Text
    completion_form: Text
    responsible_text: str
    deadline_text: str
    cost_text: str
    deadlines: list[DeadlinePart]
    status: str
    counts: dict[str, int]
    entries: list[EntryPart]
    missing: list[str]
    money: list[MoneyRow]
    regions: list[RegionMoney]
    indicators: list[IndicatorPart]


class SectionPart(TypedDict):
    number: int
    title: Text
    activities: list[ActivityPart]


class Filing(TypedDict):
    """How an obliged body stands: its receipt when accepted, and how late it was or is, in days."""

    agency: str
    state: str
    timing: str
    days: int
    due_on: str
    first_submitted_at: str | None
    receipt: str | None
    sha256: str | None


class RegionRow(TypedDict):
    """Money of local budgets in one region: of the period's year planned, and spent in the half-year and the year."""

    region: str
    name: Text
    planned: str
    spent_half_year: str
    spent: str


class TargetPart(TypedDict):
    """A number that an expected result promises: as section 7 prints it, and as the passport does."""

    quantity: str
    value: str | None
    passport_value: str | None


class ResultPart(TypedDict):
    """An expected result of a stage. What is counted for it stands with the activities (`IndicatorPart.result`)."""

    stage: int
    ordinal: int
    text: Text
    targets: list[TargetPart]


class FindingPart(TypedDict):
    """Something in the decree that does not add up and touches figures of the report."""

    code: str
    statement: Text
    treatment: Text
    printed: str
    found: str
    difference: str


class StateChange(TypedDict):
    activity: int
    before: str
    now: str


class MoneyChange(TypedDict):
    """Spent in the half-year and since the start, by source and year; each report's own half-year."""

    source: str
    year: int
    half_year_before: str
    half_year: str
    spent_before: str
    spent: str


class FilingChange(TypedDict):
    agency: str
    before: Filing | None
    now: Filing


class IndicatorChange(TypedDict):
    activity: int
    indicator: str
    before: int
    now: int


class EntryChange(TypedDict):
    """What a body says differently; None: it said nothing."""

    activity: int
    agency: str
    before: str | None
    now: str | None


class Differences(TypedDict):
    """What a report says otherwise than an earlier one, whose half-year, number and hash (if frozen) are given.

    `entries` is filled only between two reports on the same half-year.
    """

    period: str
    number: int
    sha256: str | None
    activities: list[StateChange]
    money: list[MoneyChange]
    filings: list[FilingChange]
    indicators: list[IndicatorChange]
    entries: list[EntryChange]


class Supplemented(TypedDict):
    """The report that a supplement follows."""

    number: int
    sha256: str
    outgoing_number: str
    outgoing_date: str


class Report(TypedDict):
    version: int
    number: int
    supplements: Supplemented | None
    programme: dict
    period: dict
    basis: Text
    compiled_on: str
    demonstration: bool
    bodies: dict[str, dict]
    texts: dict[str, Text]
    statuses: dict[str, int]
    filings: list[Filing]
    money: list[MoneyRow]
    regions: list[RegionRow]
    results: list[ResultPart]
    stages: list[dict]
    sections: list[SectionPart]
    findings: list[FindingPart]
    previous: Differences | None
    since: Differences | None


def read(data: dict) -> Report:
    """A frozen structure of any version in today's shape. What its version did not have is empty."""
    if data["version"] == STRUCTURE_VERSION:
        return data
    return data | {
        "number": 1,
        "supplements": None,
        "texts": {},
        "results": [],
        "stages": [],
        "findings": [],
        "previous": None,
        "since": None,
        "filings": [{"due_on": data["period"]["submissions_due"]} | filing for filing in data["filings"]],
        "sections": [
            section | {"activities": [_read_activity(activity) for activity in section["activities"]]}
            for section in data["sections"]
        ],
    }


def _read_activity(activity: dict) -> ActivityPart:
    entries = [{"completed_on": None, "document": None, "indicators": {}} | entry for entry in activity["entries"]]
    return {"deadlines": [], "regions": [], "indicators": []} | activity | {"entries": entries}
