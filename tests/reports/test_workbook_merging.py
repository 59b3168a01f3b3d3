"""A filled-in workbook beside the report: what it would change, conflicts, flaws, notices, and how cells are read."""

import copy
import datetime
import re
from decimal import Decimal

import pytest
from django.utils import translation

from reports import filing
from reports.duty import owed_activities, owed_activity
from reports.models import Entry
from reports.workbook import process
from reports.workbook.answers import Answer, Comparison
from reports.workbook.layout import NUMBER_MARK, Header
from reports.workbook.merging import compare
from reports.workbook.reading import header_of, read_workbook

from .scenes import submission_of, write_all
from .workbooks import Filled, read_here, serial

pytestmark = pytest.mark.django_db

AKT = "akimat-akt"
LINE, COUNTED = "14/KZ-AKT/2009/local", "14/correctional-institutions-1"
SPENT, VALUE = ("spending", LINE, "spent"), ("indicators", COUNTED, "value")
ROW = "14"


@pytest.fixture(autouse=True)
def _in_english_and_here():
    with translation.override("en"), read_here():
        yield


@pytest.fixture
def submission(user):
    submission = submission_of(AKT)
    save(submission, user("reporter.akt"), status="in_progress", narrative="Бастапқы мәтін")
    return submission


def save(submission, by, ordinal=14, spent=None, **values):
    owed = owed_activity(submission, ordinal)
    return filing.save_entry(
        submission=submission,
        activity=owed.activity,
        by=by,
        version=owed.entry.version if owed.entry else 0,
        values=values,
        spending={owed.lines[0].line.pk: Decimal(spent)} if spent else {},
    )


def compared(submission, book: Filled | bytes, choices=None) -> Comparison:
    read = read_workbook(book if isinstance(book, bytes) else book.bytes(), submission)
    return compare(submission, header_of(read), read, choices)


def words(answers: list[Answer]) -> list[tuple]:
    return [
        (answer.owed.activity.ordinal, answer.field.partition("_")[0], answer.old, answer.new) for answer in answers
    ]


def flaws(found: Comparison) -> list[tuple[str, str]]:
    return [(str(flaw.place), flaw.text) for flaw in found.flaws]


def one_flaw(found: Comparison) -> str:
    [flaw] = found.flaws
    return flaw.text


def filled(submission, place, value) -> Comparison:
    book = Filled.of(submission)
    book[place] = value
    return compared(submission, book)


@pytest.fixture(scope="module")
def kept():
    """What was read from the workbook of `submission`, once for all tests that only put something into a cell."""
    return {}


@pytest.fixture
def with_cell(submission, kept):
    """Compare with one cell filled in, as `workbook.process` gives it."""

    def fill(place, **cell) -> Comparison:
        if not kept:
            kept["read"] = read_workbook(Filled.of(submission).bytes(), submission)
        read = copy.deepcopy(kept["read"])
        part, key, column = place
        sheet = next(sheet for sheet in read["sheets"] if sheet["part"] == part)
        at = {
            "row": next(number for number, found, _shown in sheet["rows"] if found == key),
            "column": next(number for number, found in sheet["columns"] if found == column),
        }
        sheet["cells"] = [one for one in sheet["cells"] if {**one, **at} != one]
        sheet["cells"].append(vars(process.Cell(**cell)) | at)
        return compare(submission, header_of(read), read)

    return fill


@pytest.fixture
def with_value(with_cell):
    def fill(place, value) -> Comparison:
        match value:
            case bool():
                return with_cell(place, kind="boolean", value=str(int(value)))
            case datetime.date():
                return with_cell(place, kind="number", value=str(serial(value)), is_date=True)
            case str():
                return with_cell(place, kind="text", value=value)
        return with_cell(place, kind="number", value=f"{value:.15g}")

    return fill


# Three ways


