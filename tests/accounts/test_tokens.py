"""Tokens: made, seen once, used within their scopes, revoked; and the page on which people do that."""

import datetime
import hashlib
import re

import pytest
from django.test import Client
from django.urls import reverse

from accounts import tokens
from accounts.models import ApiToken, Scope, User
from programme import calendar
from reports.models import Submission

from ..reports.scenes import ALMATY

REGIONS = "/api/v1/regions/"
PAGE = "/access/"
A_MONTH = datetime.date(2009, 8, 5)


@pytest.fixture
def make(user):
    """`make("reporter.akt", "read", "write")`: the token and its secret."""

    def token(username: str, *scopes: str, **changes):
        wanted = {"name": f"{username} {scopes}", "scopes": scopes or [*Scope], "expires_on": A_MONTH} | changes
        return tokens.make(by=user(username), **wanted)

    return token


def program(secret: str) -> Client:
    return Client(headers={"Authorization": f"Bearer {secret}"}, enforce_csrf_checks=True)


# The secret


def test_the_secret_is_kept_nowhere(make):
    token, secret = make("reporter.akt")

    kept = [str(value) for value in ApiToken.objects.filter(pk=token.pk).values_list()[0]]
    assert not any(secret in value for value in kept)
    assert hashlib.sha256(secret.encode()).hexdigest() in kept
    assert len(secret) >= 50
    assert secret.startswith(token.beginning)
    assert len(token.beginning) == 11


def test_two_secrets_are_never_the_same(make):
    assert make("reporter.akt")[1] != make("reporter.akt")[1]


@pytest.mark.parametrize("scheme", ["Bearer", "bearer", "Token", "token"])
def test_it_signs_in_as_its_user(make, scheme):
    _token, secret = make("reporter.akt")

    response = Client().get("/api/v1/submissions/", headers={"Authorization": f"{scheme} {secret}"})

    assert {row["agency"] for row in response.json()["results"]} == {"akimat-akt"}
    assert not response.cookies


@pytest.mark.parametrize(
    "header",
    ["Bearer", "Bearer ", "Bearer portal_", "Token 0123456789", "Basic", "Basic !!!", "Basic YTpi", "Basic gICA",
     "Bearer portal_ә", "Bearer a b"],
)  # fmt: skip
def test_anything_else_is_refused(db, header):
    response = Client().get(REGIONS, headers={"Authorization": header.encode().decode("latin-1")})

    assert (response.status_code, response.json()["code"]) == (401, "authentication_failed")
    assert response["WWW-Authenticate"] == 'Bearer realm="portal", Basic realm="portal", charset="UTF-8"'


def test_a_password_is_no_token(user):
    somebody = user("analyst")
    somebody.set_password("demo-2009")
    somebody.save()

    basic = "Basic YW5hbHlzdDpkZW1vLTIwMDk="  # analyst:demo-2009
    assert Client().get(REGIONS, headers={"Authorization": basic}).status_code == 401


# How it ends


@pytest.mark.parametrize(
    ("change", "state"),
    [
        ({"is_active": False}, tokens.State.OWNER_LEFT),
        ({"agency": None, "role": "analyst"}, tokens.State.OWNER_LEFT),
    ],
)
def test_it_ends_when_its_user_no_longer_acts_for_the_agency(make, change, state):
    token, secret = make("reporter.akt")
    assert program(secret).get(REGIONS).status_code == 200

    User.objects.filter(username="reporter.akt").update(**change)

    assert program(secret).get(REGIONS).status_code == 401
    assert tokens.state(ApiToken.objects.select_related("user").get(pk=token.pk)) == state


def test_it_is_valid_until_the_last_second_of_its_last_day(make):
    _token, secret = make("reporter.akt", expires_on=datetime.date(2009, 7, 10))

    with calendar.pretend(datetime.datetime(2009, 7, 10, 23, 59, 59, tzinfo=ALMATY)):
        assert program(secret).get(REGIONS).status_code == 200
    with calendar.pretend(datetime.datetime(2009, 7, 11, 0, 0, tzinfo=ALMATY)):
        assert program(secret).get(REGIONS).status_code == 401


def test_a_revoked_one_ends_at_once_and_the_first_who_revoked_it_stays_recorded(make, user):
    token, secret = make("reporter.akt")

    tokens.revoke(token, by=user("signatory.akt"))
    tokens.revoke(token, by=user("reporter.akt"))

    assert program(secret).get(REGIONS).status_code == 401
    token.refresh_from_db()
    assert (token.revoked_by, token.revoked_at) == (user("signatory.akt"), calendar.now())


def test_its_use_is_noted_every_few_minutes_only(make, django_assert_num_queries):
    token, secret = make("analyst")
    start = calendar.now()

    def used_at(minutes: int):
        with calendar.pretend(start + datetime.timedelta(minutes=minutes)):
            program(secret).get(REGIONS)
        token.refresh_from_db()
        return (token.last_used_at - start).total_seconds() / 60

    assert [used_at(minutes) for minutes in (0, 4, 5, 9, 10)] == [0, 0, 5, 5, 10]
    with django_assert_num_queries(3), calendar.pretend(start + datetime.timedelta(minutes=11)):
        program(secret).get(REGIONS)


# Scopes


@pytest.mark.parametrize(
    ("username", "possible"),
    [
        ("reporter.akt", ["read", "write", "file"]),
        ("signatory.akt", ["read", "write", "file"]),
        ("coordinator", ["read", "write", "file"]),
        ("analyst", ["read"]),
        ("administrator", ["read"]),
    ],
)
def test_nobody_hands_out_more_than_the_role_may_do(make, user, username, possible):
    assert tokens.possible_scopes(user(username)) == possible
    assert make(username)[0].scopes == possible


