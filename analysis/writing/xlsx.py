"""A table as an Excel workbook, its rows written one by one: memory does not grow with them.

Written here and not by a library: Python's take five to ten times as long, and the fast one in Rust neither knows when
a sheet is full nor what money is (tests/bench/exporting.py compares them).
"""

import datetime
import re
from collections.abc import Callable, Iterator, Sequence
from typing import BinaryIO
from zipfile import ZIP_DEFLATED, ZipFile

from django.utils.translation import gettext as _

from programme.spreadsheets import FORMULA_STARTS

from .sheets import ABOUT_WIDTHS, COMPRESSION, Pending, about_lines, escaped, letters, titles, widths
from .table import Kind, Table, converted
from .xlsx_package import DECLARATION, MAIN, write_frame, write_opening

# Excel counts UTF-16 units, and calls a file with a longer text damaged.
TEXT_LENGTH = 32_767
# Serial day numbers begin here for Excel and LibreOffice alike, but only from March 1900 on: Excel believes that there
# was a 29 February in that year. Earlier days are written as text.
EPOCH, FIRST_DAY = datetime.date(1899, 12, 30).toordinal(), datetime.date(1900, 3, 1)
# A part of 2 GB needs an extension of ZIP that not every program reads: the rows go on in the next sheet before that.
MOST_BYTES = 1_800_000_000
_like_an_escape = re.compile(r"_(?=x[0-9A-Fa-f]{4}_)")

# In points: a line of text, and the highest row that Excel knows.
LINE, TALLEST = 16, 405
# Bold Cyrillic letters take more room than the digits in which widths are measured.
BROAD = 1.2
# Positions in cellXfs of xlsx_styles.xml.
HEADING, GUARDED, LABEL, NOTE = 1, 2, 3, 4
STYLES = {Kind.INTEGER: 5, Kind.MONEY: 6, Kind.SHARE: 7, Kind.DATE: 8, Kind.MOMENT: 9}
# On paper as wide as a sheet of A4 across, and as long as it gets.
CLOSING = '<pageSetup paperSize="9" fitToHeight="0" orientation="landscape"/></worksheet>'


def write(table: Table, file: BinaryIO) -> None:
    with ZipFile(file, "w", ZIP_DEFLATED, compresslevel=COMPRESSION) as archive:
        write_opening(archive)
        sizes = _write_rows(table, archive)
        names = titles(table, len(sizes))
        _write_about(table, archive, len(names))
        write_frame(archive, names, [_area(len(table.columns), size, "$") for size in sizes])


def _write_rows(table: Table, archive: ZipFile) -> list[int]:
    """A sheet for every million rows; how many lines each has, the headings included."""
    rows = Pending(table)
    wide = widths(table, rows.next)
    opening = _opening(wide)
    heading = _line(1, [(text, HEADING) for text in table.headings], wide)
    endings = _endings(len(table.columns))
    ways = [_way(column.kind, ending) for column, ending in zip(table.columns, endings, strict=True)]
    nothing = [f'"/>{ending}' for ending in endings]
    sizes = []
    while rows.next or not sizes:
        with archive.open(f"xl/worksheets/sheet{len(sizes) + 1}.xml", "w") as sheet:
            written = sheet.write(f"{opening}{heading}".encode())
            lines = 1
            while written < MOST_BYTES and (batch := rows.take(lines)):
                written += sheet.write("".join(_lines(batch, ways, nothing, lines + 1)).encode())
                lines += len(batch)
            sheet.write(f'</sheetData><autoFilter ref="{_area(len(table.columns), lines)}"/>{CLOSING}'.encode())
        sizes.append(lines)
    return sizes


def _lines(batch: list[Sequence], ways: list[Callable], nothing: list[str], first: int) -> Iterator[str]:
    for number, row in enumerate(converted(batch, ways, nothing), first):
        # The number stands between all the pieces: in the row's tag and in every cell's.
        yield str(number).join(('<row r="', '"><c r="A', *row))


def _endings(columns: int) -> list[str]:
    """What follows each column's cell: how the next one begins, or the end of the row."""
    return [*(f'<c r="{letters(position)}' for position in range(1, columns)), "</row>"]