def test_a_workbook_as_it_was_downloaded_changes_nothing(submission, user):
    write_all(submission, user("reporter.akt"), status="done", spent="1.5")
    found = compared(submission, Filled.of(submission))
    assert (found.answers, found.flaws, found.notices, found.forms) == ([], [], [], [])
    assert found.left_alone > 100


def test_only_touched_cells_are_changes(submission):
    book = Filled.of(submission)
    book["progress", ROW, "narrative"] = "Жаңа мәтін"
    book[SPENT] = 1218.5
    found = compared(submission, book)
    assert words(found.changes) == [
        (14, "narrative", "Бастапқы мәтін", "Жаңа мәтін"),
        (14, "spent", None, Decimal("1218.500")),
    ]
    assert [str(answer.place) for answer in found.changes] == [
        " ".join(book.address("progress", ROW, "narrative")),
        " ".join(book.address(*SPENT)),
    ]


def test_an_untouched_cell_does_not_undo_what_was_saved_on_the_page_since(submission, user):
    book = Filled.of(submission)
    save(submission, user("signatory.akt"), narrative="Беттегі жаңа мәтін", spent="7")
    book["progress", ROW, "reason"] = "Себеп"
    found = compared(submission, book)
    assert words(found.changes) == [(14, "reason", "", "Себеп")]
    assert not found.conflicts
    [form] = found.forms
    assert form.values["narrative"] == "Беттегі жаңа мәтін"
    assert set(form.spending.values()) == {Decimal("7.000")}


def test_what_both_changed_is_a_conflict_without_a_choice_made_beforehand(submission, user):
    book = Filled.of(submission)
    save(submission, user("signatory.akt"), narrative="Беттегі мәтін")
    book["progress", ROW, "narrative"] = "Кітаптағы мәтін"
    found = compared(submission, book)
    assert words(found.conflicts) == [(14, "narrative", "Беттегі мәтін", "Кітаптағы мәтін")]
    assert found.undecided == found.conflicts
    assert not found.forms
    key = found.conflicts[0].key
    assert compared(submission, book, {key: "nonsense"}).undecided
    [form] = compared(submission, book, {key: Answer.WORKBOOK}).forms
    assert form.values["narrative"] == "Кітаптағы мәтін"
    kept = compared(submission, book, {key: Answer.PAGE})
    assert (kept.forms, kept.undecided) == ([], [])


def test_both_having_written_the_same_is_no_conflict(submission, user):
    book = Filled.of(submission)
    save(submission, user("signatory.akt"), narrative="Бірдей")
    book["progress", ROW, "narrative"] = "Бірдей "
    assert compared(submission, book).answers == []


def test_an_emptied_cell_is_a_change_to_nothing(submission, user):
    save(submission, user("reporter.akt"), spent="5")
    book = Filled.of(submission)
    book[SPENT] = None
    book["progress", ROW, "narrative"] = None
    found = compared(submission, book)
    assert words(found.changes) == [(14, "narrative", "Бастапқы мәтін", ""), (14, "spent", Decimal("5.000"), None)]
    assert all(answer.is_emptied for answer in found.changes)


def test_where_nobody_knows_what_the_workbook_held_every_difference_is_a_conflict(submission):
    book = Filled.of(submission)
    cell = book.header()
    header = Header.from_text(cell.value)
    header.entries[14] = 99
    cell.value = header.to_text()
    book["progress", ROW, "reason"] = "Себеп"
    found = compared(submission, book)
    assert words(found.conflicts) == [(14, "reason", "", "Себеп")]


def test_a_text_that_no_cell_can_hold_whole_is_not_cut_by_its_own_workbook(submission, user):
    save(submission, user("reporter.akt"), narrative="😀" * 20_000)
    assert compared(submission, Filled.of(submission)).answers == []


def test_the_kind_of_document_is_implied_as_on_the_page():
    submission = submission_of("moes")
    owed = next(item for item in owed_activities(submission) if item.document)
    row = str(owed.activity.ordinal)
    numbered = filled(submission, ("progress", row, "document_number"), "145-ө")
    assert [answer.field for answer in numbered.changes] == ["document_number", "document_kind"]
    assert numbered.forms[0].values["document_kind"] == owed.document
    alone = filled(submission, ("progress", row, "document_kind"), str(owed.document.label))
    assert (alone.answers, alone.forms) == ([], [])


