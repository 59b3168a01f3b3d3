"""The ready-made workbooks: what they add up is what the plan and the filed reports say, and nothing twice."""

import datetime
import io
import re
from dataclasses import dataclass
from decimal import Decimal

import openpyxl
import pytest
from django.db import transaction
from django.db.models import Sum
from django.urls import reverse
from django.utils import translation

from accounts.models import User
from activities.models import Activity, Section
from analysis.summary import pivot, printing
from analysis.summary.figures import Figures, Summary, summarise, total
from analysis.summary.forms import SummaryForm
from budget.models import BudgetLine, Clarification
from budget.reconciliation import Reconciled, reconcile
from programme.models import LegalAct, Programme, Region
from reports import review
from reports.models import Period, Spending

from ..reports.scenes import at, filed, submission_of, write_all

pytestmark = pytest.mark.django_db

SOURCE, YEAR, PRINTED, IN_FORCE, FIRST, SECOND, SPENT, DIFFERENCE, SHARE = "BCDEFGHIJ"


@dataclass
class Made:
    """The summary at three moments, its workbooks, and what the database says beside it."""

    summary: Summary
    earlier: Summary
    returned: Summary
    reconciled: list[Reconciled]
    spent: dict[int, Decimal]
    printed: bytes
    flat: bytes
    hostile: list[bytes]


@pytest.fixture(scope="module")
def made(django_db_setup, django_db_blocker) -> Made:
    """Aktobe filed for two half-years, Kostanay has a draft, and a line was clarified; the database is as before."""
    with django_db_blocker.unblock(), transaction.atomic(), at(2009, 7, 6, 12), translation.override("en"):
        programme = Programme.objects.get(slug="children-2007-2011")
        people = {one.username: one for one in User.objects.select_related("agency")}
        with at(2009, 1, 5, 9):
            filed("akimat-akt", people["reporter.akt"], "2008-H2", spent="1.250")
        filed("akimat-akt", people["reporter.akt"], spent="2.125")
        write_all(submission_of("akimat-kus"), people["reporter.kus"], spent="7.000")
        _clarify()
        analyst = people["analyst"]
        summary = summarise(_until(programme), analyst)
        found = {
            "summary": summary,
            "earlier": summarise(_until(programme, "2008-H2"), analyst),
            "reconciled": reconcile(programme),
            "spent": _filed_by_half(),
            "printed": _bytes(printing.write, summary),
            "flat": _bytes(pivot.write, summary),
        }
        review.return_for_rework(
            submission=submission_of("akimat-akt"), by=people["coordinator"], reason="Толықтырыңыз"
        )
        User.objects.filter(username="reporter.akt").update(is_demonstration=True)
        Region.objects.filter(code="KZ-AKT").update(name_en="=1+1")
        Activity.objects.filter(ordinal=14).update(title_en="=1+1")
        returned = summarise(_until(programme), analyst)
        hostile = [_bytes(write, returned) for write in (printing.write, pivot.write)]
        transaction.set_rollback(True)
    return Made(returned=returned, hostile=hostile, **found)


def _clarify() -> None:
    line = BudgetLine.objects.get(activity__ordinal=14, region__code="KZ-AKT")
    act = LegalAct.objects.filter(kind=LegalAct.Kind.APPROVES).first()
    Clarification.objects.create(line=line, amount="700.000", act=act, effective_on=datetime.date(2009, 4, 1))
    Clarification.objects.create(line=line, amount="1.000", act=act, effective_on=datetime.date(2009, 7, 1))


def _until(programme: Programme, code: str = "2009-H1") -> Period:
    return programme.periods.select_related("programme").get(code=code)


def _filed_by_half() -> dict[int, Decimal]:
    half = "entry__submission__period__half"
    stands = Spending.objects.filter(entry__submission__state__in=("submitted", "accepted"))
    rows = stands.values_list(half).annotate(sum=Sum("amount")).order_by(half)
    return {half: Decimal(amount).quantize(Decimal("0.001")) for half, amount in rows}


def _bytes(write, summary: Summary) -> bytes:
    file = io.BytesIO()
    write(summary, file)
    return file.getvalue()


@pytest.fixture
def summary(made) -> Summary:
    return made.summary


def test_planned_is_what_the_reconciliation_adds_up_by_source_and_year(summary, made):
    for one in made.reconciled:
        sources = {"all": ("republican", "local")}.get(one.source, (one.source,))
        own = [line for line in summary.lines if line.source in sources and one.year in (None, line.year)]
        assert total(own).printed == one.lines_total


