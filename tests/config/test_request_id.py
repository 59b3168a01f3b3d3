"""Every request has an id: in the answer, in the log, and on the page that says what went wrong."""

import pytest

from programme import request_id

GIVEN = "proxy-0123456789abcdef"


@pytest.fixture
def behind_proxy(settings):
    settings.REST_FRAMEWORK = settings.REST_FRAMEWORK | {"NUM_PROXIES": 1}


def test_every_answer_names_its_request_and_no_two_the_same(client):
    ids = {client.get("/healthz")["X-Request-ID"] for _ in range(3)}

    assert len(ids) == 3
    assert all(request_id.WELL_FORMED.fullmatch(one) for one in ids)
    assert request_id.current() == ""


def test_an_id_is_taken_from_a_proxy_and_from_nobody_else(client, behind_proxy, settings):
    assert client.get("/healthz", headers={"x-request-id": GIVEN})["X-Request-ID"] == GIVEN

    settings.REST_FRAMEWORK = settings.REST_FRAMEWORK | {"NUM_PROXIES": 0}
    assert client.get("/healthz", headers={"x-request-id": GIVEN})["X-Request-ID"] != GIVEN


@pytest.mark.parametrize("given", ["short", "x" * 65, 'quote"-0123456789', "line\nbreak-0123", "кириллица-0123456"])
def test_an_id_that_could_do_harm_is_replaced(client, behind_proxy, given):
    assert client.get("/healthz", headers={"x-request-id": given})["X-Request-ID"] != given


@pytest.mark.parametrize("language", ["kk", "ru", "en"])
def test_pages_of_errors_show_the_id(browse, language):
    browser = browse("reporter.akt", language)
    for address in ("/nothing/", "/imports/"):
        response = browser.get(address)
        assert response.status_code in (403, 404)
        assert f"<code>{response['X-Request-ID']}</code>" in response.content.decode()


def test_a_form_that_expired_shows_the_id(user):
    from django.test import Client

    browser = Client(enforce_csrf_checks=True)
    browser.force_login(user("reporter.akt"))

    response = browser.post("/language/", {"language": "ru"})

    assert response.status_code == 403
    assert response["X-Request-ID"] in response.content.decode()
