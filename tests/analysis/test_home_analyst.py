"""The analyst's home: data to take away, and the figures that moved."""

import pytest
from django.urls import reverse

from analysis.datasets import DATASETS
from analysis.figures.activities import answers
from analysis.figures.moved import movements

from ..reports.scenes import accepted, at, filed

pytestmark = pytest.mark.django_db


@pytest.fixture
def moved(programme, db):
    def between(now="2009-H1", before="2008-H2"):
        periods = {one.code: one for one in programme.periods.all()}
        period = periods[now]
        return movements(period, periods.get(before), answers(programme, period))

    return between


def by_key(rows):
    return {one.key: one for one in rows}


def test_reports_are_set_beside_those_of_the_half_year_before(user, moved):
    with at(2009, 1, 9, 12):
        accepted("akimat-akt", user, "2008-H2")
        filed("akimat-kus", user("reporter.kus"), "2008-H2")
    filed("akimat-kus", user("reporter.kus"))
    found = by_key(moved().reports)
    assert (found["filed"].before, found["filed"].now, found["filed"].difference) == (2, 1, -1)
    assert found["filed"].direction == "↓ less"
    assert (found["accepted"].before, found["accepted"].now) == (1, 0)


def test_the_last_seven_days_are_told_apart(user, moved):
    with at(2009, 7, 1, 12):
        filed("akimat-akt", user("reporter.akt"), spent="5.000")
    with at(2009, 7, 9, 12):
        filed("akimat-kus", user("reporter.kus"), spent="2.000")
        found = moved()
    assert by_key(found.reports)["filed"].lately == 1
    spent = by_key(found.spent)["local"]
    assert spent.now > spent.lately > 0
    assert spent.before == 0
    assert spent.direction == "↑ more"


def test_activities_whose_state_changed_are_named(user, moved):
    with at(2009, 1, 9, 12):
        filed("akimat-akt", user("reporter.akt"), "2008-H2", status="not_due")
    filed("akimat-akt", user("reporter.akt"))
    changed = {activity.ordinal: (before, now) for activity, before, now in moved().changed}
    assert changed[17] == ("not_due", "in_progress")


def test_the_first_half_year_has_nothing_beside_it(moved):
    found = moved("2007-H2", None)
    assert {one.difference for one in found.reports} == {None}
    assert found.changed == []


def test_every_dataset_is_one_click_away_as_a_file(browse):
    page = browse("analyst").get("/")
    for name in DATASETS:
        assert f'href="{reverse("dataset", args=[name, "xlsx"])}"' in page.text


def test_long_jobs_under_way_are_told(browse, user):
    from analysis.models import Job
    from programme import calendar

    Job.objects.create(kind="export", title="Есептер", by=user("analyst"), language="kk", created_at=calendar.now())
    Job.objects.create(kind="export", title="Бөтен", by=user("coordinator"), language="kk", created_at=calendar.now())
    text = browse("analyst").get("/").text
    assert "Есептер" in text
    assert "Бөтен" not in text


def test_figures_lead_to_their_rows(browse, user):
    filed("akimat-akt", user("reporter.akt"), spent="5.000")
    browser = browse("analyst")
    page = browser.get("/")
    for name in ("moved", "moved_money", "changed"):
        rows = page.context["exhibits"][name].rows
        urls = {cell.url for cells, _total in rows for cell in cells if cell.url}
        assert urls
        for url in urls:
            assert browser.get(url).status_code == 200, url


@pytest.mark.parametrize("filers", [["akt"], ["akt", "kus"]])
def test_it_costs_a_fixed_number_of_queries(browse, user, filers, django_assert_num_queries):
    for short in filers:
        filed(f"akimat-{short}", user(f"reporter.{short}"))
    browser = browse("analyst")
    with django_assert_num_queries(ANALYST):
        browser.get("/")


# The frame 4 with the programme, half-years, saved views, jobs, what was said 4, reports, spending, indicators,
# activities that changed.
ANALYST = 15
