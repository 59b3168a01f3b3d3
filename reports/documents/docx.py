"""The report in Word: real styles, A4, the plan's own form on landscape pages."""

import datetime
import io
import zipfile

from docx import Document
from docx.enum.section import WD_ORIENT, WD_SECTION
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm

from .docx_styles import define_styles
from .docx_tables import LOCALES, SHORT, Cell, Run, is_short, plain, row_element, table_element
from .outline import ActivityOutline, Answer, Outline
from .tables import Table

HEAD_FILL, ACTIVITY_FILL, TOTAL_FILL = "D9E2EC", "EEF2F6", "F3F4F6"
# Columns of the plan's table, mm: the activity's cell is two columns wide, the body's is № with the first of them.
PLAN_WIDTHS = [12, 34, 24, 40, 26, 26, 25, 26, 25, 29]
# A table with fewer rows than this is kept on one page.
SMALL = 14
PROPERTY_LENGTH = 255


def render(outline: Outline) -> bytes:
    document = Document()
    define_styles(document, LOCALES[outline.language])
    _properties(document, outline)
    _page(document.sections[0], landscape=False)
    _header_and_footer(document.sections[0], outline)
    _cover(document, outline)
    _introduction(document, outline)
    _progress(document, outline)
    _page(document.add_section(WD_SECTION.NEW_PAGE), landscape=True)
    _plan(document, outline)
    _page(document.add_section(WD_SECTION.NEW_PAGE), landscape=False)
    _annexes(document, outline)
    return _repeatable(document)


# The document as a whole


def _properties(document, outline: Outline) -> None:
    properties = document.core_properties
    title = f"{outline.title} {outline.subject} {outline.period}"
    moment = datetime.datetime.combine(outline.compiled_on, datetime.time(), datetime.UTC)
    properties.author = properties.last_modified_by = outline.author[:PROPERTY_LENGTH]
    properties.title, properties.subject = title[:PROPERTY_LENGTH], outline.facts[0][1][:PROPERTY_LENGTH]
    properties.comments = outline.demonstration
    properties.language = LOCALES[outline.language]
    properties.created = properties.modified = moment
    properties.revision = 1


def _page(section, *, landscape: bool) -> None:
    section.orientation = WD_ORIENT.LANDSCAPE if landscape else WD_ORIENT.PORTRAIT
    section.page_width, section.page_height = (Mm(297), Mm(210)) if landscape else (Mm(210), Mm(297))
    section.left_margin, section.right_margin = (Mm(15), Mm(15)) if landscape else (Mm(25), Mm(15))
    section.top_margin = section.bottom_margin = Mm(20)
    section.header_distance = section.footer_distance = Mm(10)


def _header_and_footer(section, outline: Outline) -> None:
    """Of the first section; the others take theirs from it."""
    header, footer = section.header.paragraphs[0], section.footer.paragraphs[0]
    if outline.demonstration:
        header.style = "Demonstration mark"
        header.add_run(outline.demonstration)
    footer.style = "Footer number"
    _add_field(footer, "PAGE")
    footer.add_run(" / ")
    _add_field(footer, "NUMPAGES")


def _add_field(paragraph, code: str) -> None:
    simple = OxmlElement("w:fldSimple")
    simple.set(qn("w:instr"), code)
    run = OxmlElement("w:r")
    run.text = "1"
    simple.append(run)
    paragraph._p.append(simple)


# Its parts


def _cover(document, outline: Outline) -> None:
    document.add_paragraph(outline.addressee, "Addressee")
    document.add_paragraph(outline.title, "Title")
    document.add_paragraph(outline.subject, "Subtitle")
    document.add_paragraph(outline.period, "Subtitle")
    if outline.demonstration:
        document.add_paragraph(outline.demonstration, "Demonstration mark")
    _add_labelled(document, outline.facts)


def _introduction(document, outline: Outline) -> None:
    document.add_heading(outline.headings["introduction"], 1)
    document.add_paragraph(" ".join(outline.introduction))
    _add_labelled(document, outline.particulars)


def _add_labelled(document, pairs: list[tuple[str, str]]) -> None:
    for label, text in pairs:
        paragraph = document.add_paragraph()
        paragraph.add_run(f"{label}: ").bold = True
        paragraph.add_run(text)


def _progress(document, outline: Outline) -> None:
    document.add_heading(outline.headings["progress"], 1)
    for table in (outline.states, outline.money, outline.delayed):
        if table.rows:
            document.add_paragraph(table.caption, "Caption")
            _add_table(document, table)


