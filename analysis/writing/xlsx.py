"""A table as an Excel workbook. xlsxwriter puts every row on the disk at once: memory does not grow with them."""

import datetime
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import BinaryIO

import xlsxwriter
from django.utils.translation import gettext_lazy as _

from programme.spreadsheets import FORMULA_STARTS, cell_text, wrapped_lines

from .sheets import ABOUT_WIDTHS, Pending, about_lines, carried, titles, widths
from .table import Kind, Table, converted

# Excel believes that there was a 29 February 1900: earlier days are written as text.
FIRST_DAY = datetime.date(1900, 3, 1)
# A part of 2 GB needs an extension of ZIP that not every program reads: the rows go on in the next sheet before that.
MOST_BYTES = 1_800_000_000
# ZIP's extension: for the whole file, which may pass 4 GB.
OPTIONS = {"constant_memory": True, "use_zip64": True, "strings_to_formulas": False, "strings_to_urls": False}
NUMBER_FORMATS = {
    Kind.INTEGER: "0",
    Kind.NUMBER: "0.0",
    Kind.MONEY: "#,##0.000",
    Kind.SHARE: "0.0%",
    Kind.DATE: r"dd\.mm\.yyyy",
    Kind.MOMENT: r"dd\.mm\.yyyy\ hh:mm",
}
WRAPPED = {"text_wrap": True, "valign": "top"}
HEADING = {**WRAPPED, "bold": True, "bg_color": "#D9E2EC"}
LABEL, NOTE = {**WRAPPED, "bold": True}, {**WRAPPED, "quote_prefix": True}
# In points: a line of text, and the highest row that Excel knows.
LINE, TALLEST = 16, 405
# Bold Cyrillic letters take more room than the digits in which widths are measured.
BROAD = 1.2
A4 = 9
CUT = _(" […] The text is longer than an Excel cell can hold; CSV, ODS, JSON and Parquet have all of it.")


def write(table: Table, file: BinaryIO) -> None:
    with _workbook(file) as book:
        sheets = _write_rows(book, table)
        add_about(book, titles(table, sheets)[-1], table)


@contextmanager
def _workbook(file: BinaryIO) -> Iterator[xlsxwriter.Workbook]:
    """Written when all went well; in no case anything stays behind on the disk."""
    with tempfile.TemporaryDirectory(prefix="xlsx-") as folder:
        book = xlsxwriter.Workbook(file, OPTIONS | {"tmpdir": folder})
        try:
            yield book
        except BaseException:
            for sheet in book.worksheets():
                sheet.row_data_fh.close()
            raise
        book.close()


def _write_rows(book: xlsxwriter.Workbook, table: Table) -> int:
    """How many sheets it took; there is one also without rows."""
    rows = Pending(table)
    wide = widths(table, rows.next)
    heading = book.add_format(HEADING)
    looks = {kind: book.add_format({"num_format": form}) for kind, form in NUMBER_FORMATS.items()}
    guarded = book.add_format({"quote_prefix": True})
    sheets = 0
    while rows.next or not sheets:
        sheets += 1
        sheet = book.add_worksheet(titles(table, sheets)[-2])
        set_up(sheet, wide)
        sheet.freeze_panes(1, 0)
        sheet.repeat_rows(0)
        _write_line(sheet, 0, [(text, heading) for text in table.headings], wide)
        ways = [_way(column.kind, sheet, looks.get(column.kind), guarded) for column in table.columns]
        lines = _fill(sheet, rows, ways)
        sheet.autofilter(0, 0, lines - 1, len(table.columns) - 1)
    return sheets


def _fill(sheet, rows: Pending, ways: list[Callable]) -> int:
    """How many lines the sheet has then, the headings included."""
    lines = 1
    while sheet.row_data_fh.tell() < MOST_BYTES and (batch := rows.take(lines)):
        for line, row in enumerate(converted(batch, ways), lines):
            for position, cell in enumerate(row):
                if cell:
                    put, value, look = cell
                    put(line, position, value, look)
        lines += len(batch)
    return lines


def _way(kind: Kind, sheet, look, guarded) -> Callable[[object], tuple]:
    """A function of the value that gives what writes its cell, what to write, and its format."""

    def text(value: str) -> tuple:
        shown = fitting(value)
        # One that looks like a formula does not turn into one when it is edited.
        return sheet.write_string, shown, guarded if shown.startswith(FORMULA_STARTS) else None

    def day(value: datetime.date) -> tuple:
        is_counted = (value.date() if isinstance(value, datetime.datetime) else value) >= FIRST_DAY
        return (sheet.write_datetime, value, look) if is_counted else text(str(value))

    match kind:
        case Kind.TEXT:
            return text
        case Kind.DATE | Kind.MOMENT:
            return day
        case Kind.BOOLEAN:
            return lambda value: (sheet.write_boolean, value, None)
        case _:
            return lambda value: (sheet.write_number, float(value), look)


def fitting(text: str) -> str:
    """The text as a cell can hold it; a longer one is cut, and says so."""
    return cell_text(carried(text).replace("\r\n", "\n").replace("\r", "\n"), CUT)


def add_about(book: xlsxwriter.Workbook, name: str, table: Table) -> None:
    """The sheet that says what the others hold."""
    sheet = book.add_worksheet(name)
    set_up(sheet, ABOUT_WIDTHS)
    label, note = book.add_format(LABEL), book.add_format(NOTE)
    for line, cells in enumerate(about_lines(table)):
        _write_line(sheet, line, [(text, label if is_head else note) for text, is_head in cells], ABOUT_WIDTHS)


def set_up(sheet, wide: list[int]) -> None:
    """Widths of the columns; on paper as wide as a sheet of A4 across, and as long as it gets."""
    for position, width in enumerate(wide):
        sheet.set_column(position, position, width)
    sheet.set_landscape()
    sheet.set_paper(A4)
    sheet.fit_to_pages(1, 0)


def _write_line(sheet, line: int, cells: list[tuple[str, object]], wide: list[int]) -> None:
    """A row whose texts wrap. It says how high it is, because LibreOffice does not look."""
    measured = zip(cells, wide, strict=False)
    lines = max((wrapped_lines(text, width / BROAD) for (text, _look), width in measured), default=1)
    sheet.set_row(line, min(LINE * lines, TALLEST))
    for position, (text, look) in enumerate(cells):
        sheet.write_string(line, position, fitting(text), look)
