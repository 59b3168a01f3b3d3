"""Activities at risk, each with its reasons in words.

What each obliged body filed last on an activity counts. Bodies that say that it does not concern them are left out. A
body is silent if it has filed nothing on it for the half-year that was due last, and did not say before that it is
done; what is still open is no silence. The reasons, the gravest first:

`MISSED`      a one-off deadline has passed, and not every body that it concerns says that the activity is done;
`AHEAD`       a one-off deadline falls within the next half-year, and a body reports a delay or is silent;
`DELAYED`     bodies report a delay;
`UNDERSPENT`  near the end of a year, or after it, less than `ENOUGH` of the year's money is spent, on the lines about
              which something was filed.
"""

import datetime
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from enum import IntEnum

from django.utils.formats import date_format, number_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from activities.models import Activity, Deadline
from programme.money import ZERO, format_money
from reports.models import Entry, Period

from .activities import Answer, Answers
from .money import PlannedLine

HALF_YEAR = datetime.timedelta(days=184)
# The share of the year's money that is enough, by the half-year up to which spending is known.
ENOUGH = {1: Decimal("0.25"), 2: Decimal("0.75")}
# From this month on the first half-year's spending says something of the whole year.
NEAR_THE_END = 10


class Reason(IntEnum):
    MISSED = 1
    AHEAD = 2
    DELAYED = 3
    UNDERSPENT = 4


@dataclass(frozen=True)
class AtRisk:
    """`reasons`: in words of the active language, the gravest first; `open_bodies`: how many have not said done."""

    activity: Activity
    reasons: list[tuple[Reason, str]]
    open_bodies: int

    @property
    def gravest(self) -> Reason:
        return self.reasons[0][0]


@dataclass(frozen=True)
class _Voices:
    """How many of the bodies that an activity concerns say what."""

    concerned: int = 0
    done: int = 0
    delayed: int = 0
    silent: int = 0


def money_matters(until: Period, today: datetime.date) -> bool:
    """Whether what is spent up to the half-year says enough of its year: only then `at_risk` needs lines."""
    return until.half == 2 or today >= datetime.date(until.year, NEAR_THE_END, 1)


def at_risk(said: Answers, until: Period, today: datetime.date, lines: Iterable[PlannedLine] = ()) -> list[AtRisk]:
    """By what is `said` and spent up to the half-year and as deadlines stand on `today`, the gravest first.

    Of the activities of `said`. Two queries. `lines`: of the plan, where `money_matters`.
    """
    dates = _one_off_dates(until)
    unspent = _unspent(lines, until)
    found = []
    asked = Activity.objects.filter(programme=until.programme_id, ordinal__in=list(said.obliged))
    for activity in asked.order_by("ordinal"):
        voices = _voices(said, activity.ordinal, until, today)
        reasons = _deadline_reasons(dates[activity.pk], voices, today)
        if voices.delayed and Reason.AHEAD not in dict(reasons):
            reasons.append((Reason.DELAYED, _delayed(voices)))
        if activity.pk in unspent:
            reasons.append((Reason.UNDERSPENT, _underspent(*unspent[activity.pk])))
        if reasons:
            found.append(AtRisk(activity, reasons, voices.concerned - voices.done))
    return sorted(found, key=lambda one: (one.gravest, -len(one.reasons), -one.open_bodies, one.activity.ordinal))


def _one_off_dates(until: Period) -> dict[int, list[datetime.date]]:
    """By activity, oldest first; what lies before the decree counts from its day."""
    dates = defaultdict(list)
    one_off = Deadline.objects.filter(activity__programme=until.programme_id, kind=Deadline.Kind.ONE_OFF)
    for activity, date in one_off.order_by("date").values_list("activity", "date"):
        dates[activity].append(max(date, until.programme.adopted_on))
    return dates


def _voices(said: Answers, ordinal: int, until: Period, today: datetime.date) -> _Voices:
    # Until the half-year's report is due, what was said for the one before it is a body's word.
    fresh = until.starts_on if today > until.submissions_due else until.starts_on - HALF_YEAR
    words = [said.answers.get((ordinal, agency), []) for agency in said.obliged[ordinal]]
    concerned = [word for word in words if not word or word[-1].status != Entry.Status.NOT_APPLICABLE]
    unfinished = [word for word in concerned if not _is_done(word)]
    return _Voices(
        concerned=len(concerned),
        done=len(concerned) - len(unfinished),
        delayed=sum(word[-1].status == Entry.Status.DELAYED for word in unfinished if word),
        silent=sum(not word or word[-1].period.starts_on < fresh for word in unfinished),
    )


def _is_done(word: list[Answer]) -> bool:
    return bool(word) and (word[-1].status == Entry.Status.DONE or any(answer.stays for answer in word))


def _deadline_reasons(dates: list[datetime.date], voices: _Voices, today: datetime.date) -> list[tuple[Reason, str]]:
    if voices.done == voices.concerned:
        return []
    found = []
    if passed := [date for date in dates if date < today]:
        found.append((Reason.MISSED, _missed(passed[-1], voices)))
    ahead = next((date for date in dates if today <= date <= today + HALF_YEAR), None)
    if ahead and (voices.delayed or voices.silent):
        what = [_delayed(voices)] if voices.delayed else []
        what += [_silent(voices)] if voices.silent else []
        text = _("Due on %(date)s: %(what)s")
        found.append((Reason.AHEAD, text % {"date": date_format(ahead, "DATE_FORMAT"), "what": ", ".join(what)}))
    return found


def _missed(date: datetime.date, voices: _Voices) -> str:
    when = date_format(date, "DATE_FORMAT")
    if voices.concerned == 1:
        return _("Was due on %(date)s, not done") % {"date": when}
    text = _("Was due on %(date)s, done by %(done)s of %(all)s bodies")
    return text % {"date": when, "done": voices.done, "all": voices.concerned}


def _delayed(voices: _Voices) -> str:
    text = ngettext("%(number)s body reports a delay", "%(number)s bodies report a delay", voices.delayed)
    return text % {"number": voices.delayed}


def _silent(voices: _Voices) -> str:
    text = ngettext("%(number)s body says nothing", "%(number)s bodies say nothing", voices.silent)
    return text % {"number": voices.silent}


def _unspent(lines: Iterable[PlannedLine], until: Period) -> dict[int, tuple[Decimal, Decimal]]:
    """By activity, in force and spent in the year, where that is not enough."""
    sums: dict[int, tuple[Decimal, Decimal]] = defaultdict(lambda: (ZERO, ZERO))
    for one in lines:
        # A line about which nobody has reported yet says nothing.
        if one.line.year == until.year and until.code in one.spent:
            in_force, spent = sums[one.line.activity_id]
            sums[one.line.activity_id] = in_force + one.in_force, spent + one.spent_in()
    return {
        activity: (in_force, spent)
        for activity, (in_force, spent) in sums.items()
        if spent < in_force * ENOUGH[until.half]
    }


def _underspent(in_force: Decimal, spent: Decimal) -> str:
    text = _("Of the year's money %(percent)s %% is spent: %(spent)s of %(planned)s million tenge")
    percent = number_format(spent * 100 / in_force, decimal_pos=0)
    return text % {"percent": percent, "spent": format_money(spent), "planned": format_money(in_force)}
