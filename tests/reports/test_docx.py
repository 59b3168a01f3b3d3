"""The consolidated report in Word: styles, contents, tables that repeat their heads, pictures with a description."""

import datetime
import io
import re
import zipfile
from dataclasses import replace
from functools import cache
from itertools import pairwise

import pytest
from docx import Document
from docx.enum.section import WD_ORIENT
from docx.oxml.ns import qn

from programme import calendar
from reports.documents import docx, pdf
from reports.documents.blocks import Paragraph, Part, Prose, Voice
from reports.documents.outline import outline as outline_of

from .papers import answer, money, one_part, outline, plan, plan_row, squeezed, texts_of, voices


def read(made):
    return Document(io.BytesIO(docx.render(made)))


@cache
def sample():
    """The whole outline, for tests that only read."""
    return read(outline())


def text_of(document) -> str:
    return "\n".join("".join(t.text for t in p.iter(qn("w:t"))) for p in document.element.body.iter(qn("w:p")))


def rows_of(table):
    return table._tbl.tr_lst


def is_head(row) -> bool:
    return row.find(f"{qn('w:trPr')}/{qn('w:tblHeader')}") is not None


def is_whole(row) -> bool:
    return row.find(f"{qn('w:trPr')}/{qn('w:cantSplit')}") is not None


def style_names(cell) -> list[str]:
    return [paragraph.style.name for paragraph in cell.paragraphs]


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
        first = docx.render(outline())
    assert docx.render(outline()) == first
    moments = {entry.date_time for entry in zipfile.ZipFile(io.BytesIO(first)).infolist()}
    assert moments == {(1980, 1, 1, 0, 0, 0)}


def test_properties_say_what_the_document_is():
    properties = sample().core_properties
    assert properties.title.startswith("Жиынтық ақпарат")
    assert properties.author == outline().author
    assert properties.comments == "Көрсетілім деректері"
    assert properties.created.date() == datetime.date(2009, 1, 20)


@pytest.mark.parametrize(("language", "locale"), [("kk", "kk-KZ"), ("ru", "ru-RU"), ("en", "en-GB")])
def test_the_document_names_its_language(language, locale):
    document = read(outline(language=language))
    assert document.styles.element.find(f".//{qn('w:lang')}").get(qn("w:val")) == locale
    assert document.core_properties.language == locale


def test_a_text_in_another_language_says_so():
    found = {
        "".join(t.text for t in run.iter(qn("w:t"))): run.rPr.find(qn("w:lang")).get(qn("w:val"))
        for run in sample().element.body.iter(qn("w:r"))
        if run.rPr is not None and run.rPr.find(qn("w:lang")) is not None
    }
    assert (found["Письмо направлено."], found["Семинар өтті."]) == ("ru-RU", "kk-KZ")


# The cover, headings and contents


def test_headings_are_those_of_the_parts():
    paragraphs = sample().paragraphs
    assert [p.text for p in paragraphs if p.style.name == "Title"] == ["Жиынтық ақпарат"]
    levels = {1: "Heading 1", 2: "Heading 2"}
    assert [(p.text, p.style.name) for p in paragraphs if p.style.name.startswith("Heading")] == [
        (part.title, levels[part.level]) for part in outline().parts
    ]


def test_contents_list_every_part_with_a_link_and_its_page():
    document = sample()
    entries = [p for p in document.paragraphs if p.style.name.startswith("toc ")]
    assert [p.text.split("\t")[0] for p in entries] == [part.title for part in outline().parts]
    assert [p.style.name for p in entries] == ["toc 1", "toc 1", "toc 1", "toc 2", "toc 1", "toc 1"]
    pages = [int(p.text.split("\t")[1]) for p in entries]
    assert pages[0] == 3
    assert pages == sorted(pages)
    assert pages[-1] > pages[0]
    marks = {mark.get(qn("w:name")) for mark in document.element.body.iter(qn("w:bookmarkStart"))}
    anchors = [link.get(qn("w:anchor")) for link in document.element.body.iter(qn("w:hyperlink"))]
    assert len(anchors) == len(set(anchors)) == len(entries)
    assert set(anchors) <= marks


def test_contents_of_an_endless_report_have_no_pages_until_word_counts_them(monkeypatch):
    monkeypatch.setattr(pdf, "MOST_ROWS", 10)
    document = read(outline())
    entries = [p.text for p in document.paragraphs if p.style.name.startswith("toc ")]
    assert entries == [f"{part.title}\t" for part in outline().parts]
    assert len(document.inline_shapes) == 1


