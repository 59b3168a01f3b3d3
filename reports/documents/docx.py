"""The report in Word: real styles, a table of contents, A4 upright or landscape as each part asks."""

import datetime
import io
import zipfile
from collections.abc import Iterator

from docx import Document
from docx.enum.section import WD_ORIENT, WD_SECTION
from docx.oxml.ns import qn
from docx.shared import Mm

from . import pdf
from .blocks import Block, Outline, Paragraph, Picture, Prose
from .docx_contents import add_bookmark, add_contents, add_field
from .docx_styles import define_styles
from .docx_tables import LOCALES, run_element, table_element
from .paper import Run, grid, kept, lines_said, picture_width

PIXELS_PER_INCH = 200
PROPERTY_LENGTH = 255


def render(outline: Outline) -> bytes:
    """Raises what `pdf.pages_and_pictures` does: pages for the contents, and SVGs as the PNGs that Word needs."""
    pages, pictures = pdf.pages_and_pictures(outline, PIXELS_PER_INCH)
    document = Document()
    define_styles(document, LOCALES[outline.language])
    _properties(document, outline)
    _leave_compatibility_mode(document)
    _page(document.sections[0], landscape=False)
    _headers_and_footers(document.sections[0], outline)
    _cover(document, outline)
    add_contents(document, outline, pages)
    _parts(document, outline, iter(pictures))
    return _repeatable(document)


# The document as a whole


def _properties(document, outline: Outline) -> None:
    properties = document.core_properties
    moment = datetime.datetime.combine(outline.compiled_on, datetime.time(), datetime.UTC)
    properties.author = properties.last_modified_by = outline.author[:PROPERTY_LENGTH]
    properties.title, properties.subject = outline.heading[:PROPERTY_LENGTH], outline.subject[:PROPERTY_LENGTH]
    properties.comments = outline.demonstration
    properties.language = LOCALES[outline.language]
    properties.created = properties.modified = moment
    properties.revision = 1


def _leave_compatibility_mode(document) -> None:
    """Lay the document out as Word does since 2013, when a table began to stand flush with the text."""
    for setting in document.settings.element.iter(qn("w:compatSetting")):
        if setting.get(qn("w:name")) == "compatibilityMode":
            setting.set(qn("w:val"), "15")


def _page(section, *, landscape: bool) -> None:
    section.orientation = WD_ORIENT.LANDSCAPE if landscape else WD_ORIENT.PORTRAIT
    section.page_width, section.page_height = (Mm(297), Mm(210)) if landscape else (Mm(210), Mm(297))
    section.left_margin, section.right_margin = (Mm(15), Mm(15)) if landscape else (Mm(25), Mm(15))
    section.top_margin = section.bottom_margin = Mm(20)
    section.header_distance = section.footer_distance = Mm(10)


def _headers_and_footers(section, outline: Outline) -> None:
    """Of the first section; the others take theirs from it. The cover bears no number."""
    section.different_first_page_header_footer = True
    for header in (section.first_page_header, section.header):
        header.paragraphs[0].style = "Demonstration mark"
        if outline.demonstration:
            header.paragraphs[0].add_run(outline.demonstration)
    section.first_page_footer.is_linked_to_previous = False
    footer = section.footer.paragraphs[0]
    footer.style = "Footer number"
    add_field(footer, "PAGE")
    footer.add_run(" / ")
    add_field(footer, "NUMPAGES")


def _cover(document, outline: Outline) -> None:
    document.add_paragraph(outline.addressee, "Addressee")
    document.add_paragraph(outline.title, "Title")
    document.add_paragraph(outline.subject, "Subtitle")
    document.add_paragraph(outline.period, "Subtitle")
    if outline.demonstration:
        document.add_paragraph(outline.demonstration, "Demonstration mark")
    for place, (label, text) in enumerate(outline.facts):
        paragraph = document.add_paragraph(style="Cover fact" if place else "First cover fact")
        paragraph.add_run(f"{label}: ").bold = True
        paragraph.add_run(text)
    document.add_paragraph(outline.fingerprint, "Note")


# Its parts


def _parts(document, outline: Outline, pngs: Iterator[bytes]) -> None:
    is_landscape = None
    for number, part in enumerate(outline.parts):
        turns = part.is_landscape != is_landscape
        if turns:
            is_landscape = part.is_landscape
            section = document.add_section(WD_SECTION.NEW_PAGE)
            _end_section(document)
            section.different_first_page_header_footer = False
            _page(section, landscape=is_landscape)
        heading = document.add_heading(part.title, part.level)
        if part.starts_page or turns:
            heading.paragraph_format.page_break_before = not turns
            heading.paragraph_format.space_before = 0
        add_bookmark(heading, number)
        for block, with_next in kept(part.blocks):
            _add_block(document, block, is_landscape, with_next, pngs)


def _end_section(document) -> None:
    """The paragraph that ends a section takes room too: after a full page it would be a page of its own."""
    *_others, before, end = document.paragraphs
    end.style = "After table"
    if before.style.name == "After table":
        before._p.getparent().remove(before._p)


def _add_block(document, block: Block, is_landscape: bool, with_next: bool, pngs: Iterator[bytes]) -> None:
    match block:
        case Prose():
            for paragraph in block.paragraphs:
                for line in lines_said(paragraph):
                    _add_line(document, line, with_next)
        case Picture():
            document.add_paragraph(block.title, "Caption")
            _add_picture(document, block, picture_width(block, is_landscape), next(pngs))
        case _:
            table = grid(block, is_landscape)
            if table.caption:
                document.add_paragraph(table.caption, "Caption")
            _append(document, table_element(table))


def _add_line(document, said: Paragraph, with_next: bool) -> None:
    paragraph = document.add_paragraph(style="Body Text")
    paragraph.paragraph_format.keep_with_next = with_next or None
    if said.label:
        paragraph.add_run(f"{said.label}: ").bold = True
    paragraph._p.append(run_element(Run(said.text, language=said.language)))


def _add_picture(document, picture: Picture, width: int, png: bytes) -> None:
    paragraph = document.add_paragraph(style="Picture")
    shape = paragraph.add_run().add_picture(io.BytesIO(png), Mm(width))
    shape._inline.docPr.set("title", picture.title)
    shape._inline.docPr.set("descr", f"{picture.title}. {picture.description}")


# The package


def _append(document, table) -> None:
    """Before the section's properties, which must stay last; Word joins tables that have no paragraph between them."""
    document.element.body._insert_tbl(table)
    document.add_paragraph(style="After table")


def _repeatable(document) -> bytes:
    """The package with the same moment on every part, since python-docx writes the clock's into the ZIP."""
    written, fixed = io.BytesIO(), io.BytesIO()
    document.save(written)
    with zipfile.ZipFile(written) as source, zipfile.ZipFile(fixed, "w", zipfile.ZIP_DEFLATED) as target:
        for entry in source.infolist():
            target.writestr(zipfile.ZipInfo(entry.filename), source.read(entry), zipfile.ZIP_DEFLATED)
    return fixed.getvalue()
