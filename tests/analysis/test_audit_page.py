"""The audit, for administrators: narrowed, page by page, and as CSV."""

import csv
import io

import pytest

from accounts import audit
from accounts.models import AuditRecord
from analysis import auditing
from programme import request_id

pytestmark = pytest.mark.django_db

QUERIES = 6


@pytest.fixture
def records(user):
    for number in range(1, 4):
        audit.record("entry.saved", by=user("reporter.akt"), activity=number)
    with request_id.named("request-0007"):
        audit.record("token.made", by=user("analyst"), scopes=["read"])


def listed(page) -> list[tuple[str, str]]:
    return [(record.username, record.action) for record, _action, _details in page.context["records"]]


@pytest.mark.usefixtures("records")
@pytest.mark.parametrize(
    ("query", "count"),
    [
        ("username=reporter.akt", 3),
        ("agency=akimat-akt", 3),
        ("area=entry", 3),
        ("area=token", 1),
        ("request=request-0007", 1),
        ("username=analyst&area=entry", 0),
        ("until=2000-01-01", 0),
    ],
)
def test_records_are_narrowed(browse, query, count):
    assert len(listed(browse("administrator").get(f"/audit/?{query}"))) == count


@pytest.mark.usefixtures("records")
def test_a_day_is_one_of_astana_from_midnight_to_midnight(browse):
    day = AuditRecord.objects.filter(action="token.made").get().at.astimezone().date()
    page = browse("administrator").get(f"/audit/?since={day}&until={day}&area=token")
    assert len(listed(page)) == 1


@pytest.mark.usefixtures("records")
def test_what_cannot_be_a_day_is_said_at_its_field(browse):
    page = browse("administrator").get("/audit/?since=yesterday")
    assert page.status_code == 422
    assert page.context["form"].errors.keys() == {"since"}
    assert listed(page) == []


@pytest.mark.usefixtures("records")
def test_older_records_follow_on_further_pages_without_gap(browse, monkeypatch):
    monkeypatch.setattr(auditing, "ROWS_A_PAGE", 2)
    browser = browse("administrator")
    first = browser.get("/audit/?username=reporter.akt")
    second = browser.get(f"/audit/?username=reporter.akt&before={first.context['older']}")
    shown = [record.pk for page in (first, second) for record, _action, _details in page.context["records"]]
    assert shown == list(AuditRecord.objects.filter(username="reporter.akt").values_list("pk", flat=True))
    assert second.context["older"] is None


@pytest.mark.parametrize(("language", "words"), [("kk", "Жүйеге кіру"), ("ru", "Вход"), ("en", "Signing in")])
def test_actions_are_said_in_the_readers_language(browse, language, words):
    page = browse("administrator", language).get("/audit/?username=administrator").text
    assert words in page


@pytest.mark.usefixtures("records")
def test_the_page_costs_a_fixed_number_of_queries(browse, django_assert_num_queries):
    browser = browse("administrator")
    for query in ("area=token", ""):
        with django_assert_num_queries(QUERIES):
            browser.get(f"/audit/?{query}")


@pytest.mark.usefixtures("records")
def test_the_file_holds_every_record_and_is_itself_recorded(browse, monkeypatch):
    monkeypatch.setattr(auditing, "BATCH", 2)
    answer = browse("administrator", "en").get("/audit.csv?area=entry")
    rows = list(csv.DictReader(io.StringIO(b"".join(answer.streaming_content).decode("utf-8-sig"))))
    assert [row["Details"] for row in rows] == ["activity=3", "activity=2", "activity=1"]
    assert {row["Name of the action"] for row in rows} == {"entry.saved"}
    assert AuditRecord.objects.filter(action="export.audit", username="administrator").exists()
