"""The consolidated report as a workbook: typed, ready to filter and print, in agreement with the other documents."""

import copy
import datetime
import hashlib
import io
import json
import os
import subprocess
import sys
import weakref
from decimal import Decimal
from functools import cache

import openpyxl
import pytest
import xlsxwriter
from django.conf import settings
from django.utils import translation
from openpyxl.utils import get_column_letter

from programme import calendar
from programme.money import format_money
from reports import documents
from reports.canonical import canonical_json, sha256_of
from reports.documents import blocks
from reports.documents.blocks import Plan, Table, Voices
from reports.documents.outline import outline
from reports.documents.wording import as_written

pytestmark = pytest.mark.django_db
LANGUAGES = ["kk", "ru", "en"]
KAZAKH_LETTERS = "әғқңөұүһіӘҒҚҢӨҰҮҺІ"
SHEETS = [
    "Summary", "Activities", "Overdue", "Changes – States", "Changes – Money", "Changes – Indicators",
    "Changes – Filing", "Findings", "Annex 1. Regions", "Annex 1. Activities", "Annex 1. Indicators",
    "Annex 2. Filing", "Annex 3. Bodies",
]  # fmt: skip


def content(report, language="en") -> bytes:
    return documents.render(report, "xlsx", language)


def workbook(report, language="en"):
    return openpyxl.load_workbook(io.BytesIO(content(report, language)))


@pytest.fixture(scope="module")
def books(demo):
    """The workbook of the report as it is, by language; only to be read."""
    return cache(lambda language="en": workbook(demo.report, language))


def all_activities(report):
    return [activity for section in report["sections"] for activity in section["activities"]]


def values(book) -> set:
    return {cell for sheet in book for row in sheet.iter_rows(values_only=True) for cell in row if cell is not None}


def written(book, table: Table):
    """The cells of a table as the workbook has them: below its caption and its head."""
    width = len(table.columns)
    for sheet in book:
        lines = list(sheet.iter_rows(max_col=width))
        for place, line in enumerate(lines[:-1]):
            head = [cell.value for cell in lines[place + 1]]
            if line[0].value == table.caption and head == [column.label for column in table.columns]:
                return lines[place + 2 :]
    raise AssertionError(f"{table.name}: not in the workbook")


def read_back(cell, kind: str):
    """A cell in the type of the report's own value."""
    match kind:
        case _ if cell.value is None:
            return None
        case "money":
            return round(Decimal(repr(cell.value)), 3)
        case "percent":
            return round(Decimal(repr(cell.value)), 1)
        case "date":
            return cell.value.date()
    return cell.value


def long_report(report, times: int):
    """The plan once more, so many times over, with numbers of its own for every activity."""
    long = copy.deepcopy(report)
    for group in range(1, times):
        for section, first in zip(long["sections"], report["sections"], strict=True):
            again = copy.deepcopy(first["activities"])
            for activity in again:
                activity["ordinal"] += 43 * group
            section["activities"] += again
    return long


# Sheets


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_list_and_annex_has_a_sheet(books, language):
    names = books(language).sheetnames
    assert names == SHEETS if language == "en" else len(names) == len(SHEETS)
    assert len({name.casefold() for name in names}) == len(names)
    assert all(len(name) <= 31 for name in names)


def test_changes_since_the_report_was_sent_get_sheets_of_their_own(report):
    since = copy.deepcopy(report["previous"])
    since |= {"period": report["period"]["code"], "indicators": [], "filings": []}
    since["entries"] = [{"activity": 1, "agency": "moh", "before": None, "now": "done"}]
    report["since"] = since
    names = workbook(report).sheetnames
    assert [name for name in names if name.startswith("Since")] == [
        "Since sent – States", "Since sent – Money", "Since sent – Bodies",
    ]  # fmt: skip
    assert names.index("Since sent – States") < names.index("Changes – States")


def test_sheet_names_are_cut_cleaned_and_kept_apart(report, monkeypatch):
    monkeypatch.setattr("reports.documents.xlsx._annex", lambda number, title: f"'Ұзын: атау/{'ө' * 40}'")
    names = workbook(report).sheetnames
    assert len({name.casefold() for name in names}) == len(names) == len(SHEETS)
    assert all(len(name) <= 31 and not set(name) & set("[]:*?/\\'") for name in names)


