"""Kazakh first; the language a person chose stays with him."""

import pytest
from django.urls import reverse


def test_a_visitor_reads_kazakh_whatever_his_browser_prefers(client, db):
    page = client.get(reverse("login"), headers={"accept-language": "ru,en;q=0.5"})
    assert '<html lang="kk">' in page.text
    assert page.headers["Content-Language"] == "kk"


@pytest.mark.parametrize("language", ["ru", "en", "kk"])
def test_a_visitors_choice_stays_in_a_cookie(client, db, language):
    client.post(reverse("set_language"), {"language": language, "next": reverse("login")})
    assert f'<html lang="{language}">' in client.get(reverse("login")).text


def test_a_users_choice_stays_with_the_account(browse, user):
    browse("reporter.akt", "kk").post(reverse("set_language"), {"language": "ru", "next": "/"})
    assert user("reporter.akt").language == "ru"


def test_an_unknown_language_changes_nothing(browse, user):
    browser = browse("reporter.akt", "ru")
    assert browser.post(reverse("set_language"), {"language": "de", "next": "/"}).status_code == 302
    assert user("reporter.akt").language == "ru"


@pytest.mark.parametrize("target", ["https://elsewhere.example/", "//elsewhere.example", "javascript:alert(1)", ""])
def test_choosing_a_language_leads_nowhere_else(client, db, target):
    assert client.post(reverse("set_language"), {"language": "ru", "next": target}).url == "/"


@pytest.mark.parametrize(
    ("language", "message"),
    [
        ("kk", "Мына деректерді дұрыс енгізіңіз"),
        ("ru", "Пожалуйста"),
        ("en", "Please enter a correct username and password"),
    ],
)
def test_a_failed_sign_in_is_explained_in_the_readers_language(client, db, language, message):
    client.cookies["django_language"] = language
    page = client.post(reverse("login"), {"username": "reporter.akt", "password": "wrong"})
    assert page.status_code == 200
    assert message in page.text
    assert 'value="reporter.akt"' in page.text


def test_signing_in_leads_home_in_the_accounts_language(client, user):
    person = user("reporter.akt")
    person.set_password("demo-2009")
    person.language = "ru"
    person.save()
    page = client.post(reverse("login"), {"username": "reporter.akt", "password": "demo-2009"}, follow=True)
    assert page.redirect_chain == [("/", 302)]
    assert '<html lang="ru">' in page.text
