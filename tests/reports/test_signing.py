"""Sign-off: the reporter sends, the signatory reads exactly what will be filed, and files it or sends it back."""

import pytest
from django.urls import reverse

from accounts.models import User
from reports import filing
from reports.models import SubmissionCopy
from reports.transitions import Refused

from .scenes import file_report, submission_of, write_all

pytestmark = pytest.mark.django_db


@pytest.fixture
def written(user):
    submission = submission_of("akimat-akt")
    write_all(submission, user("reporter.akt"), narrative="Қол қоюға дайын мәтін")
    return submission


@pytest.fixture
def sent(user, written):
    filing.send_for_signature(submission=written, by=user("reporter.akt"))
    written.refresh_from_db()
    return written


def address(name, submission):
    return reverse(name, args=[submission.pk])


def test_a_reporter_with_a_signatory_cannot_file_directly(user, written):
    with pytest.raises(Refused, match="send the report for signature"):
        filing.submit(submission=written, by=user("reporter.akt"))
    assert not SubmissionCopy.objects.exists()


def test_a_reporter_without_a_signatory_files_directly(user, written):
    User.objects.filter(username="signatory.akt").update(is_active=False)
    filing.submit(submission=written, by=user("reporter.akt"))
    assert SubmissionCopy.objects.count() == 1
    with pytest.raises(Refused):
        filing.send_for_signature(submission=written, by=user("reporter.akt"))


def test_an_incomplete_report_is_not_sent(user):
    with pytest.raises(Refused, match="14, 17, 18, 22"):
        filing.send_for_signature(submission=submission_of("akimat-akt"), by=user("reporter.akt"))


def test_while_it_awaits_signature_nobody_changes_it(user, sent):
    for username in ("reporter.akt", "signatory.akt"):
        with pytest.raises(Refused, match="awaits signature"):
            write_all(sent, user(username), narrative="Кейінгі өзгеріс")
    assert not sent.entries.filter(narrative="Кейінгі өзгеріс").exists()


def test_the_signatory_files_and_the_copy_names_both(user, sent):
    copy = filing.submit(submission=sent, by=user("signatory.akt"))
    assert (copy.data["prepared_by"], copy.data["filed_by"]) == ("reporter.akt", "signatory.akt")
    assert [event.action for event in sent.events.all()] == ["sent", "filed"]
    sent.refresh_from_db()
    assert (sent.state, sent.awaits_signature) == ("submitted", False)


def test_sent_back_with_a_reason_it_can_be_changed_again(user, sent):
    with pytest.raises(Refused):
        filing.send_back(submission=sent, by=user("signatory.akt"), reason=" ")
    with pytest.raises(Refused):
        filing.send_back(submission=sent, by=user("reporter.akt"), reason="Мен қол қоймаймын")
    filing.send_back(submission=sent, by=user("signatory.akt"), reason="14-жол")
    write_all(sent, user("reporter.akt"), narrative="Түзетілді")
    assert [event.action for event in sent.events.all()] == ["sent", "sent_back"]


def test_a_recalled_report_can_be_changed_again(user, sent):
    filing.recall(submission=sent, by=user("reporter.akt"))
    write_all(sent, user("reporter.akt"), narrative="Түзетілді")
    with pytest.raises(Refused):
        filing.recall(submission=sent, by=user("reporter.akt"))


@pytest.mark.parametrize("outsider", ["reporter.kus", "coordinator", "analyst"])
def test_signing_is_for_the_agency_alone(user, sent, outsider):
    for action in (filing.recall, filing.submit, filing.send_for_signature):
        with pytest.raises(Refused):
            action(submission=sent, by=user(outsider))
    sent.refresh_from_db()
    assert sent.awaits_signature


def test_what_changed_after_it_was_read_is_not_filed(browse, user, written):
    browser = browse("signatory.akt")
    seen = browser.get(address("file-submission", written)).context["seen"]
    write_all(written, user("reporter.akt"), narrative="Оқылғаннан кейін өзгерген мәтін")
    page = browser.post(address("file-submission", written), {"seen": seen}, follow=True)
    assert "The report was changed after you opened this page" in page.text
    assert not SubmissionCopy.objects.exists()


def test_the_pages_from_sending_to_filing(browse, user, written):
    reporter, signatory = browse("reporter.akt"), browse("signatory.akt")
    page = reporter.get(address("file-submission", written))
    assert 'name="send"' in page.text
    assert 'name="seen"' not in page.text
    assert "has been sent for signature" in reporter.post(address("sign-off", written), {"send": ""}, follow=True).text
    assert 'name="recall"' in reporter.get(address("file-submission", written)).text
    assert "Read and sign" in signatory.get("/").text

    page = signatory.get(address("file-submission", written))
    assert "Қол қоюға дайын мәтін" in page.text
    refused = signatory.post(address("sign-off", written), {"back": "", "reason": ""})
    assert refused.status_code == 422
    signatory.post(address("sign-off", written), {"back": "", "reason": "17-жолды толықтыр"})
    assert "17-жолды толықтыр" in reporter.get("/").text
    assert "17-жолды толықтыр" in reporter.get(address("submission", written)).text

    reporter.post(address("sign-off", written), {"send": ""})
    page = signatory.get(address("file-submission", written))
    receipt = signatory.post(address("file-submission", written), {"seen": page.context["seen"]}, follow=True)
    assert "Prepared by" in receipt.text
    filed = written.copies.get()
    assert filed.data["entries"] == [
        entry | {"activity": entry["activity"].ordinal} for entry in page.context["entries"]
    ]


def test_a_second_click_on_file_leads_to_the_receipt(browse, user, sent):
    browser = browse("signatory.akt")
    seen = browser.get(address("file-submission", sent)).context["seen"]
    for _click in range(2):
        page = browser.post(address("file-submission", sent), {"seen": seen}, follow=True)
        assert page.redirect_chain[-1][0] == address("receipt", sent)
    assert sent.copies.count() == 1


def test_every_filing_keeps_its_own_receipt(browse, user, sent):
    from reports import review

    first = filing.submit(submission=sent, by=user("signatory.akt"))
    review.return_for_rework(submission=sent, by=user("coordinator"), reason="Толықтырыңыз")
    second = file_report(sent, user("reporter.akt"))
    browser = browse("reporter.akt")
    assert second.receipt in browser.get(address("receipt", sent)).text
    page = browser.get(address("receipt", sent), {"filing": "1"})
    assert first.sha256 in page.text
    assert page.context["copy"] == first
    assert browser.get(address("receipt", sent), {"filing": "7"}).status_code == 404
