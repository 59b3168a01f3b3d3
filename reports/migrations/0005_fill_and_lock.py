"""Events say what was done, reminders for which date, entries have a first revision; then the new records are locked."""

import json

from django.db import migrations

from ._immutable import lock, unlock

TABLES = {
    "reports_submissionevent": (),
    "reports_entryrevision": (),
    "reports_extension": (),
    "reports_letter": (),
    "reports_waiver": ("submission_id", "activity_id", "rule", "reason", "at", "by_id"),
    "reports_comment": ("submission_id", "activity_id", "field", "copy_id", "answers_to_id", "text", "at", "by_id"),
    "reports_attachment": ("submission_id", "activity_id", "name", "size", "sha256", "file", "uploaded_at", "uploaded_by_id"),
}


def fill(apps, schema_editor):
    event = apps.get_model("reports", "SubmissionEvent").objects
    event.filter(to_state="accepted").update(action="accepted")
    event.filter(to_state="returned", from_state="submitted").update(action="returned")
    event.filter(to_state="returned", from_state="accepted").update(action="reopened")
    reminders = apps.get_model("reports", "Reminder").objects
    for reminder in reminders.select_related("period"):
        reminders.filter(pk=reminder.pk).update(due_on=reminder.period.submissions_due)
    revision = apps.get_model("reports", "EntryRevision")
    revision.objects.bulk_create(
        revision(
            entry=entry,
            version=entry.version,
            at=entry.updated_at,
            by_id=entry.updated_by_id,
            content=json.dumps(
                {name: getattr(entry, name) for name in ("status", "narrative", "reason", "next_step")}
                | {"spending": {spent.line_id: str(spent.amount) for spent in entry.spending.all()}},
                ensure_ascii=False,
                sort_keys=True,
                separators=(",", ":"),
            ),
        )
        for entry in apps.get_model("reports", "Entry").objects.prefetch_related("spending")
    )


class Migration(migrations.Migration):
    dependencies = [("reports", "0004_filing_and_review")]
    operations = [
        migrations.RunPython(fill, migrations.RunPython.noop),
        migrations.RunPython(
            lambda apps, schema_editor: lock(schema_editor, TABLES),
            lambda apps, schema_editor: unlock(schema_editor, TABLES),
        ),
    ]
