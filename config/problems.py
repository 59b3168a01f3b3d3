"""Every error of the API as problem details (RFC 9457): a stable type, the field's path, the user's language."""

import math
from collections.abc import Iterator, Mapping
from contextlib import suppress
from urllib.parse import quote

from django.core.exceptions import (
    BadRequest,
    PermissionDenied,
    RequestDataTooBig,
    SuspiciousOperation,
    TooManyFieldsSent,
    TooManyFilesSent,
)
from django.http import Http404, HttpRequest, HttpResponsePermanentRedirect, JsonResponse
from django.utils import translation
from django.utils.encoding import escape_uri_path
from django.utils.translation import gettext as _
from django.views import defaults
from rest_framework import exceptions, permissions
from rest_framework.settings import api_settings
from rest_framework.views import APIView

from programme.problems import KINDS, FieldError, Problem
from reports.transitions import Refused

CONTENT_TYPE = "application/problem+json"
API = "/api/v1/"
# What a problem's type begins with: its code follows, and is an anchor of the reference page.
TYPE = f"{API}reference/#"


def handle_exception(exc: Exception, context: dict) -> JsonResponse | None:
    """REST framework's hook. None: nobody expected this, and it becomes a 500."""
    request = context["request"]
    with suppress(exceptions.APIException):
        request.user  # noqa: B018 - an error before the sign-in is to be in the user's language too
    problem = as_problem(exc, in_query=request.method in permissions.SAFE_METHODS)
    if problem is None:
        return None
    response = answer(request, problem)
    if wait := getattr(exc, "wait", None):
        response["Retry-After"] = math.ceil(wait)
    if sign_in := getattr(exc, "auth_header", None):
        response["WWW-Authenticate"] = sign_in
    return response


def as_problem(exc: Exception, *, in_query: bool) -> Problem | None:
    """`in_query`: a request without a body, whose wrong fields are parameters."""
    match exc:
        case Problem():
            return exc
        case Refused():
            return Problem(409, "refused", str(exc))
        case Http404():  # Django's text names the model, in English only
            return as_problem(exceptions.NotFound(), in_query=in_query)
        case PermissionDenied():
            return as_problem(exceptions.PermissionDenied(), in_query=in_query)
        case RequestDataTooBig() | TooManyFieldsSent() | TooManyFilesSent():
            return Problem(413, "too_large", _("The request is larger than 12 MB."))
        case exceptions.ParseError() | BadRequest() | SuspiciousOperation():
            return Problem(400, "malformed", KINDS["malformed"].title)
        case exceptions.ValidationError():
            return _invalid([*_errors(exc.detail, "?" if in_query else "#/")])
        case exceptions.APIException():
            return Problem(exc.status_code, exc.default_code, exc.detail)
    return None


def answer(request: HttpRequest, problem: Problem) -> JsonResponse:
    code = problem.detail.code
    content = {
        "type": TYPE + code,
        "title": str(KINDS[code].title),
        "status": problem.status_code,
        "detail": str(problem.detail),
        "instance": escape_uri_path(request.path),
        "code": code,
        "errors": [{"pointer": error.pointer, "detail": str(error.detail)} for error in problem.errors],
    } | problem.members
    response = JsonResponse(
        content, status=problem.status_code, content_type=CONTENT_TYPE, json_dumps_params={"ensure_ascii": False}
    )
    response["Content-Language"] = translation.get_language()
    return response


class Nowhere(APIView):
    """Whatever is under the API's address and is nothing. A forgotten slash at the end is forgiven to who reads."""

    schema = None

    def get(self, request, *args, **kwargs):
        if request.path.endswith("/"):
            raise exceptions.NotFound
        return HttpResponsePermanentRedirect(request.get_full_path(force_append_slash=True))

    def http_method_not_allowed(self, request, *args, **kwargs):
        raise exceptions.NotFound

    options = http_method_not_allowed


def server_error(request):
    """Django's `handler500`."""
    if not request.path.startswith(API):
        return defaults.server_error(request)
    return answer(request, Problem(500, "error", KINDS["error"].remedy))


def _invalid(errors: list[FieldError]) -> Problem:
    detail = str(errors[0].detail) if len(errors) == 1 else _("Several things in the request are wrong.")
    return Problem(400, "invalid", detail, errors=errors)


def _errors(detail, start: str, path: tuple = ()) -> Iterator[FieldError]:
    """REST framework's nested errors, each with its place: "?page" or "#/spending/0/amount"."""
    if isinstance(detail, Mapping):
        for name, inner in detail.items():
            whole = name in (api_settings.NON_FIELD_ERRORS_KEY, "__all__")
            yield from _errors(inner, start, path if whole else (*path, name))
    elif any(isinstance(item, (Mapping, list)) for item in detail):
        for number, item in enumerate(detail):
            yield from _errors(item, start, (*path, number))
    else:
        parts = [quote(str(part).replace("~", "~0").replace("/", "~1")) for part in path]
        pointer = start + "/".join(parts) if parts else start.rstrip("/?")
        for message in detail:
            yield FieldError(pointer, message)