# Values


@pytest.mark.parametrize(
    ("typed", "amount"),
    [
        (1234.5, "1234.500"),
        ("1 234,5", "1234.500"),
        ("1\u00a0234,5", "1234.500"),
        ("1\u202f234.500", "1234.500"),
        ("1234.5", "1234.500"),
        (0.1 + 0.2, "0.300"),
        (0, "0.000"),
        (1e-3, "0.001"),
        (999_999_999.999, "999999999.999"),
    ],
)
def test_an_amount_is_read_however_it_got_into_the_cell(with_value, typed, amount):
    assert words(with_value(SPENT, typed).changes) == [(14, "spent", None, Decimal(amount))]


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        (1.2345, "at most three decimals"),
        (-5, "must not be negative"),
        (1e300, "too large"),
        ("1.234,5", "one decimal comma"),
        ("көп", "as a number"),
        (True, "TRUE or FALSE"),
        (datetime.date(2009, 5, 1), "The cell holds a date"),
    ],
)
def test_a_wrong_amount_is_said_with_its_cell(with_value, typed, said):
    [(place, text)] = flaws(with_value(SPENT, typed))
    assert said in text
    assert re.fullmatch("[^!]+ [A-Z][0-9]", place)


@pytest.mark.parametrize(("typed", "value"), [(120, 120), ("1 200", 1200), (3.0, 3), ("0", 0)])
def test_a_number_of_things_is_read(with_value, typed, value):
    assert words(with_value(VALUE, typed).changes) == [(14, "indicator", None, value)]


@pytest.mark.parametrize("typed", [1.5, -1, "екі", 1e12])
def test_what_is_no_number_of_things_is_said(with_value, typed):
    assert "whole number" in one_flaw(with_value(VALUE, typed))


DAY = datetime.date(2009, 6, 30)


@pytest.mark.parametrize("typed", [DAY, "30.06.2009", " 2009-06-30\u00a0", serial(DAY)])
def test_a_day_is_read_however_it_got_into_the_cell(with_value, typed):
    found = with_value(("progress", ROW, "completed_on"), typed)
    assert words(found.changes) == [(14, "completed", None, DAY)]


@pytest.mark.parametrize("typed", [2009, 20090630, "31.02.2009", "маусым", datetime.date(1905, 7, 1)])
def test_what_is_no_day_is_said(with_value, typed):
    assert one_flaw(with_value(("progress", ROW, "completed_on"), typed))


def test_days_are_counted_from_1904_where_the_workbook_says_so(submission):
    book = Filled.of(submission)
    book.book.epoch = datetime.datetime(1904, 1, 1)  # noqa: DTZ001
    book["progress", ROW, "completed_on"] = DAY
    assert words(compared(submission, book).changes) == [(14, "completed", None, DAY)]


@pytest.mark.parametrize("typed", ["done", "Орындалды", " ОРЫНДАЛДЫ ", "исполнено", "DONE"])
def test_a_status_is_read_in_any_language_and_by_its_code(with_value, typed):
    with translation.override("ru"):
        russian = str(Entry.Status.DONE.label)
    with translation.override("kk"):
        kazakh = str(Entry.Status.DONE.label)
    typed = {"Орындалды": kazakh, " ОРЫНДАЛДЫ ": f" {kazakh.upper()} ", "исполнено": russian}.get(typed, typed)
    assert words(with_value(("progress", ROW, "status"), typed).changes) == [(14, "status", "in_progress", "done")]


@pytest.mark.parametrize("typed", ["бітті", 5, True])
def test_what_is_no_status_is_said_with_what_can_be_chosen(with_value, typed):
    text = one_flaw(with_value(("progress", ROW, "status"), typed))
    assert "Choose one of: done, in progress" in text or "TRUE or FALSE" in text


