"""The consolidated report as a page and as files: complete, in agreement with each other, and repeatable."""

import copy
import datetime
import io
import json
import re
from dataclasses import dataclass
from decimal import Decimal
from zoneinfo import ZoneInfo

import openpyxl
import pypdf
import pytest
from django.db import transaction
from django.urls import reverse
from django.utils import translation
from docx import Document
from docx.enum.section import WD_ORIENT
from docx.oxml.ns import qn

from programme import calendar
from programme.money import format_money
from reports import documents
from reports.canonical import sha256_of
from reports.documents.outline import outline
from reports.documents.pdf import MISSING
from reports.documents.wording import as_written, language_of

LANGUAGES = ["kk", "ru", "en"]
FILES = ["docx", "xlsx", "pdf"]
KAZAKH_LETTERS = "әғқңөұүһіӘҒҚҢӨҰҮҺІ"
AWKWARD = '=1+1 алдымен\x0bекінші жол \x00\x1f😀👨‍👩‍👧 5 ₸ <b>&amp; #strong[x] *y* $z$ \\ "сөз"'


@dataclass
class Entered:
    """What the reporters entered for the half-year, read from their drafts and not from the report."""

    texts: set[str]
    spent: Decimal


@dataclass
class Demo:
    report: dict
    sha256: str
    entered: Entered


@pytest.fixture(scope="module")
def demo(django_db_setup, django_db_blocker) -> Demo:
    """The finalised report on the second half of 2008; the database is as before afterwards."""
    from django.db.models import Sum

    from programme.models import Programme
    from reports.demonstration import Demonstration
    from reports.models import ConsolidatedReport, Entry, Spending

    noon = datetime.datetime(2009, 1, 21, 12, 0, tzinfo=ZoneInfo("Asia/Almaty"))
    with django_db_blocker.unblock(), transaction.atomic(), calendar.pretend(noon):
        Demonstration(Programme.objects.get(slug="children-2007-2011"), noon.date()).fill()
        frozen = ConsolidatedReport.objects.get(period__code="2008-H2")
        entries = Entry.objects.filter(submission__period__code="2008-H2", submission__state="accepted")
        texts = {text for row in entries.values_list("narrative", "reason", "next_step") for text in row if text}
        spent = Spending.objects.filter(entry__in=entries).aggregate(sum=Sum("amount"))["sum"]
        found = Demo(frozen.data, frozen.sha256, Entered(texts, spent))
        transaction.set_rollback(True)
    return found


@pytest.fixture
def report(demo):
    return copy.deepcopy(demo.report)


@pytest.fixture
def nothing_accepted(report):
    """The same half-year, had nobody filed."""
    for section in report["sections"]:
        for activity in section["activities"]:
            activity["missing"] += [entry["agency"] for entry in activity["entries"]]
            activity |= {"entries": [], "counts": {}}
            activity["status"] = "no_information" if activity["missing"] else "nobody_obliged"
    report["statuses"] = {"no_information": 41, "nobody_obliged": 2}
    for filing in report["filings"]:
        filing |= {"state": "draft", "timing": "overdue", "days": 10}
        filing |= {"first_submitted_at": None, "receipt": None, "sha256": None}
    return report


def render(report, fmt, language="kk") -> bytes:
    return documents.render(report, fmt, language)


def docx(report, language="kk"):
    return Document(io.BytesIO(render(report, "docx", language)))


def xlsx(report, language="kk"):
    return openpyxl.load_workbook(io.BytesIO(render(report, "xlsx", language)))


def pdf(report, language="kk"):
    return pypdf.PdfReader(io.BytesIO(render(report, "pdf", language)))


def docx_text(document) -> str:
    return " ".join("".join(t.text for t in p.iter(qn("w:t"))) for p in document.element.body.iter(qn("w:p")))


def pdf_text(reader) -> str:
    return "".join(page.extract_text() for page in reader.pages)


def squeezed(text: str) -> str:
    """Without any white space: lines break where the page ends."""
    return re.sub(r"\s", "", text)