def test_contents_are_a_field_that_word_updates_without_asking():
    document = sample()
    codes = [code.text.split() for code in document.element.body.iter(qn("w:instrText"))]
    assert codes[0] == ["TOC", "\\o", '"1-2"', "\\h", "\\z", "\\u"]
    assert {code[0] for code in codes[1:]} == {"PAGEREF"}
    kinds = [mark.get(qn("w:fldCharType")) for mark in document.element.body.iter(qn("w:fldChar"))]
    assert kinds.count("begin") == kinds.count("separate") == kinds.count("end") == len(codes)
    assert not [mark for mark in document.element.body.iter(qn("w:fldChar")) if mark.get(qn("w:dirty"))]
    assert document.settings.element.find(qn("w:updateFields")) is None


def test_pages_are_numbered_after_the_cover():
    first, *others = sample().sections
    fields = [field.get(qn("w:instr")) for field in first.footer._element.iter(qn("w:fldSimple"))]
    assert fields == ["PAGE", "NUMPAGES"]
    assert first.different_first_page_header_footer
    assert first.first_page_footer.paragraphs[0].text == ""
    assert not [one for one in others if one.different_first_page_header_footer or not one.footer.is_linked_to_previous]


def test_every_page_bears_the_mark_of_demonstration_data():
    document = sample()
    first, *others = document.sections
    assert first.header.paragraphs[0].text == first.first_page_header.paragraphs[0].text == "Көрсетілім деректері"
    assert all(section.header.is_linked_to_previous for section in others)
    assert [p.text for p in document.paragraphs if p.style.name == "Demonstration mark"] == ["Көрсетілім деректері"]


def test_real_data_bears_no_mark():
    document = read(outline(demonstration=""))
    assert document.sections[0].header.paragraphs[0].text == ""
    assert not [p for p in document.paragraphs if p.style.name == "Demonstration mark"]


# Pages


def test_parts_turn_to_landscape_and_back():
    sections = sample().sections
    portrait, landscape = WD_ORIENT.PORTRAIT, WD_ORIENT.LANDSCAPE
    assert [one.orientation for one in sections] == [portrait, portrait, landscape, portrait, landscape]
    assert [round(one.page_width.mm) for one in sections] == [210, 210, 297, 210, 297]


def test_parts_of_one_orientation_share_a_section_and_start_a_page_when_told():
    parts = [Part("a", "Бір", 1, []), Part("b", "Екі", 1, []), Part("c", "Үш", 1, [], starts_page=True)]
    document = read(outline(parts))
    assert len(document.sections) == 2
    headings = [p for p in document.paragraphs if p.style.name == "Heading 1"]
    assert [bool(p.paragraph_format.page_break_before) for p in headings] == [False, False, True]


# Tables


def test_tables_repeat_their_head_and_have_fixed_widths():
    tables = sample().tables
    assert len(tables) == 4
    for table in tables:
        rows = rows_of(table)
        assert [is_head(row) for row in rows] == [True, *[False] * (len(rows) - 1)]
        assert table._tbl.tblPr.find(qn("w:tblLayout")).get(qn("w:type")) == "fixed"
        grid = [int(column.get(qn("w:w"))) for column in table._tbl.tblGrid]
        for row in rows:
            widths = [int(cell.tcPr.find(qn("w:tcW")).get(qn("w:w"))) for cell in row.tc_lst]
            assert sum(widths) == pytest.approx(sum(grid), abs=len(grid))


def test_numbers_stand_at_the_right_and_totals_are_bold():
    rows = sample().tables[0].rows
    assert [style_names(cell) for cell in rows[1].cells] == [["Table text"], ["Table number"]]
    assert rows[-1].cells[1].paragraphs[0].runs[0].bold
    assert not rows[1].cells[1].paragraphs[0].runs[0].bold


def test_a_small_table_stays_on_one_page_and_a_long_one_does_not():
    small, _plan, long, _voices = sample().tables

    def rows_kept(table):
        return [all(p._p.pPr.find(qn("w:keepNext")) is not None for p in row.cells[0].paragraphs) for row in table.rows]

    assert rows_kept(small) == [True] * (len(small.rows) - 1) + [False]
    # The head stays with the first row, the total with the last.
    assert rows_kept(long) == [True, *[False] * (len(long.rows) - 3), True, False]


def test_a_row_breaks_across_pages_only_when_it_is_long():
    long = [Paragraph("", "Өте ұзын мәтін. " * 200, "kk")]
    table = read(one_part(plan(plan_row(), plan_row(2, done=long)), is_landscape=True)).tables[0]
    assert [is_whole(row) for row in rows_of(table)] == [True, True, False]


def test_plan_names_the_source_under_each_amount():
    both = [money("республикалық бюджет", "1,000", "0,500", "0,750"), money("жергілікті бюджеттер", "2,000", "0", "0")]
    table = read(one_part(plan(plan_row(), plan_row(2, money=both)), is_landscape=True)).tables[0]
    one, two = table.rows[1].cells, table.rows[2].cells
    assert [p.text for p in one[5].paragraphs] == ["1,500", "республикалық бюджет"]
    assert [p.text for p in one[6].paragraphs] == ["0,250"]
    assert [p.text for p in two[6].paragraphs] == ["0,500", "республикалық бюджет", "0", "жергілікті бюджеттер"]
    assert style_names(one[5]) == ["Plan number", "Plan number label"]


