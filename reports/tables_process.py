"""Reads one table of unknown origin, an Excel workbook or CSV; started like foreign_files_process, on which it builds.

A program: it knows nothing of Django.
"""

import base64
import csv
import datetime
import gzip
import io
import json
import re
import sys
import xml.etree.ElementTree as ET
from collections.abc import Iterable, Iterator
from itertools import chain
from pathlib import Path

sys.path.append(str(Path(__file__).resolve().parent))

from foreign_files_process import MOST_COLUMNS, Flaw, main
from workbook.process import open_workbook

MOST_ROWS, LONGEST = 200_000, 32_767
# What calamine reads becomes a rectangle in memory. A value in a column of three letters would make it a monster.
_FAR_AWAY = re.compile(rb'\br="[A-Z]{3}[0-9]+"[^<>]*(?<!/)><')
# A formula that failed; calamine gives an empty cell for it.
_FAILED = re.compile(
    rb'<c r="([A-Z]{1,2})([0-9]{1,7})"[^>]*\bt="e"[^>]*>(?:<f[^>]*/>|<f[^>]*>[^<]*</f>)?<v>(#[^<]{1,20})</v>'
)
_CONTROLS = re.compile("[\x00-\x08\x0e-\x1f]")
_BOMS = {b"\xef\xbb\xbf": "utf-8-sig", b"\xff\xfe": "utf-16", b"\xfe\xff": "utf-16"}
_DELIMITERS = ";,\t"


def table_rows(content: bytes, name: bytes) -> dict:
    """The rows of the first sheet that hold something: Base64 of gzip of a JSON line each, [number, [cell, …]].

    A cell is text, a number, true, false, null or {"error": …}; a date is ISO text. `sheet`: its name, "" for CSV;
    `encoding`: of CSV; `count`: how many rows; `broken_at`: the line of CSV that cannot be taken apart, or None.
    """
    found = {"sheet": "", "encoding": "", "broken_at": None}
    if content.startswith((b"PK", b"\xd0\xcf\x11\xe0")) or name.lower().endswith((b".xlsx", b".xlsm", b".xls")):
        found["sheet"], rows = _sheet(content)
    else:
        found["encoding"], text = _text(content)
        rows = _records(text, found)
    packed, count = _packed(rows)
    return found | {"rows": packed, "count": count}


def _packed(rows: Iterable[list]) -> tuple[str, int]:
    buffer, count = io.BytesIO(), 0
    with gzip.GzipFile(fileobj=buffer, mode="wb", compresslevel=1) as packed:
        for number, row in enumerate(rows, start=1):
            cells = [_plain(value) for value in row]
            while cells and cells[-1] is None:
                cells.pop()
            if not cells:
                continue
            count += 1
            if count > MOST_ROWS:
                raise Flaw("rows")
            if len(cells) > MOST_COLUMNS:
                raise Flaw("columns")
            packed.write(json.dumps([number, cells], ensure_ascii=False).encode() + b"\n")
    return base64.b64encode(buffer.getvalue()).decode(), count


def _plain(value):
    match value:
        case str():
            return _CONTROLS.sub("\ufffd", value)[: LONGEST + 1].strip() or None
        case bool() | dict() | None:
            return value
        case float():
            # Excel counts with fifteen digits; what stands behind them is how binary numbers are.
            value = float(f"{value:.15g}")
            return int(value) if value.is_integer() and abs(value) < 10**15 else value
        case datetime.datetime() if value.time() == datetime.time():
            return value.date().isoformat()
    return str(value)


def _sheet(content: bytes) -> tuple[str, Iterator[list]]:
    from python_calamine import CalamineError, CalamineWorkbook

    parts = open_workbook(content)
    if any(name.startswith("xl/worksheets/") and _FAR_AWAY.search(xml) for name, xml in parts.items()):
        raise Flaw("columns")
    try:
        book = CalamineWorkbook.from_filelike(io.BytesIO(content))
        name = next(sheet.name for sheet in book.sheets_metadata if _is_shown(sheet))
        failed = _failed_formulas(parts, name)
        del parts
        return name, _rows(book.get_sheet_by_name(name), failed)
    except (CalamineError, StopIteration, ET.ParseError, KeyError, OSError, ValueError) as error:
        raise Flaw("damaged") from error


def _is_shown(sheet) -> bool:
    from python_calamine import SheetTypeEnum, SheetVisibleEnum

    return sheet.typ == SheetTypeEnum.WorkSheet and sheet.visible == SheetVisibleEnum.Visible


def _failed_formulas(parts: dict[str, bytes], name: str) -> dict[int, dict[int, str]]:
    """Row, column (both from 1) and what the cell shows, as "#REF!"."""
    relations = _elements(parts["xl/_rels/workbook.xml.rels"], "Relationship")
    targets = {relation.get("Id"): relation.get("Target", "") for relation in relations}
    sheet = next(sheet for sheet in _elements(parts["xl/workbook.xml"], "sheet") if sheet.get("name") == name)
    key = next(value for attribute, value in sheet.items() if attribute.endswith("}id"))
    found: dict[int, dict[int, str]] = {}
    for letters, number, shown in _FAILED.findall(parts[f"xl/{targets[key].removeprefix('/xl/')}"]):
        found.setdefault(int(number), {})[_column(letters)] = shown.decode("ascii", "replace")
    return found


def _elements(xml: bytes, name: str) -> list:
    return [node for node in ET.fromstring(xml).iter() if node.tag.rpartition("}")[2] == name]  # noqa: S314


def _column(letters: bytes) -> int:
    return sum((letter - 64) * 26**position for position, letter in enumerate(reversed(letters)))


def _rows(sheet, failed: dict[int, dict[int, str]]) -> Iterator[list]:
    """From the first row and column on, empty ones included: numbers are those of the program that wrote the sheet."""
    left = sheet.start[1] if sheet.start else 0
    beyond = range(sheet.total_height + 1, max(failed, default=0) + 1)
    for number, row in enumerate(chain(sheet.iter_rows(), ([] for _number in beyond)), start=1):
        cells = [None] * left + row
        for column, shown in failed.get(number, {}).items():
            cells.extend([None] * (column - len(cells)))
            cells[column - 1] = {"error": shown}
        yield cells


def _text(content: bytes) -> tuple[str, str]:
    encoding = next((name for bom, name in _BOMS.items() if content.startswith(bom)), "utf-8")
    try:
        text = content.decode(encoding)
    except UnicodeDecodeError as error:
        if encoding != "utf-8":
            raise Flaw("not_table") from error
        encoding, text = "windows-1251", content.decode("windows-1251", "replace")
    if _CONTROLS.search(text):
        raise Flaw("not_table")
    return encoding.removesuffix("-sig"), text


def _records(text: str, found: dict) -> Iterator[list]:
    csv.field_size_limit(LONGEST * 4)
    delimiter = max(_DELIMITERS, key=_unquoted(text).count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    try:
        yield from reader
    except csv.Error:
        found["broken_at"] = reader.line_num


def _unquoted(text: str) -> str:
    """The first line, without what stands in quotation marks."""
    return re.sub(r'"[^"]*"', "", text.lstrip().partition("\n")[0])


TASKS = {"table_rows": table_rows}

if __name__ == "__main__":
    main(*sys.argv[1:], tasks=TASKS)
