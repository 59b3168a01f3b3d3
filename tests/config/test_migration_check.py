"""Migrations that would lock people out, or break the version that still runs, are refused, each with a reason."""

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, migrations, models
from django.db.migrations.loader import MigrationLoader
from django.db.models.functions import Now, Random

from config import migration_check
from config.migration_check import Check
from programme.online import AddIndexOnline

NUMBER = {"model_name": "entry", "name": "number"}


@pytest.fixture(scope="module")
def today():
    """The project's state after all migrations that there are."""
    loader = MigrationLoader(None)
    return loader.project_state(loader.graph.leaf_nodes())


@pytest.fixture
def refused(today):
    """Why a migration of `reports` with these operations is refused: `refused(operation, …, attribute=…)`."""

    def look(*operations, **attributes) -> list[str]:
        migration = type("Migration", (migrations.Migration,), {"operations": operations, **attributes})(
            "0999", "reports"
        )
        return [*Check(migration, today.clone()).problems()]

    return look


def run_python(apps, schema_editor):
    pass


@pytest.mark.parametrize(
    ("operation", "reason"),
    [
        (migrations.RemoveField("entry", "narrative"), "still running uses it"),
        (migrations.RenameField("entry", "narrative", "text"), "still running uses it"),
        (migrations.DeleteModel("Letter"), "still running uses it"),
        (migrations.RenameModel("Letter", "Writing"), "still running uses it"),
        (migrations.AlterModelTable("Letter", "letters"), "still running uses it"),
        (migrations.AddField(field=models.IntegerField(default=0), **NUMBER), "give it db_default"),
        (migrations.AddField(field=models.FloatField(db_default=Random()), **NUMBER), "written anew"),
        (
            migrations.AddField(
                field=models.GeneratedField(
                    expression=models.F("version") + 1, output_field=models.IntegerField(), db_persist=True
                ),
                **NUMBER,
            ),
            "written anew",
        ),
        (migrations.AddField(field=models.IntegerField(null=True, unique=True), **NUMBER), "AddIndexOnline"),
        (migrations.AddField(field=models.IntegerField(null=True, db_index=True), **NUMBER), "AddIndexOnline"),
        (
            migrations.AddField(field=models.ForeignKey("reports.Period", models.PROTECT, null=True), **NUMBER),
            "AddIndexOnline",
        ),
        (migrations.AddIndex("entry", models.Index(fields=["status"], name="by_status")), "AddIndexOnline"),
        (migrations.AlterField("entry", "version", models.BigIntegerField()), "written anew"),
        (migrations.AlterField("entry", "status", models.CharField(max_length=2)), "written anew"),
        (migrations.AlterField("submission", "first_submitted_at", models.DateTimeField()), "every row is checked"),
        (migrations.AlterField("entry", "narrative", models.TextField(db_column="text")), "still running uses it"),
        (migrations.AlterField("entry", "status", models.CharField(max_length=99, unique=True)), "AddIndexOnline"),
        (
            migrations.AddConstraint(
                "entry", models.CheckConstraint(condition=models.Q(version__gt=0), name="positive")
            ),
            "NOT VALID",
        ),
        (migrations.AlterUniqueTogether("entry", {("status", "version")}), "NOT VALID"),
        (migrations.RunSQL("CREATE INDEX x ON reports_entry (status)"), "AddIndexOnline"),
        (migrations.RunSQL("ALTER TABLE reports_entry DROP COLUMN narrative"), "still running uses it"),
        (migrations.RunSQL("DROP TABLE reports_letter"), "still running uses it"),
        (migrations.RunSQL("ALTER TABLE reports_entry RENAME COLUMN narrative TO text"), "still running uses it"),
        (migrations.RunSQL("ALTER TABLE reports_entry ALTER COLUMN version TYPE bigint"), "written anew"),
        (migrations.RunSQL("ALTER TABLE reports_entry ALTER COLUMN version SET NOT NULL"), "every row is checked"),
        (migrations.RunSQL("ALTER TABLE reports_entry ADD COLUMN n integer NOT NULL"), "give it db_default"),
        (migrations.RunSQL("ALTER TABLE reports_entry ADD CONSTRAINT c CHECK (version > 0)"), "NOT VALID"),
        (migrations.RunSQL(["SELECT 1", ("LOCK TABLE reports_entry", [])]), "locks the table"),
        (migrations.RunSQL("VACUUM FULL reports_entry"), "written anew"),
        (migrations.RunSQL("REINDEX TABLE reports_entry"), "CONCURRENTLY"),
        (
            migrations.SeparateDatabaseAndState(
                database_operations=[migrations.RemoveField("entry", "narrative")],
                state_operations=[migrations.RemoveField("entry", "narrative")],
            ),
            "still running uses it",
        ),
        # Out of the code, and left in the table: nothing fills it any more.
        (
            migrations.SeparateDatabaseAndState(state_operations=[migrations.RemoveField("entry", "narrative")]),
            "rows are inserted without it",
        ),
    ],
    ids=lambda value: value.describe() if hasattr(value, "describe") else "",
)
def test_it_is_refused(refused, operation, reason):
    assert any(reason in problem for problem in refused(operation))


