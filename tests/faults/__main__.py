"""`make faults`: operations killed at every single step, migrations in their middle, disks and servers that fail.

On SQLite, and on PostgreSQL where its server is installed; what needs to mount file systems, where that is allowed. The
tables go into docs/faults.md. `python -m tests.faults NAME…` goes through these operations alone and writes nothing.
"""

import argparse
import datetime
import os
import platform
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from threading import Thread

from ..bench.cluster import Cluster, Missing, binaries, free_port
from .laboratory import ROOT, Databases, Killed, Laboratory, PostgreSQL, SQLite, kill_everywhere
from .names import OPERATIONS, OUTAGES, OUTAGES_OF_FILES

DOCUMENT = ROOT / "docs" / "faults.md"
HOW = """
A process does the operation on a real database and real files and is killed before and after every statement, every
commit, file that is stored, renamed or deleted, every e-mail, and the answer. After each death a fresh process checks
that what was acknowledged is there, that every filing has its copy, receipt and event, every save its revision, every
row its file, that hashes are right and that nothing is half-done; then the same is tried again and must be done, once.
“A part” is a state between two transactions: a file without its row (`manage.py sweep` and the worker remove it), a job
that was begun (another worker takes it up), reminders of which some have left, a saved
text whose words the search does not take for corrections yet.
"""
# Seconds for which the database server is away.
AWAY = 3


@dataclass(frozen=True)
class Line:
    """Of a table: what was done, on which database, how often, and how it ended."""

    what: str
    database: str
    times: int
    found: str
    problems: tuple[str, ...]


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.faults", description=__doc__.splitlines()[0])
    parser.add_argument("operations", nargs="*", metavar="NAME", help=", ".join(OPERATIONS))
    parser.add_argument("--on", choices=["sqlite", "postgresql"], help="on this database alone")
    chosen = parser.parse_args()
    began, lines = time.monotonic(), []
    with tempfile.TemporaryDirectory(prefix="faults-") as folder:
        for name, laboratory, cluster in _laboratories(Path(folder), chosen.on):
            for line in _lines(name, laboratory, cluster, chosen.operations):
                print(f"{line.what} ({line.database}): {line.times}, {line.found}", flush=True)
                for problem in line.problems:
                    print(f"  {problem}", flush=True)
                lines.append(line)
    if not chosen.operations and not chosen.on:
        DOCUMENT.write_text(_document(lines, time.monotonic() - began), encoding="utf-8")
    return int(any(line.problems for line in lines))


def _lines(name: str, laboratory: Laboratory, cluster: Cluster | None, operations: list[str]) -> Iterator[Line]:
    for operation in operations or OPERATIONS:
        killed = kill_everywhere(laboratory, operation, is_thorough=True, with_decree=True)
        yield Line(f"killed: {operation}", name, killed.steps, _in_words(killed), tuple(killed.problems))
    if operations:
        return
    yield _migrations(name, laboratory)
    for outage, what in OUTAGES.items():
        yield _outage(name, laboratory, outage, what)
    if cluster:
        yield _server_killed(name, laboratory, cluster)
        return
    for outage, what in OUTAGES_OF_FILES.items():
        yield _outage(name, laboratory, outage, what)
    if os.geteuid() == 0:
        yield from _mounted(name, laboratory)


def _in_words(killed: Killed) -> str:
    found = ", ".join(f"{kind} {killed.found[kind]}" for kind in ("nothing", "a part", "all") if killed.found[kind])
    return f"left behind: {found}; tried again {killed.retried} times"


def _outage(name: str, laboratory: Laboratory, outage: str, what: str, **arguments) -> Line:
    laboratory.start_anew()
    problems = laboratory.done("outages", outage, arguments=arguments)
    return Line(what, name, 1, "as it should be" if not problems else "not so", tuple(problems))


