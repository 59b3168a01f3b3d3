"""Bulk import: what is new, changed, unchanged; what is wrong, by row and column; all or nothing."""

import datetime
from decimal import Decimal

import pytest
from django.core.management import call_command
from django.urls import reverse

from accounts.models import User
from activities.models import Activity, Deadline, Indicator
from analysis import importing
from analysis.importing import KINDS, files, running
from analysis.models import Job
from budget.models import BudgetLine
from programme.models import Agency
from reports import foreign_files
from reports.models import Submission

from .imports import (
    ACTIVITY,
    AGENCY,
    INDICATOR,
    LINE,
    PROGRAMME,
    USER,
    as_csv,
    as_xlsx,
    bring_in,
    check,
    current,
    errors,
    in_memory,
    in_process,
)

NEW = {"agencies": AGENCY, "users": USER, "activities": ACTIVITY, "budget-lines": LINE, "indicators": INDICATOR}


@pytest.fixture(autouse=True)
def _files_in_memory(monkeypatch):
    """What reads files runs here, without a process of its own; hostile files are in test_import_files."""
    monkeypatch.setattr(foreign_files, "table_rows", in_process)
    with in_memory():
        yield


@pytest.fixture
def coordinator(user):
    return user("coordinator")


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(("write", "name"), [(files.write_xlsx, "now.xlsx"), (files.write_csv, "now.csv")])
def test_what_is_there_now_changes_nothing(kind, write, name, coordinator):
    found = check(kind, current(kind, write), coordinator, name).outcome
    assert found["errors"] == []
    assert found["unknown"] == []
    assert found["counts"] == {"new": 0, "changed": 0, "unchanged": found["counts"]["unchanged"]}
    assert found["counts"]["unchanged"] >= 6


@pytest.mark.parametrize("kind", KINDS)
def test_a_new_row_is_written_when_confirmed_and_unchanged_afterwards(kind, coordinator):
    model = KINDS[kind]._meta.model
    before = model.objects.count()
    checked = check(kind, as_xlsx(NEW[kind]), coordinator, "new.xlsx")
    assert checked.outcome["counts"] == {"new": 1, "changed": 0, "unchanged": 0}
    assert model.objects.count() == before
    assert importing.confirm(checked, by=coordinator).outcome["is_written"]
    assert model.objects.count() == before + 1
    again = check(kind, as_csv(NEW[kind]), coordinator).outcome
    assert again["counts"] == {"new": 0, "changed": 0, "unchanged": 1}


@pytest.mark.parametrize(
    ("kind", "change"),
    [
        ("agencies", {"name_ru": "Комитет спорта"}),
        ("users", {"email": "other@akt.kz", "is_active": "no"}),
        ("activities", {"title_ru": "Другое мероприятие", "due_dates": "31.12.2009; 2010-06-30; 31.12.2010"}),
        ("budget-lines", {"amount": "0,1"}),
        ("indicators", {"target": 50}),
    ],
)
def test_a_change_is_shown_and_written(kind, change, coordinator):
    bring_in(kind, NEW[kind], by=coordinator)
    checked = check(kind, as_csv(NEW[kind] | change), coordinator)
    assert checked.outcome["counts"] == {"new": 0, "changed": 1, "unchanged": 0}
    assert {name for name, _old, _new in checked.outcome["changes"][0]["cells"]} == set(change)
    assert importing.confirm(checked, by=coordinator).outcome["is_written"]
    assert check(kind, as_csv(NEW[kind] | change), coordinator).outcome["counts"]["unchanged"] == 1


def test_an_error_in_the_last_row_leaves_nothing(coordinator):
    rows = [AGENCY | {"code": f"a-{number}"} for number in range(3)]
    checked = check("agencies", as_csv(*rows), coordinator)
    with Job.objects.get(pk=checked.pk).source.open("wb") as source:
        source.write(as_csv(*rows, AGENCY | {"code": "a-3", "kind": "circus"}))
    refused = importing.confirm(checked, by=coordinator).outcome
    assert not refused["is_written"]
    assert [(row, column) for row, column, _text in refused["errors"]] == [(5, "kind")]
    assert not Agency.objects.filter(code__startswith="a-").exists()


