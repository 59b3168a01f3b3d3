"""Compiles report.typ: JSON on standard input, PDF on standard output, the day of the report as the one argument.

A program, which `pdf.py` starts; it knows nothing of Django.
"""

import datetime
import sys
from pathlib import Path

import typst

FOLDER = Path(__file__).resolve().parent
STANDARDS = ["a-2a", "ua-1"]


def main(day: str, data: str) -> bytes:
    fonts = typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[FOLDER / "fonts"])
    compiler = typst.Compiler(FOLDER / "report.typ", root=FOLDER, font_paths=fonts, ignore_system_fonts=True)
    return compiler.compile(
        format="pdf",
        sys_inputs={"data": data},
        pdf_standards=STANDARDS,
        timestamp=datetime.datetime.combine(datetime.date.fromisoformat(day), datetime.time(), datetime.UTC),
    )


if __name__ == "__main__":
    sys.stdout.buffer.write(main(sys.argv[1], sys.stdin.buffer.read().decode()))
