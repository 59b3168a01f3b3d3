"""E-mails about half-years that are due: to those who have not filed, and a digest to the coordinators.

Sent ten and three days before the due day, on it, the day after and weekly from then on. A day without a run is caught
up by the next one, and nothing is sent twice: each e-mail leaves a row in the same transaction.
"""

import logging
from dataclasses import dataclass

from django.conf import settings
from django.core.mail import send_mail
from django.db import transaction
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation

from accounts.models import AGENCY_ROLES, Role, User
from programme import calendar

from .models import Period, Reminder, Submission
from .timeliness import timeliness

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
        offset = offset_due((calendar.today(period.programme.time_zone) - period.submissions_due).days)
        if offset is not None and not period.is_lapsed:
            _remind_period(period, offset, sent)
    return sent


def _remind_period(period: Period, offset: int, sent: Sent) -> None:
    unfiled = [
        (submission, stands)
        for submission in period.submissions.with_context().exclude(state__in=Submission.FILED)
        if not (stands := timeliness(submission)).is_filed
    ]
    if not unfiled:
        return
    already = set(period.reminders.filter(offset=offset).values_list("submission", "recipient"))
    reporters: dict[int, list[User]] = {}
    for user in _reachable(role__in=AGENCY_ROLES, agency__in=[submission.agency for submission, _stands in unfiled]):
        reporters.setdefault(user.agency_id, []).append(user)
    for submission, stands in unfiled:
        for user in reporters.get(submission.agency_id, []):
            if (submission.pk, user.pk) not in already:
                reminder = Reminder(
                    period=period, submission=submission, recipient=user, due_on=period.submissions_due, offset=offset
                )
                link = _link("submission", submission.pk)
                done = _send(reminder, "reminder", submission=submission, timeliness=stands, link=link)
                sent.reminders += done
                sent.failed += not done
    for user in _reachable(role=Role.COORDINATOR, agency=period.programme.lead_agency):
        if (None, user.pk) not in already:
            reminder = Reminder(period=period, recipient=user, due_on=period.submissions_due, offset=offset)
            link = _link("period", period.programme.slug, period.code)
            done = _send(reminder, "digest", unfiled=unfiled, link=link)
            sent.digests += done
            sent.failed += not done


def _reachable(**who):
    return User.objects.filter(is_active=True, **who).exclude(email="").order_by("pk")


def _send(reminder: Reminder, template: str, **context) -> bool:
    """One e-mail in the recipient's language; its row is kept only if it left."""
    user = reminder.recipient
    reminder.address, reminder.sent_at = user.email, calendar.now()
    try:
        with transaction.atomic(), translation.override(user.language):
            reminder.save()
            context["period"] = reminder.period
            subject = render_to_string(f"reports/mail/{template}_subject.txt", context)
            body = render_to_string(f"reports/mail/{template}.txt", context)
            send_mail(" ".join(subject.split()), body, settings.DEFAULT_FROM_EMAIL, [user.email])
    except OSError as error:  # smtplib's errors are OSErrors too
        logger.error("reminder to %s failed: %s", user.username, error)
        return False
    return True


def _link(name: str, *arguments) -> str:
    return settings.PORTAL_URL.rstrip("/") + reverse(name, args=arguments)
