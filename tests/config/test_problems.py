"""Errors of the API: problem details, whatever went wrong, with their place and in the user's language."""

import json
import re
from pathlib import Path

import pytest
from django.conf import settings
from django.core.exceptions import PermissionDenied, RequestDataTooBig
from django.http import Http404
from django.test import Client
from rest_framework import exceptions

from config.problems import as_problem
from programme.api import RegionViewSet
from programme.problems import KINDS
from reports.transitions import Refused

MEMBERS = ["type", "title", "status", "detail", "instance", "code", "errors"]


def problem_of(response) -> dict:
    assert response["Content-Type"] == "application/problem+json"
    problem = response.json()
    assert [*problem][:7] == MEMBERS
    assert problem["status"] == response.status_code
    assert problem["type"].endswith(f"#{problem['code']}")
    assert problem["title"]
    assert problem["detail"]
    assert problem["instance"] == response.request["PATH_INFO"]
    return problem


@pytest.mark.parametrize(
    ("address", "status", "code"),
    [
        ("/api/v1/regions/?page=x", 400, "invalid"),
        ("/api/v1/regions/?page=99", 404, "not_found"),
        ("/api/v1/submissions/0/", 404, "not_found"),
        ("/api/v1/submissions/x/", 404, "not_found"),
        (f"/api/v1/submissions/{'9' * 30}/", 404, "not_found"),
        ("/api/v1/nothing/of/the/kind/", 404, "not_found"),
        ("/api/v1/regions/?format=xml", 400, "invalid"),
        ("/api/v1/submissions/1/?format=csv", 400, "invalid"),
    ],
)
def test_reading_what_is_not_there(browse, address, status, code):
    response = browse("analyst").get(address)

    assert (response.status_code, problem_of(response)["code"]) == (status, code)


def test_an_address_that_is_nothing_asks_for_a_sign_in_first(client, db):
    assert problem_of(client.get("/api/v1/nothing/"))["code"] == "not_authenticated"


@pytest.mark.parametrize("address", ["/api/v1/nothing", "/api/v1/nothing/"])
@pytest.mark.parametrize("method", ["post", "put", "delete", "options"])
def test_nothing_is_nothing_for_every_method(browse, address, method):
    assert problem_of(getattr(browse("analyst"), method)(address))["code"] == "not_found"


def test_a_forgotten_slash_is_forgiven_to_who_reads(browse):
    response = browse("analyst").get("/api/v1/regions?page_size=2")

    assert (response.status_code, response["Location"]) == (301, "/api/v1/regions/?page_size=2")


def test_a_method_that_is_not_there_names_those_that_are(browse):
    response = browse("analyst").post("/api/v1/regions/", {}, content_type="application/json")

    assert problem_of(response)["code"] == "method_not_allowed"
    assert response["Allow"] == "GET, HEAD, OPTIONS"


def test_a_form_that_nobody_writes_is_not_acceptable(browse):
    response = browse("analyst").get("/api/v1/regions/", headers={"Accept": "image/png"})

    assert (response.status_code, problem_of(response)["code"]) == (406, "not_acceptable")


def test_all_wrong_parameters_are_named(browse):
    problem = problem_of(browse("analyst").get("/api/v1/submissions/?period=2009-H9&agency=none"))

    assert problem["detail"] == "Several things in the request are wrong."
    assert problem["errors"] == [
        {"pointer": "?period", "detail": "“2009-H9” is not known."},
        {"pointer": "?agency", "detail": "“none” is not known."},
    ]


def test_a_session_changes_something_only_with_its_form_token(user):
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(user("reporter.akt"))

    response = browser.post("/api/v1/regions/", {}, content_type="application/json")

    assert (response.status_code, problem_of(response)["code"]) == (403, "csrf_failed")


def test_errors_before_the_sign_in_follow_the_users_language_too(browse):
    response = browse("analyst", "ru").get("/api/v1/regions/?format=xml")

    assert response["Content-Language"] == "ru"
    assert re.search("[а-я]", problem_of(response)["detail"])


def test_what_nobody_expected_is_a_problem_too(browse, monkeypatch):
    browser = browse("analyst")
    browser.raise_request_exception = False
    monkeypatch.setattr(RegionViewSet, "get_rows", lambda self: 1 / 0)

    response = browser.get("/api/v1/regions/")

    assert (response.status_code, problem_of(response)["code"]) == (500, "error")
    assert "division" not in response.text


@pytest.mark.parametrize(
    ("exception", "status", "code"),
    [
        (Refused("It is locked."), 409, "refused"),
        (Http404("No Submission matches"), 404, "not_found"),
        (PermissionDenied(), 403, "permission_denied"),
        (RequestDataTooBig(), 413, "too_large"),
        (exceptions.ParseError("JSON parse error"), 400, "malformed"),
        (exceptions.UnsupportedMediaType("text/plain"), 415, "unsupported_media_type"),
        (exceptions.Throttled(3), 429, "throttled"),
    ],
    ids=lambda value: type(value).__name__,
)
def test_every_exception_has_its_code(exception, status, code):
    problem = as_problem(exception, in_query=False)

    assert (problem.status_code, problem.detail.code) == (status, code)


def test_errors_of_a_body_are_pointed_at_wherever_they_are():
    nested = exceptions.ValidationError(
        {
            "spending": [{}, {"amount": ["Too much."], "line": {"year": ["Which?"]}}],
            "non_field_errors": ["Not together."],
            "a/b~c": ["Odd."],
        }
    )

    errors = as_problem(nested, in_query=False).errors

    assert [(error.pointer, str(error.detail)) for error in errors] == [
        ("#/spending/1/amount", "Too much."),
        ("#/spending/1/line/year", "Which?"),
        ("#", "Not together."),
        ("#/a~1b~0c", "Odd."),
    ]


def test_every_code_that_the_portal_raises_is_described():
    found = set()
    for room in ("programme", "accounts", "activities", "budget", "reports", "analysis", "config"):
        for path in (Path(settings.BASE_DIR) / room).rglob("*.py"):
            found |= set(re.findall(r'Problem\(\s*(\d{3}),\s*"(\w+)"', path.read_text(encoding="utf-8")))

    assert ("409", "refused") in found
    assert found <= {(str(kind.status), code) for code, kind in KINDS.items()}


def test_problems_are_written_in_letters_not_escapes(browse):
    response = browse("analyst", "kk").get("/api/v1/regions/?page=x")

    assert json.loads(response.content)["title"] in response.content.decode()
