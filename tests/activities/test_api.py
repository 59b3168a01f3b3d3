"""Indicators of the plan: content, filters, cost."""

import re

import pytest


def rows(browser, query: str = "") -> list[dict]:
    return browser.get(f"/api/v1/indicators/?page_size=500{query}").json()["results"]


def test_indicators_carry_their_targets_by_stage(browse):
    found = rows(browse("analyst"))

    assert len(found) == 20
    assert found[0] == {
        "programme": "children-2007-2011",
        "activity": 14,
        "code": "correctional-institutions-1",
        "title": {
            "kk": "Ашылған арнайы түзеу білім беру ұйымдары",
            "ru": "Открытые специальные коррекционные образовательные организации",
            "en": "Special correctional educational institutions opened",
        },
        "unit": {"kk": "ұйым", "ru": "организаций", "en": "institutions"},
        "stage": 1,
        "target": 3,
        "baseline": 101,
        "baseline_place": "s3",
    }
    assert [row["activity"] for row in found] == sorted(row["activity"] for row in found)


def test_baselines_are_numbers_that_section_3_prints(programme, browse):
    printed = " ".join(programme.paragraphs.filter(section="3").values_list("text_kk", flat=True))
    found = {row["code"]: row["baseline"] for row in rows(browse("analyst")) if row["baseline"] is not None}
    assert found == {
        "correctional-institutions-1": 101, "correctional-institutions-2": 101,
        "correctional-children-1": 17030, "correctional-children-2": 17030,
        "childrens-villages-1": 6, "childrens-villages-2": 6, "family-homes-1": 23, "family-homes-2": 23,
    }  # fmt: skip
    for number in set(found.values()):
        assert re.search(rf"\b{number}\b", printed), number


@pytest.mark.parametrize(("query", "activities"), [("&activity=22", {22}), ("&activity=1", set())])
def test_indicators_can_be_filtered_by_activity(browse, query, activities):
    assert {row["activity"] for row in rows(browse("analyst"), query)} == activities


@pytest.mark.parametrize("query", ["activity=44", "activity=x", "programme=none"])
def test_wrong_filter_of_indicators_is_named(browse, query):
    response = browse("analyst").get(f"/api/v1/indicators/?{query}")

    pointers = [error["pointer"] for error in response.json()["errors"]]
    assert (response.status_code, pointers) == (400, [f"?{query.partition('=')[0]}"])


def test_list_of_indicators_costs_the_same_whatever_the_page_size(browse, django_assert_num_queries):
    browser = browse("analyst")

    for page_size in (1, 500):
        with django_assert_num_queries(4):
            browser.get(f"/api/v1/indicators/?page_size={page_size}")
