"""The report as a workbook: real numbers and dates, a sheet for each list and annex, ready to filter and print.

Rows go to the disk one by one, so that a long report takes no more memory than a short one. Totals are written as
values: a frozen figure must not depend on whether and how somebody's program recalculates it.
"""

import datetime
import io
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import xlsxwriter
from django.utils import translation
from django.utils.translation import gettext as _
from xlsxwriter.utility import xl_col_to_name

from programme.spreadsheets import cell_text, wrapped_lines

from ..canonical import sha256_of_data
from ..consolidation.structure import CONCLUSION, INTRODUCTION, Differences, Report, Rollup, read, section_part
from . import tables
from .blocks import Cell, Column, Row, Table
from .outline import cover, notes, particulars
from .wording import Wording, capital

FINGERPRINT = "SHA-256"  # the custom property by which a workbook can be verified
NUMBER_FORMATS = {
    "money": "#,##0.000",
    "count": "#,##0",
    "percent": "0.0",
    "date": "dd.mm.yyyy",
    "moment": "dd.mm.yyyy hh:mm",
}
FONT, RULE = "Times New Roman", "#8A94A0"
HEAD_FILL, TOTAL_FILL, MARK = "#D9E2EC", "#F3F4F6", "#B01E1E"
PLANNED_FILL, SPENT_FILL = "#B5C4CE", "#0B5C7A"
A4, A3 = 9, 8
# In characters: what fills a page across, and what would be too small to read on A4.
PORTRAIT, LANDSCAPE, TOO_WIDE = 90, 140, 220
SHEET_NAME_LENGTH, NOT_IN_SHEET_NAMES = 31, re.compile(r"[\[\]:*?/\\]")
# Excel declares a file with a longer text among its properties damaged.
PROPERTY_LENGTH = 255
# Millimetres on paper in one of Excel's character widths; what a date with time needs, in characters.
CHARACTER, MOMENT_WIDTH = 1.9, 16
LINE, TALLEST = 13.5, 409
# Of the first sheet, in characters: its tables have two, six and seven columns.
SUMMARY_WIDTHS = [46, 32, 15, 15, 15, 15, 13]
PIXELS_A_CHARACTER, PIXELS_A_POINT = 7, 4 / 3
# In points the rows beside the first chart; in pixels those that others cover.
STATE_HEIGHT = 24
CHART_ROWS, CHART_ROW_HEIGHT = 14, 20


def render(data: dict, language: str) -> bytes:
    """`data`: a report's structure, live or as it was frozen, of any version."""
    report = read(data)
    with translation.override(language):
        return _Workbook(report, Wording(report, language), sha256_of_data(data)).bytes()


