"""Is the process up, and can it serve? For load balancers and monitoring: plain JSON, no sign-in, no session.

`/healthz` asks nobody anything. `/readyz` looks at all that the portal needs, part by part and with a time limit, and
names each with its state: "ok", "low", or "failed" with a reason for machines. 503 if a part has failed without which
people cannot work.
"""

import shutil
import tempfile
import threading
import time
import uuid
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from concurrent.futures import TimeoutError as TooLate
from functools import cache, partial
from pathlib import Path

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.core.cache import caches
from django.core.files.base import ContentFile
from django.core.files.storage import FileSystemStorage, Storage
from django.db import DatabaseError, InterfaceError, OperationalError, connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.migrations.loader import MigrationLoader
from django.http import JsonResponse
from django.urls import path
from django.utils.translation import gettext, override
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from analysis.models import Job
from reports.models import Attachment

from .catalogues import catalogue_path

PRIMARY = "default"
# Seconds: for all parts together, and how long a storage that was found well counts as well.
PATIENCE, KEPT = 3, 15
# People can work without these; who watches the portal is to know.
SPARE = frozenset({"passing_files", "disk"})
MEGABYTE = 2**20
LOW, FULL = 1024 * MEGABYTE, 64 * MEGABYTE
# Every catalogue but the English one translates it.
KNOWN_TEXT = "Page not found"
_SQLITE_BUSY = 5


class NotReady(Exception):
    """`reason`: a word for machines. Neither it nor the details name a host, a path or a person."""

    def __init__(self, reason: str, **details):
        super().__init__(reason)
        self.report = {"state": "failed", "reason": reason} | details


@login_not_required
@require_safe
@never_cache
def healthz(request):
    """The process answers. No query."""
    return JsonResponse({"status": "ok"})


@login_not_required
@require_safe
@never_cache
def readyz(request):
    """Whether the portal can serve. Three queries, all within the patience."""
    parts = _look()
    failed = {name for name, part in parts.items() if part["state"] == "failed"}
    if failed - SPARE:
        return JsonResponse({"status": "unavailable", "parts": parts}, status=503)
    is_well = all(part["state"] == "ok" for part in parts.values())
    return JsonResponse({"status": "ok" if is_well else "degraded", "parts": parts})


def _look() -> dict[str, dict]:
    """Each part with its report; all are looked at side by side."""
    # The first time it reads all migrations, which is not the database's fault.
    _migrations()
    connection = connections[PRIMARY]
    connection.inc_thread_sharing()
    checks = {
        "database": partial(check_database, connection),
        "cache": check_cache,
        "attachments": partial(check_storage, Attachment._meta.get_field("file").storage),
        "passing_files": partial(check_storage, Job._meta.get_field("result").storage),
        "catalogues": check_catalogues,
        "disk": check_disk,
    }
    latest = time.monotonic() + PATIENCE
    under_way = {name: _started(name, check) for name, check in checks.items()}
    parts = {name: _report(future, latest) for name, future in under_way.items()}
    if under_way["database"].done():
        connection.dec_thread_sharing()
    else:
        # A thread still waits in it: this one takes another for its next query.
        del connections[PRIMARY]
    # One look at the database answers both questions.
    missing = parts["database"].pop("missing", None)
    parts["migrations"] = {"state": "ok"}
    if missing is None:
        parts["migrations"] = {"state": "failed", "reason": "unknown"}
    elif missing:
        parts["migrations"] = {"state": "failed", "reason": "unapplied_migrations", "migrations": missing}
    return parts


_workers = ThreadPoolExecutor(max_workers=12, thread_name_prefix="readyz")
_under_way: dict[str, Future] = {}
_lock = threading.Lock()


def _started(name: str, check: Callable[[], dict | None]) -> Future:
    """A part that hangs is not looked at a second time meanwhile: whoever asks waits for the same look."""
    with _lock:
        future = _under_way.get(name)
        if future is None or future.done():
            future = _under_way[name] = _workers.submit(_alone, check)
        return future


def _alone(check: Callable[[], dict | None]) -> dict | None:
    """A cache in the database opens a connection for this thread, which nobody else would close."""
    try:
        return check()
    finally:
        connections.close_all()


