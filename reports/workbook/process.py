"""Reads and marks one filled-in workbook of unknown origin; started like foreign_files_process, on which it builds.

A program: it knows nothing of Django. What it reads it reads from the XML itself, in one pass that keeps only what is
filled: a million blank rows cost a second and no memory.
"""

import base64
import io
import json
import math
import posixpath
import re
import sys
import xml.etree.ElementTree as ET
import zipfile
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

sys.path.append(str(Path(__file__).resolve().parents[1]))

from foreign_files_process import MOST_COLUMNS, Flaw, main, open_archive

# As in layout.py.
MARK = "portal:"
NUMBER = f"{MARK}number"
HEADER, SHEET, COLUMN, ROW, LISTED = (f"{MARK}{kind}:" for kind in ("header", "sheet", "column", "row", "errors"))
MOST_SHEETS, MOST_FILLED, MOST_MARKED, MOST_UNMARKED = 100, 200_000, 5_000, 50
MOST_STRINGS, MOST_LETTERS, LONGEST = 200_000, 20_000_000, 32_767
LAST_ROW = 1_048_576
PIECE = 2**16
# Below the hidden mark and the headings; points, and letters of a line of text.
FIRST_LINE, LINE, LETTERS = 3, 14, 90

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ESCAPED = re.compile("_x([0-9A-Fa-f]{4})_")
_ADDRESS = re.compile(r"([A-Z]{1,3})([0-9]{1,7})")
# What says nothing of dates in a number format: quoted and escaped text, colours and currencies.
_NO_FORMAT = re.compile(r'"[^"]*"|\\.|_.|\[(?!h+\]|m+\]|s+\])[^\]]*\]')
_DATE_FORMATS = {*range(14, 23), *range(27, 37), *range(45, 48), *range(50, 59)}


@dataclass
class Cell:
    """`kind`: text, number, boolean, error or nothing; `is_date`: a number that is shown as a date."""

    kind: str
    value: str = ""
    is_date: bool = False
    is_formula: bool = False
    is_hidden: bool = False


@dataclass
class Sheet:
    title: str
    is_hidden: bool
    cells: dict[tuple[int, int], Cell] = field(default_factory=dict)
    merged: list[tuple[int, int, int, int]] = field(default_factory=list)


def workbook_cells(content: bytes) -> dict:
    """`headers`: texts that look like one; `date1904`: how days are counted; `sheets`: those that have marks.

    Each sheet with title and part; `columns`: pairs of number and key; `rows`: the same with the activity's number that
    people see in the row, or ""; `cells`: those of marked rows and columns that hold something; `covered`: those that
    another one is merged over, by address; `unmarked`: rows without a mark in which marked columns are filled.
    """
    parts = open_workbook(content)
    sheets, date1904 = _sheets(parts)
    texts = [cell.value for sheet in sheets for cell in sheet.cells.values() if cell.kind == "text"]
    marked = [found for sheet in sheets if (found := _marked(sheet))]
    if sum(len(sheet["rows"]) for sheet in marked) > MOST_MARKED:
        raise Flaw("cells")
    if sum(len(cell["value"]) for sheet in marked for cell in sheet["cells"]) > MOST_LETTERS // 4:
        raise Flaw("strings")
    return {
        "headers": list(dict.fromkeys(text for text in texts if text.startswith(HEADER)))[:2],
        "date1904": date1904,
        "sheets": marked,
    }


def marked_workbook(content: bytes, marks: bytes) -> str:
    """The user's own workbook with its errors marked, in Base64. `marks`: see `foreign_files.marked_workbook`."""
    from openpyxl import load_workbook

    open_workbook(content)
    book = load_workbook(io.BytesIO(content), rich_text=True)
    wanted = json.loads(marks)
    _unmark(book, wanted)
    for mark in wanted["cells"]:
        _mark(book[mark["sheet"]][mark["cell"]], mark["text"], wanted)
    if wanted["lines"]:
        _list_errors(book, wanted)
    buffer = io.BytesIO()
    book.save(buffer)
    return base64.b64encode(buffer.getvalue()).decode()