def all_activities(report):
    return [activity for section in report["sections"] for activity in section["activities"]]


def money_of(report, language):
    """The totals that every document must show, as written in its language."""
    with translation.override(language):
        sums = [sum(Decimal(row[key]) for row in report["money"]) for key in ("planned", "spent_half_year", "spent")]
        return [format_money(amount) for amount in sums]


# What the outline says


def test_outline_money_is_what_the_reporters_entered(demo):
    found = outline(demo.report, "kk")
    assert found.money.rows[-1].cells[3].value == demo.entered.spent
    assert found.activities.rows[-1].cells[9].value == demo.entered.spent
    assert sum(row.cells[9].value or 0 for row in found.entries.rows) >= demo.entered.spent


def test_outline_states_add_up_to_the_plan(report):
    rows = outline(report, "en").states.rows
    assert rows[-1].cells[1].value == 43 == sum(row.cells[1].value for row in rows[:-1])


def test_outline_local_money_of_the_year_equals_the_regions(report):
    found = outline(report, "en")
    local = next(row["planned"] for row in report["money"] if (row["source"], row["year"]) == ("local", 2008))
    assert found.regions.rows[-1].cells[1].value == Decimal(local)
    assert len(found.regions.rows) == 17


def test_outline_names_every_obliged_body_once_per_activity(report):
    found = outline(report, "kk")
    names = {code: body["short_name"]["kk"] for code, body in report["bodies"].items()}
    shown = {activity.ordinal: activity for section in found.sections for activity in section.activities}
    assert list(shown) == list(range(1, 44))
    for activity in all_activities(report):
        expected = [names[code] for code in activity["missing"]]
        expected += [names[entry["agency"]] for entry in activity["entries"]]
        answers = shown[activity["ordinal"]].answers
        assert sorted(name for a in answers for name in (a.names or a.who).split(", ") if name) == sorted(expected)


def test_outline_says_the_same_words_once(report):
    activity = all_activities(report)[13]
    assert {entry["status"] for entry in activity["entries"]} == {"not_applicable"}
    for entry in activity["entries"]:
        entry["reason"] = "Жоспарда жоқ."
    answers = outline(report, "en").sections[2].activities[4].answers
    assert [answer.who for answer in answers] == [f"{len(activity['entries'])} bodies", "Kyzylorda oblast"]
    assert answers[0].names.startswith("Akmola oblast, Aktobe oblast")


def test_outline_puts_the_lead_first_then_what_is_delayed(report):
    activity = all_activities(report)[0]
    for entry, status in zip(activity["entries"], ["in_progress", "done", "done", "delayed"], strict=True):
        entry["status"] = status
    answers = outline(report, "en").sections[0].activities[0].answers
    assert [answer.state for answer in answers] == ["in_progress", "delayed", "done", "done"]
    assert [answer.role for answer in answers] == ["lead compiler", "", "", ""]


def test_outline_says_when_an_answer_is_of_an_earlier_half_year(report):
    answers = [a for s in outline(report, "en").sections for activity in s.activities for a in activity.answers]
    assert "for the second half of 2007" in {answer.period for answer in answers}


def test_outline_marks_rows_without_a_printed_number(report):
    numbers = [activity.number for section in outline(report, "en").sections for activity in section.activities]
    assert [number for number in numbers if "*" in number] == [f"{n}*" for n in (20, 30, 35, 38, 39, 40, 41, 42, 43)]


def test_introduction_counts_and_names_the_late_and_the_missing(report):
    found = outline(report, "en")
    assert "22 bodies were obliged" in found.introduction[0]
    assert found.introduction[1] == "Information was received from 21 bodies: 18 on time, 3 late."
    particulars = dict(found.particulars)
    assert "Akimat of South Kazakhstan oblast (6 days)" in particulars["Filed late"]
    assert "(1 day)" in particulars["Filed late"]
    assert particulars["Not filed"] == "Akimat of Kyzylorda oblast (overdue by 10 days)"


