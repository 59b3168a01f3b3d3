"""What a coordinator reads while compiling a half-year's report: who filed, and all that bears on each activity."""

import datetime
from collections import defaultdict
from dataclasses import dataclass
from decimal import Decimal

from django.urls import reverse
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from activities.models import Deadline, Responsibility
from programme import calendar
from programme.models import FundingSource

from ..documents.wording import Wording, as_written, language_of, timing_in_words
from ..models import Entry, Period, ReportText, Submission
from ..timeliness import Timeliness, Timing
from .structure import (
    CONCLUSION,
    INTRODUCTION,
    ActivityPart,
    EntryPart,
    Filing,
    IndicatorPart,
    Outcome,
    Report,
    Rollup,
    activity_part,
    section_part,
)

# Whoever saved a text so recently is taken to be writing still.
RECENT = datetime.timedelta(minutes=15)

# Why `rolling_up.roll_up` gives an activity its state.
_RULES = {
    Rollup.DONE: gettext_lazy("every body that it concerns says that it is done, and no information is missing."),
    Rollup.IN_PROGRESS: gettext_lazy("work has begun, but not every body that it concerns says that it is done."),
    Rollup.DELAYED: gettext_lazy("one body that says it is delayed is enough."),
    Rollup.NOT_DUE: gettext_lazy("no body has begun, and at least one says that it is not yet due."),
    Rollup.NOTHING_TO_REPORT: gettext_lazy(
        "the bodies say only that it does not concern them or that they have no data."
    ),
    Rollup.NO_INFORMATION: gettext_lazy("no information of an obliged body has been accepted."),
    Rollup.NOBODY_OBLIGED: gettext_lazy("the plan obliges no body to report on it."),
}
_OUTCOME_TONES = {Outcome.MET: "good", Outcome.LATE: "warn", Outcome.MISSED: "bad", Outcome.AHEAD: "neutral"}
# What needs attention first.
_READING_ORDER = [
    Entry.Status.DELAYED,
    Entry.Status.IN_PROGRESS,
    Entry.Status.DONE,
    Entry.Status.NOT_DUE,
    Entry.Status.NOT_APPLICABLE,
    Entry.Status.NO_DATA,
]
# Entries that agree in these are one voice, unless money was spent.
_SAID = ("role", "status", "narrative", "reason", "next_step", "period", "completed_on")


@dataclass(frozen=True)
class Body:
    """`url` leads to its report; `note`: how late it is, or its receipt."""

    name: str
    url: str
    note: str


@dataclass(frozen=True)
class Arrivals:
    """Who filed for the half-year; `counts` as of `standing.counts`."""

    counts: dict[str, int]
    missing: list[Body]
    returned: list[Body]
    waiting: list[Body]


@dataclass(frozen=True)
class Said:
    """The bodies that say one and the same of an activity's state, or nothing."""

    label: str
    names: list[str]


@dataclass(frozen=True)
class Due:
    label: str
    date: datetime.date
    printed: datetime.date | None
    outcome: str
    tone: str
    met_on: datetime.date | None


@dataclass(frozen=True)
class Money:
    """Million tenge; `what`: a source and year, or a region."""

    what: str
    planned: Decimal
    half_year: Decimal
    spent: Decimal


@dataclass(frozen=True)
class RegionLine:
    """`counted`: in the half-year, since the stage began, title of the indicator."""

    money: Money
    counted: list[tuple[int, int, str]]


@dataclass(frozen=True)
class Voice:
    """What one body says of an activity, or several that say it word for word. `texts`: (label, text, language)."""

    bodies: list[Body]
    is_lead: bool
    status: str
    period: str
    completed_on: datetime.date | None
    spent: Decimal
    texts: list[tuple[str, str, str]]


