"""A sheet to fill in, laid out: marks, headings, cells, what programs ask, totals, print."""

import datetime
from collections.abc import Callable

from django.utils.translation import gettext as _
from xlsxwriter.utility import xl_col_to_name, xl_range, xl_range_abs, xl_rowcol_to_cell

from . import looks
from .asking import rule
from .contents import Column, Formula, Row, Sheet, Value
from .instructions import on_translations
from .layout import NUMBER_MARK, Kind, Part, column_mark, row_mark, sheet_mark

# The rows above the data. That of the marks is hidden, and so is the first column.
TITLE, HINT, MARKS, BANDS, HEADINGS, FIRST = range(6)
MARK_COLUMN, NUMBER, ACTIVITY, BESIDE = range(4)
FORMATS = {
    # What is typed into such a cell stays as it was typed: "12-3" is no date, and "- done" is no formula.
    Kind.TEXT: "@",
    Kind.DATE: "dd.mm.yyyy",
    Kind.MONEY: looks.MONEY,
    Kind.COUNT: "#,##0",
}
# Points, of a row with texts to fill in: a height that was set does not grow with what is typed.
ROOM = 7 * looks.LINE
# In characters: what is printed across a page, and a width that nobody could read on one.
ACROSS, TOO_WIDE = 132, 240
# By formula, what is marked in a cell to fill in.
_EMPTY, _TEXT = "=LEN(TRIM(%s))=0", "=ISTEXT(%s)"
AMISS = {Kind.STATUS: _EMPTY, Kind.MONEY: _TEXT, Kind.COUNT: _TEXT}
ALLOWED = dict.fromkeys(
    ("select_locked_cells", "format_cells", "format_columns", "format_rows", "insert_columns", "sort", "autofilter"),
    True,
)


