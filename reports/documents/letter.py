"""The official reminder in Word, as a ministry's letter looks: letterhead, addressee, text, place for the signature."""

import datetime
import io

from docx import Document
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt

from .docx_styles import define_styles
from .docx_tables import LOCALES
from .letter_text import LetterText

TEXT_WIDTH = 210 - 30 - 15
HALF = TEXT_WIDTH / 2


def render(text: LetterText, dated: datetime.date) -> bytes:
    document = Document()
    define_styles(document, LOCALES[text.language])
    document.styles["Normal"].font.size = Pt(14)
    _properties(document, text, dated)
    _page(document.sections[0])
    _letterhead(document, text)
    _head(document, text)
    document.add_paragraph(text.subject).paragraph_format.space_before = Pt(18)
    document.paragraphs[-1].paragraph_format.space_after = Pt(12)
    document.paragraphs[-1].paragraph_format.right_indent = Mm(HALF)
    for paragraph in text.paragraphs:
        layout = document.add_paragraph(paragraph).paragraph_format
        layout.alignment, layout.first_line_indent = WD_ALIGN_PARAGRAPH.JUSTIFY, Mm(12.5)
        layout.widow_control = True
    _signature(document, text)
    executor = document.sections[0].footer.paragraphs[0]
    executor.style = "Note"
    executor.add_run(text.executor)
    written = io.BytesIO()
    document.save(written)
    return written.getvalue()


def _properties(document, text: LetterText, dated: datetime.date) -> None:
    properties = document.core_properties
    properties.author = properties.last_modified_by = text.letterhead[text.language == "ru"]
    properties.title, properties.subject = text.subject, text.number
    properties.comments = text.demonstration
    properties.language = LOCALES[text.language]
    properties.created = properties.modified = datetime.datetime.combine(dated, datetime.time(), datetime.UTC)


def _page(section) -> None:
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.left_margin, section.right_margin = Mm(30), Mm(15)
    section.top_margin = section.bottom_margin = Mm(20)
    section.header_distance = section.footer_distance = Mm(10)


def _letterhead(document, text: LetterText) -> None:
    """Both official languages side by side over a line, whatever the letter is written in."""
    if text.demonstration:
        header = document.sections[0].header.paragraphs[0]
        header.style = "Demonstration mark"
        header.add_run(text.demonstration)
    cells = _row(document, (HALF, HALF))
    for cell, name, language in zip(cells, text.letterhead, ("kk", "ru"), strict=True):
        paragraph = cell.paragraphs[0]
        paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
        run = paragraph.add_run(name.upper())
        run.bold, run.font.size = True, Pt(12)
        _speak(run, LOCALES[language])
        _line_below(cell)


def _head(document, text: LetterText) -> None:
    """Date and number at the left, whom it goes to at the right."""
    document.add_paragraph().paragraph_format.space_after = Pt(0)
    left, right = _row(document, (HALF, HALF))
    left.paragraphs[0].add_run(text.date)
    left.add_paragraph(text.number)
    right.paragraphs[0].add_run(text.addressee).bold = True


def _signature(document, text: LetterText) -> None:
    """For the head's own hand and name."""
    document.add_paragraph().paragraph_format.space_after = Pt(12)
    position, sign, name = _row(document, (50, 55, TEXT_WIDTH - 105))
    position.paragraphs[0].add_run(text.position).bold = True
    sign.paragraphs[0].add_run("_" * 17)
    name.paragraphs[0].add_run("_" * 20)
    name.paragraphs[0].alignment = WD_ALIGN_PARAGRAPH.RIGHT


def _row(document, widths: tuple[float, ...]):
    """The cells of a table of one row without lines."""
    table = document.add_table(1, len(widths))
    table.autofit = False
    for cell, width in zip(table.rows[0].cells, widths, strict=True):
        cell.width = Mm(width)
    for column, width in zip(table.columns, widths, strict=True):
        column.width = Mm(width)
    return table.rows[0].cells


def _speak(run, locale: str) -> None:
    language = OxmlElement("w:lang")
    language.set(qn("w:val"), locale)
    run._r.get_or_add_rPr().append(language)


def _line_below(cell) -> None:
    borders = OxmlElement("w:tcBorders")
    line = OxmlElement("w:bottom")
    for name, value in (("val", "single"), ("sz", "12"), ("space", "0"), ("color", "1F4E79")):
        line.set(qn(f"w:{name}"), value)
    borders.append(line)
    cell._tc.get_or_add_tcPr().append(borders)
