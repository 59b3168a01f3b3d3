"""Filed copies, events and finalised reports never change: the database itself refuses it.

A later migration that rebuilds one of these tables on SQLite must create its trigger again.
"""

from django.db import migrations

# Table: the columns that must not change, none for the whole row.
IMMUTABLE = {
    "reports_submissioncopy": (),
    "reports_submissionevent": (),
    "reports_consolidatedreport": ("period_id", "content", "sha256", "finalised_at", "finalised_by_id"),
}
MESSAGE = "filed records are immutable"


def _trigger(table, columns, body):
    of = f"OF {', '.join(columns)} " if columns else ""
    return f"CREATE TRIGGER {table}_immutable BEFORE UPDATE {of}ON {table} {body}"


def forbid_updates(apps, schema_editor):
    if schema_editor.connection.vendor == "sqlite":
        body = f"BEGIN SELECT RAISE(ABORT, '{MESSAGE}'); END"
    else:
        schema_editor.execute(
            "CREATE FUNCTION reports_refuse_update() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
            f"RAISE EXCEPTION '{MESSAGE}' USING ERRCODE = 'integrity_constraint_violation'; END $$"
        )
        body = "FOR EACH ROW EXECUTE FUNCTION reports_refuse_update()"
    for table, columns in IMMUTABLE.items():
        schema_editor.execute(_trigger(table, columns, body))


def allow_updates(apps, schema_editor):
    on = schema_editor.connection.vendor != "sqlite"
    for table in IMMUTABLE:
        schema_editor.execute(f"DROP TRIGGER {table}_immutable" + (f" ON {table}" if on else ""))
    if on:
        schema_editor.execute("DROP FUNCTION reports_refuse_update()")


class Migration(migrations.Migration):
    dependencies = [("reports", "0001_initial")]
    operations = [migrations.RunPython(forbid_updates, allow_updates)]
