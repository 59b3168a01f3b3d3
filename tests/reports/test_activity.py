import datetime
import html
import re
from zoneinfo import ZoneInfo

import pytest

from programme.models import Agency, Finding
from reports.canonical import canonical_json, sha256_of
from reports.models import Submission, SubmissionCopy

pytestmark = pytest.mark.django_db

URL = "/programmes/children-2007-2011/plan/"
# Session, user, the frame's programme, whether there is demonstration data; then the row with its programme and
# section, responsibilities, deadlines, lines, neighbours, headings, findings, filed copies.
QUERIES = 12
FILED_AT = datetime.datetime(2009, 7, 3, 11, 0, tzinfo=ZoneInfo("Asia/Almaty"))


def page(response) -> str:
    assert response.status_code == 200
    return " ".join(html.unescape(response.content.decode()).split())


@pytest.fixture
def file(programme, user):
    """File an agency's report on one activity, past all rules: `file("akimat-akt", "2008-H1")`."""

    def create(agency, period, *, state="submitted", number=1, ordinal=14, demonstration=False, spending=(), **entry):
        submission, _created = Submission.objects.update_or_create(
            agency=Agency.objects.get(code=agency),
            period=programme.periods.get(code=period),
            defaults={"state": state, "first_submitted_at": FILED_AT},
        )
        filled = {"status": "in_progress", "narrative": "", "reason": "", "next_step": ""} | entry
        content = canonical_json(
            {
                "version": 1,
                "programme": programme.slug,
                "period": period,
                "agency": agency,
                "number": number,
                "filed_at": FILED_AT.isoformat(),
                "filed_by": "reporter",
                "demonstration": demonstration,
                "entries": [{"activity": ordinal, "spending": list(spending), **filled}],
            }
        )
        return SubmissionCopy.objects.create(
            submission=submission,
            number=number,
            filed_at=FILED_AT,
            filed_by=user("reporter.akt"),
            content=content,
            sha256=sha256_of(content),
            receipt=f"{period}-{agency}-{number}",
        )

    return create


@pytest.fixture
def history(browse):
    """The part of the page that shows what was filed."""

    def read(username="analyst", ordinal=14):
        return page(browse(username).get(f"{URL}{ordinal}/")).partition('id="history"')[2]

    return read


@pytest.mark.parametrize(
    ("language", "title", "section"),
    [
        ("kk", "Арнайы түзету білім беру ұйымдарын ашу (қайта жаңарту)", "3. Балалардың сапалы білім"),
        ("ru", "Открытие (реконструкция) специальных коррекционных", "3. Создание условий"),
        ("en", "Opening (reconstruction) of special correctional", "3. Creating conditions"),
    ],
)
def test_title_and_section_are_in_the_readers_language(browse, language, title, section):
    text = page(browse("analyst", language).get(f"{URL}14/"))
    assert f"<h1>14. {title}" in text
    assert section in text


def test_every_printed_cell_is_shown_in_kazakh(browse, programme):
    activity = programme.activities.get(ordinal=16)
    text = page(browse("analyst", "ru").get(f"{URL}16/"))
    cells = (
        activity.title_kk, activity.completion_form_kk, activity.responsible_text,
        activity.deadline_text, activity.cost_text, activity.funding_text,
    )  # fmt: skip
    assert [cell for cell in cells if cell not in text] == []
    assert activity.title_ru in text
    assert activity.completion_form_ru in text


def test_an_empty_cell_says_that_nothing_is_printed(browse):
    text = page(browse("analyst").get(f"{URL}20/"))
    assert "no printed number" in text
    assert text.count("nothing printed") == 2


def test_cells_lead_to_their_lines(browse):
    text = page(browse("analyst").get(f"{URL}14/"))
    assert "Section 8, row 14 · <a href=" in text
    assert "/source/?lines=1596-1628#L1596" in text
    assert "?lines=1604-1606#L1604" in text


def test_bodies_stand_with_role_and_printed_phrase(browse):
    text = page(browse("analyst").get(f"{URL}33/"))
    bodies = text.split('id="bodies"')[1].split("</section>")[0]
    assert "lead compiler" in bodies
    assert "ІІМ (жинақтау)" in bodies
    assert "облыстар, Астана және Алматы қалаларының әкімдіктері (16)" in bodies
    assert bodies.count("<li>") >= 16
    agreed = page(browse("analyst").get(f"{URL}16/")).split('id="bodies"')[1].split("</section>")[0]
    assert "by agreement" in agreed


def test_deadlines_say_their_kind_and_from_when_they_count(browse):
    late = page(browse("analyst").get(f"{URL}14/")).split('id="deadlines"')[1].split("</section>")[0]
    assert "31 December 2009" in late
    assert "to be completed" in late
    assert "counts from" not in late
    early = page(browse("analyst").get(f"{URL}7/")).split('id="deadlines"')[1].split("</section>")[0]
    assert "counts from the decree's date, 21 December 2007" in early


def test_lines_are_added_up(browse):
    text = page(browse("analyst").get(f"{URL}14/"))
    assert "726.247" in text
    assert "2,484.747" in text
    assert "(start of construction)" in page(browse("analyst").get(f"{URL}35/"))
    assert "not printed" in page(browse("analyst").get(f"{URL}9/"))
    assert "The plan prints no amount for this activity." in page(browse("analyst").get(f"{URL}1/"))


