"""The pages of datasets: choosing, the first rows, files, long files, saved views."""

import base64
import csv
import datetime
import io
import tempfile
from decimal import Decimal

import openpyxl
import pytest
from django.core.files.storage import InMemoryStorage
from django.urls import reverse
from django.utils import translation

from accounts import tokens
from analysis import exporting, jobs
from analysis.datasets import DATASETS, Selection
from analysis.datasets.preview import shown
from analysis.models import Job, SavedView
from analysis.writing import FORMATS, Kind

from ..reports.scenes import filed, submission_of, write_all
from .dataset_rows import rows

pytestmark = pytest.mark.django_db


def page_of(browser, name: str, query: str = ""):
    return browser.get(f"{reverse('dataset-page', args=[name])}?{query}")


def body(response) -> bytes:
    return b"".join(response.streaming_content)


def lines(response) -> list[list[str]]:
    return list(csv.reader(io.StringIO(body(response).decode("utf-8-sig"))))


def save(browser, name="Әкімдіктер", dataset="timeliness", query="state=draft"):
    return browser.post(reverse("save-view"), {"name": name, "dataset": dataset, "query": query})


def test_the_list_leads_to_every_dataset(browse):
    page = browse("analyst").get(reverse("datasets")).text
    for name, dataset in DATASETS.items():
        assert f'href="{reverse("dataset-page", args=[name])}"' in page
        with translation.override("en"):
            assert str(dataset.description) in page


def test_the_page_shows_the_count_and_the_first_rows(browse, user):
    page = page_of(browse("analyst"), "activities")
    assert "43 rows" in page.text
    assert "The first 20 of 43" in page.text
    assert len(page.context["rows"]) == 20
    assert page.context["rows"][0][2][0] == rows("activities", user("analyst"))[0]["activity_title"][:79] + "…"
    found = page_of(browse("analyst"), "activities", "section=2")
    assert len(found.context["rows"]) == found.context["selection"].count < 20
    assert "All rows" in found.text


def test_columns_are_all_ticked_until_some_are_chosen(browse):
    boxes = page_of(browse("analyst"), "events").text
    assert boxes.count(' name="columns"') == boxes.count(" checked") == len(DATASETS["events"].fields)
    some = page_of(browse("analyst"), "events", "columns=reason&columns=agency")
    assert some.text.count(" checked") == 2
    assert [heading for heading, _number in some.context["headings"]] == ["Agency, code", "Reason"]


def test_files_carry_the_choice_of_the_page(browse, user):
    filed("akimat-akt", user("reporter.akt"))
    filed("akimat-kus", user("reporter.kus"))
    page = page_of(browse("analyst"), "timeliness", "state=submitted&columns=agency&columns=state&headings=names")
    addresses = {file["url"] for file in page.context["files"]}
    assert len(addresses) == len(FORMATS)
    for address in addresses:
        assert address.replace("&", "&amp;") in page.text
    (address,) = [address for address in addresses if ".csv" in address]
    assert lines(browse("analyst").get(address)) == [
        ["agency", "state"], ["akimat-akt", "submitted"], ["akimat-kus", "submitted"],
    ]  # fmt: skip


def test_nothing_found_says_how_to_find_more(browse):
    page = page_of(browse("analyst"), "spending", "period_from=2010-H2")
    assert "No row meets all of these conditions" in page.text
    assert "There is nothing in this dataset yet" in page_of(browse("analyst"), "spending").text


@pytest.mark.parametrize("address", ["/datasets/entries/", "/datasets/entries.csv", "/datasets/entries.xlsx"])
def test_a_value_that_is_not_known_is_an_error_at_its_field(browse, address):
    response = browse("analyst").get(f"{address}?agency=akimat-xyz")
    assert response.status_code == (200 if address.endswith("/") else 400)
    assert "“akimat-xyz” is not known." in response.text
    assert 'href="#id_agency"' in response.text
    assert "rows" not in response.context


