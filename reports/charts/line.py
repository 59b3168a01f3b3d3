"""Lines over time, each with points of its own shape."""

from dataclasses import dataclass
from itertools import pairwise

from . import legend
from .drawing import LINE, NARROW, About, Drawing, Number, extent
from .palette import PAPER, Look
from .scale import Scale, written_ticks

HEIGHT = 190
# The shape of a line's points, by the number of its series.
SHAPES = ("tick", "dots", "cross", "bang", "")
DASHES = "6 4"
ROOM_LEFT = 0.03


@dataclass(frozen=True)
class Series:
    """`points`: for each tick the value, None where there is none, and the value as written.

    `is_stepped`: each value holds from the tick before, so that the line rises at once and never in between.
    """

    label: str
    points: list[tuple[Number | None, str]]
    look: Look
    is_dashed: bool = False
    is_stepped: bool = False

    def shaped(self, number: int) -> Look:
        return Look(self.look.colour, self.is_dashed, SHAPES[number % len(SHAPES)])


def lines(about: About, ticks: list[str], series: list[Series]) -> str:
    """A line for each series, with a gap where a value is missing; the last values and the extremes are written."""
    drawing = Drawing(about)
    top = legend.legend(drawing, [_key(one, one.shaped(number)) for number, one in enumerate(series)]) + LINE + 6
    known = {value: text for one in series for value, text in one.points if value is not None}
    # From nought, unless that would leave the upper half of the picture to all lines.
    scale = Scale.of(known, top + HEIGHT, top, with_zero=not known or min(known) <= max(known) / 2)
    right = max(1 - (max((extent(text) for text in known.values()), default=0) + 12) / NARROW, 0.4)
    centres = placed(len(ticks), ROOM_LEFT, right)
    bottom = _axis(drawing, scale, known, right)
    for number, one in enumerate(series):
        places = [
            (x, scale(value)) if value is not None else None
            for x, (value, _text) in zip(centres, one.points, strict=True)
        ]
        _line(drawing, places, one)
        for place in filter(None, places):
            drawing.mark(*place, one.shaped(number))
    _last_values(drawing, series, centres, scale)
    return drawing.svg(written_ticks(drawing, ticks, centres, bottom))


def placed(count: int, first: float, last: float) -> list[float]:
    return [first + (last - first) * (number / (count - 1) if count > 1 else 0.5) for number in range(count)]


def _key(series: Series, look: Look) -> legend.Key:
    def draw(drawing: Drawing) -> None:
        drawing.add("path", d="M-8,0H8", stroke=look.colour, stroke_width=2, **_dashes(series))
        drawing.mark(0, 0, look)

    return legend.Key(series.label, draw)


def _dashes(series: Series) -> dict[str, str]:
    return {"stroke_dasharray": DASHES} if series.is_dashed else {}


def _axis(drawing: Drawing, scale: Scale, known: dict[Number, str], right: float) -> float:
    """Rules at the largest value, at the least and at nought; above and below them no line is in the way of words."""
    bottom, top, end = scale.first, scale.last, right + 0.02
    drawing.rule(0, bottom, end, bottom)
    if scale.low < 0 < scale.high:
        drawing.rule(0, scale(0), end, scale(0), stroke_dasharray="2 3")
    if scale.low == scale.high:
        return bottom + 8
    drawing.rule(0, top, end, top, stroke_dasharray="2 3")
    drawing.text(0, top - LINE / 2 - 6, known.get(scale.high, "0"))
    drawing.text(0, bottom + LINE / 2 + 6, known.get(scale.low, "0"))
    return bottom + LINE + 10


def _line(drawing: Drawing, places: list[tuple[float, float] | None], series: Series) -> None:
    look = {"stroke": series.look.colour, "stroke_width": 2} | _dashes(series)
    for one, other in pairwise(places):
        if one and other:
            corner = (one[0], other[1]) if series.is_stepped else one
            for start, end in ((one, corner), (corner, other)):
                if start != end:
                    drawing.rule(*start, *end, **look)


def _last_values(drawing: Drawing, series: list[Series], centres: list[float], scale: Scale) -> None:
    """Each series' last value beside its point, and below it where lines go on; moved apart where they would meet."""
    ends: dict[float, list[tuple[float, str]]] = {}
    for one in series:
        known = [(x, value, text) for x, (value, text) in zip(centres, one.points, strict=True) if value is not None]
        if known:
            x, value, text = known[-1]
            ends.setdefault(x, []).append((scale(value), text))
    rim = {"stroke": PAPER, "stroke_width": 4, "stroke_linejoin": "round", "paint_order": "stroke"}
    for x, found in sorted(ends.items()):
        below = 0 if x == centres[-1] else LINE
        places = apart([y + below for y, _text in found], scale.last, scale.first - below / 2)
        for y, (_wanted, text) in zip(places, sorted(found), strict=True):
            drawing.text(x, y, text, dx=10, font_weight="600", **rim)


def apart(places: list[float], low: float, high: float) -> list[float]:
    """The places from above, moved so that there is a line between each two, within what there is room for."""
    moved: list[float] = []
    for place in sorted(places):
        moved.append(max(place, moved[-1] + LINE) if moved else max(place, low))
    over = moved[-1] - high if moved else 0
    if over > 0:
        for number in range(len(moved) - 1, -1, -1):
            limit = high if number == len(moved) - 1 else moved[number + 1] - LINE
            moved[number] = min(moved[number], limit)
    return moved
