"""Links by e-mail to choose a password: for a new person an invitation, for who forgot it a second chance."""

from django.conf import settings
from django.contrib.auth.hashers import UNUSABLE_PASSWORD_PREFIX
from django.contrib.auth.tokens import PasswordResetTokenGenerator
from django.core.mail import EmailMessage
from django.db import transaction
from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils.encoding import force_bytes
from django.utils.http import base36_to_int, urlsafe_base64_encode

from . import audit, letters
from .models import User

FORGOTTEN_HOURS = 1


class LinkTokens(PasswordResetTokenGenerator):
    """Works once. Three days for an invitation; an hour where there is a password that somebody could take over."""

    def check_token(self, user, token):
        if not super().check_token(user, token):
            return False
        age = self._num_seconds(self._now()) - base36_to_int(token.partition("-")[0])
        return not user.has_usable_password() or age <= FORGOTTEN_HOURS * 3600


tokens = LinkTokens()

_WITHOUT_PASSWORD = Q(password__startswith=UNUSABLE_PASSWORD_PREFIX)


def invitation(user: User) -> EmailMessage:
    """In the person's language; the link works until the password is set, or PASSWORD_RESET_TIMEOUT is over."""
    return letters.compose(
        "invitation", user, {"link": _link(user), "days": settings.PASSWORD_RESET_TIMEOUT // (24 * 3600)}
    )


def invited() -> QuerySet[User]:
    """Who may still come in for the first time, and can be written to."""
    return User.objects.filter(_WITHOUT_PASSWORD, is_active=True, last_login=None).exclude(email="")


@transaction.atomic
def write_to_who_forgot(email: str) -> None:
    """A link to everybody with this address who signs in with a password, or was never here.

    For an address that nobody has the same work is done: the letter to nobody is stored and taken back.
    """
    who = User.objects.filter(~_WITHOUT_PASSWORD | Q(last_login=None), email__iexact=email, is_active=True)
    people = list(who.select_related("agency"))
    with transaction.atomic():
        letters.send([_forgotten(user) for user in people or [User(pk=0, email="nobody@invalid")]])
        if not people:
            transaction.set_rollback(True)
    names = [user.username for user in people]
    audit.record("user.link_asked", by=None, lane=audit.DOOR, accounts=names)


def _forgotten(user: User) -> EmailMessage:
    if not user.has_usable_password():
        return invitation(user)
    return letters.compose("forgotten", user, {"link": _link(user), "hours": FORGOTTEN_HOURS})


def _link(user: User) -> str:
    where = reverse("choose-password", args=[urlsafe_base64_encode(force_bytes(user.pk)), tokens.make_token(user)])
    return settings.PORTAL_URL.rstrip("/") + where
