"""Planned, in force and spent: what the page says is what the decree prints and the filed copies hold."""

import datetime
import io
from dataclasses import dataclass
from decimal import Decimal
from urllib.parse import parse_qs

import openpyxl
import pytest
from django.urls import reverse

from budget.models import BudgetLine, Clarification
from programme.models import LegalAct

from ..reports.scenes import at
from .figures import SLUG, filed_money, fixture, get, links, printed, sum_behind, two_half_years, values

# One worker makes what they share.
pytestmark = [pytest.mark.django_db, pytest.mark.xdist_group("money")]

PRINTED, IN_FORCE, SPENT, SHARE = range(4)
CLARIFIED = Decimal("700.000") - Decimal("726.247")


@dataclass
class Pages:
    whole: object
    earlier: object
    region: object
    own: object
    outsider: object
    file: bytes
    spent: dict
    behind: list


@pytest.fixture(scope="module")
def pages(django_db_setup, django_db_blocker) -> Pages:
    with two_half_years(django_db_blocker) as people:
        line = BudgetLine.objects.get(activity__ordinal=14, region__code="KZ-AKT")
        act = LegalAct.objects.filter(kind=LegalAct.Kind.APPROVES).first()
        Clarification.objects.create(line=line, amount="700.000", act=act, effective_on=datetime.date(2009, 4, 1))
        analyst = people["analyst"]
        whole = get(analyst, "money")
        behind = [
            (value, url, sum_behind(analyst, url, "spent" if "/spending/" in url else "printed"))
            for name in ("money_sources", "money_regions", "money_directions", "money_time")
            for value, url in links(whole, name)[:6]
            if isinstance(value, Decimal)
        ]
        found = Pages(
            whole=whole,
            earlier=get(analyst, "money", "?period=2008-H2"),
            region=get(analyst, "money", "?region=KZ-AKT&source=local&direction=5.3"),
            own=get(people["reporter.akt"], "money"),
            outsider=get(people["reporter.kus"], "money"),
            file=b"".join(get(analyst, "money", "?file=money-sources.xlsx").streaming_content),
            spent={code: filed_money(code) for code in (None, "2008-H2", "2009-H1")},
            behind=behind,
        )
    return found


def test_planned_is_what_the_decree_prints_in_every_cut(pages):
    sources, years, regions, directions = (
        values(pages.whole, f"money_{cut}") for cut in ("sources", "years", "regions", "directions")
    )
    assert [row[PRINTED] for row in sources.values()] == [
        printed(source="republican"), printed(source="local"), None, printed(),
    ]  # fmt: skip
    assert [years[str(year)][PRINTED] for year in (2007, 2008, 2009)] == [
        printed(year=year) for year in (2007, 2008, 2009)
    ]
    names = {one["name"]["en"]: one["code"] for one in fixture("programme__region")}
    assert {name: row[PRINTED] for name, row in regions.items() if name in names} == {
        name: printed(region=code) for name, code in names.items()
    }
    assert directions["In all"][PRINTED] == regions["In all"][PRINTED] == printed()
    first = next(row for title, row in directions.items() if title.startswith("5.1"))
    assert first == [None] * 4


def test_a_line_that_was_clarified_counts_with_its_new_amount(pages):
    for cut, row in ("sources", "Local budgets"), ("years", "2009"), ("regions", "Aktobe oblast"):
        found = values(pages.whole, f"money_{cut}")[row]
        assert found[IN_FORCE] - found[PRINTED] == CLARIFIED
    assert "Planned, as printed" in pages.whole.context["exhibits"]["money_sources"].picture


def test_spent_is_what_the_filed_copies_add_up_to(pages):
    whole = sum(pages.spent[None].values())
    assert whole > 0
    for cut in ("sources", "regions", "directions"):
        assert values(pages.whole, f"money_{cut}")["In all"][SPENT] == whole
    assert values(pages.whole, "money_regions")["Aktobe oblast"][SPENT] == pages.spent[None]["KZ-AKT"]
    assert values(pages.whole, "money_years")["2008"][SPENT] == sum(pages.spent["2008-H2"].values())


def test_a_draft_and_a_region_without_a_report_are_no_data_and_not_zero(pages):
    regions = values(pages.whole, "money_regions")
    assert regions["Kostanay oblast"][SPENT:] == [None, None]
    assert values(pages.outsider, "money_regions")["Kostanay oblast"][SPENT] is None


def test_a_share_is_of_what_is_in_force(pages):
    row = values(pages.whole, "money_regions")["Aktobe oblast"]
    assert row[SHARE] == (row[SPENT] / row[IN_FORCE]).quantize(Decimal("0.0001"))


def test_an_agency_sees_the_whole_plan_and_its_own_spending_alone(pages):
    columns = [column.heading for column in pages.own.context["exhibits"]["money_regions"].exhibit.columns]
    assert "Spent, by own reports alone" in columns
    whole, own, outsider = (values(page, "money_regions") for page in (pages.whole, pages.own, pages.outsider))
    assert [row[PRINTED] for row in outsider.values()] == [row[PRINTED] for row in whole.values()]
    assert own["Aktobe oblast"] == whole["Aktobe oblast"]
    assert {row[SPENT] for row in outsider.values()} == {None}
    assert own["In all"][SHARE] is None
    assert "Aktobe oblast</a>" in pages.own.content.decode()


