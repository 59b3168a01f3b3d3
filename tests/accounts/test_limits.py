"""Too many attempts are refused with 429 and the time to wait. No answer tells whether there is an account."""

import re

import pytest
from django.contrib.auth.hashers import get_hasher
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from accounts import limits
from accounts.models import AuditRecord, User

from .signing_in import PASSWORD, sign_in, with_password


@pytest.fixture
def people(db):
    with_password("reporter.akt", "reporter.kus", "analyst", email="who@example.org")


@pytest.mark.parametrize(
    ("language", "words"),
    [("kk", "15 минут"), ("ru", "15 минут"), ("en", "Try again in 15 minutes.")],
)
def test_an_account_is_locked_for_a_while_and_the_page_says_how_long(people, settings, language, words):
    settings.ACCOUNT_RATE_LIMITS = {"login_failed": "3/15m/key"}
    browser = Client()
    browser.cookies["django_language"] = language
    for _attempt in range(3):
        assert browser.post(reverse("login"), {"username": "reporter.akt", "password": "x"}).status_code == 200
    page = browser.post(
        reverse("login"), {"username": " Reporter.AKT", "password": PASSWORD, "kept-narrative": "Мәтін", "next": "/"}
    )
    assert page.status_code == 429
    assert 890 <= int(page.headers["Retry-After"]) <= 900
    assert words in page.text
    assert 'name="kept-narrative" value="Мәтін"' in page.text
    assert sign_in("reporter.kus")[1].status_code == 302


def test_the_lock_opens_by_itself(people, settings, monkeypatch):
    settings.ACCOUNT_RATE_LIMITS = {"login_failed": "1/15m/key"}
    sign_in("reporter.akt", "x")
    assert sign_in("reporter.akt")[1].status_code == 429
    later = limits.time.time() + 901
    monkeypatch.setattr("time.time", lambda: later)
    assert sign_in("reporter.akt")[1].status_code == 302


def test_an_address_that_fails_too_often_is_refused_and_whoever_succeeds_is_not(people, settings):
    settings.ACCOUNT_RATE_LIMITS = {"login_failed": "2/m/ip", "login": None}
    for _attempt in range(4):
        assert sign_in("analyst")[1].status_code == 302
    for name in ("no.one", "reporter.kus"):
        assert sign_in(name, "x")[1].status_code == 200
    assert sign_in("reporter.akt")[1].status_code == 429


@pytest.mark.parametrize(("proxies", "refused"), [(0, True), (1, False)])
def test_behind_a_proxy_the_address_is_what_the_proxy_saw(people, settings, proxies, refused):
    settings.ACCOUNT_RATE_LIMITS = {"login_failed": "1/m/ip"}
    settings.REST_FRAMEWORK = settings.REST_FRAMEWORK | {"NUM_PROXIES": proxies}

    def attempt(seen, password):
        # What stands before it, the visitor may have written himself.
        forwarded = {"X-Forwarded-For": f"10.9.8.7, {seen}"}
        fields = {"username": "reporter.akt", "password": password}
        return Client(headers=forwarded).post(reverse("login"), fields).status_code

    attempt("192.0.2.1", "x")
    assert attempt("192.0.2.2", PASSWORD) == (429 if refused else 302)


def test_what_is_counted_lies_in_the_cache_that_all_share(people, settings):
    settings.ACCOUNT_RATE_LIMITS = {"login_failed": "1/m/key"}
    sign_in("reporter.akt", "x")
    cache.clear()
    assert sign_in("reporter.akt")[1].status_code == 302


def test_whoever_is_not_let_in_gets_the_same_answer_after_the_same_work(people, monkeypatch):
    User.objects.filter(username="reporter.kus").update(is_active=False)
    User.objects.filter(username="analyst").update(password="!unusable")
    work, hasher = [], type(get_hasher())
    encode = hasher.encode
    monkeypatch.setattr(hasher, "encode", lambda self, *a, **more: work.append(1) or encode(self, *a, **more))
    answers, costs = set(), {}
    tried = {"reporter.akt": "wrong", "no.such.person": PASSWORD, "reporter.kus": PASSWORD, "analyst": PASSWORD}
    for name, password in tried.items():
        work.clear()
        page = sign_in(name, password)[1]
        costs[name] = len(work)
        answers.add(
            (page.status_code, re.sub(r'name="csrfmiddlewaretoken" value="\w+"', "", page.text).replace(name, ""))
        )
    assert len(answers) == 1
    assert set(costs.values()) == {1}, costs


def test_the_page_for_other_limits_says_when_to_try_again(people, settings):
    settings.ACCOUNT_RATE_LIMITS = {"reset_password": "1/20m/key"}
    browser = Client()
    browser.cookies["django_language"] = "en"
    fields = {"email": "who@example.org"}
    assert browser.post(reverse("account_reset_password"), fields).status_code == 302
    page = browser.post(reverse("account_reset_password"), fields)
    assert page.status_code == 429
    assert "Try again in 20 minutes." in page.text
    assert AuditRecord.objects.filter(action="user.link_asked").count() == 1