@pytest.mark.parametrize("name", ["activities", "budget-lines", "timeliness", "entries", "spending"])
def test_addresses_in_analysts_workbooks_keep_working(browse, user, name):
    filed("akimat-akt", user("reporter.akt"), spent="1.000")
    browser = browse("analyst", "ru")
    table = lines(browser.get(f"/datasets/{name}.csv"))
    sheet = openpyxl.load_workbook(io.BytesIO(body(browser.get(f"/datasets/{name}.xlsx")))).worksheets[0]
    with translation.override("ru"):
        headings = [str(column.heading) for column in DATASETS[name].fields.values()]
    assert table[0] == headings
    assert [cell.value for cell in sheet[1]] == headings
    assert len(table) == sheet.max_row == len(rows(name, user("analyst"))) + 1


def test_amounts_and_dates_are_such_in_a_workbook(browse):
    response = browse("analyst").get("/datasets/budget-lines.xlsx?columns=printed")
    sheet = openpyxl.load_workbook(io.BytesIO(body(response))).worksheets[0]
    amounts = [row[0] for row in sheet.iter_rows(min_row=2, values_only=True)]
    assert round(Decimal(sum(amounts)), 3) == Decimal("5584.489")
    response = browse("analyst").get("/datasets/activities.xlsx?columns=due_on&section=2")
    sheet = openpyxl.load_workbook(io.BytesIO(body(response))).worksheets[0]
    assert all(row[0].is_date for row in sheet.iter_rows(min_row=2))


@pytest.mark.parametrize("extension", FORMATS)
def test_every_format_comes_under_the_datasets_name_and_the_day(browse, extension):
    response = browse("analyst").get(f"/datasets/deadlines.{extension}?section=2")
    assert response.status_code == 200
    assert response["Content-Disposition"] == f'attachment; filename="deadlines-2009-07-06.{extension}"'
    assert response["Content-Type"] == FORMATS[extension].content_type
    assert body(response)


def test_files_hold_only_what_the_reader_may_see(browse, user):
    filed("akimat-kus", user("reporter.kus"), narrative="Қостанай мәтіні")
    write_all(submission_of("akimat-akt"), user("reporter.akt"), narrative="Ақтөбе жобасы")
    for username, sees in (("analyst", "Қостанай мәтіні"), ("reporter.akt", "Ақтөбе жобасы")):
        told = {line[0] for line in lines(browse(username).get("/datasets/entries.csv?columns=narrative"))[1:]}
        assert told == {sees}


@pytest.mark.parametrize("address", ["/datasets/secrets/", "/datasets/secrets.csv", "/datasets/entries.exe"])
def test_an_unknown_dataset_or_format_is_not_found(browse, address):
    assert browse("analyst").get(address).status_code == 404


def test_values_are_shown_as_on_the_other_pages():
    with translation.override("ru"):
        assert shown(Decimal("1234.5"), Kind.MONEY) == "1\xa0234,500"
        assert shown(Decimal("0.1636"), Kind.SHARE) == "16,36%"
        assert shown(2009, Kind.INTEGER) == "2009"
    with translation.override("en"):
        assert shown(True, Kind.BOOLEAN) == "yes"
        assert shown(None, Kind.MONEY) == ""
        assert len(shown("ә" * 500, Kind.TEXT)) == 80


def test_pages_cost_a_fixed_number_of_queries(browse, user, django_assert_num_queries):
    browser = browse("analyst")
    for agency in ("akimat-akt", "akimat-kus"):
        filed(agency, user(f"reporter.{agency[-3:]}"), spent="1.000")
        with django_assert_num_queries(PAGE):
            page_of(browser, "spending")
    save(browser, "Бір")
    for name in ("Бір", "Екі"):
        save(browser, name)
        # The message about saving is shown and gone.
        browser.get(reverse("verify"))
        with django_assert_num_queries(LIST):
            browser.get(reverse("datasets"))


