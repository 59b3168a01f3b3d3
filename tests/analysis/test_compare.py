"""Two half-years or two regions side by side."""

from dataclasses import dataclass
from decimal import Decimal

import pytest
from django.urls import reverse

from analysis.figures.activities import states
from analysis.figures.regions import region_values
from programme.models import Programme
from reports.models import Period

from ..reports.scenes import at
from .figures import SLUG, filed_money, get, links, printed, sum_behind, two_half_years, values

# One worker makes what they share.
pytestmark = [pytest.mark.django_db, pytest.mark.xdist_group("comparison")]


@dataclass
class Pages:
    halves: object
    of_region: object
    regions: object
    outsider: object
    own: object
    spent: dict
    values: dict
    states: dict
    behind: list


@pytest.fixture(scope="module")
def pages(django_db_setup, django_db_blocker) -> Pages:
    with two_half_years(django_db_blocker) as people:
        analyst = people["analyst"]
        programme = Programme.objects.get(slug=SLUG)
        until = Period.objects.select_related("programme").get(programme=programme, code="2009-H1")
        halves = get(analyst, "compare")
        return Pages(
            halves=halves,
            of_region=get(people["reporter.akt"], "compare", "?region=KZ-AKT&first=2009-H1&second=2008-H2"),
            regions=get(analyst, "compare", "?by=regions&first=KZ-AKT&second=KZ-KUS"),
            outsider=get(people["reporter.kus"], "compare", "?by=regions&first=KZ-AKT&second=KZ-KUS"),
            own=get(people["reporter.kus"], "compare", "?by=regions"),
            spent={code: sum(filed_money(code).values()) for code in ("2008-H2", "2009-H1")},
            values=region_values(programme, until),
            states=states(programme, until),
            behind=[
                (value, url, sum_behind(analyst, url, "spent" if "/spending/" in url else "in_force"))
                for value, url in links(halves, "compare_money")
            ],
        )


def test_two_half_years_have_the_money_of_their_copies_and_lines(pages):
    found = values(pages.halves, "compare_money")
    first, second = pages.spent["2008-H2"], pages.spent["2009-H1"]
    assert found["Spent in the half-year"][:3] == [first, second, second - first]
    assert found["Spent since the start"][:2] == [first, first + second]
    assert found["Planned in the year"][:2] == [printed(year=2008), printed(year=2009)]
    assert found["Planned in all years so far"][:2] == [printed() - printed(year=2009), printed()]
    ratio = (second - first) / first
    assert found["Spent in the half-year"][3] == ratio.quantize(Decimal("0.0001"))


def test_a_difference_to_nothing_has_no_per_cent(pages):
    found = values(pages.regions, "compare_money")["Spent since the start"]
    assert found[0] > 0
    assert found[1:] == [None, None, None]
    assert values(pages.halves, "compare_filings")["Filed late"] == [0, 0, 0, None]


def test_states_are_those_of_all_bodies_and_changes_are_named(pages):
    before, now = (
        {row: state for (row, code), state in pages.states.items() if code == wanted}
        for wanted in ("2008-H2", "2009-H1")
    )
    changed = [row for row in before if before[row] != now[row]]
    found = values(pages.halves, "compare_changed")
    assert [int(title.partition(".")[0]) for title in found] == changed
    counts = values(pages.halves, "compare_states")
    assert counts["In progress"][:2] == [list(one.values()).count("in_progress") for one in (before, now)]
    assert sum(row[0] for row in counts.values()) == 43


def test_regions_are_measured_as_on_the_map(pages):
    found = values(pages.regions, "compare_money")
    for place, code in enumerate(("KZ-AKT", "KZ-KUS")):
        on_map = pages.values[code]
        assert found["Planned in the year"][place] == on_map["planned"]
        assert found["Spent in the year so far"][place] == on_map["spent"]
        assert values(pages.regions, "compare_shares")["Share of the year's plan spent"][place] == on_map["share_spent"]
        for title, row in values(pages.regions, "compare_indicators").items():
            assert row[place] in {value for key, value in on_map.items() if "." in key}, title
    assert values(pages.regions, "compare_indicators")["Children's villages opened"][:2] == [3, None]


def test_filings_say_what_is_filed_open_and_overdue(pages):
    found = values(pages.halves, "compare_filings")
    assert found["Reports owed"][:2] == [22, 22]
    assert found["Reports filed"][:2] == [1, 1]
    assert found["Overdue"][:2] == [21, 0]
    assert found["Not filed, and not due yet"][:2] == [0, 21]
    assert values(pages.halves, "compare_shares")["Reports filed on time"][:2] == [Decimal("0.0455"), Decimal(1)]


def test_figures_lead_to_rows_that_add_up_to_them(pages):
    assert len(pages.behind) == 10
    for value, url, behind in pages.behind:
        assert value == behind, url


def test_a_region_of_ones_own_opens_and_another_does_not(pages):
    assert links(pages.of_region, "compare_money")
    urls = [url for _value, url in links(pages.outsider, "compare_money") if "/spending/" in url]
    assert urls == []
    assert "compare_changed" in pages.of_region.context["exhibits"]
    assert "compare_changed" not in pages.outsider.context["exhibits"]


def test_half_years_stand_in_the_order_that_was_asked_for(pages):
    columns = [column.heading for column in pages.of_region.context["exhibits"]["compare_money"].exhibit.columns]
    assert columns[1:3] == ["First half of 2009", "Second half of 2008"]


def test_an_agency_begins_with_its_own_region(pages):
    assert pages.own.context["titles"][0] == "Kostanay oblast"
    assert '<option value="KZ-KUS" selected>' in pages.own.content.decode()


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("?first=2008-H2&second=2008-H2", "Choose two different half-years."),
        ("?by=regions&first=KZ-AKT&second=KZ-AKT", "Choose two different regions."),
        ("?first=2011-H2", "“2011-H2” is not a half-year that has been reported on."),
        ("?by=regions&first=KZ-X", "“KZ-X” is not known."),
    ],
)
def test_what_cannot_be_compared_is_said_at_the_form(browse, query, said):
    response = browse("analyst").get(reverse("compare", args=[SLUG]) + query)
    assert response.status_code == 200
    assert said in response.text
    assert "compare-money" not in response.text


def test_an_unknown_way_is_not_found(browse):
    assert browse("analyst").get(reverse("compare", args=[SLUG]) + "?by=x").status_code == 404


def test_with_one_half_year_there_is_nothing_to_compare_yet(browse):
    with at(2008, 1, 5, 12):
        response = browse("analyst").get(reverse("compare", args=[SLUG]))
    assert "There is only one half-year to compare yet" in response.text


def test_the_comparison_is_a_file(browse):
    response = browse("analyst").get(reverse("compare", args=[SLUG]) + "?file=compare-filings.csv")
    lines = b"".join(response.streaming_content).decode("utf-8-sig").splitlines()
    assert lines[0] == 'Figure,Second half of 2008,First half of 2009,Difference,"Difference, %"'
    assert lines[1].startswith("Reports owed,22,22,0,")


@pytest.mark.parametrize("query", ["", "?by=regions"])
def test_the_page_costs_a_fixed_number_of_queries(browse, django_assert_num_queries, query):
    browser = browse("reporter.akt")
    with django_assert_num_queries(15):
        browser.get(reverse("compare", args=[SLUG]) + query)
