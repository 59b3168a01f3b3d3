"""Settings of production that would fail in silence, or give away what they should keep: `manage.py check` says so.

With an error among them the web server's processes do not start (`config.wsgi`), nor do most commands.
"""

from collections.abc import Iterator

from django.conf import settings
from django.core.checks import CheckMessage, Error, Warning, register
from django.core.exceptions import ImproperlyConfigured

_LONG_ENOUGH, _VARIED_ENOUGH = 50, 10


@register()
def production_settings(app_configs=None, **kwargs) -> list[CheckMessage]:
    """Nothing to say while DEBUG is on."""
    return [] if settings.DEBUG else [*_secrets(), *_addresses(), *_mail(), *_today()]


def refuse_unsafe_settings() -> None:
    """Raises ImproperlyConfigured with each error and what to do about it."""
    if errors := [message for message in production_settings() if message.is_serious()]:
        raise ImproperlyConfigured("\n".join(map(str, errors)))


def _secrets() -> Iterator[CheckMessage]:
    for key in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS):
        if len(key) < _LONG_ENOUGH or len(set(key)) < _VARIED_ENOUGH:
            yield Error(
                f"SECRET_KEY can be guessed: a good one has {_LONG_ENOUGH} letters or more, at random.",
                hint="Make one: python3 -c 'import secrets; print(secrets.token_urlsafe(50))'",
                id="portal.E001",
            )


def _addresses() -> Iterator[CheckMessage]:
    if not settings.ALLOWED_HOSTS or "*" in settings.ALLOWED_HOSTS:
        yield Error(
            "ALLOWED_HOSTS is empty, or takes every name.",
            hint="Name the hosts by which people reach the portal: ALLOWED_HOSTS=portal.example.kz",
            id="portal.E002",
        )
    if settings.HTTPS and not settings.PORTAL_URL.startswith("https://"):
        yield Warning(
            f"Links in e-mails lead to {settings.PORTAL_URL}.",
            hint="Give the portal's own address: PORTAL_URL=https://portal.example.kz",
            id="portal.W001",
        )


def _mail() -> Iterator[CheckMessage]:
    """Reminders, invitations and links for forgotten passwords leave by e-mail."""
    if not settings.EMAIL_URL_IS_SET:
        yield Warning(
            "EMAIL_URL is not set: e-mail goes to port 25 of this machine.",
            hint="EMAIL_URL=smtp+tls://user:password@mail.example.kz:587, or smtp://localhost:25 if that is meant.",
            id="portal.W002",
        )
    if settings.DEFAULT_FROM_EMAIL.endswith("@localhost"):
        yield Warning(
            f"E-mails come from {settings.DEFAULT_FROM_EMAIL}, which nobody can answer and many servers refuse.",
            hint="DEFAULT_FROM_EMAIL=portal@example.kz",
            id="portal.W003",
        )


def _today() -> Iterator[CheckMessage]:
    if settings.PORTAL_TODAY is not None:
        yield Warning(
            f"The portal takes {settings.PORTAL_TODAY} for today.",
            hint="That is for demonstrations: take PORTAL_TODAY out of the environment.",
            id="portal.W004",
        )
