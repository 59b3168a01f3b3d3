"""What the page of components shows: each of them in its states, with made-up figures. For developers, in English."""

from datetime import date
from decimal import Decimal

from django import forms

from reports.charts import (
    BAD,
    GOOD,
    NEUTRAL,
    UNDER_WAY,
    WARN,
    About,
    Bar,
    Bullet,
    Classes,
    Difference,
    Dots,
    Group,
    Lane,
    Mark,
    Series,
    Span,
    bars,
    bullets,
    columns,
    differences,
    dots,
    grouped,
    lines,
    region_map,
    stacked,
    timeline,
)

from .exhibits import Cell, Exhibit, Row
from .writing import Column, Kind

TONES = ("neutral", "info", "good", "warn", "bad", "done")
BUTTONS = ("primary", "secondary", "danger", "link")
# Parts of the frame: they stand around the page itself.
FRAME = ("theme", "language_switch", "theme_switch", "search_box", "main_nav", "section_nav", "page_help")


class SampleForm(forms.Form):
    title = forms.CharField(label="A line of text", help_text="A hint stands below the label.")
    text = forms.CharField(label="A long text", widget=forms.Textarea, required=False)
    day = forms.DateField(label="A day", widget=forms.DateInput({"type": "date"}))
    amount = forms.DecimalField(label="An amount", widget=forms.TextInput({"inputmode": "decimal"}))
    choice = forms.ChoiceField(label="A choice", choices=[("a", "First"), ("b", "Second")])
    radio = forms.ChoiceField(label="One of a few", choices=[("a", "First"), ("b", "Second")], widget=forms.RadioSelect)
    several = forms.MultipleChoiceField(
        label="Some of a few", choices=[("a", "First"), ("b", "Second")], widget=forms.CheckboxSelectMultiple
    )
    agreed = forms.BooleanField(label="Yes or no")
    file = forms.FileField(label="A file", required=False)
    locked = forms.CharField(label="What cannot be changed", initial="Locked", disabled=True, required=False)


def sample_forms() -> dict[str, forms.Form]:
    return {"empty_form": SampleForm(prefix="empty"), "wrong_form": SampleForm({"wrong-amount": "ten"}, prefix="wrong")}


def sample_exhibits(language: str) -> list[Exhibit]:
    """One for each kind of chart; the first has totals, links and states in its table."""
    return [
        _exhibit("bars", bars(_about("bars"), _parts()), first=True),
        _exhibit("grouped", grouped(_about("grouped"), _groups(), {"Planned": NEUTRAL, "Spent": GOOD})),
        _exhibit("stacked", stacked(_about("stacked"), _parts())),
        _exhibit("lines", lines(_about("lines"), ["2007", "2008", "2009"], _series())),
        _exhibit("columns", columns(_about("columns"), ["2007", "2008", "2009"], _series())),
        _exhibit("bullets", bullets(_about("bullets"), _bullets())),
        _exhibit("dots", dots(_about("dots"), _dots(), "One's own")),
        _exhibit("differences", differences(_about("differences"), _differences(), ("Lines", "Printed"))),
        _exhibit("region-map", _map(language)),
        _exhibit("timeline", _timeline(), is_wide=True),
    ]


def _about(name: str) -> About:
    return About(name, f"Chart: {name}", "Made-up figures.")


def _exhibit(name: str, picture: str, *, first: bool = False, is_wide: bool = False) -> Exhibit:
    rows = [
        Row([Cell("A row with a link", url="#exhibits"), Cell(Decimal("726.247"), url="#exhibits"), Decimal("0.5")]),
        Row(["A row without figures", None, None]),
        Row(["Together", Decimal("726.247"), Decimal("0.5")], is_total=True),
    ]
    table = [Column("what", "What"), Column("amount", "Amount", Kind.MONEY), Column("share", "Share", Kind.SHARE)]
    if first:
        table.append(Column("state", "State"))
        states = (Cell("accepted", tone="good"), Cell("overdue", tone="bad"), Cell(None))
        rows = [Row([*row.cells, state], row.is_total) for row, state in zip(rows, states, strict=True)]
    return Exhibit(name, f"Exhibit with {name}", table, rows, picture, note="A note on the figures.", is_wide=is_wide)


def _parts() -> list[Bar]:
    looks = {"Accepted": (GOOD, 9), "Under way": (UNDER_WAY, 6), "Late": (WARN, 3), "Missing": (BAD, 2)}
    return [Bar(label, value, str(value), look) for label, (look, value) in looks.items()]


def _groups() -> list[Group]:
    amounts = {"2007": (12, 9), "2008": (20, 21), "2009": (17, 4)}
    return [Group(year, [(planned, str(planned)), (spent, str(spent))]) for year, (planned, spent) in amounts.items()]


def _series() -> list[Series]:
    return [
        Series("Planned", [(12, "12"), (20, "20"), (17, "17")], NEUTRAL, is_dashed=True),
        Series("Spent", [(9, "9"), (21, "21"), (None, "—")], GOOD),
    ]


def _bullets() -> list[Bullet]:
    return [
        Bullet("Reached", 80, "80", 75, "target: 75", 40, "at first: 40"),
        Bullet("Not reached", 30, "30", 90, "target: 90"),
        Bullet("No value", None, "no data", 50, "target: 50"),
    ]


def _dots() -> list[Dots]:
    return [Dots("On time, %", 81, "81", [40, 55, 62, 70, 77, 90, 100], 70, "70")]


def _differences() -> list[Difference]:
    return [
        Difference("Agrees", 100, "100.000", 100, "100.000", 0, "0.000"),
        Difference("More in the lines", 120, "120.000", 100, "100.000", 20, "+20.000"),
        Difference("Nothing printed", 12, "12.000", None, "not printed", None, "—"),
    ]


def _map(language: str) -> str:
    values = {"KZ-AKT": 92, "KZ-ATY": 71, "KZ-VOS": 55, "KZ-KAR": 33, "KZ-KUS": 12, "KZ-PAV": None}
    texts = {code: f"{value} %" for code, value in values.items() if value is not None}
    classes = Classes([20, 40, 60, 80], ["under 20", "20 to 40", "40 to 60", "60 to 80", "80 and more"], "no data")
    return region_map(_about("region-map"), values, texts, classes, language) or ""


def _timeline() -> str:
    halves = [(year, half) for year in (2008, 2009) for half in (1, 2)]
    periods = [
        Span(date(year, 6 * half - 5, 1), date(year, 6 * half, 30 if half == 1 else 31), f"{year}-H{half}", NEUTRAL)
        for year, half in halves
    ]
    lanes = [
        Lane(
            "1. An activity that is done",
            "#exhibits",
            [Span(date(2008, 1, 1), date(2008, 12, 31), "done", GOOD)],
            [Mark(date(2008, 11, 30), "deadline", GOOD)],
        ),
        Lane(
            "2. An activity that is late",
            "",
            [Span(date(2008, 7, 1), date(2009, 6, 30), "delayed", BAD)],
            [Mark(date(2009, 3, 31), "deadline", BAD)],
        ),
    ]
    about = _about("timeline")
    keys = {"done": GOOD, "delayed": BAD}
    return timeline(
        about, date(2008, 1, 1), date(2009, 12, 31), lanes, date(2009, 7, 6), periods, keys, {"deadline": NEUTRAL}
    )
