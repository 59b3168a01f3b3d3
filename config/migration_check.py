"""Which migrations stop people from working: those that take long locks, and those that the running code does not bear.

While a new version is rolled out, processes of the old one go on, on tables that are migrated already. CONTRIBUTING.md
says how to do without what is refused here. Migrations of versions that are out are listed and not looked at.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from django.conf import settings
from django.contrib.postgres.operations import AddIndexConcurrently
from django.db.backends.postgresql.base import DatabaseWrapper
from django.db.migrations import Migration
from django.db.migrations import operations as ops
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.state import ProjectState
from django.db.models import Field, Func, ManyToManyField
from django.db.models.functions import Now

from .catalogues import APPS

RELEASED = settings.BASE_DIR / "config" / "released_migrations.txt"
# They grow with every half-year, and people write into them all day.
LARGE = frozenset(
    {
        *("reports.submission", "reports.submissioncopy", "reports.submissionevent", "reports.comment"),
        *("reports.entry", "reports.entryrevision", "reports.spending", "reports.indicatorvalue", "reports.attachment"),
        "accounts.auditrecord",
    }
)
_IN_USE = "the version that is still running uses it: take it out of the code first, drop it in the release after"
_OUT_OF_USE = "out_of_use_since names no released version in which it was out of use already"
_NO_DEFAULT = "the version that is still running inserts rows without it: give it db_default, or null=True"
_LEFT_BEHIND = "from now on rows are inserted without it: give it db_default or null=True before"
_REWRITES = "the whole table is written anew under a lock: add a new column and fill it in steps"
_BUILDS = "an index is built while nobody can write: use programme.online.AddIndexOnline in a migration of its own"
_SCANS = "every row is checked while nobody can read or write"
_MIXED = "rows are changed while tables are locked: put it into a migration of its own"
# What a statement of RunSQL may not do, and why.
_STATEMENTS = {
    r"\bCREATE\s+(UNIQUE\s+)?INDEX\s+(?!CONCURRENTLY)": _BUILDS,
    r"\b(REINDEX|DROP\s+INDEX)\b(?!.*\bCONCURRENTLY\b)": "it locks the table: do it CONCURRENTLY",
    r"\bRENAME\b": _IN_USE,
    r"\bALTER\s+(COLUMN\s+)?\S+\s+(SET\s+DATA\s+)?TYPE\b": _REWRITES,
    r"\b(VACUUM\s+FULL|CLUSTER)\b": _REWRITES,
    r"\bSET\s+NOT\s+NULL\b": _SCANS,
    r"\bADD\s+COLUMN\b(?!.*\bDEFAULT\b).*\bNOT\s+NULL\b": _NO_DEFAULT,
    r"\bADD\s+CONSTRAINT\b(?!.*\b(NOT\s+VALID|USING\s+INDEX)\b)": f"{_SCANS}: add it NOT VALID, validate it afterwards",
    r"\bLOCK\s+TABLE\b": "it locks the table",
}
_DROPS = re.compile(r"\bDROP\s+(COLUMN|TABLE)\b", re.IGNORECASE)
_CHANGES_ROWS = re.compile(r"\s*(UPDATE|INSERT|DELETE)\b", re.IGNORECASE)


@dataclass
class Check:
    """Of one migration. `state`: the project's as it is before the operation that is looked at."""

    migration: Migration
    state: ProjectState

    def problems(self) -> Iterator[str]:
        """One text for each operation that is refused."""
        self.made: set[str] = set()
        self.touches_tables = False
        changes_rows = []
        for operation in self.migration.operations:
            for inner in _in_database(operation):
                found = [*self._refusals(inner)]
                yield from (f"{inner.describe()}: {reason}" for reason in found)
                changes_rows += [inner] if _changes_rows(inner) else []
            if isinstance(operation, ops.SeparateDatabaseAndState):
                yield from self._left_behind(operation)
            operation.state_forwards(self.migration.app_label, self.state)
        if self.touches_tables:
            yield from (f"{operation.describe()}: {_MIXED}" for operation in changes_rows)

    def _refusals(self, operation: ops.base.Operation) -> Iterator[str]:
        match operation:
            case ops.CreateModel():
                self.made.add(operation.name_lower)
            case ops.RunSQL():
                yield from self._of_sql(operation)
            case ops.DeleteModel() | ops.RenameModel() | ops.AlterModelTable():
                yield _IN_USE
            case _ if getattr(operation, "model_name_lower", None) in self.made:
                pass
            case ops.AddField():
                self.touches_tables = True
                yield from self._of_new_field(operation)
            case ops.RemoveField() | ops.RenameField():
                yield _IN_USE
            case ops.AlterField():
                yield from self._of_altered_field(operation)
            case AddIndexConcurrently():
                pass
            case ops.AddIndex():
                self.touches_tables = True
                if self._is_large(operation.model_name):
                    yield _BUILDS
            case ops.AddConstraint() | ops.AlterUniqueTogether():
                self.touches_tables = True
                yield f"{_SCANS}: add it NOT VALID with RunSQL, validate it in a migration after that"
            case ops.RemoveIndex() | ops.RemoveConstraint():
                self.touches_tables = True

    def _of_new_field(self, operation: ops.AddField) -> Iterator[str]:
        field = operation.field
        if isinstance(field, ManyToManyField):
            return
        if field.generated:
            yield _REWRITES
        elif not field.null and not field.has_db_default():
            yield _NO_DEFAULT
        elif isinstance(field.db_default, Func) and not isinstance(field.db_default, Now):
            yield _REWRITES
        if field.unique or (field.db_index and self._is_large(operation.model_name)):
            yield _BUILDS

    def _of_altered_field(self, operation: ops.AlterField) -> Iterator[str]:
        after = self.state.clone()
        operation.state_forwards(self.migration.app_label, after)
        old, new = (self._field(state, operation) for state in (self.state, after))
        if isinstance(new, ManyToManyField):
            return
        if old.column != new.column:
            yield _IN_USE
        if not _is_wider(old.db_type(_postgresql()), new.db_type(_postgresql())):
            yield _REWRITES
        if old.null and not new.null:
            yield f"{_SCANS}, and {_NO_DEFAULT}"
        if (new.unique and not old.unique) or (
            new.db_index and not old.db_index and self._is_large(operation.model_name)
        ):
            yield _BUILDS
        self.touches_tables |= _in_sql(old) != _in_sql(new)

    def _of_sql(self, operation: ops.RunSQL) -> Iterator[str]:
        for statement in _statements(operation):
            self.touches_tables |= bool(re.match(r"\s*(ALTER|DROP|LOCK)\b", statement, re.IGNORECASE))
            if _DROPS.search(statement) and not _is_released(getattr(self.migration, "out_of_use_since", "")):
                yield f"{_IN_USE} ({_OUT_OF_USE})"
            for pattern, reason in _STATEMENTS.items():
                if re.search(pattern, statement, re.IGNORECASE | re.DOTALL):
                    yield reason

    def _left_behind(self, operation: ops.SeparateDatabaseAndState) -> Iterator[str]:
        """Taken out of the code alone: from now on rows are inserted without it."""
        for removed in operation.state_operations:
            if isinstance(removed, ops.RemoveField) and not operation.database_operations:
                field = self._field(self.state, removed)
                if not field.null and not field.has_db_default():
                    yield f"{removed.describe()}: {_LEFT_BEHIND}"

    def _field(self, state: ProjectState, operation) -> Field:
        return state.apps.get_model(self.migration.app_label, operation.model_name)._meta.get_field(operation.name)

    def _is_large(self, model: str) -> bool:
        return f"{self.migration.app_label}.{model}".lower() in LARGE


