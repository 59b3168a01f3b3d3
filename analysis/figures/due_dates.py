"""The dates that concern a reader: of his own reports, of the consolidated report, of the plan; and how each stands."""

import datetime
from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import groupby

from django.db.models import Count, Max, TextChoices
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.text import Truncator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from accounts.models import User
from activities.models import Deadline
from programme import calendar
from programme.models import Programme
from programme.templatetags.portal import tone
from reports.consolidation.structure import Outcome
from reports.models import Period, Submission
from reports.standing import counts
from reports.timeliness import timeliness

from .activities import answers, half_years, reports_owed
from .deadlines import TONES, Ended, outcomes, sent_on

# Of an activity's title, what a calendar has room for.
TITLE_LETTERS = 120


class What(TextChoices):
    INFORMATION = "information", gettext_lazy("Information on the half-year")
    CONSOLIDATED = "consolidated", gettext_lazy("Consolidated information")
    COMPLETION = "completion", gettext_lazy("Completion of an activity")
    TO_LEAD = "to_lead", gettext_lazy("Report to the lead ministry")
    TO_GOVERNMENT = "to_government", gettext_lazy("Report to the Government")


OF_DEADLINE = {
    Deadline.Kind.ONE_OFF: What.COMPLETION,
    Deadline.Kind.REPORT_TO_LEAD: What.TO_LEAD,
    Deadline.Kind.REPORT_TO_GOVERNMENT: What.TO_GOVERNMENT,
}


@dataclass(frozen=True)
class DueDate:
    """`key` stays the same when the date moves, which it did `moved` times, last at `moved_at`.

    `path`: the page to go to. `submission`, `period` or `deadlines`: what it is the date of. `note`: what a reader has
    to know of the date.
    """

    key: str
    what: What
    date: datetime.date
    title: str
    path: str
    note: str = ""
    submission: Submission | None = None
    period: Period | None = None
    deadlines: list[Deadline] = field(default_factory=list)
    moved: int = 0
    moved_at: datetime.datetime | None = None


@dataclass(frozen=True)
class State:
    """How a date stands, in words. `activities`: ordinals, where they stand in different ways. `met_on`: if known."""

    text: str
    tone: str = "neutral"
    activities: list[int] = field(default_factory=list)
    met_on: datetime.date | None = None


def due_dates(programme: Programme, user: User) -> list[DueDate]:
    """The earliest first, in the active language. Two queries, one more if the half-years are not prefetched.

    Who reads everything has all dates of the plan and of the half-years, with the bodies whose date was moved; who acts
    for an agency its own alone.
    """
    periods = {one.pk: one for one in half_years(programme)}
    found = [*_of_plan(programme, user), *_of_submissions(periods, user)]
    if user.reads_everything:
        found += [date for period in periods.values() for date in _of_period(period)]
    return sorted(found, key=lambda one: (one.date, one.key))


def _of_submissions(periods: dict[int, Period], user: User) -> Iterable[DueDate]:
    submissions = (
        Submission.objects.visible_to(user)
        .filter(period__in=periods)
        .select_related("agency")
        .annotate(moved=Count("extensions"), moved_at=Max("extensions__at"))
        .order_by("period__starts_on", "agency__ordinal")
    )
    if user.reads_everything:
        submissions = submissions.exclude(extended_to=None)
    for submission in submissions:
        period = submission.period = periods[submission.period_id]
        if user.reads_everything:
            title = _("%(agency)s: information is due, %(period)s")
        else:
            title = _("Information is due: %(period)s")
        yield DueDate(
            key=f"submission-{period.code}-{submission.agency.code}",
            what=What.INFORMATION,
            date=submission.due_on,
            title=title % {"agency": submission.agency.short_name, "period": period.title},
            path=reverse("submission", args=[submission.pk]),
            note=_moved_from(period) if submission.extended_to else "",
            submission=submission,
            moved=submission.moved,
            moved_at=submission.moved_at,
        )


def _moved_from(period: Period) -> str:
    return _("Extended; the half-year's own date is %(date)s") % {"date": _day(period.submissions_due)}


def _of_period(period: Period) -> Iterable[DueDate]:
    board = reverse("period", args=[period.programme.slug, period.code])
    yield DueDate(
        key=f"submissions-{period.code}",
        what=What.INFORMATION,
        date=period.submissions_due,
        title=_("Information of all bodies is due: %(period)s") % {"period": period.title},
        path=board,
        period=period,
    )
    yield DueDate(
        key=f"consolidated-{period.code}",
        what=What.CONSOLIDATED,
        date=period.consolidated_due,
        title=_("Consolidated information is due: %(period)s") % {"period": period.title},
        path=board,
        period=period,
    )


