"""Due dates as an iCalendar file (RFC 5545), for Outlook, Google and Apple.

The same bytes for the same dates: what a program fetches again it gets only if something has changed.
"""

import datetime
from urllib.parse import urlsplit

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _
from icalendar import Calendar, Event

from accounts.models import User
from programme.models import Programme

from .figures.due_dates import DueDate, due_dates

CONTENT_TYPE = "text/calendar; charset=utf-8"
# How often a program asks again.
REFRESH_EVERY = datetime.timedelta(hours=12)


def feed(programme: Programme, user: User) -> bytes:
    """The dates that concern the person, in the person's language. Three queries, with the half-years prefetched."""
    with translation.override(user.language):
        is_demonstration = User.objects.filter(is_demonstration=True).exists()
        return _calendar(programme, due_dates(programme, user), user.language, is_demonstration).to_ical(sorted=False)


def _calendar(programme: Programme, dates: list[DueDate], language: str, is_demonstration: bool) -> Calendar:
    name = _("Due dates: %(programme)s") % {"programme": programme.short_title}
    if is_demonstration:
        name = f"{_('Demonstration')}. {name}"
    calendar = Calendar()
    calendar.add("prodid", f"-//Programme portal//Due dates//{language.upper()}")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    calendar.add("x-wr-calname", name)
    calendar.add("name", name)
    calendar.add("refresh-interval", REFRESH_EVERY, parameters={"VALUE": "DURATION"})
    calendar.add("x-published-ttl", "PT12H")
    for date in dates:
        calendar.add_component(_event(programme, date, is_demonstration))
    return calendar


def _event(programme: Programme, date: DueDate, is_demonstration: bool) -> Event:
    root = settings.PORTAL_URL.rstrip("/")
    # Plans change as a whole and say no moment; what has not moved is as it was adopted.
    adopted = datetime.datetime.combine(programme.adopted_on, datetime.time(), datetime.UTC)
    changed = date.moved_at or adopted
    made_up = [_("Demonstration data")] if is_demonstration else []
    event = Event()
    event.add("uid", f"{programme.slug}-{date.key}@{urlsplit(root).hostname}")
    event.add("dtstamp", changed)
    event.add("last-modified", changed)
    event.add("sequence", date.moved)
    event.add("dtstart", date.date)
    event.add("dtend", date.date + datetime.timedelta(days=1))
    event.add("summary", date.title)
    event.add("description", "\n".join(filter(None, [*made_up, date.title, date.note, root + date.path])))
    event.add("url", root + date.path)
    event.add("categories", [str(date.what.label), *made_up])
    event.add("status", "CONFIRMED")
    # A due date takes nobody's time.
    event.add("transp", "TRANSPARENT")
    return event
