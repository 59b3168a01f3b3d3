"""The consolidated report's page: what it offers to whom in every state, and what it costs."""

import re

import pytest
from django.urls import reverse

from reports import review
from reports.consolidation import finalising, signing
from reports.models import ConsolidatedReport, Dispatch, Period, Proposal, ReportDocument

from .scenes import accepted, at, file_report, filed, finalised, sent, submission_of

SLUG = "children-2007-2011"
PAGE = reverse("consolidated", args=[SLUG, "2009-H1"])
SUPPLEMENT = reverse("consolidated-report", args=[SLUG, "2009-H1", 2])
SEND = reverse("send-consolidated", args=[SLUG, "2009-H1", 1])
BUTTONS = {"propose", "withdraw", "finalise", "give_back"}


@pytest.fixture
def period(programme):
    return Period.objects.select_related("programme__lead_agency").get(code="2009-H1")


def buttons(page):
    return set(re.findall(r'<button[^>]*name="(\w+)"', page.text)) & BUTTONS


def seen(page):
    return re.search(r'name="seen" value="(\w+)"', page.text)[1]


def panel(page):
    """The page above the report itself, without marks."""
    text = page.text[page.text.index('id="standing"') : page.text.index('<dl class="summary">\n    <div><dt>Addressee')]
    return " ".join(re.sub(r"<[^>]+>", " ", text).split())


# From the live report to the sent one


def test_from_live_to_sent_through_the_pages(browse, user, period):
    accepted("akimat-akt", user)
    coordinator, other = browse("coordinator"), browse("coordinator2")
    page = coordinator.get(PAGE)
    assert buttons(page) == {"propose"}
    page = coordinator.post(PAGE, {"propose": "", "seen": seen(page)}, follow=True)
    assert buttons(page) == {"withdraw"}
    page = other.get(PAGE)
    assert buttons(page) == {"finalise", "give_back"}
    assert "coordinator handed the report over for finalising" in panel(page)
    page = other.post(PAGE, {"finalise": "", "seen": seen(page)}, follow=True)
    frozen = ConsolidatedReport.objects.get()
    assert buttons(page) == set()
    assert frozen.sha256 in panel(page)
    assert "To the Government of the Republic of Kazakhstan" in page.text
    form = {"number": "12-3/1045", "dated": "2009-07-06", "addressee": "To the Government"}
    page = coordinator.post(SEND, form, follow=True)
    assert page.redirect_chain == [(PAGE, 302)]
    assert "12-3/1045" in panel(page)
    assert "sent on time" in panel(page)
    assert "Record how the report was sent" not in page.text
    assert re.findall(r"<strong>([^<]+)</strong> <time", page.text) == [
        "Handed over for finalising",
        "Finalised",
        "Sent",
    ]


def test_a_report_sent_late_says_how_late(browse, user, period):
    accepted("akimat-akt", user)
    with at(2009, 7, 23, 9):
        assert "overdue by 3 days" in panel(browse("analyst").get(PAGE))
        report = finalised(period, user)
        assert "overdue by 3 days" in panel(browse("analyst").get(PAGE))
        sent(report, user)
        assert "sent 3 days late" in panel(browse("analyst").get(PAGE))


@pytest.mark.parametrize("username", ["analyst", "administrator"])
def test_readers_see_how_it_stands_and_change_nothing(browse, user, period, username):
    accepted("akimat-akt", user)
    reader = browse(username)
    assert buttons(reader.get(PAGE)) == set()
    finalising.propose(period=period, by=user("coordinator"))
    assert buttons(reader.get(PAGE)) == set()
    for action in BUTTONS:
        assert reader.post(PAGE, {action: "", "reason": "Себеп"}).status_code == 403
    finalising.finalise(period=period, by=user("coordinator2"))
    assert SEND not in reader.get(PAGE).text


def test_without_an_accepted_report_there_is_nothing_to_hand_over(browse, user, period):
    filed("akimat-akt", user("reporter.akt"))
    page = browse("coordinator").get(PAGE)
    assert buttons(page) == set()
    assert "nothing to consolidate" in panel(page)
    page = browse("coordinator").post(PAGE, {"propose": "", "seen": finalising.digest_of({
        "number": 1, "supplements": None, "previous": None, "texts": {}, "filings": [], "sections": [],
    })}, follow=True)  # fmt: skip
    assert "nothing to consolidate" in page.text
    assert not Proposal.objects.exists()


@pytest.mark.parametrize("digest", ["", "0" * 64])
def test_a_page_that_was_not_read_is_no_ground_to_act(browse, user, period, digest):
    accepted("akimat-akt", user)
    page = browse("coordinator").post(PAGE, {"propose": "", "seen": digest}, follow=True)
    assert "Read it again" in page.text
    finalising.propose(period=period, by=user("coordinator"))
    page = browse("coordinator2").post(PAGE, {"finalise": "", "seen": digest}, follow=True)
    assert "Read it again" in page.text
    assert not ConsolidatedReport.objects.exists()


