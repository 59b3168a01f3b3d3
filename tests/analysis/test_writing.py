"""The same table in every format: types stay types, no text becomes a formula, memory does not grow with rows."""

import csv
import datetime
import io
import json
import re
import tempfile
import tracemalloc
import zipfile
from dataclasses import replace
from decimal import Decimal
from itertools import islice
from xml.etree import ElementTree

import openpyxl
import pyarrow as pa
import pytest
from django.utils import translation
from hypothesis import given, settings
from hypothesis import strategies as st
from pyarrow import parquet

from analysis.writing import FORMATS, Column, Kind, Table, sheets, stream_csv, xlsx
from programme.spreadsheets import TEXT_LENGTH, rearm

KK = "ӘҒҚҢӨҰҮҺІ әғқңөұүһі ₸ 😀"
ALIVE = ["=cmd|' /C calc'!A0", "+1", "-1", "@SUM(1)", "\tкесте", "\nжол", '=HYPERLINK("http://a.kz")']
TEXTS = [*ALIVE, KK, "'апостроф", "  екі  бос ", "a\tb", "бір\nекі", "<b>&amp;\"]]>", "_x0041_", "1234", "TRUE",
         "https://example.kz", ""]  # fmt: skip
COLUMNS = [
    Column("text", "Мәтін", description="Не жазылған"),
    Column("count", "Саны", Kind.INTEGER),
    Column("amount", "Сома, млн. теңге", Kind.MONEY),
    Column("share", "Үлесі", Kind.SHARE),
    Column("due_on", "Мерзімі", Kind.DATE),
    Column("filed_at", "Ұсынылған сәті", Kind.MOMENT),
    Column("is_late", "Кешіккен", Kind.BOOLEAN),
]
NOTHING = (None,) * len(COLUMNS)
DAY = datetime.date(2009, 7, 10)
MOMENT = datetime.datetime.combine(DAY, datetime.time(23, 59, 59))
ROWS = [(text, 7 - n, Decimal("726.247") - n, Decimal("0.25"), DAY, MOMENT, n % 2 == 0) for n, text in enumerate(TEXTS)]
ROWS.append(NOTHING)
ABOUT = [("Кім", "Ә. Б. & В."), ("Сүзгілер", "=1+1")]
MIDNIGHT, NOON = datetime.time(), datetime.time(12, 30)
OPEN_DOCUMENT = {
    "office": "urn:oasis:names:tc:opendocument:xmlns:office:1.0",
    "table": "urn:oasis:names:tc:opendocument:xmlns:table:1.0",
    "text": "urn:oasis:names:tc:opendocument:xmlns:text:1.0",
}


def table(rows=ROWS, **changes):
    return Table(**({"title": "Жазбалар", "columns": COLUMNS, "rows": iter(rows), "about": ABOUT} | changes))


def one_column(texts):
    return table([(text,) for text in texts], columns=COLUMNS[:1])


def written(name, table):
    file = io.BytesIO()
    with translation.override("en"):
        FORMATS[name].write(table, file)
    file.seek(0)
    return file


def workbook(table):
    return openpyxl.load_workbook(written("xlsx", table))


def csv_rows(table):
    return list(csv.reader(io.StringIO(written("csv", table).read().decode("utf-8-sig"), newline="")))


def ods_sheets(table):
    """Each sheet's name and rows; a cell is its type and its value as the format says it."""
    with zipfile.ZipFile(written("ods", table)) as archive:
        content = ElementTree.fromstring(archive.read("content.xml"))  # noqa: S314 our own
    found = {}
    for sheet in content.iterfind(".//table:table", OPEN_DOCUMENT):
        rows = sheet.iterfind(".//table:table-row", OPEN_DOCUMENT)
        found[sheet.get(_ods("table:name"))] = [
            [_ods_cell(cell) for cell in row.iterfind("table:table-cell", OPEN_DOCUMENT)] for row in rows
        ]
    return found


def _ods(name):
    space, _colon, local = name.partition(":")
    return f"{{{OPEN_DOCUMENT[space]}}}{local}"


