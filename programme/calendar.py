"""What day it is. Every part of the portal asks here, so that a demonstration or a test can move the day.

`PORTAL_TODAY=2009-07-06` in the environment pretends that day; the time of day stays the real one.
"""

import datetime
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils import timezone

_pretended: ContextVar[datetime.datetime | None] = ContextVar("pretended_now", default=None)


def now() -> datetime.datetime:
    """The current moment, aware."""
    if moment := _pretended.get():
        return moment
    real = timezone.now()
    if settings.PORTAL_TODAY is None:
        return real
    clock = timezone.localtime(real).timetz()
    return datetime.datetime.combine(settings.PORTAL_TODAY, clock.replace(tzinfo=None), timezone.get_default_timezone())


def today(zone: str | None = None) -> datetime.date:
    """The current date in `zone` (an IANA name), by default in the portal's own."""
    return now().astimezone(ZoneInfo(zone or settings.TIME_ZONE)).date()


def is_pretended() -> bool:
    return _pretended.get() is not None or settings.PORTAL_TODAY is not None


@contextmanager
def pretend(moment: datetime.datetime) -> Iterator[None]:
    """Take `moment` (aware) for now inside the block."""
    token = _pretended.set(moment)
    try:
        yield
    finally:
        _pretended.reset(token)