def _migrations(name: str, laboratory: Laboratory) -> Line:
    """In one pass over an empty database: at the first and a middle statement of each, before and after its commit."""

    def ask(part: str, **arguments):
        return laboratory.order("migrating", part, database=database, arguments=arguments)

    database = laboratory.databases.empty()
    counts = ask("migrate").answer
    expected = ask("schema").answer
    database = laboratory.databases.empty()
    times, problems = 0, []
    for label, count in counts.items():
        for step in (*sorted({1, max(1, count // 2)}), "before the commit", "after the commit"):
            ending = ask("migrate", label=label, at=step)
            times += 1
            if not ending.killed:
                problems.append(f"{label}, {step}: {ending.error.splitlines()[-1] if ending.error else 'not killed'}")
            elif (label in ask("applied").answer) != (step == "after the commit"):
                problems.append(f"{label}, {step}: applied and not recorded, or the other way round")
    last = ask("migrate")
    if last.code or ask("schema").answer != expected:
        problems.append(f"in the end the tables are not the same: {last.error}")
    found = f"{len(counts)} migrations, at the first, a middle statement, around the commit; in the end the same tables"
    return Line("killed: each migration", name, times, found, tuple(problems))


def _mounted(name: str, laboratory: Laboratory) -> Iterator[Line]:
    """Real small file systems, filled up and made read-only."""
    database = Path(laboratory.databases.work).parent
    places = {
        "full_for_an_attachment": (laboratory.files / "attachments", "a full disk under the attachments"),
        "full_for_an_export": (laboratory.files / "passing", "a full disk under the results of jobs"),
        "full_for_the_database": (database, "a full disk under SQLite"),
        "read_only": (database, "a disk under SQLite that becomes read-only"),
    }
    for outage, (folder, what) in places.items():
        laboratory.start_anew()
        with _file_system(folder):
            problems = laboratory.done("outages", outage, arguments={"is_mounted": True})
        yield Line(what, name, 1, "as it should be" if not problems else "not so", tuple(problems))


@contextmanager
def _file_system(folder: Path) -> Iterator[None]:
    """A small one over the folder, with what stands in it."""
    content = folder.with_name(f"{folder.name}-content")
    shutil.copytree(folder, content)
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=40m", "tmpfs", str(folder)], check=True)
    try:
        shutil.copytree(content, folder, dirs_exist_ok=True)
        yield
    finally:
        subprocess.run(["umount", str(folder)], check=True)
        shutil.rmtree(content)


def _server_killed(name: str, laboratory: Laboratory, cluster: Cluster) -> Line:
    """The database server is killed three times while somebody saves; every acknowledged save is there."""
    laboratory.start_anew()
    entry = laboratory.done("saving an entry", "prepare")
    stop, log = laboratory.folder / "stop", laboratory.folder / "answers"
    saved: list = []
    arguments = {**entry, "stop": str(stop), "log": str(log)}
    saving = Thread(target=lambda: saved.extend(laboratory.done("outages", "saves_until", arguments=arguments)))
    saving.start()
    for _kill in range(3):
        time.sleep(AWAY)
        cluster.stop("immediate")
        time.sleep(AWAY)
        cluster.start()
    time.sleep(AWAY)
    stop.touch()
    saving.join()
    statuses = log.read_text().split()
    problems = laboratory.done("outages", "missing", arguments={"saved": saved})
    problems += [f"answered {status}" for status in set(statuses) - {"200", "503"}]
    found = f"{len(saved)} saves acknowledged, all there; {statuses.count('503')} refused with 503"
    return Line("the database server killed while somebody saves", name, 3, found, tuple(problems))


def _laboratories(folder: Path, only: str | None) -> Iterator[tuple[str, Laboratory, Cluster | None]]:
    if only != "postgresql":
        work = folder / "sqlite"
        work.mkdir()
        base = folder / "base.sqlite3"
        _fill(f"sqlite:///{base}")
        with closing(sqlite3.connect(base)) as connection:
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        with _open(lambda: SQLite(base, work), work) as laboratory:
            yield "SQLite", laboratory, None
    if only != "sqlite":
        try:
            binaries()
        except Missing as missing:
            print(missing, file=sys.stderr)
            return
        folder.chmod(0o755)
        # Copies of databases by the hundred; what is killed here are processes, never the machine.
        quick = {"fsync": "off", "full_page_writes": "off"}
        with (
            Cluster(folder / "cluster", free_port(), quick).running() as cluster,
            _open(lambda: _filled(cluster, "base"), folder / "postgresql") as laboratory,
        ):
            yield "PostgreSQL", laboratory, cluster


def _filled(cluster: Cluster, name: str) -> Databases:
    databases = PostgreSQL(cluster.url(), name, copied_from="template1")
    _fill(cluster.url(name))
    return databases


@contextmanager
def _open(databases: Callable[[], Databases], folder: Path) -> Iterator[Laboratory]:
    folder.mkdir(exist_ok=True)
    laboratory = Laboratory(databases(), folder)
    try:
        yield laboratory
    finally:
        laboratory.close()


def _fill(url: str) -> None:
    environment = os.environ | {
        "DEBUG": "1",
        "PORTAL_TODAY": "",
        "DATABASE_URL": url,
        "DJANGO_SETTINGS_MODULE": "config.settings",
    }
    subprocess.run([sys.executable, "-m", "tests.faults.base"], cwd=ROOT, env=environment, check=True)


def _document(lines: list[Line], seconds: float) -> str:
    today = datetime.datetime.now(datetime.UTC).date()
    rows = [
        f"| {line.what} | {line.database} | {line.times} | "
        f"{'; '.join(line.problems).replace('|', '/') if line.problems else line.found} |"
        for line in lines
    ]
    failed = sum(bool(line.problems) for line in lines)
    killed = sum(line.times for line in lines if line.what.startswith("killed"))
    head = (
        f"Written by `make faults` on {today}, {platform.machine()} with {os.cpu_count()} processors, "
        f"Python {platform.python_version()}, in {seconds / 60:.0f} minutes: {killed} processes killed (SIGKILL), "
        f"{len(lines) - failed} of {len(lines)} rows as they should be."
    )
    table = ["| what | database | times | found |", "|---|---|---|---|", *rows]
    return "\n".join(["# Faults", "", head, "", " ".join(HOW.split()), "", *table, ""])


if __name__ == "__main__":
    sys.exit(main())
