"""What is sent when, to whom, in which language, and never twice."""

import datetime

import pytest
from django.core.management import CommandError, call_command
from django.urls import reverse

from accounts.models import User
from reports import filing, reminders, review
from reports.letters import write_letter
from reports.models import Reminder, Submission
from reports.reminders import offset_due, remind

from .scenes import at, filed, submission_of, write_all

SLUG = "children-2007-2011"


@pytest.fixture(autouse=True)
def _addresses(db):
    """Aktobe's reporter reads Russian, Kostanay's Kazakh, the coordinator English; nobody else has an address."""
    for username, language in (("reporter.akt", "ru"), ("reporter.kus", "kk"), ("coordinator", "en")):
        User.objects.filter(username=username).update(email=f"{username}@portal.example", language=language)
    # Earlier half-years are not what these tests are about.
    Submission.objects.exclude(period__code="2009-H1").delete()


def extend(agency, user, day):
    review.extend(
        submission=submission_of(agency),
        by=user("coordinator"),
        due_on=datetime.date(2009, 7, day),
        reason="Су тасқыны",
        act="Бұйрық № 5",
    )


def to(mailoutbox, username):
    return [mail for mail in mailoutbox if mail.to == [f"{username}@portal.example"]]


@pytest.mark.parametrize(
    ("days", "offset"),
    [
        (-11, None), (-10, -10), (-4, -10), (-3, -3), (-1, -3), (0, 0), (1, 1),
        (2, 1), (7, 1), (8, 8), (14, 8), (15, 15), (100, 99),
    ],
)  # fmt: skip
def test_offset_due(days, offset):
    assert offset_due(days) == offset


def test_those_who_have_not_filed_are_reminded_in_their_language(mailoutbox):
    with at(2009, 7, 7, 8):
        sent = remind()
    assert (sent.reminders, sent.digests, sent.failed) == (2, 1, 0)
    mails = {mail.to[0]: mail for mail in mailoutbox}
    assert set(mails) == {"reporter.akt@portal.example", "reporter.kus@portal.example", "coordinator@portal.example"}
    russian = mails["reporter.akt@portal.example"]
    assert "10 июля 2009" in russian.subject
    assert "Актюбинской области" in russian.body
    assert "/submissions/" in russian.body
    assert "2009 жылғы 10 шілде" in mails["reporter.kus@portal.example"].subject
    digest = mails["coordinator@portal.example"]
    assert "Not filed for the first half of 2009: 22" in digest.subject
    assert "- Akimat of Aktobe oblast (draft), 3 days left" in digest.body


def test_mails_are_plain_text_with_a_subject_of_one_line(mailoutbox):
    with at(2009, 7, 11, 8):
        remind()
    assert len(mailoutbox) == 3
    for mail in mailoutbox:
        assert mail.content_subtype == "plain"
        assert mail.subject
        assert mail.subject == " ".join(mail.subject.split())
        assert "&" not in mail.body
        assert "\n\n\n" not in mail.body


def test_nothing_is_sent_twice_for_one_reason(mailoutbox):
    for day in (7, 7, 8, 9):
        with at(2009, 7, day, 8):
            remind()
    assert len(mailoutbox) == 3
    with at(2009, 7, 10, 8):
        remind()
    assert len(mailoutbox) == 6


def test_a_second_run_beside_the_first_sends_nothing_twice(mailoutbox, monkeypatch):
    compose = reminders.compose

    def meanwhile(template, recipient, context):
        monkeypatch.setattr(reminders, "compose", compose)
        remind()
        return compose(template, recipient, context)

    with at(2009, 7, 7, 8):
        monkeypatch.setattr(reminders, "compose", meanwhile)
        sent = remind()
    assert (sent.reminders, sent.digests, sent.failed) == (0, 0, 0)
    assert len(mailoutbox) == 3


def test_a_day_without_a_run_is_caught_up(mailoutbox):
    with at(2009, 7, 9, 8):
        assert remind().reminders == 2


def test_weekly_while_overdue(mailoutbox):
    for day in range(11, 27):
        with at(2009, 7, day, 8):
            remind()
    assert sorted(set(Reminder.objects.values_list("offset", flat=True))) == [1, 8, 15]
    last = to(mailoutbox, "reporter.kus")[-1]
    assert "мерзімі өткеніне 15 күн болды" in last.body


def test_who_has_filed_is_left_alone_and_who_got_it_back_is_not(user, mailoutbox):
    filed("akimat-akt", user("reporter.akt"))
    returned = filed("akimat-kus", user("reporter.kus"))
    review.return_for_rework(submission=returned, by=user("coordinator"), reason="Толықтырыңыз")
    with at(2009, 7, 7, 8):
        remind()
    assert {mail.to[0] for mail in mailoutbox} == {"reporter.kus@portal.example", "coordinator@portal.example"}


def test_a_report_returned_after_the_date_is_overdue_again(user, mailoutbox):
    returned = filed("akimat-kus", user("reporter.kus"))
    with at(2009, 7, 12, 8):
        remind()
    assert to(mailoutbox, "reporter.kus") == []
    with at(2009, 7, 20, 8):
        review.return_for_rework(submission=returned, by=user("coordinator"), reason="Толықтырыңыз")
        remind()
    (mail,) = to(mailoutbox, "reporter.kus")
    assert "пысықтауға қайтарылды және қайта ұсынылған жоқ" in mail.body
    assert "мерзімі өткеніне 10 күн болды" in mail.body


