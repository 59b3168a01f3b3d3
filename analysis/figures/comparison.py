"""Two half-years, or two regions, side by side: filing, money, states of activities, indicators.

Sums and counts of a region and of the country, which are open to every signed-in reader. None is no data, never zero.
"""

from collections import Counter
from dataclasses import dataclass
from decimal import Decimal

from reports.consolidation.rolling_up import roll_up
from reports.consolidation.structure import Rollup
from reports.models import Period, Submission
from reports.timeliness import Timing, timeliness

from .activities import Answers
from .money import PlannedLine, added, part
from .results import Counted


@dataclass(frozen=True)
class Side:
    """`region`: a code, "" for the whole programme."""

    period: Period
    region: str = ""


@dataclass(frozen=True)
class Money:
    """Million tenge. Planned is in force at the half-year's end, of its whole year or of all years up to it."""

    planned_year: Decimal | None
    spent_half: Decimal | None
    spent_year: Decimal | None
    planned_so_far: Decimal | None
    spent_so_far: Decimal | None

    @property
    def share_of_year(self) -> Decimal | None:
        if self.spent_year is None or not self.planned_year:
            return None
        return part(self.spent_year, self.planned_year)


def money(side: Side, lines: list[PlannedLine]) -> Money:
    """From lines with all that was filed up to the later of the half-years."""
    period = side.period
    own = [one for one in lines if one.line.year <= period.year and side.region in ("", _region(one))]
    of_year = [one for one in own if one.line.year == period.year]
    until = {code for one in own for code in one.spent if code <= period.code}
    return Money(
        planned_year=added(one.line.amount_in_force(period.ends_on) for one in of_year),
        spent_half=added(one.spent_in({period.code}) for one in own),
        spent_year=added(one.spent_in(until) for one in of_year),
        planned_so_far=added(one.line.amount_in_force(period.ends_on) for one in own),
        spent_so_far=added(one.spent_in(until) for one in own),
    )


def _region(one: PlannedLine) -> str | None:
    return one.line.region.code if one.line.region else None


@dataclass(frozen=True)
class Filings:
    """How many reports on the half-year there are, as they stand today. `open`: their day has not passed."""

    on_time: int
    late: int
    overdue: int
    open: int

    @property
    def filed(self) -> int:
        return self.on_time + self.late

    @property
    def owed(self) -> int:
        return self.filed + self.overdue + self.open

    @property
    def share_filed(self) -> Decimal | None:
        return part(self.filed, self.owed) if self.owed else None

    @property
    def share_on_time(self) -> Decimal | None:
        """Of those that are filed or whose day has passed."""
        due = self.owed - self.open
        return part(self.on_time, due) if due else None


def filings(side: Side, submissions: list[Submission]) -> Filings:
    """Of submissions with their agencies, regions and half-years."""
    own = [one for one in submissions if one.period_id == side.period.pk and side.region in ("", region_of(one))]
    timings = Counter(timeliness(one).timing for one in own)
    counted = [timings[timing] for timing in (Timing.ON_TIME, Timing.LATE, Timing.OVERDUE)]
    return Filings(*counted, open=len(own) - sum(counted))


def region_of(submission: Submission) -> str | None:
    return submission.agency.region.code if submission.agency.region else None


def states(side: Side, answers: Answers, agencies: set[str]) -> dict[int, Rollup]:
    """By ordinal of the activity. Of a region: what its bodies, `agencies`, are obliged to report on."""
    if not side.region:
        return {ordinal: answers.rollup(ordinal, side.period) for ordinal in answers.obliged}
    found = {}
    for ordinal, obliged in answers.obliged.items():
        own = agencies & set(obliged)
        if own:
            said = [answer.status for answer in answers.on(ordinal, side.period) if answer.agency in own]
            found[ordinal] = roll_up(said, len(own) - len(said))
    return found


def share_done(found: dict[int, Rollup]) -> Decimal | None:
    """Of the activities that a body is obliged to report on."""
    counted = [state for state in found.values() if state != Rollup.NOBODY_OBLIGED]
    return part(counted.count(Rollup.DONE), len(counted)) if counted else None


def reached(side: Side, one: Counted) -> int | None:
    """What an indicator counts from its stage's beginning to the half-year."""
    codes = {code for code, _region in one.values if code <= side.period.code}
    return one.total(codes, side.region)


def relative(first: Decimal | int | None, second: Decimal | int | None) -> Decimal | None:
    """The difference as a part of the first; None of nothing."""
    if first is None or second is None or not first:
        return None
    return part(second - first, first)


def difference(first, second):
    return None if first is None or second is None else second - first
