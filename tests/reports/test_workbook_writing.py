"""The workbook for off-line entry: marks, locks, types, what programs ask, and what they must never compute."""

import datetime
import io
from decimal import Decimal
from types import SimpleNamespace

import openpyxl
import pytest
from django.db import transaction
from django.utils import translation

from accounts.models import User
from activities.models import DocumentKind
from budget.models import BudgetLine
from programme import calendar
from reports import filing
from reports.duty import owed_activities
from reports.models import Entry, Spending
from reports.workbook.layout import (
    FILLS,
    MARK,
    Damaged,
    Header,
    Part,
    column_mark,
    indicator_key,
    progress_key,
    row_mark,
    sheet_mark,
    spending_key,
)
from reports.workbook.writing import write

from .scenes import accepted, at, submission_of

pytestmark = pytest.mark.django_db
LANGUAGES = ["kk", "ru", "en"]
DANGEROUS = "=cmd|' /C calc'!A0"
NOTE = "- бірінші\n- екінші"


def cast(username):
    return User.objects.select_related("agency").get(username=username)


def save(submission, ordinal, values, *, spent=None, counted=None):
    owed = next(one for one in owed_activities(submission) if one.activity.ordinal == ordinal)
    filing.save_entry(
        submission=submission,
        activity=owed.activity,
        by=cast("reporter.akt"),
        version=owed.entry.version if owed.entry else 0,
        values=values,
        spending={item.line.pk: spent for item in owed.lines if spent is not None},
        indicators={item.indicator.pk: counted for item in owed.indicators if counted is not None},
    )


def draft_of_aktobe():
    """A report begun, after two that were accepted."""
    with at(2008, 7, 8):
        accepted("akimat-akt", cast, "2008-H1", spent="1.250")
    second_half = submission_of("akimat-akt", "2008-H2")
    with at(2009, 1, 8):
        save(second_half, 30, {"status": "in_progress"}, spent=Decimal("0.125"))
        as_second_half = books_of(second_half, ["en"])
        accepted("akimat-akt", cast, "2008-H2", spent="1.500", narrative="Былтыр", reason="Себеп", status="in_progress")
    first_half = submission_of("akimat-akt")
    save(first_half, 14, {"status": "in_progress", "narrative": DANGEROUS, "reason": NOTE}, spent=Decimal("900"))
    done = {"completed_on": datetime.date(2009, 6, 30), "document_kind": "decision", "document_number": "12-3"}
    save(first_half, 36, {"status": "done"} | done, spent=Decimal("8.5"), counted=1250)
    return first_half, as_second_half["en"]


def books_of(submission, languages=LANGUAGES):
    return {language: write(submission, language) for language in languages}


@pytest.fixture(scope="module")
def scene(django_db_setup, django_db_blocker):
    """Workbooks of one report, only to be read; the database is as before afterwards."""
    with django_db_blocker.unblock(), transaction.atomic(), at(2009, 7, 6, 12):
        submission, second_half = draft_of_aktobe()
        found = SimpleNamespace(
            owed=owed_activities(submission),
            content=books_of(submission),
            second_half=opened(second_half),
            versions={entry.activity.ordinal: entry.version for entry in submission.entries.select_related("activity")},
        )
        found.books = {language: opened(content) for language, content in found.content.items()}
        found.computed = opened(found.content["en"], data_only=True)
        transaction.set_rollback(True)
    return found


def opened(content, **how):
    return openpyxl.load_workbook(io.BytesIO(content), **how)


