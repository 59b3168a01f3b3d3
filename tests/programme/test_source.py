import hashlib
import html
import re
from pathlib import Path

import pytest
from django.conf import settings

pytestmark = pytest.mark.django_db

URL = "/programmes/children-2007-2011/source/"
FILE = Path(settings.BASE_DIR) / "fixtures" / "children-2007-2011" / "source.txt"
QUERIES = 5
LINE = re.compile(r'<li id="L(\d+)"(?: class="blank")?>(.*?)</li>', re.DOTALL)


def lines(response) -> dict[int, str]:
    return {int(number): html.unescape(text) for number, text in LINE.findall(response.content.decode())}


def test_shows_the_first_300_lines_as_they_are(browse):
    shown = lines(browse("analyst").get(URL))
    printed = FILE.read_text(encoding="utf-8").split("\n")
    assert list(shown) == list(range(1, 301))
    assert [shown[number] for number in shown] == printed[:300]


def test_starts_where_it_is_asked_to(browse):
    response = browse("analyst", "ru").get(URL, {"from": 2900})
    assert list(lines(response)) == list(range(2900, 3044))
    assert 'start="2900"' in response.content.decode()
    assert f'href="{URL}?from=2600"' in response.content.decode()
    assert 'rel="next"' not in response.content.decode()


def test_marks_the_lines_and_shows_their_page(browse):
    shown = lines(browse("analyst").get(URL, {"lines": "1603-1606,1613"}))
    marked = [number for number, text in shown.items() if text.startswith("<mark>")]
    assert marked == [1603, 1604, 1605, 1606, 1613]
    assert shown[1614] == "облысы: "


def test_marks_lines_at_the_edge_of_a_page(browse):
    shown = lines(browse("analyst").get(URL, {"lines": "590-610"}))
    assert {number for number, text in shown.items() if "<mark>" in text} == set(range(590, 611))


def test_text_of_the_source_is_escaped(browse, programme):
    type(programme.source).objects.update(text="<script>alert(1)</script>")
    assert b"<script>" not in browse("analyst").get(URL).content


@pytest.mark.parametrize("value", ["x", "0", "5-2", "1-9999", "1[2:]", "1,,2", "-5", "9" * 300, "١"])
def test_wrong_lines_are_told_at_the_field(browse, value):
    response = browse("analyst").get(URL, {"lines": value})
    assert response.status_code == 200
    assert 'id="id_lines_error"' in response.content.decode()
    assert list(lines(response)) == list(range(1, 301))


@pytest.mark.parametrize("value", ["x", "0", "3044", "-1", "1.5"])
def test_wrong_start_is_told_at_the_field(browse, value):
    response = browse("analyst").get(URL, {"from": value})
    assert response.status_code == 200
    assert 'id="id_from_error"' in response.content.decode()
    assert list(lines(response)) == list(range(1, 301))


def test_names_the_checksum_of_the_file(browse):
    assert hashlib.sha256(FILE.read_bytes()).hexdigest() in browse("analyst").get(URL).content.decode()


@pytest.mark.parametrize("query", [{}, {"from": 3000}, {"lines": "1603-1616"}, {"lines": "x"}])
def test_takes_the_same_queries_whatever_is_shown(browse, django_assert_num_queries, query):
    browser = browse("analyst")
    with django_assert_num_queries(QUERIES):
        browser.get(URL, query)
