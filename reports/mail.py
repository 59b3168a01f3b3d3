"""E-mails of plain text, each in its recipient's language. A server that is down stops nothing else."""

import logging
import re
from collections.abc import Iterable

from django.conf import settings
from django.core.mail import EmailMessage, get_connection
from django.db.models import QuerySet
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation

from accounts.models import User

logger = logging.getLogger(__name__)

# smtplib's errors are OSErrors; an address that cannot be encoded is a ValueError.
FAILURES = (OSError, ValueError)


def reachable(**who) -> QuerySet[User]:
    """Active users with an address."""
    return User.objects.filter(is_active=True, **who).exclude(email="").order_by("pk")


def link(name: str, *arguments) -> str:
    return settings.PORTAL_URL.rstrip("/") + reverse(name, args=arguments)


def compose(template: str, recipient: User, context: dict) -> EmailMessage:
    """From `reports/mail/<template>.txt`, whose first line is the subject."""
    with translation.override(recipient.language):
        text = render_to_string(f"reports/mail/{template}.txt", context | {"recipient": recipient})
    subject, _newline, body = text.strip().partition("\n")
    # Parts of the template that say nothing leave empty lines behind.
    body = re.sub(r"\n{3,}", "\n\n", body.strip())
    return EmailMessage(" ".join(subject.split()), f"{body}\n", settings.DEFAULT_FROM_EMAIL, [recipient.email])


def send(messages: Iterable[EmailMessage]) -> None:
    """Over one connection; what cannot be sent is logged and forgotten."""
    connection = get_connection()
    try:
        connection.open()
    except FAILURES as error:
        logger.error("the mail server does not answer: %s", error)
        return
    for message in messages:
        try:
            connection.send_messages([message])
        except FAILURES as error:
            logger.error("the e-mail to %s failed: %s", message.to[0], error)
    connection.close()
