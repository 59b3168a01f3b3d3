"""Triggers that let the database itself refuse to change what must not change."""

FUNCTION = "reports_refuse_update"
MESSAGE = "filed records are immutable"


def lock(schema_editor, tables: dict[str, tuple[str, ...]]) -> None:
    """`tables`: each with the columns that must not change, none for the whole row.

    On SQLite a migration that rebuilds one of the tables drops its trigger: `unlock` before it, `lock` after it.
    """
    if schema_editor.connection.vendor == "sqlite":
        body = f"BEGIN SELECT RAISE(ABORT, '{MESSAGE}'); END"
    else:
        schema_editor.execute(
            f"CREATE OR REPLACE FUNCTION {FUNCTION}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
            f"RAISE EXCEPTION '{MESSAGE}' USING ERRCODE = 'integrity_constraint_violation'; END $$"
        )
        body = f"FOR EACH ROW EXECUTE FUNCTION {FUNCTION}()"
    for table, columns in tables.items():
        of = f"OF {', '.join(columns)} " if columns else ""
        schema_editor.execute(f"CREATE TRIGGER {table}_immutable BEFORE UPDATE {of}ON {table} {body}")


def unlock(schema_editor, tables) -> None:
    on = schema_editor.connection.vendor != "sqlite"
    for table in tables:
        schema_editor.execute(f"DROP TRIGGER IF EXISTS {table}_immutable" + (f" ON {table}" if on else ""))
