"""What is sent when, to whom, in which language, and never twice."""

import pytest
from django.core.management import CommandError, call_command
from django.urls import reverse

from accounts.models import User
from reports import review
from reports.models import Reminder
from reports.reminders import offset_due, remind

from .scenes import at, filed

SLUG = "children-2007-2011"


@pytest.fixture(autouse=True)
def _addresses(db):
    """Aktobe's reporter reads Russian, Kostanay's Kazakh, the coordinator English; nobody else has an address."""
    for username, language in (("reporter.akt", "ru"), ("reporter.kus", "kk"), ("coordinator", "en")):
        User.objects.filter(username=username).update(email=f"{username}@portal.example", language=language)
    # Earlier half-years are not what these tests are about.
    from reports.models import Submission

    Submission.objects.exclude(period__code="2009-H1").delete()


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
    assert "Akimat of Aktobe oblast (draft)" in digest.body


def test_nothing_is_sent_twice_for_one_reason(mailoutbox):
    for day in (7, 7, 8, 9):
        with at(2009, 7, day, 8):
            remind()
    assert len(mailoutbox) == 3
    with at(2009, 7, 10, 8):
        remind()
    assert len(mailoutbox) == 6


def test_a_day_without_a_run_is_caught_up(mailoutbox):
    with at(2009, 7, 9, 8):
        assert remind().reminders == 2


def test_weekly_while_overdue(mailoutbox):
    for day in range(11, 27):
        with at(2009, 7, day, 8):
            remind()
    assert sorted(set(Reminder.objects.values_list("offset", flat=True))) == [1, 8, 15]
    last = next(mail for mail in reversed(mailoutbox) if mail.to == ["reporter.kus@portal.example"])
    assert "мерзімі өткеніне 15 күн болды" in last.body


def test_who_has_filed_is_left_alone_and_who_got_it_back_is_not(user, mailoutbox):
    filed("akimat-akt", user("reporter.akt"))
    returned = filed("akimat-kus", user("reporter.kus"))
    review.return_for_rework(submission=returned, by=user("coordinator"), reason="Толықтырыңыз")
    with at(2009, 7, 7, 8):
        remind()
    assert {mail.to[0] for mail in mailoutbox} == {"reporter.kus@portal.example", "coordinator@portal.example"}


def test_nothing_is_sent_before_time_or_for_lapsed_half_years(mailoutbox):
    with at(2009, 6, 29, 8):
        assert remind().reminders == 0
    assert mailoutbox == []


def test_a_mail_server_that_fails_leaves_no_trace_and_is_tried_again(monkeypatch, mailoutbox):
    monkeypatch.setenv("LC_ALL", "en_US.UTF-8")

    def refuse(*arguments, **options):
        raise ConnectionRefusedError("no mail server")

    with at(2009, 7, 7, 8):
        with monkeypatch.context() as broken:
            broken.setattr("reports.reminders.send_mail", refuse)
            with pytest.raises(CommandError, match="could not be sent: 3"):
                call_command("remind")
        assert not Reminder.objects.exists()
        call_command("remind")
    assert len(mailoutbox) == 3


def test_the_page_shows_what_was_sent(browse, django_assert_num_queries):
    browser = browse("coordinator")
    address = reverse("reminders", args=[SLUG, "2009-H1"])
    assert "Nothing has been sent yet" in browser.get(address).text
    with at(2009, 7, 7, 8):
        remind()
    with django_assert_num_queries(7):
        page = browser.get(address)
    assert "reporter.akt@portal.example" in page.text
    assert "digest to the coordinators" in page.text


def test_a_run_costs_a_fixed_number_of_reads(mailoutbox, django_assert_num_queries):
    with at(2009, 7, 7, 8):
        remind()
        # Half-years; of this one what is not filed, what was sent, two kinds of users; one for each of three earlier.
        with django_assert_num_queries(8):
            remind()
