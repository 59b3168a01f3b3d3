"""A migration and its record are one transaction; tests/faults kills `migrate` in the middle of each."""

from django.db import connection, migrations, models
from django.db.migrations.state import ProjectState

from config.migrating import WholeMigrations


class Editor:
    """Stands for Django's: keeps what is executed, and what is put off until the end."""

    connection, atomic_migration = connection, True

    def __init__(self):
        self.executed, self.deferred_sql = [], []

    def __enter__(self):
        return self

    def __exit__(self, *error):
        self.executed += [*self.deferred_sql, "COMMIT"]

    def create_model(self, model):
        self.executed.append("CREATE TABLE")
        self.deferred_sql.append("CREATE INDEX")

    def execute(self, statement, params=()):
        self.executed.append(statement)


def test_what_a_migration_puts_off_and_its_record_come_before_the_commit(db, monkeypatch):
    editor = Editor()
    monkeypatch.setattr(connection, "schema_editor", lambda atomic: editor)
    executor = WholeMigrations(connection)
    monkeypatch.setattr(executor, "record_migration", lambda migration: editor.executed.append("RECORD"))
    migration = migrations.Migration("0001_initial", "programme")
    migration.operations = [migrations.CreateModel("Thing", [("id", models.AutoField(primary_key=True))])]
    executor.apply_migration(ProjectState(), migration)
    assert editor.executed == ["CREATE TABLE", "CREATE INDEX", "RECORD", "COMMIT"]
