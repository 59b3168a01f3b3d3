"""Bars that stand: at each tick one for every series."""

from . import legend
from .drawing import LINE, NARROW, WIDE, About, Drawing, extent
from .line import Series
from .palette import INK
from .scale import Scale, written_ticks

HEIGHT = 170


def columns(about: About, ticks: list[str], series: list[Series]) -> str:
    """The values stand above their columns where there is room for them all, else the largest and the least only."""
    drawing = Drawing(about)
    top = legend.legend(drawing, [legend.area(one.label, one.look) for one in series]) + LINE
    values = {value: text for one in series for value, text in one.points if value is not None}
    scale = Scale.of(values, top + HEIGHT, top, with_zero=True)
    slot = 1 / max(len(ticks), 1)
    thickness = slot * 0.8 / max(len(series), 1)
    centres = [slot * (number + 0.5) for number in range(len(ticks))]
    nought = scale(0)
    drawn = []
    for place, one in enumerate(series):
        for centre, (value, text) in zip(centres, one.points, strict=True):
            if value is not None:
                x = centre + thickness * (place - len(series) / 2)
                y = scale(value)
                if y != nought:
                    drawing.area(x + thickness * 0.04, min(y, nought), thickness * 0.92, abs(nought - y), one.look)
                drawn.append((x + thickness / 2, y if value >= 0 else y + LINE, text, value))
    drawing.rule(0, nought, 1, nought, stroke=INK)
    _values(drawing, drawn, thickness)
    below = LINE if scale.low < 0 else 0
    return drawing.svg(written_ticks(drawing, ticks, centres, top + HEIGHT + below + 6))


def _values(drawing: Drawing, drawn: list[tuple], thickness: float) -> None:
    chosen = {width: _written(drawn, thickness * width, width) for width in (WIDE, NARROW)}
    if chosen[WIDE] == chosen[NARROW]:
        return _write(drawing, chosen[WIDE])
    for shown, width in (("wide", WIDE), ("narrow", NARROW)):
        with drawing.only(shown):
            _write(drawing, chosen[width])
    return None


def _written(drawn: list[tuple], room: float, width: int) -> list[tuple]:
    """All that are drawn, or those with the extreme values: where these are not in the way of others."""
    if all(extent(text) <= room for _x, _y, text, _value in drawn):
        return [(x, y, text, "middle") for x, y, text, _value in drawn]
    largest = max(drawn, key=lambda one: one[3])
    x, y, text, _value = largest
    half = extent(text) / 2 / width
    anchor = "start" if x < half else "end" if x > 1 - half else "middle"
    return [(x, y, text, anchor)]


def _write(drawing: Drawing, written: list[tuple]) -> None:
    for x, y, text, anchor in written:
        drawing.text(x, y - LINE / 2, text, text_anchor=anchor)