def test_in_force_is_what_was_clarified_by_the_end_of_the_half_year(summary):
    changed = [line for line in summary.lines if line.figures.printed != line.figures.in_force]
    assert [(line.figures.printed, line.figures.in_force) for line in changed] == [
        (Decimal("726.247"), Decimal("700.000"))
    ]


def test_spent_is_what_stands_as_filed(summary, made):
    assert total(summary.lines).spent == made.spent
    assert {line.region.code for line in summary.lines if line.figures.spent} == {"KZ-AKT"}


def test_what_is_filed_later_than_the_half_year_does_not_count(made):
    assert set(total(made.earlier.lines).spent) == {2}


def test_what_was_returned_does_not_count(made):
    assert set(total(made.returned.lines).spent) == {2}


def test_every_section_of_the_plan_is_a_direction(summary):
    numbers = {line.activity.section.number: line.direction.code for line in summary.lines}
    assert numbers == {number: f"5.{number}" for number in range(2, 7)}
    assert {int(direction.code[2:]) for direction in summary.directions} == {
        one.number for one in Section.objects.all()
    }


def test_a_share_of_nothing_is_none():
    assert Figures().share is None
    assert Figures(in_force=Decimal(4), spent={1: Decimal(1), 2: Decimal(2)}).share == Decimal("0.75")


def test_a_summary_costs_eight_queries(programme, user, django_assert_num_queries):
    until, analyst = _until(programme), user("analyst")
    with django_assert_num_queries(8):
        summarise(until, analyst)


# For printing


def value_of(sheet, cell: str):
    """What the cell's formula computes, by the sheet's own values: SUM, SUMIFS, differences and shares."""
    formula = sheet[cell].value
    if not isinstance(formula, str) or not formula.startswith("="):
        return formula
    if match := re.fullmatch(r"=SUM\((\w+):(\w+)\)", formula):
        return sum(number(value_of(sheet, one.coordinate)) for row in sheet[match[1] : match[2]] for one in row)
    if match := re.fullmatch(r"=SUMIFS\((.+)\)", formula.replace("$", "")):
        added, *criteria = match[1].split(",")
        wanted = [(sheet[area], value_of(sheet, by)) for area, by in zip(criteria[::2], criteria[1::2], strict=True)]
        rows = [n for n in range(len(sheet[added])) if all(area[n][0].value == by for area, by in wanted)]
        return sum(number(value_of(sheet, sheet[added][n][0].coordinate)) for n in rows)
    if match := re.fullmatch(r"=(\w+)-(\w+)", formula):
        return value_of(sheet, match[1]) - value_of(sheet, match[2])
    match = re.fullmatch(r'=IF\((\w+)=0,"",(\w+)/\1\)', formula)
    whole = value_of(sheet, match[1])
    return value_of(sheet, match[2]) / whole if whole else ""


def number(value) -> float:
    return value if isinstance(value, int | float) else 0


def opened(content: bytes):
    """With what formulas computed, and with the formulas."""
    return openpyxl.load_workbook(io.BytesIO(content), data_only=True), openpyxl.load_workbook(io.BytesIO(content))


@pytest.fixture(scope="module")
def printed(made):
    return opened(made.printed)


def test_every_stored_result_is_what_its_formula_computes(printed):
    stored, formulas = printed
    checked = 0
    for sheet in formulas:
        for row in sheet.iter_rows():
            for cell in row:
                if cell.data_type == "f":
                    checked += 1
                    expected = value_of(sheet, cell.coordinate)
                    assert (stored[sheet.title][cell.coordinate].value or "") == pytest.approx(expected or "", abs=1e-6)
    assert checked > 500


def test_each_sheet_ends_with_the_sum_of_its_lines(printed, summary):
    stored, _formulas = printed
    for sheet in stored.worksheets[:-1]:
        own = [line for line in summary.lines if line.direction.code == sheet.title] or summary.lines
        last = sheet[sheet.max_row]
        found = total(own)
        expected = [found.printed, found.in_force, *(found.spent.get(half, 0) for half in (1, 2))]
        assert [number(cell.value) for cell in last[3:7]] == pytest.approx([float(amount) for amount in expected])
        assert (last[7].value, last[8].value) == pytest.approx((float(found.spent_total), float(found.difference)))


def test_a_region_without_an_amount_says_so_and_a_missing_year_is_a_dash(printed):
    sheet = printed[0]["Regions"]
    rows = {row[0].value: row[0].row for row in sheet.iter_rows() if row[0].value}
    assert sheet[f"{SOURCE}{rows['South Kazakhstan oblast']}"].value == "The plan has no amount here."
    akmola = rows["Akmola oblast"]
    assert [sheet[f"{PRINTED}{akmola + year}"].value for year in range(4)] == ["–", "–", 0.061, 0.061]
    aktobe = rows["Aktobe oblast"]
    assert (sheet[f"{YEAR}{aktobe + 2}"].value, sheet[f"{SECOND}{aktobe + 2}"].value) == (2009, "–")


