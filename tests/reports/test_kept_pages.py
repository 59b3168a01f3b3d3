"""Pages that coordinators and readers of everything open most: made once, and again as soon as something changes."""

from types import SimpleNamespace

import pytest
from django.db import connection
from django.urls import reverse

from programme import stamps
from programme.models import Agency
from reports import filing, review
from reports.consolidation import texts
from reports.duty import owed_activities
from reports.models import Period

from .scenes import accepted, at, filed, submission_of, write_all

pytestmark = pytest.mark.django_db
SLUG, CODE = "children-2007-2011", "2009-H1"
PLACE = [SLUG, CODE]


@pytest.fixture(autouse=True)
def _outside_a_transaction(monkeypatch):
    """As in a request that only reads; triggers that wait for the end of the transaction run at once."""
    monkeypatch.setattr(stamps, "connection", SimpleNamespace(in_atomic_block=False))
    if connection.vendor == "postgresql":
        connection.cursor().execute("SET CONSTRAINTS ALL IMMEDIATE")


@pytest.fixture
def period(programme):
    return Period.objects.select_related("programme__lead_agency").get(code=CODE)


# Four of each are the frame's: session, user with his agency, the programme with its stamp, demonstration data.
@pytest.mark.parametrize(
    ("name", "args", "query", "queries"),
    [
        ("home", [], "", 5),
        ("overview", [SLUG], "", 4),
        ("progress", [SLUG], "", 4),
        ("periods", [SLUG], "", 4),
        ("period", PLACE, "", 6),
        ("consolidated", PLACE, "", 5),
        ("behind", PLACE, "?measure=spent", 5),
        ("workspace", PLACE, "", 6),
    ],
)
def test_a_page_that_was_made_costs_few_queries(browse, user, name, args, query, queries, django_assert_num_queries):
    accepted("akimat-akt", user)
    filed("akimat-kus", user("reporter.kus"))
    address = reverse(name, args=args) + query
    first = browse("coordinator")
    assert first.get(address).status_code == 200
    second = browse("coordinator2")
    with django_assert_num_queries(queries):
        page = second.get(address)
    assert page.status_code == 200


def test_a_report_that_is_read_again_costs_few_queries(browse, user, django_assert_num_queries):
    address = reverse("submission", args=[filed("akimat-akt", user("reporter.akt")).pk])
    browse("coordinator").get(address)
    other = browse("coordinator2")
    with django_assert_num_queries(4):
        page = other.get(address)
    assert page.text.count(f'name="csrfmiddlewaretoken" value="{page.context["csrf_token"]}"') > 17


def test_what_is_filed_is_on_the_pages_at_once(browse, user):
    browser, waiting = browse("coordinator"), filed("akimat-akt", user("reporter.akt"))
    narrative = waiting.copies.get().data["entries"][0]["narrative"]
    addresses = [
        reverse("consolidated", args=PLACE),
        reverse("workspace", args=PLACE),
        reverse("behind", args=PLACE) + "?measure=answer&agency=akimat-akt",
    ]
    before = [browser.get(address).text for address in addresses]
    assert [browser.get(address).text.count(narrative) for address in addresses[:2]] == [0, 0]
    review.accept(submission=waiting, by=user("coordinator2"))
    after = [browser.get(address).text for address in addresses]
    assert all(narrative in text for text in after[:2])
    assert waiting.copies.get().receipt in after[2]
    assert waiting.copies.get().receipt not in before[2]


def test_how_far_a_draft_is_stands_on_the_board_at_once(browse, user):
    browser, draft = browse("coordinator"), submission_of("akimat-akt")
    board, by = reverse("period", args=PLACE), user("reporter.akt")
    assert "0 of 17" in browser.get(board).text
    assert "1 of 17" not in browser.get(board).text
    owed = owed_activities(draft)[0]
    filing.save_entry(
        submission=draft,
        activity=owed.activity,
        by=by,
        version=0,
        values={"status": "not_due", "narrative": "", "reason": "Мерзімі келген жоқ", "next_step": ""},
        spending={},
    )
    assert "1 of 17" in browser.get(board).text


def test_a_waiver_and_a_return_change_how_far_a_draft_is(browse, user):
    browser, draft = browse("coordinator"), submission_of("akimat-akt")
    board, by = reverse("period", args=PLACE), user("coordinator")
    write_all(draft, user("reporter.akt"), narrative="")
    complete = browser.get(board).text.count("0 of 17")
    for owed in owed_activities(draft):
        review.waive(submission=draft, by=by, activity=owed.activity, rule="narrative_missing", reason="Хат")
    assert browser.get(board).text.count("0 of 17") == complete - 1


def test_nobody_is_offered_what_he_filed_himself(browse, user):
    own = filed("akimat-akt", user("reporter.akt"))
    reporter = user("signatory.akt")
    board = reverse("period", args=PLACE)
    assert 'name="copy"' in browse("coordinator").get(board).text
    reporter.role, reporter.agency = "coordinator", Agency.objects.get(code="moes")
    reporter.save()
    page = browse("signatory.akt").get(board).text
    assert own.copies.get().filed_by_id == reporter.pk
    assert 'name="copy"' not in page
    assert 'name="copy"' in browse("coordinator").get(board).text


def test_a_text_is_on_the_page_once_it_is_saved(browse, user, period):
    accepted("akimat-akt", user)
    browser = browse("coordinator")
    addresses = [reverse("workspace", args=PLACE), reverse("consolidated", args=PLACE)]
    for address in addresses:
        assert "Written by hand" not in browser.get(address).text
    texts.save(
        period=period, part="introduction", language="en", text="Written by hand", version=0, by=user("coordinator2")
    )
    for address in addresses:
        assert "Written by hand" in browser.get(address).text


def test_no_reader_gets_what_another_language_or_role_was_shown(browse, user):
    accepted("akimat-akt", user)
    page = reverse("consolidated", args=PLACE)
    english, kazakh = browse("coordinator", "en").get(page).text, browse("coordinator2", "kk").get(page).text
    assert "What the bodies reported" in english
    assert "What the bodies reported" not in kazakh
    board = reverse("period", args=PLACE)
    with at(2009, 7, 11, 12):
        assert "Whom to remind" in browse("coordinator", "en").get(board).text
        assert "Whom to remind" not in browse("analyst", "en").get(board).text
    assert browse("reporter.kus", "en").get(board).text.count('href="/submissions/') == 1
