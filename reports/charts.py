"""Charts and the map as SVG: attributes only, no style and no script, the same bytes for the same figures.

Each is read by a screen reader as one picture with a title and a description; a table beside it holds the figures.
What a colour says, a label, a figure or a hatching says too. `name` is unique on the page and in the document.
"""

import json
import math
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from pathlib import Path
from xml.etree import ElementTree

# The page has the first font, Typst the second, a picture that somebody saved one of the others.
FONTS = "Inter Variable, Liberation Serif, Times New Roman, serif"
INK, RULE, PAPER = "#18242b", "#71838d", "#ffffff"
# The classes of a map from the lowest to the highest. Each stands out from the ink of its border.
SCALE = ("#eef5f8", "#c9dfe9", "#9cc6d8", "#5ea0ba", "#2a7898")
NUMERALS = ("I", "II", "III", "IV", "V")

WIDTH, LABELS, SIZE, LINE = 520, 168, 11, 14
# Of the widest of FONTS, in em: what a letter takes on average.
LETTER = 0.6
BAR, GAP = 16, 8

MAPS = Path(__file__).resolve().parent / "documents" / "maps"

Number = Decimal | int


@dataclass(frozen=True)
class Look:
    colour: str
    is_hatched: bool = False


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


@dataclass(frozen=True)
class About:
    """What a screen reader says of a picture: `description` tells what is to be seen."""

    name: str
    title: str
    description: str


def bars(about: About, rows: list[Bar]) -> str:
    """A bar with its value for each of the rows, of which there is one at least; the labels to their left."""
    chart = _Chart(about)
    reach = chart.reach([(row.value, row.text) for row in rows])
    top = 0
    for row in rows:
        lines = _lines(row.label, LABELS)
        height = max(len(lines) * LINE, BAR)
        middle = top + height / 2
        chart.label(lines, middle)
        chart.bar(middle - BAR / 2, BAR, reach(row.value), row.text, row.look)
        top += height + GAP
    chart.rule(LABELS, 0, LABELS, top - GAP)
    return chart.svg(top - GAP)


def grouped(about: About, groups: list[Group], series: dict[str, Look]) -> str:
    """Bars of every series, which are by label, for each group, of which there is one at least; under a legend."""
    chart = _Chart(about)
    reach = chart.reach([value for group in groups for value in group.values])
    start = top = chart.legend([(label, *chart.look(look)) for label, look in series.items()]) + GAP
    thickness = BAR - 2
    for group in groups:
        lines = _lines(group.label, LABELS)
        height = max(len(lines) * LINE, len(series) * thickness)
        chart.label(lines, top + height / 2)
        y = top + (height - len(series) * thickness) / 2
        for look, (value, text) in zip(series.values(), group.values, strict=True):
            chart.bar(y, thickness - 1, reach(value), text, look)
            y += thickness
        top += height + GAP
    chart.rule(LABELS, start, LABELS, top - GAP)
    return chart.svg(top - GAP)


def stacked(about: About, parts: list[Bar]) -> str:
    """One bar that is made of parts, in order, under a legend with their values."""
    chart = _Chart(about)
    top = chart.legend([(f"{part.label}: {part.text}", *chart.look(part.look)) for part in parts]) + GAP
    whole = sum(part.value for part in parts)
    x, height = Decimal(0), 2 * BAR
    for part in parts:
        if not part.value:
            continue
        width = Decimal(WIDTH) * part.value / whole
        chart.area((x, top, width, height), *chart.look(part.look))
        if len(part.text) * LETTER * SIZE + 8 < width:
            chart.plate(x + width / 2, top + height / 2, part.text)
        x += width
    return chart.svg(top + height)


# The map


@dataclass(frozen=True)
class Classes:
    """`bounds`: where the second and each later class begins; `labels`: one more, of the classes in words."""

    bounds: list[Number]
    labels: list[str]
    no_data: str

    def of(self, value: Number | None) -> int | None:
        """The class of a value, from 0."""
        return None if value is None else sum(value >= bound for bound in self.bounds)