@pytest.mark.parametrize("typed", ["=cmd|' /C calc'!A0", "+7 7132", "- ашылды", "@ауыл", "a\nb"])
def test_a_text_that_looks_like_a_formula_is_a_text(with_value, typed):
    assert words(with_value(("progress", ROW, "reason"), typed).changes) == [(14, "reason", "", typed)]


def test_a_number_in_a_text_cell_is_a_text(with_value):
    assert words(with_value(("progress", ROW, "document_number"), 145).changes)[0] == (
        14,
        "document",
        "",
        "145",
    )


def test_a_formula_counts_by_its_result(with_cell):
    found = with_cell(SPENT, kind="number", value="3", is_formula=True)
    assert words(found.changes) == [(14, "spent", None, Decimal("3.000"))]
    assert found.changes[0].is_formula


REASON = ("progress", ROW, "reason")


@pytest.mark.parametrize(
    ("place", "cell", "said"),
    [
        (SPENT, {"kind": "nothing", "is_formula": True}, "has not been computed"),
        (SPENT, {"kind": "error", "value": "#REF!"}, "the error #REF!"),
        (SPENT, {"kind": "error", "value": "#DIV/0!", "is_formula": True}, "the error #DIV/0!"),
        (REASON, {"kind": "text", "value": "ab", "is_formula": True}, "paste it again as a value"),
        (
            ("progress", ROW, "status"),
            {"kind": "text", "value": "done", "is_formula": True},
            "paste it again as a value",
        ),
        (REASON, {"kind": "boolean", "value": "1"}, "TRUE or FALSE"),
        (REASON, {"kind": "number", "value": "40000", "is_date": True}, "The cell holds a date"),
        (REASON, {"kind": "text", "value": "a\0b"}, "Null characters"),
        (("progress", ROW, "narrative"), {"kind": "text", "value": "ә" * 20_001}, "at most 20000 characters"),
    ],
)
def test_what_cannot_be_an_answer_is_said(with_cell, place, cell, said):
    assert said in one_flaw(with_cell(place, **cell))


# Rows and columns that people move, copy, delete


def test_sheets_rows_and_columns_may_be_moved_renamed_and_added(submission):
    book = Filled.of(submission)
    sheet = book.sheet("progress")
    book["progress", ROW, "narrative"] = "Жылжыған"
    book["progress", "42", "narrative"] = "Соңғы"
    sheet.title = "Менің парағым"
    sheet.insert_cols(3)
    sheet.insert_rows(1, 2)
    for row in range(8, 20):
        sheet.cell(row, 3).value = "өз белгім"
    moved = [cell.value for cell in sheet[10]]
    for cell, value in zip(sheet[60], moved, strict=False):
        cell.value = value
    for cell in sheet[10]:
        cell.value = None
    book.book.move_sheet(sheet, -3)
    book.book.create_sheet("Table 1")["A1"] = "менің есебім"
    found = compared(submission, book)
    assert {(ordinal, new) for ordinal, _field, _old, new in words(found.changes)} == {(14, "Жылжыған"), (42, "Соңғы")}
    assert (found.flaws, found.notices) == ([], [])


def test_missing_rows_columns_and_sheets_are_left_as_they_are_and_said(submission, user):
    save(submission, user("reporter.akt"), spent="5")
    book = Filled.of(submission)
    book.sheet("progress").delete_rows(book.cell("progress", ROW, "status").row)
    book.sheet("progress").delete_cols(book.cell("progress", "17", "next_step").column)
    del book.book[book.sheet("spending").title]
    found = compared(submission, book)
    assert (found.answers, found.flaws) == ([], [])
    text = " ".join(found.notices)
    assert "Progress, activities 14." in text
    assert "Spending, activities 14, 30, 31, 36." in text
    assert "the column “Next step” is not in the workbook" in text


