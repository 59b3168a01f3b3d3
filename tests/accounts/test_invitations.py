"""Imported users choose a password by a link that works once."""

import re

import pytest
from django.core import mail
from django.test import Client
from django.urls import reverse

from accounts.invitations import invitation
from accounts.models import User
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


def test_new_users_are_invited_after_the_commit_and_others_are_not(user, django_capture_on_commit_callbacks):
    nameless = USER | {"username": "no.address", "email": ""}
    there = USER | {"username": "reporter.kus", "agency": "akimat-kus"}
    with in_memory(), django_capture_on_commit_callbacks(execute=True):
        job = bring_in("users", USER, nameless, there, by=user("coordinator"))
        assert mail.outbox == []
    assert job.outcome["invited"] == ["reporter.new"]
    assert job.outcome["without_address"] == ["no.address"]
    [message] = mail.outbox
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
