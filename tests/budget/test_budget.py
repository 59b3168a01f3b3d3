import html
import re
from decimal import Decimal

import pytest

from budget.models import BudgetLine
from budget.tabulation import by_activity, by_region

pytestmark = pytest.mark.django_db

URL = "/programmes/children-2007-2011/budget/"
QUERIES = 7


@pytest.fixture
def lines(programme):
    return list(BudgetLine.objects.filter(activity__programme=programme).for_tables())


def page(response) -> str:
    assert response.status_code == 200
    return " ".join(html.unescape(response.content.decode()).split())


def total(text: str) -> str:
    """The grand total of the table by source."""
    return re.findall(r'class="num">([^<]*)</td> </tr> </tbody>', text)[0].strip()


def test_subtotals_add_up_to_the_total(lines):
    table = by_activity(lines)
    assert table.amounts.total == sum(line.amount for line in lines) == Decimal("5584.489")
    assert sum(section.amounts.total for section in table.sections.values()) == table.amounts.total
    assert sum(amounts.total for amounts in table.sources.values()) == table.amounts.total
    for section in table.sections.values():
        assert sum(activity.amounts.total for activity in section.activities.values()) == section.amounts.total
        for activity in section.activities.values():
            assert sum(row.amounts.total for row in activity.rows.values()) == activity.amounts.total


def test_regions_are_rows_under_an_activity(lines):
    section = {row.section.number: row for row in by_activity(lines).sections.values()}[3]
    activity = {row.activity.ordinal: row for row in section.activities.values()}[14]
    rows = [(row.region.code, row.amounts.years) for row in activity.rows.values()]
    assert rows == [
        ("KZ-AKT", {2009: Decimal("726.247")}),
        ("KZ-KUS", {2009: Decimal("540.000")}),
        ("KZ-MAN", {2009: Decimal("1218.500")}),
    ]


def test_a_printed_zero_is_a_line_and_no_line_is_not_zero(lines):
    sums = {region.code if region else None: amounts for region, amounts in by_region(lines)}
    assert 2007 not in sums["KZ-AKT"].years
    assert sums["KZ-VOS"].years[2007] == Decimal("1.200")
    assert any(line.amount == 0 for line in lines)


def test_regions_come_in_their_order_after_the_republican_level(lines):
    regions = [region for region, _amounts in by_region(lines)]
    assert regions[0] is None
    assert [region.ordinal for region in regions[1:]] == sorted(region.ordinal for region in regions[1:])


def test_shows_totals_and_every_activity_with_lines(browse, lines):
    text = page(browse("analyst").get(URL))
    assert total(text) == "5,584.489"
    for ordinal in {line.activity.ordinal for line in lines}:
        assert f'href="/programmes/children-2007-2011/plan/{ordinal}/"' in text
    assert "726.247" in text
    assert "(start of construction)" in text


@pytest.mark.parametrize(
    ("language", "region", "section"),
    [
        ("kk", "Қостанай облысы", "5. Әлеуметтік жетімдіктің алдын алу"),
        ("ru", "Костанайская область", "5. Предупреждение социального сиротства"),
        ("en", "Kostanay oblast", "5. Prevention of social orphanhood"),
    ],
)
def test_names_are_in_the_readers_language(browse, language, region, section):
    text = page(browse("analyst", language).get(URL))
    assert region in text
    assert section in text


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({"year": "2009"}, "4,164.457"),
        ({"source": "republican"}, "1,404.430"),
        ({"region": "KZ-AKT"}, "818.678"),
        ({"region": "none"}, "1,404.430"),
        ({"year": "2008", "source": "local"}, "525.259"),
        ({"year": "2008", "region": "KZ-AKT"}, "57.591"),
    ],
)
def test_filters(browse, query, expected):
    assert total(page(browse("analyst").get(URL, query))) == expected


def test_a_year_leaves_only_its_column(browse):
    text = page(browse("analyst").get(URL, {"year": "2009"}))
    assert '<th scope="col" class="num">2009</th>' in text
    assert '<th scope="col" class="num">2008</th>' not in text


def test_says_so_when_no_line_is_found(browse):
    text = page(browse("analyst").get(URL, {"source": "off_budget"}))
    assert "No line of the plan meets all of these conditions" in text


@pytest.mark.parametrize(("field", "value"), [("year", "2010"), ("year", "x"), ("source", "all"), ("region", "KZ-XXX")])
def test_a_wrong_value_is_told_at_its_field_and_filters_nothing(browse, field, value):
    text = page(browse("analyst").get(URL, {field: value}))
    assert f'id="id_{field}_error"' in text
    assert total(text) == "5,584.489"


def test_takes_the_same_queries_for_one_line_and_for_all(browse, django_assert_num_queries):
    browser = browse("analyst")
    for query in (
        {},
        {"year": "2009", "source": "local"},
        {"region": "KZ-AKT"},
        {"source": "off_budget"},
        {"year": "x"},
    ):
        with django_assert_num_queries(QUERIES):
            browser.get(URL, query)
    BudgetLine.objects.exclude(activity__ordinal=22).delete()
    with django_assert_num_queries(QUERIES):
        browser.get(URL)