def _report(future: Future, latest: float) -> dict:
    try:
        return {"state": "ok"} | (future.result(max(0, latest - time.monotonic())) or {})
    except TooLate:
        return {"state": "failed", "reason": "timed_out"}
    except NotReady as found:
        return found.report
    except Exception:
        return {"state": "failed", "reason": "error"}


def check_database(connection: BaseDatabaseWrapper) -> dict:
    """It answers and is the one that can be written to; `missing`: migrations that it lacks. Two or three queries."""
    try:
        _is_writable(connection)
        applied = _applied(connection)
    except (DatabaseError, InterfaceError) as error:
        raise NotReady("unreachable") from error
    return {"missing": [f"{app}.{name}" for app, name in _migrations() if (app, name) not in applied]}


def _applied(connection: BaseDatabaseWrapper) -> set[tuple[str, str]]:
    """In SQL: Django's own recorder would ask over another connection in this thread."""
    with connection.cursor() as cursor:
        if "django_migrations" not in connection.introspection.table_names(cursor):
            return set()
        cursor.execute("SELECT app, name FROM django_migrations")
        return set(cursor.fetchall())


def _is_writable(connection: BaseDatabaseWrapper) -> None:
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SELECT pg_is_in_recovery() OR current_setting('transaction_read_only')::boolean")
            if cursor.fetchone()[0]:
                raise NotReady("read_only")
        elif not connection.in_atomic_block:
            cursor.execute(f"PRAGMA busy_timeout = {PATIENCE * 1000 // 2}")
            try:
                cursor.execute("BEGIN IMMEDIATE")
                cursor.execute("ROLLBACK")
            except OperationalError as error:
                # Busy: somebody else is writing, so it can be written to.
                if getattr(error.__cause__, "sqlite_errorcode", None) != _SQLITE_BUSY:
                    raise NotReady("read_only") from error
            finally:
                cursor.execute(f"PRAGMA busy_timeout = {settings.DATABASES[PRIMARY]['OPTIONS']['timeout'] * 1000}")


@cache
def _migrations() -> list[tuple[str, str]]:
    """All that this code knows, in an order in which they could run."""
    graph = MigrationLoader(None).graph
    return [*dict.fromkeys(node for leaf in graph.leaf_nodes() for node in graph.forwards_plan(leaf))]


def check_cache() -> None:
    for one in caches.all():
        key, value = f"readyz-{uuid.uuid4()}", uuid.uuid4().hex
        one.set(key, value, PATIENCE * 2)
        if one.get(key) != value:
            raise NotReady("forgets")
        one.delete(key)


_well_since: dict[int, float] = {}


def check_storage(storage: Storage) -> None:
    """A small file is written, read and deleted; not for every question anew."""
    if time.monotonic() - _well_since.get(id(storage), -KEPT) < KEPT:
        return
    content = uuid.uuid4().hex.encode()
    name = storage.save(f"readyz-{uuid.uuid4()}", ContentFile(content))
    try:
        with storage.open(name) as file:
            if file.read() != content:
                raise NotReady("altered")
    finally:
        storage.delete(name)
    _well_since[id(storage)] = time.monotonic()


def check_catalogues() -> None:
    for language, _name in settings.LANGUAGES:
        with override(language):
            is_translated = language == "en" or gettext(KNOWN_TEXT) != KNOWN_TEXT
        if not is_translated or not catalogue_path(language).with_suffix(".mo").exists():
            raise NotReady("not_compiled", language=language)


def check_disk() -> dict:
    """Space where the portal writes on this machine: files, the database if it is one, uploads on their way."""
    storages = (Attachment._meta.get_field("file").storage, Job._meta.get_field("result").storage)
    places = [tempfile.gettempdir(), *(one.location for one in storages if isinstance(one, FileSystemStorage))]
    if connections[PRIMARY].vendor == "sqlite":
        places.append(connections[PRIMARY].settings_dict["NAME"])
    free = min(shutil.disk_usage(_existing(Path(place))).free for place in places)
    if free < FULL:
        raise NotReady("full", free_megabytes=free // MEGABYTE)
    return {"state": "low" if free < LOW else "ok", "free_megabytes": free // MEGABYTE}


def _existing(place: Path) -> Path:
    """A folder that was never used is not there yet."""
    return next(path for path in (place, *place.parents) if path.exists())


urlpatterns = [
    path("healthz", healthz, name="healthz"),
    path("readyz", readyz, name="readyz"),
]
