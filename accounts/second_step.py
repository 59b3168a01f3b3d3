"""The second step of a sign-in, an authenticator app or a passkey: who must have one, and whether it was taken."""

from allauth.account.authentication import get_authentication_records
from allauth.account.internal.flows.login import record_authentication
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.http import HttpRequest

from . import sessions
from .models import Role, User

# What proves who somebody is. Recovery codes only help out.
FACTORS = (Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN)


def is_required_of(user: User) -> bool:
    """Whoever may enter the administration counts as an administrator."""
    required = settings.MFA_REQUIRED_ROLES
    return user.role in required or (Role.ADMINISTRATOR in required and (user.is_staff or user.is_superuser))


def is_missing(request: HttpRequest) -> bool:
    """Signed in, must have taken the second step, and has not. No query."""
    if not request.user.is_authenticated or not is_required_of(request.user):
        return False
    return all(record["method"] != "mfa" for record in get_authentication_records(request, request.user))


def is_set_up(user: User) -> bool:
    return Authenticator.objects.filter(user=user, type__in=FACTORS).exists()


def is_last(authenticator: Authenticator) -> bool:
    others = Authenticator.objects.filter(user=authenticator.user_id, type__in=FACTORS).exclude(pk=authenticator.pk)
    return not others.exists()


def note_set_up(request: HttpRequest, kind: str) -> None:
    """Setting one up proves it, so this session has taken it; sessions opened without it end."""
    record_authentication(request, request.user, method="mfa", type=kind, reauthenticated=True)
    sessions.end_others(request)
