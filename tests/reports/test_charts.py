"""Charts and the map: well-formed, readable without colour, safe, and the same bytes every time."""

import json
import re
from datetime import date
from decimal import Decimal

import pytest

from programme.models import Region
from reports import charts
from reports.charts import (
    BAD,
    GOOD,
    INK,
    MAPS,
    NEUTRAL,
    SCALE,
    UNDER_WAY,
    About,
    Bar,
    Bullet,
    Classes,
    Difference,
    Dots,
    Group,
    Lane,
    Look,
    Mark,
    Series,
    Span,
)
from reports.charts.drawing import LETTER, NARROW, SIZE

from .drawings import SVG, areas, percent, texts, tree, trees

ABOUT = About("chart-1", 'Title <b>&"', "What is <seen> & how")
CLASSES = Classes([25, 50, 75, 100], ["a", "b", "c", "d", "e"], "nothing")
TICKS = ["2008-H1", "2008-H2", "2009-H1"]


def some_bars(label="Done") -> str:
    look = Look("#17653a")
    return charts.bars(ABOUT, [Bar(label, 30, "30", look), Bar("Delayed", 10, "10", look), Bar("None", 0, "0", look)])


def some_groups() -> str:
    groups = [Group("Local", [(Decimal("8.5"), "8,500"), (Decimal(4), "4,000")]), Group("Other", [(1, "1"), (0, "0")])]
    return charts.grouped(ABOUT, groups, {"Planned": Look("#0b5c7a", is_hatched=True), "Spent": Look("#0b5c7a")})


def some_parts() -> str:
    parts = [("On time", 18, False), ("Late", 0, False), ("Not filed", 6, True)]
    return charts.stacked(ABOUT, [Bar(label, count, str(count), Look("#a3201d", one)) for label, count, one in parts])


def some_map(values=None, classes=CLASSES, links=None) -> str:
    if values is None:
        values = {"KZ-AKM": Decimal("24.9"), "KZ-AKT": Decimal(25), "KZ-AST": Decimal(100), "KZ-MAN": None}
    return charts.region_map(ABOUT, values, {code: f"{value}" for code, value in values.items()}, classes, "kk", links)


def some_linked_map() -> str:
    return some_map(links={"KZ-AKM": "/regions/KZ-AKM", "KZ-AKT": "/regions/KZ-AKT", "KZ-AST": "/a", "KZ-MAN": "/m"})


def some_series() -> list[Series]:
    planned = [(Decimal(100), "100"), (Decimal(250), "250"), (Decimal("400.5"), "400,5")]
    return [
        Series("Planned", planned, UNDER_WAY, is_dashed=True),
        Series("Spent", [(90, "90"), (None, ""), (-5, "−5")], BAD),
    ]


def some_lines() -> str:
    return charts.lines(ABOUT, TICKS, some_series())


def some_columns() -> str:
    return charts.columns(ABOUT, TICKS, some_series())


def some_bullets() -> str:
    rows = [Bullet("Covered", Decimal("38.2"), "38,2", 45, "45", 25, "25"), Bullet("Orphans", None, "no data", 3, "3")]
    return charts.bullets(ABOUT, rows)


def some_dots() -> str:
    rows = [Dots("On time", 88, "88 %", [20, 61, 100], 61, "61 %"), Dots("Spent", None, "no data", [], None, "")]
    return charts.dots(ABOUT, rows, "Aktobe")


def some_differences() -> str:
    rows = [
        Difference("Local", 10, "10", 12, "12", -2, "−2"),
        Difference("Other", 5, "5", 1, "1", 4, "+4"),
        Difference("Same", 5, "5", 5, "5", 0, "0"),
        Difference("Off-budget", 5, "5", None, "not printed", None, "nothing to compare with"),
    ]
    return charts.differences(ABOUT, rows, ("lines", "printed"))


