"""Programs that ask too often are told to wait; who guesses at tokens is not listened to."""

import datetime

import pytest
from django.test import Client
from rest_framework.throttling import SimpleRateThrottle

from accounts import tokens

REGIONS = "/api/v1/regions/"


@pytest.fixture
def limit(monkeypatch):
    """`limit("reads", 2)`: two a minute."""
    return lambda name, times: monkeypatch.setitem(SimpleRateThrottle.THROTTLE_RATES, name, f"{times}/minute")


@pytest.fixture
def with_token(user):
    def make(name: str) -> Client:
        _token, secret = tokens.make(
            by=user("analyst"), name=name, scopes=["read"], expires_on=datetime.date(2009, 7, 31)
        )
        return Client(headers={"Authorization": f"Bearer {secret}"})

    return make


def test_reading_too_often_has_to_wait(with_token, limit):
    limit("reads", 2)
    program = with_token("one")

    statuses = [program.get(REGIONS).status_code for _ in range(3)]
    response = program.get(REGIONS)

    assert statuses == [200, 200, 429]
    assert response.json()["code"] == "throttled"
    assert 1 <= int(response["Retry-After"]) <= 61


def test_each_token_is_counted_alone_and_people_beside_them(with_token, browse, limit):
    limit("reads", 1)

    assert with_token("one").get(REGIONS).status_code == 200
    assert with_token("two").get(REGIONS).status_code == 200
    assert browse("analyst").get(REGIONS).status_code == 200
    assert browse("coordinator").get(REGIONS).status_code == 200


def test_writing_is_counted_apart_from_reading(browse, limit):
    limit("writes", 1)
    browser = browse("analyst")

    assert [browser.post(REGIONS).status_code for _ in range(2)] == [405, 429]
    assert browser.get(REGIONS).status_code == 200


def test_who_guesses_at_tokens_is_not_listened_to(with_token, limit):
    limit("failed_sign_ins", 3)
    right = with_token("right")
    guess = Client(headers={"Authorization": "Bearer portal_guess"})

    assert [guess.get(REGIONS).status_code for _ in range(4)] == [401, 401, 401, 429]
    assert "Retry-After" in guess.get(REGIONS)
    # Not even with the right one: an answer would tell that it is.
    assert right.get(REGIONS).status_code == 429
    assert right.get(REGIONS, REMOTE_ADDR="10.0.0.7").status_code == 200


def test_right_tokens_do_not_count_as_guesses(with_token, limit):
    limit("failed_sign_ins", 1)
    program = with_token("one")

    assert [program.get(REGIONS).status_code for _ in range(3)] == [200, 200, 200]


def test_an_address_is_not_what_the_one_who_asks_says_it_is(with_token, limit):
    limit("failed_sign_ins", 1)
    guess = Client(headers={"Authorization": "Bearer portal_guess"})

    statuses = [guess.get(REGIONS, headers={"X-Forwarded-For": f"10.0.0.{i}"}).status_code for i in range(2)]

    assert statuses == [401, 429]