def test_there_is_a_row_for_each_activity_and_each_body(demo, books):
    book = books()
    activities, bodies = book["Activities"], book["Annex 3. Bodies"]
    assert [row[1].value for row in activities.iter_rows(min_row=4)] == [*range(1, 44), None]
    expected = sum(len(a["entries"]) + len(a["missing"]) for a in all_activities(demo.report))
    assert len([row for row in bodies.iter_rows(min_row=6) if row[1].value]) == expected
    assert demo.entered.texts <= values(book)


def test_summary_holds_the_cover_and_what_the_coordinators_wrote(report):
    report["texts"] |= {
        "introduction": {"kk": "Бірінші абзац.\n\nЕкінші абзац."},
        "section-2": {"kk": "Екінші бөлім туралы."},
        "conclusion": {"kk": "Соңғы сөз."},
    }
    summary = [row[0] for row in workbook(report, "kk").worksheets[0].iter_rows(values_only=True)]
    facts = values(workbook(report, "kk"))
    assert {text for _label, text in outline(report, "kk").facts} <= facts
    places = [summary.index(text) for text in ("Бірінші абзац.", "Екінші абзац.", "Екінші бөлім туралы.", "Соңғы сөз.")]
    assert places == sorted(places)


@pytest.mark.parametrize("language", LANGUAGES)
def test_lists_are_ready_to_filter_and_print(books, language):
    book = books(language)
    for sheet in book.worksheets[1:]:
        head = int(sheet.freeze_panes.removeprefix("A")) - 1
        assert sheet.auto_filter.ref.startswith(f"A{head}:")
        assert sheet.print_title_rows == f"${head}:${head}"
        assert all(cell.value for cell in sheet[head])
        assert f"$A$1:${get_column_letter(sheet.max_column)}$" in sheet.print_area
    for sheet in book:
        assert (sheet.page_setup.fitToHeight, sheet.sheet_properties.pageSetUpPr.fitToPage) == (0, True)
        assert sheet.oddFooter.center.text == "&P / &N"
        total = sum(sheet.column_dimensions[letter].width for letter in sheet.column_dimensions)
        assert sheet.page_setup.orientation == "landscape" or total < 110
    assert [sheet.page_setup.orientation for sheet in book.worksheets[:2]] == ["landscape", "landscape"]


def test_filter_leaves_out_the_total_at_the_end(books):
    sheet = books()["Activities"]
    assert sheet.cell(sheet.max_row, 4).value == "Total"
    assert sheet.auto_filter.ref.endswith(f"{sheet.max_row - 1}")


def test_charts_draw_the_states_the_sources_and_the_regions(books):
    book = books()
    assert {sheet.title: len(sheet._charts) for sheet in book if sheet._charts} == {"Summary": 2, "Annex 1. Regions": 1}
    states = book["Summary"]._charts[0].series[0]
    drawn = [Decimal(point.v) for point in states.val.numRef.numCache.pt]
    assert sum(drawn) == 43
    cells = states.val.numRef.f.strip("()").split(",")
    assert [book["Summary"][cell.split("!")[1].replace("$", "")].value for cell in cells] == drawn


def test_totals_are_bold_values(books):
    sheet = books()["Annex 1. Regions"]
    total = next(row for row in sheet.iter_rows() if row[0].value == "Total")
    assert all(cell.font.bold for cell in total[:4])
    assert [cell.data_type for cell in total[1:4]] == ["n"] * 3


def test_long_texts_get_high_rows_and_short_ones_do_not(report):
    all_activities(report)[0]["entries"][0]["narrative"] = "Өте ұзын мәтін. " * 60
    sheet = workbook(report)["Annex 3. Bodies"]
    heights = {row[6].value: sheet.row_dimensions[row[6].row].height for row in sheet.iter_rows(min_row=6)}
    long = heights["Өте ұзын мәтін. " * 60]
    assert 200 < long <= 409
    assert min(height for height in heights.values() if height) < 60


# Numbers, dates and texts


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_table_of_the_report_agrees_with_the_workbook_to_the_last_digit(demo, books, language):
    book, found = books(language), outline(demo.report, language)
    shown = [block for part in found.parts for block in part.blocks if isinstance(block, Table)]
    assert {"states", "money", "results", "overdue", "findings", "regions", "region-money", "filings"} <= {
        table.name for table in shown
    }
    for table in shown:
        lines = written(book, table)
        assert len(lines) >= len(table.rows)
        for row, line in zip(table.rows, lines, strict=False):
            read = [read_back(cell, column.kind) for cell, column in zip(line, table.columns, strict=True)]
            assert read == [None if cell.value == "" else cell.value for cell in row.cells], table.name
            assert [cell.font.bold for cell in line] == [row.is_total] * len(line)


