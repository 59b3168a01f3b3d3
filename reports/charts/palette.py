"""Colours and looks. `static/css/chart-dark.css` has another of each for dark pages; a test holds that none is missing.

A colour never speaks alone: a hatching, a sign or a shape goes with it.
"""

from dataclasses import dataclass, replace

INK, RULE, PAPER = "#18242b", "#71838d", "#ffffff"
# The classes of a map from the lowest to the highest. Each stands out from the ink of its border.
SCALE = ("#eef5f8", "#c9dfe9", "#9cc6d8", "#5ea0ba", "#2a7898")
NUMERALS = ("I", "II", "III", "IV", "V")


@dataclass(frozen=True)
class Look:
    """`sign`: one of SIGNS, drawn on what is filled; it also gives a mark its shape."""

    colour: str
    is_hatched: bool = False
    sign: str = ""

    @property
    def hatched(self) -> "Look":
        return replace(self, is_hatched=True)


# The colours of the pills.
GOOD = Look("#17653a", sign="tick")
UNDER_WAY = Look("#0b5c7a", sign="dots")
BAD = Look("#a3201d", sign="cross")
WARN = Look("#a86c00", sign="bang")
NEUTRAL = Look("#495a64")

COLOURS = (INK, RULE, PAPER, *SCALE, *(look.colour for look in (GOOD, UNDER_WAY, BAD, WARN, NEUTRAL)))

# Paths around 0,0, eight wide.
SIGNS = {
    "tick": "M-3.5,0L-1,2.5L3.5,-2.5",
    "dots": "M-3.5,0h.1M0,0h.1M3.5,0h.1",
    "cross": "M-2.5,-2.5L2.5,2.5M2.5,-2.5L-2.5,2.5",
    "bang": "M0,-3.5V.5M0,3.4v.1",
}
# A mark's outline by its sign.
SHAPES = {
    "": "M-4.5,0a4.5,4.5 0 1 0 9,0a4.5,4.5 0 1 0 -9,0Z",
    "tick": "M-5,0a5,5 0 1 0 10,0a5,5 0 1 0 -10,0Z",
    "dots": "M-4.5,-4.5H4.5V4.5H-4.5Z",
    "cross": "M0,-6.5L6.5,0L0,6.5L-6.5,0Z",
    "bang": "M0,-6L6,5H-6Z",
}
