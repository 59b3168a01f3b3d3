"""The libraries by themselves: the same values into a file, and out of one, with nothing of the portal around them.

Values come as the portal's writers get them. Workbooks have real numbers, dates and formats, like the portal's.
"""

import csv
import datetime
import json
from collections.abc import Callable, Iterator, Sequence
from importlib.util import find_spec
from pathlib import Path

from analysis.writing import Column, Kind

NUMBERS = {Kind.INTEGER: "0", Kind.MONEY: "#,##0.000", Kind.SHARE: "0.0%"}
FORMATS = NUMBERS | {Kind.DATE: "dd.mm.yyyy", Kind.MOMENT: "dd.mm.yyyy hh:mm"}
Rows = Iterator[Sequence]


def xlsxwriter(columns: list[Column], rows: Rows, path: Path) -> None:
    from xlsxwriter import Workbook

    book = Workbook(path, {"constant_memory": True})
    sheet = book.add_worksheet()
    sheet.freeze_panes(1, 0)
    sheet.write_row(0, 0, [column.heading for column in columns], book.add_format({"bold": True}))
    put = {Kind.TEXT: sheet.write_string, Kind.BOOLEAN: sheet.write_boolean}
    put |= dict.fromkeys(NUMBERS, sheet.write_number)
    put |= dict.fromkeys((Kind.DATE, Kind.MOMENT), sheet.write_datetime)
    ways = [
        (put[column.kind], book.add_format({"num_format": FORMATS[column.kind]}) if column.kind in FORMATS else None)
        for column in columns
    ]
    for number, row in enumerate(rows, start=1):
        for position, (value, (write, look)) in enumerate(zip(row, ways, strict=True)):
            if value is not None:
                write(number, position, value, look)
    book.close()


def rustpy_xlsxwriter(columns: list[Column], rows: Rows, path: Path) -> None:
    from rustpy_xlsxwriter import Format, write_worksheet

    names = [column.name for column in columns]
    looks = [Format().set_num_format(FORMATS.get(column.kind, "General")) for column in columns]
    records = (dict(zip(names, row, strict=True)) for row in rows)
    write_worksheet(records, str(path), freeze_row=1, autofilter=True, bold_headers=True, column_formats=looks)


def csv_module(columns: list[Column], rows: Rows, path: Path) -> None:
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)
        writer.writerow([column.heading for column in columns])
        writer.writerows(rows)


def json_module(columns: list[Column], rows: Rows, path: Path) -> None:
    names = [column.name for column in columns]
    encode = json.JSONEncoder(ensure_ascii=False, default=str).encode
    with path.open("w", encoding="utf-8") as file:
        file.writelines(f"{encode(dict(zip(names, row, strict=True)))}\n" for row in rows)


def pyarrow(columns: list[Column], rows: Rows, path: Path) -> None:
    """At once: the library's own way, which keeps all rows."""
    import pyarrow as pa
    from pyarrow.parquet import write_table

    types = {
        Kind.TEXT: pa.string(),
        Kind.INTEGER: pa.int64(),
        Kind.MONEY: pa.decimal128(15, 3),
        Kind.DATE: pa.date32(),
        Kind.MOMENT: pa.timestamp("us"),
        Kind.BOOLEAN: pa.bool_(),
    }
    by_column = zip(columns, zip(*rows, strict=True), strict=True)
    arrays = [pa.array(values, types[column.kind]) for column, values in by_column]
    write_table(pa.table(arrays, [column.name for column in columns]), path)


def odfpy(columns: list[Column], rows: Rows, path: Path) -> None:
    from odf.opendocument import OpenDocumentSpreadsheet
    from odf.table import Table, TableCell, TableRow
    from odf.text import P

    document = OpenDocumentSpreadsheet()
    table = Table(name="rows")
    for values in [[column.heading for column in columns], *rows]:
        row = TableRow()
        for value in values:
            row.addElement(_odf_cell(value, TableCell, P))
        table.addElement(row)
    document.spreadsheet.addElement(table)
    document.save(path)


def _odf_cell(value, cell: type, paragraph: type):
    if value is None:
        return cell()
    if isinstance(value, bool):
        return cell(valuetype="boolean", booleanvalue=str(value).lower())
    if isinstance(value, datetime.date):
        return cell(valuetype="date", datevalue=value.isoformat())
    if isinstance(value, str):
        made = cell(valuetype="string")
        made.addElement(paragraph(text=value))
        return made
    return cell(valuetype="float", value=str(value))


# By format, the libraries and what they are imported as.
WRITERS: dict[str, list[tuple[Callable, str]]] = {
    "xlsx": [(xlsxwriter, "xlsxwriter"), (rustpy_xlsxwriter, "rustpy_xlsxwriter")],
    "csv": [(csv_module, "csv")],
    "ods": [(odfpy, "odf")],
    "json": [(json_module, "json")],
    "parquet": [(pyarrow, "pyarrow")],
}


def writers(extension: str) -> list[str]:
    """Those that are installed."""
    return [writer.__name__ for writer, module in WRITERS[extension] if find_spec(module)]


def read_xlsx(path: Path) -> int:
    from python_calamine import CalamineWorkbook

    sheet = CalamineWorkbook.from_path(str(path)).get_sheet_by_index(0)
    return sum(1 for _row in sheet.iter_rows())


def read_csv(path: Path) -> int:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return sum(1 for _row in csv.reader(file))


READERS = {"xlsx": ("python-calamine", read_xlsx), "csv": ("csv", read_csv)}
