"""Fields of the Word document: page numbers, and the table of contents with its entries already in place."""

from docx.oxml import OxmlElement, parse_xml
from docx.oxml.ns import nsdecls, qn

from .blocks import Outline


def add_field(paragraph, code: str) -> None:
    simple = OxmlElement("w:fldSimple")
    simple.set(qn("w:instr"), code)
    simple.append(_run("1"))
    paragraph._p.append(simple)


def add_bookmark(heading, number: int) -> None:
    """Around the heading's text, for its entry in the contents."""
    start, end = OxmlElement("w:bookmarkStart"), OxmlElement("w:bookmarkEnd")
    for element in (start, end):
        element.set(qn("w:id"), str(number))
    start.set(qn("w:name"), _bookmark(number))
    heading._p.insert(1, start)
    heading._p.append(end)


def add_contents(document, outline: Outline, pages: list[int | None]) -> None:
    """`pages`: where each part begins in the PDF, which is set alike.

    They stand until Word updates the field: when printing, or by F9. Asking it to do so on opening (a dirty field,
    `updateFields`) would greet every reader with a warning about other files.
    """
    heading = document.add_paragraph(outline.contents, "TOC Heading")
    heading.paragraph_format.page_break_before = True
    last = len(outline.parts) - 1
    for number, (part, page) in enumerate(zip(outline.parts, pages, strict=True)):
        entry = document.add_paragraph(style=f"toc {part.level}")._p
        if not number:
            entry.extend(_begin('TOC \\o "1-2" \\h \\z \\u'))
        entry.append(_link(part.title, number, page))
        if number == last:
            entry.append(_mark("end"))


def _link(title: str, number: int, page: int | None):
    link = OxmlElement("w:hyperlink")
    link.set(qn("w:anchor"), _bookmark(number))
    link.set(qn("w:history"), "1")
    link.extend(
        [_run(title), _run("\t"), *_begin(f"PAGEREF {_bookmark(number)} \\h"), _run(str(page or "")), _mark("end")]
    )
    return link


def _run(text: str):
    run = OxmlElement("w:r")
    run.text = text
    return run


def _begin(code: str) -> list:
    run, instruction = OxmlElement("w:r"), OxmlElement("w:instrText")
    instruction.set(qn("xml:space"), "preserve")
    instruction.text = f" {code} "
    run.append(instruction)
    return [_mark("begin"), run, _mark("separate")]


def _mark(kind: str):
    return parse_xml(f'<w:r {nsdecls("w")}><w:fldChar w:fldCharType="{kind}"/></w:r>')


def _bookmark(number: int) -> str:
    return f"_Toc{number + 1:08}"
