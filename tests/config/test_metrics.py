"""Figures for monitoring: of the portal, to whom they are meant for, and never of a person."""

import datetime

import pytest
from django.db import OperationalError, connection
from django.utils import timezone
from prometheus_client.parser import text_string_to_metric_families

from accounts import audit
from analysis.models import Job
from reports.models import OutgoingMail

from ..reports.scenes import filed


def figures(response) -> dict[tuple, float]:
    """By name and labels, in the order of these names: such as ("portal_requests_total", "GET", "200", "datasets")."""
    return {
        (sample.name, *(value for _name, value in sorted(sample.labels.items()))): sample.value
        for family in text_string_to_metric_families(response.content.decode())
        for sample in family.samples
    }


def test_requests_are_counted_by_view_and_status(browse, client, django_assert_num_queries):
    before = figures(client.get("/metrics"))
    browse("analyst").get("/datasets/")
    browse("analyst").get("/nothing/")

    with django_assert_num_queries(5):
        after = figures(client.get("/metrics"))

    def counted(*key) -> float:
        return after[key] - before.get(key, 0)

    assert counted("portal_requests_total", "GET", "200", "datasets") == 1
    assert counted("portal_requests_total", "GET", "404", "none") == 1
    assert counted("portal_request_seconds_count", "datasets") == 1
    assert counted("portal_database_queries_total", "datasets") > 0
    assert after["portal_database_seconds_total", "datasets"] > 0


@pytest.mark.django_db
def test_jobs_mails_reports_and_runs_are_as_the_database_says(client, user):
    by = user("reporter.akt")
    long_ago = timezone.now() - datetime.timedelta(hours=2)
    for state in (Job.State.FAILED, Job.State.DONE):
        Job.objects.create(by=by, title="Secret title", created_at=long_ago, state=state)
    OutgoingMail.objects.create(recipient="someone@example.kz", created_at=long_ago, next_at=long_ago, attempts=2)
    filed("akimat-akt", by)
    # A transaction of its own, to the audit.
    connection.run_on_commit = []
    audit.record("operation.backed_up", by=None, lane=audit.OPERATION)

    response = client.get("/metrics")

    found = figures(response)
    assert (found["portal_jobs", "failed"], found["portal_jobs", "queued"], found["portal_jobs", "running"]) == (
        1,
        0,
        0,
    )
    assert (found["portal_mails", "failing"], found["portal_mails_oldest_seconds",] >= 7200) == (1, True)
    assert found["portal_reports", "2009-H1", "submitted"] == 1
    assert found["portal_reports", "2009-H1", "draft"] > 10
    assert found["portal_reports_overdue", "2009-H1"] == 0
    assert found["portal_database_up",] == 1
    assert found["portal_last_backup_timestamp_seconds",] == pytest.approx(timezone.now().timestamp(), abs=60)
    assert ("portal_last_reminder_run_timestamp_seconds",) not in found
    for personal in ("Secret title", "someone@", "reporter.akt", "akimat"):
        assert personal not in response.content.decode()


@pytest.mark.django_db
def test_a_job_in_line_says_how_long_it_waits(client, user, settings):
    Job.objects.create(by=user("analyst"), created_at=timezone.now(), state=Job.State.QUEUED)

    assert figures(client.get("/metrics"))["portal_jobs", "queued"] == 1


@pytest.mark.django_db
def test_remind_says_that_it_ran(client):
    from django.core.management import call_command

    call_command("remind")

    assert ("portal_last_reminder_run_timestamp_seconds",) in figures(client.get("/metrics"))


@pytest.mark.django_db
def test_a_database_that_is_away_is_a_figure_too(client, monkeypatch):
    def refuse(*args, **kwargs):
        raise OperationalError

    client.get("/healthz")
    monkeypatch.setattr("config.metrics._jobs", refuse)

    found = figures(client.get("/metrics"))

    assert found["portal_database_up",] == 0
    assert any(name == "portal_requests_total" for name, *_labels in found)


@pytest.mark.parametrize(
    ("request_", "token", "status"),
    [
        ({}, "", 200),
        ({"REMOTE_ADDR": "192.0.2.1"}, "", 404),
        ({"REMOTE_ADDR": ""}, "", 404),
        # Whatever comes through the proxy comes from loopback.
        ({"HTTP_X_FORWARDED_FOR": "192.0.2.1"}, "", 404),
        ({"HTTP_X_FORWARDED_PROTO": "https"}, "", 404),
        ({"HTTP_FORWARDED": "for=192.0.2.1"}, "", 404),
        ({"REMOTE_ADDR": "192.0.2.1", "HTTP_AUTHORIZATION": "Bearer right"}, "right", 200),
        ({"HTTP_X_FORWARDED_FOR": "192.0.2.1", "HTTP_AUTHORIZATION": "Bearer right"}, "right", 200),
        ({"REMOTE_ADDR": "192.0.2.1", "HTTP_AUTHORIZATION": "Bearer wrong"}, "right", 404),
        ({"REMOTE_ADDR": "192.0.2.1", "HTTP_AUTHORIZATION": "Bearer "}, "", 404),
    ],
)
@pytest.mark.django_db
def test_only_monitoring_reads_them(client, settings, request_, token, status):
    settings.METRICS_TOKEN = token

    assert client.get("/metrics", **request_).status_code == status


@pytest.mark.django_db
def test_other_addresses_read_them_by_setting(client, settings):
    settings.METRICS_ADDRESSES = ["192.0.2.0/24"]

    assert client.get("/metrics", REMOTE_ADDR="192.0.2.7").status_code == 200
    assert client.get("/metrics").status_code == 404
