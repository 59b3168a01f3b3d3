"""Sessions end by themselves; everybody sees his own and ends them; a new password ends the others."""

import time

import pytest
from allauth.usersessions.models import UserSession
from django.core import mail
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts import sessions
from accounts.models import User

from .signing_in import PASSWORD, sign_in, with_password

HOME, LIST = reverse("home"), reverse("usersessions_list")
FIREFOX = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0"
NEW = "Ертең жауын жауады-ау"


@pytest.fixture
def analyst(db):
    with_password("analyst", "leader", email="who@example.org")
    return sign_in("analyst")[0]


def after(monkeypatch, seconds):
    later = time.time() + seconds
    monkeypatch.setattr(sessions.time, "time", lambda: later)


def test_whoever_does_nothing_for_an_hour_is_signed_out(analyst, monkeypatch):
    after(monkeypatch, 59 * 60)
    assert analyst.get(LIST).status_code == 200
    after(monkeypatch, 58 * 60)
    assert analyst.get(LIST).status_code == 200
    after(monkeypatch, 61 * 60)
    assert analyst.get(LIST).url.startswith(reverse("login"))
    assert not UserSession.objects.exists()


def test_after_twelve_hours_everybody_signs_in_again(analyst, monkeypatch, settings):
    settings.SESSION_IDLE_MINUTES = 24 * 60
    after(monkeypatch, 12 * 3600 - 60)
    assert analyst.get(LIST).status_code == 200
    after(monkeypatch, 12 * 3600 + 60)
    assert analyst.get(LIST).status_code == 302


def test_a_session_from_before_these_limits_ends(analyst):
    stored = analyst.session
    del stored[sessions.SIGNED_IN_AT]
    stored.save()
    assert analyst.get(LIST).status_code == 302


def test_a_visit_is_noted_every_five_minutes_and_costs_nothing_between(analyst, monkeypatch):
    def writes():
        with CaptureQueriesContext(connection) as queries:
            assert analyst.get(LIST).status_code == 200
        return [query["sql"] for query in queries if query["sql"].startswith(("UPDATE", "INSERT", "DELETE"))]

    assert writes() == []
    after(monkeypatch, 5 * 60)
    assert len(writes()) == 2
    assert writes() == []


def test_the_list_shows_where_and_marks_this_one(analyst):
    sign_in("analyst", browser=Client(headers={"user-agent": FIREFOX}))
    sign_in("leader")
    page = analyst.get(LIST)
    assert "Firefox, Windows" in page.text
    assert page.text.count('action="/account/sessions/') == 2 + 1
    assert [is_this for _session, _device, is_this in page.context["sessions"]].count(True) == 1
    counts = []
    for _more in range(2):
        with CaptureQueriesContext(connection) as queries:
            analyst.get(LIST)
        counts.append(len(queries))
        sign_in("analyst")
    assert counts[0] == counts[1]


def test_one_session_is_ended_and_nobody_elses(analyst, browse):
    other, _answer = sign_in("analyst")
    [there] = UserSession.objects.exclude(session_key=analyst.session.session_key)
    assert browse("leader").post(reverse("end-session", args=[there.pk])).status_code == 404
    assert analyst.post(reverse("end-session", args=[there.pk])).url == LIST
    assert analyst.get(LIST).status_code == 200
    assert other.get(LIST).status_code == 302
    [here] = UserSession.objects.all()
    assert analyst.post(reverse("end-session", args=[here.pk])).url == reverse("login")
    assert analyst.get(LIST).status_code == 302


def test_signing_out_everywhere_ends_all_of_ones_own(analyst):
    other, _answer = sign_in("analyst")
    stranger, _answer = sign_in("leader")
    assert analyst.post(reverse("end-every-session")).url == reverse("login")
    assert [browser.get(LIST).status_code for browser in (analyst, other, stranger)] == [302, 302, 200]


def test_signing_out_takes_the_session_off_the_list(analyst):
    analyst.post(reverse("logout"))
    assert not UserSession.objects.exists()


def change_password(browser, old=PASSWORD, new=NEW, again=NEW):
    fields = {"old_password": old, "new_password1": new, "new_password2": again}
    return browser.post(reverse("account_change_password"), fields)


def test_a_new_password_ends_the_other_sessions_and_its_owner_is_told(analyst):
    other, _answer = sign_in("analyst")
    assert change_password(analyst).url == reverse("mfa_index")
    assert analyst.get(LIST).status_code == 200
    assert other.get(LIST).status_code == 302
    assert UserSession.objects.count() == 1
    assert User.objects.get(username="analyst").check_password(NEW)
    [notice] = mail.outbox
    assert "The password was changed." in notice.body


@pytest.mark.parametrize(
    ("new", "complaint"),
    [
        ("Он бірәріп!", "at least 12 characters"),
        ("password1234", "too common"),
        ("analyst.2009", "too similar to the username"),
        ("ұ" * 129, "at most 128 characters"),
    ],
)
def test_a_weak_password_is_refused(analyst, new, complaint):
    page = change_password(analyst, new=new, again=new)
    assert complaint in page.text
    assert User.objects.get(username="analyst").check_password(PASSWORD)


@pytest.mark.parametrize("new", ["қарапайым ғана сөз", "739201846573920", "ұ" * 128, "    он екі бос   "])
def test_a_long_password_may_be_made_of_anything(analyst, new):
    assert change_password(analyst, new=new, again=new).status_code == 302
    assert User.objects.get(username="analyst").check_password(new)


def test_the_old_password_is_asked_for(analyst):
    assert change_password(analyst, old="x").status_code == 200
    assert User.objects.get(username="analyst").check_password(PASSWORD)


def test_a_closed_account_is_signed_out_at_once(analyst):
    User.objects.filter(username="analyst").update(is_active=False)
    assert analyst.get(HOME).status_code == 302
