import html

import pytest

from programme.models import Abbreviation, Financing, LegalAct, Measure, ResultTarget

pytestmark = pytest.mark.django_db

URL = "/programmes/children-2007-2011/"
# Session, user, the frame's programme, whether there is demonstration data; then the programme and its parts.
QUERIES = 19


def page(browser, url=URL) -> str:
    response = browser.get(url)
    assert response.status_code == 200
    return " ".join(html.unescape(response.content.decode()).split())


@pytest.mark.parametrize(
    ("language", "title", "task"),
    [
        (
            "kk",
            '2007 - 2011 жылдарға арналған "Қазақстан балалары" бағдарламасы',
            "әлеуметтік жетімдіктің алдын алу;",
        ),
        ("ru", "Программа «Дети Казахстана» на 2007 - 2011 годы", "профилактика социального сиротства;"),
        ("en", 'Programme "Children of Kazakhstan" for 2007 - 2011', "prevention of social orphanhood;"),
    ],
)
def test_shows_the_programme_in_the_readers_language(browse, language, title, task):
    text = page(browse("analyst", language))
    assert f"<h1>{title}</h1>" in text
    assert task.casefold() in text.casefold()


def test_translations_stand_beside_the_kazakh_text(browse):
    text = page(browse("analyst", "ru"))
    assert "әлеуметтік жетімдіктің алдын алу;" in text
    assert "working-translation" in text


def test_kazakh_needs_no_mark_of_translation(browse):
    text = page(browse("analyst", "kk"))
    assert "working-translation" not in text
    assert "parallel" not in text


def test_every_part_is_there_and_listed(browse):
    text = page(browse("analyst"))
    for part in (
        "goal", "reporting", "passport", "directions", "financing",
        "results", "statistics", "resolution", "acts", "abbreviations",
    ):  # fmt: skip
        assert f'id="{part}"' in text
        assert f'href="#{part}"' in text


def test_every_record_of_the_programme_is_on_the_page(browse, programme):
    text = page(browse("analyst", "kk"))
    records = [
        *((row, "text_kk") for row in programme.clauses.all()),
        *((row, "text_kk") for row in programme.tasks.all()),
        *((row, "title_kk") for row in programme.directions.all()),
        *((row, "text_kk") for row in Measure.objects.all()),
        *((row, "text_kk") for row in programme.expected_results.all()),
        *((row, "text_kk") for row in Abbreviation.objects.all()),
        *((row, "note_kk") for row in LegalAct.objects.all()),
    ]
    missing = [row.place for row, field in records if " ".join(getattr(row, field).split()) not in text]
    assert missing == []


def test_places_lead_to_the_lines_of_the_source(browse):
    text = page(browse("analyst"))
    assert f'Section 4 · <a href="{URL}source/?lines=762#L762"> line 762 </a>' in text
    assert f'Resolution, clause 2.2 · <a href="{URL}source/?lines=18-20#L18"> lines 18–20 </a>' in text


def test_reporting_dates_follow_the_rule(browse):
    text = page(browse("analyst"))
    assert "10 January" in text
    assert "20 July" in text
    assert "2008–2011" in text


def test_financing_stands_by_source_and_year(browse):
    text = page(browse("analyst", "ru"))
    assert "3 663,353" in text.replace("\xa0", " ")
    assert "10 295,445" in text.replace("\xa0", " ")


def test_financing_of_section_1_is_shown_where_it_differs(browse):
    assert "section 1: 307.000" not in page(browse("analyst"))
    Financing.objects.filter(source="republican", year=2007).update(passport_amount="307.000")
    assert "section 1: 307.000" in page(browse("analyst"))


def test_targets_are_flagged_where_sections_1_and_7_differ(browse):
    text = page(browse("analyst"))
    assert "section 7 <strong>450</strong>, section 1 <strong>250</strong>" in text
    assert "section 7 gives no number, section 1 <strong>1</strong>" in text
    assert text.count("sections differ") == 2
    ResultTarget.objects.filter(value=450).update(passport_value=450)
    assert page(browse("analyst")).count("sections differ") == 1


def test_statistics_stand_as_printed(browse):
    text = page(browse("analyst", "ru"))
    assert '<th scope="row">2001</th> <td class="num">103</td><td class="num">18,9</td>' in text
    assert "54507,7" in text


def test_takes_the_same_queries_whatever_the_size(browse, django_assert_num_queries):
    browser = browse("analyst")
    with django_assert_num_queries(QUERIES):
        browser.get(URL)
    Measure.objects.exclude(ordinal=1).delete()
    Abbreviation.objects.exclude(ordinal=1).delete()
    with django_assert_num_queries(QUERIES):
        browser.get(URL)


@pytest.mark.parametrize(
    "tail", ["", "text/", "source/", "findings/", "plan/", "plan/1/", "budget/", "reconciliation/"]
)
def test_reading_pages_are_scoped_and_closed(browse, client, tail):
    """An unknown programme is 404, a visitor is sent to sign in, only GET is taken; every role may read."""
    assert browse("analyst").get(f"/programmes/no-such-programme/{tail}").status_code == 404
    anonymous = client.get(URL + tail)
    assert anonymous.status_code == 302
    assert anonymous.url.startswith("/sign-in/?next=")
    assert browse("coordinator").post(URL + tail).status_code == 405
    for username in ("reporter.kus", "signatory.akt", "coordinator", "administrator"):
        assert browse(username).get(URL + tail).status_code == 200