@pytest.mark.parametrize("language", LANGUAGES)
def test_activities_and_bodies_agree_with_the_plan_and_the_answers(demo, books, language):
    book, found = books(language), outline(demo.report, language)
    shown = [block for part in found.parts for block in part.blocks]
    rows = {row[1].value: row for row in book.worksheets[1].iter_rows(min_row=4)}
    for plan in (block for block in shown if isinstance(block, Plan)):
        for activity in plan.rows:
            row = rows[activity.ordinal]
            assert (row[3].value, row[12].value) == (activity.title, activity.state_label)
            for place, name in ((9, "planned"), (10, "spent_half_year"), (11, "spent")):
                expected = sum(getattr(line, name).value for line in activity.money) if activity.money else None
                assert read_back(row[place], "money") == expected
    answers = [answer for block in shown if isinstance(block, Voices) for one in block.voices for answer in one.answers]
    said = [answer.spent.text for answer in answers if answer.spent and answer.spent.text]
    with translation.override(language):
        listed = [read_back(row[9], "money") for row in book.worksheets[-1].iter_rows(min_row=6)]
        assert sorted(format_money(amount) for amount in listed if amount) == sorted(said)


def test_money_is_what_the_reporters_entered(demo, books):
    activities = books()["Activities"]
    assert read_back(activities.cell(activities.max_row, 11), "money") == demo.entered.spent


def test_numbers_are_numbers_and_dates_are_dates(books):
    book = books()
    total = book["Activities"].cell(book["Activities"].max_row, 12)
    assert (type(total.value), total.number_format) == (float, "#,##0.000")
    filing = next(book["Annex 2. Filing"].iter_rows(min_row=6))
    assert filing[2].is_date
    assert filing[2].value.date() == datetime.date(2009, 1, 10)
    assert filing[3].value.date() == datetime.date(2009, 1, 9)
    assert (filing[2].number_format, filing[3].number_format) == ("dd.mm.yyyy", "dd.mm.yyyy hh:mm")


@pytest.mark.parametrize(
    "text",
    [
        "=1+1",
        "{=SUM(A1)}",
        "+7 701",
        "@SUM(A1)",
        "-1",
        "007",
        "http://example.kz/",
        "<r><t>x</t></r>",
        "<r>&</r>",
        "'a",
    ],
)
def test_a_text_stays_a_text(report, text):
    all_activities(report)[0]["entries"][0]["narrative"] = text
    book = workbook(report)
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row]
    assert not [cell for cell in cells if cell.data_type == "f" or cell.hyperlink]
    assert [cell.data_type for cell in cells if isinstance(cell.value, str) and cell.value.strip() == text] == ["s"]


def test_awkward_characters_and_kazakh_letters_reach_the_workbook(report):
    awkward = f'{KAZAKH_LETTERS} алдымен\x0bекінші жол \x00\x1f😀👨‍👩‍👧 5 ₸ <b>&amp; "сөз"'
    all_activities(report)[0]["entries"][0]["narrative"] = awkward
    assert as_written(awkward) in values(workbook(report))


def test_what_no_cell_can_hold_is_cut_with_a_mark(report):
    first, second = all_activities(report)[0]["entries"][:2]
    first["narrative"], second["narrative"] = "ғ" * 20_000, "😀" * 20_000
    assert {"ғ" * 20_000, "😀" * 16_383 + "…"} <= values(workbook(report))


# The whole file


def test_demonstration_is_marked_on_every_sheet_and_real_data_is_not(report):
    for sheet in workbook(report):
        assert sheet["A2"].value == "Demonstration data"
        assert "Demonstration data" in sheet.oddHeader.center.text
    report["demonstration"] = False
    real = workbook(report)
    assert "Demonstration data" not in values(real)
    assert not [sheet for sheet in real if sheet.oddHeader.center.text]


@pytest.mark.parametrize(
    ("language", "mark"), [("kk", "жұмыс аудармалары"), ("ru", "рабочие"), ("en", "working translations")]
)
def test_working_translations_are_marked(books, language, mark):
    summary = books(language).worksheets[0]
    text = "\n".join(str(cell) for row in summary.iter_rows(values_only=True) for cell in row if cell)
    assert (mark in text) is (language != "kk")