class _Workbook:
    def __init__(self, report: Report, words: Wording, sha256: str):
        self.report, self.words = report, words
        self.cover = cover(report, words, sha256)
        self.title = self.cover.heading
        self.buffer = io.BytesIO()
        self.book = xlsxwriter.Workbook(self.buffer, {"constant_memory": True})
        self.book.set_size(2400, 1400)
        self.book.set_properties(
            {
                "title": self.title[:PROPERTY_LENGTH],
                "author": self.cover.author[:PROPERTY_LENGTH],
                "comments": self.cover.demonstration,
                "created": datetime.datetime.combine(self.cover.compiled_on, datetime.time()),
            }
        )
        self.book.set_custom_property(FINGERPRINT, sha256, "text")
        self.formats: dict[tuple, object] = {}
        self.cell_formats: dict[tuple[str, bool], object] = {}
        self.names: set[str] = set()

    def bytes(self) -> bytes:
        self._summary()
        for part in self._lists():
            self._flat(part)
        self.book.close()
        return self.buffer.getvalue()

    def _lists(self) -> Iterator["_List"]:
        """In the order of the report."""
        report, words = self.report, self.words
        yield _List(_("Activities"), tables.activities(report, words), is_landscape=True)
        overdue = tables.overdue(report, words)
        yield _List(_("Overdue"), tables.unless_empty(overdue) or self._nothing_overdue(overdue), is_landscape=True)
        if report["since"]:
            yield from self._changes(_("Since sent"), _("What has changed since the report was sent"), report["since"])
        if report["previous"]:
            period = words.for_period(report["previous"]["period"])
            heading = _("Differences from the report %(period)s") % {"period": period}
            yield from self._changes(_("Changes"), heading, report["previous"])
        if findings := tables.unless_empty(tables.findings(report, words)):
            yield _List(_("Findings"), findings, is_landscape=True)
        title = _annex(1, _("Regions: money and indicators"))
        yield _List(_annex(1, _("Regions")), tables.regions(report, words), title, drawn=(1, 3))
        yield _List(_annex(1, _("Activities")), tables.region_money(report, words), title, is_landscape=True)
        yield _List(_annex(1, _("Indicators")), tables.region_indicators(report, words), title, is_landscape=True)
        title = _annex(2, _("When the information was filed"))
        yield _List(_annex(2, _("Filing")), tables.filings(report, words), title)
        title = _annex(3, _("What the bodies reported"))
        yield _List(_annex(3, _("Bodies")), tables.entries(report, words), title, is_landscape=True)

    def _changes(self, name: str, heading: str, found: Differences) -> Iterator["_List"]:
        what = {
            "states": _("States"),
            "money": _("Money"),
            "indicators": _("Indicators"),
            "filings": _("Filing"),
            "entries": _("Bodies"),
        }
        for table in tables.changing(found, self.report, self.words):
            yield _List(f"{name} – {what[table.name.split('-')[1]]}", table, heading)

    def _nothing_overdue(self, table: Table) -> Table:
        text = _("No activity is delayed or past its deadline.")
        cells = [Cell(None, "", column.is_number) for column in table.columns]
        cells[1] = Cell(text, text, False)
        return Table(table.name, table.caption, table.columns, [Row(cells)])

    # Looks

    def _format(self, **properties):
        """One format object for each combination, as the file stores them."""
        key = tuple(sorted(properties.items()))
        if key not in self.formats:
            self.formats[key] = self.book.add_format({"font_name": FONT, "font_size": 10, **properties})
        return self.formats[key]

    def _cell_format(self, kind: str, *, is_total: bool):
        """Looked up for every cell of a long report."""
        if found := self.cell_formats.get((kind, is_total)):
            return found
        look = {"text_wrap": True, "valign": "top", "border": 1, "border_color": RULE}
        if is_total:
            look |= {"bold": True, "bg_color": TOTAL_FILL}
        if kind in NUMBER_FORMATS:
            look |= {"num_format": NUMBER_FORMATS[kind], "align": "right", "indent": 1}
        self.cell_formats[kind, is_total] = self._format(**look)
        return self.cell_formats[kind, is_total]

    def _head_format(self):
        return self._format(
            bold=True, font_size=9, text_wrap=True, valign="vcenter", border=1, border_color=RULE, bg_color=HEAD_FILL
        )

    # Sheets

    def _sheet(self, name: str, widths: list[float], *, landscape: bool) -> "_Sheet":
        """A sheet headed by the report's title and the demonstration mark."""
        page = self.book.add_worksheet(self._sheet_name(name))
        page.set_paper(A3 if sum(widths) > TOO_WIDE else A4)
        if landscape:
            page.set_landscape()
        page.set_margins(left=0.5, right=0.5, top=0.7, bottom=0.7)
        page.fit_to_pages(1, 0)
        page.set_footer(f'&C&"{FONT}"&9&P / &N')
        page.hide_gridlines(2)
        # A year or a receipt number is a text; Excel would mark each as a mistake.
        page.ignore_errors({"number_stored_as_text": "A1:XFD1048576"})
        for column, width in enumerate(widths):
            page.set_column(column, column, width)
        sheet = _Sheet(page, widths)
        self._line(sheet, self.title, 18, bold=True, font_size=12)
        if mark := self.cover.demonstration:
            page.set_header(f'&C&"{FONT},Bold"&KB01E1E{mark.replace("&", "&&")}')
            self._line(sheet, mark, 15, bold=True, font_color=MARK)
        return sheet

    def _sheet_name(self, name: str) -> str:
        """Made short, allowed and unique, whatever the case of its letters."""
        clean = NOT_IN_SHEET_NAMES.sub(" ", name).strip("' ")
        found, number = clean[:SHEET_NAME_LENGTH], 1
        while found.casefold() in self.names:
            number += 1
            end = f" ({number})"
            found = clean[: SHEET_NAME_LENGTH - len(end)] + end
        self.names.add(found.casefold())
        return found

    def _line(self, sheet: "_Sheet", text: str, height: float, **look) -> None:
        """A text over the whole width, in lines of that height."""
        width = sum(sheet.widths) * (0.8 if look else 1)
        sheet.merge(0, text, self._format(text_wrap=True, valign="top", **look), height * _lines(text, width))

    def _summary(self) -> None:
        report, words = self.report, self.words
        sheet = self._sheet(_("Summary"), SUMMARY_WIDTHS, landscape=True)
        for label, text in self.cover.facts:
            self._labelled(sheet, label, text)
        self._line(sheet, self.cover.fingerprint, 12, font_size=8)
        self._prose(sheet, _("Introduction"), words.part(INTRODUCTION))
        for block in particulars(report, words):
            for paragraph in block.paragraphs:
                self._labelled(sheet, paragraph.label, paragraph.text)
        self._states(sheet)
        self._money(sheet)
        if results := tables.unless_empty(tables.results(report, words)):
            self._captioned(sheet, results)
        for section in report["sections"]:
            self._prose(sheet, words.text(section["title"]), words.part(section_part(section["number"])))
        self._prose(sheet, _("Conclusion"), words.part(CONCLUSION))
        sheet.skip()
        for block in notes(words):
            for paragraph in block.paragraphs:
                self._line(sheet, paragraph.text, 12, font_size=8)
        sheet.page.print_area(0, 0, sheet.row - 1, len(SUMMARY_WIDTHS) - 1)

    def _labelled(self, sheet: "_Sheet", label: str, text: str) -> None:
        wrapped = self._format(text_wrap=True, valign="top")
        sheet.page.set_row(sheet.row, _height([(label, sheet.widths[0]), (text, sum(sheet.widths[1:]))]))
        sheet.page.write_string(sheet.row, 0, label, self._format(bold=True, text_wrap=True, valign="top"))
        sheet.merge(1, text, wrapped)

    def _prose(self, sheet: "_Sheet", heading: str, text: str) -> None:
        """A text that a person may have written, paragraph by paragraph: a row can be only so high."""
        if not text:
            return
        sheet.skip()
        self._line(sheet, heading, 16, bold=True, font_size=11)
        for paragraph in text.split("\n\n"):
            if paragraph.strip():
                self._line(sheet, paragraph.strip(), LINE)

    def _captioned(
        self, sheet: "_Sheet", table: Table, is_drawn: Callable[[Row], bool] = lambda row: False
    ) -> list[tuple[int, Row]]:
        """A table of the first sheet under its caption; returns the rows for a chart, with where they stand."""
        sheet.skip()
        self._line(sheet, table.caption, 16, bold=True, font_size=11)
        self._head(sheet, table.columns)
        drawn = []
        for row in table.rows:
            self._row(sheet, table.columns, row)
            if is_drawn(row):
                drawn.append((sheet.row - 1, row))
        return drawn

    def _states(self, sheet: "_Sheet") -> None:
        """Beside them a chart, which takes the place of the columns that they leave free."""
        sheet.skip()
        table = tables.states(self.report, self.words)
        self._line(sheet, table.caption, 16, bold=True, font_size=11)
        top = sheet.row
        self._head(sheet, table.columns)
        first = sheet.row
        for row in table.rows:
            sheet.least_height = STATE_HEIGHT
            self._row(sheet, table.columns, row)
        sheet.least_height = 0
        states = list(Rollup)
        counts = [self.report["statuses"].get(state.value, 0) for state in states]
        chart = _Chart(self.book, sheet, table.caption, rows=list(range(first, first + len(states))))
        chart.add(table.columns[1].label, [capital(state) for state in states], 1, counts, SPENT_FILL, labels=True)
        chart.insert(top, 2, widths=SUMMARY_WIDTHS[2:], rows=sheet.row - top, description=table.caption)

    def _money(self, sheet: "_Sheet") -> None:
        """Under them a chart of the half-year's own year."""
        table = tables.money(self.report, self.words)
        year = str(self.words.year)
        drawn = self._captioned(sheet, table, lambda row: row.cells[1].value == year)
        if drawn:
            self._draw(sheet, f"{table.caption}: {year}", table.columns, drawn, (2, 4))

    def _draw(
        self, sheet: "_Sheet", title: str, columns: list[Column], rows: list[tuple[int, Row]], drawn: tuple[int, int]
    ) -> None:
        """A chart below what is written: two columns of these rows, what was planned and what was spent."""
        chart = _Chart(self.book, sheet, title, rows=[number for number, _row in rows])
        names = [row.cells[0].text for _number, row in rows]
        for column, fill in zip(drawn, (PLANNED_FILL, SPENT_FILL), strict=True):
            chart.add(columns[column].label, names, column, [row.cells[column].value for _number, row in rows], fill)
        height = CHART_ROWS + len(rows)
        sheet.skip()
        top = sheet.row
        sheet.skip(height)
        chart.insert(top, 0, widths=sheet.widths, rows=height, description=title)

    def _flat(self, part: "_List") -> None:
        """A sheet with one table: head kept in view and on every page, filters, widths."""
        columns, is_landscape = part.table.columns, part.is_landscape
        scale = max(1, (LANDSCAPE if is_landscape else PORTRAIT) / sum(column.width / CHARACTER for column in columns))
        widths = [
            max(column.width * scale / CHARACTER, MOMENT_WIDTH if column.kind == "moment" else 0) for column in columns
        ]
        sheet = self._sheet(part.name, widths, landscape=is_landscape)
        for line in (part.heading, part.table.caption):
            if line and line != part.name:
                self._line(sheet, line, 15, bold=True, font_size=11)
        head = sheet.row
        self._head(sheet, columns)
        last_of_list, drawn = head, []
        for row in part.table.rows:
            self._row(sheet, columns, row)
            if not row.is_total:
                last_of_list = sheet.row - 1
                if part.drawn:
                    drawn.append((last_of_list, row))
            sheet.forget()
        sheet.page.freeze_panes(head + 1, 0)
        sheet.page.repeat_rows(head)
        sheet.page.autofilter(head, 0, last_of_list, len(columns) - 1)
        if drawn:
            self._draw(sheet, part.table.caption, columns, drawn, part.drawn)
        sheet.page.print_area(0, 0, sheet.row - 1, len(columns) - 1)

    def _head(self, sheet: "_Sheet", columns: list[Column]) -> None:
        # Bold letters are wider, and the filter's button takes room.
        measured = [(column.label, width * 0.8) for column, width in zip(columns, sheet.widths, strict=False)]
        sheet.page.set_row(sheet.row, _height(measured))
        for number, column in enumerate(columns):
            sheet.page.write_string(sheet.row, number, column.label, self._head_format())
        sheet.row += 1

    def _row(self, sheet: "_Sheet", columns: list[Column], row: Row) -> None:
        height = _height([(cell.text, width) for cell, width in zip(row.cells, sheet.widths, strict=False)])
        sheet.page.set_row(sheet.row, max(height, sheet.least_height))
        for number, (cell, column) in enumerate(zip(row.cells, columns, strict=True)):
            look = self._cell_format(column.kind, is_total=row.is_total)
            if cell.value is None or cell.value == "":
                sheet.page.write_blank(sheet.row, number, None, look)
            elif isinstance(cell.value, str):
                # Never `write`: it would take "=1+1" for a formula.
                sheet.page.write_string(sheet.row, number, cell_text(cell.value), look)
            elif isinstance(cell.value, datetime.date):
                sheet.page.write_datetime(sheet.row, number, cell.value, look)
            else:
                sheet.page.write_number(sheet.row, number, cell.value, look)
        sheet.row += 1