def test_an_extension_begins_a_new_round_for_its_body_alone(user, mailoutbox):
    with at(2009, 7, 7, 8):
        remind()
    extend("akimat-akt", user, 20)
    for day in (8, 9, 10, 11, 16):
        with at(2009, 7, day, 8):
            remind()
    offsets = Reminder.objects.filter(recipient__username="reporter.akt").values_list("due_on", "offset")
    assert set(offsets) == {(datetime.date(2009, 7, 10), -3), (datetime.date(2009, 7, 20), -10)}
    first, second = to(mailoutbox, "reporter.akt")
    assert "20 июля 2009" not in first.body
    assert "20 июля 2009" in second.subject
    assert "20 июля 2009" in second.body
    assert "10 июля 2009" in second.body
    others = Reminder.objects.filter(recipient__username="reporter.kus").values_list("offset", flat=True)
    assert set(others) == {-3, 0, 1}
    with at(2009, 7, 21, 8):
        remind()
        remind()
    assert len(to(mailoutbox, "reporter.akt")) == 3


def test_the_digest_keeps_the_half_years_own_date_and_names_extensions(user, mailoutbox):
    extend("akimat-akt", user, 14)
    with at(2009, 7, 11, 8):
        remind()
    (digest,) = to(mailoutbox, "coordinator")
    assert "- Akimat of Aktobe oblast (draft), 3 days left, extended to 14 July 2009" in digest.body
    assert "- Akimat of Kostanay oblast (draft), overdue by 1 day" in digest.body
    row = Reminder.objects.get(submission=None)
    assert (row.due_on, row.offset) == (datetime.date(2009, 7, 10), 1)


def test_a_report_that_awaits_signature_waits_for_its_signatory(user, mailoutbox):
    User.objects.filter(username="signatory.akt").update(email="signatory.akt@portal.example", language="kk")
    submission = submission_of("akimat-akt")
    write_all(submission, user("reporter.akt"))
    filing.send_for_signature(submission=submission, by=user("reporter.akt"))
    with at(2009, 7, 7, 8):
        remind()
    (signatory,) = to(mailoutbox, "signatory.akt")
    assert "Қолыңызды күтуде" in signatory.subject
    assert "қолыңызды күтуде" in signatory.body
    assert reverse("file-submission", args=[submission.pk]) in signatory.body
    (reporter,) = to(mailoutbox, "reporter.akt")
    assert "Информация ожидает подписи и еще не представлена" in reporter.body
    assert reverse("file-submission", args=[submission.pk]) not in reporter.body
    (digest,) = to(mailoutbox, "coordinator")
    assert "- Akimat of Aktobe oblast (awaits signature), 3 days left" in digest.body


def test_nothing_is_sent_before_time_or_for_lapsed_half_years(mailoutbox):
    with at(2009, 6, 29, 8):
        assert remind().reminders == 0
    assert mailoutbox == []


def test_nobody_without_an_address_or_an_active_account_is_written_to(mailoutbox):
    User.objects.filter(username="reporter.akt").update(is_active=False)
    User.objects.filter(username="reporter.kus").update(email="")
    with at(2009, 7, 7, 8):
        assert remind().reminders == 0


def test_a_mail_server_that_fails_leaves_no_trace_and_is_tried_again(monkeypatch, mailoutbox):
    monkeypatch.setenv("LC_ALL", "en_US.UTF-8")

    def refuse(*arguments, **options):
        raise ConnectionRefusedError("no mail server")

    with at(2009, 7, 7, 8):
        with monkeypatch.context() as broken:
            broken.setattr("django.core.mail.backends.locmem.EmailBackend.send_messages", refuse)
            with pytest.raises(CommandError, match="could not be sent: 3"):
                call_command("remind")
        assert not Reminder.objects.exists()
        call_command("remind")
    assert len(mailoutbox) == 3


def test_the_page_shows_what_was_sent(browse, user, django_assert_num_queries):
    browser = browse("coordinator")
    address = reverse("reminders", args=[SLUG, "2009-H1"])
    assert "Nothing has been sent yet" in browser.get(address).text
    with at(2009, 7, 7, 8):
        remind()
    with at(2009, 7, 13, 8):
        remind()
        for agency, language in (("akimat-akt", "kk"), ("akimat-akt", "ru"), ("akimat-kus", "ru")):
            write_letter(submission=submission_of(agency), by=user("coordinator"), language=language)
        # The frame's four, the half-year, its bodies, letters, e-mails.
        with django_assert_num_queries(8):
            page = browser.get(address)
    assert "reporter.akt@portal.example" in page.text
    assert "digest to the coordinators" in page.text
    assert "3 days before the due day" in page.text
    assert "1 day after the due day" in page.text
    assert "№ 3/2009" in page.text
    assert reverse("letters", args=[submission_of("moh").pk]) in page.text


def test_a_run_costs_a_fixed_number_of_reads(mailoutbox, django_assert_num_queries):
    with at(2009, 7, 7, 8):
        remind()
        # Half-years; of this one what is not filed, what was sent, two kinds of users; one for each of three earlier.
        with django_assert_num_queries(8):
            remind()
