"""All that a portal holds, read past everything that backups are made with; and how to empty it."""

import json
from pathlib import Path

from django.apps import apps
from django.db import connection, transaction
from django.db.models import JSONField

from config.backup import restoring, rows

JSON_COLUMNS = {
    (model._meta.db_table, field.column)
    for model in apps.get_models()
    for field in model._meta.local_concrete_fields
    if isinstance(field, JSONField)
}


def contents_of_database() -> dict[str, list[str]]:
    """Every row of every table as the database itself gives it, sessions apart."""
    found = {}
    with connection.cursor() as cursor:
        for table in set(connection.introspection.table_names(cursor)) - rows.LEFT_OUT:
            cursor.execute(f"SELECT * FROM {table}")  # noqa: S608
            names = [column[0] for column in cursor.description]
            found[table] = sorted(
                repr([_readable(table, *pair) for pair in zip(names, row, strict=True)]) for row in cursor
            )
    return found


def _readable(table: str, name: str, value):
    """Derived words come in any order on SQLite, and JSON's members have none."""
    if name.endswith("words"):
        return sorted(value.split())
    if (table, name) in JSON_COLUMNS and isinstance(value, str):
        return json.dumps(json.loads(value), sort_keys=True)
    return bytes(value) if isinstance(value, memoryview) else value


def files_in(place: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in place.rglob("*") if path.is_file()}


@transaction.atomic
def empty_the_portal() -> None:
    """As after `migrate`: tables without rows."""
    tables = [model._meta.db_table for model in rows.tables(apps) if model._meta.app_label != "migrations"]
    with restoring._triggers_off(tables), connection.cursor() as cursor:
        for table in [*tables, *rows.LEFT_OUT & {*connection.introspection.table_names()}]:
            cursor.execute(f"DELETE FROM {table}")  # noqa: S608
    # What follows is another transaction to the audit.
    connection.run_on_commit = []
