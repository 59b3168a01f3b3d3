"""Where a half-year stands, and what waits for those who review and compile."""

import datetime
from collections import Counter
from dataclasses import dataclass

from django.db.models import Exists, Max, OuterRef, Prefetch, Subquery
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import AGENCY_ROLES, User
from programme import calendar
from reports.board import PRESSING
from reports.models import Comment, ConsolidatedReport, Period, Proposal, Reminder, Submission, SubmissionCopy
from reports.review import asks_for_reading
from reports.standing import Standing, standings
from reports.timeliness import Timing


@dataclass(frozen=True)
class Filing(Standing):
    """`answered`: how many of its open comments a body answered last; `reminded_at`: when its last e-mail left."""

    has_questions: bool
    answered: int
    reminded_at: datetime.datetime | None


@dataclass(frozen=True)
class Day:
    """A day that something is due on, as seen from today."""

    date: datetime.date
    left: int

    @property
    def in_words(self) -> str:
        if self.left == 0:
            return _("today")
        if self.left > 0:
            return ngettext("%(days)s day left", "%(days)s days left", self.left) % {"days": self.left}
        return ngettext("%(days)s day ago", "%(days)s days ago", -self.left) % {"days": -self.left}

    @property
    def timing(self) -> Timing:
        """For its tone: what has passed is neither good nor bad."""
        if self.left < 0:
            return Timing.NOT_YET_DUE
        return Timing.DUE_SOON if self.left <= 3 else Timing.OPEN


def due_days(period: Period) -> tuple[Day, Day]:
    """The day for the reports of bodies, and the day for the consolidated report."""
    today = calendar.today(period.programme.time_zone)
    first, second = period.submissions_due, period.consolidated_due
    return Day(first, (first - today).days), Day(second, (second - today).days)


def filings(period: Period, reader: User) -> list[Filing]:
    """A row for each body that owes a report, in official order. Three queries, for readers of everything."""
    later = SubmissionCopy.objects.filter(submission=OuterRef("submission"), number__gt=OuterRef("number"))
    latest = SubmissionCopy.objects.filter(~Exists(later), submission__state=Submission.State.SUBMITTED)
    reminders = Reminder.objects.filter(submission=OuterRef("pk")).order_by().values("submission")
    submissions = (
        Submission.objects.visible_to(reader)
        .filter(period=period)
        .select_related("agency")
        .annotate(reminded_at=Subquery(reminders.annotate(last=Max("sent_at")).values("last")))
        .prefetch_related(Prefetch("copies", latest, to_attr="latest"))
        .order_by("agency__ordinal")
    )
    opened, answered = _open_comments(period, reader)
    return [_filing(one, opened, answered) for one in standings(period, submissions)]


def _filing(one: Standing, opened: Counter, answered: Counter) -> Filing:
    submission = one.submission
    is_questioned = bool(submission.latest) and asks_for_reading(submission.latest[0])
    return Filing(
        submission=submission,
        timeliness=one.timeliness,
        has_questions=is_questioned or opened[submission.pk] > 0,
        answered=answered[submission.pk],
        reminded_at=submission.reminded_at,
    )


def _open_comments(period: Period, reader: User) -> tuple[Counter, Counter]:
    """By submission: how many comments are open, and in how many of them the body had the last word."""
    answers = Comment.objects.filter(answers_to=OuterRef("pk")).order_by("-at", "-pk")
    threads = Comment.objects.visible_to(reader).filter(submission__period=period).open().order_by("pk")
    opened, answered = Counter(), Counter()
    for submission, role in threads.values_list("submission", Subquery(answers.values("by__role")[:1])):
        opened[submission] += 1
        answered[submission] += role in AGENCY_ROLES
    return opened, answered


@dataclass(frozen=True)
class Waiting:
    """What asks for an action. `to_review`: those with questions first; `to_remind`: late, or to be filed again."""

    to_review: list[Filing]
    answered: list[Filing]
    to_remind: list[Filing]

    @property
    def is_nothing(self) -> bool:
        return not (self.to_review or self.answered or self.to_remind)


def waiting(rows: list[Filing]) -> Waiting:
    to_review = [row for row in rows if row.submission.state == Submission.State.SUBMITTED]
    return Waiting(
        to_review=sorted(to_review, key=lambda row: not row.has_questions),
        answered=[row for row in rows if row.answered],
        to_remind=[
            row
            for row in rows
            if row.submission.state in Submission.EDITABLE
            and (row.timeliness.timing in PRESSING or row.submission.state == Submission.State.RETURNED)
        ],
    )


@dataclass(frozen=True)
class ReportStanding:
    """The half-year's consolidated report: `text` says where it stands, `todo` what the reader can do, or nothing."""

    text: str
    todo: str
    url_name: str
    tone: str


def report_standing(period: Period, reader: User) -> ReportStanding:
    """One query."""
    last = ConsolidatedReport.objects.filter(period=OuterRef("pk")).order_by("-number")
    proposed = Proposal.objects.filter(period=OuterRef("pk"))
    row = (
        Period.objects.filter(pk=period.pk)
        .values_list(
            Subquery(proposed.values("by")[:1]),
            Subquery(last.values("number")[:1]),
            Subquery(last.values("dispatch__number")[:1]),
        )
        .get()
    )
    proposed_by, finalised, sent_under = row
    may = reader.coordinates
    if proposed_by == reader.pk:
        return ReportStanding(_("You handed it over; another coordinator finalises it"), "", "consolidated", "info")
    if proposed_by:
        todo = _("Read and finalise") if may else ""
        return ReportStanding(_("It is handed over to be finalised"), todo, "consolidated", "warn")
    if sent_under:
        text = _("It was sent to the Government under No. %(number)s") % {"number": sent_under}
        return ReportStanding(text, "", "consolidated", "good")
    if finalised:
        todo = _("Record how it was sent") if may else ""
        return ReportStanding(_("It is finalised and has not been sent"), todo, "consolidated", "warn")
    text = _("It is being drafted")
    if may:
        return ReportStanding(text, _("Compile the report"), "workspace", "neutral")
    return ReportStanding(text, "", "consolidated", "neutral")
