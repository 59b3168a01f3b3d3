"""What every chart is drawn with. Attributes only, no style and no script; the same bytes for the same figures.

Across, a place is a share of the width, so that a drawing is as wide as its box and its letters keep their size;
down, it is in pixels. Whatever is drawn fits into NARROW pixels. What takes another form where there is more room is
drawn twice, and `data-width` tells the style sheet which one to show.
"""

import math
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from decimal import Decimal
from xml.etree import ElementTree

from .palette import INK, PAPER, RULE, SHAPES, SIGNS, Look

# The page has the first font, Typst the second, a picture that somebody saved one of the others.
FONTS = "Inter Variable, Liberation Serif, Times New Roman, serif"
# As wide as a picture is on paper, where there is room, and on a telephone of 320 pixels.
PAPER_WIDTH, WIDE, NARROW = 620, 560, 256
SIZE, LINE = 13, 16
# Where the first line begins, so that the tops of its letters are inside.
TOP = 2
# Of the widest of FONTS, in em: what a letter takes on average.
LETTER = 0.6

Number = Decimal | int


@dataclass(frozen=True)
class About:
    """What a screen reader says of a picture: `description` tells what is to be seen."""

    name: str
    title: str
    description: str


class Drawing:
    """An SVG; its height is known when everything is drawn. With links it is a group of them, else one picture."""

    def __init__(self, about: About, *, size: int = SIZE, has_links: bool = False, shown: str = ""):
        self.about, self.size = about, size
        self.prefix = f"{about.name}-{shown}" if shown else about.name
        self.hatchings: dict[str, str] = {}
        attributes = {
            "xmlns": "http://www.w3.org/2000/svg",
            "role": "group" if has_links else "img",
            "aria-labelledby": f"{self.prefix}-title",
            "aria-describedby": f"{self.prefix}-description",
            "font-family": FONTS,
            "font-size": str(size),
            "fill": INK,
        }
        if shown:
            attributes["data-width"] = shown
        self.parent = self.root = ElementTree.Element("svg", attributes)
        self.add("title", id=f"{self.prefix}-title").text = about.title
        self.add("desc", id=f"{self.prefix}-description").text = about.description
        self.definitions = self.add("defs")

    def svg(self, height: Number | float) -> str:
        self.root.set("width", str(PAPER_WIDTH))
        self.root.set("height", str(math.ceil(height)))
        return self.written()

    def written(self) -> str:
        if not len(self.definitions):
            self.root.remove(self.definitions)
        return ElementTree.tostring(self.root, encoding="unicode")

    def add(self, tag: str, **attributes: str | Number | float) -> ElementTree.Element:
        """An element; a name's underscore is a hyphen, a number has one decimal at most."""
        return ElementTree.SubElement(self.parent, tag, named(attributes))

    @contextmanager
    def inside(self, tag: str, **attributes: str | Number | float) -> Iterator[ElementTree.Element]:
        outer = self.parent
        self.parent = self.add(tag, **attributes)
        yield self.parent
        self.parent = outer

    def only(self, shown: str):
        """What is drawn inside shows where the page is `wide`, or `narrow`; on paper it is wide."""
        hidden = {"display": "none"} if shown == "narrow" else {}
        return self.inside("g", data_width=shown, **hidden)

    def at(self, x: float, y: float):
        """What is drawn inside has its origin there, and pixels both ways."""
        return self.inside("svg", x=share(x), y=y, overflow="visible")

    def text(self, x: float, y: float, text: str, **attributes) -> None:
        """`y`: the middle of its line."""
        if text:
            self.add("text", x=share(x), y=float(y) + self.size * 0.36, **attributes).text = text

    def lines(self, x: float, y: float, lines: list[str], **attributes) -> float:
        """Lines from a top on. Returns where they end."""
        for number, line in enumerate(lines):
            self.text(x, y + (number + 0.5) * LINE, line, **attributes)
        return y + len(lines) * LINE

    def area(self, x: float, y: float, width: float, height: float, look: Look) -> None:
        paint, edge = self.paint(look)
        self.add("rect", x=share(x), y=y, width=share(width), height=height, fill=paint, stroke=edge, stroke_width=1)

    def rule(self, x1: float, y1: float, x2: float, y2: float, **look) -> None:
        self.add("line", x1=share(x1), y1=y1, x2=share(x2), y2=y2, **{"stroke": RULE, "stroke_width": 1} | look)

    def plate(self, x: float, y: float, text: str) -> None:
        """A figure that is read on any fill."""
        width = extent(text) + 8
        with self.at(x, y):
            self.add("rect", x=-width / 2, y=-LINE / 2, width=width, height=LINE, rx=3, fill=PAPER)
        self.text(x, y, text, text_anchor="middle")

    def sign(self, x: float, y: float, look: Look) -> None:
        """A look's sign, on an area of that look."""
        if look.sign and not look.is_hatched:
            with self.at(x, y):
                self.strokes(look.sign)

    def strokes(self, sign: str, colour: str = PAPER) -> None:
        self.add("path", d=SIGNS[sign], fill="none", stroke=colour, stroke_width=2, stroke_linecap="round")

    def mark(self, x: float, y: float, look: Look, *, has_rim: bool = False) -> None:
        """A point, by the shape of its look: hollow if hatched. A rim sets it off from what it lies on."""
        with self.at(x, y):
            if has_rim:
                self.add("path", d=SHAPES[look.sign], fill=PAPER, stroke=PAPER, stroke_width=4.5)
            fill = PAPER if look.is_hatched else look.colour
            self.add("path", d=SHAPES[look.sign], fill=fill, stroke=look.colour, stroke_width=1.5)

    def paint(self, look: Look) -> tuple[str, str]:
        """What an area is filled with, and the colour of its edge."""
        return (self.hatching(look.colour) if look.is_hatched else look.colour), look.colour

    def hatching(self, colour: str) -> str:
        if colour not in self.hatchings:
            self.hatchings[colour] = f"{self.prefix}-hatching-{len(self.hatchings) + 1}"
            self._hatch(self.hatchings[colour], colour)
        return f"url(#{self.hatchings[colour]})"

    def _hatch(self, name: str, colour: str) -> None:
        side = self.size / 2
        pattern = ElementTree.SubElement(
            self.definitions,
            "pattern",
            named({"id": name, "width": side, "height": side, "patternUnits": "userSpaceOnUse"}),
        )
        ElementTree.SubElement(pattern, "rect", named({"width": side, "height": side, "fill": PAPER}))
        # Three strokes, so that a diagonal goes on in the next tile.
        strokes = " ".join(f"M{short(-1 + x)},{short(1 + x)}L{short(1 + x)},{short(-1 + x)}" for x in (0, side))
        path = f"M0,{short(side)}L{short(side)},0 {strokes}"
        ElementTree.SubElement(pattern, "path", named({"d": path, "stroke": colour, "stroke_width": side / 4}))


def extent(text: str, size: float = SIZE) -> float:
    """The pixels that a text takes, a little more rather than less."""
    return len(text) * LETTER * size


def wrapped(text: str, width: float, size: float = SIZE) -> list[str]:
    """The text in lines that are no wider: broken between words, within one only if it is too long for a line."""
    letters, lines = max(int(width / (LETTER * size)), 1), [""]
    for word in text.split():
        rest = word
        if lines[-1] and len(lines[-1]) + 1 + len(rest) > letters:
            lines.append("")
        while len(rest) > letters:
            lines[-1], rest = rest[:letters], rest[letters:]
            lines.append("")
        lines[-1] = f"{lines[-1]} {rest}".strip()
    return lines


def share(fraction: float | Number) -> str:
    return f"{short(float(fraction) * 100)}%"


def named(attributes: dict[str, str | Number | float]) -> dict[str, str]:
    return {
        name.replace("_", "-"): value if isinstance(value, str) else short(value) for name, value in attributes.items()
    }


def short(number: Number | float) -> str:
    written = f"{float(number):.1f}".removesuffix(".0")
    return "0" if written == "-0" else written
