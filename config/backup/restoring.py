"""Restoring a backup into an empty portal, after every byte of it has been checked."""

import hashlib
import json
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from django.apps.registry import Apps
from django.conf import settings
from django.core.files.base import File
from django.core.management import call_command
from django.core.management.color import no_style
from django.db import connection, transaction
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.loader import MigrationLoader
from django.utils.translation import gettext as _

from accounts import audit

from . import archive, rows
from .archive import FORMAT, HEADER, Digest, Member, reading
from .making import version
from .sealing import Unreadable, damaged

# A portal with a row in one of these is in use.
IN_USE = ("accounts_user", "programme_programme", "reports_submission")
IN_MEMORY = 2**22


@dataclass
class Contents:
    """What an archive says about itself, and what was found in it."""

    header: dict = field(default_factory=dict)
    manifest: dict = field(default_factory=dict)
    tables: dict[str, Digest] = field(default_factory=dict)
    files: Digest = field(default_factory=Digest)
    # Tables with rows of what the portal no longer has: they were not restored.
    left_out: list[str] = field(default_factory=list)

    @property
    def rows(self) -> int:
        return sum(digest.lines for digest in self.tables.values())

    def migrations(self, loader: MigrationLoader) -> set[tuple[str, str]]:
        """Those of apps that this portal has: an older one may have had others."""
        return {(app, name) for app, name in self.header["migrations"] if app in loader.migrated_apps}


def verify(path: Path) -> Contents:
    """Read all of it and compare every hash; touches neither database nor storage. Raises Unreadable."""
    contents = Contents()
    for _part in _checked(path, contents):
        pass
    return contents


def restore(path: Path) -> Contents:
    """Fill an empty portal, and bring it up to this version. All or nothing. Raises Unreadable."""
    contents = verify(path)
    _refuse_newer(contents)
    _refuse_used(contents)
    apps = _at_state_of(contents)
    stored: list[tuple] = []
    try:
        with transaction.atomic():
            _load(path, apps, stored)
            contents.left_out = _compare(contents, apps)
    except BaseException:
        for storage, name in stored:
            storage.delete(name)
        raise
    call_command("migrate", interactive=False, verbosity=0)
    with transaction.atomic():
        audit.record(
            "operation.restored", by=None, lane=audit.OPERATION, file=path.name, made_at=contents.header["made_at"]
        )
    return contents


def _checked(path: Path, contents: Contents) -> Iterator[tuple]:
    """The tables' lines and the files, part by part: ("tables", table, lines) or ("files", field, name, file).

    A file's hash is known only after it. Ends well only if all that the manifest names was there as it names it.
    """
    check = _Check(contents)
    try:
        for member in reading(path, settings.BACKUP_KEY):
            yield from check.take(member)
        check.end()
    except archive.DAMAGED as error:
        raise damaged() from error


class _Check:
    def __init__(self, contents: Contents):
        self.contents = contents
        # Files whose line in the index is still to come: size and hash.
        self.pending: dict[tuple[str, str], tuple[int, str]] = {}

    def take(self, member: Member) -> Iterator[tuple]:
        contents = self.contents
        if bool(contents.header) == (member.kind == HEADER) or contents.manifest:
            raise damaged()
        match member.kind:
            case archive.HEADER:
                contents.header = json.load(member.file)
                _refuse_other_format(contents.header)
            case "tables":
                yield self._lines(member)
            case "files":
                yield from self._file(member)
            case "index":
                self._index(member)
            case archive.MANIFEST:
                contents.manifest = json.load(member.file)
            case _:
                raise damaged()

    def end(self) -> None:
        contents = self.contents
        if not contents.manifest or self.pending or contents.files.as_json() != contents.manifest["files"]:
            raise damaged()
        for table in contents.header["tables"]:
            contents.tables.setdefault(table, Digest())
        if {table: digest.as_json() for table, digest in contents.tables.items()} != contents.manifest["tables"]:
            raise damaged()

    def _lines(self, member: Member) -> tuple:
        table, lines = member.path.partition("/")[0], list(member.lines())
        digest = self.contents.tables.setdefault(table, Digest())
        for line in lines:
            digest.add(line)
        return "tables", table, lines

    def _file(self, member: Member) -> Iterator[tuple]:
        label, _slash, name = member.path.partition("/")
        with tempfile.SpooledTemporaryFile(IN_MEMORY) as spool:
            shutil.copyfileobj(member.file, spool, 2**18)
            spool.seek(0)
            self.pending[label, name] = (member.size, hashlib.file_digest(spool, "sha256").hexdigest())
            spool.seek(0)
            yield "files", label, name, spool

    def _index(self, member: Member) -> None:
        for line in member.lines():
            self.contents.files.add(line)
            label, name, size, sha256 = json.loads(line)
            if self.pending.pop((label, name), None) != (size, sha256):
                raise damaged()


