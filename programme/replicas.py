"""Reads from streaming replicas, so that nobody sees a state older than his own last write.

A reading request (`config.reading` lists the pages) takes all that it shows from one database: from a replica, if that
has replayed the log of the primary up to the reader's last write, or else from the primary. What writes, and whatever
is no content (sessions, tokens, the audit, jobs), is the primary's alone, and so is all that happens in a transaction.

A position is a place in the primary's log (WAL), in bytes. Each user carries that of his last write, `wrote_up_to`.

Choosing costs a reading request one query: it asks a replica up to where it is, always the same one for the same user,
so that what he saw does not vanish again. Every few seconds a request asks the primary instead where that is, and is
served by it: what it was a look ago, every replica has to have, so that one which fell behind does not serve those
either who never write. A replica that does not answer or fell behind is left out for a while.

Without REPLICA_URLS nothing of this is in the way: there is neither a router nor a middleware.
"""

import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field

from django.conf import settings
from django.contrib.auth import get_user_model
from django.db import DEFAULT_DB_ALIAS as PRIMARY
from django.db import Error, connections, models

# Whose rows replicas serve; and which of them belong to what is under way, not to what is shown.
CONTENT = frozenset({"programme", "activities", "budget", "reports", "analysis"})
CONTENT_MODELS = frozenset({"accounts.user"})
NO_CONTENT_MODELS = frozenset({"analysis.job"})

SECONDS_BETWEEN_LOOKS = 5
# A look that is older says too little about how far behind a replica is.
LOOK_HOLDS = 2 * SECONDS_BETWEEN_LOOKS
SECONDS_LEFT_OUT = 10
# No replica gets that far.
BEYOND = 2**63 - 1
# So long a job waits for a replica before it reads from the primary.
PATIENCE = 5

_PRIMARY_POSITION = "pg_wal_lsn_diff(pg_current_wal_insert_lsn(), '0/0')::bigint"
# Null where the server is no replica (any more).
_REPLAYED = "SELECT pg_wal_lsn_diff(pg_last_wal_replay_lsn(), '0/0')::bigint WHERE pg_is_in_recovery()"


class KeptBySave(models.BigIntegerField):
    """A number that `save()` leaves as it is in the database: who saves may have loaded the row long ago."""

    def pre_save(self, model_instance, add):
        return super().pre_save(model_instance, add) if add else models.F(self.attname)


@dataclass
class Reading:
    """What a request or a job reads from."""

    alias: str = PRIMARY
    may_leave_primary: bool = False
    wrote: bool = False

    @property
    def is_of_replica(self) -> bool:
        return self.alias != PRIMARY


@dataclass
class _Known:
    """What this process knows. Threads share it, and each value stands for itself, so nothing is locked."""

    left_out_until: dict[str, float] = field(default_factory=dict)
    # When it was looked up where the primary is, and where it was.
    look: tuple[float, int] | None = None
    # Where it was a look before that: every replica that serves has replayed so much.
    floor: int = 0


_known = _Known()
_current: ContextVar[Reading | None] = ContextVar("reading", default=None)


class Router:
    """Django's database router."""

    def db_for_read(self, model, **hints):
        reading = _current.get()
        if reading is None or not reading.is_of_replica or not _is_content(model) or _in_transaction():
            return PRIMARY
        return reading.alias

    def db_for_write(self, model, **hints):
        if _is_content(model) and (reading := _current.get()):
            # What it reads from now on belongs to what it writes.
            reading.wrote, reading.alias = True, PRIMARY
        return PRIMARY

    def allow_relation(self, one, other, **hints):
        return True

    def allow_migrate(self, db, app_label, **hints):
        return db == PRIMARY


@contextmanager
def reading(of: Reading) -> Iterator[Reading]:
    """What happens inside reads from there."""
    token = _current.set(of)
    try:
        yield of
    finally:
        _current.reset(token)