# The frame 4. The page: five kinds of known values, activities, lines, clarifications, count, rows. The list:
# half-years of the ready-made workbooks, saved views.
PAGE, LIST = 14, 6


@pytest.fixture
def passing_files(monkeypatch):
    storage = InMemoryStorage()
    for field in ("source", "result"):
        monkeypatch.setattr(Job._meta.get_field(field), "storage", storage)


@pytest.fixture
def short(monkeypatch, passing_files):
    """Twenty rows are many."""
    monkeypatch.setattr(exporting, "AT_ONCE", 20)


def test_a_long_file_is_not_made_while_one_waits(browse, short):
    browser = browse("analyst")
    page = page_of(browser, "activities")
    assert "Prepare Excel (XLSX)" in page.text
    assert '<a class="btn btn-secondary" href="/datasets/activities.csv">' in page.text
    refused = browser.get("/datasets/activities.xlsx")
    assert refused.status_code == 422
    assert "more than 20 rows" in refused.text
    assert not Job.objects.exists()
    assert len(lines(browser.get("/datasets/activities.csv"))) == 44
    assert body(browser.get("/datasets/activities.xlsx?section=2"))


def test_a_long_file_is_made_by_a_job_as_its_owner(browse, user, short, monkeypatch):
    monkeypatch.setattr(exporting, "ROWS_BETWEEN_SIGNS", 5)
    filed("akimat-kus", user("reporter.kus"), narrative="Қостанай мәтіні")
    write_all(submission_of("akimat-akt"), user("reporter.akt"), narrative="Ақтөбе жобасы")
    answer = browse("reporter.akt", "kk").post("/datasets/entries.json?columns=narrative&period_from=2009-H1")
    job = Job.objects.get()
    assert answer.url == reverse("job", args=[job.pk])
    assert (job.by, job.total) == (user("reporter.akt"), 17)
    done = jobs.run_next()
    done.refresh_from_db()
    assert (done.state, done.result_name, done.done) == (Job.State.DONE, "entries-2009-07-06.json", 17)
    written = done.result.read().decode()
    assert "Ақтөбе жобасы" in written
    assert "Қостанай мәтіні" not in written


def test_a_job_tells_how_far_it_is_and_can_be_cancelled(user, monkeypatch):
    monkeypatch.setattr(exporting, "ROWS_BETWEEN_SIGNS", 10)
    with translation.override("en"):
        job = exporting.put_in_line(Selection(DATASETS["activities"], user("analyst")), "csv")
    assert job.title == "Plan of activities, CSV"
    told = []

    def progress(done, total=None):
        told.append((done, total))
        if done == 30:
            raise jobs.Cancelled

    with tempfile.TemporaryFile() as result, pytest.raises(jobs.Cancelled):
        exporting.run(job, progress, result)
    assert told == [(0, 43), (10, None), (20, None), (30, None)]


def test_a_job_whose_filter_is_not_known_any_more_fails_with_a_word(user, passing_files):
    job = jobs.enqueue(
        Job.Kind.EXPORT, title="", by=user("analyst"),
        arguments={"dataset": "entries", "query": "agency=gone", "format": "xlsx"},
    )  # fmt: skip
    jobs.run_next()
    job.refresh_from_db()
    assert job.state == Job.State.FAILED
    assert job.message


def test_a_saved_view_opens_with_the_rows_of_whoever_has_the_link(browse, user):
    filed("akimat-kus", user("reporter.kus"))
    answer = save(browse("analyst"), query="period_from=2009-H1&period_to=2009-H1&columns=agency&junk=1")
    view = SavedView.objects.get()
    assert answer.url == reverse("saved-view", args=[view.key])
    assert "junk" not in view.query
    page = browse("analyst").get(answer.url)
    assert "<h1>Әкімдіктер</h1>" in page.text
    assert reverse("saved-view-file", args=[view.key, "csv"]) in page.text
    assert page.context["selection"].count == 22
    others = browse("reporter.akt").get(answer.url)
    assert "saved by analyst" in others.text
    assert [row[0][0] for row in others.context["rows"]] == ["akimat-akt"]
    address = reverse("saved-view-file", args=[view.key, "csv"])
    assert lines(browse("reporter.akt").get(address)) == [["Agency, code"], ["akimat-akt"]]