def _refuse_other_format(header: dict) -> None:
    if header["format"] != FORMAT:
        raise Unreadable(_("This version of the portal does not know the format of the backup."))


def _refuse_newer(contents: Contents) -> None:
    loader = MigrationLoader(connection)
    is_newer = _number(contents.header["version"]) > _number(version())
    if is_newer or not contents.migrations(loader) <= loader.graph.nodes.keys():
        raise Unreadable(
            _("The backup is of version %(theirs)s, this portal is of version %(ours)s: install that version first.")
            % {"theirs": contents.header["version"], "ours": version()}
        )


def _refuse_used(contents: Contents) -> None:
    there = set(connection.introspection.table_names())
    with connection.cursor() as cursor:
        for table in there.intersection(IN_USE):
            cursor.execute(f"SELECT 1 FROM {table} LIMIT 1")  # noqa: S608 one of the three
            if cursor.fetchone():
                raise Unreadable(_("This portal is in use: a backup is restored into an empty database alone."))
    loader = MigrationLoader(connection)
    applied = {key for key in loader.applied_migrations if key[0] in loader.migrated_apps}
    if there and not applied <= contents.migrations(loader):
        raise Unreadable(_("This database has migrations that the backup does not have: give it an empty database."))


def _at_state_of(contents: Contents) -> Apps:
    """Migrate to where the backed-up portal was; its models."""
    executor = MigrationExecutor(connection)
    nodes, there = executor.loader.graph.node_map, contents.migrations(executor.loader)
    last = sorted(key for key in there if not {child.key for child in nodes[key].children} & there)
    executor.migrate(last)
    return executor.loader.project_state(last).apps


def _load(path: Path, apps: Apps, stored: list[tuple]) -> None:
    models = {model._meta.db_table: model for model in rows.tables(apps)}
    contents, loaded = Contents(), set()
    with _triggers_off(models):
        for table in models:
            _execute(f"DELETE FROM {connection.ops.quote_name(table)}")  # noqa: S608 what migrations filled
        for kind, *content in _checked(path, contents):
            if kind == "tables":
                table, lines = content
                if (model := models.get(table)) is None:
                    continue
                rows.write(model, contents.header["tables"][table], lines, connection)
                loaded.add(model)
                if connection.vendor == "postgresql" and rows.references(model) <= loaded - {model}:
                    # What is to be checked at the end would otherwise be remembered for each row.
                    connection.check_constraints()
            else:
                _store(apps, *content, stored)
    for statement in connection.ops.sequence_reset_sql(no_style(), list(models.values())):
        _execute(statement)


def _store(apps: Apps, label: str, name: str, content, stored: list[tuple]) -> None:
    app, model, field = label.split(".")
    storage = apps.get_model(app, model)._meta.get_field(field).storage
    sha256 = hashlib.file_digest(content, "sha256").digest()
    content.seek(0)
    given = storage.save(name, File(content))
    stored.append((storage, given))
    if given != name:
        raise Unreadable(_("There are files in the storage already: give it an empty one."))
    with storage.open(name) as file:
        if hashlib.file_digest(file, "sha256").digest() != sha256:
            raise Unreadable(_("The storage does not give back what was stored in it."))


def _compare(contents: Contents, apps: Apps) -> list[str]:
    """What the database holds now is what the backup holds, row by row. Returns the tables that it has no place for."""
    expected = dict(contents.manifest["tables"])
    for model in rows.tables(apps):
        digest = Digest()
        for lines in rows.read(model, connection.alias):
            for line in lines:
                digest.add(line)
        if digest.as_json() != expected.pop(model._meta.db_table, Digest().as_json()):
            raise Unreadable(
                _("The database does not give back what was stored in the table %(table)s.")
                % {"table": model._meta.db_table}
            )
    return [table for table, digest in expected.items() if digest["rows"]]


@contextmanager
def _triggers_off(tables) -> Iterator[None]:
    """Triggers say what may be changed, and note changes: here everything comes as it was, with their notes."""
    quote = connection.ops.quote_name
    if connection.vendor == "postgresql":
        # A table with checks still to come cannot be altered.
        connection.check_constraints()
        for table in tables:
            _execute(f"ALTER TABLE {quote(table)} DISABLE TRIGGER USER")
        yield
        connection.check_constraints()
        for table in tables:
            _execute(f"ALTER TABLE {quote(table)} ENABLE TRIGGER USER")
        return
    with connection.cursor() as cursor:
        cursor.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")
        triggers = cursor.fetchall()
    for name, _sql in triggers:
        _execute(f"DROP TRIGGER {quote(name)}")
    yield
    connection.check_constraints()
    for _name, sql in triggers:
        _execute(sql)


def _execute(statement: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement)


def _number(text: str) -> tuple[int, ...]:
    return tuple(int(part) for part in text.split("."))