def region_map(
    about: About, values: dict[str, Number | None], texts: dict[str, str], classes: Classes, language: str
) -> str | None:
    """Regions by code in the colour and with the numeral of their class; None is no data.

    `texts`: the values as written. None if no map here has all of the regions.
    """
    drawn = next((one for one in _maps() if set(values) <= set(one["regions"])), None)
    if not values or drawn is None:
        return None
    return _Map(about, drawn, classes).svg_of(values, texts, language)


@cache
def _maps() -> list[dict]:
    return [json.loads(path.read_text(encoding="utf-8")) for path in sorted(MAPS.glob("*.json"))]


# Drawing


class _Drawing:
    """An SVG of a width; its height is known when everything is drawn."""

    def __init__(self, about: About, width: int, size: int):
        self.about, self.width, self.size = about, width, size
        self.hatchings: dict[str, str] = {}
        self.root = ElementTree.Element(
            "svg",
            {
                "xmlns": "http://www.w3.org/2000/svg",
                "role": "img",
                "aria-labelledby": f"{about.name}-title",
                "aria-describedby": f"{about.name}-description",
                "font-family": FONTS,
                "font-size": str(size),
                "fill": INK,
            },
        )
        self._add("title", id=f"{about.name}-title").text = about.title
        self._add("desc", id=f"{about.name}-description").text = about.description
        self.definitions = self._add("defs")

    def svg(self, height: Number | float) -> str:
        self.root.set("viewBox", f"0 0 {self.width} {math.ceil(height)}")
        if not len(self.definitions):
            self.root.remove(self.definitions)
        return ElementTree.tostring(self.root, encoding="unicode")

    def _add(self, tag: str, **attributes: str | Number | float) -> ElementTree.Element:
        """An element; a name's underscore is a hyphen, a number has one decimal at most."""
        return ElementTree.SubElement(self.root, tag, _attributes(attributes))

    def text(self, x, y, text: str, **attributes) -> None:
        """`y`: the middle of its line."""
        self._add("text", x=x, y=float(y) + self.size * 0.36, **attributes).text = text

    def area(self, box: tuple, paint: str, edge: str) -> None:
        x, y, width, height = box
        self._add("rect", x=x, y=y, width=width, height=height, fill=paint, stroke=edge, stroke_width=1)

    def legend(self, keys: list[tuple[str, str, str]], top: float = 0) -> float:
        """A swatch for each label, paint and edge, in as many rows as they need. Returns where they end."""
        size = self.size
        x, y = 0.0, top
        for label, paint, edge in keys:
            width = (len(label) * LETTER + 3) * size
            if x and x + width > self.width:
                x, y = 0.0, y + 1.6 * size
            self.area((x + 0.5, y + 0.5, size, size), paint, edge)
            self.text(x + 1.6 * size, y + 0.5 + size / 2, label)
            x += width
        return y + 1.6 * size

    def look(self, look: Look) -> tuple[str, str]:
        """What an area is filled with, and the colour of its edge."""
        return (self.hatching(look.colour) if look.is_hatched else look.colour), look.colour

    def hatching(self, colour: str) -> str:
        if colour not in self.hatchings:
            self.hatchings[colour] = f"{self.about.name}-hatching-{len(self.hatchings) + 1}"
            self._hatch(self.hatchings[colour], colour)
        return f"url(#{self.hatchings[colour]})"

    def _hatch(self, name: str, colour: str) -> None:
        side = self.size / 2
        pattern = ElementTree.SubElement(
            self.definitions,
            "pattern",
            _attributes({"id": name, "width": side, "height": side, "patternUnits": "userSpaceOnUse"}),
        )
        ElementTree.SubElement(pattern, "rect", _attributes({"width": side, "height": side, "fill": PAPER}))
        # Three strokes, so that a diagonal goes on in the next tile.
        strokes = " ".join(f"M{_short(-1 + x)},{_short(1 + x)}L{_short(1 + x)},{_short(-1 + x)}" for x in (0, side))
        path = f"M0,{_short(side)}L{_short(side)},0 {strokes}"
        ElementTree.SubElement(pattern, "path", _attributes({"d": path, "stroke": colour, "stroke_width": side / 4}))


