"""Charts in light and in dark: whatever is drawn has a colour there, and is seen against what it lies on."""

import re
from itertools import pairwise

import pytest
from django.conf import settings

from reports.charts import palette
from reports.charts.palette import BAD, GOOD, INK, NEUTRAL, PAPER, RULE, SCALE, UNDER_WAY, WARN

from .drawings import trees
from .test_charts import ALL

DARK = (settings.BASE_DIR / "static" / "css" / "dark.css").read_text(encoding="utf-8")
LOOKS = [GOOD, UNDER_WAY, BAD, WARN, NEUTRAL]


def in_dark(kind: str) -> dict[str, str]:
    """What dark.css makes of each colour as a `fill` or a `stroke`."""
    rules = re.findall(r'\.chart \[(\w+)="(#\w{6})"\] \{ (\w+): (#\w{6}); \}', DARK)
    return {colour: made for selected, colour, changed, made in rules if selected == changed == kind}


MODES = {"light": {colour: colour for colour in palette.COLOURS}, "dark": in_dark("fill")}


@pytest.fixture(params=MODES)
def shown(request) -> dict[str, str]:
    return MODES[request.param]


def luminance(colour: str) -> float:
    parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return sum(part * weight for part, weight in zip(linear, (0.2126, 0.7152, 0.0722), strict=True))


def contrast(one: str, other: str) -> float:
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


def test_each_colour_has_another_in_the_dark_as_an_area_and_as_a_line():
    assert set(in_dark("fill")) == set(palette.COLOURS)
    assert in_dark("fill") == in_dark("stroke")


@pytest.mark.parametrize("draw", ALL)
def test_what_is_drawn_is_of_the_palette(draw):
    for root in trees(draw()):
        used = {element.get(kind, "none") for element in root.iter() for kind in ("fill", "stroke")}
        assert {colour for colour in used if not re.match(r"none$|url\(", colour)} <= set(palette.COLOURS)


def test_paper_is_the_surface_that_charts_lie_on():
    assert in_dark("fill")[PAPER] == re.search(r"--surface: (#\w{6});", DARK)[1]


def test_words_are_read_on_paper_and_on_the_stripes_of_lanes(shown):
    for ground in (PAPER, SCALE[0]):
        assert contrast(shown[INK], shown[ground]) >= 4.5
        assert contrast(shown[UNDER_WAY.colour], shown[ground]) >= 4.5


def test_areas_and_rules_are_seen_on_both(shown):
    for colour in (RULE, *(look.colour for look in LOOKS)):
        assert min(contrast(shown[colour], shown[ground]) for ground in (PAPER, SCALE[0])) >= 3


def test_classes_of_a_map_go_one_way_and_are_parted_by_the_ink_of_their_border(shown):
    assert min(contrast(shown[colour], shown[INK]) for colour in SCALE) >= 3
    from_paper = [contrast(shown[colour], shown[PAPER]) for colour in SCALE]
    assert all(later > 1.2 * earlier for earlier, later in pairwise(from_paper))


def test_states_are_told_apart_without_colour():
    assert len({look.sign for look in LOOKS}) == len({palette.SHAPES[look.sign] for look in LOOKS}) == len(LOOKS)
