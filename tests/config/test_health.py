import pytest
from django.db import OperationalError, connection
from django.db.migrations.recorder import MigrationRecorder


def test_healthz_answers_without_database_session_or_sign_in(client):
    # No database mark: pytest-django would refuse any query.
    response = client.get("/healthz")

    assert response.status_code == 200
    assert response["Content-Type"] == "application/json"
    assert response.json() == {"status": "ok"}
    assert not response.cookies


@pytest.mark.django_db
def test_readyz_is_ok_when_every_migration_is_applied(client, django_assert_num_queries):
    with django_assert_num_queries(2):
        response = client.get("/readyz")

    assert (response.status_code, response.json()) == (200, {"status": "ok"})
    assert not response.cookies


@pytest.mark.django_db
def test_readyz_names_the_migrations_that_are_missing(client):
    last = MigrationRecorder.Migration.objects.filter(app="reports").latest("pk")
    MigrationRecorder(connection).record_unapplied("reports", last.name)

    response = client.get("/readyz")

    assert response.status_code == 503
    assert response.json() == {
        "status": "unavailable",
        "reason": "unapplied_migrations",
        "migrations": [f"reports.{last.name}"],
    }


@pytest.mark.django_db
def test_readyz_says_that_the_database_is_unreachable_and_nothing_more(client, monkeypatch):
    def refuse(*args):
        raise OperationalError("connection to server at 10.0.0.5 failed: password authentication failed")

    monkeypatch.setattr(MigrationRecorder, "applied_migrations", refuse)

    response = client.get("/readyz")

    assert response.status_code == 503
    assert response.json() == {"status": "unavailable", "reason": "database_unreachable"}


@pytest.mark.parametrize("path", ["/healthz", "/readyz"])
def test_health_takes_only_reads_and_is_never_cached(client, path, db):
    assert client.post(path).status_code == 405
    assert client.head(path).status_code == 200
    assert "no-store" in client.get(path)["Cache-Control"]