# What kind of file it is


def open_workbook(content: bytes) -> dict[str, bytes]:
    """Its XML members, if it is an Excel workbook at all and holds nothing that the portal refuses."""
    if content.startswith(_OLE):
        raise Flaw(_flaw_of_old_file(content))
    if not content.startswith(b"PK"):
        raise Flaw("not_workbook")
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            members = archive.infolist()
    except (zipfile.BadZipFile, NotImplementedError, ValueError, OSError) as error:
        raise Flaw("cut") from error
    if any(member.flag_bits & 1 for member in members):
        raise Flaw("password")
    names = [member.filename.lower() for member in members]
    if any("vbaproject.bin" in name or "/macrosheets/" in name for name in names):
        raise Flaw("macros")
    if any(name.startswith(("xl/externallinks/", "xl/connections.xml", "xl/querytables/")) for name in names):
        raise Flaw("links")
    if "xl/workbook.bin" in names or "mimetype" in names or any(name.endswith(".iwa") for name in names):
        raise Flaw("other_format")
    parts = open_archive(content)
    if "xl/workbook.xml" not in parts:
        raise Flaw("not_workbook")
    return parts


def _flaw_of_old_file(content: bytes) -> str:
    streams = {"EncryptedPackage": "password", "Workbook": "old_format", "Book": "old_format"}
    return next((flaw for name, flaw in streams.items() if name.encode("utf-16-le") in content), "not_workbook")


# What the XML says


def _sheets(parts: dict[str, bytes]) -> tuple[list[Sheet], bool]:
    try:
        book = ET.fromstring(parts["xl/workbook.xml"])  # noqa: S314
        places = {
            _local(relation, "Id"): _member(relation.attrib.get("Target", ""))
            for relation in _children(parts.get("xl/_rels/workbook.xml.rels", b"<x/>"))
        }
        strings = _strings(parts.get("xl/sharedStrings.xml"))
        dates = _date_styles(parts.get("xl/styles.xml", b"<x/>"))
        sheets, listed = [], [node for node in book.iter() if _tag(node.tag) == "sheet"]
        if len(listed) > MOST_SHEETS:
            raise Flaw("cells")
        reader = _Reader(strings, dates)
        for node in listed:
            sheet = Sheet(node.attrib.get("name", ""), node.attrib.get("state", "visible") != "visible")
            if (xml := parts.get(places.get(_local(node, "id"), ""))) is not None:
                reader.read(xml, sheet)
            sheets.append(sheet)
    except (ET.ParseError, ValueError, KeyError, IndexError, UnicodeError) as error:
        raise Flaw("damaged") from error
    date1904 = any(_tag(node.tag) == "workbookPr" and _true(node.attrib.get("date1904")) for node in book.iter())
    return sheets, date1904


@lru_cache(1_000)
def _tag(name: str) -> str:
    return name.rpartition("}")[2]


def _local(node, name: str) -> str:
    return next((value for key, value in node.attrib.items() if _tag(key) == name), "")


def _children(xml: bytes) -> list:
    return list(ET.fromstring(xml))  # noqa: S314


def _member(target: str) -> str:
    return target.lstrip("/") if target.startswith("/") else posixpath.normpath(posixpath.join("xl", target))


def _true(value: str | None) -> bool:
    return value in ("1", "true")


def _date_styles(xml: bytes) -> set[int]:
    """Which of the formats that cells name show dates."""
    formats, styles = {}, []
    for group in _children(xml):
        if _tag(group.tag) == "numFmts":
            formats = {node.attrib.get("numFmtId"): node.attrib.get("formatCode", "") for node in group}
        elif _tag(group.tag) == "cellXfs":
            styles = [node.attrib.get("numFmtId", "0") for node in group]
    return {number for number, style in enumerate(styles) if _shows_date(style, formats)}