def test_pages_are_a4_across_with_repeated_heads_and_numbers(printed):
    for sheet in printed[0].worksheets[:-1]:
        assert (sheet.page_setup.paperSize, sheet.page_setup.orientation) == (9, "landscape")
        assert sheet.print_title_rows
        assert "&P" in sheet.oddFooter.right.text


def test_the_demonstration_is_marked_on_every_page(made, printed):
    assert (made.summary.is_demonstration, made.returned.is_demonstration) == (False, True)
    marked, _formulas = opened(made.hostile[0])
    assert all("Demonstration data" in sheet.oddHeader.center.text for sheet in marked)
    assert not any(sheet.oddHeader.center.text for sheet in printed[0])


def test_the_notes_set_the_plans_own_totals_beside_the_sums(printed, made):
    sheet = printed[0]["Notes"]
    rows = [[cell.value for cell in row[2:6]] for row in sheet.iter_rows() if isinstance(row[3].value, int | float)]
    assert len(rows) == len(made.reconciled)
    assert [2009, 3653.6, 3663.353, -9.753] in rows


# For pivot tables


@pytest.fixture(scope="module")
def flat(made):
    return opened(made.flat)[0]


def test_the_flat_table_has_a_row_for_each_line_and_no_totals(flat, summary):
    sheet = flat.worksheets[0]
    assert sheet.tables["Summary"].ref == f"A1:O{len(summary.lines) + 1}"
    rows = list(sheet.iter_rows(min_row=2, values_only=True))
    assert len({(row[0], row[2], row[4], row[6], row[7]) for row in rows}) == len(rows) == BudgetLine.objects.count()


def test_measures_of_the_flat_table_are_numbers_that_add_up(flat, summary):
    found = total(summary.lines)
    expected = [found.printed, found.in_force, found.spent[1], found.spent[2], found.spent_total, found.difference]
    sheet = flat.worksheets[0]
    for column, amount in zip(range(10, 16), expected, strict=True):
        cells = [sheet.cell(row, column) for row in range(2, sheet.max_row + 1)]
        assert {cell.data_type for cell in cells} == {"n"}
        assert sum(cell.value for cell in cells) == pytest.approx(float(amount))


def test_the_flat_table_explains_its_columns(flat):
    about = [[cell.value for cell in row] for row in flat.worksheets[1].iter_rows()]
    assert ["in_force", "Planned, in force", "amount, million tenge"] in [row[:3] for row in about]
    assert ["Exported by", "analyst"] in [row[:2] for row in about]
    assert any("2009-H1" in (row[1] or "") for row in about)


@pytest.mark.parametrize("layout", [0, 1])
def test_a_text_never_becomes_a_formula(made, layout):
    _stored, formulas = opened(made.hostile[layout])
    cells = [cell for sheet in formulas for row in sheet.iter_rows() for cell in row]
    assert "=1+1" in {cell.value for cell in cells if cell.data_type == "s"}
    assert "=1+1" not in {cell.value for cell in cells if cell.data_type == "f"}


# The page


def test_the_workbook_goes_up_to_the_half_year_that_was_chosen(browse, programme):
    browser = browse("analyst")
    for chosen, name in ({}, "2009-H1"), ({"until": f"{programme.slug}/2008-H1"}, "2008-H1"):
        response = browser.get(reverse("summary", args=["pivot"]), chosen)
        assert name in response["Content-Disposition"]
        assert b"".join(response.streaming_content).startswith(b"PK")


@pytest.mark.parametrize("until", ["children-2007-2011/2011-H1", "children-2007-2011/2009-H2", "x"])
def test_there_is_no_summary_up_to_a_half_year_that_is_not_reported_on(browse, until):
    assert browse("analyst").get(reverse("summary", args=["print"]), {"until": until}).status_code == 404


def test_half_years_are_offered_newest_first(programme):
    periods = [period.code for period in SummaryForm().periods.values()]
    assert periods == ["2009-H1", "2008-H2", "2008-H1", "2007-H2"]


def test_datasets_offer_the_workbooks_to_readers_alone(browse):
    link = reverse("summary", args=["pivot"])
    assert link in browse("analyst").get(reverse("datasets")).text
    assert link not in browse("reporter.akt").get(reverse("datasets")).text
