"""Lines, columns, bullets, dots, differences and timelines say what is so, and fit on a telephone."""

from datetime import date
from decimal import Decimal
from itertools import pairwise

import pytest
from django.utils.translation import gettext as _
from hypothesis import given, settings
from hypothesis import strategies as st

from reports import charts
from reports.charts import BAD, GOOD, INK, NEUTRAL, UNDER_WAY, Bar, Bullet, Difference, Dots, Group, Lane, Series, Span
from reports.charts.drawing import LINE, NARROW, WIDE
from reports.charts.line import apart

from .drawings import SVG, areas, boxes, percent, texts, tree, trees
from .test_charts import ABOUT, TICKS, some_columns, some_differences, some_lines, some_timeline

KAZAKH = "Мектепке дейінгі тәрбиемен және оқытумен қамтылған балалардың үлесі, соның ішінде ауылдық жерлерде"
# As written: seven digits with three decimals at most, and a word in place of a value.
values = st.one_of(st.none(), st.just(0), st.decimals(-9_999_999, 9_999_999, places=3, allow_nan=False))
positive = st.one_of(st.just(0), st.decimals(0, 9_999_999, places=3, allow_nan=False))
labels = st.one_of(st.just(KAZAKH), st.just("X" * 80), st.just(""), st.text("Қазақстан ", max_size=40))
periods = [f"{year}-H{half}" for year in range(2007, 2012) for half in (1, 2)]


def written(value: Decimal | int | None) -> str:
    return "no data" if value is None else f"{value:,.3f}"


def points(numbers: list) -> list:
    return [(number, written(number)) for number in numbers]


@st.composite
def over_time(draw):
    ticks = periods[: draw(st.integers(1, 10))]
    count = draw(st.integers(1, 5))
    rows = [draw(st.lists(values, min_size=len(ticks), max_size=len(ticks))) for _series in range(count)]
    return ticks, [Series(draw(labels), points(row), UNDER_WAY, is_dashed=draw(st.booleans())) for row in rows]


def assert_fits(svg: str) -> None:
    for root in trees(svg):
        if not root.get("height"):
            continue
        for width, hidden in ((NARROW, "wide"), (WIDE, "narrow")):
            for box in boxes(root, width, hidden=hidden):
                assert box.left >= -1, box
                assert box.right <= width + 1, box
                assert LINE / 2 - 1 <= box.middle <= float(root.get("height")) - LINE / 2 + 2, box


@settings(max_examples=25, deadline=None)
@given(over_time())
def test_what_goes_through_time_stays_inside(drawn):
    ticks, series = drawn
    assert_fits(charts.lines(ABOUT, ticks, series))
    assert_fits(charts.columns(ABOUT, ticks, series))


@settings(max_examples=25, deadline=None)
@given(st.lists(st.tuples(labels, values, values, values), min_size=1, max_size=5))
def test_what_has_rows_stays_inside(drawn):
    assert_fits(charts.bullets(ABOUT, [Bullet(a, b, written(b), c, written(c), d, written(d)) for a, b, c, d in drawn]))
    others = [number for _label, *numbers in drawn for number in numbers if number is not None]
    assert_fits(charts.dots(ABOUT, [Dots(a, b, written(b), others, c, written(c)) for a, b, c, _d in drawn], KAZAKH))
    assert_fits(
        charts.differences(
            ABOUT, [Difference(a, 0, written(b), c, written(c), d, written(d)) for a, b, c, d in drawn], ("l", KAZAKH)
        )
    )


@settings(max_examples=25, deadline=None)
@given(st.lists(st.tuples(labels, positive, positive), min_size=1, max_size=5))
def test_what_has_bars_stays_inside(drawn):
    assert_fits(charts.bars(ABOUT, [Bar(label, value, written(value), GOOD) for label, value, _other in drawn]))
    assert_fits(charts.stacked(ABOUT, [Bar(label, value, written(value), GOOD) for label, value, _other in drawn]))
    groups = [Group(label, points([value, other])) for label, value, other in drawn]
    assert_fits(charts.grouped(ABOUT, groups, {"Planned": UNDER_WAY.hatched, KAZAKH: UNDER_WAY}))


# Lines


def segments(svg: str, colour: str) -> list:
    return [line for line in tree(svg).iter(f"{SVG}line") if line.get("stroke") == colour]


def test_a_line_has_a_gap_where_a_value_is_missing():
    assert len(segments(some_lines(), UNDER_WAY.colour)) == 2
    assert segments(some_lines(), BAD.colour) == []


def test_series_have_points_of_their_own_shape_and_dashes_where_told():
    svg = some_lines()
    shapes = {
        path.get("stroke"): path.get("d") for path in tree(svg).iter(f"{SVG}path") if path.get("fill") is not None
    }
    assert shapes[UNDER_WAY.colour] != shapes[BAD.colour]
    assert all(line.get("stroke-dasharray") for line in segments(svg, UNDER_WAY.colour))


def test_the_last_values_and_the_extremes_are_written():
    assert {"400,5", "−5", *TICKS} <= set(texts(some_lines()))


def test_a_series_that_ends_early_has_its_last_value_where_it_ends():
    series = [Series("Planned", points([1, 2, 3]), NEUTRAL), Series("Spent", points([1, 2, None]), GOOD)]
    found = {box.text: box for box in boxes(tree(charts.lines(ABOUT, TICKS, series)))}
    assert found[written(2)].right < found[written(3)].right


def test_lines_far_from_nought_use_the_height():
    svg = charts.lines(ABOUT, TICKS, [Series("Children", points([4500, 4550, 4600]), GOOD)])
    assert "0" not in texts(svg)
    assert {written(4500), written(4600)} <= set(texts(svg))


