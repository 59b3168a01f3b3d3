"""What every page's frame shows."""

from collections.abc import Callable
from functools import cache, partial

from django.utils.functional import SimpleLazyObject, cached_property
from django.utils.translation import get_language

from programme import calendar, stamps
from programme.models import Programme

from . import kept_text
from .models import User
from .theme import chosen_theme


class PortalFrame:
    """The programme of the page (or the newest one), today, whether demonstration data is about, light or dark.

    A view that has loaded its programme, or has parts that are kept by this frame, puts it into its context itself.
    """

    def __init__(self, request, programme: Programme | None = None):
        self._request = request
        self.today = calendar.today()
        self.today_is_pretended = calendar.is_pretended()
        self.programme = programme or SimpleLazyObject(self._find_programme)

    @property
    def theme(self) -> str:
        return chosen_theme(self._request)

    def _find_programme(self):
        match = self._request.resolver_match
        slug = match.kwargs.get("slug") if match else None
        programmes = stamps.with_stamp(Programme.objects.all(), "pk")
        found = (programmes.filter(slug=slug) if slug else programmes).first()
        if found:
            self.stamp = stamps.stamp_with(found)
        return found

    @cached_property
    def stamp(self) -> str:
        """How the programme's plan and reports stand, see `programme.stamps`. One query where a view gave its own."""
        programme = self.programme.pk
        # The frame's own programme has brought it.
        return vars(self).get("stamp") or stamps.stamp_of(programme)

    @cached_property
    def kept_by(self) -> tuple[str, ...]:
        """What parts of this page are kept by, see the tag `kept`: who reads what, and how it stands."""
        user, request = self._request.user, self._request
        reader = f"{user.role}/{user.agency_id}" if user.is_authenticated else ""
        return (
            self.stamp,
            request.get_full_path(),
            reader,
            get_language(),
            str(calendar.today(self.programme.time_zone)),
        )

    @cached_property
    def has_demonstration_data(self) -> bool:
        """Demonstration data comes with demonstration accounts, and theirs are the only reports in it."""
        user = self._request.user
        if not user.is_authenticated:
            return False
        return user.is_demonstration or User.objects.filter(is_demonstration=True).exists()

    @property
    def sent_texts(self) -> list[tuple[str, str]]:
        """What was typed into the form that this page answers, for pages that could not take it."""
        return kept_text.texts(self._request)


def when_needed(make: Callable[[], dict], *names: str) -> dict[str, Callable]:
    """A context for parts that are kept: what `make()` gives by these names, made when a template asks for one.

    As all functions in a context, they reach a `blocktranslate` through its `with`.
    """
    made = cache(make)
    return {name: partial(lambda name: made().get(name), name) for name in names}


def portal(request):
    return {"portal": PortalFrame(request)}
