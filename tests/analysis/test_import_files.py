"""Files of unknown origin: each gets an answer that says what is wrong with it, in bounded time and memory."""

import io
import zipfile
from functools import cache

import openpyxl
import pytest
from django.utils import translation

from analysis.importing import KINDS
from analysis.importing.reading import read_table
from reports.foreign_files import Unreadable

from .imports import AGENCY, as_csv, as_xlsx

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
SHEET = "xl/worksheets/sheet1.xml"
HEAD = (
    '<?xml version="1.0"?><worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
    '<row r="1"><c r="A1" t="inlineStr"><is><t>code</t></is></c></row>'
)
TAIL = "</sheetData></worksheet>"


@cache
def workbook(sheet: str = "", extra: str = "") -> bytes:
    """A workbook whose sheet's XML is this, with one more member."""
    content = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(as_xlsx(AGENCY))) as old,
        zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        for name in old.namelist():
            new.writestr(name, sheet if sheet and name == SHEET else old.read(name))
        if extra:
            new.writestr(extra, b"x")
    return content.getvalue()


def cells(*addresses: str) -> str:
    rows = [f'<row r="{a.lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ")}"><c r="{a}"><v>1</v></c></row>' for a in addresses]
    return HEAD + "".join(rows) + TAIL


def wide() -> str:
    letters = [openpyxl.utils.get_column_letter(number) for number in range(2, 16_385)]
    return HEAD + '<row r="2">' + "".join(f'<c r="{one}2"><v>1</v></c>' for one in letters) + "</row>" + TAIL


LAUGHS = (
    '<?xml version="1.0"?><!DOCTYPE a [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;">]>'
    '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData/></worksheet>'
)


@pytest.mark.parametrize(
    ("name", "content", "answer"),
    [
        ("old.xls", lambda: OLE + "Workbook".encode("utf-16-le"), "old format .xls"),
        ("locked.xlsx", lambda: OLE + "EncryptedPackage".encode("utf-16-le"), "protected with a password"),
        ("macros.xlsx", lambda: workbook(extra="xl/vbaProject.bin"), "contains macros"),
        ("links.xlsx", lambda: workbook(extra="xl/externalLinks/externalLink1.xml"), "links to other files"),
        ("bomb.xlsx", lambda: workbook("A" * 30 * 2**20), "Unpacked"),
        ("laughs.xlsx", lambda: workbook(LAUGHS), "document type declaration"),
        ("table.xlsx", lambda: as_csv(AGENCY), "not an Excel workbook"),
        ("far.xlsx", lambda: workbook(cells("XFD1048576")), "far beyond its last column"),
        ("wide.xlsx", lambda: workbook(wide()), "far beyond its last column"),
        ("huge.xlsx", lambda: workbook(cells("ZZ1048576")), "more time or memory"),
        ("cut.xlsx", lambda: workbook()[:-300], "end of the file is missing"),
        ("garbage.xlsx", lambda: workbook("<worksheet"), "damaged"),
        ("picture.csv", lambda: b"\x89PNG\r\n\x1a\n\x00\x00", "neither an Excel workbook nor a CSV"),
        ("cut.csv", lambda: b'code,name_kk\na,"Anything', "Line 2"),
        ("empty.csv", lambda: b"", "empty"),
        ("other.csv", lambda: b"a,b\n1,2\n", "none of them is known"),
        ("twice.csv", lambda: b"code,Code\n1,2\n", "Two columns"),
        ("few.csv", lambda: b"code,kind\na,b\n", "Name, in Kazakh; Short name, in Kazakh"),
    ],
)
def test_a_file_that_cannot_be_read_is_told_so(name, content, answer):
    with translation.override("en"), pytest.raises(Unreadable, match=answer):
        read_table(content(), name, KINDS["agencies"])


def test_a_million_blank_rows_are_no_rows():
    blank = "".join(f'<row r="{number}"><c r="A{number}" s="0"/></row>' for number in range(3, 1_048_577))
    head = as_sheet_xml()
    table = read_table(workbook(head.replace("</sheetData>", f"{blank}</sheetData>")), "blank.xlsx", KINDS["agencies"])
    assert table.count == 1


def as_sheet_xml() -> str:
    with zipfile.ZipFile(io.BytesIO(as_xlsx(AGENCY))) as archive:
        return archive.read(SHEET).decode()


def test_a_cell_that_shows_an_error_is_an_error_there():
    book = openpyxl.load_workbook(io.BytesIO(as_xlsx(AGENCY | {"ordinal": 1})))
    book.active["F2"] = "#REF!"
    content = io.BytesIO()
    book.save(content)
    table = read_table(content.getvalue(), "a.xlsx", KINDS["agencies"])
    resource = KINDS["agencies"]()
    resource.present = [resource.columns["ordinal"]]
    [(number, values)] = table.cells()
    shown = dict(zip(table.places, values, strict=True))
    assert (number, shown["ordinal"]) == (2, {"error": "#REF!"})


def test_a_hidden_first_sheet_and_a_table_further_down_are_no_trouble():
    book = openpyxl.load_workbook(io.BytesIO(as_xlsx(AGENCY)))
    table = book.active
    table.insert_rows(1, 3)
    table.insert_cols(1, 2)
    book.create_sheet("Lists", 0).sheet_state = "hidden"
    content = io.BytesIO()
    book.save(content)
    read = read_table(content.getvalue(), "a.xlsx", KINDS["agencies"])
    assert read.places["code"] == 2
    assert [number for number, _values in read.cells()] == [5]
