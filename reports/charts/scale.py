"""Where a value stands between two places, and how the ticks below an axis are written."""

from collections.abc import Iterable
from dataclasses import dataclass

from .drawing import LINE, NARROW, WIDE, Drawing, Number, extent, wrapped


@dataclass(frozen=True)
class Scale:
    """From the least value at `first` to the largest at `last`; in the middle if they are all one."""

    low: Number
    high: Number
    first: float
    last: float

    @classmethod
    def of(cls, values: Iterable[Number | None], first: float, last: float, *, with_zero: bool) -> "Scale":
        known = [value for value in values if value is not None]
        known += [0] if with_zero or not known else []
        return cls(min(known), max(known), first, last)

    def __call__(self, value: Number) -> float:
        if self.low == self.high:
            return self.first if self.low == 0 else (self.first + self.last) / 2
        return self.first + (self.last - self.first) * float((value - self.low) / (self.high - self.low))


def written_ticks(drawing: Drawing, ticks: list[str], centres: list[float], top: float) -> float:
    """The ticks below their places, as many of them as fit, where there is room and where there is little."""
    wide, narrow = (_chosen(ticks, centres, width) for width in (WIDE, NARROW))
    if wide == narrow:
        return top + LINE * _draw(drawing, wide, centres, top)
    ends = []
    for shown, chosen in (("wide", wide), ("narrow", narrow)):
        with drawing.only(shown):
            ends.append(_draw(drawing, chosen, centres, top))
    return top + LINE * max(ends)


def _chosen(ticks: list[str], centres: list[float], width: int) -> dict[int, tuple[str, list[str]]]:
    """By number of the tick: how it is anchored and its lines. Every second, third … one if all do not fit."""
    for step in range(1, len(ticks) + 1):
        laid = _laid(ticks, centres, width, step)
        if laid is not None:
            return laid
    return {}


def _laid(ticks: list[str], centres: list[float], width: int, step: int) -> dict[int, tuple[str, list[str]]] | None:
    slot = width if len(centres) < 2 else width * (centres[1] - centres[0]) * step
    laid, free = {}, 0.0
    # Counted from the last, which is the one that is looked for.
    for number in sorted(range(len(ticks) - 1, -1, -step)):
        lines = _broken(ticks[number], slot - 6)
        half = max(map(extent, lines)) / 2
        centre = centres[number] * width
        if centre - half < 0:
            anchor, left, right = "start", centre, centre + 2 * half
        elif centre + half > width:
            anchor, left, right = "end", centre - 2 * half, centre
        else:
            anchor, left, right = "middle", centre - half, centre + half
        if (left < free and laid) or left < 0 or right > width:
            if step == len(ticks):
                continue
            return None
        laid[number], free = (anchor, lines), right + 6
    return laid


def _broken(text: str, width: float) -> list[str]:
    """Broken between words only: a tick's word is never broken."""
    return wrapped(text, max(width, *(extent(word) for word in text.split()), 1)) if text.strip() else [""]


def _draw(drawing: Drawing, chosen: dict[int, tuple[str, list[str]]], centres: list[float], top: float) -> int:
    for number, (anchor, lines) in chosen.items():
        drawing.lines(centres[number], top, lines, text_anchor=anchor)
    return max((len(lines) for _anchor, lines in chosen.values()), default=0)