def _shows_date(style: str, formats: dict[str, str]) -> bool:
    if style in formats:
        code = _NO_FORMAT.sub("", formats[style]).split(";")[0].lower()
        return code != "general" and any(letter in code for letter in "dmyhs")
    return int(style) in _DATE_FORMATS


class _Texts:
    """Collects the texts of cells or of the shared list: runs joined, without the readings printed above letters."""

    def __init__(self):
        self.letters: list[str] | None = None
        self.is_open = False
        self.in_reading = False

    def start(self, tag: str, attributes: dict) -> None:
        tag = _tag(tag)
        self.in_reading = self.in_reading or tag == "rPh"
        self.opened(tag, attributes)
        self.is_open = self.letters is not None and not self.in_reading and tag in ("t", "v")

    def data(self, text: str) -> None:
        if self.is_open:
            self.letters.append(text)

    def end(self, tag: str) -> None:
        tag = _tag(tag)
        self.is_open = False
        if tag == "rPh":
            self.in_reading = False
        self.closed(tag)

    def text(self) -> str:
        return _ESCAPED.sub(_unescaped, "".join(self.letters)[: LONGEST + 1])

    def parse(self, xml: bytes) -> None:
        parser = ET.XMLParser(target=self)  # noqa: S314
        # In pieces: the parser keeps a multiple of what it is given at once.
        for start in range(0, len(xml), PIECE):
            parser.feed(xml[start : start + PIECE])
        parser.close()

    def close(self) -> None:
        pass


def _unescaped(found: re.Match) -> str:
    code = int(found[1], 16)
    # Half of a pair is no letter, and could not be stored.
    return found[0] if 0xD800 <= code < 0xE000 else chr(code)


class _Strings(_Texts):
    def __init__(self):
        super().__init__()
        self.found, self.size = [], 0

    def opened(self, tag: str, _attributes: dict) -> None:
        if tag == "si":
            self.letters = []

    def closed(self, tag: str) -> None:
        if tag == "si":
            self.found.append(self.text())
            self.letters = None
            self.size += len(self.found[-1])
            if len(self.found) > MOST_STRINGS or self.size > MOST_LETTERS:
                raise Flaw("strings")


def _strings(xml: bytes | None) -> list[str]:
    reader = _Strings()
    if xml is not None:
        reader.parse(xml)
    return reader.found


class _Reader(_Texts):
    """Reads sheets, one after another, and counts what is filled in all of them."""

    def __init__(self, strings: list[str], dates: set[int]):
        super().__init__()
        self.strings, self.dates, self.filled = strings, dates, 0

    def read(self, xml: bytes, sheet: Sheet) -> None:
        self.sheet, self.row, self.column, self.is_hidden_row = sheet, 0, 0, False
        self.hidden_columns: list[tuple[int, int]] = []
        self.letters = None
        self.parse(xml)

    def opened(self, tag: str, attributes: dict) -> None:
        if tag == "c":
            self._open_cell(attributes)
        elif tag == "f" and self.letters is not None:
            self.is_formula = True
        elif tag == "row":
            self.row, self.column = int(attributes.get("r", self.row + 1)), 0
            self.is_hidden_row = _true(attributes.get("hidden"))
        elif tag == "col" and _true(attributes.get("hidden")):
            self.hidden_columns.append((int(attributes["min"]), int(attributes["max"])))
        elif tag == "mergeCell":
            self._merge(attributes["ref"])

    def _open_cell(self, attributes: dict) -> None:
        self.letters, self.is_formula = [], False
        self.type = attributes.get("t", "n")
        self.style = int(attributes.get("s", 0))
        self.column += 1
        self.address = attributes.get("r")

    def _merge(self, reference: str) -> None:
        first, _colon, last = reference.partition(":")
        self.sheet.merged.append((*_place(first), *_place(last or first)))
        if len(self.sheet.merged) > MOST_MARKED:
            raise Flaw("cells")

    def closed(self, tag: str) -> None:
        if tag != "c" or self.letters is None:
            return
        if self.letters or self.is_formula:
            cell = self._cell()
            cell.is_formula = self.is_formula
            if cell.value or cell.is_formula:
                self._keep(cell)
        self.letters = None

    def _keep(self, cell: Cell) -> None:
        self.filled += 1
        if self.address:
            self.row, self.column = _place(self.address)
        if self.filled > MOST_FILLED:
            raise Flaw("cells")
        if self.column > MOST_COLUMNS:
            raise Flaw("columns")
        if not 0 < self.row <= LAST_ROW:
            raise Flaw("damaged")
        cell.is_hidden = self.is_hidden_row or any(a <= self.column <= b for a, b in self.hidden_columns)
        self.sheet.cells[self.row, self.column] = cell

    def _cell(self) -> Cell:
        text = self.text()
        match self.type:
            case _ if not text:
                return Cell("nothing")
            case "s":
                return Cell("text", self.strings[int(text)])
            case "str" | "inlineStr":
                return Cell("text", text)
            case "b":
                return Cell("boolean", text)
            case "e":
                return Cell("error", text[:20])
            case "d":
                return Cell("text", text[:10])
        number = float(text)
        if not math.isfinite(number):
            return Cell("error", text[:20])
        # Excel counts with fifteen digits; what stands behind them is how binary numbers are.
        return Cell("number", f"{number:.15g}", is_date=self.style in self.dates)