def test_every_error_is_told_with_its_row_and_column(coordinator):
    rows = [
        AGENCY,
        AGENCY | {"code": "Код", "kind": "circus", "files_reports": "maybe"},
        AGENCY | {"code": "", "name_kk": ""},
        AGENCY,
        AGENCY | {"code": "b", "kind": "akimat", "region": "KZ-XXX"},
        AGENCY | {"code": "c", "kind": "akimat", "region": ""},
        AGENCY | {"code": "d", "name_kk": "=1+1", "short_name_kk": "А" * 81},
        {"code": "moes", "kind": "akimat", "region": "KZ-AKT", "name_kk": "Б", "short_name_kk": "Б", "ordinal": "0"},
    ]
    found = check("agencies", as_csv(*rows), coordinator)
    assert set(errors(found)) == {
        (3, "code"), (3, "kind"), (3, "files_reports"), (4, "code"), (4, "name_kk"), (5, "code"), (6, "region"),
        (7, "region"), (8, "name_kk"), (8, "short_name_kk"), (9, "kind"), (9, "region"), (9, "ordinal"),
    }  # fmt: skip
    assert found.outcome["error_count"] == 13
    assert found.outcome["counts"]["new"] == 1


def test_rows_are_numbered_as_in_the_file(coordinator):
    content = as_csv(AGENCY).decode() + "\n,,,,\n" + "x,circus,А,А,\n"
    assert errors(check("agencies", content.encode(), coordinator)) == [(5, "kind")]


@pytest.mark.parametrize(
    ("change", "column"),
    [
        ({"activity": 99}, "activity"),
        ({"programme": "other"}, "programme"),
        ({"year": 2006}, "year"),
        ({"year": "2009.5"}, "year"),
        ({"source": "lottery"}, "source"),
        ({"region": ""}, "region"),
        ({"amount": "1.234,5"}, "amount"),
        ({"amount": "-1"}, "amount"),
        ({"amount": "0.0001"}, "amount"),
        ({"note_kk": "@SUM(A1)"}, "note_kk"),
    ],
)
def test_a_budget_line_that_does_not_fit_is_refused(change, column, coordinator):
    assert errors(check("budget-lines", as_csv(LINE | change), coordinator)) == [(2, column)]


@pytest.mark.parametrize(
    ("change", "column"),
    [
        ({"section": 9}, "section"),
        ({"title_kk": ""}, "title_kk"),
        ({"lead": "nobody"}, "lead"),
        ({"executors": "ngo; moes"}, "executors"),
        ({"by_agreement": "mia"}, "by_agreement"),
        ({"due_dates": "31.12.2009; soon"}, "due_dates"),
    ],
)
def test_an_activity_that_does_not_fit_is_refused(change, column, coordinator):
    assert errors(check("activities", as_csv(ACTIVITY | change), coordinator)) == [(2, column)]


def test_text_numbers_and_numbers_with_binary_dust_are_amounts(coordinator):
    bring_in("budget-lines", LINE, by=coordinator)
    line = BudgetLine.objects.get(activity__ordinal=14, region__code="KZ-ATY")
    assert line.amount == Decimal("1234.500")
    dust = check("budget-lines", as_xlsx(LINE | {"amount": 0.1 + 0.2}), coordinator, "a.xlsx")
    importing.confirm(dust, by=coordinator)
    line.refresh_from_db()
    assert line.amount == Decimal("0.300")


@pytest.mark.parametrize(
    ("content", "kazakh_is_lost"),
    [
        ("username;Роль\r\nnew;аналитик\r\n".encode("windows-1251"), True),
        ("\ufeffUser name\tрөлі\tхобби\nnew\tАНАЛИТИК\tшахмат\n".encode("utf-16-le"), False),
        ("Role *,USERNAME\nanalyst,new".encode("utf-8-sig"), False),
    ],
)
def test_headings_and_choices_are_known_in_three_languages_and_csv_in_its_ways(content, kazakh_is_lost, coordinator):
    found = check("users", content, coordinator).outcome
    assert found["counts"]["new"] == 1
    assert found["unknown"] == (["хобби"] if b"\t" in content else [])
    assert (found["encoding"] == "windows-1251") == kazakh_is_lost