def kept(of: Reading, pieces: Iterable[bytes]) -> Iterator[bytes]:
    """An answer that is written piece by piece, after its request: its rows come from where those before came."""
    remaining = iter(pieces)
    try:
        while True:
            with reading(of):
                piece = next(remaining, None)
            if piece is None:
                return
            yield piece
    finally:
        if close := getattr(remaining, "close", None):
            close()


def choose(reader: models.Model) -> None:
    """If the request under way is one that only reads: it reads from a replica from now on, if there is one that
    knows what this user wrote. One query at most.
    """
    current = _current.get()
    if current and current.may_leave_primary and not current.wrote:
        current.alias = _found(reader)


def remember(writer: models.Model) -> None:
    """Call it after the commit of what was written in this user's name, and before he hears of it. One query."""
    if settings.REPLICAS:
        position = models.expressions.RawSQL(_PRIMARY_POSITION, [])  # noqa: S611 a constant
        get_user_model().objects.filter(pk=writer.pk).update(wrote_up_to=position)


def hold(writer: models.Model) -> None:
    """For a write that others hear of by its commit: called in its transaction, and `remember` after it. Until then
    the user reads from the primary. One query.
    """
    if settings.REPLICAS:
        get_user_model().objects.filter(pk=writer.pk).update(wrote_up_to=BEYOND)


@contextmanager
def reading_all_so_far() -> Iterator[Reading]:
    """For a job: it reads from a replica that has replayed all that is on the primary now, or from the primary."""
    chosen = Reading(_patiently_found(_position()) if settings.REPLICAS else PRIMARY)
    with reading(chosen):
        yield chosen


def leave_out(alias: str) -> None:
    """A replica that failed or fell behind serves nobody for a while."""
    _known.left_out_until[alias] = time.monotonic() + SECONDS_LEFT_OUT
    connections[alias].close()


def _is_content(model: type[models.Model]) -> bool:
    # The table of Django's cache in the database is no whole model: it has no label.
    app, name = model._meta.app_label, f"{model._meta.app_label}.{model._meta.model_name}"
    return (app in CONTENT or name in CONTENT_MODELS) and name not in NO_CONTENT_MODELS


def _in_transaction() -> bool:
    return connections[PRIMARY].in_atomic_block


def _found(reader: models.Model) -> str:
    if _looked_at_primary():
        return PRIMARY
    serving = _serving()
    if not serving:
        return PRIMARY
    asked = serving[reader.pk % len(serving)]
    replayed = _ask(asked)
    if replayed < _known.floor:
        leave_out(asked)
    return asked if replayed >= max(reader.wrote_up_to, _known.floor) else PRIMARY


def _serving() -> list[str]:
    return [alias for alias in settings.REPLICAS if _known.left_out_until.get(alias, 0) <= time.monotonic()]


def _looked_at_primary() -> bool:
    """Whether it was time to; that was this request's query."""
    now, before = time.monotonic(), _known.look
    if before and now - before[0] < SECONDS_BETWEEN_LOOKS:
        return False
    position = _position()
    _known.floor = before[1] if before and now - before[0] < LOOK_HOLDS else position
    _known.look = (now, position)
    return True


def _patiently_found(position: int) -> str:
    latest = time.monotonic() + PATIENCE
    while serving := _serving():
        for alias in serving:
            if _ask(alias) >= position:
                return alias
        if time.monotonic() >= latest:
            break
        time.sleep(0.1)
    return PRIMARY


def _position() -> int:
    with connections[PRIMARY].cursor() as cursor:
        cursor.execute(f"SELECT {_PRIMARY_POSITION}")
        return cursor.fetchone()[0]


def _ask(alias: str) -> int:
    """Up to where a replica has replayed; -1 if it does not say."""
    try:
        with connections[alias].cursor() as cursor:
            cursor.execute(_REPLAYED)
            row = cursor.fetchone()
    except Error:
        row = None
    if row is None or row[0] is None:
        leave_out(alias)
        return -1
    return row[0]