def test_an_outdated_handing_over_offers_only_the_way_back(browse, user, period):
    accepted("akimat-akt", user)
    finalising.propose(period=period, by=user("coordinator"))
    accepted("akimat-kus", user)
    page = browse("coordinator2").get(PAGE)
    assert buttons(page) == {"give_back"}
    assert "It cannot be finalised as it stands" in panel(page)
    page = browse("coordinator2").post(PAGE, {"give_back": "", "reason": "Жаңартыңыз"}, follow=True)
    assert "Жаңартыңыз" in panel(page)
    assert not Proposal.objects.exists()


def test_giving_back_without_a_reason_asks_for_it(browse, user, period):
    accepted("akimat-akt", user)
    finalising.propose(period=period, by=user("coordinator"))
    page = browse("coordinator2").post(PAGE, {"give_back": "", "reason": ""})
    assert page.status_code == 422
    assert 'href="#id_reason"' in page.text
    assert Proposal.objects.exists()


def test_what_is_still_open_is_named(browse, user, period):
    with at(2009, 7, 13, 9):
        accepted("akimat-akt", user)
        filed("akimat-kus", user("reporter.kus"))
        text = panel(browse("analyst").get(PAGE))
    assert "20 bodies" in text
    assert "Akimat of Pavlodar oblast: overdue by 3 days" in text
    assert "Akimat of Aktobe oblast" not in text
    assert "Filed and not accepted yet 1 body Akimat of Kostanay oblast" in text
    assert "in Kazakh 51, in Russian 51 of 51" in text


@pytest.mark.parametrize(
    ("form", "field"),
    [
        ({"number": ""}, "number"),
        ({"number": "1" * 41}, "number"),
        ({"dated": "2009-07-05"}, "dated"),
        ({"dated": "2009-07-07"}, "dated"),
        ({"dated": "6 July"}, "dated"),
        ({"addressee": " "}, "addressee"),
    ],
)
def test_a_wrong_dispatch_names_its_field_and_keeps_what_was_typed(browse, user, period, form, field):
    accepted("akimat-akt", user)
    finalised(period, user)
    form = {"number": "12-3/1045", "dated": "2009-07-06", "addressee": "Үкіметке"} | form
    page = browse("coordinator").post(SEND, form)
    assert page.status_code == 422
    assert f'href="#id_{field}"' in page.text
    assert form["number"] in page.text
    assert not Dispatch.objects.exists()


def test_a_number_that_is_taken_is_refused_on_the_form(browse, programme, user, period):
    accepted("akimat-akt", user, "2008-H2")
    sent(finalised(programme.periods.get(code="2008-H2"), user), user)
    accepted("akimat-akt", user)
    finalised(period, user)
    page = browse("coordinator").post(SEND, {"number": "12-3/1045", "dated": "2009-07-06", "addressee": "Үкіметке"})
    assert page.status_code == 422
    assert "under this number" in page.text


# Since then, and supplements


def test_a_late_filing_stands_beside_the_report_and_not_in_it(browse, user, period):
    accepted("akimat-akt", user)
    report = finalised(period, user)
    browser = browse("coordinator")
    document = reverse("consolidated-document", args=[SLUG, "2009-H1", "json"])
    before = browser.get(document).content
    assert "Since then" not in browser.get(PAGE).text
    with at(2009, 7, 15, 9):
        late = accepted("akimat-kus", user, narrative="Кешіккен мәтін", spent="1.250")
        page = browser.get(PAGE)
    text = panel(page)
    assert f"accepted since then, receipt {late.copies.get().receipt} (filed 5 days late)" in text
    assert "Since then: spending that changed" in text
    assert "Кешіккен мәтін" not in page.text
    assert report.sha256 in text
    assert browser.get(document).content == before
    assert "once this report is recorded as sent" in text


def test_reopened_and_filed_anew_are_told_apart(browse, user, period):
    reopened = accepted("akimat-akt", user)
    again = accepted("akimat-kus", user)
    finalised(period, user)
    for submission in (reopened, again):
        review.reopen(submission=submission, by=user("coordinator"), reason="Нақтылау")
    file_report(submission_of("akimat-kus"), user("reporter.kus"))
    review.accept(submission=submission_of("akimat-kus"), by=user("coordinator"))
    text = panel(browse("analyst").get(PAGE))
    first, second = again.copies.all()
    assert f"filed anew, receipt {second.receipt} instead of {first.receipt}" in text
    assert f"reopened; receipt {reopened.copies.get().receipt} does not count any more" in text


def test_a_supplement_goes_the_same_way_at_its_own_address(browse, user, period):
    accepted("akimat-akt", user)
    sent(finalised(period, user), user)
    accepted("akimat-kus", user, narrative="Толықтырылған мәтін")
    coordinator, other = browse("coordinator"), browse("coordinator2")
    assert SUPPLEMENT in coordinator.get(PAGE).text
    page = coordinator.get(SUPPLEMENT)
    assert "Supplement No. 1" in page.text
    coordinator.post(SUPPLEMENT, {"propose": "", "seen": seen(page)})
    page = other.post(SUPPLEMENT, {"finalise": "", "seen": seen(other.get(SUPPLEMENT))}, follow=True)
    assert page.redirect_chain == [(SUPPLEMENT, 302)]
    supplement = ConsolidatedReport.objects.get(number=2)
    assert supplement.sha256 in panel(page)
    assert "Толықтырылған мәтін" in page.text
    assert "Толықтырылған мәтін" not in coordinator.get(PAGE).text
    sent(supplement, user, "12-3/1300")
    assert "sent under No. 12-3/1300" in panel(coordinator.get(PAGE))
    answer = coordinator.get(reverse("consolidated-report-document", args=[SLUG, "2009-H1", 2, "json"]))
    assert answer.content.decode() == supplement.content
    assert 'filename="consolidated-2009-H1-supplement-1.json"' in answer["Content-Disposition"]