def test_a_copied_sheet_row_or_column_is_said_once(submission):
    book = Filled.of(submission)
    sheet = book.sheet("progress")
    copy = book.book.copy_worksheet(sheet)
    copy.title = "Көшірме"
    assert [text for place, text in flaws(compared(submission, book)) if place == "Көшірме"] == [
        f"This sheet is a copy of “{sheet.title}”. Delete one of the two."
    ]
    del book.book["Көшірме"]
    row = book.cell("progress", ROW, "status").row
    for cell in list(sheet[row]):
        sheet.cell(70, cell.column).value = cell.value
    assert f"Rows {row}, 70 are copies" in one_flaw(compared(submission, book))
    sheet.delete_rows(70)
    column = book.cell("progress", ROW, "reason").column
    for cell in next(sheet.iter_cols(column, column)):
        sheet.cell(cell.row, 40).value = cell.value
    assert "is there twice" in one_flaw(compared(submission, book))


def test_a_row_that_is_not_owed_any_more_is_said_and_not_taken(submission):
    book = Filled.of(submission)
    mark = book.sheet("progress").cell(book.cell("progress", ROW, "status").row, 1)
    assert mark.value == "portal:row:14"
    mark.value = "portal:row:99"
    book.sheet("progress").cell(mark.row, 2).value = 99
    found = compared(submission, book)
    assert found.answers == []
    assert any("activity 99 is not owed" in notice for notice in found.notices)


def test_a_filled_row_without_its_mark_is_an_error_and_a_note_below_the_rows_is_not(submission):
    book = Filled.of(submission)
    sheet = book.sheet("progress")
    column = book.cell("progress", ROW, "narrative").column
    sheet.cell(90, column).value = "Өзіме ескерту"
    found = compared(submission, book)
    assert not found.flaws
    assert any("rows 90" in notice for notice in found.notices)
    row = book.cell("progress", "17", "status").row
    sheet.cell(row, 1).value = None
    sheet.cell(row, column).value = "Жоғалған жол"
    assert f"Rows {row}, 90 have lost the hidden marks" in one_flaw(compared(submission, book))


def test_merged_cells_count_for_the_first_and_leave_the_others_as_they_are(submission, user):
    save(submission, user("reporter.akt"), 17, narrative="Қалады")
    book = Filled.of(submission)
    first, second = (book.cell("progress", row, "narrative") for row in ("14", "17"))
    sheet = book.sheet("progress")
    book["progress", "14", "narrative"] = "Біріккен"
    sheet.merge_cells(f"{first.coordinate}:{second.coordinate}")
    found = compared(submission, book)
    assert words(found.changes) == [(14, "narrative", "Бастапқы мәтін", "Біріккен")]
    [notice] = found.notices
    assert f"{first.coordinate}:{second.coordinate}" in notice


def test_rows_sorted_without_the_hidden_column_are_refused(submission):
    book = Filled.of(submission)
    sheet = book.sheet("progress")
    first, second = (book.cell("progress", row, "status").row for row in ("14", "17"))
    for column in range(2, sheet.max_column + 1):
        a, b = sheet.cell(first, column), sheet.cell(second, column)
        a.value, b.value = b.value, a.value
    assert any(cell.value == NUMBER_MARK for cell in sheet._cells.values())
    assert all("sorted without the hidden column" in text for _place, text in flaws(compared(submission, book)))
    assert len(flaws(compared(submission, book))) == 2


def test_cells_in_hidden_rows_count_and_say_that_they_are_hidden(submission):
    book = Filled.of(submission)
    book["progress", ROW, "reason"] = "Жасырын"
    book.sheet("progress").row_dimensions[book.cell("progress", ROW, "reason").row].hidden = True
    [answer] = compared(submission, book).changes
    assert answer.is_hidden


def test_a_comparison_costs_a_fixed_number_of_queries(submission, user, django_assert_num_queries):
    book = Filled.of(submission)
    write_all(submission, user("signatory.akt"))
    read = read_workbook(book.bytes(), submission)
    with django_assert_num_queries(12):
        compare(submission, header_of(read), read)
