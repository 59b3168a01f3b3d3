"""Signing in with the organisation's own accounts, through every redirect, with an issuer that signs real tokens."""

import os
import subprocess
import sys
from urllib.parse import parse_qs, urlsplit

import pytest
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount
from django.test import Client
from django.urls import reverse

from accounts.models import User
from tests.look.portal import ROOT

from .issuer import CLIENT, SECRET, Issuer, running
from .signing_in import code, set_up_app

ADDRESS = "a.serik@edu.gov.kz"
LOGIN = reverse("openid_connect_login", args=["sso"])


@pytest.fixture
def issuer(settings, db):
    User.objects.filter(username="analyst").update(email=ADDRESS, language="ru", password="!none")
    claims = {"sub": "42", "email": ADDRESS, "email_verified": True, "preferred_username": "reporter.akt"}
    with running(Issuer(claims)) as issuer:
        settings.OIDC_ISSUER, settings.OIDC_NAME = issuer.address, "EDU-ID"
        app = {"provider_id": "sso", "name": "EDU-ID", "client_id": CLIENT, "secret": SECRET}
        app["settings"] = {"server_url": issuer.address}
        settings.SOCIALACCOUNT_PROVIDERS = {"openid_connect": {"OAUTH_PKCE_ENABLED": True, "APPS": [app]}}
        yield issuer


def go_through(issuer, browser=None, where=LOGIN):
    """To the issuer and back: the answer to the browser that returns."""
    browser = browser or Client()
    away = browser.get(where)
    assert away.url.startswith(f"{issuer.address}/authorization?"), away
    query = {name: values[0] for name, values in parse_qs(urlsplit(away.url).query).items()}
    back = urlsplit(issuer.authorization(query))
    assert back.path == reverse("openid_connect_callback", args=["sso"])
    return browser, browser.get(f"{back.path}?{back.query}")


def test_whom_the_issuer_knows_by_a_verified_address_comes_in(issuer):
    browser = Client()
    page = browser.get(reverse("login"), {"next": "/datasets/"})
    assert f'href="{LOGIN}?next=%2Fdatasets%2F"' in page.text
    browser, answer = go_through(issuer, browser, f"{LOGIN}?next=%2Fdatasets%2F")
    assert answer.url == "/datasets/"
    assert answer.cookies["django_language"].value == "ru"
    page = browser.get("/datasets/")
    assert page.context["user"].username == "analyst"
    assert not SocialAccount.objects.exists()


def test_by_name_where_the_settings_say_so(issuer, settings):
    settings.OIDC_MATCH = "username"
    browser, answer = go_through(issuer)
    assert browser.get(answer.url).context["user"].username == "reporter.akt"


@pytest.mark.parametrize("reason", ["no such address", "not verified", "closed", "two of them", "no such name"])
def test_nobody_else_comes_in_and_no_account_is_made(issuer, settings, reason):
    match reason:
        case "no such address":
            issuer.claims["email"] = "other@edu.gov.kz"
        case "not verified":
            issuer.claims["email_verified"] = False
        case "closed":
            User.objects.filter(username="analyst").update(is_active=False)
        case "two of them":
            User.objects.filter(username="leader").update(email=ADDRESS.upper())
        case "no such name":
            settings.OIDC_MATCH = "username"
            issuer.claims["preferred_username"] = "nobody"
    before = User.objects.count()
    browser, answer = go_through(issuer)
    assert answer.status_code == 403
    assert "EDU-ID" in answer.text
    assert browser.get(reverse("home")).status_code == 302
    assert User.objects.count() == before


@pytest.mark.parametrize("wrong", [{"iss": "https://evil.example"}, {"aud": "another"}, {"exp": 1}])
def test_a_token_for_others_or_of_yesterday_is_refused(issuer, wrong):
    issuer.wrong = wrong
    browser, answer = go_through(issuer)
    assert answer.status_code == 403
    assert browser.get(reverse("home")).status_code == 302


def test_an_answer_that_nobody_asked_for_is_refused(issuer):
    callback = reverse("openid_connect_callback", args=["sso"])
    for query in ({"code": "a-code", "state": "guessed"}, {"error": "access_denied"}, {}):
        assert Client().get(callback, query).status_code == 403


def test_nothing_is_connected_to_an_account_that_is_signed_in(issuer, browse):
    _browser, answer = go_through(issuer, browse("leader"), f"{LOGIN}?process=connect")
    assert answer.status_code == 403
    assert not SocialAccount.objects.exists()


def test_an_issuer_that_does_not_answer_has_a_page_that_says_so(issuer, settings):
    settings.SOCIALACCOUNT_PROVIDERS["openid_connect"]["APPS"][0]["settings"]["server_url"] = "http://127.0.0.1:9"
    answer = Client().get(LOGIN)
    assert answer.status_code == 502
    assert "EDU-ID" in answer.text


def test_the_second_step_is_asked_for_here_too(issuer, settings):
    settings.MFA_REQUIRED_ROLES = ["analyst"]
    browser, answer = go_through(issuer)
    assert browser.get(answer.url).url.startswith(reverse("mfa_index"))
    secret = set_up_app(browser)
    browser, answer = go_through(issuer)
    assert answer.url == reverse("mfa_authenticate")
    assert browser.post(answer.url, {"code": code(secret, 1)}).url == reverse("home")
    assert Authenticator.objects.get(type="totp").last_used_at


def test_without_the_setting_there_is_no_other_way_in(db):
    assert LOGIN not in Client().get(reverse("login")).text
    assert Client().get(LOGIN).status_code == 404


@pytest.mark.parametrize(
    ("given", "complaint"),
    [
        ({"OIDC_ISSUER": "https://id.example"}, "OIDC_CLIENT_ID, OIDC_CLIENT_SECRET, OIDC_NAME"),
        ({"OIDC_ISSUER": "http://id.example"}, "https://"),
        ({"OIDC_ISSUER": "https://id.example", "OIDC_MATCH": "phone"}, "OIDC_MATCH"),
    ],
)
def test_settings_that_are_half_there_stop_the_portal(given, complaint):
    environment = os.environ | {"DEBUG": "0", "SECRET_KEY": "x", "DJANGO_SETTINGS_MODULE": "config.settings"} | given
    command = [sys.executable, "-c", "import config.settings"]
    ran = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    assert ran.returncode
    assert complaint in ran.stderr