class _Chart(_Drawing):
    """Labels at the left, bars from LABELS on."""

    def __init__(self, about: About):
        super().__init__(about, WIDTH, SIZE)

    def reach(self, values: list[tuple[Number, str]]):
        """How long the bar of a value is, so that each has room for its value as written."""
        largest = max((value for value, _text in values), default=0)
        room = WIDTH - LABELS - math.ceil(max((len(text) for _value, text in values), default=0) * LETTER * SIZE) - 8
        return lambda value: Decimal(room) * value / largest if largest else Decimal(0)

    def label(self, lines: list[str], middle: float) -> None:
        y = middle - (len(lines) - 1) * LINE / 2
        for line in lines:
            self.text(LABELS - 8, y, line, text_anchor="end")
            y += LINE

    def bar(self, y, height, length: Decimal, text: str, look: Look) -> None:
        if length:
            self.area((LABELS, y, length, height), *self.look(look))
        self.text(LABELS + length + 5, y + height / 2, text)

    def plate(self, x, y, text: str) -> None:
        """A figure that is read on any fill."""
        width = Decimal(len(text) * LETTER * SIZE + 8)
        self._add("rect", x=x - width / 2, y=float(y) - LINE / 2 - 1, width=width, height=LINE + 2, rx=3, fill=PAPER)
        self.text(x, y, text, text_anchor="middle")

    def rule(self, x1, y1, x2, y2) -> None:
        self._add("line", x1=x1, y1=y1, x2=x2, y2=y2, stroke=RULE, stroke_width=1)


class _Map(_Drawing):
    def __init__(self, about: About, drawn: dict, classes: Classes):
        super().__init__(about, drawn["width"], 17)
        self.drawn, self.classes = drawn, classes

    def svg_of(self, values: dict[str, Number | None], texts: dict[str, str], language: str) -> str:
        # Points last, over the regions that they lie in.
        regions = sorted(
            ((code, region) for code, region in self.drawn["regions"].items() if code in values),
            key=lambda pair: pair[1]["is_point"],
        )
        for code, region in regions:
            self._shape(region, values[code])
        for code, region in regions:
            self._label(region, values[code], texts.get(code, ""), language)
        return self.svg(self.legend(self._keys(), self.drawn["height"] + 12))

    def _shape(self, region: dict, value: Number | None) -> None:
        look = {"fill": self._fill(value), "stroke": INK, "stroke_width": 1, "stroke_linejoin": "round"}
        if region["is_point"]:
            x, y = region["at"]
            self._add("circle", cx=x, cy=y, r=10, **look)
        else:
            self._add("path", d=region["path"], fill_rule="evenodd", **look)

    def _fill(self, value: Number | None) -> str:
        return self.hatching(RULE) if value is None else SCALE[self.classes.of(value)]

    def _label(self, region: dict, value: Number | None, text: str, language: str) -> None:
        x, y = region["label"]
        lines = [region["name"][language]]
        if value is not None:
            lines.append(f"{NUMERALS[self.classes.of(value)]} · {text}")
        # A rim of paper, so that it is read on every class and across borders.
        rim = {"stroke": PAPER, "stroke_width": 4, "stroke_linejoin": "round", "paint_order": "stroke"}
        for number, line in enumerate(lines):
            self.text(x, y + (2 * number - len(lines) + 1) * 10, line, text_anchor=region["anchor"], **rim)

    def _keys(self) -> list[tuple[str, str, str]]:
        """The classes, each with its numeral, and what has no data."""
        labels = [f"{numeral}: {label}" for numeral, label in zip(NUMERALS, self.classes.labels, strict=False)]
        keys = [(label, fill, INK) for label, fill in zip(labels, SCALE, strict=False)]
        return [*keys, (self.classes.no_data, self._fill(None), INK)]


def _lines(text: str, width: float) -> list[str]:
    """The text in lines that are no wider, as far as its words allow."""
    letters, lines = int(width / (LETTER * SIZE)), [""]
    for word in text.split():
        if lines[-1] and len(lines[-1]) + 1 + len(word) > letters:
            lines.append("")
        lines[-1] = f"{lines[-1]} {word}".strip()
    return lines


def _attributes(attributes: dict[str, str | Number | float]) -> dict[str, str]:
    return {
        name.replace("_", "-"): value if isinstance(value, str) else _short(value) for name, value in attributes.items()
    }


def _short(number: Number | float) -> str:
    return f"{float(number):.1f}".removesuffix(".0")
