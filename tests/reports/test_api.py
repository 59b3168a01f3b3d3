"""Periods, submissions, entries and consolidated reports: content, scope, filters, cost."""

import datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from activities.models import Activity, Indicator
from budget.models import BudgetLine
from programme import calendar
from reports.models import (
    ConsolidatedReport,
    Dispatch,
    Entry,
    IndicatorValue,
    Period,
    ReportDocument,
    Spending,
    Submission,
    SubmissionCopy,
)

ALMATY = ZoneInfo("Asia/Almaty")
AGENCY_ROLES = ["reporter.akt", "signatory.akt"]
READERS_OF_ALL = ["coordinator", "coordinator2", "analyst", "administrator"]


def rows(browser, path: str) -> list[dict]:
    """All rows of a list; `path` may carry a query."""
    answer = browser.get(f"/api/v1/{path}{'&' if '?' in path else '?'}page_size=500").json()
    assert answer["count"] == len(answer["results"])
    return answer["results"]


@pytest.fixture
def submission(db):
    """Look up: `submission("akimat-akt", "2009-H1")`."""
    return lambda agency, period="2009-H1": Submission.objects.get(agency__code=agency, period__code=period)


@pytest.fixture
def write(user, submission):
    """Write an entry with spending on every line of the agency's region in 2009."""

    def entry(agency: str, ordinal: int = 14, period: str = "2009-H1", **values) -> Entry:
        target = submission(agency, period)
        activity = Activity.objects.get(ordinal=ordinal)
        written = Entry.objects.create(
            submission=target, activity=activity, updated_by=user("reporter.akt"), updated_at=calendar.now(),
            **{"status": "in_progress", "narrative": f"work of {agency}", "next_step": "go on"} | values,
        )  # fmt: skip
        for line in BudgetLine.objects.filter(activity=activity, region=target.agency.region, year=2009):
            Spending.objects.create(entry=written, line=line, amount=Decimal("12.5"))
        for indicator in Indicator.objects.filter(activity=activity, stage__number=1):
            IndicatorValue.objects.create(entry=written, indicator=indicator, value=7)
        return written

    return entry


@pytest.fixture
def file(user, submission):
    """File a submission (by hand: this is about reading), with a copy whose hash repeats `digit`."""

    def filed(agency, period="2009-H1", at=datetime.datetime(2009, 7, 5, 18, 0, tzinfo=ALMATY), digit="a"):
        target = submission(agency, period)
        number = target.copies.count() + 1
        target.state = Submission.State.SUBMITTED
        target.first_submitted_at = target.first_submitted_at or at
        target.save()
        return SubmissionCopy.objects.create(
            submission=target, number=number, filed_at=at, filed_by=user("reporter.akt"), content="{}",
            sha256=digit * 64, receipt=f"{period}-{agency}-{number}",
        )  # fmt: skip

    return filed


# Periods


def test_periods_are_nine_and_the_last_two_lapsed(browse):
    periods = rows(browse("analyst"), "periods/")

    assert [(period["code"], period["state"]) for period in periods] == [
        ("2007-H2", "closed"), ("2008-H1", "closed"), ("2008-H2", "closed"), ("2009-H1", "open"),
        ("2009-H2", "upcoming"), ("2010-H1", "upcoming"), ("2010-H2", "upcoming"),
        ("2011-H1", "lapsed"), ("2011-H2", "lapsed"),
    ]  # fmt: skip
    assert periods[3] == {
        "programme": "children-2007-2011",
        "code": "2009-H1",
        "starts_on": "2009-01-01",
        "ends_on": "2009-06-30",
        "submissions_due": "2009-07-10",
        "consolidated_due": "2009-07-20",
        "state": "open",
    }


# Submissions


def test_submission_never_filed_has_no_receipt_and_no_days(browse, submission):
    [row] = rows(browse("analyst"), "submissions/?period=2009-H1&agency=akimat-akt")

    assert row == {
        "id": submission("akimat-akt").pk,
        "programme": "children-2007-2011",
        "agency": "akimat-akt",
        "period": "2009-H1",
        "state": "draft",
        "awaits_signature": False,
        "due_on": "2009-07-10",
        "extended": False,
        "timeliness": "open",
        "first_submitted_at": None,
        "days_late": None,
        "filings": 0,
        "receipt": None,
        "sha256": None,
        "demonstration": False,
    }


def test_submission_filed_twice_shows_the_latest_copy_and_the_first_date(browse, file):
    file("akimat-akt", digit="a")
    file("akimat-akt", at=datetime.datetime(2009, 7, 6, 9, 0, tzinfo=ALMATY), digit="b")

    [row] = rows(browse("analyst"), "submissions/?period=2009-H1&agency=akimat-akt")

    assert (row["state"], row["timeliness"], row["days_late"]) == ("submitted", "on_time", 0)
    assert row["filings"] == 2
    assert row["receipt"] == "2009-H1-akimat-akt-2"
    assert row["sha256"] == "b" * 64
    assert datetime.datetime.fromisoformat(row["first_submitted_at"]) == datetime.datetime(
        2009, 7, 5, 18, 0, tzinfo=ALMATY
    )


