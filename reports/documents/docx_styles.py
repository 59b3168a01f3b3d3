"""Styles of the Word document, each defined once."""

from docx.enum.style import WD_STYLE_TYPE
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement, parse_xml
from docx.oxml.ns import nsdecls, qn
from docx.shared import Mm, Pt, RGBColor

FONT = "Times New Roman"
MARK = RGBColor(0xB0, 0x1E, 0x1E)


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
    page = _new_style(styles, "Footer number", "Normal", 10)
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
