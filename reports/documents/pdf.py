"""The report as PDF, by Typst: tagged and archivable (PDF/A-2a, PDF/UA-1), with its own fonts only."""

import json
import re
import subprocess
import sys
from dataclasses import asdict
from functools import cache
from pathlib import Path

from fontTools.ttLib import TTFont

from .outline import Outline

FOLDER = Path(__file__).resolve().parent
FONTS = FOLDER / "fonts"
PROGRAM = FOLDER / "typst_process.py"
SECONDS = 120
# What stands for a character that no font here has, such as an emoji.
MISSING = "□"
# A word longer than any line here, which may then break. Backslashes and quotes belong to JSON.
_ENDLESS = re.compile(r'([^\s\\"]{70})(?=[^\s\\"])')
# Joiners and variation selectors only change the characters beside them.
_JOINERS = "\u200d\ufe0e\ufe0f"
_MARKS = re.compile(f"{MISSING}+")


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
    known = _known_characters()
    marked = "".join(letter if letter in known else MISSING for letter in text if letter not in _JOINERS)
    return _ENDLESS.sub("\\1\u200b", _MARKS.sub(MISSING, marked))


@cache
def _known_characters() -> frozenset[str]:
    """What at least one of the shipped fonts can print."""
    known = {"\n", "\t"}
    for path in FONTS.glob("*.ttf"):
        with TTFont(path, lazy=True) as font:
            known.update(map(chr, font.getBestCmap()))
    return frozenset(known)