def put_entry(secret: str):
    draft = Submission.objects.get(agency__code="akimat-akt", period__code="2009-H1")
    return program(secret).put(f"/api/v1/submissions/{draft.pk}/entries/14/", {}, content_type="application/json")


def test_reading_is_not_writing(make):
    response = put_entry(make("reporter.akt", "read", "file")[1])

    assert response.status_code == 403
    problem = response.json()
    assert (problem["code"], problem["scope"]) == ("scope_missing", "write")


def test_writing_is_not_reading(make):
    secret = make("reporter.akt", "write")[1]

    assert put_entry(secret).json()["code"] == "version_required"
    assert program(secret).get(REGIONS).json()["scope"] == "read"


def test_writing_is_not_filing(make):
    draft = Submission.objects.get(agency__code="akimat-akt", period__code="2009-H1")

    response = program(make("reporter.akt", "read", "write")[1]).post(f"/api/v1/submissions/{draft.pk}/file/")

    assert (response.status_code, response.json()["scope"]) == (403, "file")


def test_a_scope_ends_with_the_role_that_it_came_from(make):
    _token, secret = make("coordinator")

    User.objects.filter(username="coordinator").update(role="analyst")

    assert program(secret).get(REGIONS).status_code == 200
    assert put_entry(secret).json()["code"] == "scope_missing"


def test_the_schema_needs_the_scope_of_reading(make):
    assert program(make("reporter.akt", "write")[1]).get("/api/v1/schema/").status_code == 403


# The page


def fields(**changes) -> dict:
    return {"name": "Excel", "scopes": ["read"], "days": "30"} | changes


def shown_secret(page: str) -> str | None:
    found = re.search(r"portal_[\w-]{43}", page)
    return found and found[0]


def test_a_token_is_made_and_its_secret_is_shown_once(browse):
    browser = browse("reporter.akt")

    response = browser.post(PAGE, fields(scopes=["read", "write"]))

    secret = shown_secret(response.text)
    assert response.status_code == 200
    assert "no-store" in response["Cache-Control"]
    assert program(secret).get(REGIONS).status_code == 200
    token = ApiToken.objects.get()
    assert (token.name, token.scopes, token.expires_on) == ("Excel", ["read", "write"], A_MONTH)
    assert (token.user.username, token.agency.code) == ("reporter.akt", "akimat-akt")
    later = browser.get(PAGE)
    assert "Excel" in later.text
    assert token.beginning in later.text
    assert shown_secret(later.text) is None


def test_a_page_that_is_reloaded_makes_no_second_token(browse):
    browser = browse("reporter.akt")
    browser.post(PAGE, fields())

    response = browser.post(PAGE, fields())

    assert response.status_code == 422
    assert "You have a token of this name." in response.text
    assert shown_secret(response.text) is None
    assert ApiToken.objects.count() == 1


def test_the_name_of_an_ended_token_is_free_again(browse, make, user):
    token, _secret = make("reporter.akt", name="Excel")
    tokens.revoke(token, by=user("reporter.akt"))

    assert browse("reporter.akt").post(PAGE, fields()).status_code == 200


@pytest.mark.parametrize(
    "changes", [{"name": ""}, {"scopes": []}, {"scopes": ["root"]}, {"days": "9999"}, {"name": "x" * 101}]
)
def test_a_wrong_form_makes_nothing(browse, changes):
    response = browse("reporter.akt").post(PAGE, fields(**changes))

    assert response.status_code == 422
    assert "error-summary" in response.text
    assert not ApiToken.objects.exists()


def test_an_analyst_cannot_ask_for_more_than_reading(browse):
    browser = browse("analyst")

    assert 'value="write"' not in browser.get(PAGE).text
    assert browser.post(PAGE, fields(scopes=["read", "write"])).status_code == 422


def test_colleagues_see_each_others_tokens_and_outsiders_do_not(browse, make):
    make("reporter.akt", name="Excel of Aktobe")

    assert "Excel of Aktobe" in browse("signatory.akt").get(PAGE).text
    for outsider in ("reporter.kus", "coordinator", "analyst", "administrator"):
        assert "Excel of Aktobe" not in browse(outsider).get(PAGE).text


def test_who_files_for_the_ministry_does_not_see_its_coordinators_tokens(browse, make):
    make("coordinator", name="The board")

    assert "The board" not in browse("reporter.moes").get(PAGE).text


def test_a_colleague_may_revoke_and_it_is_seen_who_did(browse, make):
    token, secret = make("reporter.akt")
    browser = browse("signatory.akt")

    response = browser.post(reverse("revoke-token", args=[token.pk]), follow=True)

    assert "is revoked" in response.text
    assert re.search(r"06/07/2009 12:00, signatory\.akt", response.text)
    assert program(secret).get(REGIONS).status_code == 401


def test_an_outsider_cannot_revoke(browse, make):
    token, secret = make("reporter.akt")

    assert browse("reporter.kus").post(reverse("revoke-token", args=[token.pk])).status_code == 404
    assert program(secret).get(REGIONS).status_code == 200


def test_looking_revokes_nothing(browse, make):
    token, _secret = make("reporter.akt")

    assert browse("reporter.akt").get(reverse("revoke-token", args=[token.pk])).status_code == 405


@pytest.mark.parametrize("number", [1, 5])
def test_the_page_costs_the_same_whatever_the_tokens(browse, make, user, django_assert_num_queries, number):
    for _ in range(number):
        tokens.revoke(make("reporter.akt")[0], by=user("signatory.akt"))
        make("signatory.akt")
    browser = browse("reporter.akt")

    with django_assert_num_queries(5):
        browser.get(PAGE)
