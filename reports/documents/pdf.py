"""The report laid out by Typst: the PDF, tagged and archivable (PDF/A-2a, PDF/UA-1), with its own fonts only.

Typst runs in a process of its own: it keeps what ten documents were made of, a gigabyte for ours.
"""

import base64
import json
import subprocess
import sys
from dataclasses import asdict
from pathlib import Path

from .blocks import Block, Outline, Paragraph, Part, Picture, Prose
from .fitting import fitted, printable
from .paper import HEAD_SCALE, LABEL_SCALE, PAGE_WIDTH, grid, kept, lines_said, picture_width

PROGRAM = Path(__file__).resolve().parent / "typst_process.py"
SECONDS = 120
# Our report has some 500 rows. Typst takes a tenth of a megabyte for each.
MOST_ROWS = 10_000
TEXT_SIZE = 12


def render(outline: Outline) -> bytes:
    """Raises CalledProcessError with Typst's message, TimeoutExpired after two minutes."""
    return _typst("report", outline.compiled_on.isoformat(), _data(outline))


def pages_and_pictures(outline: Outline, pixels_per_inch: int) -> tuple[list[int | None], list[bytes]]:
    """The page on which each part begins, and each picture as PNG. Raises as `render` does.

    A report of more than MOST_ROWS rows is not laid out for that: its pages are None.
    """
    data = _data(outline)
    rows = sum(len(block.get("rows", ())) for part in data["parts"] for block in part["blocks"])
    if rows > MOST_ROWS:
        for part in data["parts"]:
            part["blocks"] = [block for block in part["blocks"] if block["kind"] == "picture"]
    found = json.loads(_typst("draft", str(pixels_per_inch), data))
    pages = [None] * len(outline.parts) if rows > MOST_ROWS else found["pages"]
    return pages, [base64.b64decode(picture) for picture in found["pictures"]]


def _typst(job: str, argument: str, data: dict) -> bytes:
    command = [sys.executable, "-I", str(PROGRAM), job, argument]
    written = printable(json.dumps(data, ensure_ascii=False)).encode()
    try:
        ran = subprocess.run(command, input=written, capture_output=True, check=True, timeout=SECONDS)  # noqa: S603
    except subprocess.CalledProcessError as error:
        error.add_note(error.stderr.decode(errors="replace"))
        raise
    return ran.stdout


# The outline as report.typ takes it


def _data(outline: Outline) -> dict:
    return vars(outline) | {
        "compiled_on": outline.compiled_on.isoformat(),
        "head_scale": HEAD_SCALE,
        "label_scale": LABEL_SCALE,
        "parts": [_part(part) for part in outline.parts],
    }


def _part(part: Part) -> dict:
    return vars(part) | {
        "blocks": [_block(block, part.is_landscape, with_next) for block, with_next in kept(part.blocks)]
    }


def _block(block: Block, is_landscape: bool, with_next: bool) -> dict:
    match block:
        case Prose():
            lines = [line for said in block.paragraphs for line in lines_said(said)]
            return {
                "kind": "prose",
                "paragraphs": [_paragraph(one, is_landscape) for one in lines],
                "with_next": with_next,
            }
        case Picture():
            return vars(block) | {"width": picture_width(block, is_landscape)}
    table = grid(block, is_landscape)
    return asdict(table) | {"kind": "grid"}


def _paragraph(said: Paragraph, is_landscape: bool) -> dict:
    return vars(said) | {"text": fitted(said.text, PAGE_WIDTH[is_landscape], TEXT_SIZE)}
