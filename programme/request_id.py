"""The id of the request under way: in its log lines, the audit, the answer's header, and on pages of errors."""

import re
import uuid
from collections.abc import Callable
from contextlib import contextmanager
from contextvars import ContextVar

from django.conf import settings
from django.http import HttpRequest, HttpResponse

HEADER = "X-Request-ID"
# What a proxy may hand over: nothing that could break out of a log line or a page.
WELL_FORMED = re.compile(r"[A-Za-z0-9._-]{8,64}", re.ASCII)

_current: ContextVar[str] = ContextVar("request_id", default="")


def current() -> str:
    """The id of the request (or of the job) under way; "" outside one."""
    return _current.get()


@contextmanager
def named(name: str):
    """Let what happens inside carry this id: a job's lines in the log carry the job's."""
    token = _current.set(name)
    try:
        yield
    finally:
        _current.reset(token)


class RequestIdMiddleware:
    """Give every request an id. It stands first, so that everything behind it can name the request."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.id = _from_proxy(request) or uuid.uuid4().hex
        with named(request.id):
            response = self.get_response(request)
        response[HEADER] = request.id
        return response


def _from_proxy(request: HttpRequest) -> str:
    """Anybody can send the header; only a proxy's is believed (the proxy must set it over what the visitor sent)."""
    given = request.headers.get(HEADER, "") if settings.REST_FRAMEWORK["NUM_PROXIES"] else ""
    return given if WELL_FORMED.fullmatch(given) else ""