def _plan(document, outline: Outline) -> None:
    document.add_heading(outline.headings["plan"], 1)
    for section in outline.sections:
        document.add_heading(section.title, 2)
        rows = [*_plan_head(outline)]
        for activity in section.activities:
            rows += _activity_rows(activity)
        _append(document, table_element(PLAN_WIDTHS, rows))
    for note in outline.notes:
        document.add_paragraph(note, "Note")


def _annexes(document, outline: Outline) -> None:
    document.add_heading(outline.headings["regions"], 1)
    document.add_paragraph(outline.regions.caption, "Caption")
    _add_table(document, outline.regions)
    heading = document.add_heading(outline.headings["filings"], 1)
    heading.paragraph_format.page_break_before = True
    document.add_paragraph(outline.filings.caption, "Caption")
    _add_table(document, outline.filings)
    document.add_paragraph(outline.fingerprint, "Note")


# Tables


def _add_table(document, table: Table) -> None:
    widths = [column.width for column in table.columns]
    lines = [(row, TOTAL_FILL if row.is_total else "") for row in table.rows]
    together = len(lines) < SMALL
    rows = [row_element([plain(column.label, "Table head") for column in table.columns], widths, HEAD_FILL, head=True)]
    for row, fill in lines:
        next_too = together and row is not table.rows[-1]
        cells = [plain(cell.text, _style(cell.is_number, next_too), bold=row.is_total) for cell in row.cells]
        rows.append(row_element(cells, widths, fill, whole=is_short(cells)))
    _append(document, table_element(widths, rows))


def _style(is_number: bool, with_next: bool) -> str:
    return f"Table {'number' if is_number else 'text'}{' with next' if with_next else ''}"


def _plan_head(outline: Outline):
    """Two lines: the plan's own columns, and what stands under each activity."""
    number, activity, *labels = outline.plan_head
    common = labels[-3:]
    first = [plain(number, "Plan head"), plain(activity, "Plan head", span=2)]
    first += [plain(label, "Plan head") for label in labels[:-3]]
    first += [Cell([[Run(label)]], "Plan head", merge="restart") for label in common]
    body, done = outline.answer_head
    second = [plain(body, "Plan head", span=2), plain(done, "Plan head", span=5)]
    second += [Cell(style="Plan head", merge="continue") for _label in common]
    for cells in (first, second):
        yield row_element(cells, PLAN_WIDTHS, HEAD_FILL, head=True)


def _activity_rows(activity: ActivityOutline):
    lines = activity.money
    cells = [
        plain(activity.number, "Table text with next"),
        Cell(
            [[Run(activity.title, bold=True)], [Run(activity.completion_form, italic=True)]],
            "Table text with next",
            2,
        ),
        plain(activity.responsible, language="kk"),
        plain(activity.deadline, language="kk"),
        Cell([[Run(line.source)] for line in lines] or [[Run(activity.cost or "—", language="kk")]]),
        Cell([[Run(line.planned)] for line in lines], "Table number"),
        Cell([[Run(line.spent_half_year)] for line in lines], "Table number"),
        Cell([[Run(line.spent)] for line in lines], "Table number"),
        Cell([[Run(activity.state_label, bold=True)], *([Run(count)] for count in activity.counts)]),
    ]
    yield row_element(cells, PLAN_WIDTHS, ACTIVITY_FILL, whole=True)
    for answer in activity.answers:
        cells = [
            _answer_head(answer),
            _answer_text(answer),
            plain(answer.spent, "Table number"),
            plain(""),
            plain(answer.state_label),
        ]
        yield row_element(cells, PLAN_WIDTHS, "", whole=answer.length < SHORT)


def _answer_head(answer: Answer) -> Cell:
    notes = [note for note in (answer.role, answer.period) if note]
    return Cell([[Run(answer.who, bold=True)], *([Run(note, italic=True)] for note in notes)], span=2)


def _answer_text(answer: Answer) -> Cell:
    paragraphs = [[Run(answer.names)]] if answer.names else []
    for paragraph in answer.paragraphs:
        label = [Run(f"{paragraph.label}: ", italic=True)] if paragraph.label else []
        paragraphs.append([*label, Run(paragraph.text, language=paragraph.language)])
    return Cell(paragraphs, span=5)


def _append(document, table) -> None:
    """Before the section's properties, which must stay last."""
    document.element.body._insert_tbl(table)


def _repeatable(document) -> bytes:
    """The package with the same moment on every part, since python-docx writes the clock's into the ZIP."""
    written, fixed = io.BytesIO(), io.BytesIO()
    document.save(written)
    with zipfile.ZipFile(written) as source, zipfile.ZipFile(fixed, "w", zipfile.ZIP_DEFLATED) as target:
        for entry in source.infolist():
            target.writestr(zipfile.ZipInfo(entry.filename), source.read(entry), zipfile.ZIP_DEFLATED)
    return fixed.getvalue()
