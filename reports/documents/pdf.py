"""The report as PDF, by Typst: tagged and archivable (PDF/A-2a, PDF/UA-1), with its own fonts only."""

import json
import re
import struct
import subprocess
import sys
from dataclasses import asdict
from functools import cache
from pathlib import Path

from .outline import Outline

FOLDER = Path(__file__).resolve().parent
FONTS = FOLDER / "fonts"
PROGRAM = FOLDER / "typst_process.py"
SECONDS = 120
# What stands for a character that no font here has, such as an emoji.
MISSING = "□"
# A word longer than any line here, which may then break. Backslashes and quotes belong to JSON.
_ENDLESS = re.compile(r'([^\s\\"]{70})(?=[^\s\\"])')
# Joiners and variation selectors, which belong to the character before them.
_JOINERS = "\u200d\ufe0e\ufe0f"


def render(outline: Outline) -> bytes:
    """Compiles in a process of its own: Typst keeps what ten documents were made of, a gigabyte for ours.

    Raises CalledProcessError with Typst's message, TimeoutExpired after two minutes.
    """
    data = _printable(json.dumps(asdict(outline), ensure_ascii=False, default=str))
    command = [sys.executable, "-I", str(PROGRAM), outline.compiled_on.isoformat()]
    try:
        ran = subprocess.run(command, input=data.encode(), capture_output=True, check=True, timeout=SECONDS)  # noqa: S603
    except subprocess.CalledProcessError as error:
        error.add_note(error.stderr.decode(errors="replace"))
        raise
    return ran.stdout


def _printable(text: str) -> str:
    """The archive standards refuse a text with characters that its fonts lack: each run of them becomes one mark."""
    return _ENDLESS.sub("\\1\u200b", _unprintable().sub(MISSING, text))


@cache
def _unprintable() -> re.Pattern:
    known = set().union(*(_characters(path) for path in sorted(FONTS.glob("*.ttf"))), "\n\t")
    ranges, start = [], None
    for code in range(0x10000):
        has = chr(code) in known or chr(code) in _JOINERS
        if not has and start is None:
            start = code
        if has and start is not None:
            ranges.append((start, code - 1))
            start = None
    ranges.append((start if start is not None else 0x10000, 0x10FFFF))
    missing = "".join(f"\\U{first:08x}-\\U{last:08x}" for first, last in ranges)
    return re.compile(f"[{missing}][{missing}{_JOINERS}]*|[{_JOINERS}]+")


def _characters(font: Path) -> set[str]:
    """The characters of the Basic Multilingual Plane that a TrueType font has (its `cmap` table, format 4)."""
    data = font.read_bytes()
    tables = struct.unpack_from(">H", data, 4)[0]
    records = (struct.unpack_from(">4sLLL", data, 12 + 16 * number) for number in range(tables))
    cmap = next(offset for tag, _sum, offset, _length in records if tag == b"cmap")
    encodings = struct.unpack_from(">H", data, cmap + 2)[0]
    offsets = (cmap + struct.unpack_from(">HHL", data, cmap + 4 + 8 * number)[2] for number in range(encodings))
    table = next(offset for offset in offsets if struct.unpack_from(">H", data, offset)[0] == 4)
    count = struct.unpack_from(">H", data, table + 6)[0] // 2
    ends = struct.unpack_from(f">{count}H", data, table + 14)
    starts = struct.unpack_from(f">{count}H", data, table + 16 + 2 * count)
    deltas = struct.unpack_from(f">{count}H", data, table + 16 + 4 * count)
    shifts_at = table + 16 + 6 * count
    shifts = struct.unpack_from(f">{count}H", data, shifts_at)
    found = set()
    for number, (start, end, delta, shift) in enumerate(zip(starts, ends, deltas, shifts, strict=True)):
        for code in range(start, min(end, 0xFFFE) + 1):
            glyph = code
            if shift:
                glyph = struct.unpack_from(">H", data, shifts_at + 2 * number + shift + 2 * (code - start))[0]
                if not glyph:
                    continue
            if (glyph + delta) % 0x10000:
                found.add(chr(code))
    return found