def _way(kind: Kind, ending: str) -> Callable[[object], str]:
    """A function of the value that gives the rest of its cell's tag, the cell, and the ending."""
    if kind == Kind.TEXT:
        return lambda value: f"{_text(value)}{ending}"
    if kind == Kind.BOOLEAN:
        return lambda value: f'" t="b"><v>{value:d}</v></c>{ending}'
    number = f'" s="{STYLES[kind]}"><v>'
    if kind in {Kind.DATE, Kind.MOMENT}:
        return lambda value: f"{_day(value, number)}{ending}"
    return lambda value: f"{number}{value}</v></c>{ending}"


def _day(value: datetime.date, number: str) -> str:
    day, part = value, 0.0
    if isinstance(value, datetime.datetime):
        day = value.date()
        part = (value - datetime.datetime.combine(day, datetime.time())) / datetime.timedelta(days=1)
    if day < FIRST_DAY:
        return _text(str(value))
    return f"{number}{day.toordinal() - EPOCH + part}</v></c>"


def _text(text: str, style: int = 0) -> str:
    """A string, whatever it looks like. One that looks like a formula does not turn into one when it is edited."""
    if len(text) > TEXT_LENGTH // 2:
        text = _cut(text)
    if text.startswith(FORMULA_STARTS):
        style = style or GUARDED
    text = escaped(text)
    if "_x" in text:
        text = _like_an_escape.sub("_x005F_", text)
    marks = f'" s="{style}" t="inlineStr' if style else '" t="inlineStr'
    return f'{marks}"><is><t xml:space="preserve">{text}</t></is></c>'


def _cut(text: str) -> str:
    units = text.encode("utf-16-le", "replace")
    if len(units) <= TEXT_LENGTH * 2:
        return text
    remark = _(" […] The text is longer than an Excel cell can hold; CSV, ODS, JSON and Parquet have all of it.")
    return units[: (TEXT_LENGTH - len(remark)) * 2].decode("utf-16-le", "ignore") + remark


def _write_about(table: Table, archive: ZipFile, number: int) -> None:
    lines = "".join(
        _line(line, [(text, LABEL if heading else NOTE) for text, heading in cells], ABOUT_WIDTHS)
        for line, cells in enumerate(about_lines(table), 1)
    )
    archive.writestr(
        f"xl/worksheets/sheet{number}.xml",
        f"{_opening(ABOUT_WIDTHS, frozen=False)}{lines}</sheetData>{CLOSING}",
    )


def _line(number: int, cells: list[tuple[str, int]], wide: list[int]) -> str:
    """A row whose texts wrap. It says how high it is, because LibreOffice does not look."""
    row = "".join(
        f'<c r="{letters(position)}{number}{_text(text, style)}' for position, (text, style) in enumerate(cells)
    )
    lines = max((_lines_of(text, width) for (text, _style), width in zip(cells, wide, strict=False)), default=1)
    height = min(LINE * lines, TALLEST)
    return f'<row r="{number}" ht="{height}" customHeight="1">{row}</row>'


def _lines_of(text: str, width: int) -> int:
    return sum(1 + int(len(part) * BROAD / width) for part in text.splitlines()) or 1


def _opening(columns: list[int], *, frozen: bool = True) -> str:
    pane = '<pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/>' if frozen else ""
    wide = "".join(
        f'<col min="{number}" max="{number}" width="{width}" customWidth="1"/>'
        for number, width in enumerate(columns, 1)
    )
    view = f'<sheetView workbookViewId="0">{pane}</sheetView>'
    return (
        f'{DECLARATION}<worksheet xmlns="{MAIN}"><sheetPr><pageSetUpPr fitToPage="1"/></sheetPr>'
        f'<sheetViews>{view}</sheetViews><sheetFormatPr defaultRowHeight="{LINE}"/><cols>{wide}</cols><sheetData>'
    )


def _area(columns: int, lines: int, fixed: str = "") -> str:
    """Of all the cells that have something; `fixed`: "$" where a reference has to be absolute."""
    return f"{fixed}A{fixed}1:{fixed}{letters(columns - 1)}{fixed}{lines}"
