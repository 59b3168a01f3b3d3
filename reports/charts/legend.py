"""Legends: a swatch, a mark or a stretch of line for each label."""

from collections.abc import Callable
from dataclasses import dataclass

from .drawing import LINE, NARROW, TOP, Drawing, extent, wrapped
from .palette import Look

SWATCH = 20


@dataclass(frozen=True)
class Key:
    """`draw` draws what the label stands for around 0,0, no wider than a swatch."""

    label: str
    draw: Callable[[Drawing], None]


def area(label: str, look: Look, *, has_sign: bool = False) -> Key:
    def draw(drawing: Drawing) -> None:
        paint, edge = drawing.paint(look)
        drawing.add("rect", x=-7, y=-6, width=14, height=12, fill=paint, stroke=edge, stroke_width=1)
        if has_sign and look.sign and not look.is_hatched:
            drawing.strokes(look.sign)

    return Key(label, draw)


def mark(label: str, look: Look) -> Key:
    return Key(label, lambda drawing: drawing.mark(0, 0, look))


def legend(drawing: Drawing, keys: list[Key], top: float = TOP, width: float = NARROW) -> float:
    """As many keys to a row as fit into the pixels. Returns where they end; nothing takes no room."""
    end = top
    for key, (row, x, lines) in zip(keys, _laid(keys, width), strict=True):
        y = top + row * (LINE + 2)
        with drawing.inside("svg", role="none", x=x, y=y, overflow="visible"):
            with drawing.inside("g", aria_hidden="true", transform=f"translate(8 {LINE // 2})"):
                key.draw(drawing)
            for number, line in enumerate(lines):
                drawing.add("text", x=SWATCH, y=(number + 0.5) * LINE + drawing.size * 0.36).text = line
        end = max(end, y + len(lines) * LINE)
    return end + 8 if keys else top


def _laid(keys: list[Key], width: float) -> list[tuple[int, float, list[str]]]:
    """Of each key the row in which it begins, its place in that row and its lines."""
    laid, x, row, rows = [], 0.0, 0, 1
    for key in keys:
        lines = wrapped(key.label, width - SWATCH)
        taken = SWATCH + max(map(extent, lines))
        if x and x + taken > width:
            x, row, rows = 0.0, row + rows, 1
        laid.append((row, x, lines))
        x, rows = x + taken + 12, max(rows, len(lines))
    return laid
