"""A laboratory on a copy of the tests' own database, one for the whole run."""

import os
import sqlite3
from contextlib import closing

import environ
import pytest
from django.db import connection

from .laboratory import Laboratory, PostgreSQL, SQLite


@pytest.fixture(scope="session")
def laboratory(django_db_setup, django_db_blocker, tmp_path_factory):
    folder = tmp_path_factory.mktemp("laboratory")
    with django_db_blocker.unblock():
        if connection.vendor == "sqlite":
            base = folder / "base.sqlite3"
            connection.ensure_connection()
            with closing(sqlite3.connect(base)) as copy:
                connection.connection.backup(copy)
            databases = SQLite(base, folder)
        else:
            # A template is copied only while nobody is connected to it.
            connection.close()
            url = environ.Env().url("DATABASE_URL")._replace(path="/postgres").geturl()
            databases = PostgreSQL(url, f"faults_{os.getpid()}", copied_from=connection.settings_dict["NAME"])
    found = Laboratory(databases, folder)
    yield found
    found.close()
