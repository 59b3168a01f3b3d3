"""The consolidated report as PDF: tagged, archivable, in our own fonts, nothing cut off."""

import datetime
import io
from functools import cache

import pypdf
import pytest

from programme import calendar
from reports.documents import pdf
from reports.documents.blocks import Figure, Paragraph, Part, Prose, Voice
from reports.documents.fitting import MISSING, fitted
from reports.documents.outline import outline as outline_of

from .papers import answer, one_part, outline, plan, plan_row, squeezed, table, texts_of, voices

MILLIMETRE = 72 / 25.4


def read(made) -> pypdf.PdfReader:
    return pypdf.PdfReader(io.BytesIO(pdf.render(made)))


@cache
def sample():
    """The whole outline, for tests that only read."""
    return read(outline())


def text_of(reader) -> str:
    return "".join(page.extract_text() for page in reader.pages)


def elements(reader, kind: str) -> list:
    """Elements of the structure tree of that kind."""
    found, waiting = [], [reader.trailer["/Root"]["/StructTreeRoot"]]
    while waiting:
        element = waiting.pop().get_object()
        if isinstance(element, pypdf.generic.ArrayObject):
            waiting += element
        elif isinstance(element, pypdf.generic.DictionaryObject):
            if element.get("/S") == kind:
                found.append(element)
            waiting += [element["/K"]] if "/K" in element else []
    return found


def right_edge(page) -> float:
    """How far right text begins, at most, in millimetres."""
    places = []
    page.extract_text(visitor_text=lambda text, _cm, tm, *_: text.strip() and places.append(tm[4]))
    return max(places) / MILLIMETRE


def test_every_text_of_the_outline_is_in_the_document():
    text = squeezed(text_of(sample()))
    assert [one for one in texts_of(outline()) if squeezed(one) not in text] == []


@pytest.mark.django_db
@pytest.mark.parametrize("language", ["kk", "ru", "en"])
def test_every_text_of_a_real_report_is_in_the_document(report, language):
    made = outline_of(report, language)
    text = squeezed(text_of(read(made)))
    assert [one for one in texts_of(made) if squeezed(one) not in text] == []


def test_the_file_is_repeatable():
    with calendar.pretend(datetime.datetime(2010, 5, 1, tzinfo=datetime.UTC)):
        first = pdf.render(outline())
    assert pdf.render(outline()) == first


@pytest.mark.parametrize("language", ["kk", "ru", "en"])
def test_the_document_is_tagged_and_names_its_language_and_title(language):
    reader = read(outline(language=language))
    root = reader.trailer["/Root"]
    assert root["/Lang"] == language
    assert root["/MarkInfo"]["/Marked"]
    assert reader.metadata.title.startswith("Жиынтық ақпарат")
    assert reader.metadata.author == outline().author
    declared = root["/Metadata"].get_object().get_data().decode()
    assert "<pdfaid:part>2</pdfaid:part><pdfaid:conformance>A</pdfaid:conformance>" in declared
    assert "<pdfuaid:part>1</pdfuaid:part>" in declared


def test_a_text_in_another_language_says_so():
    (paragraph,) = [element for element in elements(sample(), "/P") if element.get("/Lang") == "ru"]
    assert paragraph["/K"]


def test_only_our_own_fonts_are_used_and_all_are_embedded():
    made = one_part(Prose([Paragraph("Белгі", "5 ₸ ⅷ", "kk")]), plan(plan_row(done=[Paragraph("Себебі", "жоқ", "kk")])))
    found = {
        str(font.get_object()["/BaseFont"]).split("+")[-1]: font.get_object()["/DescendantFonts"][0].get_object()
        for page in read(made).pages
        for font in page["/Resources"]["/Font"].values()
    }
    assert set(found) == {"LiberationSerif", "LiberationSerif-Bold", "LiberationSerif-Italic", "DejaVuSerif"}
    assert all({"/FontFile2", "/FontFile3"} & set(font["/FontDescriptor"]) for font in found.values())


# Contents and pages


def test_contents_list_every_part_with_its_page():
    reader = sample()
    contents = squeezed(reader.pages[1].extract_text())
    assert squeezed(outline().contents) in contents
    for part in outline().parts:
        number = next(n for n, page in enumerate(reader.pages, 1) if n > 2 and part.title in page.extract_text())
        _before, after = contents.split(squeezed(part.title))
        assert after.lstrip(".").startswith(str(number))
    assert len(reader.outline) >= 1


def test_pages_are_numbered_after_the_cover():
    reader = sample()
    total = len(reader.pages)
    texts = [page.extract_text() for page in reader.pages]
    assert f"1 / {total}" not in texts[0]
    assert [f"{n} / {total}" in text for n, text in enumerate(texts[1:], 2)] == [True] * (total - 1)


