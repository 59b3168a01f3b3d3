"""How the deadlines of the plan stand today: those of completion, and the reporting dates."""

import datetime
from collections.abc import Iterable
from dataclasses import dataclass

from activities.models import Deadline
from programme import calendar
from programme.models import Programme
from reports.consolidation.rolling_up import completed, reported
from reports.consolidation.structure import Outcome, Rollup
from reports.models import Dispatch, Entry, Period
from reports.standing import Standing

from .activities import Answers

TONES = {Outcome.MET: "good", Outcome.LATE: "warn", Outcome.MISSED: "bad", Outcome.AHEAD: "neutral"}


@dataclass(frozen=True)
class Ended:
    """How a deadline stands. `met_on`: the day, where it is known."""

    deadline: Deadline
    outcome: Outcome
    met_on: datetime.date | None = None

    @property
    def tone(self) -> str:
        return TONES[self.outcome]


def outcomes(
    programme: Programme,
    deadlines: Iterable[Deadline],
    *,
    found: Answers,
    reports: list[Standing],
    sent: dict[str, datetime.date],
) -> dict[int, Ended]:
    """By the deadline's key; each has its activity loaded. No query.

    A date of completion is met by what was accepted as done, from every obliged body; a reporting date by that
    half-year's reports, or by the consolidated report when it was sent. `reports`: of the bodies that count;
    `sent`: of `sent_on`.
    """
    today = calendar.today(programme.time_zone)
    timings = {(one.submission.agency.code, one.submission.period.code): one.timeliness.timing for one in reports}
    ended = {}
    for deadline in deadlines:
        period = answered_by(deadline, found.periods.values())
        if deadline.kind == Deadline.Kind.ONE_OFF:
            ended[deadline.pk] = _completion(deadline, programme, found, today)
        elif deadline.kind == Deadline.Kind.REPORT_TO_GOVERNMENT and period and period.code in sent:
            day = sent[period.code]
            ended[deadline.pk] = Ended(deadline, Outcome.MET if day <= deadline.date else Outcome.LATE, day)
        else:
            obliged = found.obliged[deadline.activity.ordinal]
            of_bodies = {timings.get((agency, period.code), "") for agency in obliged} if period else set()
            # Nobody's report is no report.
            ended[deadline.pk] = Ended(deadline, reported(deadline, of_bodies or {""}, today))
    return ended


def answered_by(deadline: Deadline, periods: Iterable[Period]) -> Period | None:
    """The half-year whose report a reporting date asks for."""
    return next((one for one in periods if one.ends_on < deadline.date <= one.consolidated_due), None)


def _completion(deadline: Deadline, programme: Programme, found: Answers, today: datetime.date) -> Ended:
    ordinal, by = deadline.activity.ordinal, deadline.counts_from(programme)
    for period in found.periods.values():
        if found.rollup(ordinal, period, accepted_only=True) == Rollup.DONE:
            said = found.on(ordinal, period, accepted_only=True)
            done = [(one.completed_on, one.period.starts_on) for one in said if one.status == Entry.Status.DONE]
            return Ended(deadline, *completed(by, done))
    return Ended(deadline, Outcome.AHEAD if today <= by else Outcome.MISSED)


def sent_on(programme: Programme) -> dict[str, datetime.date]:
    """By the half-year's code, the day on which its consolidated report went out. One query."""
    found = Dispatch.objects.filter(report__period__programme=programme, report__number=1).order_by("dated")
    return dict(found.values_list("report__period__code", "dated"))
