import html
import re

import pytest

from programme.models import Finding

pytestmark = pytest.mark.django_db

URL = "/programmes/children-2007-2011/findings/"
QUERIES = 6


def page(response) -> str:
    assert response.status_code == 200
    return " ".join(html.unescape(response.content.decode()).split())


def codes(text: str) -> list[str]:
    return re.findall(r'<tr id="([^"]+)">', text)


@pytest.fixture
def finding(programme) -> Finding:
    """One finding alone."""
    programme.findings.all().delete()
    return Finding.objects.create(
        programme=programme, code="T1", ordinal=1, kind="sum",
        statement_kk="Сома сәйкес емес", statement_ru="Сумма не сходится",
        statement_en="The sum does not agree",
        treatment_kk="Екеуі де көрсетілген", treatment_ru="Показаны обе", treatment_en="Both are shown",
        printed="3663,353", found="3653,600", difference="−9,753",
        places=["plan.31.6", "plan.total"], lines=["2425-2426", "2993"],
    )  # fmt: skip


def test_shows_every_finding_of_the_decree(browse, programme):
    assert codes(page(browse("analyst").get(URL))) == [finding.code for finding in programme.findings.all()]


@pytest.mark.parametrize(
    ("language", "statement", "treatment"),
    [
        ("kk", "Сома сәйкес емес", "Екеуі де көрсетілген"),
        ("ru", "Сумма не сходится", "Показаны обе"),
        ("en", "The sum does not agree", "Both are shown"),
    ],
)
def test_says_what_and_how_it_is_treated(browse, finding, language, statement, treatment):
    text = page(browse("analyst", language).get(URL))
    assert statement in text
    assert treatment in text
    assert "3663,353" in text
    assert "−9,753" in text


def test_places_lead_to_the_row_and_to_the_lines(browse, finding):
    text = page(browse("analyst").get(URL))
    assert '<a href="/programmes/children-2007-2011/plan/31/">Section 8, row 31, column 6</a>' in text
    assert "Section 8, totals under the plan" in text
    assert "/source/?lines=2425-2426,2993#L2425" in text


def test_filters_by_kind(browse, finding):
    Finding.objects.create(programme=finding.programme, code="T2", ordinal=2, kind="date", statement_kk="күн")
    browser = browse("analyst")
    assert codes(page(browser.get(URL))) == ["T1", "T2"]
    assert codes(page(browser.get(URL, {"kind": "date"}))) == ["T2"]


def test_counts_findings_of_each_kind(browse, finding):
    text = page(browse("analyst", "en").get(URL))
    options = dict(re.findall(r'<option value="(\w*)"[^>]*>([^<]*)</option>', text))
    assert options[""] == "all kinds (1)"
    assert options["sum"] == "sums (1)"
    assert options["text"] == "state of the text (0)"


def test_an_unknown_kind_is_told_and_filters_nothing(browse, finding):
    text = page(browse("analyst").get(URL, {"kind": "x'"}))
    assert 'id="id_kind_error"' in text
    assert codes(text) == ["T1"]


def test_says_so_when_there_is_none(browse, finding):
    assert "No finding of this kind" in page(browse("analyst").get(URL, {"kind": "date"}))
    finding.delete()
    assert "No findings are recorded" in page(browse("analyst").get(URL))


def test_takes_the_same_queries_for_one_and_for_all(browse, programme, django_assert_num_queries):
    browser = browse("analyst")
    with django_assert_num_queries(QUERIES):
        browser.get(URL)
    with django_assert_num_queries(QUERIES):
        browser.get(URL, {"kind": "sum"})
    programme.findings.exclude(ordinal=1).delete()
    with django_assert_num_queries(QUERIES):
        browser.get(URL)
