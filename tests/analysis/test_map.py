"""The map of regions: one measure, one half-year, and the rows behind each figure for those who may see them."""

import csv
import io
from decimal import Decimal

import openpyxl
import pytest
from django.urls import reverse

from analysis.datasets import DATASETS
from analysis.figures.regions import MEASURES
from analysis.showing.region_map import behind, map_exhibit
from programme.models import Programme

from ..reports.scenes import at, filed
from .test_region_figures import figures_of

pytestmark = pytest.mark.django_db

MAP = "/programmes/children-2007-2011/map/"


@pytest.fixture
def aktobe_filed(user):
    with at(2009, 7, 3, 9):
        filed("akimat-akt", user("reporter.akt"), spent="1.000")


def rows(response) -> list:
    return [[cell.text for cell in cells] for cells, _is_total in response.context["exhibits"]["regions"].rows]


def test_the_first_measure_and_the_latest_half_year_are_shown_to_whom_names_none(browse):
    response = browse("reporter.kus").get(MAP)
    assert response.context["measure"] == MEASURES["on_time"]
    assert response.context["figures"].until.code == "2009-H1"
    assert len(rows(response)) == 17


def test_the_choice_is_in_the_address_and_goes_on_to_the_region(browse):
    page = browse("analyst").get(MAP, {"measure": "planned", "period": "2008-H2"})
    assert page.context["measure"] == MEASURES["planned"]
    content = page.content.decode()
    assert '<option value="planned" selected>' in content
    assert '<option value="2008-H2" selected>' in content
    assert "/programmes/children-2007-2011/regions/KZ-PAV/?period=2008-H2" in content


def test_every_region_of_the_picture_leads_to_its_page_and_says_its_value(browse, aktobe_filed):
    page = browse("analyst").get(MAP, {"measure": "completeness"})
    picture = page.context["exhibits"]["regions"].picture
    assert picture.count("/regions/KZ-AKT/?period=2009-H1") == 2  # the wide drawing and the narrow one
    assert "Aktobe: 100% (V: 100%)" in picture
    assert "Kostanay: no data" in picture


def test_the_largest_value_comes_first_and_the_country_last(browse):
    shown = rows(browse("analyst").get(MAP, {"measure": "planned_whole"}))
    assert shown[0] == ["Mangystau oblast", "1,389.902", "V", "1"]
    assert shown[-2] == ["South Kazakhstan oblast", "", "", ""]
    assert shown[-1][:2] == ["The country", "4,180.059"]


def test_the_country_and_the_median_stand_above_the_map(browse, aktobe_filed):
    content = browse("analyst").get(MAP, {"measure": "spent"}).content.decode()
    assert "4.000 million tenge" in content
    assert "1 of 16" in content
    assert "Half of the regions are no higher, half no lower" in content


def test_an_indicator_says_the_target_of_the_country_and_that_regions_have_none(browse, aktobe_filed):
    response = browse("analyst").get(MAP, {"measure": "rehabilitation-children-1.22"})
    content = response.content.decode()
    assert "Target 2007–2009: 450 (children)" in content
    assert "a small number is no arrears of the region" in content
    assert rows(response)[0] == ["Aktobe oblast", "0", "I", "1", "0.00%"]


def test_without_any_data_the_map_is_hatched_and_no_region_has_a_rank(browse):
    response = browse("analyst").get(MAP, {"measure": "spent"})
    assert all(row[1:] == ["", "", ""] for row in rows(response))
    assert "no data" in response.context["exhibits"]["regions"].picture
    assert "I: " not in response.context["exhibits"]["regions"].picture


@pytest.mark.parametrize("query", [{"measure": "x"}, {"period": "2009-H2"}, {"measure": "", "period": "\u0000"}])
def test_an_unknown_choice_is_named_and_the_first_one_shown(browse, query):
    response = browse("analyst").get(MAP, query)
    assert response.status_code == 200
    assert response.context["measure"] == MEASURES["on_time"]
    assert response.context["figures"].until.code == "2009-H1"
    assert [name for name in query if query[name]] == list(response.context["form"].errors)
    assert "error-summary" in response.content.decode()