def some_timeline(**changed) -> str:
    first, second = (
        Span(date(2009, 1, 1), date(2009, 6, 30), "first: done", GOOD),
        Span(date(2009, 7, 1), date(2009, 12, 31), "second: delayed", BAD),
    )
    rows = [
        Lane("1. A law", "/plan/1/", [first, second], [Mark(date(2009, 3, 1), "due 1 March", NEUTRAL)]),
        Lane("2. A study", "", [], []),
    ]
    given = {"rows": rows, "today": date(2009, 7, 6), "periods": [first, second]} | changed
    return charts.timeline(ABOUT, date(2009, 1, 1), date(2009, 12, 31), **given)


PICTURES = [
    some_bars,
    some_groups,
    some_parts,
    some_map,
    some_lines,
    some_columns,
    some_bullets,
    some_dots,
    some_differences,
]
GROUPS = [some_linked_map, some_timeline]
ALL = PICTURES + GROUPS


@pytest.mark.parametrize("draw", ALL)
def test_a_picture_has_a_name_and_a_description(draw):
    for root in trees(draw()):
        named = {element.get("id"): element.text for element in root.iter() if element.get("id")}
        assert named[root.get("aria-labelledby")] == ABOUT.title
        assert named[root.get("aria-describedby")] == ABOUT.description


@pytest.mark.parametrize("draw", PICTURES)
def test_what_has_no_links_is_one_picture(draw):
    assert [root.get("role") for root in trees(draw())] == ["img"]


@pytest.mark.parametrize("draw", GROUPS)
def test_what_has_links_is_a_group_of_them_drawn_for_much_and_for_little_room(draw):
    roots = trees(draw())
    assert [root.get("role") for root in roots] == ["group", "group"]
    assert len({root.get("data-width") for root in roots}) == 2
    said = [[(link.get("href"), link.findtext(f"{SVG}title")) for link in root.iter(f"{SVG}a")] for root in roots]
    assert said[0] == said[1]
    assert said[0]


@pytest.mark.parametrize("draw", ALL)
def test_a_picture_has_neither_style_nor_script_nor_links_outside(draw):
    for root in trees(draw()):
        for element in root.iter():
            assert element.tag.removeprefix(SVG) in {
                "svg", "title", "desc", "defs", "pattern", "g", "a", "use", "rect", "path", "circle", "line", "text",
            }  # fmt: skip
            assert not [name for name in element.attrib if name in ("style", "class") or name.startswith("on")]
            assert re.match("/|#|$", element.get("href", ""))


@pytest.mark.parametrize("draw", ALL)
def test_all_names_inside_begin_with_that_of_the_picture(draw):
    svg = draw()
    names = re.findall(r' id="([^"]+)"', svg)
    assert len(names) == len(set(names)) >= 2
    assert all(name.startswith("chart-1-") for name in names)
    assert {*re.findall(r"url\(#([^)]+)\)", svg), *re.findall(r'href="#([^"]+)"', svg)} <= set(names)


@pytest.mark.parametrize("draw", ALL)
def test_the_same_figures_give_the_same_bytes_and_short_numbers(draw):
    assert draw() == draw()
    numbers = [
        value for root in trees(draw()) for one in root.iter() for name, value in one.attrib.items() if name != "d"
    ]
    assert not re.search(r"\d\.\d\d|e-\d", " ".join(numbers))


def test_what_is_written_in_a_label_stays_a_text():
    assert "<script>" not in some_bars("<script>alert(1)</script>")
    assert "<script>alert(1)</script>" in texts(some_bars("<script>alert(1)</script>"))


def test_bars_are_as_long_as_their_values_and_bear_them():
    svg = some_bars()
    long, short = [percent(area, "width") for area in areas(svg)]
    assert long == pytest.approx(3 * short, 0.01)
    assert texts(svg) == ["Done", "30", "Delayed", "10", "None", "0"]


def test_a_bar_leaves_room_for_its_value():
    long = "123 456 789,000"
    svg = charts.bars(ABOUT, [Bar("Local", 5, long, Look(INK))])
    assert percent(areas(svg)[0], "width") / 100 * NARROW + len(long) * LETTER * SIZE < NARROW


