"""Migrations that are recorded in the transaction that makes them."""

from django.db.migrations.executor import MigrationExecutor


class WholeMigrations(MigrationExecutor):
    """Django runs what a migration puts off (indexes, foreign keys) at its end, commits, and then records it.

    Killed between the two, it would be run anew on tables that are there. Here the record is part of the commit.
    """

    def apply_migration(self, state, migration, fake=False, fake_initial=False):
        if migration.atomic:
            migration.apply = _finished(migration.apply)
        return super().apply_migration(state, migration, fake=fake, fake_initial=fake_initial)


def _finished(apply):
    def apply_and_finish(state, schema_editor, *args, **kwargs):
        state = apply(state, schema_editor, *args, **kwargs)
        for statement in schema_editor.deferred_sql:
            schema_editor.execute(statement, None)
        schema_editor.deferred_sql.clear()
        return state

    return apply_and_finish
