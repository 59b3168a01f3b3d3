"""E-mails on their way: stored together with the change that they tell of, sent by the worker and by `remind`.

What was stored leaves, however often the mail server, the database or the sending process goes away meanwhile. It
leaves once, except where a process dies, or an answer is lost, after the mail server has taken an e-mail and before
that is stored: then it leaves once more, under the same Message-ID, by which mail programs know it for the same.

Who sends an e-mail claims it first, in a statement of its own, so that nobody waits for a mail server with a row locked
and two who send at once never send the same. A claim ends after `CLAIM`; one from the future, left behind by a clock
that was set back, has ended.
"""

import datetime
import logging
import smtplib
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from email.utils import make_msgid
from urllib.parse import urlsplit

from django.conf import settings
from django.core.mail import EmailMessage, get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from programme import calendar

from .models import OutgoingMail, Reminder

# smtplib's errors are OSErrors; an address or a subject that cannot stand in a header is a ValueError.
FAILURES = (OSError, ValueError)
# Longer than a mail server that answers at the last moment each time (EMAIL_TIMEOUT) takes for one e-mail.
CLAIM = datetime.timedelta(minutes=5)
# Between attempts: a minute at first, twice as long each time, an hour at most; and how often.
FIRST_PAUSE, LONGEST_PAUSE, MOST_ATTEMPTS = datetime.timedelta(minutes=1), datetime.timedelta(hours=1), 72
AT_A_TIME = 200
log = logging.getLogger(__name__)


class EmailBackend(BaseEmailBackend):
    """What anything in the portal sends by Django's own means goes into the outbox."""

    def send_messages(self, messages: list[EmailMessage]) -> int:
        put(messages)
        return len(messages)


def put(messages: Iterable[EmailMessage]) -> list[OutgoingMail]:
    """Store e-mails of plain text, one for each recipient, in the transaction under way. One query."""
    now, host = timezone.now(), urlsplit(settings.PORTAL_URL).hostname or "localhost"
    return OutgoingMail.objects.bulk_create(
        OutgoingMail(
            message_id=make_msgid(domain=host),
            sender=message.from_email,
            recipient=recipient,
            subject=message.subject,
            body=message.body,
            created_at=now,
            next_at=now,
        )
        for message in messages
        for recipient in message.recipients()
    )


def waiting() -> QuerySet[OutgoingMail]:
    """What has neither left nor been given up, in the order in which it was stored."""
    return OutgoingMail.objects.filter(sent_at=None, given_up_at=None).order_by("pk")


def unclaimed(mails: QuerySet[OutgoingMail]) -> QuerySet[OutgoingMail]:
    """Those that nobody is sending just now."""
    now = timezone.now()
    return mails.filter(Q(claimed_at=None) | Q(claimed_at__lt=now - CLAIM) | Q(claimed_at__gt=now + CLAIM))


def deliver(*, seconds: float = 60, is_impatient: bool = False, goes_on: Callable[[], bool] = lambda: True) -> None:
    """Send what is due, for so many seconds at most; `is_impatient`: what was put off too.

    A server that cannot be reached puts everything off; a recipient whom it refuses, that recipient's e-mail alone.
    """
    latest = time.monotonic() + seconds
    due = _due(is_impatient)
    server = get_connection(settings.MAIL_TRANSPORT)
    try:
        for mail in _one_by_one(due):
            if time.monotonic() > latest or not goes_on():
                return
            if not _claim(mail):
                continue
            try:
                server.open()
            except FAILURES as error:
                log.error("the mail server does not answer: %s", error)
                _put_off(mail, error)
                unclaimed(due).update(error=_words(error), next_at=timezone.now() + FIRST_PAUSE)
                return
            if not _send(mail, server):
                # Whatever state it is in: the next e-mail begins anew.
                _close(server)
    finally:
        _close(server)


def forget_old() -> None:
    """E-mails that left, or were given up, a month ago."""
    before = timezone.now() - OutgoingMail.KEPT
    OutgoingMail.objects.filter(Q(sent_at__lt=before) | Q(given_up_at__lt=before)).delete()


def _due(is_impatient: bool) -> QuerySet[OutgoingMail]:
    now = timezone.now()
    due = unclaimed(waiting())
    # Nothing is put off for longer than that: the clock was set back.
    return due if is_impatient else due.filter(Q(next_at__lte=now) | Q(next_at__gt=now + 2 * LONGEST_PAUSE))


def _one_by_one(due: QuerySet[OutgoingMail]) -> Iterator[OutgoingMail]:
    """Each once, in batches."""
    last = 0
    while mails := list(due.filter(pk__gt=last)[:AT_A_TIME]):
        yield from mails
        last = mails[-1].pk


def _claim(mail: OutgoingMail) -> bool:
    """False where somebody else was faster; each claim counts one attempt more."""
    free = unclaimed(waiting()).filter(pk=mail.pk, attempts=mail.attempts)
    mail.attempts += 1
    return bool(free.update(attempts=mail.attempts, claimed_at=timezone.now()))


def _send(mail: OutgoingMail, server: BaseEmailBackend) -> bool:
    message = EmailMessage(
        mail.subject, mail.body, mail.sender, [mail.recipient], headers={"Message-ID": mail.message_id}
    )
    try:
        server.send_messages([message])
    except FAILURES as error:
        log.error("the e-mail to %s failed: %s", mail.recipient, error)
        if _is_final(error) or mail.attempts >= MOST_ATTEMPTS:
            _change(mail, error=_words(error), given_up_at=timezone.now())
        else:
            _put_off(mail, error)
        return False
    with transaction.atomic():
        # It may hold a link that opens an account: nobody needs the text any more.
        _change(mail, body="", error="", sent_at=timezone.now())
        Reminder.objects.filter(mail=mail.pk).update(sent_at=calendar.now())
    return True


def _put_off(mail: OutgoingMail, error: Exception) -> None:
    pause = min(FIRST_PAUSE * 2 ** min(mail.attempts - 1, 10), LONGEST_PAUSE)
    _change(mail, error=_words(error), next_at=timezone.now() + pause)


def _change(mail: OutgoingMail, **fields) -> None:
    OutgoingMail.objects.filter(pk=mail.pk, sent_at=None).update(claimed_at=None, **fields)


def _is_final(error: Exception) -> bool:
    """The address will not be better tomorrow."""
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        return all(code >= 500 for code, _text in error.recipients.values())
    return isinstance(error, ValueError)


def _words(error: Exception) -> str:
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        error = "; ".join(f"{code} {text.decode(errors='replace')}" for code, text in error.recipients.values())
    return str(error)[: OutgoingMail._meta.get_field("error").max_length] or type(error).__name__


def _close(server: BaseEmailBackend) -> None:
    with suppress(*FAILURES):
        server.close()