@pytest.mark.parametrize(
    ("kind", "column", "value"),
    [
        ("activities", "title_kk", "Басқа атау"),
        ("activities", "completion_form_kk", "Басқа"),
        ("activities", "section", 2),
        ("activities", "funding", "local"),
        ("activities", "executors", "moh"),
        ("activities", "due_dates", "31.12.2009"),
        ("activities", "deadline_text", "ертең"),
        ("budget-lines", "amount", "1"),
        ("budget-lines", "note_kk", "Ескерту"),
        ("indicators", "target", 4),
        ("indicators", "stage", 2),
    ],
)
def test_what_the_decree_prints_is_not_changed(kind, column, value, coordinator):
    row = stored_row(kind)
    assert errors(check(kind, as_csv(row | {column: value}), coordinator)) == [(2, column)]


def test_working_translations_of_printed_rows_may_change(coordinator):
    row = stored_row("activities") | {"title_ru": "Иной перевод", "document": ""}
    bring_in("activities", row, by=coordinator)
    activity = Activity.objects.get(ordinal=1)
    assert (activity.title_ru, activity.document) == ("Иной перевод", "")
    assert list(Activity.objects.search("ИНОЙ перевод")) == [activity]


def stored_row(kind: str) -> dict:
    """The first row of what is there now."""
    sheet = files.current(KINDS[kind])
    return dict(zip(sheet.resource.columns, next(iter(sheet.values())), strict=True))


def test_a_new_activity_has_its_bodies_and_dates_and_is_owed(coordinator):
    bring_in("activities", ACTIVITY, by=coordinator)
    activity = Activity.objects.get(ordinal=44)
    bodies = {one.agency.code: (one.role, one.by_agreement, one.wording) for one in activity.responsibilities.all()}
    assert bodies.keys() == {"moes", "moh", "akimat-akt", "ngo"}
    assert bodies["moes"][:2] == ("lead", False)
    assert bodies["ngo"][:2] == ("executor", True)
    assert bodies["moh"][2] == "ДСМ"
    assert [deadline.date for deadline in activity.deadlines.all()] == [
        datetime.date(2009, 12, 31), datetime.date(2010, 6, 30),
    ]  # fmt: skip
    assert list(Activity.objects.search("новое МЕРОПРИЯТИЕ")) == [activity]


def test_bodies_of_an_imported_activity_are_added_to_and_not_taken_away(coordinator):
    bring_in("activities", ACTIVITY, by=coordinator)
    fewer = ACTIVITY | {"lead": "moh", "executors": "akimat-akt; ngo", "due_dates": "31.12.2009"}
    assert set(errors(check("activities", as_csv(fewer), coordinator))) >= {
        (2, "lead"), (2, "executors"), (2, "due_dates"),
    }  # fmt: skip
    more = ACTIVITY | {"executors": "moh; akimat-akt; ngo; mia; unicef", "by_agreement": "ngo; unicef"}
    bring_in("activities", more, by=coordinator)
    assert Activity.objects.get(ordinal=44).responsibilities.filter(by_agreement=True).count() == 2


def test_a_new_agency_that_is_obliged_gets_its_drafts(coordinator):
    bring_in("agencies", AGENCY, by=coordinator)
    assert not Submission.objects.filter(agency__code="sport").exists()
    bring_in("activities", ACTIVITY | {"executors": "sport; ngo"}, by=coordinator)
    assert Submission.objects.filter(agency__code="sport", period__code="2009-H1").exists()


def test_what_was_imported_outlives_the_loading_of_the_programme(coordinator):
    for kind, row in NEW.items():
        bring_in(kind, row, by=coordinator)
    call_command("load_programme", verbosity=0)
    assert Activity.objects.get(ordinal=44).responsibilities.count() == 4
    assert Deadline.objects.filter(activity__ordinal=44).count() == 2
    assert BudgetLine.objects.filter(activity__ordinal=14, region__code="KZ-ATY").exists()
    assert Indicator.objects.filter(code="children-covered-3").exists()


def test_pages_show_an_imported_activity(coordinator, browse):
    for kind in ("activities", "budget-lines", "indicators"):
        row = NEW[kind] | ({} if kind == "activities" else {"activity": 44})
        bring_in(kind, row, by=coordinator)
    browser = browse("coordinator", "ru")
    for page, *arguments in (("plan",), ("activity", 44), ("budget",), ("reconciliation",)):
        shown = browser.get(reverse(page, args=[PROGRAMME, *arguments]))
        assert shown.status_code == 200
        assert page == "reconciliation" or "Новое мероприятие" in shown.text


# Users


