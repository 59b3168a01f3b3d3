"""Tables of the Word document as XML, row by row: python-docx's own `table.cell()` is twenty times slower here."""

from itertools import zip_longest

from docx.oxml import OxmlElement, parse_xml
from docx.oxml.ns import nsdecls, qn

from .fitting import BREAK, HYPHEN
from .paper import PLAN_SIZE, Cell, Grid, Line, Row, Run

LOCALES = {"kk": "kk-KZ", "ru": "ru-RU", "en": "en-GB"}
FILLS = {"head": "D9E2EC", "group": "EEF2F6", "total": "F3F4F6", "": ""}


def table_element(grid: Grid):
    """A whole table stays on one page, a group with the row that follows, a total with the one before."""
    columns = "".join(f'<w:gridCol w:w="{_twips(width)}"/>' for width in grid.widths)
    table = parse_xml(
        f'<w:tbl {nsdecls("w")}><w:tblPr><w:tblStyle w:val="ReportTable"/>'
        f'<w:tblW w:w="{_twips(sum(grid.widths))}" w:type="dxa"/>'
        '<w:tblLayout w:type="fixed"/><w:tblLook w:val="0020" w:firstRow="1"/></w:tblPr>'
        f"<w:tblGrid>{columns}</w:tblGrid></w:tbl>"
    )
    for row, following in zip_longest(grid.rows, grid.rows[1:]):
        is_last = following is None
        with_next = row.kind in ("head", "group") or (not is_last and (grid.is_whole or following.kind == "total"))
        table.append(_row_element(row, grid.widths, "Plan" if grid.size == PLAN_SIZE else "Table", with_next))
    return table


def _row_element(row: Row, widths: list[float], style: str, with_next: bool):
    element = OxmlElement("w:tr")
    if row.is_whole:
        properties = OxmlElement("w:trPr")
        properties.append(OxmlElement("w:cantSplit"))
        if row.kind == "head":
            properties.append(OxmlElement("w:tblHeader"))
        element.append(properties)
    column = 0
    for cell in row.cells:
        width = sum(widths[column : column + cell.span])
        element.append(_cell_element(cell, width, FILLS[row.kind], style, with_next))
        column += cell.span
    return element


def _cell_element(cell: Cell, width: float, fill: str, style: str, with_next: bool):
    element, properties = OxmlElement("w:tc"), OxmlElement("w:tcPr")
    properties.append(_element("w:tcW", w=_twips(width), type="dxa"))
    if cell.span > 1:
        properties.append(_element("w:gridSpan", val=cell.span))
    if fill:
        properties.append(_element("w:shd", val="clear", color="auto", fill=fill))
    element.append(properties)
    element.extend(_paragraph_element(line, style, with_next) for line in cell.lines or [Line([])])
    return element


def _paragraph_element(line: Line, style: str, with_next: bool):
    paragraph, properties = OxmlElement("w:p"), OxmlElement("w:pPr")
    properties.append(_element("w:pStyle", val=style + line.style.replace(" ", "")))
    if with_next:
        properties.append(OxmlElement("w:keepNext"))
    paragraph.append(properties)
    paragraph.extend(run_element(run) for run in line.runs if run.text)
    return paragraph


def run_element(run: Run):
    element, properties = OxmlElement("w:r"), OxmlElement("w:rPr")
    if run.bold:
        properties.append(OxmlElement("w:b"))
    if run.italic:
        properties.append(OxmlElement("w:i"))
    if run.language:
        properties.append(_element("w:lang", val=LOCALES[run.language]))
    if len(properties):
        element.append(properties)
    element.text = run.text.replace(BREAK, "")
    for text in element.findall(qn("w:t")):
        _hyphenate(text)
    return element


def _hyphenate(element) -> None:
    """Soft hyphens are elements here; Word itself breaks a word that has none."""
    first, *others = element.text.split(HYPHEN)
    element.text = first
    for part in reversed(others):
        text = _element("w:t")
        text.set(qn("xml:space"), "preserve")
        text.text = part
        element.addnext(text)
        element.addnext(_element("w:softHyphen"))


def _element(tag: str, **attributes):
    element = OxmlElement(tag)
    for name, value in attributes.items():
        element.set(qn(f"w:{name}"), str(value))
    return element


def _twips(millimetres: float) -> int:
    return round(millimetres * 1440 / 25.4)
