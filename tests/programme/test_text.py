import html
import re

import pytest

from programme.models import ExpectedResult, Measure, Paragraph

pytestmark = pytest.mark.django_db

URL = "/programmes/children-2007-2011/text/"
QUERIES = 12


def page(browser) -> str:
    response = browser.get(URL)
    assert response.status_code == 200
    return " ".join(html.unescape(response.content.decode()).split())


def test_all_running_text_is_there(browse):
    text = page(browse("analyst", "kk"))
    records = [*Paragraph.objects.all(), *Measure.objects.all(), *ExpectedResult.objects.all()]
    assert [row.place for row in records if row.text_kk not in text] == []


def test_sections_follow_each_other_as_in_the_source(browse):
    text = page(browse("analyst", "ru"))
    assert re.findall(r'<h2 id="(\w+)"', text)[-8:] == ["s1", "s2", "s3", "s4", "s5", "s6", "s7", "abbr"]
    assert re.findall(r'<h3 id="([\w.]+)"', text) == [f"s5.{number}" for number in range(1, 7)]


def test_statistics_stand_after_the_paragraph_that_announces_them(browse):
    text = page(browse("analyst", "kk"))
    paragraphs = dict(Paragraph.objects.filter(section="3").values_list("ordinal", "text_kk"))
    tables = {14: "желісі мен контингентінің даму серпіні", 21: "жалпы науқастануы"}
    for ordinal, title in tables.items():
        assert text.index(paragraphs[ordinal]) < text.index(title) < text.index(paragraphs[ordinal + 1])


def test_measures_follow_the_heading_of_their_stage(browse):
    text = page(browse("analyst", "kk"))
    first, second = Paragraph.objects.filter(section="5.1").order_by("ordinal")
    measure = Measure.objects.filter(direction__code="5.1", stage__number=1).first()
    later = Measure.objects.filter(direction__code="5.1", stage__number=2).first()
    start = text.index('id="s5.1"')
    positions = [text.index(row.text_kk, start) for row in (first, measure, second, later)]
    assert positions == sorted(positions)


@pytest.mark.parametrize(
    ("language", "heading"),
    [("kk", "2. Кіріспе"), ("ru", "2. Введение"), ("en", "2. Introduction")],
)
def test_headings_are_in_the_readers_language(browse, language, heading):
    assert f'<h2 id="s2">{heading}</h2>' in page(browse("analyst", language))


def test_structured_parts_are_linked(browse):
    text = page(browse("analyst"))
    for part in ("passport", "financing", "results", "abbreviations"):
        assert f'href="/programmes/children-2007-2011/#{part}"' in text
    assert 'href="/programmes/children-2007-2011/plan/"' in text


def test_takes_the_same_queries_whatever_the_size(browse, django_assert_num_queries):
    browser = browse("analyst")
    with django_assert_num_queries(QUERIES):
        browser.get(URL)
    Paragraph.objects.filter(section="3", ordinal__gt=1).delete()
    with django_assert_num_queries(QUERIES):
        browser.get(URL)
