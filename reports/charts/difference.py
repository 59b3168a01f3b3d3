"""What lies between two figures that should be the same."""

from dataclasses import dataclass

from .drawing import NARROW, TOP, About, Drawing, Number, extent, wrapped
from .palette import BAD, INK
from .scale import Scale

BAR, GAP = 14, 12


@dataclass(frozen=True)
class Difference:
    """`difference` is None where there is nothing to compare with. Each text is a value as written, or says why not."""

    label: str
    left: Number
    left_text: str
    right: Number | None
    right_text: str
    difference: Number | None
    difference_text: str


def differences(about: About, rows: list[Difference], sides: tuple[str, str] = ("", "")) -> str:
    """Both figures in words, and a bar from nought, in the direction of the sign. `sides`: what left and right are."""
    drawing = Drawing(about)
    known = [row.difference for row in rows if row.difference is not None]
    low, high = min([0, *known]), max([0, *known])
    left = [extent(row.difference_text) + 8 for row in rows if row.difference is not None and row.difference < 0]
    right = [extent(row.difference_text) + 8 for row in rows if row.difference is not None and row.difference >= 0]
    scale = Scale(low, high, max(left, default=4) / NARROW, 1 - max(right, default=4) / NARROW)
    top = TOP
    for row in rows:
        top = drawing.lines(0, top, wrapped(row.label, NARROW), font_weight="600")
        both = zip(sides, (row.left_text, row.right_text), strict=True)
        said = [f"{side}: {text}" if side else text for side, text in both]
        top = drawing.lines(0, top, _beside(said)) + 2
        if row.difference is None:
            top = drawing.lines(0, top, wrapped(row.difference_text, NARROW)) + GAP
        else:
            _bar(drawing, row.difference, row.difference_text, scale, top)
            top += BAR + GAP
    return drawing.svg(top - GAP + 2)


def _beside(said: list[str]) -> list[str]:
    """On one line if they fit, else one below the other."""
    both = " · ".join(text for text in said if text)
    return [both] if extent(both) <= NARROW else [line for text in said for line in wrapped(text, NARROW)]


def _bar(drawing: Drawing, difference: Number, text: str, scale: Scale, top: float) -> None:
    nought, end, middle = scale(0), scale(difference), top + BAR / 2
    if difference:
        drawing.area(min(end, nought), top, abs(end - nought), BAR, BAD.hatched)
    drawing.rule(nought, top - 2, nought, top + BAR + 2, stroke=INK)
    if difference < 0:
        drawing.text(end, middle, text, dx=-6, text_anchor="end")
    else:
        drawing.text(end, middle, text, dx=6)