def _ods_cell(cell):
    kind = cell.get(_ods("office:value-type"))
    if kind == "string":
        return kind, "\n".join(_ods_text(line) for line in cell.iterfind("text:p", OPEN_DOCUMENT))
    values = [value for name, value in cell.attrib.items() if name != _ods("office:value-type")]
    return kind, *values


def _ods_text(element):
    text = element.text or ""
    for child in element:
        text += "\t" if child.tag == _ods("text:tab") else " " * int(child.get(_ods("text:c")))
        text += child.tail or ""
    return text


def test_excel_keeps_types_and_texts():
    sheet = workbook(table()).worksheets[0]
    # A row with nothing in it leaves no cells.
    head, *rows = [[cell.value for cell in row] for row in sheet.iter_rows(max_row=len(ROWS) + 1)]
    assert head == [column.heading for column in COLUMNS]
    texts = [row[0] for row in rows]
    # openpyxl leaves the mark that Excel and LibreOffice take away: the text is no escape of theirs.
    assert texts == ["_x005F_x0041_" if text == "_x0041_" else text for text in [*TEXTS, None]]
    first, second = rows[0], rows[1]
    assert first[1:] == [7, 726.247, 0.25, datetime.datetime.combine(DAY, MIDNIGHT), MOMENT, True]
    assert second[6] is False
    assert rows[-1] == list(NOTHING)
    types = [cell.data_type for cell in sheet[2]]
    assert types == ["s", "n", "n", "n", "d", "d", "b"]
    formats = [cell.number_format for cell in sheet[2]][1:6]
    assert formats == ["0", "#,##0.000", "0.0%", r"dd\.mm\.yyyy", r"dd\.mm\.yyyy\ hh:mm"]


def test_excel_has_a_heading_that_stays_and_filters():
    sheet = workbook(table()).worksheets[0]
    assert sheet.title == "Жазбалар"
    assert sheet.freeze_panes == "A2"
    assert sheet.auto_filter.ref == f"A1:G{len(ROWS) + 1}"
    assert all(cell.font.bold for cell in sheet[1])
    assert sheet.column_dimensions["A"].width > sheet.column_dimensions["B"].width


def test_excel_stays_text_when_a_formula_like_text_is_edited():
    sheet = workbook(one_column(["=1+1", "\x01=1+1", "мәтін"])).worksheets[0]
    assert [sheet[cell].quotePrefix for cell in ("A2", "A3", "A4")] == [True, True, False]


@pytest.mark.parametrize("name", ["xlsx", "ods"])
def test_a_workbook_says_what_it_holds(name):
    if name == "xlsx":
        book = workbook(table())
        rows = [[cell.value for cell in row] for row in book["About this file"]]
    else:
        rows = [[cell[1] if len(cell) > 1 else None for cell in row] for row in ods_sheets(table())["About this file"]]
    said = [[value for value in row if value] for row in rows]
    assert said[:2] == [list(line) for line in ABOUT]
    assert said[3] == ["Machine name", "Heading", "Kind", "What it holds"]
    assert said[4] == ["text", "Мәтін", "text", "Не жазылған"]
    assert said[6] == ["amount", "Сома, млн. теңге", "amount, million tenge"]


def test_text_like_the_librarys_own_mark_up_stays_text():
    assert workbook(one_column(["<r><t>x</t></r>"])).worksheets[0]["A2"].value == "<r><t>x</t></r> "


def test_days_that_excel_does_not_count_are_text():
    days = [datetime.date(1899, 12, 31), datetime.date(1900, 2, 28), datetime.date(1900, 3, 1)]
    sheet = workbook(table([(day, datetime.datetime.combine(day, NOON)) for day in days],
                           columns=COLUMNS[4:6])).worksheets[0]  # fmt: skip
    values = [[cell.value for cell in row] for row in sheet.iter_rows(min_row=2)]
    assert values == [
        ["1899-12-31", "1899-12-31 12:30:00"],
        ["1900-02-28", "1900-02-28 12:30:00"],
        [datetime.datetime.combine(days[2], MIDNIGHT), datetime.datetime.combine(days[2], NOON)],
    ]


