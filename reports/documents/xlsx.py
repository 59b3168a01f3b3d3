"""The report as a workbook: real numbers and dates, one row per activity and per answer, ready to filter and print."""

import datetime
import io
import math

import xlsxwriter
from django.utils import translation
from django.utils.translation import gettext as _

from .outline import Outline
from .tables import Cell, Table

NUMBER_FORMATS = {
    "money": "#,##0.000",
    "count": "0",
    "percent": "0.0",
    "date": "dd.mm.yyyy",
    "moment": "dd.mm.yyyy hh:mm",
}
FONT, RULE = "Times New Roman", "#8A94A0"
HEAD_FILL, TOTAL_FILL, MARK = "#D9E2EC", "#F3F4F6", "#B01E1E"
SHEET_NAME_LENGTH = 31
# Excel counts UTF-16 units, and declares a file with a longer text damaged.
TEXT_LENGTH = 32_767
# Millimetres on paper in one of Excel's character widths; what a date with time needs, in characters.
CHARACTER, MOMENT_WIDTH = 1.9, 16
LINE, TALLEST = 13.5, 409
SUMMARY_WIDTHS = [34, 14, 18, 18, 18, 14]


def render(outline: Outline) -> bytes:
    with translation.override(outline.language):
        return _Workbook(outline).bytes()


class _Workbook:
    def __init__(self, outline: Outline):
        self.outline = outline
        self.title = f"{outline.title} {outline.subject} {outline.period}"
        self.buffer = io.BytesIO()
        self.book = xlsxwriter.Workbook(self.buffer, {"in_memory": True})
        self.book.set_size(2400, 1400)
        self.book.set_properties(
            {
                "title": self.title,
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
            self.formats[key] = self.book.add_format({"font_name": FONT, "font_size": 10, **properties})
        return self.formats[key]

    def _sheet(self, name: str, widths: list[float], *, landscape: bool):
        """A sheet headed by the report's title and the demonstration mark; returns it and the first free row."""
        sheet = self.book.add_worksheet(name[:SHEET_NAME_LENGTH])
        sheet.set_paper(9)
        if landscape:
            sheet.set_landscape()
        sheet.set_margins(left=0.5, right=0.5, top=0.6, bottom=0.7)
        sheet.fit_to_pages(1, 0)
        sheet.set_footer("&C&P / &N")
        sheet.hide_gridlines(2)
        for column, width in enumerate(widths):
            sheet.set_column(column, column, width)
        sheet.merge_range(0, 0, 0, len(widths) - 1, "", self._format())
        sheet.write_string(0, 0, self.title, self._format(bold=True, font_size=12, text_wrap=True, valign="top"))
        sheet.set_row(0, 18 * _lines(self.title, sum(widths) * 0.8))
        if not self.outline.demonstration:
            return sheet, 1
        sheet.set_header(f'&C&"{FONT},Bold"&KB01E1E{self.outline.demonstration}')
        sheet.write_string(1, 0, self.outline.demonstration, self._format(bold=True, font_color=MARK))
        return sheet, 2

    def _summary(self) -> None:
        outline = self.outline
        sheet, row = self._sheet(_("Summary"), SUMMARY_WIDTHS, landscape=False)
        wrapped = self._format(text_wrap=True, valign="top")
        for label, text in [*outline.facts, ("", " ".join(outline.introduction)), *outline.particulars]:
            sheet.write_string(row, 0, label, self._format(bold=True, text_wrap=True, valign="top"))
            sheet.merge_range(row, 1, row, len(SUMMARY_WIDTHS) - 1, "", wrapped)
            sheet.write_string(row, 1, _fitting(text), wrapped)
            sheet.set_row(row, _height([(label, SUMMARY_WIDTHS[0]), (text, sum(SUMMARY_WIDTHS[1:]))]))
            row += 1
        for table in (outline.states, outline.money):
            sheet.write_string(row + 1, 0, table.caption, self._format(bold=True, font_size=11))
            row = self._table(sheet, row + 2, table, SUMMARY_WIDTHS)
        for line in (outline.fingerprint, *outline.notes):
            row += 1
            sheet.write_string(row, 0, line, self._format(font_size=8))
        sheet.print_area(0, 0, row, len(SUMMARY_WIDTHS) - 1)

    def _flat(self, name: str, table: Table, *, landscape: bool = True) -> None:
        """A sheet with one table: head kept in view and on every page, filters, widths."""
        widths = [
            max(column.width / CHARACTER, MOMENT_WIDTH if column.kind == "moment" else 0) for column in table.columns
        ]
        sheet, head = self._sheet(name, widths, landscape=landscape)
        after = self._table(sheet, head, table, widths)
        last = len(table.columns) - 1
        sheet.freeze_panes(head + 1, 0)
        sheet.repeat_rows(head)
        sheet.autofilter(head, 0, after - 1 - sum(row.is_total for row in table.rows), last)
        sheet.print_area(0, 0, after - 1, last)

    def _table(self, sheet, row: int, table: Table, widths: list[float]) -> int:
        """Writes head and rows from `row` on; returns the row after the last."""
        head = self._format(
            bold=True,
            font_size=9,
            text_wrap=True,
            valign="vcenter",
            border=1,
            border_color=RULE,
            bg_color=HEAD_FILL,
        )
        for number, column in enumerate(table.columns):
            sheet.write_string(row, number, column.label, head)
        # Bold letters are wider, and the filter's button takes room.
        sheet.set_row(
            row,
            _height([(column.label, width * 0.8) for column, width in zip(table.columns, widths, strict=False)]),
        )
        for line in table.rows:
            row += 1
            for number, (cell, column) in enumerate(zip(line.cells, table.columns, strict=True)):
                self._write(sheet, row, number, cell, NUMBER_FORMATS.get(column.kind), is_total=line.is_total)
            sheet.set_row(row, _height([(cell.text, width) for cell, width in zip(line.cells, widths, strict=False)]))
        return row + 1

    def _write(self, sheet, row: int, number: int, cell: Cell, num_format: str | None, *, is_total: bool) -> None:
        look = {"text_wrap": True, "valign": "top", "border": 1, "border_color": RULE}
        if is_total:
            look |= {"bold": True, "bg_color": TOTAL_FILL}
        if cell.value is None:
            sheet.write_blank(row, number, None, self._format(**look))
        elif isinstance(cell.value, str):
            # Never `write`: it would take "=1+1" for a formula.
            sheet.write_string(row, number, _fitting(cell.value), self._format(**look))
        elif isinstance(cell.value, datetime.date):
            sheet.write_datetime(row, number, cell.value, self._format(**look, num_format=num_format))
        else:
            sheet.write_number(row, number, cell.value, self._format(**look, num_format=num_format))


def _height(texts: list[tuple[str, float]]) -> float:
    """Points for a row of (text, width in characters). Not every program fits the height of wrapped text by itself."""
    return min(LINE * max(_lines(text, width) for text, width in texts) + 2, TALLEST)


def _lines(text: str, width: float) -> int:
    # Letters of this font are narrower than the digit that widths are counted in; words do not fill a line to its end.
    return sum(math.ceil(max(len(line), 1) / (width * 1.1)) for line in text.split("\n"))


def _fitting(text: str) -> str:
    """The text cut to what a cell can hold, with a mark; only emoji get that long."""
    encoded = text.encode("utf-16-le")
    if len(encoded) <= 2 * TEXT_LENGTH:
        return text
    return encoded[: 2 * (TEXT_LENGTH - 1)].decode("utf-16-le", "ignore") + "…"
