"""What becomes of e-mails when the mail server refuses, stalls, goes away and comes back: a real one, on loopback."""

import datetime
import socket
import time

import pytest
from aiosmtpd.controller import Controller
from django.core.mail import EmailMessage
from django.core.management import call_command
from django.urls import reverse
from django.utils import timezone

from reports import outbox
from reports.models import OutgoingMail
from reports.reminders import remind

from .scenes import at

pytestmark = pytest.mark.django_db


class Server:
    """A mail server that answers as it is told: `refuse` by recipient, and after so many seconds."""

    def __init__(self):
        self.refuse: dict[str, str] = {}
        self.delay = 0.0
        self.taken: list[tuple[str, str]] = []
        self.controller: Controller | None = None
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]

    async def handle_RCPT(self, server, session, envelope, address, options):
        if address in self.refuse:
            return self.refuse[address]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        time.sleep(self.delay)
        text = envelope.content.decode()
        key = next(line for line in text.splitlines() if line.startswith("Message-ID: "))
        self.taken.append((envelope.rcpt_tos[0], key))
        return "250 OK"

    def start(self) -> None:
        self.controller = Controller(self, hostname="127.0.0.1", port=self.port)
        self.controller.start()

    def stop(self) -> None:
        if self.controller:
            self.controller.stop()
            self.controller = None

    @property
    def recipients(self) -> list[str]:
        return [recipient for recipient, _key in self.taken]


@pytest.fixture
def server(settings):
    settings.MAIL_TRANSPORT = "django.core.mail.backends.smtp.EmailBackend"
    found = Server()
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", found.port
    yield found
    found.stop()


def put(*recipients: str) -> None:
    outbox.put(EmailMessage("Тақырып", "Мәтін", "portal@localhost", [recipient]) for recipient in recipients)


def later(**pause) -> None:
    """As if so much time had passed."""
    for mail in OutgoingMail.objects.all():
        mail.next_at -= datetime.timedelta(**pause)
        mail.claimed_at = mail.claimed_at and mail.claimed_at - datetime.timedelta(**pause)
        mail.save()


def mail_to(recipient: str) -> OutgoingMail:
    return OutgoingMail.objects.get(recipient=recipient)


def test_an_e_mail_leaves_once_and_its_text_is_forgotten(server):
    server.start()
    put("a@portal.example")
    outbox.deliver()
    outbox.deliver()
    assert server.recipients == ["a@portal.example"]
    mail = mail_to("a@portal.example")
    assert mail.sent_at
    assert (mail.body, mail.error, mail.claimed_at) == ("", "", None)
    assert server.taken[0][1] == f"Message-ID: {mail.message_id}"


def test_a_server_that_is_away_puts_everything_off_and_gets_it_later(server, caplog):
    put("a@portal.example", "b@portal.example")
    outbox.deliver()
    for mail in OutgoingMail.objects.all():
        assert "refused" in mail.error
        assert mail.next_at > timezone.now()
    assert len(caplog.records) == 1
    server.start()
    outbox.deliver()
    assert server.recipients == []
    later(minutes=1)
    outbox.deliver()
    assert sorted(server.recipients) == ["a@portal.example", "b@portal.example"]


@pytest.mark.usefixtures("caplog")
def test_a_recipient_who_is_refused_keeps_the_mail_from_nobody_else(server):
    server.refuse = {"gone@portal.example": "550 no such user", "full@portal.example": "452 mailbox full"}
    server.start()
    put("gone@portal.example", "full@portal.example", "a@portal.example")
    outbox.deliver()
    assert server.recipients == ["a@portal.example"]
    gone, full = mail_to("gone@portal.example"), mail_to("full@portal.example")
    assert gone.given_up_at
    assert gone.error == "550 no such user"
    assert full.given_up_at is None
    assert full.error == "452 mailbox full"
    server.refuse = {}
    later(minutes=1)
    outbox.deliver()
    assert server.recipients == ["a@portal.example", "full@portal.example"]


@pytest.mark.usefixtures("caplog")
def test_a_server_that_stalls_holds_up_nobody_for_long(server, settings):
    settings.EMAIL_TIMEOUT = 0.2
    server.delay = 0.5
    server.start()
    put("a@portal.example")
    began = time.monotonic()
    outbox.deliver()
    assert time.monotonic() - began < 3
    assert "timed out" in mail_to("a@portal.example").error
    server.delay = 0
    time.sleep(0.6)
    later(minutes=1)
    outbox.deliver()
    # It may have been taken although the answer came too late: then it is known by its Message-ID.
    assert set(server.recipients) == {"a@portal.example"}
    assert len({key for _recipient, key in server.taken}) == 1
    assert mail_to("a@portal.example").sent_at


