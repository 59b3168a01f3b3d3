"""Progress: activities and bodies by half-year, each state in words and by a shape of its own."""

import csv
import io
import re

import pytest
from django.urls import reverse

from analysis.showing.progress import SHAPES
from reports.consolidation.structure import Rollup
from reports.timeliness import Timing

from ..reports.scenes import accepted, at, filed, submission_of

SLUG = "children-2007-2011"
PAGE = reverse("progress", args=[SLUG])


@pytest.fixture
def half_year(user, db):
    """For the second half of 2008 the ministry filed on time that all is done, Aktobe two days late."""
    with at(2009, 1, 5, 9):
        accepted("moes", user, "2008-H2", status="done")
    with at(2009, 1, 12, 9):
        accepted("akimat-akt", user, "2008-H2")


def rows(browser, name: str) -> dict[str, dict[str, str]]:
    """Of a table's file, by what its rows begin with."""
    content = b"".join(browser.get(f"{PAGE}?file={name}.csv").streaming_content).decode("utf-8-sig")
    found = csv.reader(io.StringIO(content), delimiter=";" if ";" in content.splitlines()[0] else ",")
    headings, *lines = list(found)
    return {line[0].partition(".")[0]: dict(zip(headings, line, strict=True)) for line in lines if line}


def row_of(page: str, heading: str) -> str:
    """The table row whose heading holds these words."""
    found = [row for row in re.findall(r"<tr.*?</tr>", page, re.DOTALL) if heading in row.partition("<td>")[0]]
    assert len(found) == 1, found
    return found[0]


def test_states_of_a_table_differ_in_shape():
    for kind in (Rollup, Timing):
        shapes = [SHAPES[state] for state in kind]
        assert len(set(shapes)) == len(shapes)


def test_a_cell_says_its_state_in_words_and_how_many_bodies_are_done(browse, half_year):
    page = browse("analyst").get(PAGE).text

    # The ministry is one of four for row 1, and alone for row 11.
    first, eleventh = row_of(page, "/plan/1/"), row_of(page, "/plan/11/")
    assert "in progress; done: 1 of 4 bodies" in first
    assert "1/4" in first
    assert f'href="/programmes/{SLUG}/plan/1/#2008-H2"' in first
    assert '<span class="visually-hidden">done</span>' in eleventh
    assert "heat-done" in eleventh
    assert 'href="#heat-disc"' in eleventh
    assert "2 of 4" in eleventh
    assert eleventh.count("lapsed</span>") == 2


def test_the_table_has_headings_for_rows_columns_and_sections(browse):
    page = browse("analyst").get(PAGE).text

    assert page.count('<th scope="rowgroup"') == 6
    assert page.count('<th scope="row"') == 43 + 1 + 22 + 1
    assert page.count('<th scope="col"') == 2 * (1 + 9 + 1)
    for shape in set(SHAPES.values()):
        assert f'id="heat-{shape}"' in page


def test_columns_are_summed_up_and_the_sum_leads_to_the_consolidated_report(browse, half_year):
    done = f"/programmes/{SLUG}/periods/2008-H2/consolidated/behind/?measure=state&amp;state=done"

    of_analyst, of_reporter = browse("analyst").get(PAGE).text, browse("reporter.akt").get(PAGE).text

    assert f'<a href="{done}">11 of 43</a>' in of_analyst
    assert browse("analyst").get(done.replace("&amp;", "&")).status_code == 200
    assert "11 of 43" in of_reporter
    assert "/consolidated/" not in of_reporter


def test_bodies_are_compared_and_lateness_is_in_days(browse, half_year):
    page = browse("reporter.kus").get(PAGE).text

    ministry, aktobe, kostanay = (row_of(page, name) for name in ("MoES", "Aktobe oblast", "Kostanay oblast"))
    assert "filed on time</span>" in ministry
    assert "filed 2 days late" in aktobe
    assert "+2" in aktobe
    assert "overdue by 177 days" in kostanay
    assert "4 days left" in kostanay
    assert "1 of 3" in ministry
    assert "0 of 3" in aktobe
    assert "1 of 22" in page


def test_a_body_s_report_is_opened_by_who_may_see_it_alone(browse, user, half_year):
    own, other = (f'href="/submissions/{submission_of(code, "2008-H2").pk}/"' for code in ("akimat-akt", "moes"))

    pages = {name: browse(name).get(PAGE).text for name in ("reporter.akt", "akim.akt", "analyst", "reporter.kus")}

    assert {name: (own in page, other in page) for name, page in pages.items()} == {
        "reporter.akt": (True, False),
        "akim.akt": (True, False),
        "analyst": (True, True),
        "reporter.kus": (False, False),
    }


def test_one_s_own_body_stands_out(browse):
    assert row_of(browse("reporter.akt").get(PAGE).text, "Aktobe oblast").startswith('<tr class="is-own">')


def test_drafts_change_nothing(browse, user):
    from ..reports.scenes import write_all

    browser = browse("analyst")
    before = rows(browser, "progress-activities")
    write_all(submission_of("moes"), user("reporter.moes"), status="done")

    assert rows(browser, "progress-activities") == before


def test_files_hold_states_as_words(browse, half_year):
    browser = browse("reporter.kus")

    activities, bodies = rows(browser, "progress-activities"), rows(browser, "progress-bodies")

    assert activities["11"]["2008-H2"] == "done"
    assert activities["1"]["2008-H2"] == "in progress; done: 1 of 4 bodies"
    assert activities["Done"]["2008-H2"] == "11 of 43"
    assert (activities["11"]["2009-H2"], activities["11"]["2011-H1"]) == ("", "lapsed")
    assert bodies["Aktobe oblast"]["2008-H2"] == "filed 2 days late"
    assert bodies["Filed on time"]["2008-H2"] == "1 of 22"
    assert len(bodies) == 23
    assert browser.get(f"{PAGE}?file=progress-bodies.xlsx").status_code == 200


@pytest.mark.parametrize("username", ["coordinator", "reporter.akt"])
def test_the_page_costs_the_same_whatever_was_filed(browse, user, username, django_assert_num_queries):
    browser = browse(username)
    browser.get(PAGE)
    with django_assert_num_queries(12):
        browser.get(PAGE)
    filed("akimat-akt", user("reporter.akt"))
    filed("akimat-kus", user("reporter.kus"))
    with django_assert_num_queries(12):
        browser.get(PAGE)
