"""Files to start an import from: an empty template, or what is there now, in the columns that are read back."""

import csv
import io
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import BinaryIO

import xlsxwriter
from django.utils.translation import gettext as _

from programme.spreadsheets import disarm

from .columns import YES_NO, Column, Money
from .resource import ImportResource

# So many rows below what is there have drop-downs too.
ROOM = 1_000
WIDTHS = {True: 14, False: 26}
# The height of a line, in points.
LINE = 15


@dataclass(frozen=True)
class Sheet:
    """`rows`: of what is there now; empty for a template."""

    resource: ImportResource
    rows: Iterable

    @property
    def columns(self) -> list[Column]:
        return list(self.resource.columns.values())

    @property
    def headings(self) -> list[str]:
        return [f"{column.heading} *" if column.needed else str(column.heading) for column in self.columns]

    def values(self) -> Iterator[list]:
        """Text, or the number itself where a column holds numbers, or None."""
        for instance in self.rows:
            yield [_value(column, column.get_value(instance)) for column in self.columns]


def template(kind: type[ImportResource]) -> Sheet:
    return Sheet(kind(), ())


def current(kind: type[ImportResource]) -> Sheet:
    resource = kind()
    return Sheet(resource, resource.stored())


def _value(column: Column, value):
    return value if column.widget.is_number else column.widget.render(value) or None


def write_csv(sheet: Sheet, file: BinaryIO) -> None:
    """With semicolons and decimal commas: Excel with Kazakh or Russian settings opens it with a double click."""
    text = io.TextIOWrapper(file, encoding="utf-8-sig", newline="", write_through=True)
    writer = csv.writer(text, delimiter=";")
    writer.writerow(sheet.headings)
    for values in sheet.values():
        writer.writerow([_csv_cell(value) for value in values])
    text.detach()


def _csv_cell(value) -> str:
    if isinstance(value, str):
        return disarm(value)
    return "" if value is None else str(value).replace(".", ",")


def write_xlsx(sheet: Sheet, file: BinaryIO) -> None:
    """The table with drop-downs, then what the columns mean, then the codes that can be chosen."""
    with xlsxwriter.Workbook(file, {"strings_to_formulas": False, "strings_to_urls": False}) as book:
        table = book.add_worksheet(_title(str(sheet.resource.title)))
        _write_columns(book, sheet)
        lists = _write_lists(book, sheet.columns)
        _write_table(book, table, sheet, lists)
        for page in book.worksheets():
            page.set_landscape()
            page.set_paper(9)
            page.fit_to_pages(1, 0)


def _write_table(book, table, sheet: Sheet, lists: dict[str, str]) -> None:
    heading = book.add_format({"bold": True, "text_wrap": True, "valign": "top", "bg_color": "#D9E2EC", "border": 1})
    text = book.add_format({"num_format": "@", "text_wrap": True, "valign": "top"})
    number = book.add_format({"valign": "top", "num_format": "0"})
    money = book.add_format({"valign": "top", "num_format": "#,##0.000"})
    looks = [
        money if isinstance(column.widget, Money) else number if column.widget.is_number else text
        for column in sheet.columns
    ]
    for position, (column, title, look) in enumerate(zip(sheet.columns, sheet.headings, looks, strict=True)):
        table.set_column(position, position, WIDTHS[column.widget.is_number], look)
        table.write_string(0, position, title, heading)
    table.freeze_panes(1, 0)
    last = 0
    for last, values in enumerate(sheet.values(), start=1):
        for position, (value, look) in enumerate(zip(values, looks, strict=True)):
            if isinstance(value, str):
                table.write_string(last, position, value, look)
            elif value is not None:
                table.write_number(last, position, value, look)
    for position, column in enumerate(sheet.columns):
        if source := lists.get(column.name):
            table.data_validation(1, position, last + ROOM, position, {"validate": "list", "source": source})


def _write_columns(book, sheet: Sheet) -> None:
    page = book.add_worksheet(_title(_("Instructions")))
    bold = book.add_format({"bold": True, "text_wrap": True, "valign": "top"})
    plain = book.add_format({"text_wrap": True, "valign": "top"})
    for position, width in enumerate((30, 22, 12, 70, 26)):
        page.set_column(position, position, width, plain)
    lines = [
        str(sheet.resource.about),
        _("Fill in the first sheet, a row for each record, and upload the workbook. Nothing is written before you have "
          "seen what would change. Rows that are not in the file stay as they are; an import deletes nothing."),
    ]  # fmt: skip
    for row, line in enumerate(lines):
        page.merge_range(row, 0, row, 4, line, plain)
        page.set_row(row, 48)
    titles = [_("Column"), _("Machine name"), _("Needed"), _("What may stand there"), _("Example")]
    for position, title in enumerate(titles):
        page.write_string(len(lines) + 1, position, title, bold)
    for row, column in enumerate(sheet.columns, start=len(lines) + 2):
        needed = str(YES_NO[True]) if column.needed else ""
        cells = [str(column.heading), column.name, needed, column.allowed, example(column)]
        # LibreOffice gives a row one line, whatever stands in it.
        page.set_row(row, LINE * max(-(-len(column.allowed) // 65), -(-len(str(column.heading)) // 28)))
        for position, cell in enumerate(cells):
            page.write_string(row, position, cell, plain)


def _write_lists(book, columns: list[Column]) -> dict[str, str]:
    """Each list of choices in columns of its own; what a drop-down takes them from, by column."""
    page = book.add_worksheet(_title(_("Choices")))
    bold = book.add_format({"bold": True})
    sources, place = {}, 0
    for column in columns:
        options = column.widget.options
        if not options:
            continue
        page.write_string(0, place, str(column.heading), bold)
        page.set_column(place, place, 24)
        page.set_column(place + 1, place + 1, 40)
        for row, (written, meaning) in enumerate(options, start=1):
            page.write_string(row, place, written)
            page.write_string(row, place + 1, meaning)
        letters = xlsxwriter.utility.xl_col_to_name(place)
        sources[column.name] = f"='{page.get_name()}'!${letters}$2:${letters}${len(options) + 1}"
        place += 2
    return sources


def example(column: Column) -> str:
    options = column.widget.options
    return column.example or (options[0][0] if options else "")


def _title(text: str) -> str:
    """Excel takes no more of a sheet's name."""
    return text[:31]
