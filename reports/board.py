"""The coordinators' board: who stands where, how far, with which questions open, and whom to write to."""

import datetime
from collections import defaultdict
from dataclasses import dataclass

from django.db.models import Count, Exists, Max, OuterRef, Prefetch, Q, Subquery, Sum

from accounts.models import AGENCY_ROLES, User
from programme import calendar, stamps

from .duty import owed_by_submission
from .models import Extension, Letter, Period, Reminder, Submission, SubmissionCopy, SubmissionEvent
from .read_once import light, with_data
from .review import asks_for_reading
from .standing import Standing, standings
from .timeliness import Timing

PRESSING = (Timing.DUE_SOON, Timing.OVERDUE)


@dataclass(frozen=True)
class Row(Standing):
    """`complete` of `owed` activities: counts alone, nobody reads a draft of another body."""

    copy: SubmissionCopy | None
    event: SubmissionEvent | None
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


@dataclass(frozen=True)
class Written:
    """What changes without a stamp. `versions`: by submission, of all that its draft is checked by, the plan apart.

    `own`: those whose last filing is the reader's own, so that he cannot accept them.
    """

    versions: dict[int, str]
    own: frozenset[int]

    def __str__(self):
        return f"{self.versions} {sorted(self.own)}"


def written(period: Period, user: User) -> Written:
    """Of those that the user may see. One query."""
    # What was filed and accepted before, and what was waived: each has left an event.
    events = SubmissionEvent.objects.filter(
        submission__agency=OuterRef("agency"),
        submission__period__programme=period.programme_id,
        submission__period__starts_on__lte=period.starts_on,
    )
    copies = SubmissionCopy.objects.filter(submission=OuterRef("pk")).order_by("-number")
    found = (
        Submission.objects.visible_to(user)
        .filter(period=period)
        .annotate(
            saved=Sum("entries__version", filter=Q(state__in=Submission.EDITABLE), default=0),
            last=Subquery(events.order_by("-pk").values("pk")[:1]),
            filed_by=Subquery(copies.values("filed_by")[:1]),
        )
        .order_by("pk")
        .values_list("pk", "saved", "last", "filed_by")
    )
    versions, own = {}, set()
    for pk, saved, last, filed_by in found:
        versions[pk] = f"{saved}/{last}"
        if filed_by == user.pk:
            own.add(pk)
    return Written(versions, frozenset(own))


def board(period: Period, user: User, written: Written, stamp: str) -> list[Row]:
    """A row for each body of the half-year that the user may see, in official order.

    `stamp`: of `stamps.stamp_of` the programme, read before anything else. Fourteen queries, however many bodies, less
    those on what nobody has yet; four at most where no draft has changed.
    """
    later_copy = SubmissionCopy.objects.filter(submission=OuterRef("submission"), number__gt=OuterRef("number"))
    later_event = SubmissionEvent.objects.filter(submission=OuterRef("submission"), pk__gt=OuterRef("pk"))
    latest = light(SubmissionCopy.objects.filter(~Exists(later_copy)))
    last = SubmissionEvent.objects.filter(~Exists(later_event)).select_related("by")
    extensions = Extension.objects.filter(submission=OuterRef("pk"))
    reminders = Reminder.objects.filter(submission=OuterRef("pk")).left().order_by().values("submission")
    unresolved = Q(comments__answers_to=None, comments__resolved_at=None)
    submissions = list(
        Submission.objects.visible_to(user)
        .filter(period=period)
        .select_related("agency")
        .annotate(
            open_comments=Count("comments", filter=unresolved),
            extended_by=Subquery(extensions.order_by("-pk").values("act")[:1]),
            reminded_at=Subquery(reminders.annotate(last=Max("sent_at")).values("last")),
        )
        .prefetch_related(
            Prefetch("copies", latest, to_attr="latest"),
            Prefetch("events", last, to_attr="past"),
        )
        .order_by("agency__ordinal")
    )
    if not submissions:
        return []
    with_data([copy for submission in submissions for copy in submission.latest])
    drafts = _completeness(period, submissions, written, stamp)
    return [_row(standing, drafts.get(standing.submission.pk)) for standing in standings(period, submissions)]


def _completeness(
    period: Period, submissions: list[Submission], written: Written, stamp: str
) -> dict[int, tuple[int, int]]:
    """How many activities are complete in each draft, of how many."""
    drafts = {one.pk: one for one in submissions if one.state in Submission.EDITABLE}

    def counted(changed: list[int]) -> dict[int, tuple[int, int]]:
        owed = owed_by_submission(period, [drafts[pk] for pk in changed])
        return {pk: (sum(item.is_complete for item in items), len(items)) for pk, items in owed.items()}

    today = calendar.today(period.programme.time_zone)
    key = ("complete", stamps.of_plan(stamp), str(period.pk), str(today))
    return stamps.kept_rows(key, {pk: written.versions.get(pk, "") for pk in drafts}, counted)


def _row(standing: Standing, draft: tuple[int, int] | None) -> Row:
    submission = standing.submission
    copy, event = (found[-1] if found else None for found in (submission.latest, submission.past))
    complete, owed = draft or (len(copy.data["entries"]),) * 2
    return Row(
        submission=submission,
        timeliness=standing.timeliness,
        copy=copy,
        event=event,
        complete=complete,
        owed=owed,
    )


def to_chase(rows: list[Row]) -> list[Chase]:
    """Those of the board who have not filed while it is due soon or overdue, and those who have to file again.

    Two queries.
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
    letters = {
        letter.submission_id: letter
        for letter in Letter.objects.filter(submission__in=submissions).defer("document").order_by("year", "number")
    }
    return [
        Chase(row, people[row.submission.agency_id], row.submission.reminded_at, letters.get(row.submission.pk))
        for row in pressing
    ]
