"""A program around Typst, which `pdf.py` starts: the report as JSON on standard input, the outcome on standard output.

`report DAY` makes the PDF. `draft PPI` makes JSON for the Word document: the page on which each part begins, and the
pictures as PNGs in base64. It knows nothing of Django.
"""

import base64
import datetime
import json
import sys
from pathlib import Path

import typst

FOLDER = Path(__file__).resolve().parent
STANDARDS = ["a-2a", "ua-1"]


def report(day: str, data: str) -> bytes:
    moment = datetime.datetime.combine(datetime.date.fromisoformat(day), datetime.time(), datetime.UTC)
    return _compiler("report.typ", data).compile(format="pdf", pdf_standards=STANDARDS, timestamp=moment)


def draft(ppi: str, data: str) -> bytes:
    pages = json.loads(_compiler("report.typ", data).query("<page>", field="value"))
    return json.dumps({"pages": pages, "pictures": _pictures(float(ppi), data)}).encode()


def _pictures(ppi: float, data: str) -> list[str]:
    if not any(block["kind"] == "picture" for part in json.loads(data)["parts"] for block in part["blocks"]):
        return []
    made = _compiler("pictures.typ", data).compile(format="png", ppi=ppi)
    return [base64.b64encode(picture).decode() for picture in (made if isinstance(made, list) else [made])]


def _compiler(name: str, data: str) -> typst.Compiler:
    fonts = typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[FOLDER / "fonts"])
    return typst.Compiler(
        FOLDER / name, root=FOLDER, font_paths=fonts, ignore_system_fonts=True, sys_inputs={"data": data}
    )


if __name__ == "__main__":
    job = {"report": report, "draft": draft}[sys.argv[1]]
    sys.stdout.buffer.write(job(sys.argv[2], sys.stdin.buffer.read().decode()))
