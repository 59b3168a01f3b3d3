"""A new person is invited by e-mail: a link, good for three days and once, to choose a password."""

from django.conf import settings
from django.contrib.auth.tokens import default_token_generator
from django.core.mail import EmailMessage
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation
from django.utils.encoding import force_bytes
from django.utils.http import urlsafe_base64_encode

from .models import User


def invitation(user: User) -> EmailMessage:
    """In the person's language; the link works until the password is set, or PASSWORD_RESET_TIMEOUT is over."""
    where = reverse(
        "choose-password", args=[urlsafe_base64_encode(force_bytes(user.pk)), default_token_generator.make_token(user)]
    )
    context = {
        "recipient": user,
        "link": settings.PORTAL_URL.rstrip("/") + where,
        "days": settings.PASSWORD_RESET_TIMEOUT // (24 * 3600),
    }
    with translation.override(user.language):
        text = render_to_string("registration/invitation.txt", context)
    subject, _newline, body = text.strip().partition("\n")
    return EmailMessage(" ".join(subject.split()), f"{body.strip()}\n", settings.DEFAULT_FROM_EMAIL, [user.email])
