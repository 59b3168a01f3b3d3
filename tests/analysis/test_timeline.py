"""The timeline: every activity in its lane, with its deadlines and its states, as a picture and as a table."""

import csv
import io
import re

import pytest
from django.urls import reverse

from programme import calendar
from programme.models import Programme
from reports.models import Period

from ..reports.scenes import accepted, at, filed

SLUG = "children-2007-2011"
PAGE = reverse("timeline", args=[SLUG])


def rows(browser, query: str = "") -> dict[str, dict[str, str]]:
    """Of the table, from its file: by the activity's number."""
    content = b"".join(browser.get(f"{PAGE}?file=timeline.csv&{query}").streaming_content).decode("utf-8-sig")
    found = csv.DictReader(io.StringIO(content), delimiter=";" if ";" in content.splitlines()[0] else ",")
    return {row["Activity"].partition(".")[0]: row for row in found}


def lanes(page: str) -> list[int]:
    """Rows of the plan that the picture leads to, each once: it is drawn for a wide and for a narrow page."""
    links = re.findall(r'<a href="/programmes/[\w-]+/plan/(\d+)/">\s*<title>', page)
    assert links[: len(links) // 2] == links[len(links) // 2 :]
    return [int(ordinal) for ordinal in links[: len(links) // 2]]


def test_every_activity_has_its_lane_under_its_section(browse):
    page = browse("reporter.akt").get(PAGE).text

    assert lanes(page) == list(range(1, 44))
    assert page.count(">Today</text>") == 2
    for year in range(2007, 2012):
        assert f">{year}</text>" in page


def test_the_table_says_when_activities_are_due_and_how_they_stood_and_leads_to_what_was_reported(browse, user):
    with at(2008, 7, 5, 9):
        accepted("moes", user, "2008-H1", status="done")
    browser = browse("analyst")
    codes = ("2007-H2", "2008-H1", "2008-H2", "2009-H1", "2009-H2", "2010-H2", "2011-H1", "2011-H2")

    found = rows(browser)

    assert len(found) == 43
    assert (found["11"]["Section"], found["11"]["Deadline met"]) == ("3", "31/12/2008")
    assert found["29"]["Met late"] == "31/12/2007"
    assert found["3"]["Deadline missed"] == "20/07/2008"
    assert found["3"]["Not yet due"] == "20/07/2009"
    assert [found["11"][code] for code in codes] == [
        "no information received", "done", "done", "done", "", "", "lapsed", "lapsed",
    ]  # fmt: skip
    assert found["7"]["2008-H1"] == "no body is obliged to report"
    assert f'href="/programmes/{SLUG}/plan/11/#2008-H1"' in browser.get(PAGE).text
    assert 'id="2008-H1"' in browser.get(f"/programmes/{SLUG}/plan/11/").text


def test_a_date_before_the_decree_is_marked(browse):
    page = browse("analyst").get(PAGE)

    assert "Activities with a date before the decree itself: 7, 12." in page.text
    assert "counts from the decree&#x27;s date, 21 December 2007" in page.text
    # Hollow: the paper's colour inside.
    lane = page.text[page.text.index("<title>7. ") :].partition("</a>")[0]
    assert re.search(r'<path [^>]*fill="#ffffff" stroke="#a3201d"', lane)
    assert "30 June 2007 (to be completed): deadline missed" in lane


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("section=6", [38, 39, 40, 41, 42, 43]),
        ("agency=mfa", [8, 27]),
        ("agency=mfa&section=5", [27]),
        ("state=nobody_obliged", [7, 25]),
        ("section=2&state=nobody_obliged", [7]),
    ],
)
def test_filters_choose_lanes_and_what_is_taken_away(browse, query, expected):
    browser = browse("analyst")

    assert lanes(browser.get(f"{PAGE}?{query}").text) == expected
    assert [int(number) for number in rows(browser, query)] == expected


def test_where_nothing_is_left_the_page_says_so(browse):
    page = browse("analyst").get(f"{PAGE}?section=1&state=done").text

    assert "No activity meets all of these conditions" in page
    assert "<svg" not in page.split('id="main"')[1].split('class="empty"')[1]


def test_a_filter_that_is_not_known_is_refused_where_it_stands(browse):
    response = browse("analyst").get(f"{PAGE}?section=9&agency=nobody&state=%00")

    assert response.status_code == 200
    assert "error-summary" in response.text
    assert len(lanes(response.text)) == 43


def test_before_the_first_half_year_there_are_deadlines_and_no_states(browse):
    with at(2007, 12, 24, 9):
        response = browse("analyst").get(f"{PAGE}?state=done")
        everything = rows(browse("analyst"))

    assert "No activity meets all of these conditions" in response.text
    assert everything["14"]["Not yet due"] == "31/12/2009"
    assert everything["14"]["2007-H2"] == ""


def test_a_programme_without_a_plan_has_an_empty_timeline(browse):
    first = Programme.objects.get()
    Programme.objects.create(
        slug="successor", title="x", short_title="x", goal="x", first_year=2026, last_year=2030, plan_first_year=2026,
        plan_last_year=2028, adopted_on="2026-01-01", lead_agency=first.lead_agency,
    )  # fmt: skip

    for name in ("timeline", "progress", "calendar"):
        assert browse("analyst").get(reverse(name, args=["successor"])).status_code == 200
    assert not Period.objects.filter(programme__slug="successor").exists()


def test_the_page_costs_the_same_whatever_was_filed(browse, user, django_assert_num_queries):
    browser = browse("coordinator")
    with django_assert_num_queries(15):
        browser.get(PAGE)
    filed("akimat-akt", user("reporter.akt"))
    with django_assert_num_queries(15):
        browser.get(PAGE)


def test_deadlines_stand_as_of_the_day_in_almaty(browse):
    with at(2009, 7, 21, 0, 30):
        found = rows(browse("analyst"))

    assert calendar.today().isoformat() == "2009-07-06"
    assert found["6"]["Deadline missed"] == "20/07/2009"
