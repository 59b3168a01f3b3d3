"""The consolidated report as a page and as files: all four forms say the same, and say it again the same."""

import datetime
import io
import json
import re
from decimal import Decimal
from functools import lru_cache

import openpyxl
import pypdf
import pytest
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation
from django.utils.html import strip_tags
from docx import Document

from programme import calendar
from reports import documents
from reports.canonical import canonical_json, sha256_of
from reports.documents.blocks import Plan, Table, Voices
from reports.documents.outline import outline
from reports.documents.wording import as_written

# In one worker, so that what it rendered is at hand.
pytestmark = [pytest.mark.django_db, pytest.mark.xdist_group("documents")]
LANGUAGES = ["kk", "ru", "en"]
FILES = ["docx", "xlsx", "pdf"]
KAZAKH_LETTERS = "әғқңөұүһіӘҒҚҢӨҰҮҺІ"


def render(report, fmt, language="kk") -> bytes:
    """Each report once in each form, however many tests read it."""
    return _rendered(canonical_json(report), fmt, language)


@lru_cache(maxsize=40)
def _rendered(content: str, fmt: str, language: str) -> bytes:
    return documents.render(json.loads(content), fmt, language)


def word(report, language="kk") -> str:
    document = Document(io.BytesIO(render(report, "docx", language)))
    return "\n".join(node.text or "" for node in document.element.body.iter() if node.tag.endswith("}t"))


def book(report, language="kk"):
    return openpyxl.load_workbook(io.BytesIO(render(report, "xlsx", language)))


def printed(report, language="kk") -> str:
    return _text_of_pdf(render(report, "pdf", language))


@lru_cache(maxsize=20)
def _text_of_pdf(content: bytes) -> str:
    return "\n".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(content)).pages)


def shown(report, language="kk") -> str:
    """The text of the preview's parts, as the page has them."""
    with translation.override(language):
        parts = outline(report, language).parts
        html = "".join(render_to_string("reports/_consolidated_part.html", {"part": part}) for part in parts)
    return strip_tags(html)


def squeezed(text: str) -> str:
    """Without white space and invisible break marks, where line ends differ from form to form."""
    return re.sub(r"[\s\u200b\u00ad]", "", text.replace("&#x27;", "'").replace("&quot;", '"').replace("&amp;", "&"))


def all_activities(report):
    return [activity for section in report["sections"] for activity in section["activities"]]


def figures_of(found):
    """All that the outline writes with a number in it, as written."""
    for part in found.parts:
        for block in part.blocks:
            if isinstance(block, Table):
                yield from (cell.text for row in block.rows for cell in row.cells if cell.is_number)
            elif isinstance(block, Plan):
                for row in block.rows:
                    for line in row.money:
                        yield from (cell.text for cell in (line.planned, line.spent_half_year, line.spent))
                    yield from (*row.outcomes, *(figure.text for figure in (*row.indicators, *row.counts)))
            elif isinstance(block, Voices):
                yield from (answer.spent.text for voice in block.voices for answer in voice.answers)


@pytest.mark.parametrize("language", LANGUAGES)
def test_page_word_and_pdf_show_every_figure_of_the_outline(report, language):
    forms = [squeezed(form(report, language)) for form in (shown, word, printed)]
    figures = {squeezed(figure) for figure in figures_of(outline(report, language))}
    assert len(figures) > 150
    for form in forms:
        assert sorted(figure for figure in figures if figure not in form) == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_page_word_and_pdf_have_each_table_with_the_same_rows(report, language):
    """Each table's figures in the order of its rows: nothing is left out, doubled or moved."""
    forms = [squeezed(form(report, language)) for form in (shown, word, printed)]
    for part in outline(report, language).parts:
        for block in part.blocks:
            if isinstance(block, Table) and not any(column.kind == "text" for column in block.columns[1:]):
                rows = "".join(squeezed("".join(cell.text for cell in row.cells)) for row in block.rows)
                assert [rows in form for form in forms] == [True, True, True], block.name


@pytest.mark.parametrize("language", LANGUAGES)
def test_workbook_holds_the_amounts_of_the_outline_as_numbers(report, language):
    values = {
        f"{Decimal(str(cell.value)):.3f}"
        for sheet in book(report, language)
        for row in sheet.iter_rows()
        for cell in row
        if isinstance(cell.value, int | float)
    }
    amounts = {
        f"{cell.value:.3f}"
        for part in outline(report, language).parts
        for block in part.blocks
        if isinstance(block, Table)
        for row in block.rows
        for cell in row.cells
        if isinstance(cell.value, Decimal | int)
    }
    assert len(amounts) > 75
    assert amounts <= values


