"""One state for an activity from what many bodies say, and how its deadlines stand."""

import datetime

from activities.models import Deadline, Responsibility
from programme.models import Programme

from ..models import Entry, Period
from ..timeliness import Timing
from .structure import DeadlinePart, EntryPart, Filing, Outcome, Rollup

# Of a body that is done: the day that it names, and the first day of the half-year that says so.
Completion = tuple[datetime.date | None, datetime.date]


def roll_up(statuses: list[str], missing: int) -> Rollup:
    """One state for an activity from what the obliged bodies say (`missing` of them said nothing).

    Any delay makes it delayed. It is done when every body that it concerns says so and none is missing.
    """
    if not statuses:
        return Rollup.NO_INFORMATION if missing else Rollup.NOBODY_OBLIGED
    said = set(statuses)
    if Entry.Status.DELAYED in said:
        return Rollup.DELAYED
    concerned = said - {Entry.Status.NOT_APPLICABLE}
    if concerned == {Entry.Status.DONE} and not missing:
        return Rollup.DONE
    if said & {Entry.Status.DONE, Entry.Status.IN_PROGRESS}:
        return Rollup.IN_PROGRESS
    return Rollup.NOT_DUE if Entry.Status.NOT_DUE in said else Rollup.NOTHING_TO_REPORT


def deadline_parts(
    deadlines: list[Deadline],
    *,
    programme: Programme,
    period: Period,
    rollup: Rollup,
    entries: list[EntryPart],
    filings: list[Filing],
    periods: dict[str, Period],
    today: datetime.date,
) -> list[DeadlinePart]:
    """All dates of completion, and the reporting dates that this half-year's report answers.

    `filings` are those of the bodies obliged to report on the activity; `periods` by code, for the answers of earlier
    half-years.
    """
    found = []
    for deadline in deadlines:
        if deadline.kind == Deadline.Kind.ONE_OFF:
            by = deadline.counts_from(programme)
            if rollup == Rollup.DONE:
                outcome, met_on = completed(by, _completions(entries, periods))
            else:
                outcome, met_on = (Outcome.MISSED if by <= period.ends_on else Outcome.AHEAD), None
        elif period.ends_on < deadline.date <= period.consolidated_due:
            timings = {filing["timing"] for filing in filings}
            outcome, met_on = reported(deadline, timings, today), None
        else:
            continue
        found.append(
            DeadlinePart(
                date=deadline.date.isoformat(),
                counts_from=deadline.counts_from(programme).isoformat(),
                kind=deadline.kind,
                outcome=outcome.value,
                met_on=met_on.isoformat() if met_on else None,
            )
        )
    return found


def _completions(entries: list[EntryPart], periods: dict[str, Period]) -> list[Completion]:
    return [
        (
            datetime.date.fromisoformat(entry["completed_on"]) if entry["completed_on"] else None,
            periods[entry["period"]].starts_on,
        )
        for entry in entries
        if entry["status"] == Entry.Status.DONE
    ]


def completed(by: datetime.date, done: list[Completion]) -> tuple[Outcome, datetime.date | None]:
    """By the last of the bodies. Where none names the day, the half-year that says so must have begun in time."""
    latest = max((day for day, _began in done if day), default=None)
    in_time = (latest or max(began for _day, began in done)) <= by
    return (Outcome.MET if in_time else Outcome.LATE), latest


def reported(deadline: Deadline, timings: set[str], today: datetime.date) -> Outcome:
    """Information is due from every body; the report to the Government is still being compiled.

    `timings`: how the reports of the bodies stand that are obliged to report on the activity.
    """
    if deadline.kind == Deadline.Kind.REPORT_TO_GOVERNMENT:
        return Outcome.AHEAD if today <= deadline.date else Outcome.MISSED
    if timings <= {Timing.ON_TIME}:
        return Outcome.MET
    if timings <= {Timing.ON_TIME, Timing.LATE}:
        return Outcome.LATE
    return Outcome.AHEAD if today <= deadline.date else Outcome.MISSED


def obliged(responsibilities: list[Responsibility]) -> list[Responsibility]:
    """Those that must report, the lead compiler first."""
    return sorted((r for r in responsibilities if not r.by_agreement), key=lambda r: r.role != Responsibility.Role.LEAD)