@pytest.mark.parametrize(
    ("state", "timing", "days", "label", "remark"),
    [
        ("submitted", "on_time", 0, "Filed and not accepted yet", ""),
        ("returned", "overdue", 1, "Returned for rework and not filed again", " (overdue by 1 day)"),
        ("draft", "open", 4, "Not filed", " (4 days left)"),
        ("draft", "due_soon", 0, "Not filed", " (due today)"),
    ],
)
def test_introduction_while_the_window_is_open(report, state, timing, days, label, remark):
    report["filings"] = [report["filings"][0] | {"state": state, "timing": timing, "days": days, "receipt": None}]
    found = outline(report, "en")
    name = report["bodies"]["moes"]["name"]["en"]
    assert dict(found.particulars) == {label: f"{name}{remark}"}
    assert found.introduction[2] == "No submission on this half-year has been accepted."


def test_outline_falls_back_to_kazakh(report):
    all_activities(report)[0]["title"]["ru"] = ""
    title = all_activities(report)[0]["title"]["kk"]
    assert outline(report, "ru").sections[0].activities[0].title == title


def test_amounts_of_several_sources_stay_apart(report):
    activity = all_activities(report)[8]
    local = {"source": "local", "year": 2008, "planned": "1.5", "spent_half_year": "0.5", "spent": "0.75"}
    activity["money"].append(local)
    lines = outline(report, "en").sections[1].activities[3].money
    assert [line.source for line in lines] == ["republican budget", "local budgets"]
    assert (lines[1].planned, lines[1].spent_half_year, lines[1].spent) == ("1.500", "0.500", "0.750")


def test_person_text_loses_only_what_no_document_can_hold():
    assert as_written("бір\x0bекі\r\nүш\x00\x1f\tтөрт 😀") == "бір\nекі\nүш\tтөрт 😀"


@pytest.mark.parametrize(("text", "language"), [("Қала", "kk"), ("Город", "ru"), ("City 12", "en")])
def test_language_of_a_text(text, language):
    assert language_of(text) == language


# Word


def test_docx_holds_all_activities_and_all_that_was_entered(demo):
    text = docx_text(docx(demo.report))
    assert all(activity["title"]["kk"] in text for activity in all_activities(demo.report))
    assert [entered for entered in demo.entered.texts if entered not in text] == []


def test_docx_repeats_heads_and_keeps_fixed_widths(report):
    tables = docx(report).tables
    # Three of section 2, the six sections of the plan, two annexes.
    assert len(tables) == 11
    for table in tables:
        rows = table._tbl.tr_lst
        heads = [row for row in rows if row.find(f"{qn('w:trPr')}/{qn('w:tblHeader')}") is not None]
        assert heads == rows[: len(heads)]
        assert heads
        grid = [int(column.get(qn("w:w"))) for column in table._tbl.tblGrid]
        for row in rows:
            widths = [int(cell.tcPr.find(qn("w:tcW")).get(qn("w:w"))) for cell in row.tc_lst]
            assert sum(widths) == pytest.approx(sum(grid), abs=len(grid))


def test_docx_turns_the_plan_to_landscape_a4(report):
    sections = docx(report).sections
    assert [section.orientation for section in sections] == [
        WD_ORIENT.PORTRAIT,
        WD_ORIENT.LANDSCAPE,
        WD_ORIENT.PORTRAIT,
    ]
    assert [round(section.page_width.mm) for section in sections] == [210, 297, 210]


def test_docx_uses_styles_and_numbers_its_pages(report):
    document = docx(report)
    styles = [paragraph.style.name for paragraph in document.paragraphs]
    assert styles.count("Title") == 1
    assert styles.count("Heading 1") == 5
    assert styles.count("Heading 2") == 6
    fields = [field.get(qn("w:instr")) for field in document.sections[0].footer._element.iter(qn("w:fldSimple"))]
    assert fields == ["PAGE", "NUMPAGES"]


