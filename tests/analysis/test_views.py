"""Home for each role, and the datasets."""

import io

import openpyxl
import pytest
from django.urls import reverse

from accounts.models import User
from analysis.resources import DATASETS
from programme.models import Programme
from reports import review

from ..reports.scenes import at, filed, submission_of, write_all


def workbook(response):
    return openpyxl.load_workbook(io.BytesIO(response.content)).active


def test_home_of_a_reporter_says_what_is_owed_and_how_long_it_takes(browse):
    page = browse("reporter.akt").get("/")
    assert "4 days left" in page.text
    assert "0 of 17 activities complete" in page.text
    assert "10 July 2009" in page.text


def test_home_of_a_reporter_on_the_last_day_and_after(browse):
    with at(2009, 7, 10, 23, 59, 59):
        assert "due today" in browse("reporter.akt").get("/").text
    with at(2009, 7, 11, 0, 0, 0):
        assert "overdue by 1 day<" in browse("reporter.akt").get("/").text


def test_home_of_a_coordinator_says_who_waits_and_who_is_missing(browse, user):
    filed("akimat-kus", user("reporter.kus"))
    page = browse("coordinator").get("/")
    assert "1 of 22" in page.text
    assert [one.submission.agency.code for one in page.context["waiting"]] == ["akimat-kus"]
    assert len(page.context["missing"]) == 21


def test_home_before_the_first_half_year_ends(browse):
    with at(2007, 12, 25, 9):
        assert browse("coordinator").get("/").status_code == 200
        assert "Nothing is owed now" in browse("reporter.akt").get("/").text


def test_home_without_a_programme(browse, monkeypatch):
    browser = browse("analyst")
    monkeypatch.setattr(Programme.objects, "select_related", lambda *names: Programme.objects.none())
    assert "load_programme" in browser.get("/").text


def test_budget_lines_are_numbers_in_the_workbook(browse):
    sheet = workbook(browse("analyst", "ru").get(reverse("dataset", args=["budget-lines", "xlsx"])))
    rows = list(sheet.iter_rows(values_only=True))
    assert len(rows) == 96
    amounts = [row[5] for row in rows[1:]]
    assert all(isinstance(amount, int | float) for amount in amounts)
    assert round(sum(amounts), 3) == round(306.958 + 586.615 + 510.857 + 1.2 + 525.259 + 3653.6, 3)


def test_activities_have_real_dates_and_printed_text(browse):
    sheet = workbook(browse("analyst").get(reverse("dataset", args=["activities", "xlsx"])))
    row = next(row for row in sheet.iter_rows(min_row=2, values_only=True) if row[0] == 14)
    assert row[7].isoformat().startswith("2009-12-31")
    assert row[6] == "2009 жылғы IV тоқсан"


def test_csv_starts_with_a_mark_that_excel_reads(browse):
    content = browse("analyst", "kk").get(reverse("dataset", args=["timeliness", "csv"])).content
    assert content.startswith(b"\xef\xbb\xbf")


def test_datasets_hold_only_what_the_reader_may_see(browse, user):
    filed("akimat-kus", user("reporter.kus"), narrative="Қостанай мәтіні")
    write_all(submission_of("akimat-akt"), user("reporter.akt"), narrative="Ақтөбе жобасы")
    address = reverse("dataset", args=["entries", "csv"])
    assert "Қостанай мәтіні" in browse("analyst").get(address).text
    assert "Ақтөбе жобасы" not in browse("analyst").get(address).text
    assert "Қостанай мәтіні" not in browse("reporter.akt").get(address).text
    assert "Ақтөбе жобасы" in browse("reporter.akt").get(address).text
    timeliness = browse("reporter.akt").get(reverse("dataset", args=["timeliness", "csv"])).text
    assert timeliness.count("2009-H1") == 1


@pytest.mark.parametrize("fmt", ["xlsx", "csv"])
def test_a_formula_comes_out_as_text(browse, user, fmt):
    filed("akimat-kus", user("reporter.kus"), narrative="=1+1")
    response = browse("analyst").get(reverse("dataset", args=["entries", fmt]))
    if fmt == "csv":
        assert ",'=1+1," in response.text
    else:
        cell = next(cell for row in workbook(response).iter_rows(min_row=2) for cell in row if "1+1" in str(cell.value))
        assert (cell.data_type, cell.value) == ("s", "'=1+1")


@pytest.mark.parametrize("name", DATASETS)
@pytest.mark.parametrize("agencies", [["kus"], ["kus", "akt"]])
def test_a_dataset_costs_a_fixed_number_of_queries(browse, user, name, agencies, django_assert_max_num_queries):
    for agency in agencies:
        submission = filed(f"akimat-{agency}", user(f"reporter.{agency}"))
        review.accept(submission=submission, by=user("coordinator"))
    browser = browse("analyst")
    with django_assert_max_num_queries(5):
        assert browser.get(reverse("dataset", args=[name, "csv"])).status_code == 200


@pytest.mark.parametrize("address", ["/datasets/secrets.csv", "/datasets/entries.exe"])
def test_an_unknown_dataset_or_format_is_not_found(browse, address):
    assert browse("analyst").get(address).status_code == 404


@pytest.mark.parametrize("name", ["timeliness", "entries", "spending"])
def test_demonstration_data_is_marked_in_its_row(browse, user, name):
    for username, demonstration in (("reporter.akt", True), ("reporter.kus", False)):
        reporter = user(username)
        User.objects.filter(agency=reporter.agency).update(is_demonstration=demonstration)
        reporter.refresh_from_db()
        filed(reporter.agency.code, reporter, spent="1.000")
    sheet = workbook(browse("analyst").get(reverse("dataset", args=[name, "xlsx"])))
    rows = [row for row in sheet.iter_rows(min_row=2, values_only=True) if row[0] == "2009-H1"]
    marks = {place: {row[-1] for row in rows if place in row[1]} for place in ("Aktobe", "Kostanay")}
    assert marks == {"Aktobe": {True}, "Kostanay": {False}}
