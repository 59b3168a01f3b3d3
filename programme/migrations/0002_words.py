from django.contrib.postgres.operations import TrigramExtension
from django.db import migrations, models

import programme.words

from ._words import add_index, drop_index, fill


class Migration(migrations.Migration):

    dependencies = [
        ('programme', '0001_initial'),
    ]

    operations = [
        TrigramExtension(),
        migrations.CreateModel(
            name='Word',
            fields=[
                ('text', models.CharField(max_length=60, primary_key=True, serialize=False)),
            ],
            options={
                'ordering': ['text'],
            },
        ),
        migrations.AddField(
            model_name='agency',
            name='words',
            field=programme.words.WordsField(of=('name_kk', 'name_ru', 'name_en', 'short_name_kk', 'short_name_ru', 'short_name_en', 'code')),
        ),
        migrations.RunPython(
            lambda apps, schema_editor: fill(apps, 'programme', 'Agency', 'words'),
            migrations.RunPython.noop,
        ),
        migrations.RunPython(
            lambda apps, schema_editor: add_index(schema_editor, 'programme_word', 'text', 'gin_trgm_ops'),
            lambda apps, schema_editor: drop_index(schema_editor, 'programme_word', 'text'),
        ),
    ]
