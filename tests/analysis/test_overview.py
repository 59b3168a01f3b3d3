"""The programme at a glance: what leaders read, with the scope of whoever reads it; and why an activity is at risk."""

import datetime
from decimal import Decimal

import pytest
from django.urls import reverse
from django.utils import translation

from activities.models import Deadline
from analysis.figures.activities import answers
from analysis.figures.money import planned_lines
from analysis.figures.risk import Reason, at_risk, money_matters
from reports import review
from reports.models import Period

from ..reports.scenes import accepted, at, filed, submission_of, write_all

pytestmark = pytest.mark.django_db
SLUG = "children-2007-2011"
OVERVIEW = f"/programmes/{SLUG}/overview/"


def risks(user, code: str, *day: int) -> dict[int, list[tuple[Reason, str]]]:
    period = Period.objects.select_related("programme").get(code=code)
    today = datetime.date(*day)
    lines = planned_lines(period, user("coordinator")) if money_matters(period, today) else []
    with translation.override("en"):
        found = at_risk(answers(period.programme, period), period, today, lines)
    return {one.activity.ordinal: one.reasons for one in found}


def test_a_deadline_is_missed_on_the_day_after_it(user):
    Deadline.objects.filter(activity__ordinal=18).update(date=datetime.date(2009, 7, 5))
    filed("akimat-akt", user("reporter.akt"))
    assert risks(user, "2009-H1", 2009, 7, 6)[18] == [(Reason.MISSED, "Was due on 5 July 2009, done by 0 of 16 bodies")]
    assert Reason.MISSED not in dict(risks(user, "2009-H1", 2009, 7, 5)[18])


def test_what_everybody_did_is_at_no_risk(user):
    Deadline.objects.filter(activity__ordinal=18).update(date=datetime.date(2009, 7, 5))
    for responsibility in submission_of("akimat-akt").agency.responsibilities.filter(activity__ordinal=18):
        responsibility.activity.responsibilities.exclude(pk=responsibility.pk).delete()
    assert 18 in risks(user, "2009-H1", 2009, 7, 6)
    filed("akimat-akt", user("reporter.akt"), status="done")
    assert 18 not in risks(user, "2009-H1", 2009, 7, 6)


def test_silence_counts_once_the_report_is_due(user):
    Deadline.objects.filter(activity__ordinal=18).update(date=datetime.date(2009, 9, 1))
    for name in ("akt", "kus"):
        with at(2009, 1, 9, 12):
            filed(f"akimat-{name}", user(f"reporter.{name}"), "2008-H2")
    filed("akimat-akt", user("reporter.akt"))
    assert risks(user, "2009-H1", 2009, 7, 10)[18] == [(Reason.AHEAD, "Due on 1 September 2009: 14 bodies say nothing")]
    assert risks(user, "2009-H1", 2009, 7, 11)[18] == [(Reason.AHEAD, "Due on 1 September 2009: 15 bodies say nothing")]


def test_a_body_that_reports_a_delay_is_reason_enough(user):
    submission = submission_of("akimat-akt")
    write_all(submission, user("reporter.akt"), status="in_progress")
    submission.entries.filter(activity__ordinal=17).update(status="delayed")
    assert 17 not in risks(user, "2009-H1", 2009, 7, 6)
    submission.state, submission.first_submitted_at = "submitted", datetime.datetime(2009, 7, 5, tzinfo=datetime.UTC)
    submission.save()
    assert risks(user, "2009-H1", 2009, 7, 6)[17] == [(Reason.DELAYED, "1 body reports a delay")]


@pytest.mark.parametrize(("spent", "is_told"), [("181.561", True), ("181.562", False)])
def test_little_spending_is_told_near_the_years_end_alone(user, spent, is_told):
    filed("akimat-akt", user("reporter.akt"), spent=spent)
    reasons = dict(risks(user, "2009-H1", 2009, 10, 1).get(14, []))
    assert (Reason.UNDERSPENT in reasons) is is_told
    if is_told:
        assert reasons[Reason.UNDERSPENT].endswith("181.561 of 726.247 million tenge")
    assert Reason.UNDERSPENT not in dict(risks(user, "2009-H1", 2009, 9, 30).get(14, []))


