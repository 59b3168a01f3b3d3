"""What a person sent and the portal could not take (signed out, an old form, too late): handed back, never dropped."""

from django.core.exceptions import BadRequest, SuspiciousOperation
from django.http import HttpRequest, JsonResponse
from django.http.request import UnreadablePostError
from django.urls import Resolver404, resolve, reverse
from django.utils.http import url_has_allowed_host_and_scheme

# The sign-in page carries fields of another form under names that begin so.
CARRIED = "kept-"


def asks_for_json(request: HttpRequest) -> bool:
    """A script of the portal's pages asks, not a person's browser."""
    return request.get_preferred_type(["text/html", "application/json"]) == "application/json"


def refusal(message: str, status: int) -> JsonResponse:
    """The answer to such a script: why nothing was saved, for the person to read."""
    return JsonResponse({"message": str(message)}, status=status)


def sent_fields(request: HttpRequest) -> list[tuple[str, str]]:
    """Name and value of each posted field, without tokens and passwords."""
    if request.method != "POST" or request.path == reverse("login"):
        return []
    return [(name, value) for name, value in _posted(request) if not _is_secret(name)]


def carried_fields(request: HttpRequest) -> list[tuple[str, str]]:
    """Those that came along with a sign-in, under their own names."""
    return [(name.removeprefix(CARRIED), value) for name, value in _posted(request) if name.startswith(CARRIED)]


def texts(request: HttpRequest) -> list[tuple[str, str]]:
    """What the person typed, as pairs of label and text, for reading and copying. The label may be empty."""
    carried = carried_fields(request)
    if carried:
        return name_texts(carried, request.POST.get("next", ""))
    return name_texts(sent_fields(request), request.path)


def name_texts(fields: list[tuple[str, str]], path: str) -> list[tuple[str, str]]:
    """As `texts`. The view at `path` may know how to name its fields: `view.typed_texts(fields)`."""
    try:
        name = getattr(resolve(path.partition("?")[0]).func, "typed_texts", None)
    except Resolver404:
        name = None
    return name(fields) if name else [("", value) for _name, value in fields if value.strip()]


def is_own_path(path: str) -> bool:
    """A page of the portal that a form may be posted to: no other host, nothing outside."""
    if not path.startswith("/") or not url_has_allowed_host_and_scheme(path, allowed_hosts=None):
        return False
    try:
        resolve(path.partition("?")[0])
    except Resolver404:
        return False
    return True


def _posted(request: HttpRequest) -> list[tuple[str, str]]:
    try:
        return [(name, value) for name, values in request.POST.lists() for value in values]
    except (BadRequest, SuspiciousOperation, UnreadablePostError):
        return []


def _is_secret(name: str) -> bool:
    return name == "csrfmiddlewaretoken" or "password" in name
