"""Kills operations at each of their steps, and looks at what they leave behind."""

import hashlib
import json
import os
import re
import shutil
import sqlite3
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from urllib.parse import urlsplit

import psycopg2

ROOT = Path(__file__).resolve().parents[2]
# Moments, numbers, hashes, random names and passwords.
_RANDOM = re.compile(r"https?://[^\s\\]+|!?[A-Za-z0-9]{20,}|[A-Za-z0-9]*[0-9][A-Za-z0-9]*")
# The decree: most rows of the portal, which few operations touch.
_PRINTED = ("activities_", "budget_", "programme_")
# What a request leaves behind whether it does its work or not.
_PASSING = ("django_session", "django_migrations", "sqlite_sequence")


@dataclass
class Ending:
    """How a process ended. `answer` is None if it was killed before it gave one."""

    code: int
    killed: bool
    steps: list[str] = field(default_factory=list)
    answer: object = None
    error: str = ""


@dataclass
class State:
    """What stands in a database and on the disk. `rows`: a hash of each table; `files`: how many in each folder.

    `kind` is the same for states that differ in numbers, moments and random names only.
    """

    rows: dict[str, str]
    files: dict[str, int]
    _tables: dict[str, list[str]] = field(compare=False, repr=False)

    @classmethod
    def of(cls, tables: dict[str, list[str]], files: dict[str, int]) -> "State":
        """`tables`: their rows as texts."""
        return cls({table: _hash("\n".join(lines)) for table, lines in tables.items()}, files, tables)

    @cached_property
    def kind(self) -> str:
        shapes = {table: (len(rows), _RANDOM.sub("", " ".join(rows))) for table, rows in sorted(self._tables.items())}
        return _hash(f"{shapes} {self.files}")


@dataclass
class Killed:
    """An operation, how often it was killed, and what had happened then; `found`: by what was left behind."""

    operation: str
    steps: int = 0
    found: Counter = field(default_factory=Counter)
    retried: int = 0
    problems: list[str] = field(default_factory=list)


class Laboratory:
    """A nursery of processes, a database to work on, and templates to set it back to."""

    def __init__(self, databases: "Databases", folder: Path):
        self.databases, self.folder = databases, folder
        self.files = folder / "files"
        self._clear_files()
        databases.set_back(None)
        environment = os.environ | {
            "DJANGO_SETTINGS_MODULE": "config.settings",
            "DEBUG": "1",
            "PORTAL_TODAY": "",
            "DATABASE_URL": databases.url,
            "ATTACHMENT_STORAGE_OPTIONS": json.dumps({"location": str(self.files / "attachments")}),
            "PASSING_STORAGE_OPTIONS": json.dumps({"location": str(self.files / "passing")}),
            "LOG_LEVEL": "CRITICAL",
        }
        # What the portal logs about its faults: for who looks for one.
        with (folder / "log").open("w", encoding="utf-8") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "tests.faults.nursery"],
                cwd=ROOT,
                env=environment,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=log,
                text=True,
            )
        if self.process.stdout.readline() != "ready\n":
            raise RuntimeError(f"the nursery does not start: {(folder / 'log').read_text(encoding='utf-8')}")

    def close(self) -> None:
        self.process.stdin.close()
        self.process.wait(timeout=30)
        self.process.stdout.close()
        self.databases.close()

    def order(self, operation: str, part: str, **order) -> Ending:
        """Have a part of an operation done in a process of its own."""
        given = {"operation": operation, "part": part, "database": self.databases.work, "files": str(self.files)}
        order = given | order
        self.process.stdin.write(json.dumps(order) + "\n")
        self.process.stdin.flush()
        return Ending(**json.loads(self.process.stdout.readline()))

    def done(self, operation: str, part: str, **order) -> object:
        """The answer of a part that must get through."""
        ending = self.order(operation, part, **order)
        if ending.code:
            raise RuntimeError(f"{operation}, {part}: {ending.error or ending.code}")
        return ending.answer

    @contextmanager
    def scene(self, operation: str) -> Iterator["Scene"]:
        """The operation's stage set: what it starts from can be come back to as often as needed."""
        self.start_anew()
        arguments = self.done(operation, "prepare") or {}
        moment = arguments.pop("moment", None)
        self.databases.keep()
        kept = self.folder / "kept-files"
        shutil.rmtree(kept, ignore_errors=True)
        shutil.copytree(self.files, kept)
        yield Scene(self, operation, {"arguments": arguments, "moment": moment}, kept)

    def state(self, *, with_decree: bool = True) -> State:
        files = {
            folder: sum(1 for path in (self.files / folder).rglob("*") if path.is_file())
            for folder in ("attachments", "passing")
        }
        return State.of(self.databases.rows(() if with_decree else _PRINTED), files)

    def start_anew(self) -> None:
        """With the database that everything starts from, and no files."""
        self.databases.set_back(None)
        self._clear_files()

    def _clear_files(self) -> None:
        shutil.rmtree(self.files, ignore_errors=True)
        for folder in ("attachments", "passing"):
            (self.files / folder).mkdir(parents=True)