class Marked:
    """A sheet as its marks give it, wherever it stands."""

    def __init__(self, book, part: Part):
        where = [(sheet, cell) for sheet in book for row in sheet.iter_rows() for cell in row]
        [(self.sheet, self.corner)] = [(sheet, cell) for sheet, cell in where if cell.value == sheet_mark(part)]
        self.columns = self._marks(self.sheet[self.corner.row], "column:", "column")
        self.rows = self._marks(self.sheet[self.corner.column_letter], "row:", "row")

    def _marks(self, cells, kind, number):
        prefix = f"{MARK}{kind}"
        found = [cell for cell in cells if isinstance(cell.value, str) and cell.value.startswith(prefix)]
        return {cell.value.removeprefix(prefix): getattr(cell, number) for cell in found}

    def cell(self, row: str, column: str):
        return self.sheet.cell(self.rows[row], self.columns[column])

    def beside(self, row: str, heading: str):
        """A cell of a column that is not to be filled in."""
        [column] = [cell.column for cell in self.sheet[self.headings] if cell.value == heading]
        return self.sheet.cell(self.rows[row], column)

    @property
    def headings(self) -> int:
        return int(self.sheet.freeze_panes[1:]) - 1

    @property
    def fills(self) -> set[str]:
        return {self.cell(row, column).coordinate for row in self.rows for column in self.columns}


def keys(owed) -> dict[Part, list[str]]:
    return {
        Part.PROGRESS: [progress_key(one) for one in owed],
        Part.SPENDING: [spending_key(item) for one in owed for item in one.lines],
        Part.INDICATORS: [indicator_key(one, item) for one in owed for item in one.indicators],
    }


def header_of(book) -> str:
    cells = [cell.value for sheet in book if sheet.sheet_state == "hidden" for row in sheet for cell in row]
    [text] = [value for value in cells if isinstance(value, str) and value.startswith(f"{MARK}header:")]
    return text


# Marks and header


def test_every_row_and_column_to_fill_in_has_its_mark(scene):
    for part, expected in keys(scene.owed).items():
        found = Marked(scene.books["ru"], part)
        assert list(found.rows) == expected
        assert list(found.columns) == [fill.key for fill in FILLS[part]]
        assert found.sheet.column_dimensions[found.corner.column_letter].hidden
        assert found.sheet.row_dimensions[found.corner.row].hidden


def test_marks_are_those_of_the_layout(scene):
    owed = scene.owed[0]
    found = Marked(scene.books["kk"], Part.PROGRESS)
    values = {cell.value for row in found.sheet for cell in row}
    assert {row_mark(progress_key(owed)), column_mark(FILLS[Part.PROGRESS][0])} <= values


def test_header_says_whose_workbook_it_is_and_what_it_was_made_from(scene):
    header = Header.from_text(header_of(scene.books["kk"]))
    assert (header.programme, header.agency, header.period) == ("children-2007-2011", "akimat-akt", "2009-H1")
    assert (header.language, header.version) == ("kk", 1)
    assert datetime.datetime.fromisoformat(header.made_at) == calendar.now()
    assert header.entries == {one.activity.ordinal: scene.versions.get(one.activity.ordinal, 0) for one in scene.owed}
    assert {header.entries[14], header.entries[36], header.entries[17]} == {1, 0}
    assert header.rows == keys(scene.owed)


def test_a_changed_header_is_noticed(scene):
    with pytest.raises(Damaged):
        Header.from_text(header_of(scene.books["kk"]).replace("akimat-akt", "akimat-kus"))


# Locks


def test_only_the_cells_to_fill_in_are_unlocked(scene):
    book = scene.books["en"]
    for part in Part:
        found = Marked(book, part)
        unlocked = {cell.coordinate for row in found.sheet for cell in row if not cell.protection.locked}
        assert unlocked == found.fills
        # Attributes of the file: what they name is forbidden.
        kept = found.sheet.protection
        forbidden = (kept.formatColumns, kept.formatRows, kept.insertColumns, kept.autoFilter, kept.selectLockedCells)
        assert not any(forbidden)
    assert all(sheet.protection.sheet and not sheet.protection.password for sheet in book)


# What stands in the cells


def test_what_the_draft_says_is_filled_in(scene):
    found = Marked(scene.books["en"], Part.PROGRESS)
    written = {key: found.cell("36", key) for key in found.columns}
    assert (written["status"].value, written["document_kind"].value) == ("done", "decision of the akim")
    assert written["completed_on"].value.date() == datetime.date(2009, 6, 30)
    assert written["completed_on"].number_format == "dd.mm.yyyy"
    assert (written["document_number"].value, written["document_number"].data_type) == ("12-3", "s")
    assert written["document_date"].value is None
    assert found.cell("17", "status").value is None


