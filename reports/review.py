"""What a coordinator does with a report: comments, accepts, returns, reopens, extends, waives.

All are atomic and take the submission's row lock first. They raise Refused with a message in the active language, and
have then changed nothing.
"""

import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from activities.models import Activity
from programme import calendar

from . import notices
from .models import WARNINGS, Comment, Extension, Submission, SubmissionCopy, SubmissionEvent, Waiver
from .transitions import Refused, lock, record, require_agency, require_coordinator

Action = SubmissionEvent.Action


@transaction.atomic
def accept(*, submission: Submission, by: User, seen: int | None = None) -> None:
    """Accept what was filed; leaves an event. Nobody accepts a report that he filed himself.

    `seen`: the number of the filing that was read; if the report has been filed anew since, it is not accepted.
    """
    locked, copy = _lock_for_decision(submission, by, Submission.State.SUBMITTED)
    if copy.filed_by_id == by.pk:
        raise Refused(_("You filed this report yourself; another coordinator must accept it."))
    if seen is not None and seen != copy.number:
        raise Refused(_("The report was filed anew after you opened it. Read the new filing first."))
    event = record(locked, Action.ACCEPTED, by=by, at=calendar.now(), to_state=Submission.State.ACCEPTED, copy=copy)
    notices.announce(event)


@transaction.atomic
def accept_clean(*, submission: Submission, by: User, seen: int) -> None:
    """Accept a filing that asks for no reading; one of many at a time, see `accept`."""
    locked = lock(submission)
    copy = locked.copies.last()
    if copy is None or asks_for_reading(copy) or locked.comments.open().exists():
        raise Refused(_("It has warnings, waived rules or open comments: read it before you accept it."))
    accept(submission=locked, by=by, seen=seen)


def asks_for_reading(copy: SubmissionCopy) -> bool:
    """It was filed with warnings or with waived rules."""
    return bool(copy.data.get("waivers")) or any(entry.get("deviations") for entry in copy.data["entries"])


@transaction.atomic
def return_for_rework(*, submission: Submission, by: User, reason: str) -> None:
    """Unlock a report that waits for review, with the reason; leaves an event."""
    _unlock(submission, by, reason, Submission.State.SUBMITTED, Action.RETURNED)


@transaction.atomic
def reopen(*, submission: Submission, by: User, reason: str) -> None:
    """Unlock a report that was accepted, with the reason; leaves an event. Consolidated reports keep their copies."""
    _unlock(submission, by, reason, Submission.State.ACCEPTED, Action.REOPENED)


@transaction.atomic
def comment(
    *, submission: Submission, by: User, text: str, activity: Activity | None = None, field: str = ""
) -> Comment:
    """Hang a comment on the report, on an entry, or on one field of an entry, as it was last filed."""
    require_coordinator(by)
    locked = lock(submission)
    copy = locked.copies.last()
    if copy is None:
        raise Refused(_("Nothing has been filed yet that could be commented on."))
    if not text.strip():
        raise Refused(_("Write the comment."))
    return Comment.objects.create(
        submission=locked,
        activity=activity,
        field=field if activity else "",
        copy=copy,
        text=text.strip(),
        at=calendar.now(),
        by=by,
    )


@transaction.atomic
def answer(*, comment: Comment, by: User, text: str) -> Comment:
    """Answer a comment, from either side, until it is resolved."""
    locked = lock(comment.submission)
    if not by.coordinates:
        require_agency(locked, by)
    thread = Comment.objects.select_for_update(of=("self",)).get(pk=comment.answers_to_id or comment.pk)
    if thread.resolved_at:
        raise Refused(_("This comment has been resolved already."))
    if not text.strip():
        raise Refused(_("Write the answer."))
    given = Comment.objects.create(
        submission=locked,
        activity_id=thread.activity_id,
        field=thread.field,
        copy=locked.copies.last(),
        answers_to=thread,
        text=text.strip(),
        at=calendar.now(),
        by=by,
    )
    notices.announce_answer(given)
    return given


@transaction.atomic
def resolve(*, comment: Comment, by: User) -> None:
    """Close a thread; coordinators alone say that it is settled."""
    require_coordinator(by)
    lock(comment.submission)
    changed = Comment.objects.open().filter(pk=comment.pk).update(resolved_at=calendar.now(), resolved_by=by)
    if not changed:
        raise Refused(_("This comment has been resolved already."))


@transaction.atomic
def extend(*, submission: Submission, by: User, due_on: datetime.date, reason: str, act: str) -> Extension:
    """Give the body a later due date; leaves an event. The half-year's own due date stays what it is."""
    require_coordinator(by)
    locked = lock(submission)
    if locked.period.is_lapsed:
        raise Refused(_("The duty to report on this half-year has lapsed."))
    if locked.state in Submission.FILED:
        raise Refused(_("This report has already been filed."))
    if due_on <= locked.due_on:
        raise Refused(_("The new date must be later than the due date in force."))
    if not reason.strip() or not act.strip():
        raise Refused(_("Give the reason and the act on whose basis the date is extended."))
    now = calendar.now()
    extension = Extension.objects.create(
        submission=locked, due_on=due_on, reason=reason.strip(), act=act.strip(), at=now, by=by
    )
    locked.extended_to = due_on
    notices.announce(record(locked, Action.EXTENDED, by=by, at=now, reason=reason.strip()))
    return extension


@transaction.atomic
def waive(*, submission: Submission, by: User, activity: Activity, rule: str, reason: str) -> Waiver:
    """Let one blocking rule not count for the next filing of one entry; leaves an event."""
    require_coordinator(by)
    locked = lock(submission)
    if locked.state not in Submission.EDITABLE:
        raise Refused(_("This report has already been filed."))
    if rule in WARNINGS:
        raise Refused(_("A warning is answered with an explanation; only blocking rules can be waived."))
    if not reason.strip():
        raise Refused(_("Give the reason."))
    now = calendar.now()
    waiver, new = Waiver.objects.get_or_create(
        submission=locked,
        activity=activity,
        rule=rule,
        copy=None,
        defaults={"reason": reason.strip(), "at": now, "by": by},
    )
    if not new:
        raise Refused(_("This rule has already been waived for the next filing."))
    record(locked, Action.WAIVED, by=by, at=now, reason=reason.strip())
    return waiver


def _lock_for_decision(submission: Submission, by: User, state: str) -> tuple[Submission, SubmissionCopy]:
    require_coordinator(by)
    locked = lock(submission)
    if locked.state != state:
        raise Refused(_("The report is in another state; somebody else may have decided meanwhile."))
    return locked, locked.copies.last()


def _unlock(submission: Submission, by: User, reason: str, state: str, action: str) -> None:
    locked, copy = _lock_for_decision(submission, by, state)
    if not reason.strip():
        raise Refused(_("Say what has to be corrected."))
    event = record(
        locked,
        action,
        by=by,
        at=calendar.now(),
        to_state=Submission.State.RETURNED,
        copy=copy,
        reason=reason.strip(),
    )
    notices.announce(event)