def test_findings_on_the_row_or_its_cells_are_shown_and_no_others(browse, programme):
    programme.findings.all().delete()
    places = {"ON-ROW": ["plan.4"], "ON-CELL": ["s6", "plan.4.6"], "OTHER": ["plan.40.6", "plan.14"]}
    for ordinal, (code, where) in enumerate(places.items()):
        Finding.objects.create(
            programme=programme,
            code=code,
            ordinal=ordinal,
            kind="sum",
            statement_kk=f"мәлімдеме {code}",
            places=where,
        )
    text = page(browse("analyst").get(f"{URL}4/"))
    assert "findings/#ON-ROW" in text
    assert "мәлімдеме ON-CELL" in text
    assert "OTHER" not in text


def test_neighbours_are_linked(browse):
    middle = page(browse("analyst").get(f"{URL}14/"))
    assert f'rel="prev" href="{URL}13/"' in middle
    assert f'rel="next" href="{URL}15/"' in middle
    assert 'rel="prev"' not in page(browse("analyst").get(f"{URL}1/"))
    assert 'rel="next"' not in page(browse("analyst").get(f"{URL}43/"))


@pytest.mark.parametrize("ordinal", [0, 44, 99999])
def test_a_row_that_does_not_exist_is_not_found(browse, ordinal):
    assert browse("analyst").get(f"{URL}{ordinal}/").status_code == 404


def test_says_so_when_nothing_was_filed(history):
    assert "Nothing has been filed yet" in history()


def test_shows_what_was_filed(file, history):
    file(
        "akimat-akt",
        "2009-H1",
        narrative="Құрылыс басталды.\nЕкінші жол.",
        reason="Қаражат кешікті",
        next_step="Маңызды қадам",
        spending=[{"region": "KZ-AKT", "year": 2009, "source": "local", "amount": "12.300"}],
    )
    text = history()
    assert "First half of 2009" in text
    assert "Құрылыс басталды.<br>Екінші жол." in text
    assert "Қаражат кешікті" in text
    assert "Маңызды қадам" in text
    assert "Aktobe, 2009, local budgets: <strong>12.300</strong>" in text
    assert "in progress" in text
    assert "Receipt 2009-H1-akimat-akt-1, filed 3 July 2009, 11:00" in text
    assert "Demonstration data" not in text


def test_demonstration_data_is_marked(file, history):
    file("akimat-akt", "2009-H1", demonstration=True)
    assert "Demonstration data" in history()


def test_what_people_write_is_escaped(file, history, browse):
    file("akimat-akt", "2009-H1", narrative="<script>alert(1)</script>")
    assert b"<script>alert" not in browse("analyst").get(f"{URL}14/").content


def test_newest_half_year_comes_first_and_open(file, history):
    file("akimat-akt", "2008-H1", narrative="ескі")
    file("akimat-kus", "2009-H1", narrative="жаңа")
    text = history()
    assert text.index("жаңа") < text.index("ескі")
    assert re.findall(r'<details class="card fold"( open)?>', text) == [" open", ""]


def test_of_several_filings_the_latest_counts_also_while_returned(file, history):
    file("akimat-akt", "2009-H1", narrative="бірінші")
    file("akimat-akt", "2009-H1", number=2, state="returned", narrative="екінші")
    text = history()
    assert "екінші" in text
    assert "бірінші" not in text
    assert "returned for rework" in text


def test_an_entry_on_another_activity_is_not_shown(file, history):
    file("akimat-akt", "2009-H1", ordinal=22, narrative="басқа іс-шара")
    assert "басқа іс-шара" not in history()
    assert "басқа іс-шара" in history(ordinal=22)


@pytest.mark.parametrize(
    ("username", "sees_aktobe", "sees_kostanay"),
    [
        ("reporter.akt", True, False),
        ("signatory.akt", True, False),
        ("reporter.kus", False, True),
        ("reporter.moh", False, False),
        ("coordinator", True, True),
        ("administrator", True, True),
    ],
)
def test_agencies_see_their_own_reports_only(file, history, username, sees_aktobe, sees_kostanay):
    file("akimat-akt", "2009-H1", narrative="Ақтөбенің мәтіні")
    file("akimat-kus", "2009-H1", narrative="Қостанайдың мәтіні")
    text = history(username)
    assert ("Ақтөбенің мәтіні" in text) == sees_aktobe
    assert ("Қостанайдың мәтіні" in text) == sees_kostanay


def test_takes_the_same_queries_for_no_one_and_many_reports(browse, file, django_assert_num_queries):
    browser = browse("analyst")
    with django_assert_num_queries(QUERIES):
        browser.get(f"{URL}14/")
    file("akimat-akt", "2009-H1", narrative="x")
    with django_assert_num_queries(QUERIES):
        browser.get(f"{URL}14/")
    for agency in ("akimat-kus", "akimat-man", "akimat-pav"):
        for period in ("2008-H1", "2008-H2", "2009-H1"):
            file(agency, period, narrative="x")
    with django_assert_num_queries(QUERIES):
        browser.get(f"{URL}14/")
    for ordinal in (1, 30, 43):
        with django_assert_num_queries(QUERIES):
            browser.get(f"{URL}{ordinal}/")
