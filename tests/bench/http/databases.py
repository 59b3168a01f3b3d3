"""The databases that are measured: made, filled and brought up to date."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import psycopg2

from ...look.portal import ROOT, TODAY
from .server import SETTINGS

# With its indexes, and what making them takes meanwhile.
BYTES_PER_PROGRAMME = 12 * 2**20


class Databases:
    """On a server whose address ends without a database."""

    def __init__(self, server: str):
        self._server = server

    def url(self, size: int) -> str:
        return f"{self._server}/bench_{size}"

    def prepare(self, size: int) -> None:
        """One with so many programmes; one that is there already gets the migrations that it lacks."""
        comment = self._comment(size)
        if comment == f"{size} programmes":
            self._manage(size, "migrate", "-v0")
            return
        name = f"bench_{size}"
        self._refuse_a_full_disk(size)
        print(f"== filling {name}", flush=True)
        self._run(f"DROP DATABASE IF EXISTS {name}")
        self._run(f"CREATE DATABASE {name}")
        self._manage(size, "migrate", "-v0")
        self._manage(size, "load_programme", "-v0")
        self._manage(size, "demo", "--as-of", TODAY, "-v0")
        self._manage(size, "bench_data", "--programmes", str(size))

    def _refuse_a_full_disk(self, size: int) -> None:
        data = Path(self._run("SHOW data_directory")[0][0])
        needed = size * BYTES_PER_PROGRAMME
        # Of a server elsewhere nothing is known.
        if data.exists() and shutil.disk_usage(data).free < needed:
            raise SystemExit(f"bench_{size} takes up to {needed / 2**30:.0f} GB, and the disk of {data} has less.")

    def _comment(self, size: int) -> str | None:
        found = self._run(
            f"SELECT shobj_description(oid, 'pg_database') FROM pg_database WHERE datname = 'bench_{size}'"  # noqa: S608
        )
        return found[0][0] if found else None

    def _run(self, statement: str) -> list[tuple]:
        connection = psycopg2.connect(f"{self._server}/postgres")
        connection.autocommit = True
        with connection.cursor() as cursor:
            cursor.execute(statement)
            found = cursor.fetchall() if cursor.description else []
        connection.close()
        return found

    def _manage(self, size: int, *arguments: str) -> None:
        environ = os.environ | {"DATABASE_URL": self.url(size), "DEBUG": "1", "PORTAL_TODAY": TODAY}
        command = [sys.executable, "manage.py", *arguments, "--settings", SETTINGS]
        if subprocess.run(command, cwd=ROOT, env=environ, check=False).returncode:
            raise SystemExit(f"{' '.join(arguments)} failed.")