@dataclass
class Scene:
    laboratory: Laboratory
    operation: str
    order: dict
    kept_files: Path

    def set(self) -> None:
        self.laboratory.databases.set_back("kept")
        shutil.rmtree(self.laboratory.files)
        shutil.copytree(self.kept_files, self.laboratory.files)

    def perform(self, part: str = "perform", **order) -> Ending:
        return self.laboratory.order(self.operation, part, **self.order, **order)

    def problems(self, **arguments) -> list[str]:
        """What is wrong in the database and among the files, seen by a fresh process."""
        return self.laboratory.done("invariants", "broken", arguments=arguments)


def kill_everywhere(
    laboratory: Laboratory, operation: str, *, is_thorough: bool = False, with_decree: bool = False
) -> Killed:
    """Let the operation run once, then kill it at each step, look at what it leaves behind, and try again.

    The invariants must hold, and tried again it must be done, once; if it had answered, it is done already.
    `is_thorough`: at reads too, and a new attempt after every death, not after each kind of state found.
    `with_decree`: looks at what the decree prints, too.
    """
    killed = Killed(operation)
    with laboratory.scene(operation) as scene:
        scene.set()
        before = laboratory.state(with_decree=with_decree)
        whole = scene.perform(is_watched=True, is_thorough=is_thorough)
        if whole.code:
            raise RuntimeError(f"{operation} does not get through: {whole.error}")
        after = laboratory.state(with_decree=with_decree)
        _look(scene, killed, "undisturbed")
        tried, is_touched = set(), True
        for step in range(1, len(whole.steps) + 1):
            if is_touched:
                scene.set()
            ending = scene.perform(is_watched=True, is_thorough=is_thorough, kill_at=step)
            where = f"{step}. {ending.steps[-1] if ending.steps else whole.steps[step - 1]}"
            if not ending.killed:
                killed.problems.append(f"{where}: not killed, {ending.error or ending.code}")
                continue
            killed.steps += 1
            left = laboratory.state(with_decree=with_decree)
            is_touched = left != before
            is_finished = left.kind == after.kind and is_touched
            killed.found["nothing" if not is_touched else "all" if is_finished else "a part"] += 1
            if ending.answer is not None and not is_finished:
                killed.problems.append(f"{where}: answered, and not there")
            state = "before" if not is_touched else left.kind
            if is_thorough or state not in tried:
                tried.add(state)
                is_touched = True
                killed.retried += 1
                if state != "before":
                    killed.problems += [f"{where}: {problem}" for problem in scene.problems()]
                again = scene.perform("retry")
                if again.code:
                    killed.problems.append(f"{where}: tried again, {again.error or again.code}")
                _look(scene, killed, f"{where}, tried again")
    return killed


def _look(scene: Scene, killed: Killed, where: str) -> None:
    """After it got through."""
    seen = scene.perform("look")
    found = [seen.error or f"ended with {seen.code}"] if seen.answer is None else seen.answer
    killed.problems += [f"{where}: {problem}" for problem in found]


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode(errors="surrogateescape")).hexdigest()


