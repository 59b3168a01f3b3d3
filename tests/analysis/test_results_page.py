"""Expected results: targets of the fixtures, counts of the filed copies, the decree's own statistics beside them."""

import io
from collections import Counter
from dataclasses import dataclass
from decimal import Decimal

import openpyxl
import pytest
from django.urls import reverse

from .figures import SLUG, filed_copies, fixture, get, links, sum_behind, two_half_years, values

# One worker makes what they share.
pytestmark = [pytest.mark.django_db, pytest.mark.xdist_group("results")]

BASELINE, TARGET, REPORTED, SHARE = range(4)


@dataclass
class Pages:
    now: object
    earlier: object
    outsider: object
    own: object
    region: object
    kazakh: object
    counted: dict
    behind: list


@pytest.fixture(scope="module")
def pages(django_db_setup, django_db_blocker) -> Pages:
    with two_half_years(django_db_blocker) as people:
        analyst = people["analyst"]
        now = get(analyst, "results", "?indicator=childrens-villages-1")
        found = [(value, url) for name in ("results_stage_1", "results_1_10") for value, url in links(now, name)]
        return Pages(
            now=now,
            earlier=get(analyst, "results", "?period=2008-H2"),
            outsider=get(people["reporter.kus"], "results"),
            own=get(people["reporter.akt"], "results", "?region=KZ-AKT"),
            region=get(analyst, "results", "?region=KZ-KUS"),
            kazakh=get(analyst, "results", language="kk"),
            counted=_counted(),
            behind=[(value, sum_behind(analyst, url, "value")) for value, url in found if "/indicators/" in url],
        )


def _counted() -> dict[str, Counter]:
    """By half-year and code of the indicator, from the filed copies."""
    found: dict[str, Counter] = {}
    for period, content in filed_copies():
        for entry in content["entries"]:
            for row in entry["indicators"]:
                found.setdefault(period, Counter())[row["indicator"]] += row["value"]
    return found


def stage(number: int) -> list[dict]:
    return [one for one in fixture("activities__indicator") if one["stage"] == number]


def test_targets_and_baselines_are_the_fixtures_and_counts_the_copies(pages):
    found = values(pages.now, "results_stage_1")
    assert len(found) == len(stage(1)) == 10
    for one in stage(1):
        row = found[one["title"]["en"]]
        reported = sum(counted[one["code"]] for counted in pages.counted.values())
        assert row[:SHARE] == [one.get("baseline"), one["target"], reported]
        assert row[SHARE] == (Decimal(reported) / one["target"]).quantize(Decimal("0.0001"))
    assert sum(pages.counted["2009-H1"].values()) == 20


def test_what_is_reported_later_than_the_half_year_does_not_count(pages):
    reported = [row[REPORTED] for row in values(pages.earlier, "results_stage_1").values()]
    assert reported == [pages.counted["2008-H2"][one["code"]] for one in stage(1)] == [1] * 10


def test_a_stage_that_has_not_begun_has_targets_and_no_counts(pages):
    exhibit = pages.now.context["exhibits"]["results_stage_2"].exhibit
    rows = values(pages.now, "results_stage_2").values()
    assert [row[TARGET] for row in rows] == [one["target"] for one in stage(2)]
    assert {row[REPORTED] for row in rows} == {None}
    assert "This stage has not begun" in exhibit.note
    assert exhibit.picture == ""


def test_through_time_counts_add_up_and_nothing_filed_is_a_gap(pages):
    rows = list(values(pages.now, "results_1_10").values())
    assert rows == [
        [None] * 4, [None] * 4, [1, 1, 1, 1], [2, 3, 2, 3], [None] * 4,
    ]  # fmt: skip


def test_a_region_alone_is_measured_by_the_countrys_target(pages):
    found = values(pages.region, "results_stage_1")
    assert {row[REPORTED] for row in found.values()} == {None}
    assert [row[TARGET] for row in found.values()] == [one["target"] for one in stage(1)]
    assert "Kostanay oblast" in pages.region.content.decode()


def test_an_indicator_is_shown_by_region_on_request(pages):
    found = values(pages.now, "results_regions")
    assert found["Aktobe oblast"][0] == found["In all"][0] == 3
    assert found["Kostanay oblast"] == [None, None]
    assert len(found) == 17
    assert "results_regions" not in pages.earlier.context["exhibits"]


def test_counts_lead_to_the_rows_that_they_are_made_of(pages):
    assert len(pages.behind) > 10
    for value, behind in pages.behind:
        assert value == behind


def test_counts_are_open_to_agencies_and_rows_only_of_their_own(pages):
    assert values(pages.outsider, "results_stage_1") == values(pages.now, "results_stage_1")
    assert not [url for _value, url in links(pages.outsider, "results_stage_1") if "/indicators/" in url]
    own = [url for _value, url in links(pages.own, "results_stage_1") if "/indicators/" in url]
    assert len(own) == 10
    assert all("region=KZ-AKT" in url and "state=filed" in url for url in own)


def test_a_target_that_two_sections_print_differently_is_shown_twice_with_its_finding(pages):
    text = " ".join(pages.now.content.decode().split())
    assert "section 7 <strong>450</strong>, section 1 <strong>250</strong>" in text
    assert f'href="{reverse("findings", args=[SLUG])}#F18"' in text
    assert "section 7 gives no number, section 1 <strong>1</strong>" in text


def test_results_that_nobody_counts_are_there_in_the_decrees_words(pages):
    text = pages.kazakh.content.decode()
    results = [one for one in fixture("programme__expectedresult") if one["stage"]]
    assert len(results) == 26
    for one in results:
        assert one["text"]["kk"].replace('"', "&quot;") in text


def test_the_statistics_are_the_decrees_own(pages):
    cells = fixture("programme__baselinevalue")
    for table in fixture("programme__baselinetable"):
        name = f"statistics_{table['code'].replace('-', '_')}"
        own = [one for one in cells if one["table"] == table["code"]]
        found = values(pages.now, name)
        assert [value for row in found.values() for value in row] == [Decimal(one["value"]) for one in own]
        assert list(found) == list(dict.fromkeys(one["row_label"]["en"] for one in own))
        exhibit = pages.now.context["exhibits"][name].exhibit
        assert "decree" in exhibit.note
        assert exhibit.picture


@pytest.mark.parametrize("extension", ["xlsx", "csv"])
def test_statistics_are_taken_away_as_numbers(browse, extension):
    response = browse("analyst").get(reverse("results", args=[SLUG]) + f"?file=statistics-child-morbidity.{extension}")
    content = b"".join(response.streaming_content)
    if extension == "xlsx":
        sheet = openpyxl.load_workbook(io.BytesIO(content)).worksheets[0]
        assert [cell.value for cell in sheet[2]] == ["neoplasms", 80.9, 82.1]
        assert sheet["B2"].number_format == "0.0"
    else:
        assert "neoplasms,80.9,82.1" in content.decode("utf-8-sig").splitlines()


@pytest.mark.parametrize("query", ["?period=2009-H2", "?region=x", "?indicator=x"])
def test_an_unknown_choice_is_said_at_the_form(browse, query):
    response = browse("analyst").get(reverse("results", args=[SLUG]) + query)
    assert response.status_code == 200
    assert "error-summary" in response.text


def test_the_page_costs_a_fixed_number_of_queries(browse, django_assert_num_queries):
    browser = browse("reporter.akt")
    with django_assert_num_queries(14):
        browser.get(reverse("results", args=[SLUG]))