def test_a_long_label_is_broken_between_words():
    label = "Ақпарат ұсынуға міндетті орган жоқ"
    lines = texts(some_bars(label))[:-5]
    assert len(lines) > 1
    assert " ".join(lines) == label
    assert max(map(len, lines)) * LETTER * SIZE <= NARROW


def test_series_are_told_apart_by_hatching_and_by_a_legend():
    svg = some_groups()
    planned, spent = areas(svg)[:2]
    assert (planned.get("fill"), spent.get("fill")) == ("url(#chart-1-hatching-1)", "#0b5c7a")
    assert texts(svg)[:2] == ["Planned", "Spent"]
    assert texts(svg)[2:] == ["Local", "8,500", "4,000", "Other", "1", "0"]


def test_parts_fill_the_whole_width_and_a_part_of_nothing_is_only_in_the_legend():
    svg = some_parts()
    parts = areas(svg)[3:]
    assert [percent(part, "width") for part in parts] == [75, 25]
    assert texts(svg)[:3] == ["On time: 18", "Late: 0", "Not filed: 6"]


def test_a_bar_of_no_parts_at_all_is_drawn_without_dividing_by_nothing():
    svg = charts.stacked(ABOUT, [Bar("On time", 0, "0", Look(INK))])
    assert texts(svg) == ["On time: 0"]


def test_regions_bear_the_numeral_of_their_class():
    svg = some_map()
    assert {"Ақмола", "I · 24.9", "Ақтөбе", "II · 25", "Астана қ.", "V · 100", "Маңғыстау"} <= set(texts(svg))
    fills = [shape.get("fill") for shape in tree(svg).iter(f"{SVG}g") if shape.get("fill")]
    assert fills == [SCALE[0], SCALE[1], "url(#chart-1-hatching-1)", SCALE[4]]
    assert texts(svg)[-6:] == ["I: a", "II: b", "III: c", "IV: d", "V: e", "nothing"]


def test_cities_are_circles_that_can_be_seen():
    circles = list(tree(some_map()).iter(f"{SVG}circle"))
    assert [float(circle.get("r")) >= 8 for circle in circles] == [True]


def test_a_region_is_a_link_that_says_its_value_and_class():
    wide, narrow = trees(some_linked_map())
    said = [link.findtext(f"{SVG}title") for link in wide.iter(f"{SVG}a")]
    assert said == ["Ақмола: 24.9 (I: a)", "Ақтөбе: 25 (II: b)", "Маңғыстау: nothing", "Астана қ.: 100 (V: e)"]
    # Where there is little room, the numeral alone, once on the region and once in the legend.
    assert [one.text for one in narrow.iter(f"{SVG}text")][:3] == ["I", "II", "V"]


def test_a_city_can_be_pointed_at():
    """24 pixels and more across, where the map is as narrow as it is drawn."""
    for root, narrowest in zip(trees(some_linked_map()), (576, 270), strict=True):
        radius = max(float(circle.get("r")) for circle in root.iter(f"{SVG}circle"))
        assert 2 * radius * narrowest / 1000 >= 24


@pytest.mark.parametrize("values", [{}, {"KZ-AKM": Decimal(1), "KZ-ABA": Decimal(1)}], ids=["no region", "unknown"])
def test_where_no_map_has_all_regions_there_is_none(values):
    assert some_map(values) is None


def test_the_map_has_the_programmes_regions_by_their_names(programme):
    drawn = json.loads((MAPS / "kazakhstan-2007-2011.json").read_text(encoding="utf-8"))["regions"]
    regions = {
        region.code: {"kk": region.short_name_kk, "ru": region.short_name_ru, "en": region.short_name_en}
        for region in Region.objects.all()
    }
    assert {code: region["name"] for code, region in drawn.items()} == regions
    assert len(drawn) == 16
