"""The second step of a sign-in: who must have one can do nothing without it, and nobody takes it away unseen."""

import re

import pytest
from allauth.mfa.models import Authenticator
from django.core import mail
from django.core.management import call_command
from django.core.management.base import SystemCheckError
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts import tokens
from accounts.models import ApiToken, AuditRecord, User

from ..reports.scenes import submission_of
from .signing_in import PASSWORD, code, set_up_app, sign_in, with_password

HOME, PROTECTION = reverse("home"), reverse("mfa_index")


@pytest.fixture
def coordinator(db, settings):
    settings.MFA_REQUIRED_ROLES = ["coordinator", "administrator"]
    with_password("coordinator", "reporter.akt", "administrator", email="who@example.org")
    return User.objects.get(username="coordinator")


@pytest.fixture
def app(coordinator):
    """The secret of the coordinator's authenticator app."""
    browser, _answer = sign_in("coordinator")
    return set_up_app(browser)


def take_second_step(browser, answer: str, **fields):
    return browser.post(reverse("mfa_authenticate"), {"code": answer, **fields})


def test_whoever_must_have_one_is_led_to_set_it_up_and_can_do_nothing_else(coordinator, programme):
    browser, answer = sign_in("coordinator")
    assert answer.url == HOME
    assert browser.get(HOME).url == f"{PROTECTION}?next=%2F"
    assert "Set up a second step now" in browser.get(PROTECTION).text
    plan = reverse("plan", args=[programme.slug])
    for closed in (plan, reverse("usersessions_list"), reverse("account_change_password"), "/admin/"):
        assert browser.get(closed).url.startswith(PROTECTION), closed
    assert browser.post(reverse("tokens"), {"name": "Excel", "scopes": ["read"], "days": 30}).status_code == 403
    assert not ApiToken.objects.exists()
    secret = set_up_app(browser)
    assert browser.get(plan).status_code == 200
    assert "Set up a second step now" not in browser.get(PROTECTION).text
    assert secret not in str(Authenticator.objects.get(type="totp").data)
    assert AuditRecord.objects.filter(action="user.app_added", username="coordinator").count() == 1


def test_the_api_refuses_a_session_without_it_and_takes_a_token_made_with_it(coordinator):
    browser, _answer = sign_in("coordinator")
    refused = browser.get(reverse("api-regions-list"))
    assert (refused.status_code, refused.json()["type"].rpartition("#")[2]) == (403, "second_step_missing")
    assert browser.get(reverse("tokens"), headers={"accept": "application/json"}).status_code == 403
    set_up_app(browser)
    assert browser.get(reverse("api-regions-list")).status_code == 200
    browser.post(reverse("tokens"), {"name": "Excel", "scopes": ["read"], "days": 30})
    assert tokens.state(ApiToken.objects.get(name="Excel")) == tokens.State.WORKS


def test_the_setting_says_whom_it_is_asked_of(coordinator, settings):
    assert sign_in("reporter.akt")[0].get(HOME).status_code == 200
    settings.MFA_REQUIRED_ROLES = []
    assert sign_in("coordinator")[0].get(HOME).status_code == 200
    settings.MFA_REQUIRED_ROLES = ["administrator"]
    User.objects.filter(username="reporter.akt").update(is_staff=True)
    assert sign_in("reporter.akt")[0].get("/admin/").url.startswith(PROTECTION)


def test_a_role_that_does_not_exist_stops_the_portal(settings):
    settings.MFA_REQUIRED_ROLES = ["cordinator"]
    with pytest.raises(SystemCheckError, match="cordinator"):
        call_command("check")


def test_signing_in_takes_the_password_and_then_a_code_that_works_once(coordinator, app):
    browser, answer = sign_in("coordinator", next="/datasets/")
    assert answer.url == reverse("mfa_authenticate")
    assert browser.get(HOME).url.startswith(reverse("login"))
    assert take_second_step(browser, "000000").context["form"].errors
    used = code(app, 1)
    done = take_second_step(browser, used)
    assert done.url == "/datasets/"
    assert done.cookies["django_language"].value == "en"
    assert browser.get("/datasets/").status_code == 200
    other, _answer = sign_in("coordinator")
    page = take_second_step(other, used)
    assert "This code is wrong, used already or has run out." in page.text
    assert other.get(HOME).status_code == 302


def test_a_recovery_code_lets_in_once(coordinator, app):
    codes = Authenticator.objects.get(type="recovery_codes").wrap().get_unused_codes()
    browser, _answer = sign_in("coordinator")
    assert take_second_step(browser, codes[0]).url == HOME
    browser, _answer = sign_in("coordinator")
    assert take_second_step(browser, codes[0]).context["form"].errors


def test_codes_are_not_guessed(coordinator, app, settings):
    settings.ACCOUNT_RATE_LIMITS = {"login_failed": "3/10m/key"}
    browser, _answer = sign_in("coordinator")
    for _attempt in range(3):
        assert take_second_step(browser, "000000").status_code == 200
    page = take_second_step(browser, code(app, 1))
    assert page.status_code == 429
    assert "Try again in 10 minutes" in page.text