@pytest.mark.parametrize(
    ("at", "timing", "days"),
    [
        (datetime.datetime(2009, 1, 10, 23, 59, 59, tzinfo=ALMATY), "on_time", 0),
        (datetime.datetime(2009, 1, 11, 0, 0, tzinfo=ALMATY), "late", 1),
        (datetime.datetime(2009, 1, 13, 0, 0, tzinfo=ALMATY), "late", 3),
    ],
)
def test_days_late_count_from_the_day_after_the_due_day(browse, file, at, timing, days):
    file("akimat-akt", "2008-H2", at=at)

    [row] = rows(browse("analyst"), "submissions/?period=2008-H2&agency=akimat-akt")

    assert (row["timeliness"], row["days_late"]) == (timing, days)


def test_overdue_submission_counts_the_days_so_far(browse):
    [row] = rows(browse("analyst"), "submissions/?period=2008-H2&agency=akimat-akt")

    assert (row["timeliness"], row["days_late"]) == ("overdue", 177)


def test_returned_submission_is_overdue_again_and_keeps_its_receipt(browse, file, submission):
    file("akimat-akt", "2008-H2", at=datetime.datetime(2009, 1, 9, tzinfo=ALMATY))
    Submission.objects.filter(pk=submission("akimat-akt", "2008-H2").pk).update(state="returned")

    [row] = rows(browse("analyst"), "submissions/?period=2008-H2&agency=akimat-akt")

    assert (row["state"], row["timeliness"], row["days_late"]) == ("returned", "overdue", 177)
    assert row["receipt"] == "2008-H2-akimat-akt-1"


def test_extended_submission_shows_its_own_due_date_beside_the_half_years(browse, submission):
    Submission.objects.filter(pk=submission("akimat-akt").pk).update(extended_to="2009-07-20", awaits_signature=True)
    browser = browse("analyst")

    [row] = rows(browser, "submissions/?period=2009-H1&agency=akimat-akt")

    assert (row["due_on"], row["extended"], row["awaits_signature"]) == ("2009-07-20", True, True)
    assert rows(browser, "periods/")[3]["submissions_due"] == "2009-07-10"


@pytest.mark.parametrize("username", READERS_OF_ALL)
def test_readers_of_all_see_every_submission(browse, username):
    found = rows(browse(username), "submissions/")

    assert len(found) == Submission.objects.count() == 7 * 22
    assert {row["period"] for row in found}.isdisjoint({"2011-H1", "2011-H2"})


@pytest.mark.parametrize("username", AGENCY_ROLES)
def test_agency_roles_see_only_their_own_submissions(browse, file, username):
    file("akimat-kus")

    found = rows(browse(username), "submissions/")

    assert [row["agency"] for row in found] == ["akimat-akt"] * 7
    assert rows(browse(username), "submissions/?agency=akimat-kus") == []


def test_submissions_are_ordered_by_period_and_agency(browse):
    found = rows(browse("analyst"), "submissions/")

    assert [row["agency"] for row in found[:2]] == ["moes", "moh"]
    assert [row["period"] for row in found] == sorted(row["period"] for row in found)


def test_submissions_can_be_filtered_by_state(browse, file):
    file("akimat-akt")
    file("akimat-kus", "2008-H2")

    found = rows(browse("analyst"), "submissions/?state=submitted")

    assert [(row["agency"], row["period"]) for row in found] == [
        ("akimat-kus", "2008-H2"), ("akimat-akt", "2009-H1"),
    ]  # fmt: skip
    assert len(rows(browse("analyst"), "submissions/?state=submitted&period=2009-H1")) == 1


def test_submission_has_its_own_address_within_scope(browse, submission, file):
    file("akimat-akt")
    url = f"/api/v1/submissions/{submission('akimat-akt').pk}/"

    assert browse("reporter.akt").get(url).json()["receipt"] == "2009-H1-akimat-akt-1"
    assert browse("analyst").get(url).json()["agency"] == "akimat-akt"


def test_submission_outside_the_scope_does_not_exist(browse, submission):
    response = browse("reporter.kus").get(f"/api/v1/submissions/{submission('akimat-akt').pk}/")

    assert response.status_code == 404
    assert response.json()["detail"] == "Not found."


