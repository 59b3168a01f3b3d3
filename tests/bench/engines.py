"""Which engine makes Word and which PDF: the plan's table, 43 and 2,150 rows of ten columns, through two of each.

Needs the extra `bench` (pip install -e '.[bench]'). Prints a table; --keep FOLDER leaves the files to look at.

    python -m tests.bench.engines [--keep FOLDER]
"""

import argparse
import datetime
import io
import json
import os
import sys
from html import escape
from pathlib import Path

from .measuring import MIB, in_own_process, limit_memory, measured

SIZES = [43, 2150]
LETTERS = "әғқңөұүһі ӘҒҚҢӨҰҮҺІ ₸"
HEAD = [
    "Р/с №", "Іс-шара", "Аяқталу нысаны", "Жауаптылар", "Орындалу мерзімі", "Жоспарланғаны", "Жартыжылдықта жұмсалғаны",
    "Басынан бері жұмсалғаны", "Жай-күйі", "Не істелді",
]  # fmt: skip
WIDTHS = [10, 36, 26, 27, 22, 22, 23, 22, 22, 57]
CELLS = [
    "Балалардың құқықтары мен заңды мүдделерін қорғау мәселелері жөніндегі нормативтік құқықтық базаны жетілдіру",
    "Қазақстан Республикасының Үкіметіне ұсыныстар",
    "БҒМ (жинақтау), ІІМ, ДСМ, облыстар, Астана және Алматы қалаларының әкімдіктері",
    "2008 жылғы 31 желтоқсан",
    "726,247",
    "311,085",
    "468,805",
    "Орындалуда",
    f"Облыста үш жаңа оңалту орталығы ашылды, өңірлерде 324 бала қамтылды. Һәм: {LETTERS}. Жұмыс жалғасып жатыр.",
]
FONTS = Path(__file__).resolve().parents[2] / "reports" / "documents" / "fonts"


def rows(count: int) -> list[list[str]]:
    return [[str(number), *CELLS] for number in range(1, count + 1)]


def _outline(count: int):
    """As the portal's own renderers take it: one part with one table."""
    from reports.documents.blocks import Cell, Column, Outline, Part, Row, Table

    columns = [Column(label, "text", width) for label, width in zip(HEAD, WIDTHS, strict=True)]
    table = Table(
        "plan", "Іс-шаралар жоспары", columns, [Row([Cell(text, text, False) for text in row]) for row in rows(count)]
    )
    return Outline(
        language="kk",
        addressee="Үкіметке",
        author="БҒМ",
        title="Жиынтық ақпарат",
        subject="",
        period="",
        facts=[],
        demonstration="",
        compiled_on=datetime.date(2009, 1, 20),
        contents="Мазмұны",
        fingerprint="",
        parts=[Part("plan", "Іс-шаралар", 1, [table], is_landscape=True)],
    )


def python_docx(count: int) -> bytes:
    """The portal's way: rows as XML, below python-docx."""
    from docx import Document

    from reports.documents.docx_styles import define_styles
    from reports.documents.docx_tables import table_element
    from reports.documents.paper import grid

    document = Document()
    define_styles(document, "kk-KZ")
    _landscape(document)
    document.element.body._insert_tbl(table_element(grid(_outline(count).parts[0].blocks[0], True)))
    return _saved(document)


def docxtpl(count: int) -> bytes:
    """A template with one row that repeats itself."""
    from docx import Document
    from docx.shared import Mm
    from docxtpl import DocxTemplate

    template = Document()
    _landscape(template)
    table = template.add_table(rows=4, cols=len(HEAD), style="Table Grid")
    table.autofit = False
    for column, width in zip(table.columns, WIDTHS, strict=True):
        column.width = Mm(width)
    lines = [HEAD, ["{%tr for row in rows %}"], [f"{{{{ row[{n}] }}}}" for n in range(len(HEAD))], ["{%tr endfor %}"]]
    for row, line in zip(table.rows, lines, strict=True):
        for cell, text in zip(row.cells, line, strict=False):
            cell.text = text
        for cell, width in zip(row.cells, WIDTHS, strict=True):
            cell.width = Mm(width)
    template_file = io.BytesIO(_saved(template))
    document = DocxTemplate(template_file)
    document.render({"rows": rows(count)}, autoescape=True)
    return _saved(document)