def test_typed_text_goes_along_through_the_second_step(coordinator, app):
    agency = User.objects.get(username="reporter.akt").agency
    User.objects.filter(username="coordinator").update(role="reporter", agency=agency)
    entry = reverse("entry", args=[submission_of("akimat-akt").pk, 17])
    fields = {"next": entry, "kept-narrative": "Мәтін <1>"}
    browser, page = sign_in("coordinator", **fields)
    assert page.status_code == 200
    assert 'name="kept-narrative" value="Мәтін &lt;1&gt;"' in page.text
    page = take_second_step(browser, "000000", **fields)
    assert 'name="kept-narrative" value="Мәтін &lt;1&gt;"' in page.text
    page = take_second_step(browser, code(app, 1), **fields)
    assert "Your text has not been saved yet" in page.text
    assert page.context["target"] == entry


def test_text_of_whoever_must_set_it_up_first_is_shown_and_not_saved(coordinator, settings):
    settings.MFA_REQUIRED_ROLES = ["reporter"]
    browser, _answer = sign_in("reporter.akt")
    entry = reverse("entry", args=[submission_of("akimat-akt").pk, 17])
    page = browser.post(entry, {"status": "in_progress", "narrative": "Мәтін", "version": "0"})
    assert page.status_code == 403
    assert "Мәтін</textarea>" in page.text


def test_setting_it_up_ends_the_sessions_that_did_without(coordinator, settings):
    settings.MFA_REQUIRED_ROLES = []
    elsewhere, _answer = sign_in("coordinator")
    here, _answer = sign_in("coordinator")
    set_up_app(here)
    assert here.get(HOME).status_code == 200
    assert elsewhere.get(HOME).status_code == 302


def test_a_session_without_the_second_step_cannot_add_one_beside_the_first(coordinator, app):
    stolen = Client()
    stolen.force_login(coordinator)
    assert stolen.get(reverse("mfa_add_webauthn")).url.startswith(reverse("mfa_reauthenticate"))
    assert stolen.get(PROTECTION).url.startswith(reverse("mfa_reauthenticate"))
    assert stolen.post(reverse("mfa_reauthenticate"), {"code": code(app, 1), "next": HOME}).url == HOME
    assert stolen.get(HOME).status_code == 200


def test_changing_it_asks_for_it_anew_and_not_for_the_password(coordinator, app, settings):
    settings.MFA_REQUIRED_ROLES = []
    browser, _answer = sign_in("coordinator")
    take_second_step(browser, code(app, 1))
    asked = browser.get(reverse("mfa_deactivate_totp"))
    assert asked.url.startswith(reverse("mfa_reauthenticate"))
    assert browser.get(reverse("account_reauthenticate")).url.startswith(reverse("mfa_reauthenticate"))
    codes = Authenticator.objects.get(type="recovery_codes").wrap().get_unused_codes()
    browser.post(asked.url, {"code": codes[0], "next": reverse("mfa_deactivate_totp")})
    mail.outbox.clear()
    assert browser.post(reverse("mfa_deactivate_totp")).url == PROTECTION
    assert not Authenticator.objects.exists()
    [notice] = mail.outbox
    assert notice.to == ["who@example.org"]
    assert "The authenticator app was removed." in notice.body


def test_whose_role_needs_it_cannot_remove_the_only_one(coordinator, app):
    browser, _answer = sign_in("coordinator")
    take_second_step(browser, code(app, 1))
    codes = Authenticator.objects.get(type="recovery_codes").wrap().get_unused_codes()
    browser.post(reverse("mfa_reauthenticate"), {"code": codes[0]})
    page = browser.post(reverse("mfa_deactivate_totp"))
    assert "this is your only one" in page.text
    assert Authenticator.objects.filter(type="totp").exists()


def test_the_administration_has_no_door_of_its_own(coordinator):
    assert Client().get("/admin/login/").url.startswith(reverse("login"))
    answer = Client().post("/admin/login/", {"username": "administrator", "password": PASSWORD})
    assert answer.url.startswith(reverse("login"))
    browser, _answer = sign_in("administrator")
    assert browser.get("/admin/").url.startswith(PROTECTION)
    assert browser.get("/admin/login/").url.startswith(PROTECTION)
    set_up_app(browser)
    assert browser.get("/admin/").status_code == 200


def test_an_administrator_removes_it_for_who_lost_the_phone(coordinator, app, browse, settings):
    settings.MFA_REQUIRED_ROLES = []
    User.objects.filter(username="administrator").update(is_superuser=True)
    chosen = {"action": "remove_second_step", "_selected_action": [coordinator.pk]}
    browse("administrator").post(reverse("admin:accounts_user_changelist"), chosen)
    assert not Authenticator.objects.filter(user=coordinator).exists()
    assert AuditRecord.objects.get(action="user.second_step_removed").subject_id == str(coordinator.pk)
    assert sign_in("coordinator")[1].url == HOME


def test_pages_behind_it_cost_no_query_more(coordinator, app, programme, browse, settings):
    browser, _answer = sign_in("coordinator")
    take_second_step(browser, code(app, 1))
    passport = reverse("passport", args=[programme.slug])
    counts = []
    for reader, roles in ((browser, ["coordinator"]), (browse("coordinator"), [])):
        settings.MFA_REQUIRED_ROLES = roles
        reader.get(passport)
        with CaptureQueriesContext(connection) as queries:
            assert reader.get(passport).status_code == 200
        counts.append(len(queries))
    assert counts[0] == counts[1]


def test_the_picture_for_the_app_holds_no_style(coordinator):
    browser, _answer = sign_in("coordinator")
    page = browser.get(reverse("mfa_activate_totp"))
    assert re.search(r'<img class="qr" src="data:image/svg\+xml;base64,', page.text)
    assert "style" not in page.context["totp_svg"]
