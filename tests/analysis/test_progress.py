"""Progress: activities and bodies by half-year, each state in words and by a shape of its own."""

import csv
import io
import re
from dataclasses import dataclass

import pytest
from django.db import transaction
from django.test import Client
from django.urls import reverse

from accounts.models import User
from analysis.showing.progress import SHAPES
from reports.consolidation.structure import Rollup
from reports.timeliness import Timing

from ..reports.scenes import accepted, at, filed, submission_of, write_all

SLUG = "children-2007-2011"
PAGE = reverse("progress", args=[SLUG])
BEHIND = f"/programmes/{SLUG}/periods/2008-H2/consolidated/behind/?measure=state&state=done"


pytestmark = pytest.mark.django_db


@dataclass
class Seen:
    """The page by user name, and the tables of the files; with keys of two reports on the half-year."""

    pages: dict[str, str]
    activities: dict[str, dict[str, str]]
    bodies: dict[str, dict[str, str]]
    behind: int
    own: int
    other: int


@pytest.fixture(scope="module")
def seen(django_db_setup, django_db_blocker) -> Seen:
    """For 2008-H2 the ministry filed on time that all is done, Aktobe two days late; the database is as before."""
    with django_db_blocker.unblock(), transaction.atomic(), at(2009, 7, 6, 12):
        people = {one.username: one for one in User.objects.select_related("agency")}
        with at(2009, 1, 5, 9):
            accepted("moes", people.get, "2008-H2", status="done")
        with at(2009, 1, 12, 9):
            accepted("akimat-akt", people.get, "2008-H2")
        User.objects.update(language="en")
        browsers = {}
        for name in ("analyst", "reporter.akt", "reporter.kus", "akim.akt"):
            browsers[name] = Client()
            browsers[name].force_login(people[name])
        found = Seen(
            pages={name: browser.get(PAGE).text for name, browser in browsers.items()},
            activities=rows(browsers["reporter.kus"], "progress-activities"),
            bodies=rows(browsers["reporter.kus"], "progress-bodies"),
            behind=browsers["analyst"].get(BEHIND).status_code,
            own=submission_of("akimat-akt", "2008-H2").pk,
            other=submission_of("moes", "2008-H2").pk,
        )
        transaction.set_rollback(True)
    return found


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


def test_a_cell_says_its_state_in_words_and_how_many_bodies_are_done(seen):
    page = seen.pages["analyst"]

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


def test_the_table_has_headings_for_rows_columns_and_sections(seen):
    page = seen.pages["analyst"]

    assert page.count('<th scope="rowgroup"') == 6
    assert page.count('<th scope="row"') == 43 + 1 + 22 + 1
    assert page.count('<th scope="col"') == 2 * (1 + 9 + 1)
    for shape in set(SHAPES.values()):
        assert f'id="heat-{shape}"' in page


def test_columns_are_summed_up_and_the_sum_leads_to_the_consolidated_report(seen):
    assert f'<a href="{BEHIND.replace("&", "&amp;")}">11 of 43</a>' in seen.pages["analyst"]
    assert seen.behind == 200
    assert "11 of 43" in seen.pages["reporter.akt"]
    assert "/consolidated/" not in seen.pages["reporter.akt"]


def test_bodies_are_compared_and_lateness_is_in_days(seen):
    page = seen.pages["reporter.kus"]

    ministry, aktobe, kostanay = (row_of(page, name) for name in ("MoES", "Aktobe oblast", "Kostanay oblast"))
    assert "filed on time</span>" in ministry
    assert "filed 2 days late" in aktobe
    assert "+2" in aktobe
    assert "overdue by 177 days" in kostanay
    assert "4 days left" in kostanay
    assert "1 of 3" in ministry
    assert "0 of 3" in aktobe
    assert "1 of 22" in page


def test_a_body_s_report_is_opened_by_who_may_see_it_alone(seen):
    own, other = (f'href="/submissions/{key}/"' for key in (seen.own, seen.other))

    assert {name: (own in page, other in page) for name, page in seen.pages.items()} == {
        "reporter.akt": (True, False),
        "akim.akt": (True, False),
        "analyst": (True, True),
        "reporter.kus": (False, False),
    }


def test_one_s_own_body_stands_out(seen):
    assert row_of(seen.pages["reporter.akt"], "Aktobe oblast").startswith('<tr class="is-own">')
    assert "is-own" not in seen.pages["analyst"]


def test_files_hold_states_as_words(seen):
    assert seen.activities["11"]["2008-H2"] == "done"
    assert seen.activities["1"]["2008-H2"] == "in progress; done: 1 of 4 bodies"
    assert seen.activities["Done"]["2008-H2"] == "11 of 43"
    assert (seen.activities["11"]["2009-H2"], seen.activities["11"]["2011-H1"]) == ("", "lapsed")
    assert seen.bodies["Aktobe oblast"]["2008-H2"] == "filed 2 days late"
    assert seen.bodies["Filed on time"]["2008-H2"] == "1 of 22"
    assert len(seen.bodies) == 23


def test_drafts_change_nothing_and_the_page_costs_the_same_whatever_was_filed(browse, user, django_assert_num_queries):
    coordinator, reporter = browse("coordinator"), browse("reporter.akt")
    before = rows(coordinator, "progress-activities")
    for browser in (coordinator, reporter):
        with django_assert_num_queries(12):
            browser.get(PAGE)
    write_all(submission_of("moes"), user("reporter.moes"), status="done")
    assert rows(coordinator, "progress-activities") == before

    filed("akimat-akt", user("reporter.akt"))

    for browser in (coordinator, reporter):
        with django_assert_num_queries(12):
            browser.get(PAGE)
    assert coordinator.get(f"{PAGE}?file=progress-bodies.xlsx").status_code == 200