def test_a_leader_reads_the_half_year_in_one_sentence(browse, user):
    accepted("akimat-akt", user)
    page = browse("leader").get("/")
    assert "First half of 2009: 1 of 22 bodies have filed; 0 of 43 activities are done;" in page.text
    assert "activities are at risk" in page.text
    assert set(page.context["exhibits"]) == {"regions", "states", "money", "results", "risks"}


def test_an_earlier_half_year_is_shown_as_it_ended(browse, user):
    with at(2009, 1, 9, 12):
        accepted("akimat-akt", user, "2008-H2")
    text = browse("leader").get(f"{OVERVIEW}?period=2008-H2").text
    assert "Second half of 2008: 1 of 22 bodies have filed" in text
    assert browse("leader").get(f"{OVERVIEW}?period=1999-H9").status_code == 200


def test_an_agency_reads_of_itself_alone(browse, user):
    accepted("akimat-akt", user, spent="5.000")
    filed("akimat-kus", user("reporter.kus"), narrative="Бөтен сөз", spent="7.000")
    page = browse("reporter.kus").get(OVERVIEW)
    assert "First half of 2009: our report: submitted" in page.text
    assert "bodies have filed" not in page.text
    assert "results" not in page.context["exhibits"]
    assert reverse("submission", args=[submission_of("akimat-akt").pk]) not in page.text
    spent = [cells[2].text for cells, _total in page.context["exhibits"]["money"].rows]
    assert spent
    assert all(Decimal(text or 0) % 7 == 0 for text in spent)
    states = {cells[0].text: cells[1].text for cells, _total in page.context["exhibits"]["states"].rows}
    assert states == {"In progress": "17"}


def test_the_head_of_a_region_is_led_to_its_page(browse, user):
    page = browse("akim.akt").get("/")
    assert page["Location"] == reverse("region", args=[SLUG, "KZ-AKT"])
    head = user("akim.akt")
    head.agency = submission_of("moh").agency
    head.save()
    assert "our report: draft" in browse("akim.akt").get("/").text


def test_every_figure_leads_to_its_rows(browse, user):
    accepted("akimat-akt", user, spent="5.000")
    browser = browse("leader")
    page = browser.get("/")
    urls = {cell.url for one in page.context["exhibits"].values() for cells, _total in one.rows for cell in cells}
    urls |= {one.url for one in page.context["figures"]}
    # One address of each page; the rows of a dataset differ in their filters alone.
    asked = {url.partition("?")[0]: url for url in sorted(urls) if url.startswith("/") and "/regions/" not in url}
    assert {"/datasets/spending/", "/datasets/budget-lines/", "/datasets/indicators/"} <= asked.keys()
    for url in asked.values():
        assert browser.get(url).status_code == 200, url


@pytest.mark.parametrize("filers", [["akt"], ["akt", "kus"]])
def test_it_costs_a_fixed_number_of_queries(browse, user, filers, django_assert_num_queries):
    for short in filers:
        submission = filed(f"akimat-{short}", user(f"reporter.{short}"))
        review.accept(submission=submission, by=user("coordinator"))
    for who, count in {
        "leader": OVERVIEW_COSTS,
        "reporter.akt": OVERVIEW_COSTS,
        "reporter.moes": OVERVIEW_COSTS + 1,
    }.items():
        browser = browse(who)
        with django_assert_num_queries(count):
            browser.get(OVERVIEW)


# The frame 4 with the programme, half-years, what was said 4, lines 3, reports, how the regions stand 6, deadlines,
# activities. A central body's own lines are one more.
OVERVIEW_COSTS = 21