def problems() -> list[str]:
    """Of all migrations of the portal that are not out yet: "reports.0012_x: Add field …: why it is refused"."""
    loader, released = MigrationLoader(None), set(RELEASED.read_text().split())
    found = []
    for app, name in sorted(loader.disk_migrations):
        if app in APPS and f"{app}.{name}" not in released:
            before = loader.project_state((app, name), at_end=False)
            check = Check(loader.disk_migrations[app, name], before)
            found += [f"{app}.{name}: {problem}" for problem in check.problems()]
    return found


def _in_database(operation: ops.base.Operation) -> list[ops.base.Operation]:
    return operation.database_operations if isinstance(operation, ops.SeparateDatabaseAndState) else [operation]


def _changes_rows(operation: ops.base.Operation) -> bool:
    if isinstance(operation, ops.RunSQL):
        return any(_CHANGES_ROWS.match(statement) for statement in _statements(operation))
    return isinstance(operation, ops.RunPython)


def _statements(operation: ops.RunSQL) -> list[str]:
    parts = [operation.sql] if isinstance(operation.sql, str) else operation.sql
    texts = [part if isinstance(part, str) else part[0] for part in parts]
    return [statement for text in texts for statement in text.split(";") if statement.strip()]


def _is_wider(old: str, new: str) -> bool:
    """PostgreSQL takes such a change without touching the rows."""
    lengths = [re.fullmatch(r"varchar\((\d+)\)", kind) for kind in (old, new)]
    if all(lengths):
        return int(lengths[1][1]) >= int(lengths[0][1])
    return old == new or (lengths[0] is not None and new == "text")


def _in_sql(field: Field) -> tuple:
    return (field.db_type(_postgresql()), field.null, field.unique, field.db_index, field.column)


def _postgresql() -> DatabaseWrapper:
    """Knows PostgreSQL's types; asks no server."""
    return DatabaseWrapper({"NAME": "", "OPTIONS": {}}, alias="types")


def _is_released(version: str) -> bool:
    changelog = (settings.BASE_DIR / "CHANGELOG.md").read_text()
    released = re.findall(r"^## ([\d.]+)", changelog, re.MULTILINE)[1:]
    return version in released