@pytest.mark.usefixtures("caplog")
def test_what_is_refused_again_and_again_is_tried_less_and_less_and_given_up(server):
    server.refuse = {"full@portal.example": "452 mailbox full"}
    server.start()
    put("full@portal.example")
    pauses = []
    for _attempt in range(outbox.MOST_ATTEMPTS):
        outbox.deliver(is_impatient=True)
        pauses.append(mail_to("full@portal.example").next_at - timezone.now())
    assert pauses[0] < pauses[1] < pauses[2] < pauses[-2] <= outbox.LONGEST_PAUSE
    assert mail_to("full@portal.example").given_up_at
    outbox.deliver(is_impatient=True)
    assert mail_to("full@portal.example").attempts == outbox.MOST_ATTEMPTS


def test_two_who_send_at_once_send_nothing_twice(mailoutbox, monkeypatch):
    from django.core.mail.backends.locmem import EmailBackend

    send = EmailBackend.send_messages

    def meanwhile(backend, messages):
        monkeypatch.setattr(EmailBackend, "send_messages", send)
        outbox.deliver()
        return send(backend, messages)

    put("a@portal.example", "b@portal.example")
    monkeypatch.setattr(EmailBackend, "send_messages", meanwhile)
    outbox.deliver()
    assert sorted(mail.to[0] for mail in mailoutbox) == ["a@portal.example", "b@portal.example"]


@pytest.mark.parametrize(("minutes", "leaves"), [(4, False), (6, True), (-4, False), (-6, True)])
def test_what_a_dead_process_had_claimed_is_free_after_a_while_whatever_the_clock_did(mailoutbox, minutes, leaves):
    put("a@portal.example")
    claimed_at = timezone.now() - datetime.timedelta(minutes=minutes)
    OutgoingMail.objects.update(attempts=1, claimed_at=claimed_at)
    outbox.deliver()
    assert bool(mailoutbox) == leaves


def test_what_was_put_off_by_a_clock_that_was_wrong_is_due(mailoutbox):
    put("a@portal.example")
    OutgoingMail.objects.update(next_at=timezone.now() + datetime.timedelta(days=300))
    outbox.deliver()
    assert len(mailoutbox) == 1


def test_what_anything_else_sends_goes_through_the_outbox_too(settings):
    settings.EMAIL_BACKEND = "reports.outbox.EmailBackend"
    EmailMessage("Тақырып", "Мәтін", None, ["a@portal.example", "b@portal.example"]).send()
    assert OutgoingMail.objects.filter(sent_at=None, body="Мәтін").count() == 2


@pytest.mark.usefixtures("caplog")
def test_coordinators_see_what_has_not_left_and_why(server, browse, user):
    reporter = user("reporter.kus")
    reporter.email = "reporter.kus@portal.example"
    reporter.save()
    server.refuse = {"reporter.kus@portal.example": "550 no such user"}
    server.start()
    with at(2009, 7, 7, 8):
        assert remind().failed
        page = browse("coordinator").get(reverse("reminders", args=["children-2007-2011", "2009-H1"])).text
    assert "could not be sent" in page
    assert "550 no such user" in page


def test_administrators_have_it_tried_again(browse):
    put("a@portal.example")
    OutgoingMail.objects.update(given_up_at=timezone.now(), error="550 no such user")
    browser = browse("administrator")
    address = reverse("admin:reports_outgoingmail_changelist")
    assert "550 no such user" in browser.get(address).text
    chosen = {"action": "try_again", "_selected_action": [OutgoingMail.objects.get().pk]}
    browser.post(address, chosen)
    assert OutgoingMail.objects.get().given_up_at is None


def test_a_month_later_it_is_forgotten(mailoutbox):
    put("a@portal.example", "b@portal.example")
    outbox.deliver()
    put("c@portal.example")
    long_ago = timezone.now() - OutgoingMail.KEPT - datetime.timedelta(minutes=1)
    OutgoingMail.objects.exclude(recipient="b@portal.example").update(created_at=long_ago)
    OutgoingMail.objects.filter(recipient="a@portal.example").update(sent_at=long_ago)
    call_command("sweep", verbosity=0)
    assert set(OutgoingMail.objects.values_list("recipient", flat=True)) == {"b@portal.example", "c@portal.example"}