def typst(count: int) -> bytes:
    """The portal's way: report.typ, tagged, PDF/A-2a and PDF/UA-1."""
    from reports.documents import pdf

    pdf.SECONDS = 3600
    return pdf.render(_outline(count))


def weasyprint(count: int) -> bytes:
    """The same table as HTML: tagged, PDF/UA-1, the portal's fonts."""
    from weasyprint import HTML
    from weasyprint.text.fonts import FontConfiguration

    faces = "".join(
        f"@font-face {{ font-family: Report; font-weight: {weight}; src: url({(FONTS / name).as_uri()}) }}"
        for name, weight in (("LiberationSerif-Regular.ttf", "normal"), ("LiberationSerif-Bold.ttf", "bold"))
    )
    style = (
        f"{faces} @page {{ size: A4 landscape; margin: 20mm 15mm; @bottom-center {{ content: counter(page) }} }}"
        "body { font: 8.5pt Report } table { border-collapse: collapse; table-layout: fixed; width: 267mm }"
        "td, th { border: .5pt solid #8a94a0; padding: 1mm; vertical-align: top; text-align: left }"
        "th { background: #d9e2ec } tr { break-inside: avoid }"
    )
    columns = "".join(f"<col style='width: {width}mm'>" for width in WIDTHS)
    head = "".join(f"<th>{escape(label)}</th>" for label in HEAD)
    body = "".join("<tr>" + "".join(f"<td>{escape(text)}</td>" for text in row) + "</tr>" for row in rows(count))
    page = (
        f"<html lang=kk><title>Жоспар</title><style>{style}</style><h1>Іс-шаралар</h1><table>"
        f"<colgroup>{columns}</colgroup><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></html>"
    )
    return HTML(string=page).write_pdf(font_config=FontConfiguration(), pdf_variant="pdf/ua-1")


def _landscape(document) -> None:
    from docx.enum.section import WD_ORIENT
    from docx.shared import Mm

    section = document.sections[0]
    section.orientation, section.page_width, section.page_height = WD_ORIENT.LANDSCAPE, Mm(297), Mm(210)
    section.left_margin = section.right_margin = Mm(15)


def _saved(document) -> bytes:
    buffer = io.BytesIO()
    document.save(buffer)
    return buffer.getvalue()


ENGINES = {
    "python-docx, rows as XML": (python_docx, "docx"),
    "docxtpl": (docxtpl, "docx"),
    "Typst": (typst, "pdf"),
    "WeasyPrint": (weasyprint, "pdf"),
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--keep", type=Path, default=Path(os.devnull), metavar="FOLDER")
    options = parser.parse_args()
    env = os.environ | {"DEBUG": "1", "DJANGO_SETTINGS_MODULE": "config.settings"}
    print("| engine | rows | CPU, s | peak memory, MB | output, kB |\n| --- | ---: | ---: | ---: | ---: |")
    for name in ENGINES:
        for count in SIZES:
            found = in_own_process("tests.bench.engines", "--one", name, str(count), str(options.keep), env=env)
            if "failed" in found:
                print(f"| {name} | {count:,} | failed: {found['failed']} | | |")
                continue
            peak = (found["peak"] + found["children"]) / MIB
            print(
                f"| {name} | {count:,} | {found['cpu']:.2f} | {peak:.0f} | {found['bytes'] / 1024:.0f} |",
                flush=True,
            )


def _one(name: str, count: str, keep: str) -> None:
    import django

    limit_memory()
    django.setup()
    engine, ending = ENGINES[name]
    content, found = measured(lambda: engine(int(count)))
    if Path(keep).is_dir():
        (Path(keep) / f"{engine.__name__}-{count}.{ending}").write_bytes(content)
    print(json.dumps(found | {"bytes": len(content)}))


if __name__ == "__main__":
    if sys.argv[1:2] == ["--one"]:
        _one(*sys.argv[2:])
    else:
        main()
