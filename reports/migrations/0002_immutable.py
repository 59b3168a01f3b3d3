"""Filed copies, events and finalised reports never change: the database itself refuses it."""

from django.db import migrations

from ._immutable import lock, unlock

TABLES = {
    "reports_submissioncopy": (),
    "reports_submissionevent": (),
    "reports_consolidatedreport": ("period_id", "content", "sha256", "finalised_at", "finalised_by_id"),
}


class Migration(migrations.Migration):
    dependencies = [("reports", "0001_initial")]
    operations = [
        migrations.RunPython(
            lambda apps, schema_editor: lock(schema_editor, TABLES),
            lambda apps, schema_editor: unlock(schema_editor, TABLES),
        )
    ]
