"""The rooms of the portal: the main menu, and the tabs of each room's pages."""

from collections.abc import Callable
from dataclasses import dataclass

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from analysis.importing.running import MAY_IMPORT


@dataclass(frozen=True)
class Page:
    """`url_name` of a page, which takes the programme's slug unless it is of the whole portal."""

    url_name: str
    title: str | Promise
    is_of_programme: bool = True
    is_for: Callable[[User], bool] = lambda user: True

    def url(self, slug: str) -> str:
        return reverse(self.url_name, args=[slug] if self.is_of_programme else [])


@dataclass(frozen=True)
class Room:
    """A section: its name in the menu, and its pages, of which the first is where the menu leads."""

    section: str
    title: str | Promise
    pages: tuple[Page, ...]

    def pages_for(self, user: User) -> list[Page]:
        return [page for page in self.pages if page.is_for(user)]


@dataclass(frozen=True)
class Link:
    """An entry of a menu or a tab. `current`: "page" if it is this one, "true" if this one lies in it."""

    url: str
    title: str | Promise
    current: str = ""
    pages: tuple["Link", ...] = ()


ROOMS = (
    Room(
        "home",
        _("Home"),
        (
            Page("home", _("My work"), is_of_programme=False),
            Page("overview", _("The programme on one page")),
        ),
    ),
    Room(
        "passport",
        _("Programme"),
        (
            Page("passport", _("Programme passport")),
            Page("programme-text", _("Running text")),
            Page("source", _("Source, line by line")),
            Page("findings", _("Findings")),
        ),
    ),
    Room(
        "plan",
        _("Plan"),
        (
            Page("plan", _("List of activities")),
            Page("timeline", _("Timeline")),
            Page("calendar", _("Calendar of due dates")),
        ),
    ),
    Room(
        "budget",
        _("Financing"),
        (
            Page("budget", _("Budget lines")),
            Page("money", _("Plan against spending")),
            Page("reconciliation", _("Reconciliation")),
        ),
    ),
    Room("results", _("Results"), (Page("results", _("Results")),)),
    Room("map", _("Regions"), (Page("map", _("Map")), Page("compare", _("Compare")))),
    Room("periods", _("Half-yearly reports"), (Page("periods", _("Half-years")), Page("progress", _("Progress")))),
    Room(
        "datasets",
        _("Data"),
        (
            Page("datasets", _("Datasets"), is_of_programme=False),
            Page("jobs", _("Your jobs"), is_of_programme=False),
            Page("imports", _("Bulk import"), is_of_programme=False, is_for=lambda user: user.role in MAY_IMPORT),
        ),
    ),
)
# Pages that lie in a room under another name than its own.
_INSIDE = {"imports": "datasets"}


def main_menu(user: User, slug: str, section: str, url_name: str) -> list[Link]:
    """All rooms; the one that the page lies in is marked and brings its pages."""
    return [_entry(room, user, slug, section, url_name) for room in ROOMS]


def tabs(user: User, slug: str, url_name: str) -> tuple[str | Promise, list[Link]] | None:
    """The name and the pages of the room, on these pages themselves; what lies deeper has its breadcrumbs."""
    room = next((room for room in ROOMS if url_name in [page.url_name for page in room.pages]), None)
    if room is None or len(pages := room.pages_for(user)) < 2:
        return None
    return room.title, [_page(page, slug, url_name) for page in pages]


def _entry(room: Room, user: User, slug: str, section: str, url_name: str) -> Link:
    first, *others = room.pages
    is_inside = room.section == _section(section, url_name)
    current = "page" if url_name == first.url_name else "true" if is_inside else ""
    pages = room.pages_for(user) if is_inside and others else []
    return Link(first.url(slug), room.title, current, tuple(_page(page, slug, url_name) for page in pages))


def _section(section: str, url_name: str) -> str:
    """As the page says; else the room that has it."""
    for room in ROOMS:
        if url_name in [page.url_name for page in room.pages]:
            return room.section
    return _INSIDE.get(section, section)


def _page(page: Page, slug: str, url_name: str) -> Link:
    return Link(page.url(slug), page.title, "page" if page.url_name == url_name else "")
