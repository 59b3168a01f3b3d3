"""What stands in the database already is given its words."""

from programme.words import refresh, words_of

AT_ONCE = 500


def fill(apps, app: str, model: str, *fields: str) -> None:
    """Derive `fields` of every row, and keep the words that can be mistyped."""
    rows, word = apps.get_model(app, model).objects.order_by("pk"), apps.get_model("programme", "Word")
    last = 0
    while batch := list(rows.filter(pk__gt=last)[:AT_ONCE]):
        last = batch[-1].pk
        for row in batch:
            refresh(row)
        rows.bulk_update(batch, fields)
        known = sorted({text for row in batch for text in words_of(row) if len(text) > 2 and text.isalpha()})
        word.objects.bulk_create([word(text=text) for text in known], ignore_conflicts=True)


def add_index(schema_editor, table: str, column: str, method: str) -> None:
    """A GIN index on PostgreSQL; `method`: the operator class, or nothing."""
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(f"CREATE INDEX {table}_{column}_gin ON {table} USING gin ({column} {method})")


def drop_index(schema_editor, table: str, column: str) -> None:
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(f"DROP INDEX {table}_{column}_gin")
