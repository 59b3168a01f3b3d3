"""Lanes of what goes on through the years, under one axis."""

from dataclasses import dataclass, field
from datetime import date

from django.utils.translation import gettext as _

from . import legend
from .drawing import LINE, NARROW, About, Drawing, extent, wrapped
from .palette import INK, PAPER, SCALE, UNDER_WAY, Look

TRACK, PAD = 18, 5


@dataclass(frozen=True)
class Span:
    """From its first to its last day. `label`: what it says to those who hear it."""

    start: date
    end: date
    label: str
    look: Look


@dataclass(frozen=True)
class Mark:
    date: date
    label: str
    look: Look


@dataclass(frozen=True)
class Lane:
    """`url`: where its label leads, or nothing; `is_heading`: it has nothing else, and lanes under it."""

    label: str
    url: str
    spans: list[Span] = field(default_factory=list)
    marks: list[Mark] = field(default_factory=list)
    is_heading: bool = False


def timeline(  # noqa: PLR0917
    about: About,
    start: date,
    end: date,
    rows: list[Lane],
    today: date | None,
    periods: list[Span],
    keys: dict[str, Look] | None = None,
    mark_keys: dict[str, Look] | None = None,
) -> str:
    """A lane for each row, from the first to the last day; `periods` divide it; `keys` and `mark_keys` are its legend.

    Two drawings, of which a style sheet shows the one that fits: with the labels beside the lanes, and above them.
    """
    shown = _Shown(start, end, rows, today, periods, keys or {}, mark_keys or {})
    return "".join(_Timeline(about, shown, form).svg_of() for form in (_PAGE, _COLUMN))


@dataclass(frozen=True)
class _Shown:
    start: date
    end: date
    rows: list[Lane]
    today: date | None
    periods: list[Span]
    keys: dict[str, Look]
    mark_keys: dict[str, Look]


@dataclass(frozen=True)
class _Form:
    """For a width in pixels and more; `labels` is the share of it that stands to the left of the lanes."""

    name: str
    width: int
    labels: float


_PAGE, _COLUMN = _Form("page", 928, 0.36), _Form("column", NARROW, 0.0)