@pytest.mark.parametrize(
    ("change", "column"),
    [
        ({"role": "coordinator"}, "role"),
        ({"role": "әкімші"}, "role"),
        ({"agency": ""}, "agency"),
        ({"agency": "nobody"}, "agency"),
        ({"email": "нет"}, "email"),
        ({"username": "a b"}, "username"),
        ({"username": "Reporter.AKT"}, "username"),
        ({"username": "coordinator", "role": "analyst", "agency": "moes"}, "username"),
        ({"username": "administrator", "role": "analyst"}, "username"),
    ],
)
def test_a_user_that_may_not_be_made_is_refused(change, column, coordinator):
    found = check("users", as_csv(USER | change), coordinator)
    assert errors(found) == [(2, column)]


def test_accounts_of_coordinators_are_not_among_those_there_now(coordinator):
    names = {values[0] for values in files.current(KINDS["users"]).values()}
    assert "reporter.akt" in names
    assert not names & {"coordinator", "coordinator2", "administrator"}


def test_a_user_keeps_the_password_when_other_things_change(user, coordinator):
    reporter = user("reporter.akt")
    reporter.set_password("kept")
    reporter.save()
    bring_in("users", USER | {"username": "reporter.akt", "email": "r@akt.kz"}, by=coordinator)
    assert user("reporter.akt").check_password("kept")
    assert user("reporter.akt").email == "r@akt.kz"


# Jobs


def test_data_that_changed_since_the_check_brings_the_preview_again(coordinator):
    row = AGENCY | {"name_ru": "Один"}
    bring_in("agencies", AGENCY, by=coordinator)
    checked = check("agencies", as_csv(row), coordinator)
    Agency.objects.filter(code="sport").update(name_ru="Два")
    refused = importing.confirm(checked, by=coordinator)
    assert not refused.outcome["is_written"]
    assert refused.outcome["changes"][0]["cells"] == [["name_ru", "Два", "Один"]]
    assert Agency.objects.get(code="sport").name_ru == "Два"
    assert importing.confirm(refused, by=coordinator).outcome["is_written"]


def test_a_row_that_somebody_else_adds_meanwhile_brings_the_preview_again(monkeypatch, coordinator):
    checked = check("agencies", as_csv(AGENCY), coordinator)
    bring_in("agencies", AGENCY, by=coordinator)
    seen = iter([{}, {("sport",): Agency.objects.get(code="sport").pk}])
    monkeypatch.setattr(KINDS["agencies"], "existing_keys", lambda _resource: next(seen))
    refused = importing.confirm(checked, by=coordinator)
    assert not refused.outcome["is_written"]
    assert refused.outcome["counts"]["unchanged"] == 1
    assert Agency.objects.filter(code="sport").count() == 1


def test_a_large_file_waits_for_a_worker(monkeypatch, coordinator):
    from analysis import jobs

    monkeypatch.setattr(running, "SMALL", 1)
    waiting = check("agencies", as_csv(AGENCY, AGENCY | {"code": "b"}), coordinator)
    assert waiting.state == Job.State.QUEUED
    checked = jobs.run_next()
    assert checked.pk == waiting.pk
    writing = importing.confirm(Job.objects.get(pk=waiting.pk), by=coordinator)
    assert writing.state == Job.State.QUEUED
    jobs.run_next()
    assert Job.objects.get(pk=writing.pk).outcome["is_written"]


def test_who_may_not_import_any_more_does_not(coordinator):
    checked = check("agencies", as_csv(AGENCY), coordinator)
    User.objects.filter(pk=coordinator.pk).update(role="analyst")
    assert importing.confirm(checked, by=coordinator).state == Job.State.FAILED
    assert not Agency.objects.filter(code="sport").exists()


def test_rows_come_and_go_in_batches(monkeypatch, coordinator):
    from analysis.importing import resource

    monkeypatch.setattr(resource, "BATCH", 2)
    monkeypatch.setattr(resource.ImportResource._meta, "batch_size", 2)
    rows = [AGENCY | {"code": f"a-{number}"} for number in range(5)]
    bring_in("agencies", *rows, by=coordinator)
    changed = [row | {"name_en": "Changed"} for row in rows]
    bring_in("agencies", *changed, by=coordinator)
    assert Agency.objects.filter(code__startswith="a-", name_en="Changed").count() == 5


def test_an_import_stands_in_the_log(coordinator, caplog):
    written = bring_in("agencies", AGENCY, by=coordinator)
    assert written.outcome["sha256"] in caplog.text
    assert "agencies by coordinator" in caplog.text