@pytest.mark.parametrize(
    ("text", "is_cut"),
    [("ә" * 32_767, False), ("ә" * 32_768, True), ("😀" * 16_384, True)],
    ids=["fits", "too long", "too long in UTF-16"],
)
def test_a_text_too_long_for_excel_is_cut_and_says_so(text, is_cut):
    value = workbook(one_column([text])).worksheets[0]["A2"].value
    assert len(value.encode("utf-16-le")) <= 2 * TEXT_LENGTH
    assert value.endswith("have all of it.") is is_cut
    assert is_cut or value == text


@pytest.mark.parametrize("name", ["csv", "json", "ods"])
def test_other_formats_have_long_texts_whole(name):
    text = "ә" * 40_000
    assert (
        text
        in {
            "csv": lambda: csv_rows(one_column([text]))[1],
            "json": lambda: [json.load(written("json", one_column([text])))["rows"][0]["text"]],
            "ods": lambda: [ods_sheets(one_column([text]))["Жазбалар"][1][0][1]],
        }[name]()
    )


def test_characters_that_xml_cannot_carry_are_left_out():
    text = "".join(map(chr, range(32))) + "басқару\ufffe\uffff"
    assert workbook(one_column([text])).worksheets[0]["A2"].value == "\t\n\nбасқару"
    assert ods_sheets(one_column([text]))["Жазбалар"][1] == [("string", "\t\n\nбасқару")]