def test_money_and_counts_are_numbers(scene):
    spent = Marked(scene.books["en"], Part.SPENDING).cell("14/KZ-AKT/2009/local", "spent")
    assert (spent.value, spent.data_type, spent.number_format.split(";")[0]) == (900, "n", "#,##0.000")
    indicators = Marked(scene.books["en"], Part.INDICATORS)
    counted = indicators.cell("36/family-homes-1", "value")
    assert (counted.value, counted.number_format) == (1250, "#,##0")
    assert indicators.beside("36/family-homes-1", "Second half of 2008").value == 0
    assert indicators.cell("14/correctional-children-1", "value").value is None


def test_what_was_accepted_stands_beside(scene):
    found = Marked(scene.books["en"], Part.PROGRESS)
    accepted_for = "Accepted for the second half of 2008"
    assert found.beside("17", f"{accepted_for}: status").value == "in progress"
    assert found.beside("17", f"{accepted_for}: text").value == "Былтыр\nReason: Себеп"
    assert "Needed when the activity is done: decision of the akim." in found.beside("36", "Completion form").value
    spending = Marked(scene.books["en"], Part.SPENDING)
    assert spending.beside("30/KZ-AKT/2009/local", "Second half of 2008: spent, million tenge").value == 1.5


def test_a_first_report_has_nothing_beside(scene, user):
    found = Marked(opened(write(submission_of("moes"), "en")), Part.PROGRESS)
    headings = {cell.value for cell in found.sheet[found.headings]}
    assert not [heading for heading in headings if heading and heading.startswith("Accepted")]


def test_money_on_a_line_of_another_body_is_not_asked_for(user):
    submission = submission_of("akimat-akt")
    save(submission, 14, {"status": "in_progress"})
    foreign = BudgetLine.objects.get(activity__ordinal=14, region__code="KZ-KUS", year=2009)
    Spending.objects.create(entry=submission.entries.get(), line=foreign, amount=Decimal(1))
    rows = Marked(opened(write(submission, "en")), Part.SPENDING).rows
    assert rows
    assert all("/KZ-AKT/" in key for key in rows)


# Formulas


def computed(book, sheet, cell):
    """Formula and the result that was stored for it."""
    return sheet[cell.coordinate].value, book[sheet.title][cell.coordinate].value


def test_formulas_carry_their_results(scene):
    found = Marked(scene.books["en"], Part.SPENDING)
    key = "14/KZ-AKT/2009/local"
    spent = found.cell(key, "spent").coordinate
    to_date = found.beside(key, "Spent since the start of the year")
    left = found.beside(key, "Left of the year's plan")
    planned = found.beside(key, "Planned, million tenge")
    assert computed(scene.computed, found.sheet, to_date) == (f"=SUM({spent})", 900)
    assert computed(scene.computed, found.sheet, left) == (
        f"=ROUND({planned.coordinate}-{to_date.coordinate},3)",
        pytest.approx(726.247 - 900),
    )


def test_second_half_year_adds_to_the_first(scene):
    found = Marked(scene.second_half, Part.SPENDING)
    key = "30/KZ-AKT/2008/local"
    before = found.beside(key, "First half of 2008: spent, million tenge")
    to_date = found.beside(key, "Spent since the start of the year")
    assert before.value == 1.25
    assert to_date.value == f"=SUM({before.coordinate},{found.cell(key, 'spent').coordinate})"


def test_totals_sum_their_columns_and_have_no_mark(scene):
    found = Marked(scene.books["en"], Part.SPENDING)
    last = found.sheet.max_row
    assert last not in found.rows.values()
    totals = [cell for cell in found.sheet[last] if cell.data_type == "f"]
    assert len(totals) == 5
    values = scene.computed[found.sheet.title]
    for cell in totals:
        letter, first = cell.column_letter, min(found.rows.values())
        assert cell.value == f"=SUBTOTAL(9,{letter}{first}:{letter}{last - 1})"
        above = [values[f"{letter}{row}"].value or 0 for row in found.rows.values()]
        assert values[cell.coordinate].value == pytest.approx(sum(above))


