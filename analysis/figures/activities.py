"""Where activities and bodies stand, half-year by half-year, from what was filed and never from drafts."""

import datetime
from collections import defaultdict
from dataclasses import dataclass, field

from activities.models import Responsibility
from programme import calendar
from programme.models import Agency, Programme
from reports.consolidation.rolling_up import roll_up
from reports.consolidation.structure import Rollup
from reports.models import Entry, Period, Submission
from reports.standing import Standing
from reports.timeliness import Timeliness, timeliness


@dataclass(frozen=True)
class Answer:
    """What a body said of an activity in its filed report on a half-year."""

    agency: str
    period: Period
    status: str
    completed_on: datetime.date | None
    is_accepted: bool

    @property
    def stays(self) -> bool:
        """Accepted as done: the body owes no further answer."""
        return self.is_accepted and self.status == Entry.Status.DONE


@dataclass(frozen=True)
class Answers:
    """Of the obliged bodies, on each activity, up to a half-year.

    `periods`: that have not lapsed, by code, the oldest first; `obliged`: codes of bodies by ordinal of the activity.
    """

    periods: dict[str, Period] = field(default_factory=dict)
    obliged: dict[int, list[str]] = field(default_factory=dict)
    answers: dict[tuple[int, str], list[Answer]] = field(default_factory=dict)

    def on(self, ordinal: int, period: Period, *, accepted_only: bool = False) -> list[Answer]:
        """One for each body that said something by that half-year: that it is done before, or else the half-year's own.

        In the order of `obliged`; who is missing there said nothing.
        """
        found = []
        for agency in self.obliged[ordinal]:
            said = [
                answer for answer in self.answers.get((ordinal, agency), []) if answer.is_accepted or not accepted_only
            ]
            done = next((one for one in said if one.stays and one.period.starts_on < period.starts_on), None)
            found.append(done or next((one for one in said if one.period == period), None))
        return [answer for answer in found if answer]

    def rollup(self, ordinal: int, period: Period, *, accepted_only: bool = False) -> Rollup:
        said = self.on(ordinal, period, accepted_only=accepted_only)
        return roll_up([answer.status for answer in said], len(self.obliged[ordinal]) - len(said))


def answers(programme: Programme, until: Period | None = None, *, of: Agency | None = None) -> Answers:
    """Up to `until` or to the last half-year; of all bodies, or as if `of` alone were obliged. Four queries."""
    periods = {one.pk: one for one in half_years(programme) if until is None or one.starts_on <= until.starts_on}
    obliged: dict[int, list[str]] = {ordinal: [] for ordinal in programme.activities.values_list("ordinal", flat=True)}
    named = Responsibility.objects.filter(activity__programme=programme, by_agreement=False)
    filed = Entry.objects.filter(submission__state__in=Submission.FILED, submission__period__in=periods)
    if of:
        named, filed = named.filter(agency=of), filed.filter(submission__agency=of)
    named = named.order_by("activity__ordinal", "agency__ordinal")
    for ordinal, agency in named.values_list("activity__ordinal", "agency__code"):
        obliged[ordinal].append(agency)
    said: dict[tuple[int, str], list[Answer]] = defaultdict(list)
    for ordinal, agency, period, status, completed_on, state in filed.order_by(
        "submission__period__starts_on"
    ).values_list(
        "activity__ordinal",
        "submission__agency__code",
        "submission__period",
        "status",
        "completed_on",
        "submission__state",
    ):
        is_accepted = state == Submission.State.ACCEPTED
        said[ordinal, agency].append(Answer(agency, periods[period], status, completed_on, is_accepted))
    return Answers({one.code: one for one in periods.values()}, obliged, said)


def half_years(programme: Programme) -> list[Period]:
    """Those that have not lapsed, the oldest first. One query, or none if the programme's half-years are prefetched."""
    return [one for one in programme.periods.all() if not one.is_lapsed]


def states(programme: Programme, until: Period) -> dict[tuple[int, str], Rollup]:
    """The state of every activity in every half-year up to `until`, by ordinal and the half-year's code. Four queries.

    From submitted and accepted reports, where the consolidated report reads accepted ones alone. Lapsed half-years have
    none. What a body had accepted as done counts in all later half-years.
    """
    return rollups(answers(programme, until))


def rollups(found: Answers) -> dict[tuple[int, str], Rollup]:
    """The same from answers that are loaded."""
    return {
        (ordinal, period.code): found.rollup(ordinal, period)
        for ordinal in found.obliged
        for period in found.periods.values()
    }


def standing_by_body(programme: Programme) -> dict[tuple[str, str], Timeliness]:
    """How the report of every body on every half-year stands today, by the codes of both. Two queries.

    In official order, the oldest half-year first. Half-years that have lapsed have no reports.
    """
    return {(one.submission.agency.code, one.submission.period.code): one.timeliness for one in reports_owed(programme)}


def reports_owed(programme: Programme) -> list[Standing]:
    """The same with the reports themselves. Two queries."""
    periods = {one.pk: one for one in half_years(programme)}
    today = calendar.today(programme.time_zone)
    found = []
    for submission in (
        Submission.objects.filter(period__in=periods)
        .select_related("agency")
        .order_by("agency__ordinal", "period__starts_on")
    ):
        submission.period = periods[submission.period_id]
        found.append(Standing(submission, timeliness(submission, today)))
    return found
