"""Who hears of a change by e-mail, in which language."""

import datetime

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import User
from reports import filing, notices, outbox, review
from reports.demonstration import Demonstration
from reports.duty import owed_activity
from reports.models import OutgoingMail, Submission

from .scenes import file_report, filed, submission_of, write_all

LANGUAGES = {
    "reporter.akt": "ru",
    "signatory.akt": "kk",
    "coordinator": "en",
    "coordinator2": "kk",
    "reporter.kus": "en",
    "analyst": "en",
}


@pytest.fixture(autouse=True)
def _addresses(db):
    for username, language in LANGUAGES.items():
        User.objects.filter(username=username).update(email=f"{username}@portal.example", language=language)


@pytest.fixture
def post(mailoutbox):
    """Do something, have the outbox sent, and return its mails by recipient."""

    def do(action, **arguments):
        outbox.deliver()
        mailoutbox.clear()
        action(**arguments)
        outbox.deliver()
        mails = {mail.to[0].removesuffix("@portal.example"): mail for mail in mailoutbox}
        assert len(mails) == len(mailoutbox)
        for mail in mails.values():
            assert mail.subject == " ".join(mail.subject.split())
            assert "\n\n\n" not in mail.body
        return mails

    return do


@pytest.fixture
def submission(user):
    draft = submission_of("akimat-akt")
    write_all(draft, user("reporter.akt"))
    return draft


def test_an_extension_is_told_to_the_agency(post, submission, user):
    mails = post(
        review.extend,
        submission=submission,
        by=user("coordinator"),
        due_on=datetime.date(2009, 7, 20),
        reason="Су тасқыны",
        act="№ 5 бұйрық",
    )
    assert set(mails) == {"reporter.akt", "signatory.akt"}
    assert "2009 жылғы 20 шілде" in mails["signatory.akt"].subject
    for part in ("2009 жылғы 10 шілде", "2009 жылғы 20 шілде", "Су тасқыны"):
        assert part in mails["signatory.akt"].body


def test_a_filing_is_confirmed_to_both_sides_each_in_its_language(post, submission, user):
    filing.send_for_signature(submission=submission, by=user("reporter.akt"))
    mails = post(filing.submit, submission=submission, by=user("signatory.akt"))
    assert set(mails) == {"reporter.akt", "signatory.akt", "coordinator", "coordinator2"}
    copy = submission.copies.get()
    for mail in mails.values():
        assert copy.receipt in mail.body
        assert copy.sha256 in mail.body
        assert "(Asia/Almaty)" in mail.body
        assert "№ 1" in mail.body
    assert mails["reporter.akt"].subject.startswith("Информация представлена: Актюбинская область")
    assert "6 июля 2009 г., 12:00" in mails["reporter.akt"].body
    assert "Кем подготовлено: reporter.akt" in mails["reporter.akt"].body
    assert "Кем представлено: signatory.akt" in mails["reporter.akt"].body
    assert mails["signatory.akt"].subject.startswith("Ақпарат ұсынылды: Ақтөбе облысы")
    assert "2009 жылғы 6 шілде, 12:00" in mails["signatory.akt"].body
    assert mails["coordinator"].subject == "Report filed: Aktobe oblast, first half of 2009"
    assert "filed on time" in mails["coordinator"].body
    assert reverse("receipt", args=[submission.pk]) in mails["reporter.akt"].body
    assert reverse("receipt", args=[submission.pk]) not in mails["coordinator"].body
    assert reverse("submission", args=[submission.pk]) in mails["coordinator"].body


def test_a_mail_can_be_read_without_marks_of_html(post, user):
    User.objects.filter(username="signatory.akt").update(first_name="Ы & <Қ>")
    submission = submission_of("akimat-akt")
    write_all(submission, user("reporter.akt"))
    mails = post(filing.submit, submission=submission, by=user("signatory.akt"))
    assert "Ы & <Қ>" in mails["coordinator"].body


def test_inactive_people_and_people_without_an_address_get_nothing(post, submission, user):
    User.objects.filter(username="coordinator2").update(is_active=False)
    User.objects.filter(username="reporter.akt").update(email="")
    mails = post(filing.submit, submission=submission, by=user("signatory.akt"))
    assert set(mails) == {"signatory.akt", "coordinator"}


def test_the_signatory_is_told_that_a_report_waits_for_him(post, submission, user):
    mails = post(filing.send_for_signature, submission=submission, by=user("reporter.akt"))
    assert set(mails) == {"signatory.akt"}
    assert "Қолыңызды күтуде" in mails["signatory.akt"].subject
    assert reverse("file-submission", args=[submission.pk]) in mails["signatory.akt"].body


