from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ('programme', '0002_words'),
    ]

    operations = [
        migrations.CreateModel(
            name='Stamp',
            fields=[
                ('subject', models.CharField(max_length=40, primary_key=True, serialize=False)),
                ('value', models.CharField(max_length=36)),
            ],
        ),
    ]
