"""A finalised report, how it went out, its files, its events and the revisions of its texts never change."""

from django.db import migrations

from ._immutable import lock, unlock

TABLES = {
    "reports_consolidatedreport": (),
    "reports_dispatch": (),
    "reports_reportdocument": (),
    "reports_reportevent": (),
    "reports_reporttextrevision": (),
}


class Migration(migrations.Migration):
    dependencies = [("reports", "0006_consolidated_report")]
    operations = [
        migrations.RunPython(
            lambda apps, schema_editor: lock(schema_editor, TABLES),
            lambda apps, schema_editor: unlock(schema_editor, TABLES),
        )
    ]
