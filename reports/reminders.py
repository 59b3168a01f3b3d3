"""E-mails about half-years that are due: to those who have not filed, and a digest to the coordinators.

Sent ten and three days before the due day, on it, the day after, and weekly from then on. Each body's own due day
counts, so that an extension begins a new round; the digest goes by the half-year's. Nobody gets two for one day; a day
on which nothing ran is caught up by the next run.
"""

import datetime
import logging
from dataclasses import dataclass

from django.db import IntegrityError, transaction

from accounts.models import AGENCY_ROLES, Role, User
from programme import calendar

from .mail import FAILURES, compose, link, reachable
from .models import Period, Reminder, Submission
from .standing import Standing, standings

logger = logging.getLogger(__name__)

FIRST_OFFSETS = (-10, -3, 0, 1)
WEEK = 7


@dataclass
class Sent:
    """How many e-mails left, and how many could not."""

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
    """Send what is due today, for every programme. An address that fails is tried again by the next run."""
    sent = Sent()
    for period in Period.objects.select_related("programme__lead_agency"):
        today = calendar.today(period.programme.time_zone)
        # No body is due before its half-year.
        if not period.is_lapsed and offset_due((today - period.submissions_due).days) is not None:
            _remind_period(period, today, sent)
    return sent


def _remind_period(period: Period, today: datetime.date, sent: Sent) -> None:
    submissions = period.submissions.select_related("agency").exclude(state__in=Submission.FILED)
    unfiled = standings(period, submissions.order_by("agency__ordinal"))
    if not unfiled:
        return
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
    for reminder, template, context in planned:
        key = (reminder.submission_id, reminder.recipient_id, reminder.due_on, reminder.offset)
        if reminder.offset is not None and key not in already:
            _send(reminder, template, context, sent)


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


def _send(reminder: Reminder, template: str, context: dict, sent: Sent) -> None:
    """Its row is stored first, so that another run does not send it too, and is taken back if it cannot leave."""
    user = reminder.recipient
    message = compose(template, user, context | {"period": reminder.period})
    reminder.address, reminder.sent_at = user.email, calendar.now()
    try:
        with transaction.atomic():
            reminder.save()
    except IntegrityError:
        return
    try:
        message.send()
    except FAILURES as error:
        logger.error("reminder to %s failed: %s", user.username, error)
        reminder.delete()
        sent.failed += 1
        return
    if reminder.submission_id:
        sent.reminders += 1
    else:
        sent.digests += 1
