"""The figures that moved: a half-year beside the one before, and what of it came in during the last seven days."""

import datetime
from collections import Counter, defaultdict
from collections.abc import Callable, Hashable, Iterable
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Max, Q, Sum
from django.utils.translation import gettext as _

from activities.models import Activity
from programme import calendar
from programme.money import ZERO
from reports.consolidation.structure import Rollup
from reports.models import IndicatorValue, Period, Spending, Submission, SubmissionEvent
from reports.standing import Standing, standings
from reports.timeliness import Timing

from .activities import Answers

WEEK = datetime.timedelta(days=7)


@dataclass(frozen=True)
class Moved:
    """`before` None: no half-year before. `lately`: of `now`, what the last seven days brought; None: not known."""

    key: Hashable
    now: Decimal | int
    before: Decimal | int | None
    lately: Decimal | int | None = None

    @property
    def difference(self) -> Decimal | int | None:
        return None if self.before is None else self.now - self.before

    @property
    def direction(self) -> str:
        if self.difference is None:
            return ""
        if self.difference == 0:
            return _("= the same")
        return _("↑ more") if self.difference > 0 else _("↓ less")


@dataclass
class Movements:
    """`reports` by "filed", "on_time", "accepted"; `spent` by source; `counted` by indicator; `states` by Rollup.

    `changed`: activities with their states before and now.
    """

    period: Period
    before: Period | None
    reports: list[Moved]
    spent: list[Moved]
    counted: list[Moved]
    states: list[Moved]
    changed: list[tuple[Activity, Rollup, Rollup]]


def movements(period: Period, before: Period | None, said: Answers) -> Movements:
    """For readers of everything. Four queries, three without a half-year before."""
    both = [one for one in (period, before) if one]
    rows = _reports(both)
    recent = {row.submission.pk for row in rows if _is_recent(row.submission.last_filed)}
    return Movements(
        period=period,
        before=before,
        reports=_moved_reports(rows, period, before),
        spent=_moved(_spent(both), period, before, recent),
        counted=_moved(_counted(both), period, before, recent),
        states=_moved_states(period, before, said),
        changed=_changed(period, before, said),
    )


def _reports(both: list[Period]) -> list[Standing]:
    periods = {one.pk: one for one in both}
    accepted = Q(events__action=SubmissionEvent.Action.ACCEPTED)
    found = Submission.objects.filter(period__in=both).annotate(
        last_filed=Max("copies__filed_at"), last_accepted=Max("events__at", filter=accepted)
    )
    by_period = defaultdict(list)
    for submission in found.order_by("pk"):
        by_period[submission.period_id].append(submission)
    return [row for pk, submissions in by_period.items() for row in standings(periods[pk], submissions)]


def _is_recent(moment: datetime.datetime | None) -> bool:
    return moment is not None and moment >= calendar.now() - WEEK


def _moved_reports(rows: list[Standing], period: Period, before: Period | None) -> list[Moved]:
    counted: dict[str, tuple[Callable[[Standing], bool], Callable[[Submission], datetime.datetime]]] = {
        "filed": (lambda row: row.submission.state in Submission.FILED, lambda report: report.last_filed),
        "on_time": (lambda row: row.timeliness.timing == Timing.ON_TIME, lambda report: report.first_submitted_at),
        "accepted": (
            lambda row: row.submission.state == Submission.State.ACCEPTED,
            lambda report: report.last_accepted,
        ),
    }
    found = []
    for key, (counts, moment) in counted.items():
        fitting = [row.submission for row in rows if counts(row)]
        now = [one for one in fitting if one.period_id == period.pk]
        earlier = len(fitting) - len(now) if before else None
        found.append(Moved(key, len(now), earlier, sum(_is_recent(moment(one)) for one in now)))
    return found


# By what is counted: pairs of half-year and report, and the sum in that report.
Sums = dict[Hashable, list[tuple[int, int, Decimal | int]]]


def _spent(both: list[Period]) -> Sums:
    """By source."""
    sums: Sums = defaultdict(list)
    rows = Spending.objects.filter(entry__submission__period__in=both, entry__submission__state__in=Submission.FILED)
    said = rows.order_by("line__source").values_list("line__source", "entry__submission__period", "entry__submission")
    for source, period, report, amount in said.annotate(sum=Sum("amount")):
        # SQLite adds as floats.
        sums[source].append((period, report, amount.quantize(ZERO)))
    return sums


def _counted(both: list[Period]) -> Sums:
    """By indicator."""
    sums: Sums = defaultdict(list)
    rows = IndicatorValue.objects.filter(
        entry__submission__period__in=both, entry__submission__state__in=Submission.FILED
    )
    ordered = rows.order_by("indicator__activity__ordinal", "indicator__ordinal", "pk")
    for row in ordered.select_related("indicator", "entry__submission"):
        report = row.entry.submission
        sums[row.indicator].append((report.period_id, report.pk, row.value))
    return sums


def _moved(sums: Sums, period: Period, before: Period | None, recent: set[int]) -> list[Moved]:
    return [
        Moved(
            key,
            now=_total(rows, period),
            before=_total(rows, before) if before else None,
            lately=_total([row for row in rows if row[1] in recent], period),
        )
        for key, rows in sums.items()
    ]


def _total(rows: Iterable[tuple[int, int, Decimal | int]], period: Period) -> Decimal | int:
    return sum(amount for of_period, _report, amount in rows if of_period == period.pk)


def _states(said: Answers, period: Period) -> dict[int, Rollup]:
    return {ordinal: said.rollup(ordinal, period) for ordinal in said.obliged}


def _moved_states(period: Period, before: Period | None, said: Answers) -> list[Moved]:
    now = Counter(_states(said, period).values())
    earlier = Counter(_states(said, before).values()) if before else None
    return [
        Moved(state, now[state], earlier[state] if earlier is not None else None)
        for state in Rollup
        if now[state] or (earlier and earlier[state])
    ]


def _changed(period: Period, before: Period | None, said: Answers) -> list[tuple[Activity, Rollup, Rollup]]:
    if before is None:
        return []
    earlier, now = _states(said, before), _states(said, period)
    different = [ordinal for ordinal in now if now[ordinal] != earlier[ordinal]]
    activities = Activity.objects.filter(programme=period.programme_id, ordinal__in=different).order_by("ordinal")
    return [(activity, earlier[activity.ordinal], now[activity.ordinal]) for activity in activities]
