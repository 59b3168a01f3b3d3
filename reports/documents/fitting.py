"""Texts as the shipped fonts can print them: no characters that they lack, words broken that no line could hold."""

import re
from bisect import bisect_right
from functools import cache
from itertools import accumulate
from pathlib import Path

from fontTools.ttLib import TTFont

FONTS = Path(__file__).resolve().parent / "fonts"
# What stands for a character that no font here has, such as an emoji.
MISSING = "□"
_MARKS = re.compile(f"{MISSING}+")
# Joiners and variation selectors only change the characters beside them.
_JOINERS = "\u200d\ufe0e\ufe0f"
# Where a word may break: with a hyphen between syllables (Kazakh, Russian, English), else without.
HYPHEN, BREAK = "\u00ad", "\u200b"
_HYPHEN_WIDTH = 0.34
_VOWELS = "аәеёиіоөуұүыэюяaeiouy"
_SYLLABLE = re.compile(rf"(?<=\w[{_VOWELS}])(?=[^\W\d_{_VOWELS}][{_VOWELS}]\w)", re.IGNORECASE)
_WORD = re.compile(r"\S+\s*")
_SPACES = {"\n", "\t", HYPHEN, BREAK}
_POINTS = 72 / 25.4


def printable(text: str) -> str:
    """The archive standards refuse a text with characters that its fonts lack: each run of them becomes one mark."""
    unknown = set(text) - _advances().keys() - _SPACES
    marks = dict.fromkeys(map(ord, unknown), MISSING) | dict.fromkeys(map(ord, _JOINERS))
    return _MARKS.sub(MISSING, text.translate(marks))


def fitted(text: str, width: float, size: float, *, bold: bool = False) -> str:
    """The text with places to break in words that are longer than a line of `width` millimetres at `size` points."""
    em = width * _POINTS / size
    advances = _advances(bold)
    return _long_words(int(em / _widest(bold))).sub(lambda word: _broken(word[0], em, advances), text)


def _broken(word: str, em: float, advances: dict[str, float]) -> str:
    """As many letters on each line as fit, less those that would part a syllable."""
    edges = [0, *accumulate(advances.get(letter, 1) for letter in word)]
    syllables = [found.start() for found in _SYLLABLE.finditer(word)]
    start, lines = 0, []
    while edges[-1] - edges[start] > em:
        end = max(bisect_right(edges, edges[start] + em - _HYPHEN_WIDTH) - 1, start + 1)
        before = bisect_right(syllables, end)
        is_syllable = before > 0 and syllables[before - 1] > start
        if is_syllable:
            end = syllables[before - 1]
        lines.append(word[start:end] + (HYPHEN if is_syllable else BREAK))
        start = end
    return "".join([*lines, word[start:]])


def lines_of(text: str, width: float, size: float) -> int:
    """How many lines of `width` millimetres the text takes at `size` points."""
    em, advances = width * _POINTS / size, _advances()
    count = 0
    for paragraph in text.split("\n"):
        count, used = count + 1, 0.0
        for word in _WORD.findall(paragraph):
            length = sum(advances.get(letter, 1) for letter in word)
            if used and used + length > em:
                count, used = count + 1, 0.0
            used += length
            while used > em:
                count, used = count + 1, used - em
    return count


@cache
def _long_words(length: int) -> re.Pattern:
    """Words that would be too long if every letter were as wide as the widest."""
    return re.compile(rf"\S{{{max(length, 1)},}}")


@cache
def _widest(bold: bool) -> float:
    return max(_advances(bold).values())


@cache
def _advances(bold: bool = False) -> dict[str, float]:
    """How wide each character is that a shipped font can print, in em."""
    found: dict[str, float] = {}
    for name in (f"LiberationSerif-{'Bold' if bold else 'Regular'}", "DejaVuSerif"):
        with TTFont(FONTS / f"{name}.ttf", lazy=True) as font:
            em, metrics = font["head"].unitsPerEm, font["hmtx"]
            found = {chr(code): metrics[glyph][0] / em for code, glyph in font.getBestCmap().items()} | found
    return found