def test_activities_without_a_status_are_counted(scene):
    [cell] = [cell for cell in Marked(scene.computed, Part.PROGRESS).sheet[2] if ": " in str(cell.value)]
    assert cell.value == f"Activities without a status: {len(scene.owed) - 2}"


# Texts from people


def test_a_text_never_becomes_a_formula(scene):
    found = Marked(scene.books["en"], Part.PROGRESS)
    for column, text in (("narrative", DANGEROUS), ("reason", NOTE)):
        cell = found.cell("14", column)
        assert (cell.value, cell.data_type, cell.quotePrefix, cell.number_format) == (text, "s", True, "@")
    empty = found.cell("17", "narrative")
    assert (empty.quotePrefix, empty.number_format) == (True, "@")


def test_awkward_texts_do_not_break_the_file(user):
    submission = submission_of("akimat-akt")
    awkward = "ә\x0bб\x0c\x01\x1f 😀 <b>&amp; _x0041_ \ufffe"
    save(submission, 14, {"status": "delayed", "narrative": "ғ" * 20_000, "reason": awkward, "next_step": "<r>&</r>"})
    save(submission, 17, {"status": "delayed", "narrative": "😀" * 20_000})
    found = Marked(opened(write(submission, "en")), Part.PROGRESS)
    assert found.cell("14", "narrative").value == "ғ" * 20_000
    assert found.cell("14", "reason").value.replace("_x005F_", "_") == "ә\nб\n 😀 <b>&amp; _x0041_ "
    assert found.cell("14", "next_step").value == "<r>&</r> "
    cut = found.cell("17", "narrative").value
    assert cut.endswith("(cut here: a cell holds no more; the whole text stands on the portal)")
    assert len(cut.encode("utf-16-le")) // 2 <= 32_767
    assert 150 < found.sheet.row_dimensions[found.rows["14"]].height < 201


# What programs ask


def rules(found) -> dict:
    places = {place: key for key, place in found.columns.items()}
    return {
        places[next(iter(rule.sqref.ranges)).min_col]: rule
        for rule in found.sheet.data_validations.dataValidation
    }  # fmt: skip


def test_every_column_to_fill_in_is_checked_where_people_type(scene):
    for part in Part:
        found = Marked(scene.books["kk"], part)
        asked = rules(found)
        assert list(asked) == list(found.columns)
        for key, rule in asked.items():
            rows = found.rows.values()
            [ranged] = rule.sqref.ranges
            assert (ranged.min_row, ranged.max_row) == (min(rows), max(rows)), key
            # Text that upload can read is not refused; only a list refuses.
            assert (rule.errorStyle == "warning") is (rule.type != "list")
            assert rule.allowBlank
    assert {key: rule.type for key, rule in rules(Marked(scene.books["en"], Part.PROGRESS)).items()} == {
        "status": "list",
        "narrative": "textLength",
        "reason": "textLength",
        "next_step": "textLength",
        "completed_on": "date",
        "document_kind": "list",
        "document_number": "textLength",
        "document_date": "date",
    }


def test_rules_for_empty_sheets_are_left_out(user):
    book = opened(write(submission_of("moes"), "en"))
    found = Marked(book, Part.INDICATORS)
    assert (found.rows, rules(found), found.sheet.auto_filter.ref) == ({}, {}, None)
    texts = {cell.value for row in found.sheet for cell in row}
    assert "Your agency counts no indicator in this half-year." in texts
    assert "Total" not in texts


def listed(book, rule) -> list[str]:
    sheet, cells = rule.formula1.replace("'", "").split("!")
    return [cell.value for (cell,) in book[sheet][cells.replace("$", "")]]


# Languages


