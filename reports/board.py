"""The coordinators' board: who stands where, how far, with which questions open, and whom to write to."""

import datetime
from collections import defaultdict
from dataclasses import dataclass

from django.db.models import Count, Exists, Max, OuterRef, Prefetch, Q

from accounts.models import AGENCY_ROLES, User

from .duty import OwedActivity, owed_by_submission
from .models import Extension, Letter, Period, Reminder, Submission, SubmissionCopy, SubmissionEvent
from .review import asks_for_reading
from .standing import Standing, standings
from .timeliness import Timing

PRESSING = (Timing.DUE_SOON, Timing.OVERDUE)


@dataclass(frozen=True)
class Row(Standing):
    """`complete` of `owed` activities: counts alone, nobody reads a draft of another body."""

    copy: SubmissionCopy | None
    event: SubmissionEvent | None
    extension: Extension | None
    complete: int
    owed: int

    @property
    def is_waiting(self) -> bool:
        return self.submission.state == Submission.State.SUBMITTED

    @property
    def asks_for_reading(self) -> bool:
        """It waits for review and has warnings or waived rules."""
        return self.is_waiting and asks_for_reading(self.copy)

    @property
    def is_clean(self) -> bool:
        """It waits for review and raises no question."""
        return self.is_waiting and not self.asks_for_reading and not self.submission.open_comments


@dataclass(frozen=True)
class Chase:
    """A body that has to be written to. `reminded_at`: when the last e-mail left; `letter`: the last official one."""

    row: Row
    people: list[User]
    reminded_at: datetime.datetime | None
    letter: Letter | None


def board(period: Period, user: User) -> list[Row]:
    """A row for each body of the half-year that the user may see, in official order.

    Fifteen queries, however many bodies, less those on what nobody has yet.
    """
    later = SubmissionCopy.objects.filter(submission=OuterRef("submission"), number__gt=OuterRef("number"))
    unresolved = Q(comments__answers_to=None, comments__resolved_at=None)
    submissions = list(
        Submission.objects.visible_to(user)
        .filter(period=period)
        .select_related("agency")
        .annotate(open_comments=Count("comments", filter=unresolved))
        .prefetch_related(
            Prefetch("copies", SubmissionCopy.objects.filter(~Exists(later)), to_attr="latest"),
            Prefetch("events", SubmissionEvent.objects.select_related("by"), to_attr="past"),
            Prefetch("extensions", to_attr="extended"),
        )
        .order_by("agency__ordinal")
    )
    if not submissions:
        return []
    owed = owed_by_submission(period, submissions)
    return [_row(standing, owed[standing.submission.pk]) for standing in standings(period, submissions)]


def _row(standing: Standing, owed: list[OwedActivity]) -> Row:
    submission = standing.submission
    copy, event, extension = (
        found[-1] if found else None for found in (submission.latest, submission.past, submission.extended)
    )
    if submission.state in Submission.FILED:
        complete = total = len(copy.data["entries"])
    else:
        complete, total = sum(item.is_complete for item in owed), len(owed)
    return Row(
        submission=submission,
        timeliness=standing.timeliness,
        copy=copy,
        event=event,
        extension=extension,
        complete=complete,
        owed=total,
    )


def to_chase(rows: list[Row]) -> list[Chase]:
    """Those of the board who have not filed while it is due soon or overdue, and those who have to file again.

    Three queries.
    """
    pressing = [
        row
        for row in rows
        if row.submission.state in Submission.EDITABLE
        and (row.timeliness.timing in PRESSING or row.submission.state == Submission.State.RETURNED)
    ]
    submissions = [row.submission.pk for row in pressing]
    people = defaultdict(list)
    agencies = [row.submission.agency_id for row in pressing]
    for person in User.objects.filter(agency__in=agencies, role__in=AGENCY_ROLES, is_active=True).order_by("pk"):
        people[person.agency_id].append(person)
    reminded = dict(
        Reminder.objects.filter(submission__in=submissions)
        .order_by()
        .values_list("submission")
        .annotate(last=Max("sent_at"))
    )
    letters = {
        letter.submission_id: letter
        for letter in Letter.objects.filter(submission__in=submissions).defer("document").order_by("year", "number")
    }
    return [
        Chase(row, people[row.submission.agency_id], reminded.get(row.submission.pk), letters.get(row.submission.pk))
        for row in pressing
    ]