class SheetToFill:
    """`page`: xlsxwriter's; `choices`: where the drop-downs' lists stand; `look`: gives a format for its properties."""

    def __init__(self, sheet: Sheet, page, *, heading: str, choices: dict[Kind, str], look: Callable):
        self.sheet, self.page, self.heading, self.choices, self.look = sheet, page, heading, choices, look
        self.fills = [column for column in sheet.columns if column.fill]
        self.places = {column.key: place for place, column in enumerate(sheet.columns, start=NUMBER)}
        self.last_column = len(sheet.columns)
        self.last_row = FIRST + max(len(sheet.rows), 1) - 1

    def write(self) -> None:
        self._above()
        self._headings()
        for number, row in enumerate(self.sheet.rows, start=FIRST):
            self._row(number, row)
        if self.sheet.rows:
            self._aids()
        else:
            self.page.write_string(FIRST, NUMBER, self.sheet.nothing, self.look(text_wrap=False))
        if self.sheet.has_totals:
            self._totals()
        self._set_up()

    # Above the data

    def _above(self) -> None:
        hint = _("Fill in the yellow cells; the first sheet says how.")
        self.page.write_string(TITLE, NUMBER, self.heading, self.look(bold=True, font_size=12, text_wrap=False))
        self.page.write_string(HINT, NUMBER, hint, self.look(italic=True, text_wrap=False))
        self.page.set_row(MARKS, None, None, {"hidden": True})
        self.page.write_string(MARKS, MARK_COLUMN, sheet_mark(self.sheet.part))
        self.page.write_string(MARKS, NUMBER, NUMBER_MARK)
        for column in self.fills:
            self.page.write_string(MARKS, self.places[column.key], column_mark(column.fill))

    def _headings(self) -> None:
        """Under bands that say in words what the colours say."""
        was_fill = None
        for column in self.sheet.columns:
            place, is_fill = self.places[column.key], column.fill is not None
            band = _("To fill in") if is_fill else _("From the portal")
            look = self.look(bold=True, text_wrap=False, bg_color=looks.YELLOW if is_fill else looks.GREY)
            self.page.write_string(BANDS, place, "" if is_fill == was_fill else band, look)
            look = self.look(bold=True, bg_color=looks.YELLOW if is_fill else looks.HEAD, **looks.BOXED)
            self.page.write_string(HEADINGS, place, column.heading, look)
            was_fill = is_fill
        # Bold letters are wider, and the filter's button takes room.
        measured = [(column.heading, column.width * 0.85) for column in self.sheet.columns]
        self.page.set_row(HEADINGS, looks.height(measured))

    # The data

    def _row(self, number: int, row: Row) -> None:
        texts = [(row.values[column.key], column.width) for column in self.sheet.columns]
        height = looks.height([(text, width) for text, width in texts if isinstance(text, str)])
        has_text = any(column.kind == Kind.TEXT for column in self.fills)
        self.page.set_row(number, max(height, ROOM) if has_text else height)
        self.page.write_string(number, MARK_COLUMN, row_mark(row.mark))
        for column in self.sheet.columns:
            self._cell(number, column, row.values[column.key])

    def _cell(self, number: int, column: Column, value: Value) -> None:
        place, look = self.places[column.key], self._cell_look(column)
        match value:
            case None | "":
                self.page.write_blank(number, place, None, look)
            case str():
                # Never `write`: it would take "=1+1" for a formula.
                self.page.write_string(number, place, looks.fitting(value), look)
            case Formula():
                cells = {key: xl_rowcol_to_cell(number, other) for key, other in self.places.items()}
                self.page.write_formula(number, place, f"={value.text.format(**cells)}", look, float(value.result))
            case datetime.date():
                self.page.write_datetime(number, place, value, look)
            case _:
                self.page.write_number(number, place, value, look)

    def _cell_look(self, column: Column):
        look = dict(looks.BOXED)
        if column.kind == Kind.TEXT:
            # What a program edits stays a text too.
            look |= {"quote_prefix": True, "align": "left"}
        if column.kind == Kind.DATE:
            look["align"] = "left"
        if column.fill:
            look |= {"bg_color": looks.YELLOW, "locked": False}
        else:
            look |= {"bg_color": looks.GREY}
        if column.kind in FORMATS and (column.fill or column.kind != Kind.TEXT):
            look["num_format"] = FORMATS[column.kind]
        return self.look(**look)

    # What helps in filling in

    def _aids(self) -> None:
        # From the hidden column on: rows that somebody sorts take their marks along.
        self.page.autofilter(HEADINGS, MARK_COLUMN, self.last_row, self.last_column)
        orange = self.look(bg_color=looks.ORANGE)
        for column in self.fills:
            place = self.places[column.key]
            asked = rule(column.fill, self.choices.get(column.kind))
            self.page.data_validation(FIRST, place, self.last_row, place, asked)
            if is_amiss := AMISS.get(column.kind):
                cell = xl_rowcol_to_cell(FIRST, place, col_abs=True)
                condition = {"type": "formula", "criteria": is_amiss % cell, "format": orange}
                self.page.conditional_format(FIRST, place, self.last_row, place, condition)
        if self.sheet.part == Part.PROGRESS:
            self._unanswered()
            place = self.places["document_number"]
            numbers = xl_range(FIRST, place, self.last_row, place)
            self.page.ignore_errors({"number_stored_as_text": numbers})

    def _unanswered(self) -> None:
        """Counts the empty cells, for those who do not see the colour."""
        label = _("Activities without a status") + ": "
        place = self.places["status"]
        cells = xl_range_abs(FIRST, place, self.last_row, place)
        count = sum(not row.values["status"] for row in self.sheet.rows)
        text = label.replace('"', '""')
        look = self.look(bold=True, text_wrap=False)
        self.page.write_formula(HINT, place, f'="{text}"&COUNTBLANK({cells})', look, f"{label}{count}")

    def _totals(self) -> None:
        """Without a mark: not a row to read. They count what the filter shows."""
        look = {"bold": True, "bg_color": looks.HEAD, **looks.BOXED}
        for column in self.sheet.columns:
            place = self.places[column.key]
            if column.has_total:
                letter = xl_col_to_name(place)
                formula = f"=SUBTOTAL(9,{letter}{FIRST + 1}:{letter}{self.last_row + 1})"
                total = float(self.sheet.total(column))
                self.page.write_formula(
                    self.last_row + 1, place, formula, self.look(num_format=looks.MONEY, **look), total
                )
            else:
                text = _("Total") if place == ACTIVITY else ""
                self.page.write_string(self.last_row + 1, place, text, self.look(**look))

    # The sheet as a whole

    def _set_up(self) -> None:
        self.page.set_column(MARK_COLUMN, MARK_COLUMN, None, None, {"hidden": True})
        for column in self.sheet.columns:
            self.page.set_column(self.places[column.key], self.places[column.key], column.width)
        self.page.freeze_panes(FIRST, BESIDE)
        self.page.protect("", ALLOWED)
        self.page.set_landscape()
        looks.set_print(self.page, self.heading, on_translations())
        self.page.repeat_rows(BANDS, HEADINGS)
        self.page.print_area(BANDS, NUMBER, self.last_row + self.sheet.has_totals, self.last_column)
        self._fit()

    def _fit(self) -> None:
        """One page across, or two where one would be too small to read; what is to be filled in is on the second."""
        columns = self.sheet.columns
        if sum(column.width for column in columns) <= TOO_WIDE:
            self.page.fit_to_pages(1, 0)
            return
        repeated = columns[: BESIDE - NUMBER]
        pages = [column for column in columns if not column.fill], repeated + self.fills
        widest = max(sum(column.width for column in page) for page in pages)
        self.page.repeat_columns(NUMBER, ACTIVITY)
        self.page.set_v_pagebreaks([self.places[self.fills[0].key]])
        self.page.set_print_scale(int(100 * ACROSS / widest))
