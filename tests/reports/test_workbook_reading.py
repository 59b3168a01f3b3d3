"""Reading workbooks of unknown origin: what is in the cells, whose workbook it is, files that are none or hostile."""

import dataclasses
import io
import re
import time
import zipfile

import openpyxl
import pytest
import xlsxwriter
from django.utils import translation

from reports import filing, foreign_files
from reports.foreign_files import Unreadable, workbook_cells
from reports.workbook import layout, process
from reports.workbook.layout import Header, Part, column_mark, row_mark, sheet_mark
from reports.workbook.reading import WrongWorkbook, header_of, read_workbook

from .scenes import file_report, submission_of, write_all
from .uploads import archive, excel, ole, open_document
from .workbooks import Filled, changed_member, members_of, read_here

AKT = "akimat-akt"
SHEET = "xl/worksheets/sheet1.xml"
NAMESPACE = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"


@pytest.fixture(autouse=True)
def _in_english():
    with translation.override("en"):
        yield


@pytest.fixture(scope="module")
def small() -> bytes:
    """A workbook with one marked row and column, by a program of its own."""
    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer, {"in_memory": True}) as book:
        page = book.add_worksheet("Парақ")
        page.write_string(0, 0, sheet_mark(Part.SPENDING))
        page.write_string(0, 1, column_mark(layout.FILLS[Part.SPENDING][0]))
        page.write_string(1, 0, row_mark("14"))
        page.write_string(1, 1, "қаражат")
    return buffer.getvalue()


def with_sheet(content: bytes, rows: str, more: str = "") -> bytes:
    """The same workbook with other rows."""
    xml = f'<worksheet xmlns="{NAMESPACE}"><sheetData>{rows}</sheetData>{more}</worksheet>'
    return changed_member(content, SHEET, lambda _xml: xml)


def marked_rows(cells: str) -> str:
    return (
        f'<row r="1"><c r="A1" t="str"><v>{sheet_mark(Part.SPENDING)}</v></c>'
        f'<c r="B1" t="str"><v>portal:column:spent</v></c></row>'
        f'<row r="2"><c r="A2" t="str"><v>{row_mark("14")}</v></c>{cells}</row>'
    )


def one_cell(small: bytes, cell: str) -> dict:
    with read_here():
        [sheet] = workbook_cells(with_sheet(small, marked_rows(cell)))["sheets"]
    [found] = sheet["cells"]
    return found


# Cells


@pytest.mark.parametrize(
    ("cell", "kind", "value"),
    [
        ('<c r="B2"><v>0.30000000000000004</v></c>', "number", "0.3"),
        ('<c r="B2" t="n"><v>1.2345E3</v></c>', "number", "1234.5"),
        ('<c r="B2"><v>1e999</v></c>', "error", "1e999"),
        ('<c r="B2" t="str"><v>a&amp;b</v></c>', "text", "a&b"),
        ('<c r="B2" t="str"><v>_x005F_x0041_ _x000D_</v></c>', "text", "_x0041_ \r"),
        ('<c r="B2" t="str"><v>_xD800_</v></c>', "text", "_xD800_"),
        ('<c r="B2" t="inlineStr"><is><r><t>қы</t></r><r><t>зыл</t></r><rPh><t>no</t></rPh></is></c>', "text", "қызыл"),
        ('<c r="B2" t="s"><v>0</v></c>', "text", sheet_mark(Part.SPENDING)),
        ('<c t="b" r="B2"><v>1</v></c>', "boolean", "1"),
        ('<c r="B2" t="e"><v>#N/A</v></c>', "error", "#N/A"),
        ('<c r="B2" t="d"><v>2009-06-30T00:00:00</v></c>', "text", "2009-06-30"),
        ('<c r="B2"><f>1+1</f><v>2</v></c>', "number", "2"),
        ('<c r="B2"><f>1+1</f></c>', "nothing", ""),
        ("<c><v>9</v></c>", "number", "9"),
    ],
)
def test_a_cell_is_read_as_what_it_is(small, cell, kind, value):
    # Without an address of its own a cell follows the one before.
    found = one_cell(small, cell)
    assert (found["kind"], found["value"], found["at"]) == (kind, value, "B2")
    assert found["is_formula"] is ("<f>" in cell)


