"""Sessions of people: they end after a time, and everybody can see and end his own. Times are by the real clock."""

import datetime
import time

from allauth.usersessions.adapter import get_adapter
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib.auth import SESSION_KEY, logout
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone

from .models import User

SIGNED_IN_AT, SEEN_AT = "signed_in_at", "seen_at"
# A moment is stored no oftener than this: reading must not become writing.
NOTE_EVERY = 5 * 60


def note_sign_in(sender, request, user, **others) -> None:
    """Receives Django's signal: however somebody came in, his time begins now."""
    request.session[SIGNED_IN_AT] = request.session[SEEN_AT] = int(time.time())


def note_sign_out(sender, request, user, **others) -> None:
    """Receives Django's signal: what ends leaves the list."""
    UserSession.objects.filter(session_key=request.session.session_key).delete()


def end_if_over(request: HttpRequest) -> None:
    """Signs out whoever has been in, or away, too long. No query, and every five minutes a note of the visit."""
    session = request.session
    if SESSION_KEY not in session:
        return
    now = int(time.time())
    signed_in_at, seen_at = session.get(SIGNED_IN_AT, 0), session.get(SEEN_AT, 0)
    idle = settings.SESSION_IDLE_MINUTES * 60
    if now - signed_in_at > settings.SESSION_HOURS * 3600 or now - seen_at > idle:
        logout(request)
    elif now - seen_at >= min(NOTE_EVERY, idle / 4):
        session[SEEN_AT] = now
        UserSession.objects.filter(session_key=session.session_key).update(last_seen_at=timezone.now())


def signed_in_just_now(request: HttpRequest, seconds: int) -> bool:
    return time.time() - request.session.get(SIGNED_IN_AT, 0) < seconds


def open_sessions(user: User) -> QuerySet[UserSession]:
    """Those that the limits leave alive, the last used first."""
    now = timezone.now()
    return UserSession.objects.filter(
        user=user,
        created_at__gt=now - datetime.timedelta(hours=settings.SESSION_HOURS),
        # Visits are noted with a delay.
        last_seen_at__gt=now - datetime.timedelta(minutes=settings.SESSION_IDLE_MINUTES, seconds=NOTE_EVERY),
    ).order_by("-last_seen_at", "-pk")


def end(sessions: QuerySet[UserSession]) -> None:
    """Whoever uses one of them is signed out with his next click."""
    get_adapter().end_sessions(sessions)


def end_others(request: HttpRequest) -> None:
    """All but the one that asks."""
    end(UserSession.objects.filter(user=request.user).exclude(session_key=request.session.session_key))


def end_all(user: User) -> None:
    end(UserSession.objects.filter(user=user))


# What people call browsers and systems, by what these call themselves. The first that fits is meant.
_BROWSERS = {
    "Edg": "Edge",
    "OPR": "Opera",
    "YaBrowser": "Yandex",
    "Firefox": "Firefox",
    "Chrome": "Chrome",
    "Safari": "Safari",
}
_SYSTEMS = {
    "Windows": "Windows",
    "Android": "Android",
    "iPhone": "iPhone",
    "iPad": "iPad",
    "Mac OS": "macOS",
    "Linux": "Linux",
}


def device(user_agent: str) -> str:
    """ "Firefox, Windows"; what is neither browser nor system of these stands as it names itself."""
    found = [
        next((name for sign, name in names.items() if sign in user_agent), None) for names in (_BROWSERS, _SYSTEMS)
    ]
    return ", ".join(name for name in found if name) or user_agent[:60]
