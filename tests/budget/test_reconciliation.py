import html
from decimal import Decimal

import pytest

from budget.models import BudgetLine, PrintedTotal
from budget.reconciliation import check_financing, reconcile
from programme.models import Financing

pytestmark = pytest.mark.django_db

URL = "/programmes/children-2007-2011/reconciliation/"
QUERIES = 9


@pytest.fixture
def figures(programme):
    return lambda: {(str(row.source), row.year): row for row in reconcile(programme)}


def page(browser) -> str:
    response = browser.get(URL)
    assert response.status_code == 200
    return " ".join(html.unescape(response.content.decode()).split())


@pytest.mark.parametrize(
    ("source", "year", "expected"),
    [
        ("republican", 2007, ("306.958", "306.955", "0.003")),
        ("republican", 2008, ("586.615", "586.615", "0.000")),
        ("republican", 2009, ("510.857", "510.857", "0.000")),
        ("republican", None, ("1404.430", "1404.427", "0.003")),
        ("local", 2007, ("1.200", "1.200", "0.000")),
        ("local", 2008, ("525.259", "525.259", "0.000")),
        ("local", 2009, ("3653.600", "3663.353", "-9.753")),
        ("local", None, ("4180.059", "4189.812", "-9.753")),
        ("off_budget", 2007, ("0.000", "169.760", "-169.760")),
        ("off_budget", None, ("0.000", "169.760", "-169.760")),
        ("all", 2007, ("308.158", "308.155", "0.003")),
        ("all", 2008, ("1111.874", "1111.874", "0.000")),
        ("all", 2009, ("4164.457", "4174.210", "-9.753")),
        ("all", None, ("5584.489", "5594.239", "-9.750")),
    ],
)
def test_lines_against_printed_totals(figures, source, year, expected):
    """Lines, printed total, difference."""
    row = figures()[source, year]
    assert (row.lines_total, row.printed_total, row.difference) == tuple(map(Decimal, expected))
    assert row.agrees == (row.difference == 0)
    assert sum((line.amount for line in row.lines), Decimal(0)) == row.lines_total


@pytest.mark.parametrize("year", [2008, 2009])
def test_where_nothing_is_printed_there_is_no_difference(figures, year):
    row = figures()["off_budget", year]
    assert row.printed_total is None
    assert row.difference is None
    assert not row.agrees


def test_every_source_and_year_comes_once(figures, programme):
    assert len(reconcile(programme)) == len(figures()) == 16


def test_off_budget_lines_do_not_count_as_budget(figures, programme):
    before = figures()["all", 2008].lines_total
    BudgetLine.objects.create(
        activity=programme.activities.get(ordinal=20),
        ordinal=1,
        year=2008,
        source="off_budget",
        amount="5.000",
        place="x",
    )
    after = figures()
    assert after["all", 2008].lines_total == before
    assert after["off_budget", 2008].lines_total == Decimal("5.000")


def test_reconcile_takes_two_queries(programme, django_assert_num_queries):
    with django_assert_num_queries(2):
        reconcile(programme)
    BudgetLine.objects.exclude(activity__ordinal=14).delete()
    with django_assert_num_queries(2):
        reconcile(programme)


def test_the_passport_agrees_with_the_plan(programme):
    checks = {(check.financing.source, check.financing.year): check for check in check_financing(programme)}
    assert checks["local", 2009].plan_total == Decimal("3663.353")
    assert all(check.agrees for (_source, year), check in checks.items() if year in programme.plan_years)
    assert checks["local", 2010].plan_total is None
    # The sum over five years has no counterpart under a plan of three.
    assert checks["all", None].difference is None


def test_a_passport_that_differs_is_shown(browse, programme):
    Financing.objects.filter(source="local", year=2009).update(amount="3664.353")
    assert "+1.000" in page(browse("analyst"))


def test_the_page_shows_figures_with_words_and_signs(browse):
    text = page(browse("analyst"))
    for figure in ("306.958", "306.955", "+0.003", "3,653.600", "3,663.353", "−9.753", "169.760", "−169.760"):
        assert figure in text
    assert text.count("differs</span>") == 9
    assert text.count("no total printed</span>") == 2 + 7
    assert "2007–2009" in text


def test_the_page_leads_to_the_rows_behind_a_figure(browse):
    text = page(browse("analyst"))
    local_2007 = text.split("Local budgets</th>")[1].split("</tr>")[1]
    assert '<a href="/programmes/children-2007-2011/plan/37/">row 37</a>, East Kazakhstan' in local_2007
    assert "no line" in text


@pytest.mark.parametrize(
    ("language", "figure", "region"),
    [("kk", "−9,753", "Ақтөбе"), ("ru", "−9,753", "Актюбинская"), ("en", "−9.753", "Aktobe")],
)
def test_figures_and_regions_are_in_the_readers_language(browse, language, figure, region):
    text = page(browse("analyst", language))
    assert figure in text
    assert region in text


def test_takes_the_same_queries_for_one_line_and_for_all(browse, django_assert_num_queries):
    browser = browse("analyst")
    with django_assert_num_queries(QUERIES):
        browser.get(URL)
    BudgetLine.objects.exclude(activity__ordinal=22).delete()
    PrintedTotal.objects.exclude(year=2008).delete()
    with django_assert_num_queries(QUERIES):
        browser.get(URL)