@pytest.mark.parametrize(
    ("code", "is_date"),
    [
        ("dd.mm.yyyy", True),
        ("[$-43F]d mmmm yyyy;@", True),
        ("[h]:mm", True),
        ("#,##0.000;[Red]-#,##0.000", False),
        ('0.0" млн (dd)"', False),
        ("[Red]0", False),
        ("General", False),
        ("@", False),
    ],
)
def test_a_number_that_is_shown_as_a_date_is_known(code, is_date):
    assert process._shows_date("164", {"164": code}) is is_date
    assert process._shows_date("14", {})
    assert not process._shows_date("4", {})


def test_marks_are_found_wherever_they_stand(small):
    book = openpyxl.load_workbook(io.BytesIO(small))
    book.active.insert_rows(1, 7)
    book.active.insert_cols(1, 5)
    book.create_sheet("Export Summary", 0)["A1"] = "Numbers"
    buffer = io.BytesIO()
    book.save(buffer)
    with read_here():
        [sheet] = workbook_cells(buffer.getvalue())["sheets"]
    assert (sheet["part"], sheet["columns"], sheet["rows"]) == ("spending", [[7, "spent"]], [[9, "14", ""]])
    assert [cell["at"] for cell in sheet["cells"]] == ["G9"]


def test_the_programs_marks_are_those_of_the_layout():
    assert process.MARK == layout.MARK
    assert process.NUMBER == layout.NUMBER_MARK


# Whose workbook it is


def with_header(book: Filled, **changed) -> bytes:
    cell = book.header()
    cell.value = dataclasses.replace(Header.from_text(cell.value), **changed).to_text()
    return book.bytes()


@pytest.mark.django_db
def test_a_workbook_is_refused_by_its_header_whatever_its_name(user):
    submission = submission_of(AKT)

    def why(content: bytes) -> str:
        with read_here(), pytest.raises(WrongWorkbook) as wrong:
            read_workbook(content, submission)
        return str(wrong.value)

    content = Filled.of(submission).bytes()
    assert "made for another body" in why(Filled.of(submission_of("akimat-kus")).bytes())
    last = submission_of(AKT, "2008-H2")
    other = why(Filled.of(last).bytes())
    assert "another half-year: Second half-year of 2008" in other or "another half-year" in other
    assert "locked" not in other
    write_all(last, user("reporter.akt"))
    file_report(last, user("reporter.akt"))
    assert "has been filed and is locked" in why(Filled.of(last).bytes())
    assert "another programme" in why(with_header(Filled(content), programme="children-2026-2030"))
    assert "older template" in why(with_header(Filled(content), version=0))
    assert "newer template" in why(with_header(Filled(content), version=2))
    book = Filled(content)
    book.header().value = book.header().value.replace("akimat-akt", "akimat-ast")
    assert "was changed" in why(book.bytes())
    for forged in ("[]", "{}", '{"entries":3}', "[" * 100_000):
        book.header().value = f"portal:header:{layout._checksum(forged)}:{forged}"[:32_000]
        assert "was changed" in why(book.bytes())
    book.header().value = None
    assert "not a workbook of this portal" in why(book.bytes())
    assert "not a workbook of this portal" in why(excel())
    book = Filled(content)
    for sheet in book.book:
        if sheet.sheet_state == "visible":
            sheet["A3"] = None
    assert "marks of rows and columns are gone" in why(book.bytes())
    write_all(submission, user("reporter.akt"))
    filing.send_for_signature(submission=submission, by=user("reporter.akt"))
    submission.refresh_from_db()
    assert "awaits signature" in why(content)


def test_a_header_of_two_workbooks_is_none():
    header = Header("p", "a", "2009-H1", "kk", "2009-07-06", {})
    texts = [header.to_text(), dataclasses.replace(header, agency="b").to_text()]
    with pytest.raises(WrongWorkbook):
        header_of({"headers": texts})
    assert header_of({"headers": texts[:1]}) == header


# Files that are no workbook, or hostile


def strings(count: int) -> bytes:
    return (f'<sst xmlns="{NAMESPACE}">' + "".join(f"<si><t>{n}</t></si>" for n in range(count)) + "</sst>").encode()


def _spoiled(small: bytes) -> bytes:
    """The compressed content of a sheet changed in its middle."""
    with zipfile.ZipFile(io.BytesIO(small)) as packed:
        member = packed.getinfo(SHEET)
    middle = member.header_offset + 30 + len(SHEET) + member.compress_size // 2
    return small[:middle] + b"\xff\xff\xff" + small[middle + 3 :]