def test_plan_without_money_prints_what_the_decree_says_of_the_cost():
    rows = [plan_row(money=[], cost="Талап етілмейді"), plan_row(2, money=[], cost="", done=[], indicators=[])]
    first, second = read(one_part(plan(*rows), is_landscape=True)).tables[0].rows[1:]
    assert [cell.text for cell in first.cells[5:8]] == ["Талап етілмейді", "—", "—"]
    assert [cell.text for cell in second.cells[5:8]] == ["—", "—", "—"]
    assert second.cells[9].text == "—"


def test_voices_stand_under_their_activity():
    said = [Voice(1, "1", "Бірінші", [answer()]), Voice(20, "20*", "Жиырмасыншы", [answer(names="Ақмола, Ақтөбе")])]
    rows = read(one_part(voices(*said), is_landscape=True)).tables[0].rows
    assert [row.cells[0].text.split("\n")[0] for row in rows] == [
        "Орган",
        "1. Бірінші",
        "Ақтөбе облысының әкімдігі",
        "20*. Жиырмасыншы",
        "Ақтөбе облысының әкімдігі",
    ]
    assert len(rows_of_cells := rows[1]._tr.tc_lst) == 1
    assert rows_of_cells[0].grid_span == 4
    assert rows[1].cells[0].paragraphs[0].paragraph_format.keep_with_next
    assert rows[4].cells[1].text == "Ақмола, Ақтөбе\nҮй ашылды."


def test_two_tables_do_not_grow_together():
    body = read(one_part(plan(), plan(), is_landscape=True)).element.body
    tags = [child.tag for child in body]
    assert tags.count(qn("w:tbl")) == 2
    assert (qn("w:tbl"), qn("w:tbl")) not in set(pairwise(tags))


# Texts


def test_each_line_of_a_text_is_a_paragraph():
    document = read(one_part(Prose([Paragraph("Ескерту", "Бірінші жол.\nЕкінші жол.", "kk")])))
    assert [p.text for p in document.paragraphs if p.style.name == "Body Text"] == [
        "Ескерту: Бірінші жол.",
        "Екінші жол.",
    ]


def test_a_short_text_stays_with_the_table_that_follows():
    def kept(text):
        document = read(one_part(Prose([Paragraph("", text, "kk")]), plan(), is_landscape=True))
        return [p.paragraph_format.keep_with_next for p in document.paragraphs if p.style.name == "Body Text"]

    assert (kept("Қысқа."), kept("Өте ұзын мәтін. " * 100)) == ([True], [None])


def test_awkward_characters_stay_as_typed():
    typed = '=1+1 <b>&amp; #strong[x] *y* $z$ \\ "сөз" 5 ₸ 😀\tсоңы'
    row = read(one_part(plan(plan_row(done=[Paragraph("", typed, "kk")])), is_landscape=True)).tables[0].rows[1]
    assert row.cells[9].paragraphs[0].text == typed


def test_endless_words_are_kept_whole():
    word = "ғ" * 20_000
    row = read(one_part(plan(plan_row(done=[Paragraph("", word, "kk")])), is_landscape=True)).tables[0].rows[1]
    assert "".join(t.text for t in row.cells[9]._tc.iter(qn("w:t"))).startswith(word)


def test_a_long_word_breaks_between_syllables():
    made = one_part(plan(plan_row(completion_form="деинституционализациялау")), is_landscape=True)
    cell = read(made).tables[0].rows[1].cells[2]
    assert len(list(cell._tc.iter(qn("w:softHyphen")))) == 1
    assert re.fullmatch(r"\w+[аеиоуыә]", next(cell._tc.iter(qn("w:t"))).text)
    assert cell.text == "деинституционализациялау"


# Pictures


def test_pictures_are_images_with_a_description():
    document = sample()
    (shape,) = document.inline_shapes
    properties = shape._inline.docPr
    assert properties.get("title") == "Іс-шаралар жай-күйі бойынша"
    assert properties.get("descr") == "Іс-шаралар жай-күйі бойынша. Орындалды: 15. Орындалуда: 12."
    assert round(shape.width.mm) == 160
    images = [part for part in document.part.package.iter_parts() if part.partname.startswith("/word/media/")]
    assert [part.content_type for part in images] == ["image/png"]
    assert images[0].image.px_width == pytest.approx(160 / 25.4 * docx.PIXELS_PER_INCH, abs=2)


def test_a_picture_is_never_wider_than_the_page():
    picture = outline().parts[1].blocks[0]
    document = read(one_part(replace(picture, width=400)))
    assert round(document.inline_shapes[0].width.mm) == 170
