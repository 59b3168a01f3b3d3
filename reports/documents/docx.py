"""The report in Word: real styles, A4, the plan's own form on landscape pages.

Tables are built row by row as XML: python-docx's own `table.cell()` is twenty times slower on the size of the plan.
"""

import datetime
import io
import zipfile
from collections.abc import Iterable
from dataclasses import dataclass, field

from docx import Document
from docx.enum.section import WD_ORIENT, WD_SECTION
from docx.enum.style import WD_STYLE_TYPE
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement, parse_xml
from docx.oxml.ns import nsdecls, qn
from docx.shared import Mm, Pt, RGBColor

from .outline import ActivityOutline, Answer, Outline, Table

FONT = "Times New Roman"
LOCALES = {"kk": "kk-KZ", "ru": "ru-RU", "en": "en-GB"}
HEAD_FILL, ACTIVITY_FILL, TOTAL_FILL = "D9E2EC", "EEF2F6", "F3F4F6"
MARK = RGBColor(0xB0, 0x1E, 0x1E)
# Columns of the plan's table, mm: the activity's cell is two columns wide, the body's is № with the first of them.
PLAN_WIDTHS = [10, 36, 24, 40, 26, 26, 25, 26, 25, 29]
# A table with fewer rows than this is kept on one page.
SMALL = 14
# A row with less text than this stays whole; a longer one may run over the page.
SHORT = 700


@dataclass
class _Run:
    text: str
    bold: bool = False
    italic: bool = False
    language: str = ""


@dataclass
class _Cell:
    """Paragraphs of runs; `span` in columns; `merge` restarts or continues a cell over several rows."""

    paragraphs: list[list[_Run]] = field(default_factory=list)
    style: str = "Table text"
    span: int = 1
    merge: str = ""


def render(outline: Outline) -> bytes:
    document = Document()
    _define_styles(document, LOCALES[outline.language])
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


def _define_styles(document, locale: str) -> None:
    styles = document.styles
    defaults = styles.element.find(qn("w:docDefaults")).find(qn("w:rPrDefault")).find(qn("w:rPr"))
    _set_font(defaults)
    language = defaults.find(qn("w:lang"))
    for attribute in list(language.attrib):
        del language.attrib[attribute]
    language.set(qn("w:val"), locale)
    normal = styles["Normal"]
    normal.font.size = Pt(12)
    normal.paragraph_format.space_after = Pt(6)
    normal.paragraph_format.line_spacing = 1.15
    black = RGBColor(0, 0, 0)
    for name, size, before, after in (
        ("Title", 16, 24, 6),
        ("Subtitle", 13, 0, 6),
        ("Heading 1", 14, 18, 8),
        ("Heading 2", 12, 14, 6),
        ("Caption", 11, 10, 4),
    ):
        style = styles[name]
        _set_font(style.element.get_or_add_rPr())
        style.font.size, style.font.color.rgb = Pt(size), black
        style.font.bold, style.font.italic = name != "Subtitle", False
        layout = style.paragraph_format
        layout.space_before, layout.space_after, layout.keep_with_next = Pt(before), Pt(after), True
    for name in ("Title", "Subtitle"):
        styles[name].paragraph_format.alignment = WD_ALIGN_PARAGRAPH.CENTER
        _drop(styles[name].element.pPr, "w:pBdr")
        _drop(styles[name].element.rPr, "w:spacing", "w:kern")
    _drop(styles["Subtitle"].element.pPr, "w:numPr")
    addressee = _new_style(styles, "Addressee", "Normal", 12)
    addressee.paragraph_format.left_indent = Mm(85)
    addressee.paragraph_format.alignment = WD_ALIGN_PARAGRAPH.RIGHT
    addressee.font.bold = True
    mark = _new_style(styles, "Demonstration mark", "Normal", 11)
    mark.paragraph_format.alignment = WD_ALIGN_PARAGRAPH.CENTER
    mark.font.bold, mark.font.color.rgb = True, MARK
    page = _new_style(styles, "Page number", "Normal", 10)
    page.paragraph_format.alignment = WD_ALIGN_PARAGRAPH.CENTER
    note = _new_style(styles, "Note", "Normal", 9)
    note.paragraph_format.space_before = Pt(6)
    text = _new_style(styles, "Table text", "Normal", 9)
    text.paragraph_format.space_after, text.paragraph_format.line_spacing = Pt(2), 1.0
    number = _new_style(styles, "Table number", "Table text", 9)
    number.paragraph_format.alignment = WD_ALIGN_PARAGRAPH.RIGHT
    head = _new_style(styles, "Table head", "Table text", 9)
    head.font.bold = True
    head.paragraph_format.keep_with_next = True
    _new_style(styles, "Plan head", "Table head", 8)
    for name in ("Table text", "Table number"):
        _new_style(styles, f"{name} with next", name, 9).paragraph_format.keep_with_next = True
    _define_table_style(styles)


