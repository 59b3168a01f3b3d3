"""The log on standard error: one line per event, each with the request or the job that it belongs to.

`LOG_FORMAT=json` writes lines for machines, `line` for reading. Addresses stand there without what they ask for after
the “?”, and without the secrets that some of them hold; people by their number.
"""

import json
import logging
import re
import time
from collections.abc import Callable
from contextlib import ExitStack
from contextvars import ContextVar
from datetime import UTC, datetime

from django.db import connections
from django.http import HttpRequest, HttpResponse
from django.utils.functional import LazyObject, empty

from programme import counters, request_id

# What follows in these addresses lets in whoever has it. Mistyped ones too: so by their beginning, not by their view.
_SECRETS = re.compile(r"""(/(?:choose-password|calendar)/)[^\s"'<>?]+""")
_access = logging.getLogger("portal.access")
_request: ContextVar[HttpRequest | None] = ContextVar("logged_request", default=None)


def masked(text: str) -> str:
    """Without the secrets that addresses in it hold."""
    return _SECRETS.sub(r"\1…", text)


class Queries:
    """Counts the statements of one request, on every database, and the time that they take."""

    def __init__(self):
        self.number, self.seconds = 0, 0.0

    def __call__(self, execute, sql, params, many, context):
        started = time.perf_counter()
        try:
            return execute(sql, params, many, context)
        finally:
            self.number += 1
            self.seconds += time.perf_counter() - started


class AccessMiddleware:
    """One line and one measurement for each request. Stands right behind the one that names it."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        started, queries = time.perf_counter(), Queries()
        with ExitStack() as stack:
            context = _request.set(request)
            stack.callback(_request.reset, context)
            for connection in connections.all():
                stack.enter_context(connection.execute_wrapper(queries))
            response = self.get_response(request)
            seconds = time.perf_counter() - started
            counters.observe(request, response, seconds, queries)
            _access.info(
                "%s %s %s",
                request.method,
                request.path,
                response.status_code,
                extra={
                    "fields": {
                        "status": response.status_code,
                        "milliseconds": round(seconds * 1000, 1),
                        "queries": queries.number,
                        "database_milliseconds": round(queries.seconds * 1000, 1),
                    }
                },
            )
        return response


def under_way(record: logging.LogRecord) -> dict:
    """The request or job that a line belongs to. Asks the database nothing: whoever is not known yet is left out."""
    # Django says "Not Found" when everything that names the request is over.
    request = _request.get() or getattr(record, "request", None)
    found = {"request_id": name} if (name := request_id.current() or getattr(request, "id", "")) else {}
    if isinstance(request, HttpRequest):
        user = getattr(request, "user", None)
        if not (isinstance(user, LazyObject) and user._wrapped is empty):
            found["user_id"] = getattr(user, "pk", None)
        found |= {"method": request.method, "path": masked(request.path)}
    return found


class JsonFormatter(logging.Formatter):
    """A line for machines; a traceback stands in it as one text."""

    def format(self, record: logging.LogRecord) -> str:
        line = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": masked(record.getMessage()),
        }
        line |= under_way(record) | getattr(record, "fields", {})
        if record.exc_info:
            line["traceback"] = masked(self.formatException(record.exc_info))
        return json.dumps(line, ensure_ascii=False, default=str)


class LineFormatter(logging.Formatter):
    """A line for reading, with the id that the page of the error shows."""

    def format(self, record: logging.LogRecord) -> str:
        name = under_way(record).get("request_id")
        moment = datetime.fromtimestamp(record.created).astimezone().isoformat(" ", timespec="milliseconds")
        details = " ".join(f"{name}={value}" for name, value in getattr(record, "fields", {}).items())
        parts = [
            moment,
            record.levelname,
            record.name,
            f"[{name}]" if name else "",
            masked(record.getMessage()),
            details,
        ]
        line = " ".join(part for part in parts if part)
        return f"{line}\n{masked(self.formatException(record.exc_info))}" if record.exc_info else line
