"""What every page's frame shows."""

from django.utils.functional import SimpleLazyObject, cached_property

from programme import calendar
from programme.models import Programme

from . import kept_text
from .models import User
from .theme import chosen_theme


class PortalFrame:
    """The programme of the page (or the newest one), today, whether demonstration data is about, light or dark."""

    def __init__(self, request):
        self._request = request
        self.today = calendar.today()
        self.today_is_pretended = calendar.is_pretended()
        self.programme = SimpleLazyObject(self._find_programme)

    @property
    def theme(self) -> str:
        return chosen_theme(self._request)

    def _find_programme(self):
        match = self._request.resolver_match
        slug = match.kwargs.get("slug") if match else None
        programmes = Programme.objects.all()
        return (programmes.filter(slug=slug) if slug else programmes).first()

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


def portal(request):
    return {"portal": PortalFrame(request)}