def test_as_of_an_earlier_half_year_later_plans_and_reports_do_not_count(pages):
    total = values(pages.earlier, "money_sources")["In all"]
    assert total[PRINTED] == total[IN_FORCE] == printed(year=2007) + printed(year=2008)
    assert total[SPENT] == sum(pages.spent["2008-H2"].values())
    assert values(pages.earlier, "money_years")["2009"][SPENT] is None


def test_the_choice_narrows_every_exhibit(pages):
    lines = [
        one
        for one in fixture("budget__budgetline")
        if one["region"] == "KZ-AKT" and one["source"] == "local" and one["activity"] in range(13, 16)
    ]
    amount = sum(Decimal(one["amount"]) for one in lines)
    assert values(pages.region, "money_sources").keys() == {"Local budgets"}
    assert values(pages.region, "money_regions").keys() == {"Aktobe oblast"}
    assert values(pages.region, "money_years")["2007–2009"][PRINTED] == amount > 0
    assert {name.partition(",")[0] for name in values(pages.region, "money_reconciliation")} == {"Local budgets"}


def test_through_time_the_plan_rises_with_years_and_spending_ends_with_what_is_filed(pages):
    rows = list(values(pages.whole, "money_time").values())
    until_2008 = printed(year=2007) + printed(year=2008)
    assert [row[0] for row in rows] == [
        printed(year=2007), until_2008, until_2008, *[printed() + CLARIFIED] * 2,
    ]  # fmt: skip
    first, second = (sum(pages.spent[code].values()) for code in ("2008-H2", "2009-H1"))
    assert [row[1:3] for row in rows] == [
        [None, None], [None, None], [first, first], [second, first + second], [None, None],
    ]  # fmt: skip
    assert [row[3] for row in rows] == [0, 0, 1, 1, 0]


def test_lines_stand_beside_printed_totals_with_their_findings(pages):
    found = values(pages.whole, "money_reconciliation")
    assert found["Local budgets, 2009"] == [
        Decimal("3653.600"), Decimal("3663.353"), Decimal("-9.753"), "F01",
    ]  # fmt: skip
    assert found["Republican budget, 2008"][2:] == [Decimal(0), None]
    assert found["Off-budget funds, 2007"] == [None, Decimal("169.760"), Decimal("-169.760"), "F06"]
    totals = {(one["source"], one["year"]): Decimal(one["amount"]) for one in fixture("budget__printedtotal")}
    assert sorted(row[1] for row in found.values()) == sorted(totals.values())
    assert "agrees" in pages.whole.context["exhibits"]["money_reconciliation"].picture


def test_every_figure_leads_to_rows_that_add_up_to_it(pages):
    checked = 0
    for value, url, behind in pages.behind:
        if "/spending/" in url or value == behind:
            assert value == behind, url
            checked += 1
        else:
            # The clarified amount, where the printed one was added up.
            assert value - behind == CLARIFIED, url
    assert checked > 8


def test_no_link_of_a_draft_or_of_what_one_may_not_see(pages):
    for value, url in links(pages.own, "money_regions"):
        if "/spending/" in url:
            assert parse_qs(url.partition("?")[2])["state"] == ["filed"]
            assert value is not None


def test_the_file_holds_numbers(pages):
    sheet = openpyxl.load_workbook(io.BytesIO(pages.file)).worksheets[0]
    assert sheet["A1"].value == "Funding source"
    assert isinstance(sheet["B2"].value, int | float)
    assert sheet["B4"].value is None


@pytest.mark.parametrize("query", ["?period=2011-H1", "?period=x", "?region=KZ-XXX", "?source=x", "?direction=9.9"])
def test_an_unknown_choice_is_said_at_the_form(browse, query):
    response = browse("analyst").get(reverse("money", args=[SLUG]) + query)
    assert response.status_code == 200
    assert "error-summary" in response.text
    assert len(values(response, "money_sources")) == 4


def test_before_the_first_half_year_has_ended_the_page_says_so(browse):
    with at(2007, 12, 25, 12):
        response = browse("analyst").get(reverse("money", args=[SLUG]))
    assert "No half-year has ended yet" in response.text


def test_the_page_costs_a_fixed_number_of_queries(browse, django_assert_num_queries):
    browser = browse("reporter.akt")
    with django_assert_num_queries(15):
        browser.get(reverse("money", args=[SLUG]))


def test_the_page_and_the_reconciliation_lead_to_each_other(browse):
    browser = browse("analyst")
    money, reconciliation = reverse("money", args=[SLUG]), reverse("reconciliation", args=[SLUG])
    assert f'href="{reconciliation}"' in browser.get(money).text
    assert f'href="{money}#money-reconciliation-heading"' in browser.get(reconciliation).text


def test_no_cell_is_written_as_zero_where_there_is_nothing(pages):
    rows = pages.whole.context["exhibits"]["money_regions"].rows
    south = next(cells for cells, _is_total in rows if cells[0].text == "South Kazakhstan oblast")
    assert [cell.text for cell in south[1:]] == ["", "", "", ""]