def test_money_of_all_forms_is_what_was_entered(demo):
    with translation.override("kk"):
        total = next(
            block.rows[-1].cells[3]
            for part in outline(demo.report, "kk").parts
            for block in part.blocks
            if getattr(block, "name", "") == "money"
        )
    assert total.value == demo.entered.spent
    for form in (shown, word, printed):
        assert squeezed(total.text) in squeezed(form(demo.report))


@pytest.mark.parametrize("form", [shown, word, printed])
def test_every_text_that_was_entered_is_there(demo, form):
    text = squeezed(form(demo.report))
    assert [entered for entered in demo.entered.texts if squeezed(entered) not in text] == []
    assert [a["ordinal"] for a in all_activities(demo.report) if squeezed(a["title"]["kk"]) not in text] == []


@pytest.mark.parametrize("fmt", [*FILES, "json"])
def test_same_report_gives_the_same_bytes(report, fmt):
    with calendar.pretend(datetime.datetime(2010, 5, 1, tzinfo=datetime.UTC)):
        first = documents.render(report, fmt, "ru")
    assert documents.render(json.loads(json.dumps(report)), fmt, "ru") == first


@pytest.mark.parametrize("fmt", FILES)
def test_language_of_the_caller_does_not_matter(report, fmt):
    with translation.override("ru"):
        first = documents.render(report, fmt, "kk")
    with translation.override("en"):
        assert documents.render(report, fmt, "kk") == first


def test_json_is_the_content_whose_hash_was_frozen(demo):
    assert sha256_of(render(demo.report, "json").decode()) == demo.sha256
    assert demo.sha256 in word(demo.report)
    assert demo.sha256 in squeezed(printed(demo.report))


@pytest.mark.parametrize("form", [word, printed, shown])
def test_kazakh_letters_survive(report, form):
    all_activities(report)[0]["entries"][0]["narrative"] = KAZAKH_LETTERS
    assert KAZAKH_LETTERS in form(report)


@pytest.mark.parametrize(
    ("language", "mark"), [("kk", "жұмыс аудармалары"), ("ru", "рабочие"), ("en", "working translations")]
)
def test_working_translations_are_marked_in_every_document(report, language, mark):
    cells = (str(cell.value or "") for sheet in book(report, language) for row in sheet.iter_rows() for cell in row)
    for text in ("".join(cells), word(report, language), printed(report, language)):
        assert (squeezed(mark) in squeezed(text)) is (language != "kk")


def test_real_data_bears_no_mark(report):
    report["demonstration"] = False
    for form in (word, printed):
        assert "Demonstration data" not in form(report, "en")
    headers = [sheet.oddHeader.center.text or "" for sheet in book(report, "en")]
    assert not any("Demonstration data" in text for text in headers)


def test_file_names_are_ascii(report):
    names = [documents.file_name(report, fmt, "kk") for fmt in documents.CONTENT_TYPES]
    assert all(name.isascii() and name.startswith("consolidated-2008-H2") for name in names)


def test_word_markup_in_a_summary_is_shown_as_it_was_typed(report):
    pasted = "<b>Қалың</b> {{ x }} {% y %} & «тырнақша» • бірінші\x0bекінші"
    report["texts"]["activity-1"]["kk"] = pasted
    expected = squeezed(as_written(pasted))
    for form in (word, printed):
        assert expected in squeezed(form(report))
    with translation.override("kk"):
        part = next(part for part in outline(report, "kk").parts if part.key == "section-1")
        html = render_to_string("reports/_consolidated_part.html", {"part": part})
    assert "&lt;b&gt;Қалың&lt;/b&gt; {{ x }} {% y %} &amp;" in html


@pytest.mark.parametrize(("fmt", "language"), list(zip(FILES, LANGUAGES, strict=True)))
def test_a_half_year_without_any_filing_still_has_a_report(nothing_accepted, fmt, language):
    assert len(render(nothing_accepted, fmt, language)) > 10_000


def test_regions_and_money_may_be_empty(report):
    report |= {"regions": [], "money": []}
    for fmt in FILES:
        assert render(report, fmt)


# The page


def page_url(name="consolidated", *more):
    return reverse(name, args=["children-2007-2011", "2008-H2", *more])


@pytest.mark.parametrize("language", LANGUAGES)
def test_page_shows_all_activities_and_offers_every_format(browse, language):
    html = browse("coordinator", language).get(page_url()).content.decode()
    assert [int(n) for n in re.findall(r'id="activity-(\d+)"', html)] == list(range(1, 44))
    for fmt in ("docx", "pdf", "xlsx", "json"):
        assert page_url("consolidated-document", fmt) in html
