"""Kills each part of the portal in turn while people read and write, and says what they saw."""

import io
import time
from collections import Counter
from contextlib import contextmanager
from functools import partial

import psycopg2

from .parts import Topology, until
from .visitors import PERIOD, Reader, Visitor, Writer, number_in, until_well

# Seconds for which a part is away.
AWAY = 2
WRITERS = ("akt", "kzy", "man")
# Of docker/nginx/portal.conf.template, and a little more.
FAIL_TIMEOUT = 4
# Every akimat reports on this one.
ROW = 14
WELL, UNAVAILABLE, NO_CONNECTION = 200, 503, 0


class Broken(Exception):
    """Something happened that must not."""


class Trial:
    """Visitors at work; each fault is a method that says what they may see meanwhile."""

    def __init__(self, topology: Topology):
        self.topology = topology
        self.writers = [self._writer(region) for region in WRITERS]
        self.readers = [Reader(topology.address, signed_in(name), name) for name in ("analyst", "leader")]
        self.lines: list[tuple[str, str]] = []

    @property
    def visitors(self) -> list[Visitor]:
        return [*self.writers, *self.readers]

    def run(self) -> None:
        for visitor in self.visitors:
            visitor.start()
        try:
            until_well(self.visitors)
            self.nothing()
            self.replica_behind()
            self.replica_down()
            self.web_down()
            self.worker_down()
            self.bouncer_down()
            self.primary_down()
            self.proxy_down()
        finally:
            for visitor in self.visitors:
                visitor.end()
        self.everything_is_there()

    def nothing(self) -> None:
        before = _transactions(self.topology.urls["replica"])
        with self._during("nothing is killed", only={WELL}):
            time.sleep(AWAY)
        until(lambda: _transactions(self.topology.urls["replica"]) > before, "the replica serves nobody")

    def replica_behind(self) -> None:
        """Replay stands still: writers see their own, and after a while readers too see what others wrote since."""
        colleague = Visitor(self.topology.address, signed_in("signatory.akt"), "signatory.akt")
        writer = self.writers[0]
        with self._during("replica behind", only={WELL}):
            _ask(self.topology.urls["replica"], "SELECT pg_wal_replay_pause()")
            written, since = writer.kept, time.monotonic()
            until(lambda: _shown_to(colleague, writer) > written, "others never see what was written")
            waited = time.monotonic() - since
            time.sleep(1)
            _ask(self.topology.urls["replica"], "SELECT pg_wal_replay_resume()")
        self._check([colleague])
        self.lines[-1] = (self.lines[-1][0], f"{self.lines[-1][1]}; others saw what was written after {waited:.0f} s")

    def replica_down(self) -> None:
        with self._during("replica killed", only={WELL}):
            self._away(self.topology.replica)

    def web_down(self) -> None:
        """Who was just saving may get a page instead of an answer; who only reads gets his from the other process."""
        for web in self.topology.webs:
            before = sum((reader.answers for reader in self.readers), Counter())
            with self._during(f"{web.name} killed", only={WELL, UNAVAILABLE}):
                self._away(web)
            if set(sum((reader.answers for reader in self.readers), Counter()) - before) != {WELL}:
                raise Broken(f"{web.name}: who only reads has noticed")
            # The proxy asks it again.
            time.sleep(FAIL_TIMEOUT)

    def worker_down(self) -> None:
        """Killed with a job in hand; the other one, or the next one, does it."""
        with self._during("worker killed with a job in hand", only={WELL}):
            lined_up, in_hand = [], 0
            while not in_hand:
                lined_up.extend(_put_in_line(20))
                until(partial(_running, lined_up), "no worker takes a job")
                for worker in self.topology.workers:
                    worker.kill()
                in_hand = len(_running(lined_up))
                for worker in self.topology.workers:
                    worker.start()
            until(lambda: _done(lined_up), "jobs are not done", within=60)
        self.lines[-1] = (
            self.lines[-1][0], f"{self.lines[-1][1]}; {len(lined_up)} jobs done, {in_hand} of them begun twice"
        )  # fmt: skip

    def bouncer_down(self) -> None:
        with self._during("PgBouncer killed", only={WELL, UNAVAILABLE}):
            self._away(self.topology.bouncer)

    def primary_down(self) -> None:
        with self._during("primary killed", only={WELL, UNAVAILABLE}):
            lined_up = _put_in_line(20)
            self._away(self.topology.primary)
            until(lambda: _done(lined_up), "jobs are not done", within=60)

    def proxy_down(self) -> None:
        with self._during("proxy killed", only={WELL, UNAVAILABLE, NO_CONNECTION}):
            self._away(self.topology.proxy)

    def everything_is_there(self) -> None:
        """Each acknowledged save is a revision of its entry, on the replica too, and the audit's chains are whole."""
        from django.core.management import call_command

        from reports.models import Entry

        for writer in self.writers:
            entry = Entry.objects.get(submission=writer.submission, activity__ordinal=writer.ordinal)
            stored = {number_in(content) for content in entry.revisions.values_list("content", flat=True)}
            lost = set(writer.acknowledged) - stored
            if lost or not writer.kept <= number_in(entry.narrative) <= writer.sent:
                raise Broken(f"{writer.name}: acknowledged and not there: {sorted(lost)}")
        call_command("verify_audit", stdout=io.StringIO())
        count = "SELECT count(*) FROM reports_entryrevision"
        until(
            lambda: _ask(self.topology.urls["replica"], count) == _ask(self.topology.urls["primary"], count),
            "the replica does not catch up",
        )
        acknowledged = sum(len(writer.acknowledged) for writer in self.writers)
        self.lines.append(("afterwards", f"{acknowledged} acknowledged saves, all of them there"))

    @contextmanager
    def _during(self, what: str, *, only: set[int]):
        before = {visitor: visitor.answers.copy() for visitor in self.visitors}
        started = time.monotonic()
        yield
        until_well(self.visitors)
        seen = sum((visitor.answers - before[visitor] for visitor in self.visitors), Counter())
        self._check(self.visitors)
        if set(seen) - only - {412}:
            raise Broken(f"{what}: people saw {dict(seen)}")
        words = {WELL: "answers", UNAVAILABLE: "pages “not available”", NO_CONNECTION: "without connection"}
        counted = ", ".join(f"{seen[status]} {word}" for status, word in words.items() if seen[status])
        self.lines.append((what, f"{counted} in {time.monotonic() - started:.0f} s"))
        print(f"{what}: {self.lines[-1][1]}", flush=True)

    def _check(self, visitors: list[Visitor]) -> None:
        if wrong := [f"{visitor.name}: {line}" for visitor in visitors for line in visitor.wrong]:
            raise Broken("\n".join(wrong[:5]))

    def _away(self, part) -> None:
        part.kill()
        time.sleep(AWAY)
        part.start()

    def _writer(self, region: str) -> Writer:
        from reports.models import Submission

        name = f"reporter.{region}"
        report = Submission.objects.get(agency__code=f"akimat-{region}", period__code=PERIOD)
        if not report.is_editable:
            raise Broken(f"the report of {name} is not a draft")
        cookies = signed_in(name) | {"csrftoken": "a" * 32}
        return Writer(self.topology.address, cookies, name, report.pk, f"akimat-{region}", ROW)


