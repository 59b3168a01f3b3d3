"""Sees whether what is written leaves a record in the same transaction. `conftest` watches every request by it."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from django.db import connection

RECORDS = "accounts_auditrecord"
# What is no write of anybody's: by table, with the columns that may be set by themselves, or all of it.
EXCEPTIONS: dict[str, tuple[str, ...] | None] = {
    # Sessions come and go with signing in and out, which is recorded.
    "django_session": None,
    "usersessions_usersession": None,
    "accounts_user": ("last_login", "wrote_up_to"),
    # Notes of use.
    "accounts_apitoken": ("last_used_at",),
    "mfa_authenticator": ("last_used_at",),
    # The administration's own log beside the record.
    "django_admin_log": None,
    # What browsers report, visitors' too.
    "config_policyviolation": None,
    # Signs of life and progress of a worker.
    "analysis_job": ("done", "total", "alive_at"),
    # E-mails on their way follow from what is recorded; each sending is in the log.
    "reports_outgoingmail": None,
    "reports_reminder": ("sent_at",),
    # Follow from what is written, and are written after it: words to look for, stamps of what pages are made of.
    "programme_word": None,
    "programme_stamp": None,
    # Made by migrations.
    "django_content_type": None,
    "auth_permission": None,
    "django_migrations": None,
}
_WRITE = re.compile(r'^\s*(INSERT (?:OR \w+ )?INTO|UPDATE|DELETE FROM) "?(\w+)"?', re.IGNORECASE)
_SET = re.compile(r'"(\w+)" = ')
_SAVEPOINT = re.compile(r"^(SAVEPOINT|RELEASE SAVEPOINT|ROLLBACK TO SAVEPOINT) ")


@dataclass
class Unit:
    """What one transaction, or one that is nested in a test's, has written so far."""

    tables: set[str] = field(default_factory=set)
    is_recorded: bool = False


@dataclass
class Watch:
    """`tables`: all that were written; `unrecorded`: those that were written without a record."""

    tables: set[str] = field(default_factory=set)
    unrecorded: set[str] = field(default_factory=set)
    _open: list[Unit] = field(default_factory=list)

    def __call__(self, execute, sql, params, many, context):
        result = execute(sql, params, many, context)
        # What changed no row is no write. (Of INSERT … RETURNING SQLite knows only later how many there are.)
        if not (sql.startswith(("UPDATE", "DELETE")) and context["cursor"].rowcount == 0):
            self._see(sql)
        return result

    def _see(self, sql: str) -> None:
        if found := _SAVEPOINT.match(sql):
            self._move(found[1])
        elif written := _table(sql):
            unit = self._open[-1] if self._open else Unit()
            if written == RECORDS:
                unit.is_recorded = True
            else:
                unit.tables.add(written)
            if not self._open:
                self._end(unit)

    def _move(self, what: str) -> None:
        if what == "SAVEPOINT":
            self._open.append(Unit())
        elif what == "ROLLBACK TO SAVEPOINT" and self._open:
            # Django releases it afterwards.
            self._open[-1] = Unit()
        elif what == "RELEASE SAVEPOINT" and self._open:
            unit = self._open.pop()
            if self._open:
                self._open[-1].tables |= unit.tables
                self._open[-1].is_recorded |= unit.is_recorded
            else:
                self._end(unit)

    def _end(self, unit: Unit) -> None:
        self.tables |= unit.tables
        if not unit.is_recorded:
            self.unrecorded |= unit.tables


def _table(sql: str) -> str | None:
    found = _WRITE.match(sql)
    if not found or found[2].startswith("sqlite_"):
        return None
    table = found[2]
    if table not in EXCEPTIONS:
        return table
    columns = EXCEPTIONS[table]
    if columns is None or (
        found[1].upper() == "UPDATE" and set(_SET.findall(sql.partition(" WHERE ")[0])) <= {*columns}
    ):
        return None
    return table


@contextmanager
def watched() -> Iterator[Watch]:
    watch = Watch()
    with connection.execute_wrapper(watch):
        yield watch
