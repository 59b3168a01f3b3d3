"""What people and programs see when the portal itself fails: 500, or 503 while the database is out of reach.

Drawn without the database, in the language that is known without it; what was typed is shown, to be copied.
"""

import sys

from django.conf import settings
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.translation import gettext as _

from accounts import kept_text
from programme import request_id
from programme.away import StorageAway
from programme.problems import KINDS, Problem

from . import problems

RETRY_AFTER = 30
# Of SQLite's errors those that pass: busy, locked, read-only, disk, full, cannot be opened. Of PostgreSQL's, all that
# psycopg calls operational: no connection, server going down, too many clients, disk full, waited too long for a lock.
_PASSING = frozenset({5, 6, 8, 10, 13, 14})


def server_error(request: HttpRequest) -> HttpResponse:
    """Django's `handler500`: called while the exception is handled, whether a view or a middleware raised it."""
    is_passing = is_out_of_reach(sys.exc_info()[1])
    with translation.override(_language(request) or settings.LANGUAGE_CODE):
        response = _answer(request, is_passing)
    if is_passing:
        response["Retry-After"] = RETRY_AFTER
    return response


def is_out_of_reach(error: BaseException | None) -> bool:
    """The database does not answer or cannot be written to for now; nothing is wrong with what was asked."""
    if isinstance(error, StorageAway):
        return True
    if not isinstance(error, OperationalError | InterfaceError):
        return False
    code = getattr(error.__cause__, "sqlite_errorcode", None)
    return code is None or code & 0xFF in _PASSING


def _answer(request: HttpRequest, is_passing: bool) -> HttpResponse:
    status, code = (503, "unavailable") if is_passing else (500, "error")
    if request.path.startswith(problems.API):
        remedy = KINDS[code].remedy
        return problems.answer(request, Problem(status, code, remedy, members={"request_id": request_id.current()}))
    if kept_text.asks_for_json(request):
        message = _("The portal could not do this. Try again in a minute. Number of the request: %(id)s.")
        return kept_text.refusal(message % {"id": request_id.current()}, status)
    known = _language(request)
    context = {
        "languages": [known] if known else [code for code, _name in settings.LANGUAGES],
        "texts": kept_text.texts(request),
        "again": request.get_full_path() if request.method == "GET" else "",
    }
    response = HttpResponse(render_to_string(f"{status}.html", context), status=status)
    response["Content-Language"] = ", ".join(context["languages"])
    return response


def _language(request: HttpRequest) -> str:
    """The reader's, if it is known without the database; "" if not."""
    language = getattr(request, "LANGUAGE_CODE", None) or request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME)
    return language if language in dict(settings.LANGUAGES) else ""
