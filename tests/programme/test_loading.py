"""Loading a programme's folder: idempotent, complete or not at all, with messages that name the place."""

import json
import shutil

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command

from activities.models import Activity, Deadline, Responsibility
from budget.models import BudgetLine, PrintedTotal
from programme.models import Agency, ExpectedResult, Finding, Programme, Region, SourceText
from reports.models import Entry

from ..reports.scenes import submission_of, write_all

FOLDER = settings.BASE_DIR / "fixtures" / "children-2007-2011"


@pytest.fixture
def folder(tmp_path):
    return shutil.copytree(FOLDER, tmp_path / "programme")


def change(folder, file, index, **values):
    path = folder / file
    records = json.loads(path.read_text())
    records[index] |= values
    path.write_text(json.dumps(records))


def test_the_decree_is_there_in_full(db):
    counts = {
        model: model.objects.count() for model in (Activity, Responsibility, Deadline, BudgetLine, PrintedTotal, Region)
    }
    assert counts == {
        Activity: 43,
        Responsibility: 361,
        Deadline: 77,
        BudgetLine: 95,
        PrintedTotal: 14,
        Region: 16,
    }
    assert ExpectedResult.objects.count() == 27
    assert Finding.objects.count() > 30
    assert SourceText.objects.get().lines[1].startswith("2007-2011 жылдарға арналған")


def test_loading_twice_changes_nothing(db, capsys, monkeypatch):
    monkeypatch.setenv("LC_ALL", "en_US.UTF-8")
    call_command("load_programme")
    assert "0 records added, 0 changed, 0 removed" in capsys.readouterr().out


def test_a_changed_record_is_changed_and_a_dropped_one_removed(folder, db, capsys, monkeypatch):
    monkeypatch.setenv("LC_ALL", "en_US.UTF-8")
    change(folder, "budget__budgetline.json", 0, amount="1.000")
    path = folder / "activities__deadline.json"
    path.write_text(json.dumps(json.loads(path.read_text())[:-1]))
    call_command("load_programme", folder)
    assert "0 records added, 1 changed, 1 removed" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("file", "values", "message"),
    [
        (
            "activities__responsibility.json",
            {"agency": "nobody"},
            "activities__responsibility.json, record 1, agency: there is no “nobody”",
        ),
        (
            "budget__budgetline.json",
            {"year": 2008},
            "budget__budgetline.json, record 2: the same key as record 1",
        ),
        ("budget__budgetline.json", {"amount": 1.5}, "record 1, amount: write the number as text"),
        (
            "budget__budgetline.json",
            {"amount": "-1.000"},
            "record 1, amount: The amount must not be negative.",
        ),
        ("budget__budgetline.json", {"amount": "1.0005"}, "record 1, amount:"),
        ("budget__budgetline.json", {"amount": "бес"}, "record 1, amount:"),
        ("budget__budgetline.json", {"region": "KZ-XXX"}, "record 1, region: there is no “KZ-XXX”"),
        ("activities__deadline.json", {"date": "2008-13-01"}, "record 1, date:"),
        ("activities__activity.json", {"colour": "red"}, "record 1, colour: there is no such field"),
        ("activities__activity.json", {"title": "x"}, "record 1, title: expected"),
        ("activities__activity.json", {"funding": "gift"}, "record 1, funding:"),
        ("activities__activity.json", {"spans": {"title": "a-b"}}, "record 1, spans:"),
    ],
)
def test_a_mistake_is_named_and_nothing_is_loaded(folder, db, monkeypatch, file, values, message):
    monkeypatch.setenv("LC_ALL", "en_US.UTF-8")
    change(folder, "programme__programme.json", 0, first_year=2006)
    change(folder, file, 0, **values)
    with pytest.raises(CommandError) as caught:
        call_command("load_programme", folder)
    assert message in str(caught.value)
    assert Programme.objects.get().first_year == 2007


@pytest.mark.parametrize(
    ("file", "content", "message"),
    [
        ("activities__activity.json", "{", "activities__activity.json is not JSON"),
        ("activities__activity.json", "{}", "activities__activity.json must be a list of records."),
        ("activities__activity.json", None, "activities__activity.json is missing."),
        ("source.txt", None, "source.txt is missing."),
        ("activities__surprise.json", "[]", "activities__surprise.json: the loader knows no such table."),
    ],
)
def test_a_broken_folder_is_refused(folder, db, monkeypatch, file, content, message):
    monkeypatch.setenv("LC_ALL", "en_US.UTF-8")
    if content is None:
        (folder / file).unlink()
    else:
        (folder / file).write_text(content)
    with pytest.raises(CommandError) as caught:
        call_command("load_programme", folder)
    assert message in str(caught.value)
    assert Activity.objects.count() == 43


def test_a_row_that_reports_refer_to_is_not_removed(folder, user, monkeypatch):
    monkeypatch.setenv("LC_ALL", "en_US.UTF-8")
    write_all(submission_of("akimat-akt"), user("reporter.akt"))
    path = folder / "budget__budgetline.json"
    path.write_text(json.dumps([r for r in json.loads(path.read_text()) if r["activity"] != 14]))
    with pytest.raises(CommandError) as caught:
        call_command("load_programme", folder)
    assert "no longer in the folder" in str(caught.value)
    assert Entry.objects.exists()


def test_a_second_programme_of_the_same_shape_loads_beside_the_first(folder, db):
    change(folder, "programme__programme.json", 0, slug="next-programme")
    call_command("load_programme", folder, verbosity=0)
    assert Programme.objects.count() == 2
    assert Activity.objects.count() == 86
    assert Agency.objects.count() == 30


@pytest.mark.parametrize(
    ("locale", "words"),
    [
        ("kk_KZ.UTF-8", "Ештеңе жүктелген жоқ"),
        ("ru_RU.UTF-8", "Ничего не загружено"),
        ("C", "Nothing was loaded"),
    ],
)
def test_messages_speak_the_language_of_the_terminal(tmp_path, db, monkeypatch, locale, words):
    monkeypatch.setenv("LC_ALL", locale)
    with pytest.raises(CommandError) as caught:
        call_command("load_programme", tmp_path / "nowhere")
    assert words in str(caught.value)