@pytest.mark.parametrize("rows", [12, 20, 21, 25])
def test_rows_that_a_sheet_cannot_hold_go_on_in_the_next(monkeypatch, rows):
    monkeypatch.setattr(sheets, "MOST_ROWS", 11)
    monkeypatch.setattr(sheets, "ROWS_A_BATCH", 4)
    source = [(str(number),) for number in range(rows)]
    of_excel = {
        sheet.title: [[cell.value for cell in row] for row in sheet.iter_rows()]
        for sheet in workbook(table(source, columns=COLUMNS[:1]))
    }
    of_ods = {
        title: [[cell[1] for cell in row if len(cell) > 1] for row in lines]
        for title, lines in ods_sheets(table(source, columns=COLUMNS[:1])).items()
    }
    for found in (of_excel, of_ods):
        *names, about = found
        assert names == ["Жазбалар", "Жазбалар (2)", "Жазбалар (3)"][: -(-rows // 10)]
        assert about == "About this file"
        assert all(found[name][0] == ["Мәтін"] for name in names)
        assert [value for name in names for (value,) in found[name][1:]] == [str(number) for number in range(rows)]


def test_a_sheet_ends_before_it_gets_too_large_for_a_plain_zip(monkeypatch):
    monkeypatch.setattr(xlsx, "MOST_BYTES", 20_000)
    monkeypatch.setattr(sheets, "ROWS_A_BATCH", 10)
    book = workbook(one_column(["ә" * 500 for _row in range(40)]))
    assert len(book.worksheets) > 2
    assert sum(sheet.max_row - 1 for sheet in book.worksheets[:-1]) == 40


@pytest.mark.parametrize(
    ("title", "named"),
    [
        ("Жазбалар/толық: [2009]*?", "Жазбалар толық   2009"),
        ("'дәйексөз'", "дәйексөз"),
        ("ә" * 40, "ә" * 31),
        ("", "Table"),
        ("History", "Table"),
        ("About this file", "Table"),
    ],
)
def test_sheet_titles_are_legal(title, named):
    assert workbook(table([], title=title)).sheetnames == [named, "About this file"]
    assert list(ods_sheets(table([], title=title))) == [named, "About this file"]


def test_a_quoted_sheet_title_does_not_break_the_filter():
    book = workbook(table(title="Д'Артаньян & ко"))
    assert book.sheetnames[0] == "Д'Артаньян & ко"
    assert book.worksheets[0].auto_filter.ref


def test_csv_has_a_mark_and_disarmed_texts():
    content = written("csv", table()).read()
    assert content.startswith("\ufeffМәтін,Саны,".encode())
    head, *rows = csv_rows(table())
    assert head == [column.heading for column in COLUMNS]
    assert [rearm(row[0]) for row in rows] == [*TEXTS, ""]
    assert all(row[0].startswith("'") for row in rows[: len(ALIVE)])
    assert rows[9][1:] == ["-2", "717.247", "0.25", "2009-07-10", "2009-07-10 23:59:59", "false"]
    assert rows[-1] == [""] * len(COLUMNS)


def test_csv_starts_before_the_first_row_is_asked_for():
    asked = []

    def rows():
        asked.append(True)
        yield from ROWS

    stream = stream_csv(table(rows()))
    assert next(stream).decode("utf-8-sig").startswith("Мәтін,")
    assert not asked
    assert KK in next(stream).decode()


def test_json_is_one_object_with_exact_values():
    data = json.load(written("json", table()))
    assert data["about"] == dict(ABOUT)
    assert data["columns"][0] == {"name": "text", "heading": "Мәтін", "kind": "text", "description": "Не жазылған"}
    assert [row["text"] for row in data["rows"]] == [*TEXTS, None]
    assert data["rows"][0] == {
        "text": ALIVE[0], "count": 7, "amount": "726.247", "share": "0.25", "due_on": "2009-07-10",
        "filed_at": "2009-07-10T23:59:59", "is_late": True,
    }  # fmt: skip
    assert set(data["rows"][-1].values()) == {None}


def test_parquet_has_exact_types_and_says_what_it_holds():
    found = parquet.read_table(pa.py_buffer(written("parquet", table()).read()))
    assert found.schema.names == [column.name for column in COLUMNS]
    assert found.schema.types == [
        pa.string(), pa.int64(), pa.decimal128(15, 3), pa.float64(), pa.date32(), pa.timestamp("us"), pa.bool_(),
    ]  # fmt: skip
    assert found.column("text").to_pylist() == [*TEXTS, None]
    assert tuple(found.to_pylist()[0].values()) == ROWS[0]
    assert set(found.to_pylist()[-1].values()) == {None}
    assert json.loads(found.schema.metadata[b"about"]) == dict(ABOUT)
    assert found.schema.field("text").metadata[b"heading"].decode() == "Мәтін"


def test_parquet_groups_rows_by_ten_thousand():
    source = table(((number,) for number in range(25_000)), columns=COLUMNS[1:2])
    found = parquet.ParquetFile(written("parquet", source)).metadata
    assert [found.row_group(number).num_rows for number in range(found.num_row_groups)] == [10_000, 10_000, 5_000]


def test_opendocument_keeps_types_and_texts():
    head, *rows = ods_sheets(table())["Жазбалар"]
    assert head == [("string", column.heading) for column in COLUMNS]
    assert [row[0] for row in rows] == [*(("string", text) for text in TEXTS), (None,)]
    assert rows[0][1:] == [
        ("float", "7"), ("float", "726.247"), ("percentage", "0.25"), ("date", "2009-07-10"),
        ("date", "2009-07-10T23:59:59"), ("boolean", "true"),
    ]  # fmt: skip
    assert rows[-1] == [(None,)] * len(COLUMNS)


def test_opendocument_begins_with_its_type():
    with zipfile.ZipFile(written("ods", table())) as archive:
        first = archive.infolist()[0]
        assert (first.filename, first.compress_type) == ("mimetype", zipfile.ZIP_STORED)
        assert archive.read(first).decode() == FORMATS["ods"].content_type
        for name in archive.namelist()[1:]:
            ElementTree.fromstring(archive.read(name))  # noqa: S314 our own


def test_no_workbook_has_a_formula_or_a_link():
    with zipfile.ZipFile(written("xlsx", table())) as archive:
        parts = "".join(archive.read(name).decode() for name in archive.namelist())
    assert not re.search(r"<f[ >]|<hyperlink", parts)
    with zipfile.ZipFile(written("ods", table())) as archive:
        assert not re.search(r"table:formula|text:a[ >]", archive.read("content.xml").decode())


@pytest.mark.parametrize("name", FORMATS)
def test_headings_may_be_machine_names(name):
    source = replace(table(), named=True)
    heads = {
        "xlsx": lambda: [cell.value for cell in workbook(source).worksheets[0][1]],
        "csv": lambda: csv_rows(source)[0],
        "ods": lambda: [cell[1] for cell in ods_sheets(source)["Жазбалар"][0]],
        "json": lambda: list(json.load(written("json", source))["rows"][0]),
        "parquet": lambda: parquet.read_schema(written("parquet", source)).names,
    }
    assert heads[name]() == [column.name for column in COLUMNS]


def test_no_rows_are_a_file_with_headings():
    assert workbook(table([])).worksheets[0].max_row == 1
    assert len(csv_rows(table([]))) == 1
    assert len(ods_sheets(table([]))["Жазбалар"]) == 1
    assert json.load(written("json", table([])))["rows"] == []
    assert parquet.read_metadata(written("parquet", table([]))).num_rows == 0


@pytest.mark.parametrize("name", FORMATS)
def test_a_row_that_cannot_be_read_is_not_hidden_and_leaves_nothing_behind(monkeypatch, tmp_path, name):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))

    class Cancelled(Exception):
        pass

    def rows():
        yield from ROWS * 100
        raise Cancelled

    with tempfile.TemporaryFile() as file, pytest.raises(Cancelled):
        FORMATS[name].write(table(rows()), file)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("name", ["xlsx", "csv", "ods", "json"])
