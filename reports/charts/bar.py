"""Bars that lie: one for each label, one for each series, or one that is made of parts."""

from dataclasses import dataclass

from . import legend
from .drawing import NARROW, TOP, About, Drawing, Number, extent, wrapped
from .palette import Look

BAR, GAP, SLIVER = 14, 9, 0.004


@dataclass(frozen=True)
class Bar:
    """`text`: the value as written."""

    label: str
    value: Number
    text: str
    look: Look


@dataclass(frozen=True)
class Group:
    """A label with a bar for each of the chart's series: value and value as written."""

    label: str
    values: list[tuple[Number, str]]


def bars(about: About, rows: list[Bar]) -> str:
    """A bar with its value for each of the rows, of which there is one at least, under its label."""
    drawing = Drawing(about)
    reach = _reach([(row.value, row.text) for row in rows])
    top = TOP
    for row in rows:
        top = drawing.lines(0, top, wrapped(row.label, NARROW)) + 2
        _bar(drawing, (top, BAR), reach(row.value), row.text, row.look)
        top += BAR + GAP
    return drawing.svg(top - GAP + 1)


def grouped(about: About, groups: list[Group], series: dict[str, Look]) -> str:
    """Bars of every series, which are by label, for each group, of which there is one at least; under a legend."""
    drawing = Drawing(about)
    reach = _reach([value for group in groups for value in group.values])
    top = legend.legend(drawing, [legend.area(label, look) for label, look in series.items()])
    for group in groups:
        top = drawing.lines(0, top, wrapped(group.label, NARROW)) + 2
        for look, (value, text) in zip(series.values(), group.values, strict=True):
            _bar(drawing, (top, BAR - 1), reach(value), text, look)
            top += BAR + 1
        top += GAP
    return drawing.svg(top - GAP + 1)


def stacked(about: About, parts: list[Bar]) -> str:
    """One bar that is made of parts, in order, under a legend with their values."""
    drawing = Drawing(about)
    top = legend.legend(drawing, [legend.area(f"{part.label}: {part.text}", part.look) for part in parts])
    whole = sum(part.value for part in parts)
    x, height = 0.0, 2 * BAR
    for part in parts:
        if not part.value:
            continue
        width = float(part.value / whole)
        drawing.area(x, top, width, height, part.look)
        if extent(part.text) + 10 < width * NARROW:
            drawing.plate(x + width / 2, top + height / 2, part.text)
        x += width
    return drawing.svg(top + height + 1)


def _reach(values: list[tuple[Number, str]]):
    """How long the bar of a value is, so that each has room for its value as written. What is not nought is seen."""
    largest = max(value for value, _text in values)
    room = 1 - (max(extent(text) for _value, text in values) + 8) / NARROW
    return lambda value: max(room * float(value / largest), SLIVER) if value > 0 else 0.0


def _bar(drawing: Drawing, place: tuple[float, float], length: float, text: str, look: Look) -> None:
    top, height = place
    if length:
        drawing.area(0, top, length, height, look)
    drawing.text(length, top + height / 2, text, dx=5)
