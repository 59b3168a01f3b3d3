"""Styles of the Word document, each defined once."""

from docx.enum.style import WD_STYLE_TYPE
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_TAB_ALIGNMENT, WD_TAB_LEADER
from docx.oxml import OxmlElement, parse_xml
from docx.oxml.ns import nsdecls, qn
from docx.shared import Mm, Pt, RGBColor

from .paper import HEAD_SCALE, LABEL_SCALE, PLAN_SIZE, SIZE

FONT = "Times New Roman"
TEXT_WIDTH = 170
MARK, QUIET = RGBColor(0xB0, 0x1E, 0x1E), RGBColor(0x3F, 0x4A, 0x56)


def define_styles(document, locale: str) -> None:
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
        ("Title", 20, 150, 12),
        ("Subtitle", 14, 0, 6),
        ("Heading 1", 14, 18, 8),
        ("Heading 2", 12, 14, 6),
        ("TOC Heading", 14, 0, 12),
        ("Caption", 11, 12, 4),
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
    _new_style(styles, "Cover fact", "Normal", 12)
    _new_style(styles, "First cover fact", "Cover fact", 12).paragraph_format.space_before = Pt(190)
    _define_contents(styles)
    styles["Body Text"].paragraph_format.alignment = WD_ALIGN_PARAGRAPH.JUSTIFY
    _new_style(styles, "Picture", "Normal", 12)
    after = _new_style(styles, "After table", "Normal", 4)
    after.paragraph_format.space_after, after.paragraph_format.line_spacing = Pt(0), 1.0
    page = _new_style(styles, "Footer number", "Normal", 10)
    page.paragraph_format.alignment = WD_ALIGN_PARAGRAPH.CENTER
    note = _new_style(styles, "Note", "Normal", 9)
    note.paragraph_format.space_before = Pt(6)
    for subject, size in (("Table", SIZE), ("Plan", PLAN_SIZE)):
        _define_cells(styles, subject, size)
    _define_table_style(styles)


def _define_cells(styles, subject: str, size: float) -> None:
    text = _new_style(styles, f"{subject} text", "Normal", size)
    text.paragraph_format.space_after, text.paragraph_format.line_spacing = Pt(2), 1.0
    head = _new_style(styles, f"{subject} head", text.name, size * HEAD_SCALE)
    head.font.bold = True
    label = _new_style(styles, f"{subject} label", text.name, size * LABEL_SCALE)
    label.font.color.rgb = QUIET
    for base in (text, label):
        number = _new_style(styles, base.name.replace("text", "number").replace(" label", " number label"), base.name)
        number.paragraph_format.alignment = WD_ALIGN_PARAGRAPH.RIGHT


def _define_contents(styles) -> None:
    """Entries of two levels, dots up to the page number at the right margin."""
    for level, indent in ((1, 0), (2, 6)):
        entry = styles.add_style(f"toc {level}", WD_STYLE_TYPE.PARAGRAPH, builtin=True)
        entry.base_style = styles["Normal"]
        layout = entry.paragraph_format
        layout.left_indent = Mm(indent)
        layout.tab_stops.add_tab_stop(Mm(TEXT_WIDTH), WD_TAB_ALIGNMENT.RIGHT, WD_TAB_LEADER.DOTS)


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


def _new_style(styles, name: str, base: str, size: float | None = None):
    style = styles.add_style(name, WD_STYLE_TYPE.PARAGRAPH)
    style.base_style = styles[base]
    if size:
        style.font.size = Pt(size)
    return style


def _define_table_style(styles) -> None:
    borders = "".join(
        f'<w:{side} w:val="single" w:sz="4" w:space="0" w:color="8A94A0"/>'
        for side in ("top", "left", "bottom", "right", "insideH", "insideV")
    )
    margins = "".join(
        f'<w:{side} w:w="{width}" w:type="dxa"/>'
        for side, width in (("top", 30), ("left", 57), ("bottom", 0), ("right", 57))
    )
    styles.element.append(
        parse_xml(
            f'<w:style {nsdecls("w")} w:type="table" w:customStyle="1" w:styleId="ReportTable">'
            '<w:name w:val="Report table"/><w:basedOn w:val="TableNormal"/><w:uiPriority w:val="59"/>'
            f"<w:tblPr><w:tblBorders>{borders}</w:tblBorders><w:tblCellMar>{margins}</w:tblCellMar></w:tblPr></w:style>"
        )
    )