class Databases:
    """One database to work on, and templates of it."""

    url: str
    work: str

    def set_back(self, template: str | None) -> None:
        """To the template; None: the one that everything starts from."""

    def keep(self) -> None:
        """What stands in the database now becomes the template "kept"."""

    def empty(self) -> str:
        """The name of a database without tables."""

    def rows(self, but: tuple[str, ...]) -> dict[str, list[str]]:
        """By table, each row as a text; `but`: how the names of tables begin that are not asked for."""

    def close(self) -> None:
        pass


class SQLite(Databases):
    def __init__(self, base: Path, folder: Path):
        self._base, self._kept = base, folder / "kept.sqlite3"
        self.work = str(folder / "work.sqlite3")
        self.url = f"sqlite:///{self.work}"

    def set_back(self, template):
        for suffix in ("-wal", "-shm", "-journal"):
            Path(self.work + suffix).unlink(missing_ok=True)
        shutil.copyfile(self._kept if template else self._base, self.work)

    def keep(self):
        with closing(sqlite3.connect(self.work)) as connection:
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        shutil.copyfile(self.work, self._kept)

    def empty(self):
        name = f"{self.work}-empty"
        for suffix in ("", "-wal", "-shm", "-journal"):
            Path(name + suffix).unlink(missing_ok=True)
        return name

    def rows(self, but):
        with closing(sqlite3.connect(self.work)) as connection:
            tables = [name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
            return {
                table: [repr(row) for row in connection.execute(f'SELECT * FROM "{table}"')]  # noqa: S608
                for table in tables
                if table not in _PASSING and not table.startswith(but or "-")
            }


class PostgreSQL(Databases):
    """`url` names any database of the server; what everything starts from becomes the database `name`."""

    def __init__(self, url: str, name: str, copied_from: str):
        self._server = urlsplit(url)
        self._base, self._kept, self.work = name, f"{name}_kept", f"{name}_work"
        self.url = self._server._replace(path=f"/{self.work}").geturl()
        self._copy(copied_from, name)

    def set_back(self, template):
        self._copy(self._kept if template else self._base, self.work)

    def keep(self):
        self._copy(self.work, self._kept)

    def empty(self):
        self._copy("template1", f"{self._base}_empty")
        return f"{self._base}_empty"

    def rows(self, but):
        self._wait_for_the_dead()
        with closing(self._connect(self.work)) as connection, connection.cursor() as cursor:
            cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY 1")
            tables = [
                table for (table,) in cursor.fetchall() if table not in _PASSING and not table.startswith(but or "-")
            ]
            found = {}
            for table in tables:
                cursor.execute(f'SELECT t::text FROM "{table}" AS t ORDER BY 1')  # noqa: S608
                found[table] = [row for (row,) in cursor.fetchall()]
            return found

    def close(self):
        for name in (self.work, self._kept, f"{self._base}_empty", self._base):
            self._do(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')

    def _copy(self, source: str, target: str) -> None:
        self._do(f'DROP DATABASE IF EXISTS "{target}" WITH (FORCE)')
        self._wait_for_the_dead(source)
        self._do(f'CREATE DATABASE "{target}" TEMPLATE "{source}"')

    def _wait_for_the_dead(self, database: str | None = None) -> None:
        """The server notices a moment later that a client is gone."""
        latest = time.monotonic() + 10
        while self._do(f"SELECT count(*) FROM pg_stat_activity WHERE datname = '{database or self.work}'")[0][0]:  # noqa: S608
            if time.monotonic() > latest:
                raise RuntimeError("somebody is still connected")
            time.sleep(0.005)

    def _do(self, statement: str) -> list[tuple]:
        with closing(self._connect("postgres")) as connection:
            connection.autocommit = True
            with connection.cursor() as cursor:
                cursor.execute(statement)
                return cursor.fetchall() if cursor.description else []

    def _connect(self, name: str):
        return psycopg2.connect(self._server._replace(path=f"/{name}").geturl())