def test_docx_is_marked_as_demonstration_on_the_cover_and_every_page(report):
    document = docx(report, "en")
    assert [p.text for p in document.paragraphs if p.style.name == "Demonstration mark"] == ["Demonstration data"]
    assert document.sections[0].header.paragraphs[0].text == "Demonstration data"
    assert all(section.header.is_linked_to_previous for section in document.sections[1:])
    assert document.core_properties.comments == "Demonstration data"


@pytest.mark.parametrize(("language", "locale"), [("kk", "kk-KZ"), ("ru", "ru-RU"), ("en", "en-GB")])
def test_docx_names_its_language(report, language, locale):
    document = docx(report, language)
    assert document.styles.element.find(f".//{qn('w:lang')}").get(qn("w:val")) == locale
    assert report["basis"][language] in docx_text(document)
    assert report["programme"]["title"][language] in docx_text(document)


# Excel


def test_xlsx_has_one_row_per_activity_and_per_body(demo):
    _summary, activities, entries, regions, filings = xlsx(demo.report).worksheets
    assert [row[1].value for row in activities.iter_rows(min_row=4, max_row=46)] == list(range(1, 44))
    expected = sum(len(a["entries"]) + len(a["missing"]) for a in all_activities(demo.report))
    assert entries.max_row == 3 + expected
    assert regions.max_row == 3 + 16 + 1
    assert filings.max_row == 3 + 22
    values = {cell.value for row in entries.iter_rows() for cell in row}
    assert demo.entered.texts <= values


def test_xlsx_numbers_are_numbers_and_dates_are_dates(demo):
    _summary, activities, _entries, regions, filings = xlsx(demo.report).worksheets
    total = activities.cell(activities.max_row, 10)
    assert (round(Decimal(total.value), 3), total.number_format) == (demo.entered.spent, "#,##0.000")
    assert all(isinstance(row[1].value, int | float) for row in regions.iter_rows(min_row=4))
    assert filings.cell(4, 3).value.date() == datetime.date(2009, 1, 9)
    assert filings.cell(4, 3).is_date


def test_xlsx_never_takes_a_text_for_a_formula(report):
    all_activities(report)[0]["entries"][0]["narrative"] = "=1+1"
    all_activities(report)[0]["entries"][1]["narrative"] = "{=SUM(A1)}"
    all_activities(report)[0]["entries"][2]["narrative"] = "http://example.kz/"
    book = xlsx(report)
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row]
    assert not [cell for cell in cells if cell.data_type == "f" or cell.hyperlink]
    assert {"=1+1", "{=SUM(A1)}", "http://example.kz/"} <= {cell.value for cell in cells}


@pytest.mark.parametrize("language", LANGUAGES)
def test_xlsx_is_ready_to_filter_and_print(report, language):
    book = xlsx(report, language)
    assert len(set(book.sheetnames)) == 5
    assert all(len(name) <= 31 for name in book.sheetnames)
    for sheet in book.worksheets[1:]:
        assert sheet.freeze_panes == "A4"
        assert sheet.auto_filter.ref.startswith("A3:")
        assert sheet.print_title_rows == "$3:$3"
        assert (sheet.page_setup.fitToHeight, sheet.sheet_properties.pageSetUpPr.fitToPage) == (0, True)
    assert book.worksheets[1].page_setup.orientation == book.worksheets[2].page_setup.orientation == "landscape"


def test_xlsx_is_marked_as_demonstration_on_every_sheet(report):
    for sheet in xlsx(report, "en"):
        assert sheet["A2"].value == "Demonstration data"
        assert "Demonstration data" in sheet.oddHeader.center.text


# PDF


def test_pdf_holds_all_activities_and_all_that_was_entered(demo):
    text = squeezed(pdf_text(pdf(demo.report)))
    assert [a["ordinal"] for a in all_activities(demo.report) if squeezed(a["title"]["kk"]) not in text] == []
    assert [entered for entered in demo.entered.texts if squeezed(entered) not in text] == []


