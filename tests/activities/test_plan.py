import datetime
import html
import re

import pytest

from activities.models import Activity, Deadline

pytestmark = pytest.mark.django_db

URL = "/programmes/children-2007-2011/plan/"
# Session, user, the frame's programme, whether there is demonstration data; then programme, sections, agencies,
# regions, rows with responsibilities and deadlines, headings, count.
QUERIES = 13


def page(response) -> str:
    assert response.status_code == 200
    return " ".join(html.unescape(response.content.decode()).split())


def rows(response) -> list[int]:
    return [int(row) for row in re.findall(r'<tr id="row-(\d+)">', page(response))]


def row(text: str, ordinal: int) -> str:
    return text.partition(f'<tr id="row-{ordinal}">')[2].partition("</tr>")[0]


@pytest.fixture
def browser(browse):
    return browse("analyst")


def test_shows_all_43_rows_in_their_sections(browser):
    text = page(browser.get(URL))
    assert rows(browser.get(URL)) == list(range(1, 44))
    assert "43 activities of 43" in text
    assert text.count('<tr class="group">') == 6


@pytest.mark.parametrize(
    ("language", "title", "section"),
    [
        (
            "kk",
            "Арнайы түзету білім беру ұйымдарын ашу (қайта жаңарту)",
            "5. Әлеуметтік жетімдіктің алдын алу",
        ),
        ("ru", "Открытие (реконструкция) специальных", "5. Предупреждение социального сиротства"),
        ("en", "Opening (reconstruction) of special", "5. Prevention of social orphanhood"),
    ],
)
def test_titles_are_in_the_readers_language(browse, language, title, section):
    text = page(browse("analyst", language).get(URL))
    assert title in row(text, 14)
    assert f">{section}</th>" in text


def test_a_row_says_what_is_printed(browser):
    text = row(page(browser.get(URL)), 16)
    assert '<a href="/programmes/children-2007-2011/plan/16/">' in text
    assert "MoES <strong" in text
    assert "lead compiler" in text
    assert "by agreement" in text
    assert "20/07/2008" in text
    assert "2008 - 2009 жылғы 20 шілде" in text
    assert "2007 жыл - 5,075; 2008 жыл - 5,075; 2009 жыл - 5,075" in text
    assert "republican budget" in text


def test_a_row_without_a_printed_number_says_so(browser):
    text = page(browser.get(URL))
    assert '<td class="num" data-label="Printed number">—</td>' in row(text, 20)
    assert '<td class="num" data-label="Printed number">21</td>' in row(text, 21)


def test_a_group_of_akimats_is_folded(browser):
    text = row(page(browser.get(URL)), 30)
    assert "16 akimats" in text
    assert "Kostanay oblast" in text


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({"section": "3"}, [10, 11, 12, 13, 14]),
        ({"agency": "nhrc"}, [2, 4, 8, 19]),
        ({"funding": "unstated"}, [9, 13]),
        ({"funding": "off_budget"}, [7, 8, 12, 20, 21, 25, 26, 27]),
        ({"section": "4", "funding": "local"}, [22]),
        ({"due_from": "2008-11-01", "due_to": "2008-12-31"}, [4, 5, 11, 15, 22, 39]),
        ({"due_from": "2009-11-01"}, [14, 17, 28]),
        ({"due_to": "2008-01-09"}, [7, 12, 25, 27, 29, 34]),
        ({"words": "Special Olympics"}, [42]),
    ],
)
def test_filters(browser, query, expected):
    found = rows(browser.get(URL, query))
    assert found == sorted(set(found))
    assert found == expected


def test_region_finds_its_akimat_and_its_lines_each_row_once(browser, programme):
    found = rows(browser.get(URL, {"region": "KZ-AKT"}))
    assert found == sorted(set(found))
    assert {14, 22, 30, 36} <= set(found)
    programme.activities.get(ordinal=14).responsibilities.all().delete()
    assert 14 in rows(browser.get(URL, {"region": "KZ-AKT"}))
    assert 14 not in rows(browser.get(URL, {"region": "KZ-AST"}))


def test_year_finds_deadlines_and_lines_each_row_once(browser, programme):
    found = rows(browser.get(URL, {"year": "2007"}))
    # 9 has a line of 2007 and no deadline in it, 7 the other way about.
    assert {7, 9} <= set(found)
    assert 14 not in found
    assert found == sorted(set(found))
    assert rows(browser.get(URL, {"year": "2010"})) == [17, 28]


def test_both_ends_of_a_span_meet_the_same_deadline(browser, programme):
    """A row due before and after the span, but not in it, is not found."""
    activity = programme.activities.get(ordinal=1)
    activity.deadlines.all().delete()
    for year in (2001, 2005):
        Deadline.objects.create(activity=activity, date=datetime.date(year, 1, 1), kind="one_off")
    assert rows(browser.get(URL, {"due_from": "2002-01-01", "due_to": "2004-01-01"})) == []
    assert rows(browser.get(URL, {"due_from": "2004-01-01", "due_to": "2006-01-01"})) == [1]


@pytest.mark.parametrize("words", ["ӘЛЕУМЕТТІК", "әлеуметтік", "Әлеуметтік"])
def test_search_does_not_mind_the_case_of_kazakh_letters(browser, words):
    printed = "әлеуметтік"
    expected = [
        activity.ordinal
        for activity in Activity.objects.all()
        if printed in f"{activity.title_kk} {activity.completion_form_kk} {activity.responsible_text}".casefold()
    ]
    assert expected
    assert rows(browser.get(URL, {"words": words})) == expected


def test_search_wants_every_word_in_any_language(browser):
    assert 14 in rows(browser.get(URL, {"words": "ТҮЗЕТУ реконструкция"}))
    assert rows(browser.get(URL, {"words": "түзету no-such-word"})) == []


def test_says_so_when_nothing_is_found_and_how_to_go_back(browser):
    text = page(browser.get(URL, {"words": "no-such-word"}))
    assert "No activity meets all of these conditions" in text
    assert f'<a href="{URL}">Show the whole plan</a>' in text


def test_what_was_chosen_stays_in_the_form_and_can_be_cleared(browser):
    text = page(browser.get(URL, {"section": "3", "due_from": "2008-01-01"}))
    assert '<option value="3" selected>' in text
    assert 'value="2008-01-01"' in text
    assert f'href="{URL}">Clear</a>' in text
    assert ">Clear</a>" not in page(browser.get(URL))


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ({"section": "7"}, "section"),
        ({"agency": "nobody"}, "agency"),
        ({"region": "KZ-XXX"}, "region"),
        ({"funding": "gold"}, "funding"),
        ({"year": "2007'"}, "year"),
        ({"due_from": "yesterday"}, "due_from"),
        ({"due_from": "2009-01-01", "due_to": "2008-01-01"}, "due_to"),
        ({"words": "x" * 101}, "words"),
        ({"words": "\x00"}, "words"),
    ],
)
def test_a_wrong_value_is_told_at_its_field_and_filters_nothing(browser, query, field):
    response = browser.get(URL, query)
    assert f'id="id_{field}_error"' in page(response)
    assert len(rows(response)) == 43


def test_takes_the_same_queries_whatever_is_found(browser, programme, django_assert_num_queries):
    for query in (
        {},
        {"section": "3"},
        {"region": "KZ-AKT", "year": "2009", "words": "БҒМ"},
        {"agency": "nobody"},
    ):
        with django_assert_num_queries(QUERIES):
            browser.get(URL, query)
    with django_assert_num_queries(QUERIES):
        assert rows(browser.get(URL, {"section": "3", "funding": "unstated"})) == [13]
