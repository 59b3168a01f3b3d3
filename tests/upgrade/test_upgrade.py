"""A portal of the first release becomes one of today, with all that was filed in it; and is lost, and comes back."""

import json
import os
import subprocess
import sys
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection

ARCHIVE = Path(__file__).parent / "0.1.0.backup"
# What the archive holds; nothing of it may be lost, and migrations add what the test names.
COUNTS = {
    "accounts.User": 42,
    "activities.Activity": 43,
    "activities.Responsibility": 361,
    "budget.BudgetLine": 95,
    "programme.Finding": 75,
    "programme.Agency": 30,
    "reports.Period": 9,
    "reports.Submission": 154,
    "reports.SubmissionCopy": 74,
    "reports.SubmissionEvent": 143,
    "reports.Entry": 1027,
    "reports.Spending": 117,
    "reports.ConsolidatedReport": 3,
    # Each entry was given a first revision.
    "reports.EntryRevision": 1027,
}


@pytest.fixture
def empty_database(tmp_path) -> Iterator[str]:
    """The address of a database of the kind that the tests run on, gone afterwards."""
    if connection.vendor == "sqlite":
        yield f"sqlite:///{tmp_path / 'portal.sqlite3'}"
        return
    import psycopg2

    name, given = f"upgrade_{uuid.uuid4().hex[:12]}", connection.settings_dict
    where = {"host": given["HOST"], "port": given["PORT"], "user": given["USER"], "password": given["PASSWORD"]}
    server = psycopg2.connect(dbname="postgres", **where)
    server.autocommit = True
    with server.cursor() as cursor:
        cursor.execute(f"CREATE DATABASE {name} TEMPLATE template0")
        yield f"postgres://{where['user']}:{where['password']}@{where['host']}:{where['port']}/{name}"
        cursor.execute(f"DROP DATABASE {name} WITH (FORCE)")
    server.close()


def test_the_first_release_s_portal_is_upgraded_backed_up_and_restored(empty_database, tmp_path):
    environment = os.environ | {
        "DEBUG": "1",
        "PORTAL_TODAY": "2009-07-06",
        "DATABASE_URL": empty_database,
        "BACKUP_KEY": "a key of more than twenty signs",
        "ATTACHMENT_STORAGE_OPTIONS": json.dumps({"location": str(tmp_path / "attachments")}),
        "PASSING_STORAGE_OPTIONS": json.dumps({"location": str(tmp_path / "passing")}),
        "LC_ALL": "C.UTF-8",
    }
    done = subprocess.run(
        [sys.executable, "-m", "tests.upgrade.walk", ARCHIVE, tmp_path],
        cwd=settings.BASE_DIR,
        env=environment,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )

    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    assert {label: found["counts"][label] for label in COUNTS} == COUNTS
    assert found["hashes"] == {"SubmissionCopy": [True] * 74, "ConsolidatedReport": [True] * 3}
    assert len(found["pages"]) > 50
    assert {page: status for page, status in found["pages"].items() if status != 200} == {}
    assert found["work"]["before"] == "draft"
    assert found["work"]["after"] == "submitted"
    backup = found["backup"]
    assert backup["left"] == 0
    assert backup["rows"] > 5000
    # Of all tables only the audit differs: by its records of the backup and of the restoring.
    assert backup["added"] == {"accounts_auditrecord": 1, "accounts_audithead": 1}
    # Two that were attached; a workbook and two imports that wait to be confirmed.
    assert (backup["files"], backup["files_are_the_same"]) == ([2, 3], True)