def _set_font(properties) -> None:
    """Name the font outright, instead of the theme's."""
    _drop(properties, "w:rFonts")
    fonts = OxmlElement("w:rFonts")
    for script in ("ascii", "hAnsi", "eastAsia", "cs"):
        fonts.set(qn(f"w:{script}"), FONT)
    properties.insert(0, fonts)


def _drop(parent, *tags: str) -> None:
    for tag in tags if parent is not None else ():
        for element in parent.findall(qn(tag)):
            parent.remove(element)


def _new_style(styles, name: str, base: str, size: int):
    style = styles.add_style(name, WD_STYLE_TYPE.PARAGRAPH)
    style.base_style = styles[base]
    style.font.size = Pt(size)
    return style


def _define_table_style(styles) -> None:
    borders = "".join(
        f'<w:{side} w:val="single" w:sz="4" w:space="0" w:color="8A94A0"/>'
        for side in ("top", "left", "bottom", "right", "insideH", "insideV")
    )
    margins = "".join(
        f'<w:{side} w:w="{width}" w:type="dxa"/>'
        for side, width in (("top", 30), ("left", 70), ("bottom", 15), ("right", 70))
    )
    styles.element.append(
        parse_xml(
            f'<w:style {nsdecls("w")} w:type="table" w:customStyle="1" w:styleId="ReportTable">'
            '<w:name w:val="Report table"/><w:basedOn w:val="TableNormal"/><w:uiPriority w:val="59"/>'
            f"<w:tblPr><w:tblBorders>{borders}</w:tblBorders><w:tblCellMar>{margins}</w:tblCellMar></w:tblPr></w:style>"
        )
    )


def _properties(document, outline: Outline) -> None:
    properties = document.core_properties
    moment = datetime.datetime.combine(outline.compiled_on, datetime.time(), datetime.UTC)
    properties.author = properties.last_modified_by = outline.author
    properties.title = f"{outline.title} {outline.subject} {outline.period}"
    properties.subject, properties.comments = outline.facts[0][1], outline.demonstration
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
    footer.style = "Page number"
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
        _append(document, _table_element(PLAN_WIDTHS, rows))
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
    rows = [_row_element([_plain(column.label, "Table head") for column in table.columns], widths, HEAD_FILL, head=True)]
    for row, fill in lines:
        next_too = together and row is not table.rows[-1]
        cells = [
            _plain(cell.text, _style(column.is_number, next_too), bold=row.is_total)
            for cell, column in zip(row.cells, table.columns, strict=True)
        ]
        rows.append(_row_element(cells, widths, fill, whole=_is_short(cells)))
    _append(document, _table_element(widths, rows))


def _style(is_number: bool, with_next: bool) -> str:
    return f"Table {'number' if is_number else 'text'}{' with next' if with_next else ''}"


def _plan_head(outline: Outline):
    """Two lines: the plan's own columns, and what stands under each activity."""
    number, activity, *labels = outline.plan_head
    common = labels[-3:]
    first = [_plain(number, "Plan head"), _plain(activity, "Plan head", span=2)]
    first += [_plain(label, "Plan head") for label in labels[:-3]]
    first += [_Cell([[_Run(label)]], "Plan head", merge="restart") for label in common]
    body, done = outline.answer_head
    second = [_plain(body, "Plan head", span=2), _plain(done, "Plan head", span=5)]
    second += [_Cell(style="Plan head", merge="continue") for _label in common]
    for cells in (first, second):
        yield _row_element(cells, PLAN_WIDTHS, HEAD_FILL, head=True)


def _activity_rows(activity: ActivityOutline):
    lines = activity.money
    cells = [
        _plain(activity.number, "Table text with next"),
        _Cell([[_Run(activity.title, bold=True)], [_Run(activity.completion_form, italic=True)]], "Table text with next", 2),
        _plain(activity.responsible, language="kk"),
        _plain(activity.deadline, language="kk"),
        _Cell([[_Run(line.source)] for line in lines] or [[_Run(activity.cost or "—", language="kk")]]),
        _Cell([[_Run(line.planned)] for line in lines], "Table number"),
        _Cell([[_Run(line.spent_half_year)] for line in lines], "Table number"),
        _Cell([[_Run(line.spent)] for line in lines], "Table number"),
        _Cell([[_Run(activity.state_label, bold=True)], *([_Run(count)] for count in activity.counts)]),
    ]
    yield _row_element(cells, PLAN_WIDTHS, ACTIVITY_FILL, whole=True)
    for answer in activity.answers:
        cells = [_answer_head(answer), _answer_text(answer), _plain(answer.spent, "Table number"), _plain(""), _plain(answer.state_label)]
        yield _row_element(cells, PLAN_WIDTHS, "", whole=answer.length < SHORT)


