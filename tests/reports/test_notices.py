"""Who hears of a change by e-mail, in which language; and that no mail server stands in the way of a filing."""

import datetime

import pytest
from django.urls import reverse

from accounts.models import User
from reports import filing, notices, review
from reports.demonstration import Demonstration
from reports.duty import owed_activity
from reports.models import Submission

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
def post(django_capture_on_commit_callbacks, mailoutbox):
    """Do something as if it were a request, and return its mails by recipient."""

    def do(action, **arguments):
        mailoutbox.clear()
        with django_capture_on_commit_callbacks(execute=True):
            action(**arguments)
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


def test_nothing_is_sent_about_a_change_that_was_undone(
    django_capture_on_commit_callbacks, mailoutbox, submission, user
):
    with django_capture_on_commit_callbacks(execute=True) as planned, pytest.raises(filing.Refused):
        filing.submit(submission=submission, by=user("reporter.akt"))
    assert planned == []
    assert mailoutbox == []


def test_a_filing_waits_for_the_commit(django_capture_on_commit_callbacks, mailoutbox, submission, user):
    with django_capture_on_commit_callbacks(execute=False) as planned:
        filing.submit(submission=submission, by=user("signatory.akt"))
    assert len(planned) == 1
    assert mailoutbox == []


@pytest.mark.parametrize("step", ["open", "send_messages"])
def test_a_filing_stands_although_the_mail_server_is_down(post, submission, user, monkeypatch, caplog, step):
    def refuse(*arguments, **options):
        raise ConnectionRefusedError("no mail server")

    monkeypatch.setattr(f"django.core.mail.backends.locmem.EmailBackend.{step}", refuse)
    assert post(filing.submit, submission=submission, by=user("signatory.akt")) == {}
    submission.refresh_from_db()
    assert submission.state == Submission.State.SUBMITTED
    assert "no mail server" in caplog.text
    assert len(caplog.records) == (1 if step == "open" else 4)


def test_one_address_that_fails_keeps_the_mail_from_nobody_else(post, submission, user, monkeypatch, caplog):
    from django.core.mail.backends.locmem import EmailBackend

    send = EmailBackend.send_messages

    def refuse_one(backend, messages):
        if messages[0].to == ["reporter.akt@portal.example"]:
            raise OSError("mailbox full")
        return send(backend, messages)

    monkeypatch.setattr(EmailBackend, "send_messages", refuse_one)
    mails = post(filing.submit, submission=submission, by=user("signatory.akt"))
    assert set(mails) == {"signatory.akt", "coordinator", "coordinator2"}
    assert "reporter.akt@portal.example failed: mailbox full" in caplog.text


def test_a_filing_costs_two_reads_more_after_its_commit(
    django_capture_on_commit_callbacks, django_assert_num_queries, submission, user
):
    with django_capture_on_commit_callbacks(execute=False) as planned:
        filing.submit(submission=submission, by=user("signatory.akt"))
    with django_assert_num_queries(2):
        planned[0]()


def test_what_is_held_is_never_sent(post, user):
    with notices.held():
        assert post(filed, agency="akimat-akt", by=user("reporter.akt")) == {}
    assert set(post(filed, agency="akimat-kus", by=user("reporter.kus"))) >= {"reporter.kus", "coordinator"}


def test_the_demonstration_sends_nothing(programme, post, mailoutbox):
    assert post(Demonstration(programme, datetime.date(2008, 7, 6)).fill) == {}
    assert Submission.objects.filter(state=Submission.State.ACCEPTED).exists()
