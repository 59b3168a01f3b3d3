"""The report as a workbook: real numbers and dates, one row per activity and per answer, ready to filter and print."""

import datetime
import io

import xlsxwriter
from django.utils import translation
from django.utils.translation import gettext as _

from .outline import Cell, Column, Outline, Table

MONEY, COUNT, PERCENT, DATE, MOMENT = "#,##0.000", "0", "0.0", "dd.mm.yyyy", "dd.mm.yyyy hh:mm"
NUMBER_FORMATS = {"money": MONEY, "count": COUNT, "percent": PERCENT, "date": DATE, "moment": MOMENT}
SHEET_NAME_LENGTH = 31
# Excel counts UTF-16 units, and declares a file with a longer text damaged.
TEXT_LENGTH = 32_767
# Millimetres on paper to Excel's character widths.
CHARACTER = 1.9


def render(outline: Outline) -> bytes:
    with translation.override(outline.language):
        return _Workbook(outline).bytes()


class _Workbook:
    def __init__(self, outline: Outline):
        self.outline = outline
        self.buffer = io.BytesIO()
        self.book = xlsxwriter.Workbook(self.buffer, {"in_memory": True, "strings_to_formulas": False})
        self.book.set_size(2400, 1400)
        self.book.set_properties(
            {
                "title": f"{outline.title} {outline.subject} {outline.period}",
                "author": outline.author,
                "comments": outline.demonstration,
                "created": datetime.datetime.combine(outline.compiled_on, datetime.time()),
            }
        )
        self.formats: dict[tuple, object] = {}

    def bytes(self) -> bytes:
        outline = self.outline
        self._summary()
        self._flat(_("Activities"), outline.activities)
        self._flat(_("Information of bodies"), outline.entries)
        self._flat(_("Regions"), outline.regions, landscape=False)
        self._flat(_("Filing"), outline.filings, landscape=False)
        self.book.close()
        return self.buffer.getvalue()

    def _format(self, **properties):
        """One format object for each combination, as the file stores them."""
        key = tuple(sorted(properties.items()))
        if key not in self.formats:
            self.formats[key] = self.book.add_format({"font_name": "Times New Roman", "font_size": 10, **properties})
        return self.formats[key]

    def _sheet(self, name: str, *, landscape: bool):
        """A sheet with its name, the report's, and the demonstration mark; returns it and the first free row."""
        outline = self.outline
        sheet = self.book.add_worksheet(name[:SHEET_NAME_LENGTH])
        sheet.set_paper(9)
        if landscape:
            sheet.set_landscape()
        sheet.set_margins(left=0.5, right=0.5, top=0.6, bottom=0.7)
        sheet.fit_to_pages(1, 0)
        sheet.set_footer("&C&P / &N")
        if outline.demonstration:
            sheet.set_header("&C&\"Times New Roman,Bold\"&KB01E1E" + outline.demonstration)
        sheet.hide_gridlines(2)
        sheet.write_string(0, 0, f"{outline.title} {outline.subject} {outline.period}", self._format(bold=True, font_size=12))
        if outline.demonstration:
            sheet.write_string(1, 0, outline.demonstration, self._format(bold=True, font_color="#B01E1E"))
        return sheet, 2 if outline.demonstration else 1

    def _summary(self) -> None:
        outline = self.outline
        sheet, row = self._sheet(_("Summary"), landscape=False)
        for column, width in enumerate([34, 14, 18, 18, 18, 14]):
            sheet.set_column(column, column, width)
        for label, text in outline.facts:
            sheet.write_string(row, 0, label, self._format(bold=True, valign="top"))
            sheet.merge_range(row, 1, row, 5, "", self._format(text_wrap=True, valign="top"))
            sheet.write_string(row, 1, text, self._format(text_wrap=True, valign="top"))
            # Excel does not fit the height of merged cells.
            sheet.set_row(row, 14 * (1 + len(text) // 85))
            row += 1
        for label, text in [("", " ".join(outline.introduction)), *outline.particulars]:
            sheet.write_string(row, 0, label, self._format(bold=True, valign="top"))
            sheet.merge_range(row, 1, row, 5, "", self._format(text_wrap=True, valign="top"))
            sheet.write_string(row, 1, text[:TEXT_LENGTH], self._format(text_wrap=True, valign="top"))
            sheet.set_row(row, min(14 * (1 + len(text) // 85), 400))
            row += 1
        for table in (outline.states, outline.money):
            row = self._table(sheet, row + 1, table, caption=True) + 1
        sheet.write_string(row + 1, 0, outline.fingerprint, self._format(font_size=8))
        sheet.print_area(0, 0, row + 1, 5)

    def _flat(self, name: str, table: Table, *, landscape: bool = True) -> None:
        """A sheet with one table: head kept in view and on every page, filters, widths."""
        sheet, head = self._sheet(name, landscape=landscape)
        for number, column in enumerate(table.columns):
            sheet.set_column(number, number, column.width / CHARACTER)
        after = self._table(sheet, head, table)
        last = len(table.columns) - 1
        sheet.freeze_panes(head + 1, 0)
        sheet.repeat_rows(head)
        sheet.autofilter(head, 0, after - 1 - sum(row.is_total for row in table.rows), last)
        sheet.print_area(0, 0, after - 1, last)

    def _table(self, sheet, row: int, table: Table, *, caption: bool = False) -> int:
        """Writes head and rows from `row` on; returns the row after the last."""
        if caption:
            sheet.write_string(row, 0, table.caption, self._format(bold=True, font_size=11))
            row += 1
        head = self._format(bold=True, text_wrap=True, valign="vcenter", border=1, border_color="#8A94A0", bg_color="#D9E2EC")
        for number, column in enumerate(table.columns):
            sheet.write_string(row, number, column.label, head)
        for line in table.rows:
            row += 1
            for number, (cell, column) in enumerate(zip(line.cells, table.columns, strict=True)):
                self._write(sheet, row, number, cell, column, is_total=line.is_total)
        return row + 1

    def _write(self, sheet, row: int, number: int, cell: Cell, column: Column, *, is_total: bool) -> None:
        look = {"text_wrap": True, "valign": "top", "border": 1, "border_color": "#8A94A0"}
        if is_total:
            look |= {"bold": True, "bg_color": "#F3F4F6"}
        if cell.value is None:
            sheet.write_blank(row, number, None, self._format(**look))
        elif isinstance(cell.value, str):
            # Never `write`: it would take "=1+1" for a formula.
            sheet.write_string(row, number, _fitting(cell.value), self._format(**look))
        elif isinstance(cell.value, datetime.date):
            sheet.write_datetime(row, number, cell.value, self._format(**look, num_format=NUMBER_FORMATS[column.kind]))
        else:
            sheet.write_number(row, number, cell.value, self._format(**look, num_format=NUMBER_FORMATS[column.kind]))


def _fitting(text: str) -> str:
    """The text cut to what a cell can hold, with a mark; only emoji get that long."""
    encoded = text.encode("utf-16-le")
    if len(encoded) <= 2 * TEXT_LENGTH:
        return text
    return encoded[: 2 * (TEXT_LENGTH - 1)].decode("utf-16-le", "ignore") + "…"
