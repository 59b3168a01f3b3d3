"""Which requests read from replicas: dashboards, the plan, lists, exports, and the lists of the API."""

import re

from django.conf import settings
from django.core.exceptions import MiddlewareNotUsed
from django.db import InterfaceError, OperationalError

from programme import replicas

# Names of addresses. What a person works on (reports, review, the workspace) is not here: its pages carry versions,
# and a form that is a moment behind costs its user a question.
PAGES = frozenset(
    {
        *("home", "overview", "map", "region", "compare", "timeline", "progress", "calendar", "calendar-file"),
        *("money", "results", "search"),
        *("passport", "programme-text", "source", "findings", "plan", "budget", "reconciliation"),
        *("activity", "periods", "period", "history", "consolidated", "consolidated-report", "behind"),
        *("datasets", "dataset-page", "dataset", "saved-view", "saved-view-file", "summary", "import-current"),
    }
)
# What the API's router calls its reading endpoints. Those below a report carry versions too.
_API = re.compile(r"api-[a-z-]+-(list|detail)")


class ReplicaMiddleware:
    """Chooses the database that a request reads from, and keeps up to where its user has written.

    Stands behind the sign-in. A replica that fails while a page is made costs the page nothing but time: it is made
    again from the primary.
    """

    def __init__(self, get_response):
        if not settings.REPLICAS:
            raise MiddlewareNotUsed
        self.get_response = get_response

    def __call__(self, request):
        with replicas.reading(replicas.Reading()) as reading:
            request.reading = reading
            response = self.get_response(request)
            if reading.wrote and request.user.is_authenticated:
                replicas.remember(request.user)
        if response.streaming:
            response.streaming_content = replicas.kept(reading, response.streaming_content)
        return response

    def process_view(self, request, view, args, kwargs):
        if request.method in ("GET", "HEAD") and reads(request.resolver_match.url_name):
            request.reading.may_leave_primary = True
            request.view_again = lambda: view(request, *args, **kwargs)
            # Who comes with a token is known later: see accounts.api.
            if request.user.is_authenticated:
                replicas.choose(request.user)

    def process_exception(self, request, exception):
        if not request.reading.is_of_replica or not isinstance(exception, OperationalError | InterfaceError):
            return None
        replicas.leave_out(request.reading.alias)
        request.reading.alias, request.reading.may_leave_primary = replicas.PRIMARY, False
        response = request.view_again()
        return response.render() if hasattr(response, "render") and not response.is_rendered else response


def reads(url_name: str | None) -> bool:
    """Whether a GET of this address may be answered from a replica."""
    return url_name is not None and (url_name in PAGES or _API.fullmatch(url_name) is not None)