@pytest.mark.parametrize("fmt", FILES)
def test_kazakh_letters_survive(report, fmt):
    all_activities(report)[0]["entries"][0]["narrative"] = KAZAKH_LETTERS
    read = {
        "docx": lambda: docx_text(docx(report)),
        "xlsx": lambda: " ".join(str(cell.value) for row in xlsx(report).worksheets[2].iter_rows() for cell in row),
        "pdf": lambda: pdf_text(pdf(report)),
    }[fmt]
    assert KAZAKH_LETTERS in read()


@pytest.mark.parametrize("language", LANGUAGES)
def test_pdf_is_tagged_and_names_its_language_and_title(report, language):
    reader = pdf(report, language)
    root = reader.trailer["/Root"]
    assert root["/Lang"] == language
    assert root["/MarkInfo"]["/Marked"]
    assert report["programme"]["short_title"][language] in reader.metadata.title
    assert 20 < len(reader.pages) < 60
    assert len(reader.outline) >= 5


def test_pdf_embeds_its_own_fonts_only(report):
    all_activities(report)[0]["entries"][0]["narrative"] = "5 ₸"
    fonts = {
        str(font.get_object()["/BaseFont"]).split("+")[-1]
        for page in pdf(report).pages
        for font in page["/Resources"]["/Font"].values()
    }
    assert fonts == {"LiberationSerif", "LiberationSerif-Bold", "LiberationSerif-Italic", "DejaVuSerif"}


def test_pdf_is_marked_as_demonstration_on_every_page(report):
    assert all("Demonstration data" in page.extract_text() for page in pdf(report, "en").pages)


# All of them


@pytest.mark.parametrize("language", LANGUAGES)
def test_documents_agree_on_the_totals(report, language):
    planned, half_year, spent = money_of(report, language)
    text = docx_text(docx(report, language))
    printed = squeezed(pdf_text(pdf(report, language)))
    summary = xlsx(report, language).worksheets[0]
    numbers = {f"{cell.value:.3f}" for row in summary.iter_rows() for cell in row if cell.number_format == "#,##0.000"}
    for amount in (planned, half_year, spent):
        assert amount in text
        assert squeezed(amount) in printed
        assert re.sub(r"[\s\u00a0,](?=\d{3}\b.*[.,])", "", amount).replace(",", ".") in numbers
    assert sum(Decimal(row["spent_half_year"]) for row in json.loads(render(report, "json"))["money"]) == sum(
        Decimal(row["spent_half_year"]) for row in report["money"]
    )


@pytest.mark.parametrize("fmt", [*FILES, "json"])
def test_same_report_gives_the_same_bytes(report, fmt):
    with calendar.pretend(datetime.datetime(2010, 5, 1, tzinfo=datetime.UTC)):
        first = render(report, fmt, "ru")
    assert render(json.loads(json.dumps(report)), fmt, "ru") == first


def test_language_of_the_caller_does_not_matter(report):
    with translation.override("ru"):
        first = render(report, "docx", "kk")
    with translation.override("en"):
        assert render(report, "docx", "kk") == first


def test_json_is_the_content_whose_hash_was_frozen(demo):
    content = render(demo.report, "json")
    assert sha256_of(content.decode()) == demo.sha256
    assert demo.sha256 in docx_text(docx(demo.report))


@pytest.mark.parametrize(
    ("language", "mark"), [("kk", "жұмыс аудармалары"), ("ru", "рабочие"), ("en", "working translations")]
)
def test_working_translations_are_marked_in_every_document(report, language, mark):
    summary = "\n".join(
        str(cell) for row in xlsx(report, language).worksheets[0].iter_rows(values_only=True) for cell in row if cell
    )
    word = "\n".join(paragraph.text for paragraph in docx(report, language).paragraphs)
    for text in (summary, word, pdf_text(pdf(report, language))):
        assert (squeezed(mark) in squeezed(text)) is (language != "kk")


def test_file_names_are_ascii(report):
    names = [documents.file_name(report, fmt, "kk") for fmt in documents.CONTENT_TYPES]
    assert names == [f"consolidated-2008-H2{end}" for end in ("-kk.docx", "-kk.pdf", "-kk.xlsx", ".json")]


