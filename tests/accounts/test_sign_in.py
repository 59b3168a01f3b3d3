"""A sign-in that runs out, or changes hands, while somebody types: the text comes back, and nothing is saved unseen."""

import html
import re

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext

from accounts.models import User
from reports.models import Entry

from ..reports.scenes import submission_of

PASSWORD = "Құпия-сөз-2009"
TYPED = "Бірінші жол\r\n«Екінші» <жол> & соңы"


@pytest.fixture
def entry(db):
    return reverse("entry", args=[submission_of("akimat-akt").pk, 17])


@pytest.fixture
def strangers_browser(db):
    """Signed out, with the form that was open: CSRF is checked as in life."""
    for person in User.objects.all():
        person.set_password(PASSWORD)
        person.language = "en"
        person.save()
    browser = Client(enforce_csrf_checks=True)
    browser.cookies["django_language"] = "en"
    browser.get(reverse("login"))
    return browser


def send(browser, address, **fields):
    return browser.post(address, fields | {"csrfmiddlewaretoken": browser.cookies["csrftoken"].value})


def typed(**fields):
    return {"status": "in_progress", "narrative": TYPED, "version": "0", "stay": ""} | fields


def hidden_fields(page):
    """What the forms of the page would send, by name."""
    found = re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)">', page.text)
    return {name: html.unescape(value) for name, value in found}


def sign_in(browser, page, username, password=PASSWORD):
    fields = hidden_fields(page) | {"username": username, "password": password}
    fields.pop("csrfmiddlewaretoken")
    return send(browser, reverse("login"), **fields)


def test_text_sent_signed_out_is_kept_through_the_sign_in_and_saved_by_one_button(strangers_browser, entry):
    page = send(strangers_browser, entry, **typed())
    assert page.status_code == 401
    assert "Your sign-in has run out" in page.text
    assert reverse("set_language") not in page.text
    page = sign_in(strangers_browser, page, "reporter.akt")
    assert page.status_code == 200
    assert "Your text has not been saved yet" in page.text
    assert html.escape(TYPED) + "</textarea>" in page.text
    assert f'action="{entry}"' in page.text
    assert not Entry.objects.exists()
    fields = hidden_fields(page)
    assert {name: fields[name] for name in typed()} == typed()
    strangers_browser.cookies["csrftoken"] = page.cookies["csrftoken"].value
    assert send(strangers_browser, entry, **typed()).status_code == 302
    assert Entry.objects.get().narrative == TYPED.replace("\r\n", "\n")


def test_a_wrong_password_loses_nothing(strangers_browser, entry):
    page = send(strangers_browser, entry, **typed())
    page = sign_in(strangers_browser, page, "reporter.akt", "қате")
    assert "correct username and password" in page.text
    assert hidden_fields(page)["kept-narrative"] == TYPED
    assert sign_in(strangers_browser, page, "reporter.akt").context["target"] == entry


def test_the_page_names_who_is_signed_in_and_his_door_stays_scoped(strangers_browser, entry):
    page = send(strangers_browser, entry, **typed())
    page = sign_in(strangers_browser, page, "reporter.kus")
    assert "You are signed in as reporter.kus (Kostanay oblast)." in page.text
    page = send(strangers_browser, entry, **typed())
    assert page.status_code == 404
    assert html.escape(TYPED) + "</textarea>" in page.text
    assert not Entry.objects.exists()


def test_signing_in_elsewhere_meanwhile_hands_the_text_back_too(strangers_browser, entry):
    page = send(strangers_browser, entry, **typed())
    strangers_browser.force_login(User.objects.get(username="reporter.akt"))
    page = sign_in(strangers_browser, page, "reporter.akt")
    assert page.context["target"] == entry
    assert html.escape(TYPED) in page.text


@pytest.mark.parametrize(
    "target", ["https://example.com/", "//example.com/", "/\\example.com", "javascript:alert(1)", "", "/nowhere/"]
)
def test_the_text_is_offered_to_no_other_address(strangers_browser, target):
    fields = {"next": target, "kept-narrative": TYPED, "username": "reporter.akt", "password": PASSWORD}
    page = send(strangers_browser, reverse("login"), **fields)
    assert page.context["target"] is None
    assert '<form class="form-actions"' not in page.text
    assert html.escape(TYPED) in page.text


def test_secrets_are_not_carried_along(strangers_browser, entry):
    page = send(strangers_browser, entry, **typed(password="құпия", old_password="құпия"))
    assert "құпия" not in page.text
    assert hidden_fields(page)["csrfmiddlewaretoken"] != strangers_browser.cookies["csrftoken"].value


def test_files_that_could_not_be_kept_are_named_as_such(strangers_browser, entry):
    from django.core.files.uploadedfile import SimpleUploadedFile

    page = send(strangers_browser, entry, **typed(files=SimpleUploadedFile("a.pdf", b"%PDF-")))
    assert "Files could not be kept" in page.text


def test_reading_signed_out_leads_to_the_sign_in_and_back(strangers_browser, entry):
    page = strangers_browser.get(entry)
    assert page.url == f"{reverse('login')}?next={entry}"


def test_signing_out_twice_is_no_error(strangers_browser):
    assert send(strangers_browser, reverse("logout")).url == reverse("login")


def test_the_language_of_the_account_stays_when_the_sign_in_runs_out(strangers_browser, entry):
    User.objects.filter(username="reporter.akt").update(language="ru")
    send(strangers_browser, reverse("login"), username="reporter.akt", password=PASSWORD)
    del strangers_browser.cookies["sessionid"]
    page = send(strangers_browser, entry, **typed())
    assert page.status_code == 401
    assert '<html lang="ru">' in page.text


@pytest.mark.parametrize("language", ["kk", "ru", "en"])
def test_a_form_with_an_old_token_shows_the_text_and_does_nothing(strangers_browser, entry, user, language):
    User.objects.filter(username="reporter.akt").update(language=language)
    strangers_browser.force_login(user("reporter.akt"))
    page = strangers_browser.post(entry, typed(csrfmiddlewaretoken="b" * 32))
    assert page.status_code == 403
    with translation.override(language):
        assert gettext("Your text stands below too, to be copied.") in page.text
        assert str(gettext("What was done in the half-year")) in page.text
    assert re.search(r"readonly>\s*" + re.escape(html.escape(TYPED)) + "</textarea>", page.text)
    assert f'action="{entry}"' not in page.text
    assert not Entry.objects.exists()


def test_an_old_token_at_the_sign_in_shows_what_came_along_and_no_password(strangers_browser, entry):
    fields = {"next": entry, "kept-narrative": TYPED, "username": "reporter.akt", "password": PASSWORD}
    page = strangers_browser.post(reverse("login"), fields | {"csrfmiddlewaretoken": "b" * 32})
    assert page.status_code == 403
    assert html.escape(TYPED) in page.text
    assert PASSWORD not in page.text


def test_a_script_is_told_in_json(strangers_browser, entry, user):
    accept = {"accept": "application/json"}
    assert strangers_browser.get(entry, headers=accept).status_code == 401
    strangers_browser.force_login(user("reporter.akt"))
    answer = strangers_browser.post(entry, typed(csrfmiddlewaretoken="b" * 32), headers=accept)
    assert (answer.status_code, answer.json().keys()) == (403, {"message"})
