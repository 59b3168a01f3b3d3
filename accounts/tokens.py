"""Tokens by which machines act for people. Only the secret's SHA-256 is kept; the secret itself is shown once."""

import datetime
import hashlib
import secrets

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from programme import calendar

from .models import ApiToken, Scope, User

PREFIX = "portal_"
# Enough letters to tell one's tokens apart, too few to help who guesses.
BEGINNING = len(PREFIX) + 4
# A moment is stored no oftener than this: reading must not become writing.
LAST_USED_EVERY = datetime.timedelta(minutes=5)


class State(TextChoices):
    """Whether a token works, or why it does not."""

    WORKS = "works", _("works")
    REVOKED = "revoked", _("revoked")
    RUN_OUT = "run_out", _("run out")
    OWNER_LEFT = "owner_left", _("its user does not act for this agency any more")


def possible_scopes(user: User) -> list[Scope]:
    """What a token of this person can do in the API: never more than the role may do."""
    return [Scope.READ, Scope.WRITE, Scope.FILE] if user.files_for_agency or user.coordinates else [Scope.READ]


def make(*, by: User, name: str, scopes: list[str], expires_on: datetime.date) -> tuple[ApiToken, str]:
    """A token of `by` for the agency that he acts for now, and its secret, which nobody can look up afterwards."""
    allowed = [scope.value for scope in possible_scopes(by) if scope in scopes]
    return _make(by, name, allowed, expires_on)


def make_for_calendar(*, by: User, name: str, expires_on: datetime.date) -> tuple[ApiToken, str]:
    """The same for the address of a calendar that one subscribes to."""
    return _make(by, name, [Scope.CALENDAR.value], expires_on)


def _make(by: User, name: str, scopes: list[str], expires_on: datetime.date) -> tuple[ApiToken, str]:
    secret = PREFIX + secrets.token_urlsafe(32)
    token = ApiToken.objects.create(
        user=by,
        agency=by.agency,
        name=name,
        scopes=scopes,
        sha256=_digest(secret),
        beginning=secret[:BEGINNING],
        created_at=calendar.now(),
        expires_on=expires_on,
    )
    return token, secret


def find(secret: str, *, for_calendar: bool = False) -> ApiToken | None:
    """The token of this secret, with its user, if it works: in the API, or for a calendar. Notes that it is used."""
    token = ApiToken.objects.select_related("user__agency").filter(sha256=_digest(secret)).first()
    if token is None or state(token) != State.WORKS or (Scope.CALENDAR in token.scopes) != for_calendar:
        return None
    _note_use(token)
    return token


def state(token: ApiToken) -> State:
    """As of now. `token.user` is loaded."""
    if token.revoked_at:
        return State.REVOKED
    if token.expires_on < calendar.today():
        return State.RUN_OUT
    if not token.user.is_active or token.agency_id != token.user.agency_id:
        return State.OWNER_LEFT
    return State.WORKS


def scopes_of(token: ApiToken) -> list[Scope]:
    """What the token may do today: what it was made for, as far as its user's role still goes."""
    return [scope for scope in possible_scopes(token.user) if scope in token.scopes]


def revoke(token: ApiToken, *, by: User) -> None:
    """It stops at once. Who revoked it first stays recorded."""
    ApiToken.objects.filter(pk=token.pk, revoked_at=None).update(revoked_at=calendar.now(), revoked_by=by)


def _note_use(token: ApiToken) -> None:
    now = calendar.now()
    if token.last_used_at is None or now - token.last_used_at >= LAST_USED_EVERY:
        ApiToken.objects.filter(pk=token.pk).update(last_used_at=now)


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()
