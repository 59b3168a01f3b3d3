"""The audit: records in chains, and where each chain ends."""

from django.db import migrations, models

from ._append_only import keep, release


class Migration(migrations.Migration):
    dependencies = [("accounts", "0003_leadership")]

    operations = [
        migrations.CreateModel(
            name="AuditHead",
            fields=[
                ("lane", models.CharField(max_length=50, primary_key=True, serialize=False)),
                ("number", models.PositiveBigIntegerField(default=0)),
                ("sha256", models.CharField(blank=True, max_length=64)),
            ],
            options={
                "verbose_name": "end of an audit chain",
                "verbose_name_plural": "ends of audit chains",
                "ordering": ["lane"],
            },
        ),
        migrations.CreateModel(
            name="AuditRecord",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("lane", models.CharField(max_length=50, verbose_name="chain")),
                ("number", models.PositiveBigIntegerField(verbose_name="number")),
                ("at", models.DateTimeField(verbose_name="at")),
                ("action", models.CharField(max_length=40, verbose_name="action")),
                ("user_id", models.PositiveBigIntegerField(null=True)),
                ("username", models.CharField(blank=True, max_length=150, verbose_name="user")),
                ("agency", models.CharField(blank=True, max_length=50, verbose_name="agency")),
                ("subject", models.CharField(blank=True, max_length=60, verbose_name="subject")),
                ("subject_id", models.CharField(blank=True, max_length=60)),
                ("details", models.TextField(default="{}", verbose_name="details")),
                ("request_id", models.CharField(blank=True, max_length=64, verbose_name="request")),
                ("address", models.CharField(blank=True, max_length=45, verbose_name="network address")),
                ("previous", models.CharField(blank=True, max_length=64)),
                ("sha256", models.CharField(max_length=64)),
            ],
            options={
                "verbose_name": "audit record",
                "verbose_name_plural": "audit records",
                "ordering": ["-at", "-pk"],
                "indexes": [models.Index(fields=["-at", "-id"], name="audit_by_time")],
                "constraints": [
                    models.UniqueConstraint(fields=("lane", "number"), name="audit_is_one_chain_per_lane"),
                ],
            },
        ),
        migrations.RunPython(keep, release),
    ]
