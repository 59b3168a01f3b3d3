"""While the database is away people see a page that says so in their language, and keep what they typed."""

import sqlite3
from unittest.mock import patch

import pytest
from django.db import InterfaceError, OperationalError, ProgrammingError, connection
from django.test import Client

from config.failures import is_out_of_reach

from ..reports.scenes import submission_of


def sqlite_error(name: str) -> OperationalError:
    cause = sqlite3.OperationalError("x")
    cause.sqlite_errorcode = getattr(sqlite3, name)
    error = OperationalError("x")
    error.__cause__ = cause
    return error


@pytest.fixture
def away():
    """The database answers nobody meanwhile: `with away():`."""

    def refuse(*args, **kwargs):
        raise OperationalError("connection to server at 10.0.0.5 failed: FATAL: password authentication failed")

    return lambda: patch.object(connection, "cursor", refuse)


@pytest.fixture
def visitor(user):
    """Signed in, with the language remembered in a cookie: `visitor("ru")`."""

    def sign_in(language: str = "") -> Client:
        browser = Client(raise_request_exception=False)
        browser.force_login(user("reporter.akt"))
        if language:
            browser.cookies["django_language"] = language
        return browser

    return sign_in


@pytest.mark.parametrize(
    ("language", "word"), [("kk", "Басты бетке өту"), ("ru", "Перейти на главную"), ("en", "Go to")]
)
def test_the_page_needs_no_database_and_speaks_the_reader_s_language(visitor, away, language, word):
    browser = visitor(language)

    with away():
        response = browser.get("/help/?from=here")

    page = response.content.decode()
    assert (response.status_code, response["Retry-After"]) == (503, "30")
    assert response["Content-Language"] == language
    assert f'<html lang="{language}">' in page
    assert page.count("<h1>") == 1
    assert word in page
    assert 'href="/help/?from=here"' in page
    assert response["X-Request-ID"] in page
    assert "10.0.0.5" not in page


def test_who_never_chose_a_language_reads_all_three(visitor, away):
    browser = visitor()

    with away():
        page = browser.get("/help/").content.decode()

    assert [f'<div lang="{language}">' in page for language in ("kk", "ru", "en")] == [True] * 3


def test_what_was_typed_is_shown_with_the_names_of_its_fields(visitor, away):
    browser, submission = visitor("ru"), submission_of("akimat-akt")
    typed = {"narrative": "Терілген сөз", "version": "1"}

    with away():
        response = browser.post(f"/submissions/{submission.pk}/activities/14/", typed)

    page = response.content.decode()
    assert response.status_code == 503
    assert "Терілген сөз</textarea>" in page
    assert "Что сделано за полугодие" in page
    assert "csrfmiddlewaretoken" not in page


def test_scripts_and_programs_get_json(visitor, away):
    browser = visitor("en")

    with away():
        script = browser.get("/help/", headers={"accept": "application/json"})
        program = browser.get("/api/v1/regions/")

    assert (script.status_code, program.status_code) == (503, 503)
    assert script["X-Request-ID"] in script.json()["message"]
    assert (script["Retry-After"], program["Retry-After"]) == ("30", "30")
    assert program["Content-Type"] == "application/problem+json"
    assert program.json()["code"] == "unavailable"
    assert program.json()["request_id"] == program["X-Request-ID"]


@pytest.mark.parametrize(
    ("error", "passes"),
    [
        (OperationalError("server closed the connection unexpectedly"), True),
        (InterfaceError("connection already closed"), True),
        (sqlite_error("SQLITE_BUSY"), True),
        (sqlite_error("SQLITE_FULL"), True),
        (sqlite_error("SQLITE_CANTOPEN"), True),
        # No such table, no such column: waiting does not help.
        (sqlite_error("SQLITE_ERROR"), False),
        (ProgrammingError('relation "x" does not exist'), False),
        (ZeroDivisionError(), False),
        (None, False),
    ],
)
def test_only_what_passes_is_called_so(error, passes):
    assert is_out_of_reach(error) is passes


def test_a_mistake_of_the_portal_is_a_500_that_keeps_what_was_typed(visitor, monkeypatch):
    browser, submission = visitor("kk"), submission_of("akimat-akt")

    def fail(*args, **kwargs):
        raise ZeroDivisionError

    monkeypatch.setattr("reports.filing.save_entry", fail)

    response = browser.post(
        f"/submissions/{submission.pk}/activities/14/",
        {"status": "in_progress", "narrative": "Терілген сөз", "version": "0"},
    )

    page = response.content.decode()
    assert response.status_code == 500
    assert "Терілген сөз</textarea>" in page
    assert response["X-Request-ID"] in page
    assert "Retry-After" not in response