def _of_plan(programme: Programme, user: User) -> Iterable[DueDate]:
    """One for each completion, and one for all the reports of a kind that are due on the same day."""
    found = Deadline.objects.filter(activity__programme=programme).select_related("activity")
    if not user.reads_everything:
        own = {"activity__responsibilities__agency": user.agency, "activity__responsibilities__by_agreement": False}
        found = found.filter(**own) if user.reads_agency else found.none()
    found = list(found.order_by("date", "kind", "activity__ordinal"))
    for deadline in found:
        if deadline.kind == Deadline.Kind.ONE_OFF:
            yield _completion(programme, deadline)
    reporting = [deadline for deadline in found if deadline.kind != Deadline.Kind.ONE_OFF]
    for (day, kind), group in groupby(reporting, key=lambda one: (one.date, one.kind)):
        yield _reporting(programme, day, OF_DEADLINE[kind], list(group))


def _completion(programme: Programme, deadline: Deadline) -> DueDate:
    activity, counts_from = deadline.activity, deadline.counts_from(programme)
    note = ""
    if counts_from != deadline.date:
        note = _("Lies before the decree itself; counts from the decree's date, %(date)s") % {"date": _day(counts_from)}
    return DueDate(
        key=f"completion-{activity.ordinal}-{deadline.date}",
        what=What.COMPLETION,
        date=deadline.date,
        title=_("Activity %(row)s is to be completed: %(title)s")
        % {"row": activity.ordinal, "title": Truncator(activity.title).chars(TITLE_LETTERS)},
        path=reverse("activity", args=[programme.slug, activity.ordinal]),
        note=note,
        deadlines=[deadline],
    )


def _reporting(programme: Programme, day: datetime.date, what: What, group: list[Deadline]) -> DueDate:
    rows = ", ".join(str(deadline.activity.ordinal) for deadline in group)
    if what == What.TO_LEAD:
        title = _("Report to the lead ministry on activities: %(rows)s")
    else:
        title = _("Report to the Government on activities: %(rows)s")
    return DueDate(
        key=f"{what.value.replace('_', '-')}-{day}",
        what=what,
        date=day,
        title=title % {"rows": rows},
        path=f"{reverse('plan', args=[programme.slug])}?due_from={day}&due_to={day}",
        deadlines=group,
    )


def states_of(dates: list[DueDate], programme: Programme, user: User) -> dict[str, list[State]]:
    """How each date stands today, by its key; more than one where its activities differ. Five queries, with the
    half-years prefetched.

    For who acts for an agency, as far as that agency is concerned.
    """
    today = calendar.today(programme.time_zone)
    of = None if user.reads_everything else user.agency
    reports = [one for one in reports_owed(programme) if of is None or one.submission.agency_id == of.pk]
    sent = sent_on(programme)
    deadlines = [deadline for date in dates for deadline in date.deadlines]
    found = answers(programme, of=of)
    ended = outcomes(programme, deadlines, found=found, reports=reports, sent=sent)
    stands = {}
    for date in dates:
        if date.submission:
            timing = timeliness(date.submission, today)
            stands[date.key] = [State(timing.in_words, tone(timing.timing))]
        elif date.deadlines:
            stands[date.key] = _of_deadlines([ended[deadline.pk] for deadline in date.deadlines])
        elif date.what == What.CONSOLIDATED:
            stands[date.key] = [_sent_or_not(date, sent.get(date.period.code), today)]
        else:
            own = [one for one in reports if one.submission.period_id == date.period.pk]
            stands[date.key] = [_filed_so_far(date, counts(own), today)]
    return stands


def _of_deadlines(ended: list[Ended]) -> list[State]:
    if len(ended) == 1:
        return [State(str(ended[0].outcome.label), ended[0].tone, met_on=ended[0].met_on)]
    by_outcome: dict[Outcome, list[int]] = {}
    for one in ended:
        by_outcome.setdefault(one.outcome, []).append(one.deadline.activity.ordinal)
    differ = len(by_outcome) > 1
    return [State(str(outcome.label), TONES[outcome], rows if differ else []) for outcome, rows in by_outcome.items()]


def _sent_or_not(date: DueDate, day: datetime.date | None, today: datetime.date) -> State:
    if day:
        return State(_("sent on %(date)s") % {"date": _day(day)}, "warn" if day > date.date else "good")
    return State(_("not sent"), "bad") if today > date.date else _left(date, today)


def _filed_so_far(date: DueDate, numbers: dict[str, int], today: datetime.date) -> State:
    if today <= date.period.ends_on:
        return _left(date, today)
    text = _("%(filed)s of %(expected)s filed") % numbers
    everybody = numbers["filed"] == numbers["expected"]
    return State(text, "good" if everybody else "bad" if today > date.date else "info")


def _left(date: DueDate, today: datetime.date) -> State:
    days = (date.date - today).days
    return State(ngettext("%(days)s day left", "%(days)s days left", days) % {"days": days})


def _day(day: datetime.date) -> str:
    return date_format(day, "DATE_FORMAT")