def _answer_head(answer: Answer) -> _Cell:
    notes = [note for note in (answer.role, answer.period) if note]
    return _Cell([[_Run(answer.who, bold=True)], *([_Run(note, italic=True)] for note in notes)], span=2)


def _answer_text(answer: Answer) -> _Cell:
    paragraphs = [[_Run(answer.names)]] if answer.names else []
    for paragraph in answer.paragraphs:
        label = [_Run(f"{paragraph.label}: ", italic=True)] if paragraph.label else []
        paragraphs.append([*label, _Run(paragraph.text, language=paragraph.language)])
    return _Cell(paragraphs, span=5)


def _plain(text: str, style: str = "Table text", *, bold=False, span=1, language="") -> _Cell:
    return _Cell([[_Run(text, bold=bold, language=language)]], style, span)


def _is_short(cells: list[_Cell]) -> bool:
    return all(len(run.text) < SHORT for cell in cells for runs in cell.paragraphs for run in runs)


def _append(document, table) -> None:
    """Before the section's properties, which must stay last; a table needs a paragraph after it."""
    document.element.body._insert_tbl(table)


def _table_element(widths: list[int], rows: Iterable):
    grid = "".join(f'<w:gridCol w:w="{_twips(width)}"/>' for width in widths)
    table = parse_xml(
        f'<w:tbl {nsdecls("w")}><w:tblPr><w:tblStyle w:val="ReportTable"/><w:tblW w:w="{_twips(sum(widths))}" w:type="dxa"/>'
        '<w:tblInd w:w="70" w:type="dxa"/><w:tblLayout w:type="fixed"/><w:tblLook w:val="0020" w:firstRow="1"/></w:tblPr>'
        f"<w:tblGrid>{grid}</w:tblGrid></w:tbl>"
    )
    table.extend(rows)
    return table


def _row_element(cells: list[_Cell], widths: list[int], fill: str, *, head=False, whole=False):
    """`head` rows repeat on every page; `whole` rows do not break across pages."""
    row = OxmlElement("w:tr")
    if head or whole:
        properties = OxmlElement("w:trPr")
        properties.append(OxmlElement("w:cantSplit"))
        if head:
            properties.append(OxmlElement("w:tblHeader"))
        row.append(properties)
    column = 0
    for cell in cells:
        row.append(_cell_element(cell, sum(widths[column : column + cell.span]), fill))
        column += cell.span
    return row


def _cell_element(cell: _Cell, width: int, fill: str):
    element, properties = OxmlElement("w:tc"), OxmlElement("w:tcPr")
    properties.append(_element("w:tcW", w=_twips(width), type="dxa"))
    if cell.span > 1:
        properties.append(_element("w:gridSpan", val=cell.span))
    if cell.merge:
        properties.append(_element("w:vMerge", val=cell.merge))
    if fill:
        properties.append(_element("w:shd", val="clear", color="auto", fill=fill))
    element.append(properties)
    element.extend(_paragraph_element(runs, cell.style) for runs in cell.paragraphs or [[]])
    return element


def _paragraph_element(runs: list[_Run], style: str):
    paragraph, properties = OxmlElement("w:p"), OxmlElement("w:pPr")
    properties.append(_element("w:pStyle", val=style.replace(" ", "")))
    paragraph.append(properties)
    paragraph.extend(_run_element(run) for run in runs if run.text)
    return paragraph


def _run_element(run: _Run):
    element, properties = OxmlElement("w:r"), OxmlElement("w:rPr")
    if run.bold:
        properties.append(OxmlElement("w:b"))
    if run.italic:
        properties.append(OxmlElement("w:i"))
    if run.language:
        properties.append(_element("w:lang", val=LOCALES[run.language]))
    if len(properties):
        element.append(properties)
    element.text = run.text
    return element


def _element(tag: str, **attributes):
    element = OxmlElement(tag)
    for name, value in attributes.items():
        element.set(qn(f"w:{name}"), str(value))
    return element


def _twips(millimetres: int) -> int:
    return round(millimetres * 1440 / 25.4)


def _repeatable(document) -> bytes:
    """The package with the same moment on every part, since python-docx writes the clock's into the ZIP."""
    written, fixed = io.BytesIO(), io.BytesIO()
    document.save(written)
    with zipfile.ZipFile(written) as source, zipfile.ZipFile(fixed, "w", zipfile.ZIP_DEFLATED) as target:
        for entry in source.infolist():
            target.writestr(zipfile.ZipInfo(entry.filename), source.read(entry), zipfile.ZIP_DEFLATED)
    return fixed.getvalue()
