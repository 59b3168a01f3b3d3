"""Workers as real processes on a database that they share: what is done, is done once."""

import json
import os
import signal
import sqlite3
import subprocess
import sys
import time

import environ
import pytest
from django.conf import settings
from django.db import connections

from accounts.models import User
from analysis import jobs
from analysis.models import Job

# Marked `django_db`: pytest-django makes no database for a run in which no test asks for one.
pytestmark = [pytest.mark.django_db, pytest.mark.xdist_group("workers")]

WITHIN = 10


class Workers:
    """Starts workers, and knows what they did."""

    def __init__(self, folder, database):
        self.trace = folder / "trace"
        self.files = folder / "files"
        environment = os.environ | {
            "DEBUG": "1",
            "PORTAL_TODAY": "",
            "DATABASE_URL": database,
            "PASSING_STORAGE_OPTIONS": json.dumps({"location": str(self.files)}),
        }
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tests.analysis.worker_process"],
            cwd=settings.BASE_DIR,
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        self.running = set()

    def start(self) -> int:
        pid = self._ask("start")
        self.running.add(pid)
        return pid

    def end(self, pid: int, number: int) -> int:
        """Its exit code."""
        self.running.discard(pid)
        os.kill(pid, number)
        return self._ask(f"wait {pid}")

    def traces(self, job: Job) -> list[tuple[int, int]]:
        """Process and step, in the order in which they were done."""
        lines = self.trace.read_text().splitlines() if self.trace.exists() else []
        found = [line.split() for line in lines]
        return [(int(pid), int(step)) for pid, pk, step in found if pk == str(job.pk)]

    def in_the_middle_of(self, job: Job) -> int:
        """The process that does the job now."""
        until(lambda: len(self.traces(job)) >= 2)
        return self.traces(job)[-1][0]

    def _ask(self, line: str) -> int:
        self.process.stdin.write(line + "\n")
        self.process.stdin.flush()
        return int(self.process.stdout.readline())


@pytest.fixture(scope="module")
def database(django_db_setup, django_db_blocker, tmp_path_factory):
    """Name and address of a database that other processes see: on SQLite a copy in a file."""
    with django_db_blocker.unblock():
        connection = connections["default"]
        if connection.vendor != "sqlite":
            name = connection.settings_dict["NAME"]
            yield name, environ.Env().url("DATABASE_URL")._replace(path=f"/{name}").geturl()
            return
        path = tmp_path_factory.mktemp("line") / "line.sqlite3"
        copy = sqlite3.connect(path)
        connection.ensure_connection()
        connection.connection.backup(copy)
        copy.close()
    yield str(path), f"sqlite:///{path}"


@pytest.fixture(scope="module")
def nursery(database, tmp_path_factory):
    workers = Workers(tmp_path_factory.mktemp("workers"), database[1])
    yield workers
    workers.process.stdin.close()
    workers.process.wait(timeout=WITHIN)
    workers.process.stdout.close()


@pytest.fixture
def workers(db, nursery, database):
    """The test itself looks at the workers' database."""
    usual = connections["default"]
    shared = type(usual)({**usual.settings_dict, "NAME": database[0]}, "default")
    connections["default"] = shared
    try:
        yield nursery
    finally:
        for pid in list(nursery.running):
            nursery.end(pid, signal.SIGKILL)
        Job.objects.all().delete()
        shared.close()
        connections["default"] = usual


def until(condition) -> None:
    latest = time.monotonic() + WITHIN
    while not condition():
        assert time.monotonic() < latest, "it does not happen"
        time.sleep(0.01)


def put_in_line(workers: Workers, steps: int) -> Job:
    analyst = User.objects.get(username="analyst")
    arguments = {"trace": str(workers.trace), "steps": steps}
    return jobs.enqueue(Job.Kind.EXPORT, title="Export", by=analyst, arguments=arguments)


def ended(*lined_up: Job) -> bool:
    return Job.objects.filter(pk__in=[job.pk for job in lined_up], state__in=Job.ENDED).count() == len(lined_up)


def test_workers_share_the_line_and_do_each_job_once(workers):
    long = put_in_line(workers, steps=500)
    busy = workers.start()
    workers.in_the_middle_of(long)
    short = [put_in_line(workers, steps=4) for _number in range(8)]
    others = {workers.start(), workers.start()}
    until(lambda: ended(*short))
    for job in short:
        job.refresh_from_db()
        assert (job.state, job.attempts, job.done, job.total) == ("done", 1, 4, 4)
        assert [step for _pid, step in workers.traces(job)] == [0, 1, 2, 3]
        assert len({pid for pid, _step in workers.traces(job)} & others) == 1
    assert {pid for pid, _step in workers.traces(long)} == {busy}


def test_a_job_whose_worker_is_killed_is_taken_up_again_and_done_once(workers):
    job = put_in_line(workers, steps=15)
    killed = workers.start()
    workers.in_the_middle_of(job)
    assert workers.end(killed, signal.SIGKILL) == -signal.SIGKILL
    second = workers.start()
    until(lambda: ended(job))
    job.refresh_from_db()
    assert (job.state, job.attempts) == ("done", 2)
    assert [step for pid, step in workers.traces(job) if pid == second] == list(range(15))
    assert (workers.files / job.result.name).read_text() == str(second)


def test_what_a_worker_writes_that_was_taken_for_dead_does_not_count(workers):
    job = put_in_line(workers, steps=25)
    first = workers.start()
    workers.in_the_middle_of(job)
    os.kill(first, signal.SIGSTOP)
    second = workers.start()
    until(lambda: second in {pid for pid, _step in workers.traces(job)})
    os.kill(first, signal.SIGCONT)
    until(lambda: ended(job))
    # It has noticed, and is ready for other work.
    assert workers.end(first, signal.SIGTERM) == 0
    job.refresh_from_db()
    assert (job.state, job.attempts) == ("done", 2)
    assert (workers.files / job.result.name).read_text() == str(second)


def test_a_cancelled_job_stops_at_its_next_step(workers):
    job = put_in_line(workers, steps=500)
    workers.start()
    workers.in_the_middle_of(job)
    jobs.cancel(job)
    until(lambda: ended(job))
    job.refresh_from_db()
    assert (job.state, job.result.name) == ("cancelled", "")
    assert len(workers.traces(job)) < 500


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_worker_that_is_told_to_stop_puts_its_job_back_uncounted(workers, number):
    job = put_in_line(workers, steps=500)
    worker = workers.start()
    workers.in_the_middle_of(job)
    assert workers.end(worker, number) == 0
    job.refresh_from_db()
    assert (job.state, job.attempts, job.ended_at) == ("queued", 0, None)