def test_real_data_bears_no_mark(report):
    report["demonstration"] = False
    assert "Demonstration data" not in docx_text(docx(report, "en"))
    assert docx(report, "en").sections[0].header.paragraphs[0].text == ""
    assert "Demonstration data" not in pdf_text(pdf(report, "en"))
    assert xlsx(report, "en").worksheets[1]["A2"].value == "Section"


# Awkward input


def test_awkward_characters_reach_every_document(report):
    all_activities(report)[0]["entries"][0]["narrative"] = AWKWARD
    clean = as_written(AWKWARD)
    assert clean.split("\n")[1].strip() in docx_text(docx(report))
    assert clean in {cell.value for row in xlsx(report).worksheets[2].iter_rows() for cell in row}
    text = squeezed(pdf_text(pdf(report)))
    # The archive standards allow no character without a glyph.
    assert squeezed(f'екінші жол {MISSING} 5 ₸ <b>&amp; #strong[x] *y* $z$ \\ "сөз"') in text


def test_endless_texts_are_kept_whole(report):
    long = "Өте ұзын мәтін. " * 1250
    assert len(long) == 20_000
    first, second = all_activities(report)[0]["entries"][:2]
    first["narrative"], second["narrative"] = long, "ғ" * 20_000
    assert long.strip() in docx_text(docx(report))
    values = {cell.value for row in xlsx(report).worksheets[2].iter_rows() for cell in row}
    assert {long, "ғ" * 20_000} <= values
    text = pdf_text(pdf(report))
    assert squeezed(text).count("Өтеұзынмәтін.") == 1250
    assert text.count("ғ") > 20_000


def test_xlsx_cuts_what_no_cell_can_hold(report):
    all_activities(report)[0]["entries"][0]["narrative"] = "😀" * 20_000
    values = [cell.value for row in xlsx(report).worksheets[2].iter_rows() for cell in row]
    cut = next(value for value in values if isinstance(value, str) and value.startswith("😀"))
    assert cut == "😀" * 16_383 + "…"


@pytest.mark.parametrize("fmt", FILES)
@pytest.mark.parametrize("language", LANGUAGES)
def test_a_half_year_without_any_filing_still_has_a_report(nothing_accepted, fmt, language):
    assert len(render(nothing_accepted, fmt, language)) > 10_000


def test_a_half_year_without_any_filing_says_so(nothing_accepted):
    found = outline(nothing_accepted, "en")
    assert found.introduction[1:] == [
        "No information has been received yet.",
        "No submission on this half-year has been accepted.",
    ]
    assert found.delayed.rows == []
    first = found.sections[0].activities[0]
    assert (first.state_label, [answer.who for answer in first.answers]) == ("No information received", ["4 bodies"])


def test_regions_and_money_may_be_empty(report):
    report |= {"regions": [], "money": []}
    assert [row.is_total for row in outline(report, "kk").regions.rows] == [True]
    for fmt in FILES:
        assert render(report, fmt)


def test_a_region_without_a_budget_line_is_listed_with_zero(report):
    rows = {row.cells[0].text: row.cells for row in outline(report, "en").regions.rows}
    assert [cell.text for cell in rows["Akmola oblast"][1:]] == ["0.000", "0.000", "0.000", "—"]


# The page


def page_url(name="consolidated", *more):
    return reverse(name, args=["children-2007-2011", "2008-H2", *more])


@pytest.mark.django_db
@pytest.mark.parametrize("language", LANGUAGES)
def test_page_shows_all_activities_and_offers_every_format(browse, language):
    html = browse("coordinator", language).get(page_url()).content.decode()
    assert [int(n) for n in re.findall(r'id="activity-(\d+)"', html)] == list(range(1, 44))
    for fmt in documents.CONTENT_TYPES:
        assert page_url("consolidated-document", fmt) in html


@pytest.mark.django_db
def test_page_offers_finalising_to_coordinators_only(browse):
    form = f'<form method="post" action="{page_url()}">'
    assert form in browse("coordinator").get(page_url()).content.decode()
    assert form not in browse("analyst").get(page_url()).content.decode()
