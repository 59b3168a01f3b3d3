"""Maps of regions, each coloured by the class of its value."""

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from .drawing import LETTER, About, Drawing, Number
from .palette import INK, NUMERALS, PAPER, RULE, SCALE

MAPS = Path(__file__).resolve().parents[1] / "documents" / "maps"


@dataclass(frozen=True)
class Classes:
    """`bounds`: where the second and each later class begins; `labels`: one more, of the classes in words."""

    bounds: list[Number]
    labels: list[str]
    no_data: str

    def of(self, value: Number | None) -> int | None:
        """The class of a value, from 0."""
        return None if value is None else sum(value >= bound for bound in self.bounds)


def region_map(  # noqa: PLR0917
    about: About,
    values: dict[str, Number | None],
    texts: dict[str, str],
    classes: Classes,
    language: str,
    links: dict[str, str] | None = None,
) -> str | None:
    """Regions by code in the colour and with the numeral of their class; None is no data.

    `texts`: the values as written. None if no map here has all of the regions. With `links`, addresses by code, each
    region is a link that says its name and value, and there are two drawings: a style sheet shows the one that fits.
    """
    drawn = next((one for one in _maps() if set(values) <= set(one["regions"])), None)
    if not values or drawn is None:
        return None
    shown = _Shown(drawn, values, texts, classes, language, links or {})
    if not links:
        return _Map(about, shown, _WIDE).svg_of()
    return _Map(about, shown, _WIDE, "wide").svg_of() + _Map(about, shown, _NARROW, "narrow").svg_of()


@cache
def _maps() -> list[dict]:
    return [json.loads(path.read_text(encoding="utf-8")) for path in sorted(MAPS.glob("*.json"))]


@dataclass(frozen=True)
class _Shown:
    drawn: dict
    values: dict[str, Number | None]
    texts: dict[str, str]
    classes: Classes
    language: str
    links: dict[str, str]


@dataclass(frozen=True)
class _Form:
    """`size` of letters, radius of a city and of what one can point at, in the map's own thousand units."""

    size: int
    border: float
    city: int
    reach: int
    has_names: bool


# On a telephone there is no room for names and values: a link and the table say them.
_WIDE = _Form(size=19, border=1, city=11, reach=22, has_names=True)
_NARROW = _Form(size=44, border=2.5, city=20, reach=46, has_names=False)


class _Map(Drawing):
    """The narrow one takes its outlines from the wide one, which is on the page as well."""

    def __init__(self, about: About, shown: _Shown, form: _Form, width: str = ""):
        super().__init__(about, size=form.size, has_links=bool(width), shown=width)
        self.shown, self.form = shown, form

    def svg_of(self) -> str:
        # Points last, over the regions that they lie in.
        regions = sorted(
            ((code, region) for code, region in self.shown.drawn["regions"].items() if code in self.shown.values),
            key=lambda pair: pair[1]["is_point"],
        )
        for code, region in regions:
            self._region(code, region)
        with self.inside("g", **({"aria_hidden": "true"} if self.shown.links else {})):
            for code, region in regions:
                self._label(code, region)
        width, height = self.shown.drawn["width"], self.shown.drawn["height"]
        self.root.set("viewBox", f"0 0 {width} {round(self._legend(height + 12, width))}")
        return self.written()

    def _region(self, code: str, region: dict) -> None:
        look = {
            "fill": self._fill(self.shown.values[code]),
            "stroke": INK,
            "stroke_width": self.form.border,
            "stroke_linejoin": "round",
        }
        if url := self.shown.links.get(code):
            with self.inside("a", href=url, **look):
                self.add("title").text = self._said(code, region)
                self._shape(code, region)
        else:
            with self.inside("g", **look):
                self._shape(code, region)

    def _shape(self, code: str, region: dict) -> None:
        if region["is_point"]:
            x, y = region["at"]
            if self.shown.links:
                self.add("circle", cx=x, cy=y, r=self.form.reach, fill="none", stroke="none", pointer_events="all")
            self.add("circle", cx=x, cy=y, r=self.form.city)
        elif self.form.has_names:
            self.add("path", id=f"{self.about.name}-{code}", d=region["path"], fill_rule="evenodd")
        else:
            self.add("use", href=f"#{self.about.name}-{code}")

    def _fill(self, value: Number | None) -> str:
        return self.hatching(RULE) if value is None else SCALE[self.shown.classes.of(value)]

    def _said(self, code: str, region: dict) -> str:
        value, classes = self.shown.values[code], self.shown.classes
        name = region["name"][self.shown.language]
        if value is None:
            return f"{name}: {classes.no_data}"
        number = classes.of(value)
        return f"{name}: {self.shown.texts.get(code, '')} ({NUMERALS[number]}: {classes.labels[number]})"

    def _label(self, code: str, region: dict) -> None:
        value = self.shown.values[code]
        numeral = "" if value is None else NUMERALS[self.shown.classes.of(value)]
        x, y = region["label"]
        if self.form.has_names:
            lines = [region["name"][self.shown.language]]
            if value is not None:
                lines.append(f"{numeral} · {self.shown.texts.get(code, '')}")
        else:
            lines = [numeral] if numeral else []
            x, y = (x + 8, y - 6) if region["anchor"] == "start" else (x, y + 14 * region["is_point"])
        # A rim of paper, so that it is read on every class and across borders.
        rim = {"stroke": PAPER, "stroke_width": self.size / 4.5, "stroke_linejoin": "round", "paint_order": "stroke"}
        for number, line in enumerate(lines):
            middle = y + (2 * number - len(lines) + 1) * self.size * 0.58
            self.add("text", x=x, y=middle + self.size * 0.36, text_anchor=region["anchor"], **rim).text = line

    def _legend(self, top: float, width: int) -> float:
        """The classes, each with its numeral, and what has no data, in as many rows as they need."""
        classes, size = self.shown.classes, self.size
        labels = [f"{numeral}: {label}" for numeral, label in zip(NUMERALS, classes.labels, strict=False)]
        x, y = 0.0, top
        for label, fill in [*zip(labels, SCALE, strict=False), (classes.no_data, self._fill(None))]:
            taken = (len(label) * LETTER + 3) * size
            if x and x + taken > width:
                x, y = 0.0, y + 1.6 * size
            self.add(
                "rect", x=x + 1, y=y + 1, width=size, height=size, fill=fill, stroke=INK, stroke_width=self.form.border
            )
            self.add("text", x=x + 1.6 * size, y=y + 1 + size * 0.86).text = label
            x += taken
        return y + 1.6 * size