def test_everything_is_in_the_language_that_was_asked_for(scene):
    for language in LANGUAGES:
        book = scene.books[language]
        found = Marked(book, Part.PROGRESS)
        with translation.override(language):
            names = [translation.gettext(name) for name in ("Instructions", "Progress", "Spending", "Indicators")]
            headings = [str(fill.heading) for fill in FILLS[Part.PROGRESS]]
            statuses = [str(label) for label in Entry.Status.labels]
            documents = [str(label) for label in DocumentKind.labels]
            title = scene.owed[0].activity.title
            agency = scene.owed[0].responsibility.agency.name
        assert book.sheetnames[:4] == names
        assert all(len(name) <= 31 and not set(name) & set("[]:*?/\\'") for name in book.sheetnames)
        assert [found.sheet.cell(found.headings, place).value for place in found.columns.values()] == headings
        asked = rules(found)
        assert listed(book, asked["status"]) == statuses
        assert listed(book, asked["document_kind"]) == documents
        assert found.cell("14", "status").value == statuses[1]
        texts = {cell.value for row in found.sheet for cell in row if cell.value}
        assert title in texts
        assert any(agency in text for text in texts if isinstance(text, str))
        assert any(text.startswith(agency) for text in column_texts(book.worksheets[0], "B"))
    assert len({scene.books[language].worksheets[0]["B5"].value for language in LANGUAGES}) == 3


def column_texts(sheet, letter) -> list[str]:
    return [cell.value for cell in sheet[letter] if isinstance(cell.value, str)]


def test_working_translations_are_marked(scene):
    remark = "Texts of the decree are working translations; Kazakh is the official text."
    for language in LANGUAGES:
        with translation.override(language):
            expected = translation.gettext(remark)
        book = scene.books[language]
        sheet = Marked(book, Part.SPENDING).sheet
        assert (expected in column_texts(book.worksheets[0], "B")) is (language != "kk")
        assert (expected in (sheet.oddFooter.center.text or "")) is (language != "kk")


def test_instructions_explain_statuses_and_steps(scene):
    sheet = scene.books["en"].worksheets[0]
    labels = column_texts(sheet, "A")
    with translation.override("en"):
        assert {label.capitalize() for label in map(str, Entry.Status.labels)} <= set(labels)
    assert [cell.value for cell in sheet["A"] if isinstance(cell.value, int)] == list(range(1, 12))
    facts = dict(zip(labels, column_texts(sheet, "B"), strict=False))
    assert "10 July 2009" in column_texts(sheet, "B")
    assert "Due date" in facts


def test_an_extended_due_date_is_shown(user):
    submission = submission_of("akimat-akt")
    submission.extended_to = datetime.date(2009, 7, 17)
    texts = column_texts(opened(write(submission, "en")).worksheets[0], "B")
    assert "17 July 2009" in texts
    assert "10 July 2009" not in texts


# Print, and the file as a whole


def test_sheets_are_ready_to_filter_and_print(scene):
    for part in Part:
        found = Marked(scene.books["ru"], part)
        sheet = found.sheet
        assert sheet.auto_filter.ref.startswith(f"A{found.headings}:")
        assert sheet.auto_filter.ref.endswith(str(max(found.rows.values())))
        assert sheet.print_title_rows.endswith(f"${found.headings}")
        assert (sheet.page_setup.paperSize, sheet.page_setup.orientation) == (9, "landscape")
        assert sheet.oddFooter.right.text == "&P / &N"
    wide = Marked(scene.books["ru"], Part.PROGRESS).sheet
    assert wide.print_title_cols == "$B:$C"
    assert len(wide.col_breaks.brk) == 1


def test_same_draft_at_the_same_moment_gives_the_same_bytes(user):
    submission = submission_of("akimat-akt")
    with translation.override("en"):
        first = write(submission, "ru")
    assert write(submission, "ru") == first
    with at(2009, 7, 7):
        assert write(submission, "ru") != first


def test_properties_say_whose_it_is_and_when_it_was_made(scene):
    properties = scene.books["en"].properties
    assert properties.title == "Akimat of Aktobe oblast. First half of 2009"
    assert properties.created == calendar.now().astimezone(datetime.UTC).replace(tzinfo=None)


def test_writing_takes_a_fixed_number_of_queries(user, django_assert_num_queries):
    submission = submission_of("akimat-akt")
    save(submission, 14, {"status": "in_progress"}, spent=Decimal(1), counted=1)
    with django_assert_num_queries(12):
        write(submission, "ru")
    for owed in owed_activities(submission)[1:]:
        save(submission, owed.activity.ordinal, {"status": "in_progress"}, spent=Decimal(1), counted=1)
    with django_assert_num_queries(12):
        write(submission, "ru")
