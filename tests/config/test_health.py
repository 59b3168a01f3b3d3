"""Up is not the same as ready: `/readyz` names each part that the portal needs, and tells the truth about it."""

import threading
import time
from unittest.mock import patch

import pytest
from django.core.files.storage import InMemoryStorage
from django.db import OperationalError, connection
from django.db.migrations.recorder import MigrationRecorder

from analysis.models import Job
from config import health
from reports.models import Attachment

PARTS = {"database", "migrations", "cache", "attachments", "passing_files", "catalogues", "disk"}


@pytest.fixture
def parts(client):
    """Status of the answer, its word, and its parts."""

    def ask() -> tuple[int, str, dict]:
        response = client.get("/readyz")
        return response.status_code, response.json()["status"], response.json()["parts"]

    return ask


def test_healthz_answers_without_database_session_or_sign_in(client):
    # No database mark: pytest-django would refuse any query.
    response = client.get("/healthz")

    assert response.status_code == 200
    assert response["Content-Type"] == "application/json"
    assert response.json() == {"status": "ok"}
    assert not response.cookies


@pytest.mark.django_db
def test_readyz_names_every_part_and_its_state(client, parts, monkeypatch):
    monkeypatch.setattr(health, "LOW", 0)
    monkeypatch.setattr(health, "FULL", 0)

    status, word, found = parts()

    assert (status, word) == (200, "ok")
    assert {name: part["state"] for name, part in found.items()} == dict.fromkeys(PARTS, "ok")
    assert not client.get("/readyz").cookies


@pytest.mark.django_db
def test_readyz_asks_few_questions_and_leaves_no_file(parts, django_assert_max_num_queries):
    with django_assert_max_num_queries(3):
        parts()

    assert Attachment._meta.get_field("file").storage.listdir("") == ([], [])


@pytest.mark.django_db
def test_readyz_names_the_migrations_that_are_missing(parts):
    last = MigrationRecorder.Migration.objects.filter(app="reports").latest("pk")
    MigrationRecorder(connection).record_unapplied("reports", last.name)

    status, word, found = parts()

    assert found["database"] == {"state": "ok"}
    assert (status, word) == (503, "unavailable")
    assert found["migrations"] == {
        "state": "failed",
        "reason": "unapplied_migrations",
        "migrations": [f"reports.{last.name}"],
    }
    assert found["database"] == {"state": "ok"}


@pytest.mark.django_db
def test_readyz_says_that_the_database_is_unreachable_and_nothing_more(client):
    def refuse(*args):
        raise OperationalError("connection to server at 10.0.0.5 failed: password authentication failed")

    with patch.object(connection, "cursor", refuse):
        response = client.get("/readyz")

    parts = response.json()["parts"]
    assert response.status_code == 503
    assert parts["database"] == {"state": "failed", "reason": "unreachable"}
    assert parts["migrations"] == {"state": "failed", "reason": "unknown"}
    assert "10.0.0.5" not in response.content.decode()


@pytest.mark.django_db
def test_a_database_that_cannot_be_written_to_is_not_ready(parts, monkeypatch):
    def refuse(connection):
        raise health.NotReady("read_only")

    monkeypatch.setattr(health, "_is_writable", refuse)

    status, _word, found = parts()

    assert (status, found["database"]) == (503, {"state": "failed", "reason": "read_only"})


@pytest.mark.django_db
def test_a_part_that_hangs_is_left_alone_after_a_while(parts, monkeypatch):
    answered = threading.Event()
    monkeypatch.setattr(health, "PATIENCE", 0.2)
    monkeypatch.setattr(health, "check_cache", answered.wait)
    started = time.monotonic()

    status, _word, found = parts()

    assert time.monotonic() - started < 3
    assert (status, found["cache"]) == (503, {"state": "failed", "reason": "timed_out"})
    # Whoever asks meanwhile does not make a second one hang.
    hanging = health._under_way["cache"]
    parts()
    assert health._under_way["cache"] is hanging
    answered.set()
    hanging.result()


class Refusing(InMemoryStorage):
    def _save(self, name, content):
        raise OSError("bucket secret-name does not exist")


@pytest.mark.parametrize(
    ("field", "part", "status", "word"),
    [
        (Attachment._meta.get_field("file"), "attachments", 503, "unavailable"),
        # Nobody can download results then, and everything else works.
        (Job._meta.get_field("result"), "passing_files", 200, "degraded"),
    ],
)
@pytest.mark.django_db
def test_a_storage_that_takes_no_files(client, parts, monkeypatch, field, part, status, word):
    monkeypatch.setattr(field, "storage", Refusing())

    found = parts()

    assert found[:2] == (status, word)
    assert found[2][part] == {"state": "failed", "reason": "error"}
    assert "secret-name" not in client.get("/readyz").content.decode()


@pytest.mark.django_db
def test_catalogues_that_were_not_compiled_are_named(parts, monkeypatch, tmp_path):
    monkeypatch.setattr(health, "catalogue_path", lambda language: tmp_path / f"{language}.po")

    status, _word, found = parts()

    assert (status, found["catalogues"]) == (503, {"state": "failed", "reason": "not_compiled", "language": "kk"})


@pytest.mark.parametrize(("free", "state", "status"), [(10, "failed", 200), (500, "low", 200), (5000, "ok", 200)])
@pytest.mark.django_db
def test_a_disk_that_fills_up_is_said_in_time(parts, monkeypatch, free, state, status):
    monkeypatch.setattr(health.shutil, "disk_usage", lambda place: type("Usage", (), {"free": free * 2**20}))

    answered = parts()

    assert answered[0] == status
    assert (answered[2]["disk"]["state"], answered[2]["disk"]["free_megabytes"]) == (state, free)


@pytest.mark.parametrize("path", ["/healthz", "/readyz"])
def test_health_takes_only_reads_and_is_never_cached(client, path, db):
    assert client.post(path).status_code == 405
    assert client.head(path).status_code == 200
    assert "no-store" in client.get(path)["Cache-Control"]