@dataclass(frozen=True)
class _List:
    """What a sheet of one table shows. `drawn`: the columns of planned and spent, where a chart helps."""

    name: str
    table: Table
    heading: str = ""
    is_landscape: bool = False
    drawn: tuple[int, int] | None = None


@dataclass
class _Sheet:
    """A worksheet, the widths of its columns in characters, and the row that is written next."""

    page: object
    widths: list[float]
    row: int = 0
    least_height: float = 0

    def merge(self, column: int, text: str, look, height: float | None = None) -> None:
        if height:
            self.page.set_row(self.row, min(height, TALLEST))
        self.page.merge_range(self.row, column, self.row, len(self.widths) - 1, "", look)
        self.page.write_string(self.row, column, cell_text(text), look)
        self.row += 1

    def skip(self, rows: int = 1) -> None:
        self.row += rows

    def forget(self) -> None:
        """xlsxwriter keeps the height of every row to place pictures; a long list has none below its head."""
        self.page.row_info.pop(self.row - 2, None)
        self.page.row_sizes.pop(self.row - 2, None)


@dataclass
class _Chart:
    """Bars of a few rows of a sheet. The values go along, because rows that are written cannot be read again."""

    book: object
    sheet: _Sheet
    title: str
    rows: list[int]
    chart: object = field(init=False)

    def __post_init__(self):
        self.chart = self.book.add_chart({"type": "bar"})
        self.font = {"name": FONT, "size": 9}
        self.chart.set_title({"name": self.title, "name_font": {"name": FONT, "size": 11, "bold": True}})
        # The first row on top, the values below.
        self.chart.set_y_axis(
            {"reverse": True, "crossing": "max", "num_font": self.font, "major_tick_mark": "none", "interval_unit": 1}
        )

    def add(self, name: str, names: list[str], column: int, values: list, fill: str, *, labels: bool = False) -> None:
        series = {
            "name": name,
            "categories": self._cells(0),
            "values": self._cells(column),
            "categories_data": names,
            "values_data": values,
            "fill": {"color": fill},
            "gap": 60,
        }
        if labels:
            series["data_labels"] = {"value": True, "font": self.font}
            self.chart.set_legend({"none": True})
            # Room for the names, each in its row.
            self.chart.set_plotarea({"layout": {"x": 0.42, "y": 0.14, "width": 0.54, "height": 0.82}})
            self.chart.set_x_axis({"visible": False, "major_gridlines": {"visible": False}})
        else:
            self.chart.set_legend({"position": "bottom", "font": self.font})
            lines = {"visible": True, "line": {"color": RULE, "width": 0.5}}
            self.chart.set_x_axis({"num_font": self.font, "num_format": "#,##0", "major_gridlines": lines})
        self.chart.add_series(series)

    def _cells(self, column: int) -> str:
        sheet = self.sheet.page.get_name().replace("'", "''")
        letter = xl_col_to_name(column)
        return "=(" + ",".join(f"'{sheet}'!${letter}${row + 1}" for row in self.rows) + ")"

    def insert(self, row: int, column: int, *, widths: list[float], rows: int, description: str) -> None:
        """Over that many rows; `widths` are those of the columns that it covers."""
        heights = (self.sheet.page.row_sizes.get(one, [CHART_ROW_HEIGHT])[0] for one in range(row, row + rows))
        self.chart.set_size({"width": int(sum(widths) * PIXELS_A_CHARACTER), "height": int(sum(heights))})
        self.sheet.page.insert_chart(row, column, self.chart, {"description": description, "object_position": 1})


def _annex(number: int, title: str) -> str:
    return _("Annex %(number)s. %(title)s") % {"number": number, "title": title}


def _height(texts: list[tuple[str, float]]) -> float:
    """Points for a row of (text, width in characters)."""
    return min(LINE * max(_lines(text, width) for text, width in texts) + 2, TALLEST)


def _lines(text: str, width: float) -> int:
    # Letters of this font are narrower than the digit that widths are counted in; words do not fill a line to its end.
    return wrapped_lines(text, max(width * 1.22 - 4, 4))