@pytest.mark.parametrize(
    ("query", "pointer", "detail"),
    [
        ("period=2009-H9", "?period", "“2009-H9” is not known."),
        ("agency=akimat-xyz", "?agency", "“akimat-xyz” is not known."),
        ("state=foo", "?state", "Select a valid choice. foo is not one of the available choices."),
        ("period=%00", "?period", "“\x00” is not known."),
    ],
)
def test_wrong_filter_of_submissions_is_named(browse, query, pointer, detail):
    response = browse("analyst").get(f"/api/v1/submissions/?{query}")

    assert response.status_code == 400
    assert response.json()["errors"] == [{"pointer": pointer, "detail": detail}]


def test_every_wrong_filter_is_named_at_once(browse):
    response = browse("analyst").get("/api/v1/submissions/?period=2009-H9&state=foo&agency=nobody")

    assert {error["pointer"] for error in response.json()["errors"]} == {"?period", "?state", "?agency"}


# Entries


def test_entry_shows_what_was_reported_and_spent(browse, write, file):
    write("akimat-akt", reason="because")
    file("akimat-akt")

    [row] = rows(browse("coordinator"), "entries/")

    assert datetime.datetime.fromisoformat(row.pop("updated_at")) == calendar.now()
    assert row == {
        "programme": "children-2007-2011",
        "period": "2009-H1",
        "agency": "akimat-akt",
        "activity": 14,
        "status": "in_progress",
        "narrative": "work of akimat-akt",
        "reason": "because",
        "next_step": "go on",
        "completed_on": None,
        "document": None,
        "spending": [{"line": {"region": "KZ-AKT", "year": 2009, "source": "local"}, "amount": "12.500"}],
        "indicators": [
            {"indicator": "correctional-institutions-1", "value": 7},
            {"indicator": "correctional-children-1", "value": 7},
        ],
        "demonstration": False,
    }


@pytest.mark.parametrize(
    ("number", "date", "shown"), [("12", datetime.date(2009, 6, 25), ("12", "2009-06-25")), ("", None, ("", None))]
)
def test_entry_names_the_document_of_its_completion(browse, write, number, date, shown):
    completed = {"completed_on": datetime.date(2009, 6, 20), "document_kind": "decision"}
    write("akimat-akt", document_number=number, document_date=date, **completed)

    [row] = rows(browse("reporter.akt"), "entries/")

    assert row["completed_on"] == "2009-06-20"
    assert row["document"] == {"kind": "decision", "number": shown[0], "date": shown[1]}


@pytest.mark.parametrize("username", [*READERS_OF_ALL, "reporter.kus", "reporter.moes", "reporter.moh"])
def test_draft_entry_of_aktobe_is_invisible_to_all_others(browse, write, username):
    write("akimat-akt", narrative="not for your eyes")

    response = browse(username).get("/api/v1/entries/?agency=akimat-akt")

    assert response.json()["results"] == []
    assert "not for your eyes" not in response.text


@pytest.mark.parametrize("username", AGENCY_ROLES)
def test_draft_entry_is_visible_to_its_own_agency(browse, write, username):
    write("akimat-akt", status="", narrative="half a thought")

    [row] = rows(browse(username), "entries/")

    assert (row["agency"], row["status"], row["narrative"]) == ("akimat-akt", "", "half a thought")


@pytest.mark.parametrize("username", READERS_OF_ALL)
def test_filed_entry_is_visible_to_readers_of_all(browse, write, file, username):
    write("akimat-akt")
    file("akimat-akt")

    assert [row["agency"] for row in rows(browse(username), "entries/")] == ["akimat-akt"]


def test_filed_entry_of_aktobe_stays_invisible_to_kostanay(browse, write, file):
    write("akimat-akt")
    file("akimat-akt")

    assert rows(browse("reporter.kus"), "entries/") == []


def test_entry_under_rework_is_hidden_from_the_coordinator_again(browse, write, file, submission):
    write("akimat-akt")
    file("akimat-akt")
    Submission.objects.filter(pk=submission("akimat-akt").pk).update(state="returned")

    assert rows(browse("coordinator"), "entries/") == []
    assert len(rows(browse("reporter.akt"), "entries/")) == 1


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("period=2008-H2", [("2008-H2", "akimat-akt", 14)]),
        ("agency=akimat-kus", [("2009-H1", "akimat-kus", 31)]),
        ("activity=14", [("2008-H2", "akimat-akt", 14), ("2009-H1", "akimat-akt", 14)]),
        ("status=done", [("2009-H1", "akimat-kus", 31)]),
        ("activity=14&period=2009-H1", [("2009-H1", "akimat-akt", 14)]),
        ("activity=1", []),
    ],
)
def test_entries_can_be_filtered(browse, write, file, query, found):
    write("akimat-akt", 14)
    write("akimat-kus", 31, status="done")
    write("akimat-akt", 14, period="2008-H2")
    for agency, period in (("akimat-akt", "2009-H1"), ("akimat-kus", "2009-H1"), ("akimat-akt", "2008-H2")):
        file(agency, period)

    entries = rows(browse("analyst"), f"entries/?{query}")

    assert [(row["period"], row["agency"], row["activity"]) for row in entries] == found


