"""What a record says, where it stands, and what the database refuses."""

import json

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.transaction import TransactionManagementError
from django.test import RequestFactory

from accounts import audit
from accounts.audit_chain import Walk
from accounts.models import AuditHead, AuditRecord, User
from programme import request_id
from programme.models import Agency
from reports import filing

from ..reports.scenes import submission_of, write_all

pytestmark = pytest.mark.django_db


def last() -> AuditRecord:
    return AuditRecord.objects.order_by("pk").last()


def of_a_fresh_transaction():
    """As if the test were no transaction itself: what it recorded before is forgotten as at its end."""
    connection.run_on_commit = []


@transaction.atomic
def record_and_fail(by):
    audit.record("entry.saved", by=by)
    raise ZeroDivisionError


def test_a_record_says_who_did_what_to_what(user, rf):
    reporter, submission = user("reporter.akt"), submission_of("akimat-akt")
    with request_id.named("request-0001"):
        audit.record("entry.saved", by=reporter, subject=submission, agency=submission.agency, activity=14)
    record = last()
    assert (record.username, record.user_id, record.agency) == ("reporter.akt", reporter.pk, "akimat-akt")
    assert (record.subject, record.subject_id) == ("reports.submission", str(submission.pk))
    assert (record.request_id, json.loads(record.details)) == ("request-0001", {"activity": 14})


def test_each_record_carries_the_hash_of_the_one_before(user):
    for _time in range(3):
        audit.record("entry.saved", by=user("reporter.akt"))
    first, second, third = AuditRecord.objects.order_by("-pk")[:3][::-1]
    assert (second.previous, third.previous) == (first.sha256, second.sha256)
    assert len({first.sha256, second.sha256, third.sha256}) == 3
    head = AuditHead.objects.get(lane=third.lane)
    assert (head.number, head.sha256) == (third.number, third.sha256)


@pytest.mark.parametrize(
    ("who", "agency", "lane"),
    [
        ("reporter.akt", None, "akimat-akt"),
        ("coordinator", "akimat-kus", "akimat-kus"),
        ("analyst", None, audit.PORTAL),
        (None, None, audit.PORTAL),
    ],
)
def test_a_record_stands_in_the_lane_of_the_agency_that_it_concerns(user, who, agency, lane):
    of_a_fresh_transaction()
    audit.record("entry.saved", by=who and user(who), agency=agency and Agency.objects.get(code=agency))
    assert last().lane == lane


def test_a_transaction_writes_into_one_lane_and_so_never_waits_for_two(user):
    of_a_fresh_transaction()
    audit.record("entry.saved", by=user("reporter.kus"))
    audit.record("entry.saved", by=user("reporter.akt"))
    assert (last().lane, last().agency) == ("akimat-kus", "akimat-akt")


def test_what_is_rolled_back_leaves_no_record_and_the_chain_goes_on(user):
    audit.record("entry.saved", by=user("reporter.akt"), version=1)
    before = last()
    with pytest.raises(ZeroDivisionError):
        record_and_fail(user("reporter.akt"))
    audit.record("entry.saved", by=user("reporter.akt"), version=3)
    assert (last().number, last().previous) == (before.number + 1, before.sha256)
    assert list(Walk({}).faults()) == []


def test_a_lane_that_a_rolled_back_part_chose_is_chosen_anew(user):
    of_a_fresh_transaction()
    with pytest.raises(ZeroDivisionError):
        record_and_fail(user("reporter.kus"))
    audit.record("entry.saved", by=user("reporter.akt"))
    assert last().lane == "akimat-akt"


def test_outside_a_transaction_nothing_is_recorded(user, monkeypatch):
    by = user("reporter.akt")
    monkeypatch.setattr(connection, "in_atomic_block", False)
    with pytest.raises(TransactionManagementError):
        audit.record("entry.saved", by=by)


def test_saving_an_entry_costs_two_queries_for_its_record(user, django_assert_num_queries):
    by, submission = user("reporter.akt"), submission_of("akimat-akt")
    audit.record("entry.saved", by=by)
    of_a_fresh_transaction()
    with django_assert_num_queries(2):
        audit.record("entry.saved", by=by, subject=submission, agency=by.agency)


def test_no_text_of_a_report_stands_in_a_record(user):
    write_all(submission_of("akimat-akt"), user("reporter.akt"), narrative="Құпия жоба мәтіні")
    assert AuditRecord.objects.filter(action="entry.saved").exists()
    assert not AuditRecord.objects.filter(details__contains="Құпия").exists()


@pytest.mark.parametrize(
    ("forwarded", "proxies", "address"),
    [
        ("", 0, "127.0.0.1"),
        ("203.0.113.9", 0, "127.0.0.1"),
        ("203.0.113.9", 1, "203.0.113.9"),
        ("6.6.6.6, 203.0.113.9", 1, "203.0.113.9"),
        ("203.0.113.9, 10.0.0.2", 2, "203.0.113.9"),
        ("203.0.113.9", 2, "203.0.113.9"),
    ],
)
def test_the_address_is_what_the_portals_own_proxies_saw(settings, forwarded, proxies, address):
    settings.REST_FRAMEWORK = settings.REST_FRAMEWORK | {"NUM_PROXIES": proxies}
    request = RequestFactory(headers={"X-Forwarded-For": forwarded} if forwarded else {}).get("/")
    assert audit.address_of(request) == address