@pytest.mark.parametrize("places", [[5, 5, 5, 5], [0, 100], [99, 100, 101], []])
def test_labels_that_would_meet_are_moved_apart(places):
    moved = apart([float(place) for place in places], 0, 100)
    assert all(later - earlier >= LINE for earlier, later in pairwise(moved))
    assert all(0 <= place <= 100 for place in moved)


def test_ticks_that_do_not_fit_are_left_out_but_never_the_last():
    svg = charts.columns(ABOUT, periods, [Series("Spent", points([1] * 10), GOOD)])
    narrow = [box for box in boxes(tree(svg)) if box.text in periods]
    assert narrow[-1].text == periods[-1]
    assert all(later.left - earlier.right >= 4 for earlier, later in pairwise(narrow))
    assert len(narrow) < len(periods)


# Columns


def test_columns_stand_on_nought_and_hang_below_it():
    rects = areas(some_columns())
    heights = {rect.get("fill"): float(rect.get("height")) for rect in rects if not rect.get("x").startswith("-")}
    assert heights
    (nought,) = {float(line.get("y1")) for line in segments(some_columns(), INK)}
    tops = [
        (float(rect.get("y")), float(rect.get("y")) + float(rect.get("height")))
        for rect in rects
        if "%" in rect.get("x")
    ]
    assert len([top for top, bottom in tops if bottom == pytest.approx(nought, abs=0.2)]) == 4
    assert len([top for top, bottom in tops if top == pytest.approx(nought, abs=0.2)]) == 1


# Bullets, dots, differences


def test_a_bullet_is_as_long_as_its_value_and_its_target_has_a_place():
    svg = charts.bullets(ABOUT, [Bullet("Covered", 50, "50", 100, "100")])
    (bar,) = [area for area in areas(svg) if area.get("fill") == UNDER_WAY.colour]
    target = segments(svg, INK)[0]
    assert percent(target, "x1") == pytest.approx(2 * percent(bar, "width"), abs=0.1)


def test_a_bullet_without_a_value_has_its_words():
    svg = charts.bullets(ABOUT, [Bullet("Covered", None, "no data", 100, "100")])
    assert "no data" in texts(svg)
    assert not [area for area in areas(svg) if area.get("fill") == UNDER_WAY.colour]


def test_dots_that_are_all_equal_stand_in_the_middle():
    svg = charts.dots(ABOUT, [Dots("On time", 5, "5", [5, 5], 5, "5")])
    rings = [one for one in tree(svg).iter(f"{SVG}svg") if one.get("x") == "50%"]
    assert len(rings) == 2


def test_a_difference_points_in_the_direction_of_its_sign():
    less, more = [area for area in areas(some_differences()) if "%" in area.get("x")]
    assert percent(less, "x") + percent(less, "width") == pytest.approx(percent(more, "x"), abs=0.2)
    assert percent(more, "width") == pytest.approx(2 * percent(less, "width"), abs=0.2)
    assert {"lines: 10 · printed: 12", "−2", "+4", "0", "nothing to compare with"} <= set(texts(some_differences()))


# Timelines


def test_a_lane_is_a_link_that_says_what_is_drawn_in_it():
    for root in trees(some_timeline()):
        (link,) = root.iter(f"{SVG}a")
        assert link.get("href") == "/plan/1/"
        assert link.findtext(f"{SVG}title") == "1. A law: first: done; second: delayed; due 1 March"


def test_a_lane_without_a_page_is_said_all_the_same():
    for root in trees(some_timeline()):
        (lane,) = [group for group in root.iter(f"{SVG}g") if group.get("role") == "img"]
        assert lane.findtext(f"{SVG}title") == "2. A study"


def test_two_series_that_end_early_together_have_values_that_do_not_meet():
    series = [Series(label, points([1, 2, None]), GOOD) for label in ("Reported", "Accepted")]
    first, second = [box for box in boxes(tree(charts.lines(ABOUT, TICKS, series))) if box.text == written(2)][-2:]
    assert abs(first.middle - second.middle) >= LINE


def test_spans_are_where_their_days_are():
    page, _column = trees(some_timeline())
    first, second = [rect for rect in page.iter(f"{SVG}rect") if rect.get("fill") in (GOOD.colour, BAD.colour)][-2:]
    assert percent(first, "x") + percent(first, "width") == pytest.approx(percent(second, "x"), abs=0.11)
    assert percent(first, "width") / percent(second, "width") == pytest.approx(181 / 184, abs=0.01)


@pytest.mark.parametrize(("today", "is_shown"), [(date(2009, 12, 31), True), (date(2010, 1, 1), False), (None, False)])
def test_today_is_shown_if_it_is_among_the_days(today, is_shown):
    assert (_("Today") in texts(some_timeline(today=today))) is is_shown


@pytest.mark.parametrize("count", [0, 43])
def test_a_timeline_fits_however_many_lanes_it_has(count):
    outside = Span(date(2005, 1, 1), date(2006, 1, 1), "before", GOOD)
    rows = [Lane(f"{number}. {KAZAKH}", "/x", [outside]) for number in range(count)]
    svg = some_timeline(rows=rows, keys={KAZAKH: GOOD, "Done": BAD})
    page, column = trees(svg)
    for root, width in ((page, 928), (column, NARROW)):
        found = boxes(root, width)
        assert all(box.left >= 0 and box.right <= width + 1 for box in found)
        assert max((box.middle for box in found), default=0) < float(root.get("height"))