def test_memory_does_not_grow_with_rows(name):
    def rows(count):
        return ((f"{KK} {number}", *ROWS[0][1:]) for number in range(count))

    def peak(count):
        with tempfile.TemporaryFile() as file:
            tracemalloc.start()
            try:
                FORMATS[name].write(table(rows(count)), file)
                return tracemalloc.get_traced_memory()[1]
            finally:
                tracemalloc.stop()

    peak(1)
    assert peak(3_500) < peak(1_500) + 200_000


@given(texts=st.lists(st.text(max_size=40), min_size=1, max_size=20))
@settings(max_examples=25, deadline=None, database=None)
def test_texts_come_back(texts):
    """What a file can carry of them: Excel's XML knows one kind of line end and no control characters."""
    assert [rearm(row[0]) if row else "" for row in csv_rows(one_column(texts))[1:]] == texts
    assert [row["text"] for row in json.load(written("json", one_column(texts)))["rows"]] == texts
    sheet = workbook(one_column(texts)).worksheets[0]
    found = [sheet.cell(row, 1).value or "" for row in range(2, len(texts) + 2)]
    carried = [re.sub("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]", "", text) for text in texts]
    assert [text.replace("_x005F_", "_") for text in found] == [re.sub("\r\n?", "\n", text) for text in carried]


@given(
    rows=st.lists(
        st.tuples(
            st.integers(-(10**12), 10**12),
            st.decimals(min_value=-(10**9), max_value=10**9, places=3),
            st.dates(datetime.date(1900, 3, 1)),
            st.booleans(),
        ),
        min_size=1,
        max_size=30,
    )
)
@settings(max_examples=15, deadline=None, database=None)
def test_values_come_back(rows):
    columns = [COLUMNS[1], COLUMNS[2], COLUMNS[4], COLUMNS[6]]
    found = workbook(table(rows, columns=columns)).worksheets[0].iter_rows(min_row=2, values_only=True)
    read = [(count, Decimal(str(amount)), day.date(), flag) for count, amount, day, flag in islice(found, len(rows))]
    assert read == rows
    exact = parquet.read_table(pa.py_buffer(written("parquet", table(rows, columns=columns)).read())).to_pylist()
    assert [tuple(row.values()) for row in exact] == rows