@dataclass(frozen=True)
class ActivityReading:
    """An activity in the reader's language, with the reasons for its state."""

    ordinal: int
    number: str
    title: str
    completion_form: str
    deadline_text: str
    cost_text: str
    state: Rollup
    rule: str
    said: list[Said]
    due: list[Due]
    money: list[Money]
    indicators: list[IndicatorPart]
    regions: list[RegionLine]
    voices: list[Voice]


class Reading:
    """The report as its coordinators read it, in the active language. One query."""

    def __init__(self, period: Period, report: Report, language: str):
        self.report = report
        self.words = Wording(report, language)
        self._urls = {
            (code, agency): reverse("submission", args=[pk])
            for pk, code, agency in Submission.objects.filter(
                period__programme=period.programme_id, period__starts_on__lte=period.starts_on
            ).values_list("pk", "period__code", "agency__code")
        }
        self._regions = {row["region"]: self.words.text(row["name"]) for row in report["regions"]}

    def arrivals(self) -> Arrivals:
        filings = self.report["filings"]
        unfiled = [one for one in filings if one["timing"] not in (Timing.ON_TIME, Timing.LATE)]
        returned = [one for one in unfiled if one["state"] == Submission.State.RETURNED]
        waiting = [one for one in filings if one["state"] == Submission.State.SUBMITTED]
        missing = [one for one in unfiled if one not in returned]
        counts = {
            "expected": len(filings),
            "filed": len(filings) - len(unfiled),
            "missing": len(missing),
            "waiting": len(waiting),
            "accepted": sum(one["state"] == Submission.State.ACCEPTED for one in filings),
            "returned": len(returned),
            "late": sum(one["timing"] == Timing.LATE for one in filings),
            "overdue": sum(one["timing"] == Timing.OVERDUE for one in filings),
        }
        return Arrivals(counts, *([self._filer(one) for one in those] for those in (missing, returned, waiting)))

    def activity(self, activity: ActivityPart) -> ActivityReading:
        state = Rollup(activity["status"])
        return ActivityReading(
            ordinal=activity["ordinal"],
            number=self.words.number(activity),
            title=self.words.text(activity["title"]),
            completion_form=self.words.text(activity["completion_form"]),
            deadline_text=as_written(activity["deadline_text"]),
            cost_text=as_written(activity["cost_text"]),
            state=state,
            rule=_RULES[state],
            said=self._said(activity),
            due=[_due(deadline) for deadline in activity["deadlines"]],
            money=[
                _money(f"{capfirst(FundingSource(row['source']).label)}, {row['year']}", row)
                for row in activity["money"]
            ],
            indicators=[
                one | {"title": self.words.text(one["title"]), "unit": self.words.text(one["unit"])}
                for one in activity["indicators"]
            ],
            regions=self._region_lines(activity),
            voices=self._voices(activity),
        )

    def _filer(self, filing: Filing) -> Body:
        agency = filing["agency"]
        return Body(
            self.words.short_name(agency), self._urls.get((self.words.period, agency), ""), timing_in_words(filing)
        )

    def _said(self, activity: ActivityPart) -> list[Said]:
        names = defaultdict(list)
        for entry in activity["entries"]:
            names[entry["status"]].append(self.words.short_name(entry["agency"]))
        found = [Said(capfirst(status.label), names[status]) for status in _READING_ORDER if names[status]]
        if activity["missing"]:
            silent = list(map(self.words.short_name, activity["missing"]))
            found.append(Said(capfirst(Rollup.NO_INFORMATION.label), silent))
        return found

    def _region_lines(self, activity: ActivityPart) -> list[RegionLine]:
        """Regions with money or a counted number, after the republican level; nothing where that stands alone."""
        money = {row["region"]: row for row in activity["regions"]}
        counted = [{row["region"]: row for row in one["regions"]} for one in activity["indicators"]]
        codes = [code for code in [None, *self._regions] if code in money or any(code in one for one in counted)]
        if codes == [None]:
            return []
        titles = [self.words.text(one["title"]) for one in activity["indicators"]]
        nothing = {"planned": "0.000", "spent_half_year": "0.000", "spent": "0.000"}
        return [
            RegionLine(
                _money(capfirst(self._regions.get(code) or _("republican level")), money.get(code, nothing)),
                [
                    (one[code]["half_year"], one[code]["total"], title) if code in one else (0, 0, title)
                    for one, title in zip(counted, titles, strict=True)
                ],
            )
            for code in codes
        ]

    def _voices(self, activity: ActivityPart) -> list[Voice]:
        """The lead first, then by state."""
        same: dict[tuple, list[EntryPart]] = {}
        for entry in activity["entries"]:
            said = [
                entry[name] for name in ("role", "status", "narrative", "reason", "next_step", "period", "completed_on")
            ]
            spender = entry["agency"] if Decimal(entry["spent_half_year"]) else None
            same.setdefault((*said, spender), []).append(entry)
        groups = sorted(
            same.values(), key=lambda group: (not _is_lead(group[0]), _READING_ORDER.index(group[0]["status"]))
        )
        return [self._voice(group) for group in groups]

    def _voice(self, group: list[EntryPart]) -> Voice:
        entry = group[0]
        texts = [("", entry["narrative"]), (_("Reason"), entry["reason"]), (_("Next step"), entry["next_step"])]
        return Voice(
            bodies=[
                Body(
                    self.words.short_name(one["agency"]),
                    self._urls.get((one["period"], one["agency"]), ""),
                    one["receipt"],
                )
                for one in group
            ],
            is_lead=_is_lead(entry),
            status=entry["status"],
            period="" if entry["period"] == self.words.period else self.words.for_period(entry["period"]),
            completed_on=_day(entry["completed_on"]),
            spent=Decimal(entry["spent_half_year"]),
            texts=[(label, as_written(text).strip(), language_of(text)) for label, text in texts if text.strip()],
        )