def test_a_supplement_that_is_not_due_leads_back_with_the_reason(browse, user, period):
    accepted("akimat-akt", user)
    report = finalised(period, user)
    browser = browse("coordinator")
    document = reverse("consolidated-report-document", args=[SLUG, "2009-H1", 2, "pdf"])
    for why in ("not sent yet", "Nothing has been accepted"):
        for address in (SUPPLEMENT, document):
            page = browser.get(address, follow=True)
            assert page.redirect_chain == [(PAGE, 302)]
            assert why in page.text
        if why == "not sent yet":
            sent(report, user)


@pytest.mark.parametrize("number", [0, 3, 99])
def test_a_number_that_cannot_be_is_not_found(browse, user, period, number):
    accepted("akimat-akt", user)
    finalised(period, user)
    assert browse("analyst").get(reverse("consolidated-report", args=[SLUG, "2009-H1", number])).status_code == 404


# Documents


def test_documents_of_a_finalised_report_are_stored_and_of_a_live_one_not(browse, user, period):
    accepted("akimat-akt", user)
    browser = browse("analyst", "kk")
    address = reverse("consolidated-document", args=[SLUG, "2009-H1", "docx"])
    assert browser.get(address).status_code == 200
    assert not ReportDocument.objects.exists()
    finalised(period, user)
    first = browser.get(address)
    stored = ReportDocument.objects.get()
    assert (stored.format, stored.language) == ("docx", "kk")
    assert first.content == browser.get(address).content == bytes(stored.content)
    assert 'filename="consolidated-2009-H1-kk.docx"' in first["Content-Disposition"]


def test_the_signed_pdf_is_offered_only_with_a_certificate(browse, user, period, monkeypatch):
    address = reverse("consolidated-document", args=[SLUG, "2009-H1", "signed.pdf"])
    browser = browse("coordinator")
    accepted("akimat-akt", user)
    assert browser.get(address).status_code == 404
    finalised(period, user)
    page = browser.get(PAGE)
    assert address not in page.text
    assert "the portal has no certificate" in panel(page)
    page = browser.get(address, follow=True)
    assert page.redirect_chain == [(PAGE, 302)]
    assert "no certificate to sign with" in page.text
    monkeypatch.setattr(signing, "is_configured", lambda: True)
    monkeypatch.setattr(signing, "sign", lambda pdf: pdf + b" signed")
    assert address in browser.get(PAGE).text
    answer = browser.get(address)
    assert answer.content.endswith(b" signed")
    assert answer["Content-Type"] == "application/pdf"


def test_an_unknown_format_is_not_found(browse, user, period):
    assert browse("analyst").get(reverse("consolidated-document", args=[SLUG, "2009-H1", "odt"])).status_code == 404


# The list of half-years


def test_the_list_says_how_each_report_stands(browse, user, period):
    def cell():
        page = browse("analyst").get(reverse("periods", args=[SLUG])).text
        return " ".join(re.sub(r"<[^>]+>", " ", page[page.index(PAGE) : page.index("2009-H2")]).split(">")[1].split())

    accepted("akimat-akt", user)
    assert cell().startswith("preview")
    finalising.propose(period=period, by=user("coordinator"))
    assert cell().startswith("handed over")
    report = finalising.finalise(period=period, by=user("coordinator2"))
    assert cell().startswith("finalised, not sent yet")
    sent(report, user)
    accepted("akimat-kus", user)
    assert cell().startswith("sent")
    finalising.propose(period=period, by=user("coordinator"))
    assert cell().startswith("sent · supplement handed over")


# Cost. Four are the frame's: session, user with his agency, the programme, whether there is demonstration data.


@pytest.mark.parametrize("agencies", [["akimat-akt"], ["akimat-akt", "akimat-kus", "moes"]])
def test_the_page_costs_a_fixed_number_of_queries(browse, user, period, agencies, django_assert_num_queries):
    for agency in agencies:
        accepted(agency, user)
    browser = browse("coordinator")
    with django_assert_num_queries(LIVE):
        browser.get(PAGE)
    report = finalised(period, user)
    with django_assert_num_queries(FROZEN):
        browser.get(PAGE)
    sent(report, user)
    accepted("moh", user)
    with django_assert_num_queries(CHANGED):
        browser.get(PAGE)
    with django_assert_num_queries(NEXT):
        browser.get(SUPPLEMENT)


LIVE, FROZEN, CHANGED, NEXT = 28, 11, 30, 31