@pytest.mark.parametrize(
    "operation",
    [
        migrations.AddField(field=models.IntegerField(null=True), **NUMBER),
        migrations.AddField(field=models.IntegerField(default=0, db_default=0), **NUMBER),
        migrations.AddField(field=models.DateTimeField(db_default=Now()), **NUMBER),
        migrations.AddField("period", "number", models.IntegerField(null=True, db_index=True)),
        migrations.AddField("period", "bodies", models.ManyToManyField("programme.Agency")),
        migrations.AlterField("entry", "status", models.CharField("state", max_length=200)),
        migrations.AlterField("entry", "status", models.TextField()),
        migrations.AlterField("entry", "version", models.PositiveIntegerField("n", null=True)),
        migrations.AlterModelOptions("entry", {"ordering": ["pk"]}),
        AddIndexOnline("entry", models.Index(fields=["status"], name="by_status")),
        migrations.AddIndex("period", models.Index(fields=["code"], name="by_code")),
        migrations.RunPython(run_python),
        migrations.RunSQL("UPDATE reports_entry SET version = version"),
        migrations.RunSQL("CREATE INDEX CONCURRENTLY x ON reports_entry (status)"),
        migrations.RunSQL("ALTER TABLE reports_entry ADD CONSTRAINT c CHECK (version > 0) NOT VALID"),
        migrations.RunSQL("ALTER TABLE reports_entry VALIDATE CONSTRAINT c"),
        migrations.SeparateDatabaseAndState(state_operations=[migrations.RemoveField("submission", "extended_to")]),
    ],
    ids=lambda operation: operation.describe(),
)
def test_it_is_let_through(refused, operation):
    assert refused(operation) == []


def test_rows_are_not_changed_while_a_table_is_locked(refused):
    added = migrations.AddField(field=models.IntegerField(null=True), **NUMBER)

    for change in (migrations.RunPython(run_python), migrations.RunSQL("UPDATE reports_entry SET version = 1")):
        assert any("migration of its own" in problem for problem in refused(added, change))


def test_a_table_made_in_the_same_migration_is_nobody_s_yet(refused):
    made = migrations.CreateModel("Made", [("id", models.BigAutoField(primary_key=True)), ("n", models.IntegerField())])

    assert refused(
        made,
        migrations.AddField("made", "number", models.IntegerField(default=0)),
        migrations.AddConstraint("made", models.UniqueConstraint(fields=["n"], name="one")),
        migrations.RunPython(run_python),
    ) == []  # fmt: skip


def test_a_column_is_dropped_in_the_release_after_it_went_out_of_use(refused):
    drop = migrations.RunSQL("ALTER TABLE reports_entry DROP COLUMN narrative")

    assert refused(drop, out_of_use_since="0.4.0") == []
    assert refused(drop, out_of_use_since="99.0.0")


def test_released_migrations_are_listed_as_they_are_and_not_looked_at(monkeypatch, tmp_path):
    released = migration_check.RELEASED.read_text().split()
    loader = MigrationLoader(None)
    assert {tuple(name.split(".")) for name in released} <= loader.disk_migrations.keys()
    assert migration_check.problems() == []

    # Without the list the old ones, which nobody held to these rules, are found.
    monkeypatch.setattr(migration_check, "RELEASED", tmp_path / "none.txt")
    (tmp_path / "none.txt").write_text("")
    with pytest.raises(CommandError, match=r"reports\.0004_filing_and_review: "):
        call_command("check_migrations")


@pytest.mark.django_db
def test_a_migration_waits_for_a_lock_no_longer_than_the_setting_says(settings, monkeypatch):
    settings.MIGRATION_LOCK_TIMEOUT = "1234ms"
    is_postgresql = connection.vendor == "postgresql"
    seen = []

    def look(*args, **options):
        with connection.cursor() as cursor:
            cursor.execute("SHOW lock_timeout" if is_postgresql else "PRAGMA busy_timeout")
            seen.append(cursor.fetchone()[0])

    monkeypatch.setattr("django.core.management.commands.migrate.Command.handle", look)
    call_command("migrate")
    look()

    # SQLite's patience is that of everybody who writes.
    assert seen == (["1234ms", "0"] if is_postgresql else [20_000, 20_000])
