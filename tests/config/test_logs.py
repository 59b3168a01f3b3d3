"""Lines of the log: for machines, with the request or job, without secrets and names."""

import io
import json
import logging

import pytest
from django.core.exceptions import ImproperlyConfigured

from analysis import jobs
from analysis.models import Job
from config.logs import JsonFormatter, LineFormatter, masked
from programme import request_id


@pytest.fixture
def log(monkeypatch):
    """What the portal logs while the test runs, one dictionary per line."""
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(JsonFormatter())
    loggers = [logging.getLogger(name) for name in ("portal", "django.request", "analysis")]
    for logger in loggers:
        monkeypatch.setattr(logger, "level", logging.INFO)
        logger.addHandler(handler)
    logging.getLogger().manager._clear_cache()
    yield lambda: [json.loads(line) for line in stream.getvalue().splitlines()]
    for logger in loggers:
        logger.removeHandler(handler)


def test_a_request_leaves_one_line_that_says_who_asked_for_what(browse, user, log):
    response = browse("analyst").get("/datasets/?q=secret")

    (line,) = [line for line in log() if line["logger"] == "portal.access"]
    assert line["request_id"] == response["X-Request-ID"]
    assert (line["level"], line["method"], line["path"], line["status"]) == ("INFO", "GET", "/datasets/", 200)
    assert line["user_id"] == user("analyst").pk
    assert line["queries"] > 0
    assert line["milliseconds"] > line["database_milliseconds"] > 0
    assert line["time"].endswith("+00:00")
    assert "analyst" not in json.dumps(line)
    assert "secret" not in json.dumps(line)


def test_a_request_that_nobody_signed_asks_the_database_nothing_for_its_line(client, log):
    client.get("/healthz")

    (line,) = log()
    assert (line["path"], line["queries"]) == ("/healthz", 0)
    assert line.get("user_id") is None


@pytest.mark.parametrize(
    ("address", "shown"),
    [
        ("/calendar/0123456789abcdef.ics", "/calendar/…"),
        ("/calendar/mistyped", "/calendar/…"),
        ("/choose-password/MTI/c1d2-0123456789/", "/choose-password/…"),
        ("/programmes/x/calendar.ics", "/programmes/x/calendar.ics"),
        ("/submissions/3/", "/submissions/3/"),
    ],
)
def test_addresses_that_let_in_are_masked_wherever_they_stand(client, db, log, address, shown):
    assert masked(f"Not Found: {address}") == f"Not Found: {shown}"

    client.get(address)

    assert {(line["path"], len(line["request_id"])) for line in log()} == {(shown, 32)}
    assert all(address not in line["message"] or address == shown for line in log())


def test_an_error_is_one_line_with_its_traceback_and_the_id_on_the_page(client, log, monkeypatch):
    def fail():
        raise ZeroDivisionError("at /calendar/secret.ics")

    monkeypatch.setattr("config.health._look", fail)
    client.raise_request_exception = False

    response = client.get("/readyz")

    error, access = log()
    assert (error["level"], error["logger"], access["status"]) == ("ERROR", "django.request", 500)
    assert "ZeroDivisionError: at /calendar/…" in error["traceback"]
    assert "\n" in error["traceback"]
    assert error["request_id"] == access["request_id"] == response["X-Request-ID"]
    assert response["X-Request-ID"] in response.content.decode()


@pytest.mark.django_db
def test_what_a_job_logs_carries_its_id(user, log, monkeypatch):
    def run(job, progress, result):
        logging.getLogger("analysis.exporting").warning("something odd")
        return jobs.Outcome()

    monkeypatch.setattr("analysis.exporting.run", run)
    job = jobs.enqueue(Job.Kind.EXPORT, title="Plan", by=user("analyst"), arguments={})

    jobs.run_next()

    odd, ended = [line for line in log() if line["logger"] in ("analysis.exporting", "portal.jobs")]
    assert odd["request_id"] == ended["request_id"] == f"job-{job.pk}"
    assert (ended["job"], ended["kind"]) == (str(job.pk), "export")
    assert ended["milliseconds"] >= 0
    assert request_id.current() == ""


def test_lines_for_reading_have_the_id_too():
    record = logging.LogRecord("portal.access", logging.INFO, "", 0, "GET %s", ("/calendar/x.ics",), None)
    record.fields = {"status": 200}
    with request_id.named("0123456789"):
        line = LineFormatter().format(record)

    assert line.endswith("INFO portal.access [0123456789] GET /calendar/… status=200")


def test_an_unknown_format_is_refused_at_the_start(monkeypatch):
    import importlib

    from config import settings

    monkeypatch.setenv("LOG_FORMAT", "xml")
    with pytest.raises(ImproperlyConfigured, match="LOG_FORMAT='xml'"):
        importlib.reload(settings)