def test_fingerprint_stands_on_the_first_sheet_and_in_the_properties(demo, books):
    book = books()
    assert book.custom_doc_props["SHA-256"].value == demo.sha256
    lines = [row[0] for row in book.worksheets[0].iter_rows(values_only=True)]
    assert f"SHA-256 of the data behind this document: {demo.sha256}" in lines


def test_properties_name_the_report(report, books):
    properties = books("kk").properties
    assert report["programme"]["short_title"]["kk"] in properties.title
    assert properties.creator == report["bodies"]["moes"]["name"]["kk"]
    assert properties.created.date().isoformat() == report["compiled_on"]


def test_same_report_gives_the_same_bytes(report):
    with calendar.pretend(datetime.datetime(2010, 5, 1, tzinfo=datetime.UTC)), translation.override("en"):
        first = content(report, "ru")
    assert content(json.loads(json.dumps(report)), "ru") == first


def test_another_process_gives_the_same_bytes(report):
    program = (
        "import django, hashlib, json, sys; django.setup(); from reports import documents;"
        "print(hashlib.sha256(documents.render(json.load(sys.stdin), 'xlsx', 'kk')).hexdigest())"
    )
    env = os.environ | {"DJANGO_SETTINGS_MODULE": "config.settings", "DEBUG": "1", "PYTHONHASHSEED": "7"}
    env["TZ"] = "America/New_York"
    ran = subprocess.run(
        [sys.executable, "-c", program],
        input=json.dumps(report).encode(),
        capture_output=True,
        check=True,
        env=env,
        cwd=settings.BASE_DIR,
    )
    assert ran.stdout.decode().strip() == hashlib.sha256(content(report, "kk")).hexdigest()


def test_a_structure_of_the_first_version_still_has_a_workbook(report):
    old = {
        key: value
        for key, value in report.items()
        if key not in ("number", "supplements", "texts", "results", "stages", "findings", "previous", "since")
    }
    old["version"] = 1
    book = workbook(old)
    assert "Changes – States" not in book.sheetnames
    assert book.custom_doc_props["SHA-256"].value == sha256_of(canonical_json(old))


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_half_year_without_any_filing_still_has_a_workbook(nothing_accepted, language):
    bodies = workbook(nothing_accepted, language).worksheets[-1]
    silent = sum(len(activity["missing"]) for activity in all_activities(nothing_accepted))
    assert len([row for row in bodies.iter_rows(min_row=6) if row[1].value]) == silent


def test_nothing_overdue_is_said(report):
    for activity in all_activities(report):
        activity["deadlines"] = []
        activity["entries"] = [entry for entry in activity["entries"] if entry["status"] != "delayed"]
    assert "No activity is delayed or past its deadline." in values(workbook(report))


def test_regions_and_money_may_be_empty(report):
    report |= {"regions": [], "money": []}
    book = workbook(report)
    assert [sheet.title for sheet in book if sheet._charts] == ["Summary"]
    assert book["Annex 1. Regions"].cell(6, 1).value == "Total"


# Memory


def test_a_long_report_holds_no_more_rows_than_a_short_one(report, monkeypatch):
    alive, most = weakref.WeakSet(), []
    make = blocks.rows

    class Counted(blocks.Row):
        __hash__ = object.__hash__

    def counted(columns, lines):
        for row in make(columns, lines):
            kept = Counted(row.cells, row.is_total)
            alive.add(kept)
            most.append(len(alive))
            yield kept
            del kept

    monkeypatch.setattr(blocks, "rows", counted)
    content(report)
    short, rows = max(most), len(most)
    most.clear()
    content(long_report(report, 5))
    assert len(most) > 4 * rows * 0.8
    assert max(most) <= short + 2


def test_a_long_report_is_written_to_the_disk_row_by_row(report, monkeypatch):
    kept = []
    close = xlsxwriter.Workbook.close

    def counted(book):
        kept.append([(len(sheet.table), len(sheet.row_info), len(sheet.row_sizes)) for sheet in book.worksheets()])
        close(book)

    monkeypatch.setattr(xlsxwriter.Workbook, "close", counted)
    content(report)
    content(long_report(report, 5))
    short, long = (sheets[1:] for sheets in kept)
    assert long == short
