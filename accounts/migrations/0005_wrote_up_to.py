from django.db import migrations

import programme.replicas


class Migration(migrations.Migration):
    dependencies = [("accounts", "0004_audit")]

    operations = [
        migrations.AddField(
            model_name="user",
            name="wrote_up_to",
            field=programme.replicas.KeptBySave(db_default=0, default=0, editable=False),
        ),
    ]