def test_every_page_bears_the_mark_of_demonstration_data():
    assert all("Көрсетілім деректері" in page.extract_text() for page in sample().pages)
    assert "Көрсетілім деректері" not in text_of(read(outline(demonstration="")))


def test_parts_turn_to_landscape_and_back_without_an_empty_page():
    pages = sample().pages
    turned = [page.mediabox.width > page.mediabox.height for page in pages]
    assert turned[:2] == [False, False]
    assert [one for one, before in zip(turned, [None, *turned], strict=False) if one != before] == [
        False,
        True,
        False,
        True,
    ]
    assert all(len(squeezed(page.extract_text())) > 60 for page in pages)


def test_a_part_starts_a_page_only_when_told():
    parts = [Part("a", "Бір", 1, []), Part("b", "Екі", 1, []), Part("c", "Үш", 1, [], starts_page=True)]
    _cover, _contents, first, second = (page.extract_text() for page in read(outline(parts)).pages)
    assert "Бір" in first
    assert "Екі" in first
    assert "Үш" in second


def test_pages_of_the_parts_are_those_of_the_document():
    pages, _pictures = pdf.pages_and_pictures(outline(), 72)
    texts = [page.extract_text() for page in sample().pages]
    assert [part.title in texts[page - 1] for part, page in zip(outline().parts, pages, strict=True)] == [True] * 6


# Tables


def test_tables_repeat_their_head_on_every_page():
    pages = [page.extract_text() for page in read(one_part(table(120))).pages[2:]]
    assert len(pages) > 2
    assert all("Жоспарланды" in page for page in pages)


def test_tables_are_tagged_with_their_heads():
    reader = sample()
    assert len(elements(reader, "/Table")) == 4
    # Two of two columns, the plan's ten, four of the annex and its one activity.
    assert len(elements(reader, "/TH")) == 2 + 2 + 10 + 4 + 1


def test_an_activity_that_runs_over_the_page_is_named_again():
    said = Voice(1, "1", "Іс-шара бір", [answer(who=f"Орган {n}") for n in range(40)])
    pages = [page.extract_text() for page in read(one_part(voices(said), is_landscape=True)).pages[2:]]
    assert len(pages) > 1
    assert all("1. Іс-шара бір" in page for page in pages)


def test_a_long_text_runs_over_pages_and_none_of_it_is_lost():
    long = [Paragraph("", "Өте ұзын мәтін. " * 1250, "kk")]
    reader = read(one_part(plan(plan_row(), plan_row(2, done=long)), is_landscape=True))
    assert squeezed(text_of(reader)).count("Өтеұзынмәтін.") == 1250
    assert len(reader.pages) > 4


def test_an_endless_word_is_broken_and_stays_in_its_column():
    reader = read(
        one_part(plan(plan_row(completion_form="ғ" * 300, indicators=[Figure("Щ" * 300)])), is_landscape=True)
    )
    text = squeezed(text_of(reader))
    assert ("ғ" * 300 in text, "Щ" * 300 in text) == (True, True)
    assert max(right_edge(page) for page in reader.pages[2:]) < 297 - 15


@pytest.mark.parametrize(
    ("word", "broken"),
    [
        ("деинституционализациялау", "деинституциона\u00adлизациялау"),
        ("ғғғғғғғғғғғғғғғғғғғғ", "ғғғғғғғғғғғғғғғғғ\u200bғғғ"),
        ("Үкіметіне ақпарат", "Үкіметіне ақпарат"),
    ],
)
def test_words_break_only_where_no_line_could_hold_them(word, broken):
    assert fitted(word, 24, 9) == broken


def test_awkward_characters_are_printed_and_what_no_font_has_is_marked():
    typed = '=1+1 \u200d😀👨‍👩‍👧 5 ₸ <b>&amp; #strong[x] *y* $z$ \\ "сөз"'
    text = text_of(read(one_part(plan(plan_row(done=[Paragraph("", typed, "kk")])))))
    assert squeezed(f'=1+1 {MISSING} 5 ₸ <b>&amp; #strong[x] *y* $z$ \\ "сөз"') in squeezed(text)


# Pictures


def test_pictures_have_a_description_in_words():
    (figure,) = elements(sample(), "/Figure")
    assert figure["/Alt"] == "Іс-шаралар жай-күйі бойынша. Орындалды: 15. Орындалуда: 12."
    assert "Ақтөбе" in text_of(sample())


def test_pictures_are_drawn_for_word_as_the_same_png_each_time():
    _pages, first = pdf.pages_and_pictures(outline(), 100)
    _pages, second = pdf.pages_and_pictures(outline(), 100)
    assert first == second
    assert [png[:4] for png in first] == [b"\x89PNG"]
    assert pdf.pages_and_pictures(one_part(table()), 100)[1] == []