def _place(address: str) -> tuple[int, int]:
    found = _ADDRESS.fullmatch(address)
    if not found:
        raise Flaw("damaged")
    column = 0
    for letter in found[1]:
        column = 26 * column + ord(letter) - 64
    return int(found[2]), column


def _address(row: int, column: int) -> str:
    letters = ""
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(65 + rest) + letters
    return f"{letters}{row}"


# What the marks say


def _marked(sheet: Sheet) -> dict | None:
    places = [place for place, cell in sheet.cells.items() if cell.value.startswith(SHEET)]
    if not places:
        return None
    top, left = min(places)
    columns = _marks(sheet, COLUMN, lambda row, _column: row == top)
    rows = _marks(sheet, ROW, lambda _row, column: column == left)
    keys = {number for (_row, number), _key in columns}
    marked = {number for (number, _column), _key in rows}
    covered = _covered(sheet)
    filled = [
        {"at": _address(row, column), "row": row, "column": column, **vars(sheet.cells[row, column])}
        for row, column in sorted(sheet.cells)
        if row in marked and column in keys and (row, column) not in covered
    ]
    return {
        "title": sheet.title,
        "is_hidden": sheet.is_hidden,
        "part": sheet.cells[top, left].value.removeprefix(SHEET),
        "columns": [[column, key] for (_row, column), key in columns],
        "rows": [[row, key, _number(sheet, top, row)] for (row, _column), key in rows],
        "cells": filled,
        "covered": {_address(*place): ref for place, ref in covered.items() if place[0] in marked and place[1] in keys},
        "unmarked": _unmarked(sheet, left, keys, marked),
    }


def _marks(sheet: Sheet, kind: str, belongs) -> list:
    return sorted(
        (place, cell.value.removeprefix(kind))
        for place, cell in sheet.cells.items()
        if cell.kind == "text" and cell.value.startswith(kind) and belongs(*place)
    )


def _number(sheet: Sheet, top: int, row: int) -> str:
    column = next((column for (line, column), cell in sheet.cells.items() if line == top and cell.value == NUMBER), 0)
    cell = sheet.cells.get((row, column))
    return cell.value if cell else ""


def _covered(sheet: Sheet) -> dict[tuple[int, int], str]:
    """Cells that lie under another one, with the range."""
    found: dict[tuple[int, int], str] = {}
    for top, left, bottom, right in sheet.merged:
        if (bottom - top + 1) * (right - left + 1) > MOST_FILLED:
            raise Flaw("cells")
        reference = f"{_address(top, left)}:{_address(bottom, right)}"
        places = ((row, column) for row in range(top, bottom + 1) for column in range(left, right + 1))
        found.update((place, reference) for place in places if place != (top, left))
        if len(found) > MOST_FILLED:
            raise Flaw("cells")
    return found