@pytest.mark.parametrize(
    ("query", "field"),
    [("period=2009H1", "period"), ("agency=akt", "agency"), ("activity=44", "activity"),
     ("activity=x", "activity"), ("activity=1.5", "activity"), (f"activity={'9' * 30}", "activity"),
     ("status=fine", "status"), ("programme=none", "programme")],
)  # fmt: skip
def test_wrong_filter_of_entries_is_named(browse, query, field):
    response = browse("analyst").get(f"/api/v1/entries/?{query}")

    assert response.status_code == 400
    assert [error["pointer"] for error in response.json()["errors"]] == [f"?{field}"]


# Consolidated reports


@pytest.fixture
def report(user, file):
    copies = [file("akimat-akt", "2008-H2", digit="a"), file("moes", "2008-H2", digit="c")]
    made = ConsolidatedReport.objects.create(
        period=Period.objects.get(code="2008-H2"), content="{}", sha256="f" * 64,
        finalised_at=datetime.datetime(2009, 1, 19, 12, 0, tzinfo=ALMATY), finalised_by=user("coordinator"),
    )  # fmt: skip
    made.copies.set(copies)
    return made


@pytest.mark.parametrize("username", READERS_OF_ALL)
def test_consolidated_report_names_its_hash_and_the_copies_it_pins(browse, report, username):
    [row] = rows(browse(username), "consolidated-reports/")

    assert datetime.datetime.fromisoformat(row.pop("finalised_at")) == report.finalised_at
    assert row == {
        "programme": "children-2007-2011",
        "period": "2008-H2",
        "number": 1,
        "state": "final",
        "sha256": "f" * 64,
        "sent": None,
        "demonstration": False,
        "documents": [],
        "copies": [
            {"agency": "moes", "receipt": "2008-H2-moes-1", "sha256": "c" * 64},
            {"agency": "akimat-akt", "receipt": "2008-H2-akimat-akt-1", "sha256": "a" * 64},
        ],
    }


def test_a_sent_report_says_how_it_went_out_and_names_its_files(browse, report, user):
    Dispatch.objects.create(
        report=report, number="12-3/1045", dated=datetime.date(2009, 1, 20), addressee="Үкіметке",
        at=datetime.datetime(2009, 1, 20, 16, 0, tzinfo=ALMATY), by=user("coordinator"),
    )  # fmt: skip
    ReportDocument.objects.create(
        report=report, format="pdf", language="kk", content=b"%PDF-", sha256="e" * 64, made_at=report.finalised_at
    )
    [row] = rows(browse("analyst"), "consolidated-reports/")

    assert row["state"] == "sent"
    assert row["sent"] == {"number": "12-3/1045", "dated": "2009-01-20", "addressee": "Үкіметке"}
    assert row["documents"] == [{"format": "pdf", "language": "kk", "sha256": "e" * 64}]


@pytest.mark.parametrize("username", [*AGENCY_ROLES, "reporter.moes"])
def test_consolidated_reports_are_not_for_agency_roles(browse, report, username):
    assert rows(browse(username), "consolidated-reports/") == []


def test_consolidated_reports_can_be_filtered_by_period(browse, report):
    browser = browse("coordinator")

    assert len(rows(browser, "consolidated-reports/?period=2008-H2")) == 1
    assert rows(browser, "consolidated-reports/?period=2008-H1") == []
    assert browser.get("/api/v1/consolidated-reports/?period=nine").status_code == 400


# Cost


@pytest.fixture
def filed_by_three(write, file, report):
    for agency in ("akimat-akt", "akimat-kus", "akimat-man"):
        write(agency, 14)
        write(agency, 31)
        file(agency)


@pytest.mark.usefixtures("filed_by_three")
@pytest.mark.parametrize(
    ("username", "path", "queries"),
    [
        ("analyst", "periods/?", 4),
        ("analyst", "submissions/?", 4),
        ("reporter.akt", "submissions/?", 4),
        ("analyst", "submissions/?period=2009-H1&agency=akimat-akt&state=submitted", 6),
        ("analyst", "entries/?", 6),
        ("reporter.akt", "entries/?", 6),
        ("analyst", "consolidated-reports/?", 6),
    ],
)
def test_list_costs_the_same_whatever_the_page_size(browse, django_assert_num_queries, username, path, queries):
    browser = browse(username)

    for page_size in (1, 500):
        with django_assert_num_queries(queries):
            answer = browser.get(f"/api/v1/{path}&page_size={page_size}").json()

        assert answer["count"] >= 1
        assert len(answer["results"]) == min(page_size, answer["count"])
