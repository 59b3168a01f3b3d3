"""How one stands among all others: a row for each measure, each on a scale of its own."""

from dataclasses import dataclass

from django.utils.translation import gettext as _

from . import legend
from .drawing import NARROW, About, Drawing, Number, wrapped
from .palette import INK, NEUTRAL, PAPER, UNDER_WAY, Look
from .scale import Scale

STRIP, GAP = 20, 12
OWN = Look(UNDER_WAY.colour, sign="cross")


@dataclass(frozen=True)
class Dots:
    """`others` are without one's own. `own_text`, `median_text`: the values as written, or why there is none."""

    label: str
    own: Number | None
    own_text: str
    others: list[Number]
    median: Number | None
    median_text: str


def dots(about: About, rows: list[Dots], own: str = "") -> str:
    """A ring for each of the others, a stroke at the median, a diamond at one's own value. `own`: whose that is."""
    drawing = Drawing(about)
    keys = [
        legend.Key(own or _("Own value"), _own_key),
        legend.Key(_("The others"), _other_key),
        legend.Key(_("Median"), _median_key),
    ]
    top = legend.legend(drawing, keys)
    for row in rows:
        top = drawing.lines(0, top, wrapped(row.label, NARROW)) + 2
        _strip(drawing, row, top + STRIP / 2)
        said = [(row.own_text, _own_key), (row.median_text, _median_key)]
        top = legend.legend(drawing, [legend.Key(text, draw) for text, draw in said if text], top + STRIP + 2) - 8 + GAP
    return drawing.svg(top - GAP)


def _strip(drawing: Drawing, row: Dots, y: float) -> None:
    drawing.rule(0, y, 1, y)
    scale = Scale.of([*row.others, row.own, row.median], 0.03, 0.97, with_zero=False)
    for value in sorted(set(row.others)):
        with drawing.at(scale(value), y):
            _ring(drawing)
    if row.median is not None:
        x = scale(row.median)
        drawing.rule(x, y - 9, x, y + 9, stroke=INK, stroke_width=3)
    if row.own is not None:
        drawing.mark(scale(row.own), y, OWN)


def _ring(drawing: Drawing) -> None:
    drawing.add("circle", cx=0, cy=0, r=4, fill=PAPER, stroke=NEUTRAL.colour, stroke_width=1.5)


def _own_key(drawing: Drawing) -> None:
    drawing.mark(0, 0, OWN)


def _other_key(drawing: Drawing) -> None:
    _ring(drawing)


def _median_key(drawing: Drawing) -> None:
    drawing.add("path", d="M0,-7V7", stroke=INK, stroke_width=3)