def _unmarked(sheet: Sheet, left: int, keys: set[int], marked: set[int]) -> list[int]:
    """Rows among or below the marked ones that somebody filled in. Formulas are totals."""
    first = min(marked, default=LAST_ROW)
    found = {
        row
        for (row, column), cell in sheet.cells.items()
        if row > first
        and row not in marked
        and column in keys
        and not cell.is_formula
        # A row of the portal's own is marked as such.
        and not (sheet.cells.get((row, left)) or Cell("nothing")).value.startswith(MARK)
    }
    return sorted(found)[:MOST_UNMARKED]


# Marking


def _unmark(book, wanted: dict) -> None:
    """Takes away what an earlier round marked, in whatever language."""
    for sheet in list(book):
        if str(sheet["A1"].value or "").startswith(LISTED):
            book.remove(sheet)
            continue
        # Only cells that are there: between two far corners lie billions that are not.
        for cell in list(sheet._cells.values()):
            if cell.comment and cell.comment.text.startswith(tuple(wanted["prefixes"])):
                _unmark_cell(cell, wanted)


def _unmark_cell(cell, wanted: dict) -> None:
    from openpyxl.comments import Comment
    from openpyxl.styles import PatternFill

    _ours, _line, theirs = cell.comment.text.partition(wanted["parting"])
    cell.comment = Comment(theirs, "") if theirs else None
    if cell.fill.fill_type == "solid" and cell.fill.fgColor.rgb == wanted["colour"]:
        cell.fill = PatternFill("solid", fgColor=wanted["restored"])


def _mark(cell, text: str, wanted: dict) -> None:
    from openpyxl.comments import Comment
    from openpyxl.styles import PatternFill

    theirs = f"{wanted['parting']}{cell.comment.text}" if cell.comment else ""
    cell.comment = Comment(f"{text}{theirs}", "", width=360, height=140)
    cell.fill = PatternFill("solid", fgColor=wanted["colour"])


def _list_errors(book, wanted: dict) -> None:
    """A sheet of its own at the front; the mark that tells it apart stands in a hidden row."""
    from openpyxl.styles import Alignment, Font
    from openpyxl.worksheet.hyperlink import Hyperlink

    sheet = book.create_sheet(wanted["title"], 0)
    for number, texts in enumerate([[LISTED], wanted["headings"], *wanted["lines"]], start=1):
        for column, text in enumerate(texts, start=1):
            cell = sheet.cell(number, column)
            # Set like this it is a text, whatever it begins with.
            cell.value, cell.data_type = text, "s"
            cell.alignment = Alignment(wrap_text=True, vertical="top")
            cell.font = Font(name="Arial", size=10, bold=number == FIRST_LINE - 1)
    for number, (title, address, text) in enumerate(wanted["lines"], start=FIRST_LINE):
        # Not every program fits the height to the text.
        sheet.row_dimensions[number].height = LINE * max(-(-len(text) // LETTERS), -(-len(title) // 20))
        if _ADDRESS.fullmatch(address):
            quoted = title.replace("'", "''")
            sheet.cell(number, 2).hyperlink = Hyperlink(f"B{number}", location=f"'{quoted}'!{address}")
    sheet.row_dimensions[1].hidden = True
    for letter, width in zip("ABC", (20, 9, 95), strict=True):
        sheet.column_dimensions[letter].width = width
    sheet.freeze_panes = f"A{FIRST_LINE}"
    sheet.page_setup.orientation, sheet.page_setup.paperSize = "landscape", sheet.PAPERSIZE_A4
    sheet.sheet_properties.pageSetUpPr.fitToPage, sheet.page_setup.fitToHeight = True, 0
    for other in book:
        other.sheet_view.tabSelected = other is sheet
    book.active = 0


TASKS = {task.__name__: task for task in (workbook_cells, marked_workbook)}

if __name__ == "__main__":
    main(*sys.argv[1:], tasks=TASKS)