class _Timeline(Drawing):
    def __init__(self, about: About, shown: _Shown, form: _Form):
        super().__init__(about, has_links=any(row.url for row in shown.rows), shown=form.name)
        self.shown, self.form = shown, form

    def svg_of(self) -> str:
        keys = [legend.area(label, look, has_sign=True) for label, look in self.shown.keys.items()]
        keys += [legend.mark(label, look) for label, look in self.shown.mark_keys.items()]
        self.head = legend.legend(self, keys, width=self.form.width)
        top = self._head(self.head)
        stripes, rules = self.add("g"), self.add("g")
        y = top
        for number, row in enumerate(self.shown.rows):
            ground = SCALE[0] if number % 2 == 0 else PAPER
            end = self._lane(row, y, ground)
            if ground != PAPER:
                self.parent = stripes
                self.add("rect", x="0%", y=y, width="100%", height=end - y, fill=ground)
                self.parent = self.root
            y = end
        self.parent = rules
        self._rules(top, y)
        self._today(top, y)
        self.parent = self.root
        return self.svg(self._written(self._years(), y + 2))

    def x(self, day: date, after: int = 0) -> float:
        """Where a day begins, or ends: `after` is 1. What lies outside is at the edge."""
        whole = (self.shown.end - self.shown.start).days + 1
        days = min(max((day - self.shown.start).days + after, 0), whole)
        # A mark on the first or the last day is not cut off.
        edge = 8 / self.form.width
        return self.form.labels + edge + (1 - self.form.labels - 2 * edge) * days / whole

    def _head(self, top: float) -> float:
        """Today on a line of its own, then the years and, if they all fit, the periods."""
        top += LINE if self._has_today() else 0
        top = self._written(self._years(), top)
        periods = [(span.label, self.x(span.start), self.x(span.end, 1)) for span in self.shown.periods]
        if all(extent(label) <= (right - left) * self.form.width for label, left, right in periods):
            top = self._written(periods, top)
        return top + 4

    def _years(self) -> list[tuple[str, float, float]]:
        years = range(self.shown.start.year, self.shown.end.year + 1)
        return [(str(year), self.x(date(year, 1, 1)), self.x(date(year, 12, 31), 1)) for year in years]

    def _written(self, bands: list[tuple[str, float, float]], top: float) -> float:
        """The labels of bands on a line, each in its middle, where it fits. Returns where it ends."""
        for label, left, right in bands:
            if extent(label) <= (right - left) * self.form.width:
                self.text((left + right) / 2, top + LINE / 2, label, text_anchor="middle")
        return top + LINE if bands else top

    def _rules(self, top: float, bottom: float) -> None:
        for span in self.shown.periods:
            x = self.x(span.start)
            self.rule(x, top, x, bottom, stroke_dasharray="1 3")
        for _label, left, _right in self._years():
            self.rule(left, top, left, bottom)
        end = self.x(self.shown.end, 1)
        self.rule(end, top, end, bottom)

    def _lane(self, row: Lane, top: float, ground: str) -> float:
        """Returns where it ends. The whole of it is the link, which says what is drawn in it."""
        beside = self.form.labels > 0
        label = wrapped(row.label, self.form.width * (self.form.labels or 1) - 12)
        text = len(label) * LINE
        track = 0 if row.is_heading else max(TRACK - text, 0) if beside else TRACK + 2
        end = top + 2 * PAD + text + track
        with self.inside("a", href=row.url) if row.url else self.inside("g", role="img"):
            self.add("title").text = self._said(row)
            self.add("rect", x="0%", y=top, width="100%", height=end - top, fill="none", pointer_events="all")
            with self.inside("g", aria_hidden="true"):
                self._label(label, (top + end - text) / 2 if beside else top + PAD, row, ground)
                self._track(row, (top + end) / 2 if beside else end - PAD - TRACK / 2)
        return end

    def _label(self, lines: list[str], top: float, row: Lane, ground: str) -> None:
        if not self.form.labels:
            # Rules stop where words are.
            self.add("rect", x="0%", y=top - PAD, width="100%", height=len(lines) * LINE + PAD, fill=ground)
        look = {"fill": UNDER_WAY.colour, "text_decoration": "underline"} if row.url else {}
        if row.is_heading:
            look["font_weight"] = "600"
        self.lines(0, top, lines, dx=4, **look)

    def _track(self, row: Lane, middle: float) -> None:
        for span in row.spans:
            self._span(span, middle)
        for mark in row.marks:
            if self.shown.start <= mark.date <= self.shown.end:
                self.mark(self.x(mark.date), middle, mark.look, has_rim=True)

    def _span(self, span: Span, middle: float) -> None:
        left, right = self.x(span.start), self.x(span.end, 1)
        if right <= left:
            return
        self.area(left, middle - TRACK / 2 + 1, right - left, TRACK - 2, span.look)
        if (right - left) * self.form.width >= 12:
            self.sign((left + right) / 2, middle, span.look)

    def _said(self, row: Lane) -> str:
        """What is drawn in a lane, for those who hear it."""
        said = "; ".join([*(span.label for span in row.spans), *(mark.label for mark in row.marks)])
        return f"{row.label}: {said}" if said else row.label

    def _has_today(self) -> bool:
        return self.shown.today is not None and self.shown.start <= self.shown.today <= self.shown.end

    def _today(self, top: float, bottom: float) -> None:
        if not self._has_today():
            return
        x, label = self.x(self.shown.today), _("Today")
        self.rule(x, top - 4, x, bottom, stroke=INK, stroke_width=2)
        half = extent(label) / 2 / self.form.width
        anchor = "start" if x - half < 0 else "end" if x + half > 1 else "middle"
        self.text(x, self.head + LINE / 2, label, text_anchor=anchor, font_weight="600")
