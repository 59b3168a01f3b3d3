"""E-mails about half-years that are due: to those who have not filed, and a digest to the coordinators.

Sent ten and three days before the due day, on it, the day after, and weekly from then on. Each body's own due day
counts, so that an extension begins a new round; the digest goes by the half-year's. Nobody gets two for one day; a day
on which nothing ran is caught up by the next run.

A reminder is stored together with its e-mail, which `outbox` sends; one that could not leave is written anew by the
next run, if it is still due: it speaks of days left, and of who has not filed.
"""

import datetime
from dataclasses import dataclass

from django.db import IntegrityError, transaction
from django.db.models import Q, QuerySet

from accounts import audit
from accounts.models import AGENCY_ROLES, Role, User
from programme import calendar

from . import outbox
from .mail import compose, link, reachable
from .models import OutgoingMail, Period, Reminder, Submission
from .standing import Standing, standings

FIRST_OFFSETS = (-10, -3, 0, 1)
WEEK = 7
# Seconds that a run sends for: a slow mail server holds it up no longer, the worker goes on.
LONGEST_RUN = 600


@dataclass
class Sent:
    """How many e-mails left, and how many could not. What a worker is sending just now is neither."""

    reminders: int = 0
    digests: int = 0
    failed: int = 0


def offset_due(days: int) -> int | None:
    """The offset whose e-mail is due `days` after the due day (negative before it); None more than ten days before."""
    passed = [offset for offset in FIRST_OFFSETS if offset <= days]
    if not passed:
        return None
    return passed[-1] + (days - passed[-1]) // WEEK * WEEK if days > 0 else passed[-1]


def remind() -> Sent:
    """Send what is due today, for every programme. What could not leave is tried again by the next run."""
    _take_back()
    stored: list[Reminder] = []
    for period in Period.objects.select_related("programme__lead_agency"):
        today = calendar.today(period.programme.time_zone)
        # No body is due before its half-year.
        if not period.is_lapsed and offset_due((today - period.submissions_due).days) is not None:
            stored += _remind_period(period, today)
    outbox.deliver(seconds=LONGEST_RUN, is_impatient=True)
    return _count(Reminder.objects.filter(pk__in=[reminder.pk for reminder in stored]))


def _take_back() -> None:
    """Reminders that an earlier run could not send, unless somebody is sending them just now."""
    with transaction.atomic():
        mails = outbox.unclaimed(outbox.waiting()).filter(reminders__isnull=False)
        waiting = list(mails.select_for_update(of=("self",), skip_locked=True).values_list("pk", flat=True))
        for reminder in Reminder.objects.filter(mail__in=waiting).select_related("submission__agency", "recipient"):
            _record("reminder.taken_back", reminder)
            reminder.delete()
        OutgoingMail.objects.filter(pk__in=waiting).delete()


def _count(stored: QuerySet[Reminder]) -> Sent:
    left = stored.left()
    return Sent(
        reminders=left.exclude(submission=None).count(),
        digests=left.filter(submission=None).count(),
        failed=stored.exclude(mail__error="").filter(~Q(mail=None), mail__sent_at=None).count(),
    )


def _remind_period(period: Period, today: datetime.date) -> list[Reminder]:
    """Those that are stored now."""
    submissions = period.submissions.select_related("agency").exclude(state__in=Submission.FILED)
    unfiled = standings(period, submissions.order_by("agency__ordinal"))
    if not unfiled:
        return []
    already = set(period.reminders.values_list("submission", "recipient", "due_on", "offset"))
    writers: dict[int, list[User]] = {}
    for user in reachable(role__in=AGENCY_ROLES, agency__in=[one.submission.agency_id for one in unfiled]):
        writers.setdefault(user.agency_id, []).append(user)
    planned = [
        (_reminder(period, one.submission, user, one.submission.due_on, today), "reminder", _about(one))
        for one in unfiled
        for user in writers.get(one.submission.agency_id, [])
    ]
    digest = {"unfiled": unfiled, "link": link("period", period.programme.slug, period.code)}
    planned += [
        (_reminder(period, None, user, period.submissions_due, today), "digest", digest)
        for user in reachable(role=Role.COORDINATOR, agency=period.programme.lead_agency_id)
    ]
    return [
        reminder
        for reminder, template, context in planned
        if reminder.offset is not None
        and (reminder.submission_id, reminder.recipient_id, reminder.due_on, reminder.offset) not in already
        and _store(reminder, template, context)
    ]


def _reminder(
    period: Period, submission: Submission | None, user: User, due_on: datetime.date, today: datetime.date
) -> Reminder:
    """Not stored yet; `offset` is None where it is too early for any."""
    offset = offset_due((today - due_on).days)
    return Reminder(period=period, submission=submission, recipient=user, due_on=due_on, offset=offset)


def _about(one: Standing) -> dict:
    return {
        "submission": one.submission,
        "timeliness": one.timeliness,
        "link": link("submission", one.submission.pk),
        "signing_link": link("file-submission", one.submission.pk),
    }


def _store(reminder: Reminder, template: str, context: dict) -> bool:
    """With its e-mail, in one transaction; False where another run did so meanwhile."""
    user = reminder.recipient
    message = compose(template, user, context | {"period": reminder.period})
    reminder.address, reminder.sent_at = user.email, calendar.now()
    try:
        with transaction.atomic():
            (reminder.mail,) = outbox.put([message])
            reminder.save()
            _record("reminder.stored", reminder)
    except IntegrityError:
        return False
    return True


def _record(action: str, reminder: Reminder) -> None:
    agency = reminder.submission.agency if reminder.submission else None
    audit.record(action, by=None, subject=reminder, agency=agency, to=reminder.recipient.username)
