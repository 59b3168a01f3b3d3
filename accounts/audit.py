"""The audit: who did what, in records that the database keeps and that a hash chain ties together.

Every write of the portal, every sign-in, export and change of a permission calls `record` inside the transaction that
makes the change, as its last step. No record holds a text of a report, a password or a secret.

Records stand in chains, "lanes": one for each agency and one for the portal, so that agencies do not wait for each
other. Each record's SHA-256 covers what it says and the hash of the one before; the end of a lane is locked from the
record to the end of the transaction. A transaction writes into one lane, that of its first record, so that no two of
them can wait for each other's. `verify_audit` walks the chains.
"""

import datetime
import hashlib
import logging
from contextvars import ContextVar
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models, transaction
from django.db.transaction import TransactionManagementError
from django.http import HttpRequest
from django.utils import timezone

from programme import request_id
from programme.canonical import canonical_json
from programme.models import Agency

if TYPE_CHECKING:
    from .models import ApiToken, User

# What belongs to no agency; and failed sign-ins, so that whoever makes many of them keeps nobody waiting.
PORTAL, DOOR = "portal", "door"
# Runs of backups and of reminders: a short lane, in which the latest one is found at once.
OPERATION = "operation"
_SIGNED = (
    "lane", "number", "at", "action", "user_id", "username", "agency", "subject", "subject_id", "details",
    "request_id", "address", "previous",
)  # fmt: skip
# In SQL, which takes a fifth of the time of querysets: every save of an entry waits for it.
_END = "SELECT lane, number, sha256 FROM accounts_audithead WHERE lane = %s"
_NEW_LANE = "INSERT INTO accounts_audithead (lane, number, sha256) VALUES (%s, 0, '') ON CONFLICT DO NOTHING"
_APPEND = (
    f"INSERT INTO accounts_auditrecord ({', '.join(_SIGNED)}, sha256) "  # noqa: S608 its own names
    f"VALUES ({', '.join(['%s'] * (len(_SIGNED) + 1))})"
)
log = logging.getLogger(__name__)

_request: ContextVar[HttpRequest | None] = ContextVar("audited_request", default=None)


@dataclass(frozen=True)
class ChainEnd:
    """Where this transaction has brought its lane. Kept among what Django does on commit, and so undone with it."""

    lane: str
    number: int
    sha256: str

    def __call__(self) -> None:
        # Kept apart from the database, this line shows later whether the chain was cut off or made anew.
        log.info("audit %s:%s:%s", self.lane, self.number, self.sha256)


class AuditMiddleware:
    """Lets records say from which network address a request came, and with which token."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        context = _request.set(request)
        try:
            return self.get_response(request)
        finally:
            _request.reset(context)


def note_token(token: "ApiToken") -> None:
    """What follows in this request is done with a token: its records say so."""
    if request := _request.get():
        request.audited_token = token.pk


def refused_secret() -> None:
    """Somebody came with a secret that opens nothing. Whose, nobody knows."""
    with transaction.atomic():
        record("sign_in.refused_secret", by=None, lane=DOOR)


def exported(what: str, *, by: "User | None", subject: models.Model | None = None, **details: object) -> None:
    """What is taken out of the portal: the record stands before the first byte leaves."""
    with transaction.atomic():
        record(f"export.{what}", by=by, subject=subject, **details)


def record(
    action: str,
    *,
    by: "User | None",
    subject: models.Model | None = None,
    agency: Agency | None = None,
    lane: str = "",
    **details: object,
) -> None:
    """Leave a record of what was just done in this transaction; it is there if the change is. Two queries.

    `action`: one of `audit_words.ACTIONS`. `by` is None for what nobody did, such as a command. `agency`: whom it
    concerns, else that of `by`. `details`: numbers, names, codes, hashes; what is no JSON is written as text.
    """
    connection = transaction.get_connection()
    if not connection.in_atomic_block:
        raise TransactionManagementError("A record belongs into the transaction of the change that it is about.")
    agency = agency or (by.agency if by and by.agency_id else None)
    end = _end_in_transaction(connection) or _locked_end(connection, lane or (agency.code if agency else PORTAL))
    request = _request.get()
    if token := getattr(request, "audited_token", None):
        details["token"] = token
    written = {
        "lane": end.lane,
        "number": end.number + 1,
        # By the real clock: the portal's own may be moved.
        "at": timezone.now(),
        "action": action,
        "user_id": by.pk if by else None,
        "username": by.username if by else "",
        "agency": agency.code if agency else "",
        "subject": subject._meta.label_lower if subject else "",
        "subject_id": str(subject.pk) if subject else "",
        "details": canonical_json({name: _plain(value) for name, value in details.items()}),
        "request_id": request_id.current(),
        "address": address_of(request) if request and settings.AUDIT_ADDRESSES else "",
        "previous": end.sha256,
    }
    sha256 = digest(written)
    written["at"] = connection.ops.adapt_datetimefield_value(written["at"])
    with connection.cursor() as cursor:
        cursor.execute(_APPEND, [*(written[name] for name in _SIGNED), sha256])
    _remember(connection, ChainEnd(end.lane, end.number + 1, sha256))


def digest(values: dict) -> str:
    """The hash of a record: of everything that it says, and through `previous` of all before it."""
    moment = values["at"].astimezone(datetime.UTC).isoformat(timespec="microseconds")
    signed = {name: values[name] for name in _SIGNED} | {"at": moment}
    return hashlib.sha256(canonical_json(signed).encode()).hexdigest()


def address_of(request: HttpRequest) -> str:
    """The network address that asks: what the outermost of the portal's own proxies saw."""
    proxies = settings.REST_FRAMEWORK["NUM_PROXIES"]
    forwarded = [part.strip() for part in request.META.get("HTTP_X_FORWARDED_FOR", "").split(",") if part.strip()]
    if proxies and forwarded:
        return forwarded[-min(proxies, len(forwarded))][:45]
    return request.META.get("REMOTE_ADDR", "")[:45]


def _remember(connection, end: ChainEnd) -> None:
    """In place of the end before it, if both are undone together: many records leave one line in the log."""
    hooks = connection.run_on_commit
    if hooks and isinstance(hooks[-1][1], ChainEnd) and hooks[-1][0] == set(connection.savepoint_ids):
        hooks.pop()
    transaction.on_commit(end)


def _end_in_transaction(connection) -> ChainEnd | None:
    functions = (function for _savepoints, function, *_robust in reversed(connection.run_on_commit))
    return next((function for function in functions if isinstance(function, ChainEnd)), None)


def _locked_end(connection, lane: str) -> ChainEnd:
    # On SQLite there is one writer at a time anyway.
    statement = f"{_END} FOR UPDATE" if connection.features.has_select_for_update else _END
    with connection.cursor() as cursor:
        cursor.execute(statement, [lane])
        found = cursor.fetchone()
        if found is None:
            cursor.execute(_NEW_LANE, [lane])
            cursor.execute(statement, [lane])
            found = cursor.fetchone()
    return ChainEnd(*found)


def _plain(value: object) -> object:
    return value if value is None or isinstance(value, bool | int | str | list | dict) else str(value)
