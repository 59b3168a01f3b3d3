"""What was reached, beside what was aimed at and where it began: each row on a scale of its own."""

from dataclasses import dataclass

from django.utils.translation import gettext as _

from . import legend
from .drawing import NARROW, About, Drawing, Number, wrapped
from .palette import INK, NEUTRAL, PAPER, SCALE, UNDER_WAY, Look
from .scale import Scale

BAR, GAP = 14, 12
START = Look(NEUTRAL.colour, is_hatched=True)


@dataclass(frozen=True)
class Bullet:
    """`text`, `target_text`, `baseline_text`: the values as written, or why there is none."""

    label: str
    value: Number | None
    text: str
    target: Number | None
    target_text: str
    baseline: Number | None = None
    baseline_text: str = ""


def bullets(about: About, rows: list[Bullet]) -> str:
    """A bar as long as the value, a stroke across at the target, a ring at the baseline; the values below."""
    drawing = Drawing(about)
    keys = [legend.Key(_("Reached"), _value_key), legend.Key(_("Target"), _target_key)]
    if any(row.baseline is not None for row in rows):
        keys.append(legend.Key(_("Baseline"), _baseline_key))
    top = legend.legend(drawing, keys)
    for row in rows:
        top = drawing.lines(0, top, wrapped(row.label, NARROW)) + 4
        _row(drawing, row, top)
        top = _values(drawing, row, top + BAR + 6) + GAP
    return drawing.svg(top - GAP)


def _row(drawing: Drawing, row: Bullet, top: float) -> None:
    scale = Scale.of((row.value, row.target, row.baseline), 0.0, 0.97, with_zero=True)
    drawing.add("rect", x="0%", y=top + 2, width="100%", height=BAR - 4, fill=SCALE[1])
    if row.value is not None and scale(row.value) != scale(0):
        first, last = sorted((scale(0), scale(row.value)))
        drawing.area(first, top, last - first, BAR, Look(UNDER_WAY.colour))
    if scale.low < 0:
        drawing.rule(scale(0), top - 2, scale(0), top + BAR + 2)
    if row.target is not None:
        x = scale(row.target)
        drawing.rule(x, top - 4, x, top + BAR + 4, stroke=PAPER, stroke_width=7)
        drawing.rule(x, top - 4, x, top + BAR + 4, stroke=INK, stroke_width=3)
    if row.baseline is not None:
        drawing.mark(scale(row.baseline), top + BAR / 2, START)


def _values(drawing: Drawing, row: Bullet, top: float) -> float:
    said = [(row.text, _value_key), (row.target_text, _target_key), (row.baseline_text, _baseline_key)]
    return legend.legend(drawing, [legend.Key(text, draw) for text, draw in said if text], top) - 8


def _value_key(drawing: Drawing) -> None:
    drawing.add("rect", x=-7, y=-5, width=14, height=10, fill=UNDER_WAY.colour)


def _target_key(drawing: Drawing) -> None:
    drawing.add("path", d="M0,-7V7", stroke=INK, stroke_width=3)


def _baseline_key(drawing: Drawing) -> None:
    drawing.mark(0, 0, START)
