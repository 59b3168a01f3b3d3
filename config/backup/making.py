"""Making a backup: one moment of the database, and every file that its rows name."""

import fcntl
import json
import os
import tomllib
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from django.apps import apps
from django.conf import settings
from django.db import connection, models, transaction
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.recorder import MigrationRecorder
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts import audit

from . import rows
from .archive import FORMAT, HEADER, MANIFEST, Digest, Writer, writing
from .sealing import Unreadable

FILES_IN_INDEX = 500
PARTIAL = ".partial"


@dataclass
class Made:
    """What a backup holds; `missing`: files that rows name and the storage does not have."""

    tables: int
    rows: int
    files: int
    missing: list[str]


def version() -> str:
    return tomllib.loads((settings.BASE_DIR / "pyproject.toml").read_text())["project"]["version"]


def make(path: Path) -> Made:
    """Write the backup into a new file; it has this name only when it is whole. Raises Unreadable and OSError."""
    if path.exists():
        raise Unreadable(_("%(file)s is there already.") % {"file": path})
    executor = MigrationExecutor(connection)
    if executor.migration_plan(executor.loader.graph.leaf_nodes()):
        raise Unreadable(_("Migrations are missing: run “migrate” first."))
    _sweep(path.parent)
    with _becoming(path) as target, _snapshot(), writing(target, settings.BACKUP_KEY) as writer:
        made = _write(writer)
    with transaction.atomic():
        audit.record(
            "operation.backed_up", by=None, lane=audit.OPERATION, file=path.name, rows=made.rows, files=made.files
        )
    return made


def _write(writer: Writer) -> Made:
    models_ = rows.tables(apps)
    applied = sorted(MigrationRecorder(connection).applied_migrations())
    writer.json(
        HEADER,
        {
            "format": FORMAT,
            "version": version(),
            "made_at": timezone.now().isoformat(),
            "database": connection.vendor,
            "migrations": [list(one) for one in applied],
            "tables": {model._meta.db_table: [field.column for field in rows.fields(model)] for model in models_},
        },
    )
    digests = {model._meta.db_table: _write_table(writer, model) for model in models_}
    index, missing = _write_files(writer, models_)
    manifest = {"tables": {name: digest.as_json() for name, digest in digests.items()}, "files": index.as_json()}
    writer.json(MANIFEST, manifest | {"missing_files": missing})
    return Made(len(digests), sum(digest.lines for digest in digests.values()), index.lines, missing)


def _write_table(writer: Writer, model: type[models.Model]) -> Digest:
    digest = Digest()
    for lines in rows.read(model, connection.alias):
        for line in lines:
            digest.add(line)
        writer.lines(f"tables/{model._meta.db_table}", lines)
    return digest


def _write_files(writer: Writer, models_: list[type[models.Model]]) -> tuple[Digest, list[str]]:
    digest, missing, pending = Digest(), [], []
    for field in (field for model in models_ for field in rows.fields(model) if isinstance(field, models.FileField)):
        for name in _names(field):
            try:
                with field.storage.open(name) as file:
                    sha256 = writer.file(f"files/{_label(field)}/{name}", file, file.size)
                    size = file.size
            except FileNotFoundError:
                missing.append(f"{_label(field)}/{name}")
                continue
            pending.append(json.dumps([_label(field), name, size, sha256], ensure_ascii=False).encode())
            digest.add(pending[-1])
            if len(pending) == FILES_IN_INDEX:
                writer.lines("index", pending)
                pending = []
    if pending:
        writer.lines("index", pending)
    return digest, missing


def _names(field: models.FileField) -> Iterator[str]:
    """Of the field's files, a few rows at a time."""
    found = models.QuerySet(field.model).exclude(**{field.attname: ""}).order_by("pk").values_list("pk", field.attname)
    last = None
    while some := list((found if last is None else found.filter(pk__gt=last))[: rows.MOST_ROWS]):
        yield from (name for _pk, name in some)
        last = some[-1][0]


def _label(field: models.Field) -> str:
    return f"{field.model._meta.label_lower}.{field.name}"


@contextmanager
def _snapshot() -> Iterator[None]:
    """All that is read inside is of one moment; nobody who writes waits for it."""
    if connection.in_atomic_block:
        yield
    elif connection.vendor == "postgresql":
        with transaction.atomic():
            with connection.cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
            yield
    else:
        # Not `atomic`, which would take the lock of writers.
        with connection.cursor() as cursor:
            cursor.execute("BEGIN")
            try:
                yield
            finally:
                cursor.execute("ROLLBACK")


@contextmanager
def _becoming(path: Path) -> Iterator[BinaryIO]:
    """A file that gets its name when it is whole and on the disk; whatever happens before leaves nothing behind."""
    partial = path.with_name(f".{path.name}{PARTIAL}")
    try:
        with open(partial, "xb", opener=lambda name, flags: os.open(name, flags, 0o600)) as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            yield file
            file.flush()
            os.fsync(file.fileno())
            # Unlike a renaming it never replaces a file that has come meanwhile.
            os.link(partial, path)
    finally:
        partial.unlink(missing_ok=True)
    folder = os.open(path.parent, os.O_RDONLY)
    os.fsync(folder)
    os.close(folder)


def _sweep(folder: Path) -> None:
    """What a killed backup left behind: nobody holds its lock."""
    for partial in folder.glob(f".*{PARTIAL}"):
        with suppress(OSError), partial.open("rb") as file:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            partial.unlink()
