"""The home of those who review: where the half-year stands, what needs them now, and nothing else to search for."""

import datetime

import pytest
from django.urls import reverse
from django.utils import translation

from analysis.figures.half_year import Day, due_days, filings, report_standing, waiting
from reports import review
from reports.consolidation import finalising
from reports.models import Period

from ..reports.scenes import accepted, at, file_report, filed, finalised, sent, submission_of, write_all

pytestmark = pytest.mark.django_db
SLUG = "children-2007-2011"
BOARD = f"/programmes/{SLUG}/periods/2009-H1/"


@pytest.fixture
def period(programme):
    return Period.objects.select_related("programme").get(code="2009-H1")


@pytest.mark.parametrize(
    ("left", "words"),
    [(3, "3 days left"), (1, "1 day left"), (0, "today"), (-1, "1 day ago"), (-2, "2 days ago")],
)
def test_a_due_day_is_said_as_seen_from_today(left, words):
    with translation.override("en"):
        assert Day(datetime.date(2009, 7, 10), left).in_words == words


def test_the_last_second_of_the_due_day_is_still_today(period):
    with at(2009, 7, 10, 23, 59, 59):
        assert [day.left for day in due_days(period)] == [0, 10]
    with at(2009, 7, 11, 0, 0, 0):
        assert [day.left for day in due_days(period)] == [-1, 9]


def test_figures_lead_to_their_rows_of_the_board(browse, user):
    accepted("akimat-akt", user)
    filed("akimat-kus", user("reporter.kus"))
    page = browse("coordinator").get("/")
    assert "2 of 22" in page.text
    assert "4 days left" in page.text
    assert "14 days left" in page.text
    for query in ("?state=accepted", "?state=submitted", "?state=returned", "?state=draft", "?timing=overdue"):
        assert f'href="{BOARD}{query}"' in page.text.replace("&amp;", "&")
        assert browse("coordinator").get(BOARD + query).status_code == 200
    shown = {cells[0].text: cells[1].text for cells, _total in page.context["exhibits"]["standing"].rows}
    assert shown["Accepted"] == "1"
    assert shown["Waiting for review"] == "1"
    assert shown["Not filed, still in time"] == "20"
    assert shown["All"] == "22"


def test_reports_with_questions_come_first(user, period):
    clean = filed("akimat-akt", user("reporter.akt"))
    asks = submission_of("akimat-kus")
    write_all(asks, user("reporter.kus"), spent="9000.000")
    file_report(asks, user("reporter.kus"))
    found = waiting(filings(period, user("coordinator"))).to_review
    assert [(one.submission.pk, one.has_questions) for one in found] == [(asks.pk, True), (clean.pk, False)]


def test_an_answered_comment_waits_until_it_is_resolved(user, period):
    submission = filed("akimat-akt", user("reporter.akt"))
    comment = review.comment(submission=submission, by=user("coordinator"), text="Санын нақтылаңыз", activity=None)

    def answered():
        found = waiting(filings(period, user("coordinator"))).answered
        return [(one.submission.pk, one.answered) for one in found]

    assert answered() == []
    review.answer(comment=comment, by=user("reporter.akt"), text="Нақтыланды")
    assert answered() == [(submission.pk, 1)]
    review.answer(comment=comment, by=user("coordinator"), text="Қайсысы?")
    assert answered() == []
    review.answer(comment=comment, by=user("reporter.akt"), text="Екіншісі")
    review.resolve(comment=comment, by=user("coordinator"))
    assert answered() == []


def test_who_is_late_or_has_to_file_again_is_to_be_reminded(user, period):
    returned = filed("akimat-akt", user("reporter.akt"))
    review.return_for_rework(submission=returned, by=user("coordinator"), reason="17-жол")
    rows = waiting(filings(period, user("coordinator")))
    assert [one.submission.agency.code for one in rows.to_remind] == ["akimat-akt"]
    with at(2009, 7, 8, 9):
        assert len(waiting(filings(period, user("coordinator"))).to_remind) == 22


def test_the_consolidated_report_has_one_step_at_a_time(user, period):
    first, second = user("coordinator"), user("coordinator2")
    accepted("akimat-akt", user)
    drafting = report_standing(period, first)
    assert (drafting.url_name, drafting.todo) == ("workspace", "Compile the report")
    finalising.propose(period=period, by=first)
    assert report_standing(period, first).todo == ""
    assert report_standing(period, second).todo == "Read and finalise"
    finalising.withdraw(period=period, by=first)
    report = finalised(period, user)
    assert report_standing(period, first).todo == "Record how it was sent"
    sent(report, user)
    assert "12-3/1045" in report_standing(period, first).text
    assert report_standing(period, user("administrator")).todo == ""


def test_the_administrator_reads_the_same_without_actions(browse, user):
    filed("akimat-akt", user("reporter.akt"))
    page = browse("administrator").get("/")
    assert "What waits for the coordinators" in page.text
    assert reverse("admin:index") in page.text
    assert reverse("imports") in page.text
    assert reverse("workspace", args=[SLUG, "2009-H1"]) not in page.text


@pytest.mark.parametrize(
    ("day", "said"),
    [
        ((2007, 6, 1), "No half-year has ended yet"),
        ((2008, 1, 5), "Second half of 2007"),
        ((2012, 3, 1), "Second half of 2010"),
    ],
)
def test_every_time_has_its_page(browse, day, said):
    with at(*day, 12):
        for who in ("coordinator", "administrator", "analyst", "leader"):
            page = browse(who).get("/")
            assert page.status_code == 200
            assert said.casefold() in page.text.casefold(), who


def test_the_picture_can_be_taken_away(browse, user):
    filed("akimat-akt", user("reporter.akt"))
    file = browse("coordinator").get("/?file=standing.csv")
    assert "Waiting for review,1" in b"".join(file).decode("utf-8-sig").replace(";", ",")
    assert browse("coordinator").get("/?file=unknown.csv").status_code == 404


@pytest.mark.parametrize("filers", [[], ["akt", "kus"]])
def test_it_costs_a_fixed_number_of_queries(browse, user, filers, django_assert_num_queries):
    for short in filers:
        filed(f"akimat-{short}", user(f"reporter.{short}"))
    browser = browse("coordinator")
    with django_assert_num_queries(COORDINATOR):
        browser.get("/")
    with at(2009, 11, 2, 12), django_assert_num_queries(COORDINATOR + LINES):
        browser.get("/")


# The frame 4 with the programme, half-year, reports, filed copies, comments, consolidated report, what was said 4,
# deadlines and activities; near the year's end also the lines, their clarifications and the spending.
COORDINATOR, LINES = 15, 3