@pytest.mark.parametrize(("names_it", "address"), [(True, "127.0.0.1"), (False, "")])
def test_the_network_address_is_kept_by_setting(browse, settings, names_it, address):
    settings.AUDIT_ADDRESSES = names_it
    browse("analyst").post("/language/", {"language": "ru"})
    assert (last().action, last().address) == ("user.language_chosen", address)


# What the database refuses


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE accounts_auditrecord SET username = 'somebody'",
        "DELETE FROM accounts_auditrecord",
        "DELETE FROM accounts_audithead",
        "UPDATE accounts_audithead SET number = 0",
        "UPDATE accounts_audithead SET lane = 'elsewhere'",
    ],
)
def test_the_database_refuses_what_is_no_continuation(user, statement):
    audit.record("entry.saved", by=user("reporter.akt"))
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)


@pytest.mark.parametrize("changed", [{"number": 7}, {"previous": "0" * 64}, {"lane": "nowhere"}])
def test_the_database_refuses_a_record_that_does_not_follow_the_last(user, changed):
    audit.record("entry.saved", by=user("reporter.akt"))
    record = last()
    follows = {"number": record.number + 1, "previous": record.sha256, "lane": record.lane} | changed
    with pytest.raises(IntegrityError), transaction.atomic():
        AuditRecord.objects.create(at=record.at, action="entry.saved", sha256="1" * 64, **follows)


# Signing in


def test_who_comes_in_and_leaves_is_recorded(client, user):
    person = user("reporter.akt")
    person.set_password("Қазан-шелек-7")
    person.save()
    client.force_login(person)
    assert (last().action, last().username) == ("sign_in.done", "reporter.akt")
    client.post("/sign-out/")
    assert (last().action, last().username) == ("sign_in.ended", "reporter.akt")


@pytest.mark.parametrize(("tried", "kept"), [("reporter.akt", "reporter.akt"), ("MyPassword1", "")])
def test_a_failed_sign_in_names_the_account_and_never_what_was_typed(client, tried, kept):
    of_a_fresh_transaction()
    client.post("/sign-in/", {"username": tried, "password": "wrong"})
    failed = AuditRecord.objects.get(action="sign_in.failed")
    assert (failed.lane, json.loads(failed.details)) == (audit.DOOR, {"account": kept})


def test_a_lock_out_is_recorded_once_however_many_attempts_follow(client, settings):
    settings.ACCOUNT_RATE_LIMITS = settings.ACCOUNT_RATE_LIMITS | {"login_failed": "2/m/key"}
    for _time in range(5):
        client.post("/sign-in/", {"username": "reporter.akt", "password": "wrong"})
    assert AuditRecord.objects.filter(action="sign_in.failed").count() == 2
    locked = AuditRecord.objects.get(action="sign_in.locked_out")
    assert json.loads(locked.details)["account"] == "reporter.akt"


def test_a_refused_token_is_recorded_without_its_secret(client):
    client.get("/api/v1/periods/", headers={"Authorization": "Bearer portal_guessed"})
    refused = AuditRecord.objects.get(action="sign_in.refused_secret")
    assert "guessed" not in refused.details


def test_what_a_token_does_says_which_token(user, client):
    from accounts import tokens
    from programme import calendar

    token, secret = tokens.make(by=user("analyst"), name="Excel", scopes=["read"], expires_on=calendar.today())
    client.get("/api/v1/entries/", headers={"Authorization": f"Bearer {secret}"})
    assert last().action == "export.list"
    assert json.loads(last().details)["token"] == token.pk
    assert secret not in "".join(AuditRecord.objects.values_list("details", flat=True))


# Rights


def test_a_changed_right_says_what_it_was_and_what_it_is(browse, user):
    person = user("analyst")
    page = browse("administrator")
    User.objects.filter(username="administrator").update(is_superuser=True)
    fields = {"username": "analyst", "language": "kk", "role": "leadership", "agency": "", "is_active": "on"}
    dates = {"date_joined_0": "2009-01-01", "date_joined_1": "00:00:00", "last_login_0": "", "last_login_1": ""}
    answer = page.post(f"/admin/accounts/user/{person.pk}/change/", fields | dates)
    assert answer.status_code == 302
    record = AuditRecord.objects.get(action="user.changed")
    assert (record.username, record.subject_id) == ("administrator", str(person.pk))
    assert json.loads(record.details)["role"] == ["analyst", "leadership"]


def test_what_an_administrator_deletes_by_the_list_is_recorded(browse, user):
    User.objects.filter(username="administrator").update(is_superuser=True)
    person = User.objects.create(username="left", role="analyst")
    chosen = {"action": "delete_selected", "_selected_action": [person.pk], "post": "yes"}
    assert browse("administrator").post("/admin/accounts/user/", chosen).status_code == 302
    assert AuditRecord.objects.get(action="user.deleted").subject_id == str(person.pk)


def test_filing_is_recorded_with_what_was_filed(user):
    submission = submission_of("akimat-kus")
    write_all(submission, user("reporter.kus"))
    copy = filing.submit(submission=submission, by=user("reporter.kus"))
    assert json.loads(last().details) == {"receipt": copy.receipt, "sha256": copy.sha256}
