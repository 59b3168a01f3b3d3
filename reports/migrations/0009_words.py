from django.db import migrations

import programme.words
from programme.migrations._words import add_index, drop_index, fill


class Migration(migrations.Migration):

    dependencies = [
        ('reports', '0008_workbook_and_request_key'),
        ('programme', '0002_words'),
    ]

    operations = [
        migrations.AddField(
            model_name='entry',
            name='words',
            field=programme.words.WordsField(of=('narrative', 'reason', 'next_step')),
        ),
        migrations.RunPython(
            lambda apps, schema_editor: fill(apps, 'reports', 'Entry', 'words'),
            migrations.RunPython.noop,
        ),
        migrations.RunPython(
            lambda apps, schema_editor: add_index(schema_editor, 'reports_entry', 'words', ''),
            lambda apps, schema_editor: drop_index(schema_editor, 'reports_entry', 'words'),
        ),
    ]
