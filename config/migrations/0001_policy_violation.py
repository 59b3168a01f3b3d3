"""What browsers report about the content security policy."""

from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="PolicyViolation",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("directive", models.CharField(max_length=40, verbose_name="rule")),
                ("blocked", models.CharField(max_length=100, verbose_name="what was blocked")),
                ("page", models.CharField(blank=True, max_length=100, verbose_name="page")),
                ("count", models.PositiveIntegerField(default=1, verbose_name="how often")),
                ("first_at", models.DateTimeField(verbose_name="first seen")),
                ("last_at", models.DateTimeField(verbose_name="last seen")),
            ],
            options={
                "verbose_name": "violation of the content security policy",
                "verbose_name_plural": "violations of the content security policy",
                "ordering": ["-last_at", "pk"],
                "constraints": [
                    models.UniqueConstraint(fields=("directive", "blocked", "page"), name="one_row_per_violation")
                ],
            },
        ),
    ]
