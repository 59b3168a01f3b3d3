"""Triggers that change a stamp with every write to a table, see programme.stamps.

On SQLite a migration that rebuilds one of the tables drops its triggers: call `stamp` again after it;
tests/programme/test_stamps.py says where one is missing.
"""

PLAN = "'plan'"
_NEW_VALUE = {"postgresql": "gen_random_uuid()::text", "sqlite": "lower(hex(randomblob(16)))"}


def stamp(schema_editor, table: str, subject: str, columns: tuple[str, ...] = ()) -> None:
    """`subject`: an SQL expression over `row`, NULL for none; `columns`: those whose change counts, none for all.

    On PostgreSQL at the end of the transaction, so that the lock on the stamp is the last one that a writer takes and
    is held for no longer than the commit.
    """
    vendor = schema_editor.connection.vendor
    write = (
        f"INSERT INTO programme_stamp (subject, value) SELECT stamped.subject, {_NEW_VALUE[vendor]} "
        f"FROM (SELECT {subject} AS subject) AS stamped WHERE stamped.subject IS NOT NULL "
        f"ON CONFLICT (subject) DO UPDATE SET value = excluded.value"  # noqa: S608  names of our own
    )
    of = f" OF {', '.join(columns)}" if columns else ""
    if vendor == "sqlite":
        for event, row in (("INSERT", "NEW"), (f"UPDATE{of}", "NEW"), ("DELETE", "OLD")):
            name = f"{table}_stamp_{event.split()[0].lower()}"
            schema_editor.execute(f"DROP TRIGGER IF EXISTS {name}")
            body = write.replace("row.", f"{row}.")
            schema_editor.execute(f"CREATE TRIGGER {name} AFTER {event} ON {table} BEGIN {body}; END")
        return
    cases = (
        f"IF TG_OP = 'DELETE' THEN {write.replace('row.', 'OLD.')}; ELSE {write.replace('row.', 'NEW.')}; END IF"
    )
    schema_editor.execute(
        f"CREATE OR REPLACE FUNCTION {table}_stamp() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN {cases}; RETURN NULL; END $$"
    )
    schema_editor.execute(f"DROP TRIGGER IF EXISTS {table}_stamp ON {table}")
    schema_editor.execute(
        f"CREATE CONSTRAINT TRIGGER {table}_stamp AFTER INSERT OR UPDATE{of} OR DELETE ON {table} "
        f"DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION {table}_stamp()"
    )


def unstamp(schema_editor, table: str) -> None:
    if schema_editor.connection.vendor == "sqlite":
        for event in ("insert", "update", "delete"):
            schema_editor.execute(f"DROP TRIGGER IF EXISTS {table}_stamp_{event}")
        return
    schema_editor.execute(f"DROP TRIGGER IF EXISTS {table}_stamp ON {table}")
    schema_editor.execute(f"DROP FUNCTION IF EXISTS {table}_stamp()")