def test_only_ones_own_saved_views_are_listed_and_deleted(browse, user):
    save(browse("analyst"))
    view = SavedView.objects.get()
    assert "Әкімдіктер" in browse("analyst").get(reverse("datasets")).text
    assert "Әкімдіктер" not in browse("coordinator").get(reverse("datasets")).text
    address = reverse("delete-view", args=[view.key])
    assert browse("coordinator").post(address).status_code == 404
    assert browse("analyst").get(address).status_code == 405
    assert browse("analyst").post(address).url == reverse("datasets")
    assert not SavedView.objects.exists()


def test_the_same_name_replaces_the_view_and_says_so(browse):
    browser = browse("analyst")
    save(browser)
    key = SavedView.objects.get().key
    answer = save(browser, query="state=accepted")
    view = SavedView.objects.get()
    assert (view.key, view.query) == (key, "state=accepted")
    assert "was replaced" in browser.get(answer.url).text
    save(browse("coordinator"))
    assert SavedView.objects.count() == 2


@pytest.mark.parametrize(("name", "query"), [("", "state=draft"), ("x" * 101, ""), ("Бір", "agency=akimat-xyz")])
def test_what_cannot_be_saved_comes_back_with_its_error(browse, name, query):
    answer = save(browse("analyst"), name, query=query)
    assert answer.status_code == 422
    assert 'class="error-summary"' in answer.text
    if name:
        assert f'value="{name}"' in answer.text or "akimat-xyz" in answer.text
    assert not SavedView.objects.exists()


def test_a_saved_view_whose_filter_is_gone_says_so(browse, user):
    save(browse("analyst"))
    SavedView.objects.update(query="agency=gone")
    page = browse("analyst").get(reverse("saved-view", args=[SavedView.objects.get().key]))
    assert "“gone” is not known." in page.text


def basic(secret: str) -> dict:
    return {"Authorization": "Basic " + base64.b64encode(f"excel:{secret}".encode()).decode()}


def test_a_program_fetches_a_file_with_a_token(browse, user, client):
    filed("akimat-kus", user("reporter.kus"))
    save(browse("analyst"), query="period_from=2009-H1&columns=agency&columns=state")
    address = reverse("saved-view-file", args=[SavedView.objects.get().key, "csv"])
    token, secret = tokens.make(
        by=user("reporter.kus"), name="Excel", scopes=["read"], expires_on=datetime.date(2009, 12, 31)
    )
    assert lines(client.get(address, headers=basic(secret) | {"Accept": "text/csv"}))[1] == ["akimat-kus", "submitted"]
    assert lines(client.get("/datasets/timeliness.csv?columns=agency", headers=basic(secret)))[1] == ["akimat-kus"]
    assert client.post(address, headers=basic(secret)).status_code == 403
    tokens.revoke(token, by=user("reporter.kus"))
    refused = client.get(address, headers=basic(secret))
    assert (refused.status_code, refused["Content-Type"]) == (401, "application/problem+json")
    assert client.get(address, headers={"Accept": "text/html,*/*"}).url.startswith(reverse("login"))
    asked = client.get(address)
    assert asked.status_code == 401
    assert "Basic" in asked["WWW-Authenticate"]


def test_a_token_that_may_not_read_fetches_nothing(user, client):
    _token, secret = tokens.make(
        by=user("reporter.kus"), name="Excel", scopes=["write"], expires_on=datetime.date(2009, 12, 31)
    )
    assert client.get("/datasets/timeliness.csv", headers=basic(secret)).status_code == 403
