"""The agency's home: what it owes, what changed since its last report, which deadlines fall in the half-year."""

import datetime
from decimal import Decimal

import pytest
from django.urls import reverse
from django.utils import translation

from budget.models import BudgetLine
from programme.models import Agency, LegalAct
from reports import filing, review
from reports.duty import owed_activities
from reports.since import since_last

from ..reports.scenes import at, filed, submission_of, write_all

pytestmark = pytest.mark.django_db


def differences(submission) -> dict[int, list[str]]:
    found = {}
    for difference in since_last(submission, owed_activities(submission)):
        found.setdefault(difference.activity.ordinal, []).append(str(difference.text))
    return found


def test_every_entry_is_one_click_away(browse):
    submission = submission_of("akimat-akt")
    page = browse("reporter.akt").get("/")
    for owed in owed_activities(submission):
        assert f'href="{reverse("entry", args=[submission.pk, owed.activity.ordinal])}"' in page.text
    assert "4 days left" in page.text
    assert "Due on 10 July 2009" in page.text


def test_before_the_first_report_nothing_is_different(user):
    assert differences(submission_of("akimat-akt")) == {}


def test_what_was_accepted_as_done_is_not_asked_for_any_more(user):
    before = filed("akimat-akt", user("reporter.akt"), "2008-H2", status="done")
    review.accept(submission=before, by=user("coordinator"))
    with translation.override("en"):
        found = differences(submission_of("akimat-akt"))
    assert len(found) == 17
    assert found[18] == ["Accepted as done; it is not asked for any more."]


def test_a_new_budget_year_and_a_clarified_amount_are_told(user):
    filed("akimat-akt", user("reporter.akt"), "2008-H2")
    line = BudgetLine.objects.get(activity__ordinal=14, region__code="KZ-AKT", year=2009)
    act = LegalAct.objects.first()
    line.clarifications.create(amount=Decimal("100.000"), act=act, effective_on=datetime.date(2009, 3, 1))
    line.clarifications.create(amount=Decimal("90.000"), act=act, effective_on=datetime.date(2009, 8, 1))
    with translation.override("en"):
        found = differences(submission_of("akimat-akt"))
    assert found.keys() == {14, 30, 31, 36}
    assert found[14] == [
        "New budget year 2009: 100.000 million tenge are planned.",
        "The amount was clarified from 1 March 2009 on: 100.000 million tenge.",
    ]


def test_the_second_half_of_a_year_brings_no_new_budget_year(user):
    filed("akimat-akt", user("reporter.akt"), "2009-H1")
    assert differences(submission_of("akimat-akt", "2009-H2")) == {}


def test_a_returned_report_says_why(browse, user):
    submission = filed("akimat-akt", user("reporter.akt"))
    review.return_for_rework(submission=submission, by=user("coordinator"), reason="17-жолды толықтырыңыз")
    page = browse("reporter.akt").get("/")
    assert "17-жолды толықтырыңыз" in page.text
    with at(2009, 7, 12, 9):
        assert "overdue by 2 days" in browse("reporter.akt").get("/").text


def test_an_extended_date_stands_beside_the_own_one(browse, user):
    submission = submission_of("akimat-akt")
    review.extend(
        submission=submission, by=user("coordinator"), due_on=datetime.date(2009, 7, 20), reason="Су тасқыны", act="№ 5"
    )
    page = browse("reporter.akt").get("/")
    assert "Due on 10 July 2009, extended for your agency to 20 July 2009" in page.text
    assert "14 days left" in page.text


def test_a_filed_report_leads_to_what_was_filed(browse, user):
    submission = filed("akimat-akt", user("reporter.akt"))
    page = browse("reporter.akt").get("/")
    assert reverse("receipt", args=[submission.pk]) in page.text
    assert "activities complete" not in page.text


def test_it_says_how_the_region_stands_among_all(browse, user):
    with at(2008, 1, 9, 12):
        filed("akimat-akt", user("reporter.akt"), "2007-H2")
    with at(2008, 1, 11, 12):
        filed("akimat-kus", user("reporter.kus"), "2007-H2", narrative="Бөтен сөз")
        page = browse("reporter.kus").get("/")
        assert "place 2 of 16" in page.text
        page = browse("reporter.akt").get("/")
    assert "100.00%, place 1 of 16" in page.text
    assert "Бөтен сөз" not in page.text
    assert reverse("region", args=["children-2007-2011", "KZ-AKT"]) in page.text


def test_it_shows_the_own_money_with_the_rows_behind_it(browse, user):
    filed("akimat-akt", user("reporter.akt"), spent="5.000")
    browser = browse("reporter.akt")
    rows = browser.get("/").context["exhibits"]["own_money"].rows
    shown = {cells[0].text: [cell.text for cell in cells[2:]] for cells, _total in rows}
    assert shown["2009"] == ["761.087", "761.087", "20.000", "2.63%"]
    assert shown["2008"][2] == ""
    for cells, _total in rows:
        for cell in cells:
            if cell.url:
                assert browser.get(cell.url).status_code == 200


def test_a_ministry_stands_among_the_central_bodies(browse, user):
    with at(2008, 1, 9, 12):
        filed("moh", user("reporter.moh"), "2007-H2")
    with at(2008, 1, 11, 12):
        page = browse("reporter.moh").get("/")
    assert "Among the central bodies" in page.text
    assert "100.00%, place 1 of" in page.text


@pytest.mark.parametrize(
    ("day", "said"),
    [
        ((2007, 6, 1), "The first reports can be filed from 1 January 2008 on"),
        ((2012, 3, 1), "second half of 2010"),
    ],
)
def test_every_time_has_its_page(browse, day, said):
    with at(*day, 12):
        assert said in browse("reporter.akt").get("/").text


def test_a_body_that_owes_nothing_is_told_so(browse, user):
    reporter = user("reporter.moh")
    reporter.agency = Agency.objects.get(code="unicef")
    reporter.save()
    assert "Nothing is owed now" in browse("reporter.moh").get("/").text


def test_it_costs_a_fixed_number_of_queries(browse, user, django_assert_num_queries):
    browser = browse("reporter.akt")
    with django_assert_num_queries(HOME):
        browser.get("/")
    filed("akimat-akt", user("reporter.akt"), "2008-H2", status="in_progress")
    write_all(submission_of("akimat-akt"), user("reporter.akt"))
    filing.send_for_signature(submission=submission_of("akimat-akt"), by=user("reporter.akt"))
    with django_assert_num_queries(HOME + WRITTEN):
        browser.get("/")


# The frame 4 with the programme, half-year, report, what is owed 9, events, last copy, deadlines, how regions stand 3;
# once there are an earlier report and entries also spending, values, clarifications and what regions filed.
HOME, WRITTEN = 21, 4
