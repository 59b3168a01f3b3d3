"""Charts and the map: well-formed, readable without colour, safe, and the same bytes every time."""

import json
import re
from decimal import Decimal
from xml.etree import ElementTree

import pytest

from programme.models import Region
from reports import charts
from reports.charts import INK, MAPS, PAPER, RULE, SCALE, About, Bar, Classes, Group, Look

SVG = "{http://www.w3.org/2000/svg}"
ABOUT = About("chart-1", 'Title <b>&"', "What is <seen> & how")
CLASSES = Classes([25, 50, 75, 100], ["a", "b", "c", "d", "e"], "nothing")


def tree(svg: str) -> ElementTree.Element:
    return ElementTree.fromstring(svg)  # noqa: S314


def texts(svg: str) -> list[str]:
    return [element.text for element in tree(svg).iter(f"{SVG}text")]


def areas(svg: str) -> list[ElementTree.Element]:
    """What is drawn in a colour and with an edge, without what patterns are made of."""
    return [rect for rect in tree(svg).iter(f"{SVG}rect") if rect.get("stroke")]


def width(element) -> float:
    return float(element.get("width"))


def luminance(colour: str) -> float:
    parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return sum(part * weight for part, weight in zip(linear, (0.2126, 0.7152, 0.0722), strict=True))


def contrast(one: str, other: str) -> float:
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


def some_bars(label="Done") -> str:
    look = Look("#17653a")
    return charts.bars(ABOUT, [Bar(label, 30, "30", look), Bar("Delayed", 10, "10", look), Bar("None", 0, "0", look)])


def some_groups() -> str:
    groups = [Group("Local", [(Decimal("8.5"), "8,500"), (Decimal(4), "4,000")]), Group("Other", [(1, "1"), (0, "0")])]
    return charts.grouped(ABOUT, groups, {"Planned": Look("#0b5c7a", is_hatched=True), "Spent": Look("#0b5c7a")})


def some_parts() -> str:
    parts = [("On time", 18, False), ("Late", 0, False), ("Not filed", 6, True)]
    return charts.stacked(ABOUT, [Bar(label, count, str(count), Look("#a3201d", one)) for label, count, one in parts])


def some_map(values=None, classes=CLASSES) -> str:
    if values is None:
        values = {"KZ-AKM": Decimal("24.9"), "KZ-AKT": Decimal(25), "KZ-AST": Decimal(100), "KZ-MAN": None}
    return charts.region_map(ABOUT, values, {code: f"{value}" for code, value in values.items()}, classes, "kk")


ALL = [some_bars, some_groups, some_parts, some_map]


@pytest.mark.parametrize("draw", ALL)
def test_a_picture_has_a_name_and_a_description(draw):
    root = tree(draw())
    named = {element.get("id"): element.text for element in root.iter() if element.get("id")}
    assert root.get("role") == "img"
    assert named[root.get("aria-labelledby")] == ABOUT.title
    assert named[root.get("aria-describedby")] == ABOUT.description
    assert root.get("viewBox")


@pytest.mark.parametrize("draw", ALL)
def test_a_picture_has_neither_style_nor_script_nor_links_outside(draw):
    for element in tree(draw()).iter():
        assert element.tag.removeprefix(SVG) in {
            "svg", "title", "desc", "defs", "pattern", "rect", "path", "circle", "line", "text",
        }  # fmt: skip
        assert not [name for name in element.attrib if name == "style" or name.startswith("on") or "href" in name]


@pytest.mark.parametrize("draw", ALL)
def test_all_names_inside_begin_with_that_of_the_picture(draw):
    svg = draw()
    names = re.findall(r' id="([^"]+)"', svg)
    assert len(names) == len(set(names)) >= 2
    assert all(name.startswith("chart-1-") for name in names)
    assert set(re.findall(r"url\(#([^)]+)\)", svg)) <= set(names)


@pytest.mark.parametrize("draw", ALL)
def test_the_same_figures_give_the_same_bytes_and_short_numbers(draw):
    assert draw() == draw()
    numbers = [value for element in tree(draw()).iter() for value in element.attrib.values()]
    assert not re.search(r"\d\.\d\d|e-\d", " ".join(numbers))


def test_what_is_written_in_a_label_stays_a_text():
    assert "<script>" not in some_bars("<script>alert(1)</script>")
    assert "<script>alert(1)</script>" in texts(some_bars("<script>alert(1)</script>"))


def test_bars_are_as_long_as_their_values_and_bear_them():
    svg = some_bars()
    assert [width(area) for area in areas(svg)] == pytest.approx([3 * width(areas(svg)[1]), width(areas(svg)[1])], 0.01)
    assert texts(svg) == ["Done", "30", "Delayed", "10", "None", "0"]


def test_a_bar_leaves_room_for_its_value():
    long = "123 456 789,000"
    svg = charts.bars(ABOUT, [Bar("Local", 5, long, Look(INK))])
    end = float(areas(svg)[0].get("x")) + width(areas(svg)[0])
    assert end + len(long) * charts.LETTER * charts.SIZE < charts.WIDTH


def test_a_long_label_is_broken_between_words():
    label = "Ақпарат ұсынуға міндетті орган жоқ"
    lines = texts(some_bars(label))[:-5]
    assert len(lines) > 1
    assert " ".join(lines) == label
    assert max(map(len, lines)) * charts.LETTER * charts.SIZE <= charts.LABELS


def test_series_are_told_apart_by_hatching_and_by_a_legend():
    svg = some_groups()
    planned, spent = areas(svg)[:2]
    assert (planned.get("fill"), spent.get("fill")) == ("url(#chart-1-hatching-1)", "#0b5c7a")
    assert texts(svg)[:2] == ["Planned", "Spent"]
    assert texts(svg)[2:] == ["Local", "8,500", "4,000", "Other", "1", "0"]


def test_parts_fill_the_whole_width_and_a_part_of_nothing_is_only_in_the_legend():
    svg = some_parts()
    parts = areas(svg)[3:]
    assert [width(part) / charts.WIDTH for part in parts] == [0.75, 0.25]
    assert texts(svg)[:3] == ["On time: 18", "Late: 0", "Not filed: 6"]


def test_a_bar_of_no_parts_at_all_is_drawn_without_dividing_by_nothing():
    svg = charts.stacked(ABOUT, [Bar("On time", 0, "0", Look(INK))])
    assert texts(svg) == ["On time: 0"]


def test_regions_bear_the_numeral_of_their_class():
    svg = some_map()
    assert {"Ақмола", "I · 24.9", "Ақтөбе", "II · 25", "Астана қ.", "V · 100", "Маңғыстау"} <= set(texts(svg))
    fills = [path.get("fill") for path in tree(svg).iter(f"{SVG}path") if path.get("fill-rule")]
    assert fills == [SCALE[0], SCALE[1], "url(#chart-1-hatching-1)"]
    assert texts(svg)[-6:] == ["I: a", "II: b", "III: c", "IV: d", "V: e", "nothing"]


def test_cities_are_circles_that_can_be_seen():
    circles = list(tree(some_map()).iter(f"{SVG}circle"))
    assert [(circle.get("fill"), float(circle.get("r")) >= 8) for circle in circles] == [(SCALE[4], True)]


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


def test_colours_stand_out_enough_to_be_seen_and_read():
    assert contrast(INK, PAPER) >= 4.5
    assert contrast(RULE, PAPER) >= 3
    # Between two regions of one class there is the ink of their border.
    assert min(contrast(fill, INK) for fill in SCALE) >= 3
