from django.db import migrations

import programme.words
from programme.migrations._words import fill


class Migration(migrations.Migration):

    dependencies = [
        ('activities', '0003_indicator_baseline'),
        ('programme', '0002_words'),
    ]

    operations = [
        migrations.RemoveField(
            model_name='activity',
            name='search_text',
        ),
        migrations.AddField(
            model_name='activity',
            name='title_words',
            field=programme.words.WordsField(of=('ordinal', 'title_kk', 'title_ru', 'title_en')),
        ),
        migrations.AddField(
            model_name='activity',
            name='words',
            field=programme.words.WordsField(of=('ordinal', 'title_kk', 'title_ru', 'title_en', 'completion_form_kk', 'completion_form_ru', 'completion_form_en', 'responsible_text', 'deadline_text', 'cost_text', 'funding_text')),
        ),
        migrations.RunPython(
            lambda apps, schema_editor: fill(apps, 'activities', 'Activity', 'title_words', 'words'),
            migrations.RunPython.noop,
        ),
    ]