def signed_in(username: str) -> dict[str, str]:
    """The cookie of somebody who has signed in."""
    from django.conf import settings
    from django.test import Client

    from accounts.models import User

    client = Client()
    client.force_login(User.objects.get(username=username), settings.AUTHENTICATION_BACKENDS[0])
    return {settings.SESSION_COOKIE_NAME: client.session.session_key}


def _put_in_line(number: int) -> list:
    from accounts.models import User
    from analysis import jobs
    from analysis.models import Job

    analyst = User.objects.get(username="analyst")
    arguments = {"dataset": "entries", "query": "", "format": "xlsx"}
    return [jobs.enqueue(Job.Kind.EXPORT, title="Export", by=analyst, arguments=arguments).pk for _one in range(number)]


def _running(lined_up: list) -> list:
    from analysis.models import Job

    return list(Job.objects.filter(pk__in=lined_up, state=Job.State.RUNNING))


def _done(lined_up: list) -> bool:
    from django.db import Error, close_old_connections

    from analysis.models import Job

    close_old_connections()
    try:
        found = Job.objects.filter(pk__in=lined_up)
        if failed := found.filter(state=Job.State.FAILED).first():
            raise Broken(f"a job failed: {failed.message}")
        return found.filter(state=Job.State.DONE).exclude(result="").count() == len(lined_up)
    except Error:
        return False


def _shown_to(colleague: Visitor, writer: Writer) -> int:
    answer = colleague.ask("GET", writer.list)
    rows = answer.json()["results"] if answer is not None else []
    return number_in(rows[0]["narrative"]) if rows else 0


def _transactions(url: str) -> int:
    return _ask(url, "SELECT xact_commit FROM pg_stat_database WHERE datname = current_database()")


def _ask(url: str, statement: str):
    connection = psycopg2.connect(url)
    try:
        connection.autocommit = True
        with connection.cursor() as cursor:
            cursor.execute(statement)
            return cursor.fetchone()[0]
    finally:
        connection.close()
