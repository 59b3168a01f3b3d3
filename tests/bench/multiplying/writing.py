"""Many programmes into a database that holds the demonstration, in one transaction: all of them or nothing."""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from uuid import uuid4

from django.db import connection, transaction

from accounts.models import AuditHead, AuditRecord
from programme.models import Programme, Stamp
from programme.stamps import PLAN

from .copies import Copy, Hashed, Pattern
from .rows import Rows, add_earlier, read
from .tables import copied

Say = Callable[[str], None]
AT_ONCE = 1 << 20


@dataclass
class Patterns:
    """Of one table: the demonstration's own rows, and those of a programme that ran for longer."""

    rows: Rows
    own: Pattern
    longer: Pattern

    def stream(self, programmes: int, hashed: Hashed) -> Iterator[bytes]:
        """The demonstration in the midst of the others."""
        midst = programmes // 2
        for place in range(programmes):
            number = None if place == midst else place + 1
            pattern = self.longer if number else self.own
            if pattern.count:
                yield pattern.rows(Copy(place, number, hashed))


def multiply(programmes: int, say: Say) -> int:
    """Write them; the number of rows. Earlier contents of the tables go, the demonstration's are written anew."""
    tables = copied()
    found = read(tables)
    add_earlier(found)
    kept = {table.model for table in tables}
    hashed = Hashed(found, kept)
    steps = {rows.table.model: rows.highest for rows in found}
    patterns = [
        Patterns(
            rows,
            Pattern(rows.table, rows.own, steps, hashed),
            Pattern(rows.table, [*rows.own, *rows.earlier], steps, hashed),
        )
        for rows in found
    ]
    with transaction.atomic(), connection.cursor() as cursor:
        # Neither foreign keys nor triggers are asked while rows are copied; the former are when they come back.
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute("SET LOCAL maintenance_work_mem = '1GB'")
        put_back = _taken_down(cursor, [table.name for table in tables])
        names = ", ".join(f'"{table.name}"' for table in tables)
        cursor.execute(f"TRUNCATE {names}")
        total = sum(_copy(cursor, one, programmes, hashed, say) for one in patterns)
        for statement in put_back:
            start = time.perf_counter()
            cursor.execute(statement)
            if (seconds := time.perf_counter() - start) > 5:
                say(f"{seconds:7.0f} s  {statement[:110]}")
        for one in patterns:
            _set_sequence(cursor, one.rows)
        _begin_anew()
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    return total


def _copy(cursor, patterns: Patterns, programmes: int, hashed: Hashed, say: Say) -> int:
    """One table, rows of all programmes."""
    count = patterns.own.count + patterns.longer.count * (programmes - 1)
    if not count:
        return 0
    table, start = patterns.rows.table, time.perf_counter()
    # Frozen: nothing has to go over the rows again, to mark them as seen by all.
    statement = f'COPY "{table.name}" ({table.listed}) FROM STDIN WITH (FREEZE)'
    cursor.copy_expert(statement, _Readable(patterns.stream(programmes, hashed)), AT_ONCE)
    seconds = time.perf_counter() - start
    if seconds > 1:
        say(f"{seconds:7.0f} s  {count:>11,} rows  {count / seconds:>9,.0f}/s  {table.name}")
    return count


class _Readable:
    """What COPY reads from."""

    def __init__(self, pieces: Iterator[bytes]):
        self._pieces, self._left = pieces, b""

    def read(self, size: int) -> bytes:
        if not self._left:
            self._left = memoryview(next(self._pieces, b""))
        piece, self._left = self._left[:size], self._left[size:]
        return bytes(piece)


def _taken_down(cursor, tables: list[str]) -> list[str]:
    """Drop foreign keys, unique constraints, and indexes but those of keys; the statements that make them again."""
    cursor.execute(
        "SELECT conrelid::regclass, quote_ident(conname), pg_get_constraintdef(oid)"
        " FROM pg_constraint WHERE contype IN ('f', 'u') AND conrelid = ANY(%s::regclass[]) ORDER BY contype = 'u'",
        [tables],
    )
    constraints = cursor.fetchall()
    for table, name, _definition in constraints:
        cursor.execute(f"ALTER TABLE {table} DROP CONSTRAINT {name}")
    cursor.execute(
        "SELECT indexrelid::regclass, pg_get_indexdef(indexrelid) FROM pg_index"
        " WHERE NOT indisprimary AND indrelid = ANY(%s::regclass[])",
        [tables],
    )
    indexes = cursor.fetchall()
    for name, _definition in indexes:
        cursor.execute(f"DROP INDEX {name}")
    made = [f"ALTER TABLE {table} ADD CONSTRAINT {name} {definition}" for table, name, definition in constraints]
    # Foreign keys come last: they are the first to be dropped.
    return [*(definition for _name, definition in indexes), *reversed(made)]


def _set_sequence(cursor, rows: Rows) -> None:
    if not rows.table.has_numbers_as_keys or not rows.highest:
        return
    key = rows.table.columns[rows.table.key]
    cursor.execute(
        f'SELECT setval(sequence, (SELECT max("{key}") FROM "{rows.table.name}"))'  # noqa: S608
        " FROM (SELECT pg_get_serial_sequence(%s, %s) AS sequence) AS found WHERE sequence IS NOT NULL",
        [f'"{rows.table.name}"', key],
    )


def _begin_anew() -> None:
    """What refers to rows without a foreign key, and so would now speak of others: stamps and the audit."""
    Stamp.objects.exclude(subject=PLAN).delete()
    keys = Programme.objects.order_by("pk").values_list("pk", flat=True)
    Stamp.objects.bulk_create(Stamp(subject=f"reports:{key}", value=str(uuid4())) for key in keys)
    for model in (AuditRecord, AuditHead):
        model.objects.all().delete()