def test_a_programme_without_half_years_has_nothing_to_map(browse, programme):
    Programme.objects.create(
        slug="other", title="Басқа", short_title="Басқа", lead_agency=programme.lead_agency, goal="Мақсат",
        first_year=2026, last_year=2030, plan_first_year=2026, plan_last_year=2028, time_zone=programme.time_zone,
        adopted_on="2026-01-01",
    )  # fmt: skip
    content = browse("analyst").get(reverse("map", args=["other"])).content.decode()
    assert "There is nothing to map yet" in content


def test_before_the_first_half_year_has_ended_the_plan_can_be_seen_already(browse):
    with at(2007, 12, 24, 12):
        response = browse("analyst").get(MAP, {"measure": "planned_whole"})
        assert rows(response)[0][:2] == ["Mangystau oblast", "1,389.902"]


def test_what_is_shown_can_be_taken_away(browse, aktobe_filed):
    browser = browse("analyst")
    query = {"measure": "spent", "period": "2009-H1"}
    data = b"".join(browser.get(MAP, query | {"file": "regions.csv"}).streaming_content).decode("utf-8-sig")
    lines = list(csv.reader(io.StringIO(data)))
    assert lines[0] == ["Region", "Spent in the year so far, million tenge", "Class", "Rank"]
    assert lines[1] == ["Aktobe oblast", "4.000", "I", "1"]
    book = openpyxl.load_workbook(
        io.BytesIO(b"".join(browser.get(MAP, query | {"file": "regions.xlsx"}).streaming_content))
    )
    assert book.worksheets[0]["B2"].value == 4
    assert browser.get(MAP, query | {"file": "other.csv"}).status_code == 404


def test_figures_lead_to_their_rows_where_the_reader_may_see_them(browse, aktobe_filed):
    figure = "/datasets/spending/?programme=children-2007-2011&amp;region=KZ-AKT&amp;period_to=2009-H1"
    for username, may_see in (("analyst", True), ("akim.akt", True), ("reporter.akt", True), ("reporter.kus", False)):
        content = browse(username).get(MAP, {"measure": "spent"}).content.decode()
        assert (figure in content) is may_see
        assert "4.000" in content


def test_the_rows_behind_a_figure_add_up_to_it(user, aktobe_filed):
    analyst, figures = user("analyst"), figures_of("2009-H1")
    region = next(one for one in figures.regions if one.code == "KZ-AKT")
    for code, column in (("planned", "in_force"), ("planned_whole", "in_force"), ("spent", "amount")):
        name, _question, query = behind(figures, figures.measures[code], region, analyst).partition("?")
        chosen = dict(pair.split("=") for pair in query.split("&"))
        dataset = DATASETS[name.strip("/").split("/")[1]](analyst, chosen)
        found = sum(row[0] for row in dataset.rows([column if column in dataset.fields else "spent"]))
        assert found == figures.values["KZ-AKT"][code] > 0


def test_every_measure_has_a_map(user):
    figures = figures_of("2009-H1")
    for measure in figures.measures.values():
        exhibit = map_exhibit(figures, measure, user("analyst"))
        assert len(exhibit.rows) == 17
        assert exhibit.picture.startswith("<svg")


def test_the_map_costs_twelve_queries_whatever_was_filed(browse, user, django_assert_num_queries):
    for body in ("akt", "kus"):
        filed(f"akimat-{body}", user(f"reporter.{body}"))
        browser = browse("coordinator")
        with django_assert_num_queries(12):
            browser.get(MAP, {"measure": "spent"})


def test_amounts_are_decimals_with_three_places(user, aktobe_filed):
    figures = figures_of("2009-H1")
    spent = figures.values["KZ-AKT"]["spent"]
    assert isinstance(spent, Decimal)
    assert spent.as_tuple().exponent == -3