def test_recalling_a_report_tells_nobody(post, submission, user):
    filing.send_for_signature(submission=submission, by=user("reporter.akt"))
    assert post(filing.recall, submission=submission, by=user("reporter.akt")) == {}


def test_reporters_are_told_that_the_signatory_sent_it_back(post, submission, user):
    filing.send_for_signature(submission=submission, by=user("reporter.akt"))
    mails = post(filing.send_back, submission=submission, by=user("signatory.akt"), reason="Проверьте суммы")
    assert set(mails) == {"reporter.akt"}
    assert mails["reporter.akt"].subject.startswith("Возвращено подписантом")
    assert "Проверьте суммы" in mails["reporter.akt"].body


def test_a_return_tells_the_agency_why_and_lists_the_open_comments(post, submission, user):
    file_report(submission, user("reporter.akt"))
    coordinator = user("coordinator")
    activity = owed_activity(submission, 14).activity
    say = {"submission": submission, "by": coordinator}
    review.comment(**say, text="Сколько детей?", activity=activity, field="narrative")
    review.comment(**say, text="Общее замечание")
    settled = review.comment(**say, text="Уже решено", activity=activity)
    review.resolve(comment=settled, by=coordinator)
    mails = post(review.return_for_rework, **say, reason="Дополните сведения")
    assert set(mails) == {"reporter.akt", "signatory.akt"}
    body = mails["reporter.akt"].body
    assert "Дополните сведения" in body
    assert "- Мероприятие 14, что сделано: Сколько детей?" in body
    assert "- Общее замечание" in body
    assert "Уже решено" not in body
    assert mails["signatory.akt"].subject.startswith("Пысықтауға қайтарылды: Ақтөбе облысы")


def test_acceptance_and_reopening_tell_the_agency(post, submission, user):
    copy = file_report(submission, user("reporter.akt"))
    mails = post(review.accept, submission=submission, by=user("coordinator"))
    assert set(mails) == {"reporter.akt", "signatory.akt"}
    assert mails["reporter.akt"].subject.startswith("Информация принята")
    assert copy.receipt in mails["reporter.akt"].body
    mails = post(review.reopen, submission=submission, by=user("coordinator"), reason="Ошибка в сумме")
    assert set(mails) == {"reporter.akt", "signatory.akt"}
    assert mails["reporter.akt"].subject.startswith("Принятая информация открыта повторно")
    assert "Ошибка в сумме" in mails["reporter.akt"].body


def test_an_answer_goes_to_the_coordinator_who_asked(post, submission, user):
    file_report(submission, user("reporter.akt"))
    asked = review.comment(submission=submission, by=user("coordinator"), text="How many?")
    mails = post(review.answer, comment=asked, by=user("reporter.akt"), text="Сорок два")
    assert set(mails) == {"coordinator"}
    assert "How many?" in mails["coordinator"].body
    assert "Сорок два" in mails["coordinator"].body
    assert post(review.answer, comment=asked, by=user("coordinator2"), text="Рақмет") == {}


def test_nothing_is_sent_about_a_change_that_was_undone(post, submission, user):
    def undone():
        with transaction.atomic():
            filing.submit(submission=submission, by=user("signatory.akt"))
            transaction.set_rollback(True)

    assert post(undone) == {}


def test_a_filing_waits_for_no_mail_server(mailoutbox, submission, user):
    filing.submit(submission=submission, by=user("signatory.akt"))
    assert mailoutbox == []
    assert OutgoingMail.objects.filter(sent_at=None).count() == 4


def test_to_tell_both_sides_of_a_filing_costs_two_reads_and_a_write(submission, user):
    def queries(action):
        with CaptureQueriesContext(connection) as captured, transaction.atomic():
            action()
            transaction.set_rollback(True)
        return len(captured)

    def submit():
        filing.submit(submission=submission, by=user("signatory.akt"))

    def submit_in_silence():
        with notices.held():
            submit()

    assert queries(submit) == queries(submit_in_silence) + 3


def test_what_is_held_is_never_sent(post, user):
    with notices.held():
        assert post(filed, agency="akimat-akt", by=user("reporter.akt")) == {}
    assert set(post(filed, agency="akimat-kus", by=user("reporter.kus"))) >= {"reporter.kus", "coordinator"}


def test_the_demonstration_sends_nothing(programme, post, mailoutbox):
    assert post(Demonstration(programme, datetime.date(2008, 7, 6)).fill) == {}
    assert Submission.objects.filter(state=Submission.State.ACCEPTED).exists()