def titles(report: Report, language: str) -> dict[str, str]:
    """What each part of the report is called, in the order of the report. The active language is `language`."""
    words = Wording(report, language)
    found = {INTRODUCTION: _("Introduction")}
    for section in report["sections"]:
        found[section_part(section["number"])] = words.text(section["title"])
        for activity in section["activities"]:
            found[activity_part(activity["ordinal"])] = f"{activity['ordinal']}. {words.text(activity['title'])}"
    return found | {CONCLUSION: _("Conclusion")}


def recent_saves(period: Period, besides) -> list[ReportText]:
    """What others saved a short while ago, latest first. One query, none if the period's texts are loaded."""
    since = calendar.now() - RECENT
    rows = [row for row in period.report_texts.all() if row.updated_at >= since and row.updated_by_id != besides.pk]
    return sorted(rows, key=lambda row: row.updated_at, reverse=True)


def time_left(period: Period) -> Timeliness:
    """Until the day on which the consolidated report is due."""
    days = (period.consolidated_due - calendar.today(period.programme.time_zone)).days
    return Timeliness(Timing.OPEN, days) if days >= 0 else Timeliness(Timing.OVERDUE, -days)


def _is_lead(entry: EntryPart) -> bool:
    return entry["role"] == Responsibility.Role.LEAD


def _due(deadline) -> Due:
    outcome = Outcome(deadline["outcome"])
    printed = _day(deadline["date"]) if deadline["date"] != deadline["counts_from"] else None
    return Due(
        label=capfirst(Deadline.Kind(deadline["kind"]).label),
        date=_day(deadline["counts_from"]),
        printed=printed,
        outcome=outcome.label,
        tone=_OUTCOME_TONES[outcome],
        met_on=_day(deadline["met_on"]),
    )


def _day(iso: str | None) -> datetime.date | None:
    return datetime.date.fromisoformat(iso) if iso else None


def _money(what: str, row) -> Money:
    return Money(what, Decimal(row["planned"]), Decimal(row["spent_half_year"]), Decimal(row["spent"]))
