"""`migrate`, killed in the middle of each migration, and what the tables are afterwards."""

import os
import signal

from django.core.management import call_command
from django.db import connection
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.recorder import MigrationRecorder


def migrate(label: str = "", at: int | str = "") -> dict[str, int]:
    """Killed in that migration, at that statement or "before the commit" or "after the commit"; else goes through.

    By migration, in their order, how many statements it has.
    """
    counts: dict[str, int] = {}
    running: list[str] = []

    def die_if(reached: int | str) -> None:
        if running == [label] and reached == at:
            os.kill(os.getpid(), signal.SIGKILL)

    def statement(execute, sql, params, many, context):
        for name in running:
            counts[name] += 1
            die_if(counts[name])
        return execute(sql, params, many, context)

    apply, commit = MigrationExecutor.apply_migration, BaseDatabaseWrapper._commit

    def apply_migration(self, state, migration, *args, **kwargs):
        running.append(f"{migration.app_label}.{migration.name}")
        counts[running[0]] = 0
        state = apply(self, state, migration, *args, **kwargs)
        running.clear()
        return state

    def _commit(self):
        die_if("before the commit")
        commit(self)
        die_if("after the commit")

    MigrationExecutor.apply_migration, BaseDatabaseWrapper._commit = apply_migration, _commit
    with connection.execute_wrapper(statement):
        call_command("migrate", verbosity=0)
    return counts


def applied() -> list[str]:
    found = MigrationRecorder(connection).applied_migrations()
    return sorted(f"{app}.{name}" for app, name in found)


def schema() -> list[str]:
    """Tables, columns, indexes, constraints and triggers, as the database says them."""
    queries = _SCHEMA[connection.vendor]
    found = []
    with connection.cursor() as cursor:
        for query in queries:
            cursor.execute(query)
            found += [" ".join(str(part) for part in row) for row in cursor.fetchall()]
    return sorted(found)


_SCHEMA = {
    "sqlite": ["SELECT type, name, tbl_name, sql FROM sqlite_master"],
    "postgresql": [
        "SELECT table_name, column_name, data_type, is_nullable, column_default, character_maximum_length "
        "FROM information_schema.columns WHERE table_schema = 'public'",
        "SELECT indexdef FROM pg_indexes WHERE schemaname = 'public'",
        "SELECT conrelid::regclass, conname, pg_get_constraintdef(oid) FROM pg_constraint "
        "WHERE connamespace = 'public'::regnamespace",
        "SELECT pg_get_triggerdef(oid) FROM pg_trigger WHERE NOT tgisinternal",
        "SELECT proname, prosrc FROM pg_proc WHERE pronamespace = 'public'::regnamespace",
    ],
}
