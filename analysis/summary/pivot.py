"""The summary laid out for pivot tables: one flat Excel table without totals, and a sheet about it.

Measures may be added up in any way without counting anything twice. None is empty, or Excel would count it instead of
adding it up. There is no share: it cannot be added up, and a pivot table computes it.
"""

from collections.abc import Iterator
from typing import BinaryIO

import xlsxwriter
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from programme import calendar
from programme.models import FundingSource
from programme.money import ZERO
from reports.documents.wording import capital

from ..datasets.columns import codes
from ..writing.sheets import titles
from ..writing.table import Column, Kind, Table
from ..writing.xlsx import NUMBER_FORMATS, add_about, fitting, set_up
from .figures import Summary

TABLE_NAME = "Summary"
WIDTHS = {"region_name": 30, "direction_name": 50, "activity_title": 50, "source_name": 22}
WIDTH = 14


def write(summary: Summary, file: BinaryIO) -> None:
    """In the active language."""
    table = tabulate(summary)
    # Not row by row: only a sheet that is held in memory can have a table. Its rows are those of the plan's column 6.
    book = xlsxwriter.Workbook(file)
    names = titles(table, 1)
    _write_rows(book, book.add_worksheet(names[0]), table)
    add_about(book, names[1], table)
    book.close()


def tabulate(summary: Summary) -> Table:
    return Table(title=_("Data"), columns=_columns(), rows=_rows(summary), about=_about(summary))


def _columns() -> list[Column]:
    money = Kind.MONEY
    return [
        Column("region", _("Region, code"), description=_("Code of the line's region; empty: the republican level.")),
        Column("region_name", _("Region"), description=_("Name of the line's region, or the republican level.")),
        Column("direction", _("Direction, number"), description=_("Number that the programme gives the direction.")),
        Column("direction_name", _("Direction"), description=_("Title of the direction.")),
        Column("activity", _("Row of the plan"), Kind.INTEGER, _("Row of the plan, counted from 1.")),
        Column("activity_title", _("Activity"), description=_("Title of the activity.")),
        Column("year", _("Year"), Kind.INTEGER, _("Calendar year that the amount is planned for.")),
        Column("source", _("Funding source, code"), description=codes(FundingSource)),
        Column("source_name", _("Funding source"), description=_("The funding source in words.")),
        Column("printed", _("Planned, as printed"), money, _("The amount in column 6 of the plan.")),
        Column(
            "in_force", _("Planned, in force"), money,
            _("The same as later acts have clarified it, on the last day of the half-year up to which this goes."),
        ),
        Column(
            "spent_first_half", _("Spent in the first half-year"), money,
            _("By the reports that stand as filed; 0 also where there is no report on that half-year."),
        ),
        Column(
            "spent_second_half", _("Spent in the second half-year"), money,
            _("By the reports that stand as filed; 0 also where there is no report on that half-year."),
        ),
        Column("spent", _("Spent in all"), money, _("Both half-years together: do not add it to them.")),
        Column("difference", _("In force less spent"), money, _("Negative where more was spent than is in force.")),
    ]  # fmt: skip


def _rows(summary: Summary) -> Iterator[tuple]:
    for line in summary.lines:
        figures = line.figures
        yield (
            line.region.code if line.region else None,
            line.region.name if line.region else capfirst(_("republican level")),
            line.direction.code,
            line.direction.title,
            line.activity.ordinal,
            line.activity.title,
            line.year,
            line.source.value,
            capital(line.source),
            figures.printed,
            figures.in_force,
            figures.spent.get(1, ZERO),
            figures.spent.get(2, ZERO),
            figures.spent_total,
            figures.difference,
        )


def _about(summary: Summary) -> list[tuple[str, str]]:
    return [
        (_("Programme"), summary.programme.title),
        (_("What it holds"), _("One row for each region, direction, year, funding source and activity; no totals.")),
        (_("Up to"), f"{summary.until.title} ({summary.until.code})"),
        (_("Exported"), date_format(timezone.localtime(calendar.now()), "DATETIME_FORMAT")),
        (_("Exported by"), str(summary.reader)),
        (_("Rows"), str(len(summary.lines))),
        (
            _("Demonstration data"),
            _("yes, among these rows") if summary.is_demonstration else _("none among these rows"),
        ),
        (_("Name of the table"), TABLE_NAME),
    ]


def _write_rows(book, page, table: Table) -> None:
    # An empty table needs a row.
    rows = list(table.rows) or [(None,) * len(table.columns)]
    columns = []
    for column in table.columns:
        kind = NUMBER_FORMATS.get(column.kind)
        look = book.add_format({"num_format": kind} if kind else {})
        head = book.add_format({"bold": True, "text_wrap": True, "valign": "top"})
        columns.append({"header": column.heading, "header_format": head, "format": look})
    set_up(page, [WIDTHS.get(column.name, WIDTH) for column in table.columns])
    page.set_row(0, 48)
    page.freeze_panes(1, 0)
    page.repeat_rows(0)
    # A direction's number is a text; Excel would mark each as a mistake.
    page.ignore_errors({"number_stored_as_text": "A1:XFD1048576"})
    page.add_table(
        0, 0, len(rows), len(columns) - 1, {"name": TABLE_NAME, "columns": columns, "style": "Table Style Light 9"}
    )
    for number, row in enumerate(rows, start=1):
        for position, value in enumerate(row):
            look = columns[position]["format"]
            if value is None:
                page.write_blank(number, position, None, look)
            elif isinstance(value, str):
                # Never `write`: it would take "=1+1" for a formula.
                page.write_string(number, position, fitting(value), look)
            else:
                page.write_number(number, position, value, look)
