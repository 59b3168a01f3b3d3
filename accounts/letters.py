"""E-mails about an account: plain text in its owner's language."""

from django.conf import settings
from django.core.mail import EmailMessage, get_connection
from django.template.loader import render_to_string
from django.utils import translation

from .models import User


def compose(template: str, recipient: User, context: dict) -> EmailMessage:
    """From `registration/<template>.txt`, whose first line is the subject."""
    with translation.override(recipient.language):
        text = render_to_string(f"registration/{template}.txt", context | {"recipient": recipient})
    subject, _newline, body = text.strip().partition("\n")
    return EmailMessage(" ".join(subject.split()), f"{body.strip()}\n", settings.DEFAULT_FROM_EMAIL, [recipient.email])


def send(messages: list[EmailMessage]) -> None:
    """They leave with the transaction under way: EMAIL_BACKEND stores them."""
    get_connection().send_messages(messages)