HOSTILE = {
    "a CSV file": (lambda _small: "Іс-шара;Қаражат\n14;1".encode(), "not an Excel workbook"),
    "a web page": (lambda _small: b"<html><table><tr><td>1</td></tr></table></html>", "not an Excel workbook"),
    "nothing": (lambda _small: b"", "not an Excel workbook"),
    "a ZIP archive": (lambda _small: archive({"a.txt": "x"}), "not an Excel workbook"),
    "an old .xls": (lambda _small: ole("Workbook"), "old format .xls"),
    "with a password": (lambda _small: ole("EncryptionInfo", "EncryptedPackage"), "protected with a password"),
    "an OpenDocument": (lambda _small: open_document("spreadsheet"), "another format"),
    "an .xlsb": (lambda _small: archive({"xl/workbook.bin": b"x"}), "another format"),
    "cut off": (lambda small: small[: len(small) // 2], "end of the file is missing"),
    "a changed byte": (_spoiled, "damaged"),
    "macros": (lambda small: archive(members_of(small) | {"xl/vbaProject.bin": b"x"}), "contains macros"),
    "links": (
        lambda small: archive(members_of(small) | {"xl/externalLinks/externalLink1.xml": b"<x/>"}),
        "links to other files",
    ),
    "a billion laughs": (
        lambda small: changed_member(
            small, SHEET, lambda xml: '<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;">]>' + xml.partition("?>")[2]
        ),
        "document type declaration",
    ),
    "a bomb": (lambda small: archive(members_of(small) | {"xl/media/a.xml": b" " * (11 * 2**20)}), "Unpacked"),
    "too many strings": (
        lambda small: archive(members_of(small) | {"xl/sharedStrings.xml": strings(1_001)}),
        "more text than",
    ),
    "two far corners": (
        lambda small: with_sheet(
            small,
            '<row r="1"><c r="A1"><v>1</v></c><c r="XFD1"><v>1</v></c></row>'
            '<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>',
        ),
        "far beyond its last column",
    ),
    "an address beyond the sheet": (lambda small: with_sheet(small, '<row><c r="AAAA1"><v>1</v></c></row>'), "damaged"),
    "no XML": (lambda small: changed_member(small, SHEET, lambda _xml: "<worksheet"), "damaged"),
    "a string that is not there": (
        lambda small: with_sheet(small, '<row r="1"><c r="A1" t="s"><v>99</v></c></row>'),
        "damaged",
    ),
    "everything merged": (
        lambda small: with_sheet(small, marked_rows(""), '<mergeCells><mergeCell ref="A1:XFD1048576"/></mergeCells>'),
        "more filled cells",
    ),
    "too many sheets": (
        lambda small: changed_member(
            small, "xl/workbook.xml", lambda xml: xml.replace("</sheets>", '<sheet name="x"/>' * 101 + "</sheets>")
        ),
        "more filled cells",
    ),
    "too many cells": (
        lambda small: with_sheet(small, f'<row r="1">{"<c><v>1</v></c>" * 100}</row>' * 21),
        "more filled cells",
    ),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_file_that_cannot_be_read_gets_a_clear_answer(small, name, monkeypatch):
    # The limits themselves would only make the files larger and the test slower.
    monkeypatch.setattr(process, "MOST_FILLED", 2_000)
    monkeypatch.setattr(process, "MOST_STRINGS", 1_000)
    make, said = HOSTILE[name]
    content = make(small)
    started = time.monotonic()
    with read_here(), pytest.raises(Unreadable) as unreadable:
        workbook_cells(content)
    assert said in str(unreadable.value)
    assert time.monotonic() - started < 10


def test_blank_rows_are_passed_over_however_many(small):
    blank = "".join(f'<row r="{n}" s="1" customFormat="1"><c r="A{n}" s="1"/></row>' for n in range(3, 1_000_000, 50))
    with read_here():
        [sheet] = workbook_cells(with_sheet(small, marked_rows('<c r="B2"><v>5</v></c>') + blank))["sheets"]
    assert [cell["value"] for cell in sheet["cells"]] == ["5"]


def test_a_process_of_its_own_reads_and_answers_in_words(small):
    assert workbook_cells(small)["sheets"][0]["cells"][0]["value"] == "қаражат"
    with pytest.raises(Unreadable, match="contains macros"):
        workbook_cells(archive(members_of(small) | {"xl/vbaProject.bin": b"x"}))
    with pytest.raises(Unreadable, match="damaged"):
        workbook_cells(_spoiled(small))


def test_every_flaw_has_words():
    source = (foreign_files.WORKBOOK_PROGRAM.read_text(), foreign_files.PROGRAM.read_text())
    codes = {code for text in source for code in re.findall(r'Flaw\("(\w+)"\)', text)} | {"password", "old_format"}
    assert all(foreign_files._flaw(code) for code in codes)
