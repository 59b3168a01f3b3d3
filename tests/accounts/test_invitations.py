"""Imported users choose a password by a link that works once."""

import datetime
import re

import pytest
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils.http import urlsafe_base64_encode

from accounts.invitations import LinkTokens, invitation
from accounts.models import User
from reports import outbox
from reports.models import OutgoingMail
from tests.analysis.imports import USER, bring_in, in_memory

PASSWORD = "Qyzylorda-2009"


@pytest.fixture
def invited(user):
    user = User(username="reporter.new", role="reporter", agency=user("reporter.akt").agency, email="new@akt.kz")
    user.language = "ru"
    user.set_unusable_password()
    user.save()
    return user


def link_in(text: str) -> str:
    return re.search(r"http://127\.0\.0\.1:8000(/\S+)", text)[1]


def test_new_users_are_invited_with_the_import_and_others_are_not(user, mailoutbox):
    nameless = USER | {"username": "no.address", "email": ""}
    there = USER | {"username": "reporter.kus", "agency": "akimat-kus"}
    with in_memory():
        job = bring_in("users", USER, nameless, there, by=user("coordinator"))
    assert job.outcome["invited"] == ["reporter.new"]
    assert job.outcome["without_address"] == ["no.address"]
    outbox.deliver()
    [message] = mailoutbox
    assert message.to == ["new@akt.kz"]
    assert "reporter.new" in message.subject
    assert not User.objects.get(username="reporter.new").has_usable_password()


def test_the_link_sets_the_password_once_and_signs_in(invited):
    address = link_in(invitation(invited).body)
    browser = Client()
    form = browser.get(address, follow=True)
    assert form.status_code == 200
    assert form.headers["Content-Language"] == "ru"
    assert "reporter.new" in form.text
    page = form.redirect_chain[-1][0]
    assert browser.post(page, {"new_password1": PASSWORD, "new_password2": "other"}).context["form"].errors
    done = browser.post(page, {"new_password1": PASSWORD, "new_password2": PASSWORD})
    assert done.headers["Location"] == reverse("home")
    assert browser.get(reverse("home")).context["user"] == invited
    invited.refresh_from_db()
    assert invited.check_password(PASSWORD)
    assert Client().get(address, follow=True).context["validlink"] is False


@pytest.mark.parametrize("change", [{"is_active": False}, {"email": "other@akt.kz"}])
def test_the_link_of_who_may_not_enter_or_got_another_address_does_not_work(invited, change):
    address = link_in(invitation(invited).body)
    User.objects.filter(pk=invited.pk).update(**change)
    assert Client().get(address, follow=True).context["validlink"] is False


@pytest.fixture
def stored(settings):
    """E-mails are stored as in life, in the transaction that they tell of: their recipients and texts."""
    settings.EMAIL_BACKEND = "reports.outbox.EmailBackend"
    return lambda: list(OutgoingMail.objects.order_by("pk").values_list("recipient", "body"))


def forgot(address, browser=None):
    return (browser or Client()).post(reverse("account_reset_password"), {"email": address})


def test_who_forgot_the_password_gets_a_link_for_an_hour(invited, stored, monkeypatch):
    invited.set_password(PASSWORD)
    invited.save()
    assert forgot("NEW@akt.kz").url == reverse("account_reset_password_done")
    [(recipient, text)] = stored()
    assert recipient == "new@akt.kz"
    assert "в течение 1 часа" in text
    address = link_in(text)
    assert Client().get(address, follow=True).context["validlink"] is True
    later = datetime.datetime.now() + datetime.timedelta(hours=1, minutes=1)  # noqa: DTZ005 as Django counts it
    monkeypatch.setattr(LinkTokens, "_now", lambda self: later)
    assert Client().get(address, follow=True).context["validlink"] is False


@pytest.mark.parametrize("reason", ["nobody has it", "closed", "signs in with other accounts"])
def test_an_address_without_a_password_gets_the_same_answer_for_the_same_work_and_no_mail(invited, stored, reason):
    with_password = User.objects.create_user("known", "known@akt.kz", PASSWORD)
    if reason == "closed":
        User.objects.filter(pk=invited.pk).update(is_active=False, password=with_password.password)
    if reason == "signs in with other accounts":
        User.objects.filter(pk=invited.pk).update(last_login="2009-07-01T00:00Z")
    forgot("first@akt.kz")
    answers, work = [], []
    for address in ("known@akt.kz", "no.one@akt.kz" if reason == "nobody has it" else "new@akt.kz"):
        with CaptureQueriesContext(connection) as queries:
            answer = forgot(address)
        answers.append((answer.status_code, answer.url))
        work.append([query["sql"].split()[0] for query in queries if "SAVEPOINT" not in query["sql"]])
    assert answers[0] == answers[1]
    assert work[0] == work[1]
    assert [recipient for recipient, _text in stored()] == ["known@akt.kz"]


def test_whoever_never_came_in_is_invited_anew_by_asking(invited, stored):
    forgot(invited.email)
    [(_recipient, text)] = stored()
    assert "reporter.new" in text
    assert Client().get(link_in(text), follow=True).context["validlink"] is True


def test_a_link_lets_nobody_past_the_second_step(invited):
    TOTP.activate(invited, generate_totp_secret())
    browser = Client()
    page = browser.get(link_in(invitation(invited).body), follow=True).redirect_chain[-1][0]
    done = browser.post(page, {"new_password1": PASSWORD, "new_password2": PASSWORD})
    assert done.url == reverse("mfa_authenticate")
    assert browser.get(reverse("home")).status_code == 302


def test_a_guessed_link_does_not_tell_the_language_of_an_account(invited):
    where = reverse("choose-password", args=[urlsafe_base64_encode(str(invited.pk).encode()), "a-b"])
    nobody = reverse("choose-password", args=[urlsafe_base64_encode(b"999999"), "a-b"])
    there, not_there = Client().get(where), Client().get(nobody)
    assert there.headers["Content-Language"] == not_there.headers["Content-Language"] == "kk"
    assert "Ссылка" not in there.text
    assert there.context["validlink"] is not_there.context["validlink"] is False
    assert "django_language" not in there.cookies


def test_administrators_make_accounts_without_passwords_and_invite_again(browse, stored):
    User.objects.filter(username="administrator").update(is_superuser=True)
    administrator = browse("administrator")
    fields = {"username": "reporter.two", "email": "two@akt.kz", "language": "kk", "role": "analyst"}
    assert administrator.post(reverse("admin:accounts_user_add"), fields).status_code == 302
    person = User.objects.get(username="reporter.two")
    assert not person.has_usable_password()
    chosen = {"action": "invite", "_selected_action": [person.pk, User.objects.get(username="analyst").pk]}
    page = administrator.post(reverse("admin:accounts_user_changelist"), chosen, follow=True)
    assert "Invitations sent: 1." in page.text
    assert "analyst." in page.text
    mails = stored()
    assert [recipient for recipient, _text in mails] == ["two@akt.kz"] * 2
    assert Client().get(link_in(mails[1][1]), follow=True).context["validlink"] is True
