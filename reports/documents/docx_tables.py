"""Tables of the Word document as XML, row by row: python-docx's own `table.cell()` is twenty times slower here."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from docx.oxml import OxmlElement, parse_xml
from docx.oxml.ns import nsdecls, qn

LOCALES = {"kk": "kk-KZ", "ru": "ru-RU", "en": "en-GB"}
# A row with less text than this stays whole; a longer one may run over the page.
SHORT = 700


@dataclass
class Run:
    text: str
    bold: bool = False
    italic: bool = False
    language: str = ""


@dataclass
class Cell:
    """Paragraphs of runs; `span` in columns; `merge` restarts or continues a cell over several rows."""

    paragraphs: list[list[Run]] = field(default_factory=list)
    style: str = "Table text"
    span: int = 1
    merge: str = ""


def plain(text: str, style: str = "Table text", *, bold=False, span=1, language="") -> Cell:
    return Cell([[Run(text, bold=bold, language=language)]], style, span)


def is_short(cells: list[Cell]) -> bool:
    return all(len(run.text) < SHORT for cell in cells for runs in cell.paragraphs for run in runs)


def table_element(widths: list[int], rows: Iterable):
    grid = "".join(f'<w:gridCol w:w="{_twips(width)}"/>' for width in widths)
    table = parse_xml(
        f'<w:tbl {nsdecls("w")}><w:tblPr><w:tblStyle w:val="ReportTable"/>'
        f'<w:tblW w:w="{_twips(sum(widths))}" w:type="dxa"/><w:tblInd w:w="70" w:type="dxa"/>'
        '<w:tblLayout w:type="fixed"/><w:tblLook w:val="0020" w:firstRow="1"/></w:tblPr>'
        f"<w:tblGrid>{grid}</w:tblGrid></w:tbl>"
    )
    table.extend(rows)
    return table


def row_element(cells: list[Cell], widths: list[int], fill: str, *, head=False, whole=False):
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


def _cell_element(cell: Cell, width: int, fill: str):
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


def _paragraph_element(runs: list[Run], style: str):
    paragraph, properties = OxmlElement("w:p"), OxmlElement("w:pPr")
    properties.append(_element("w:pStyle", val=style.replace(" ", "")))
    paragraph.append(properties)
    paragraph.extend(_run_element(run) for run in runs if run.text)
    return paragraph


def _run_element(run: Run):
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
