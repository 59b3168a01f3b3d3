"""What browsers report about the content security policy is collected, bounded, and holds no secrets."""

import json

import pytest

from config import policy
from config.models import PolicyViolation

pytestmark = pytest.mark.django_db

OLD = "application/csp-report"
NEW = "application/reports+json"


def old(page="/sign-in/", blocked="inline", directive="script-src-elem") -> dict:
    address = f"http://testserver{page}" if page.startswith("/") else page
    return {"csp-report": {"document-uri": address, "blocked-uri": blocked, "effective-directive": directive}}


def new(page="/sign-in/", blocked="inline", directive="script-src-elem") -> dict:
    body = {"documentURL": f"http://testserver{page}", "blockedURL": blocked, "effectiveDirective": directive}
    return {"type": "csp-violation", "age": 5, "url": body["documentURL"], "body": body}


def send(client, report, content_type=OLD):
    body = report if isinstance(report, bytes) else json.dumps(report)
    return client.post("/policy-reports", body, content_type=content_type)


def kept() -> list[tuple]:
    return list(PolicyViolation.objects.order_by("pk").values_list("directive", "blocked", "page", "count"))


def test_both_forms_of_browsers_are_taken_and_counted_together(client):
    assert send(client, old()).status_code == 204
    assert send(client, [new(), new(blocked="https://evil.example/x.js?q=1")], NEW).status_code == 204
    assert kept() == [
        ("script-src-elem", "inline", "login", 2),
        ("script-src-elem", "https://evil.example", "login", 1),
    ]


def test_no_sign_in_and_no_form_token_is_needed():
    from django.test import Client

    assert send(Client(enforce_csrf_checks=True), old()).status_code == 204


def test_addresses_that_hold_secrets_are_not_kept(client):
    send(client, old(page="/calendar/portal_secret-of-a-calendar.ics?next=secret"))
    send(client, old(page="/choose-password/MQ/secret-token/"))
    assert [page for _directive, _blocked, page, _count in kept()] == ["calendar-feed", "choose-password"]


@pytest.mark.parametrize("page", ["https://elsewhere.example/sign-in/", "/no/such/page/", "about:blank", "http://[::1"])
def test_pages_that_are_none_of_the_portals_have_no_name(client, page):
    send(client, old(page=page))
    assert [page for _directive, _blocked, page, _count in kept()] == [""]


@pytest.mark.parametrize(
    ("report", "content_type", "status"),
    [
        (old(), "text/plain", 415),
        (b"{", OLD, 400),
        (b"\xff", OLD, 400),
        (b"x" * (policy.MOST_BYTES + 1), OLD, 413),
        (b"[" * policy.MOST_BYTES, OLD, 400),
    ],
    ids=["another type", "half", "no text", "too long", "too deep"],
)
def test_what_is_no_report_is_refused_and_not_kept(client, report, content_type, status):
    assert send(client, report, content_type).status_code == status
    assert kept() == []


@pytest.mark.parametrize("report", [[], {}, 1, None, "x", {"csp-report": 1}, {"csp-report": {}}, [[1]], [{"body": []}]])
def test_what_says_nothing_is_taken_and_not_kept(client, report):
    assert send(client, report).status_code == 204
    assert kept() == []


def test_hostile_texts_are_cut_and_cleaned(client):
    send(client, old(directive="x\x00\n" * 100 + "y", blocked="https://" + "z" * 5000))
    ((directive, blocked, _page, _count),) = kept()
    assert (len(directive), len(blocked)) == (40, 100)
    assert directive.isprintable()


def test_one_request_and_the_whole_table_are_bounded(client, monkeypatch):
    send(client, [new(directive=f"rule-{number}") for number in range(20)], NEW)
    assert len(kept()) == policy.MOST_AT_ONCE
    monkeypatch.setattr(policy, "MOST_KEPT", policy.MOST_AT_ONCE)
    send(client, old(directive="one-more"))
    send(client, old(directive="rule-0"))
    assert len(kept()) == policy.MOST_AT_ONCE
    assert kept()[0][-1] == 2


def test_an_address_that_reports_too_much_is_not_listened_to(client, monkeypatch):
    monkeypatch.setattr(policy.ReportThrottle, "rate", "2/minute", raising=False)
    assert [send(client, old()).status_code for _time in range(3)] == [204, 204, 429]


def test_administrators_read_them_and_nobody_writes_them(browse, user):
    send(browse(), old())
    person = user("administrator")
    person.is_superuser = True
    person.save()
    page = browse("administrator").get("/admin/config/policyviolation/").text
    assert "script-src-elem" in page
    assert browse("administrator").get("/admin/config/policyviolation/add/").status_code == 403
