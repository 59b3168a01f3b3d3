"""Work that takes longer than a page may: put in line here, done by `manage.py work`, kept for a week.

Any number of workers share the line. A job whose worker died is taken up again, from its beginning; one that was
cancelled stops at its next step, and what a worker writes that is no longer the one does not count.

Signs of life and ages go by the real clock, because the portal's may stand still; everything that people read goes by
the portal's.
"""

import datetime
import errno
import logging
import tempfile
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import BinaryIO

from django.conf import settings
from django.core.files.base import File
from django.core.files.storage import Storage
from django.db import Error, InterfaceError, OperationalError, close_old_connections, connection, transaction
from django.db.models import F, Q, QuerySet
from django.utils import timezone, translation
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _

from accounts import audit
from accounts.models import User
from programme import calendar, request_id
from reports import orphans, outbox
from reports.models import WorkbookUpload
from reports.workbook import uploads

from .models import Job

# Who does it: `run(job, progress, result)`; writes the result, if there is one, into the open file.
RUNNERS = {
    Job.Kind.EXPORT: "analysis.exporting.run",
    Job.Kind.CHECK_IMPORT: "analysis.importing.run_check",
    Job.Kind.IMPORT: "analysis.importing.run_import",
}
# Without a sign of life for so long, a worker counts as dead.
DEAD_AFTER = datetime.timedelta(seconds=settings.JOB_DEAD_AFTER)
# Its last sign of life must not have changed for so many seconds by a clock that nobody sets, either.
SURE_AFTER = 5
# A job that waits so long while no worker gives a sign of life waits in vain.
SILENT_AFTER = datetime.timedelta(minutes=1)
MOST_ATTEMPTS = 3
# What a disk answers that is full, or mounted read-only.
NO_ROOM = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EROFS)
SECONDS_BETWEEN_SIGNS = 1
# Jobs whose worker may be dead, by their last sign of life, and since when they were watched (time.monotonic).
_watched: dict[tuple, float] = {}
log = logging.getLogger(__name__)
run_log = logging.getLogger("portal.jobs")


class Cancelled(Exception):
    """Its owner does not want the job any more, or another worker does it now."""


class Failed(Exception):
    """The job cannot be done; the text says why, for its owner."""


class Stopped(Exception):
    """The worker is to end: the job goes back into the line."""


class Stop:
    """A worker's order to end. Set by a signal's handler, which may wait for nothing: so no threading.Event."""

    is_set = False


@dataclass(frozen=True)
class Outcome:
    """`name`: of the file that was written, for the download; "" if none was."""

    name: str = ""
    data: dict = field(default_factory=dict)


class Progress:
    """How far a job is. Call it as often as you like: it stores once a second; raises Cancelled and Stopped."""

    def __init__(self, job: Job, stop: Stop | None = None):
        self.done, self.total = 0, job.total
        self._job, self._stop = job, stop or Stop()
        self._counts = True
        self._has_pulse = False
        self._next = 0.0

    def __call__(self, done: int, total: int | None = None) -> None:
        self.done = done
        if total is not None:
            self.total = total
        if not self._has_pulse and time.monotonic() >= self._next:
            self._next = time.monotonic() + SECONDS_BETWEEN_SIGNS
            self._sign()
        if self._stop.is_set:
            raise Stopped
        if not self._counts:
            raise Cancelled

    @contextmanager
    def pulse(self) -> Iterator[None]:
        """Meanwhile a thread stores the progress: in a long step without calls, and past the job's own transaction.

        Within a transaction that began before the job nobody else sees the job; there each call stores by itself.
        """
        if connection.in_atomic_block:
            yield
            return
        ended = threading.Event()
        thread = threading.Thread(target=self._sign_until, args=[ended], daemon=True)
        self._has_pulse = True
        thread.start()
        try:
            yield
        finally:
            ended.set()
            thread.join()

    def when_database_answers(self, do: Callable[[], None]) -> None:
        """Do it as soon as the database can be reached; not at all if the worker is to end before."""
        while not self._stop.is_set:
            if not connection.in_atomic_block:
                close_old_connections()
            try:
                return do()
            except (OperationalError, InterfaceError):
                time.sleep(SECONDS_BETWEEN_SIGNS)

    def _sign_until(self, ended: threading.Event) -> None:
        while not ended.wait(SECONDS_BETWEEN_SIGNS):
            try:
                self._sign()
            except Error:
                # A database that is locked or away for a moment; DEAD_AFTER is patient.
                connection.close()
        connection.close()

    def _sign(self) -> None:
        changed = {"done": self.done, "total": self.total, "alive_at": timezone.now()}
        self._counts = bool(_attempt(self._job).filter(is_to_be_cancelled=False).update(**changed))


Runner = Callable[[Job, Progress, BinaryIO], Outcome]


def enqueue(
    kind: Job.Kind, *, title: str, by: User, arguments: dict, total: int | None = None, source: File | None = None
) -> Job:
    """Put a job in line. `source`: the file that it works on, kept with it."""
    title = title[: Job._meta.get_field("title").max_length]
    job = Job(kind=kind, title=title, by=by, language=translation.get_language(), arguments=arguments, total=total)
    job.created_at, job.alive_at = calendar.now(), timezone.now()
    if source:
        job.source = _kept(source, job.source.storage)
    with transaction.atomic():
        job.save()
        _record("job.queued", job, by=by)
    return job


def again(job: Job) -> Job:
    """A failed or cancelled job once more: a new one takes its place."""
    source = File(job.source.open()) if job.source else None
    with translation.override(job.language):
        new = enqueue(job.kind, title=job.title, by=job.by, arguments=job.arguments, total=job.total, source=source)
    forget(job, by=job.by)
    return new


@transaction.atomic
def cancel(job: Job) -> None:
    """A waiting job ends at once, a running one at its next step; one that has ended stays as it is."""
    unended = Job.objects.filter(pk=job.pk).exclude(state__in=Job.ENDED)
    if unended.update(is_to_be_cancelled=True):
        unended.filter(state=Job.State.QUEUED).update(state=Job.State.CANCELLED, ended_at=calendar.now())
        _record("job.cancelled", job, by=job.by)


def place_in_line(job: Job) -> int:
    """1 for the job that is next. One query."""
    return _waiting().filter(created_at__lt=job.created_at).count() + 1


def waits_in_vain(job: Job) -> bool:
    """It waits, and no worker has given a sign of life for a minute: probably none runs. One query."""
    since = timezone.now() - SILENT_AFTER
    if job.state != Job.State.QUEUED or job.alive_at > since:
        return False
    return not Job.objects.exclude(state=Job.State.QUEUED).filter(alive_at__gt=since).exists()


def run_next(stop: Stop | None = None) -> Job | None:
    """Take the next job in line and do it; None if there is none. `stop`: the job goes back into the line."""
    _take_up_again()
    # A worker that finds nothing to do has locked nothing.
    job = _take(_waiting()) if _waiting().exists() else None
    if job is None:
        return None
    if job.is_to_be_cancelled:
        _end(job, Job.State.CANCELLED)
    else:
        _run(job, Progress(job, stop))
    return job


def settle(job: Job, progress: Progress, outcome: Outcome) -> None:
    """End a job well within the transaction of what it writes. Raises Cancelled where another worker does it now."""
    if not _done(job, progress, outcome):
        raise Cancelled


def run_now(job: Job) -> Job:
    """Do a job that was just put in line without waiting for a worker; the job as it is then."""
    if mine := _take(_waiting().filter(pk=job.pk)):
        _run(mine, Progress(mine))
    return Job.objects.get(pk=job.pk)


def forget(job: Job, *, by: User | None = None) -> None:
    """`by`: who deletes it; None: it is old. Its files last: one that stays behind belongs to nothing, see `sweep`."""
    with transaction.atomic():
        _record("job.deleted", job, by=by)
        job.delete()
    for file in (job.source, job.result):
        if file:
            file.storage.delete(file.name)


@dataclass(frozen=True)
class Swept:
    """How many were forgotten. `files`: of those that belonged to nothing."""

    jobs: int
    uploads: int
    files: int


def sweep() -> Swept:
    """Forget jobs that ended a week ago, uploads as old, e-mails that left, and old files that belong to nothing."""
    before = timezone.now() - Job.KEPT
    old = list(Job.objects.filter(state__in=Job.ENDED, alive_at__lt=before).order_by("pk"))
    for job in old:
        forget(job)
    uploaded = uploads.forget_old()
    outbox.forget_old()
    passing = Job._meta.get_field("result").storage
    files = orphans.forget(passing, _passing_files, older_than=Job.KEPT) + orphans.forget_attachments()
    return Swept(len(old), uploaded, files)


def _passing_files() -> set[str]:
    known = {name for names in Job.objects.values_list("source", "result") for name in names}
    return known.union(WorkbookUpload.objects.values_list("file", flat=True))


@transaction.atomic
def _take(line: QuerySet[Job]) -> Job | None:
    """The first waiting job that no other worker is just taking: this worker's from now on.

    PostgreSQL passes over what others have locked, so that workers do not wait for each other; on SQLite one
    transaction writes at a time.
    """
    first = line.select_for_update(skip_locked=True).values_list("pk", flat=True).first()
    taken = {"state": Job.State.RUNNING, "started_at": calendar.now(), "alive_at": timezone.now(), "done": 0}
    if not line.filter(pk=first).update(**taken, attempts=F("attempts") + 1):
        return None
    job = Job.objects.select_related("by__agency").get(pk=first)
    _record("job.begun", job, by=None)
    return job


def _run(job: Job, progress: Progress) -> None:
    runner: Runner = import_string(RUNNERS[job.kind])
    with _logged(job), translation.override(job.language), tempfile.TemporaryFile() as result:
        try:
            with progress.pulse():
                outcome = runner(job, progress, result)
                stored = _store(job, outcome, result)
            _keep(job, progress, outcome, stored)
        except Stopped:
            _end(job, Job.State.QUEUED, attempts=F("attempts") - 1, ended_at=None)
        except Cancelled:
            _end(job, Job.State.CANCELLED)
        except Failed as failure:
            _end(job, Job.State.FAILED, message=str(failure))
        except (OperationalError, InterfaceError):
            log.exception("Job %s has lost the database", job.pk)
            progress.when_database_answers(lambda: _bring_back(job, _attempt(job)))
        except Exception as error:
            log.exception("Job %s failed", job.pk)
            text = _("Something went wrong on our side. Tell the administrator.")
            if isinstance(error, OSError) and error.errno in NO_ROOM:
                text = _("The file could not be stored. Try again later; if it fails again, tell the administrator.")
            _end(job, Job.State.FAILED, message=text)


@contextmanager
def _logged(job: Job) -> Iterator[None]:
    """What a worker writes into the log meanwhile carries the job's id; so does its line that it has run."""
    started = time.monotonic()
    with request_id.named(request_id.current() or f"job-{job.pk}"):
        yield
        fields = {"job": str(job.pk), "kind": job.kind, "milliseconds": round((time.monotonic() - started) * 1000)}
        run_log.info("Job has run", extra={"fields": fields})


def _store(job: Job, outcome: Outcome, result: BinaryIO) -> str:
    if not outcome.name:
        return ""
    result.seek(0)
    return _kept(File(result), job.result.storage)


def _kept(file: File, storage: Storage) -> str:
    """Its name in the storage."""
    name = uuid.uuid4().hex
    try:
        return storage.save(name, file)
    except OSError:
        # As much of it as fitted onto a full disk.
        storage.delete(name)
        raise


def _keep(job: Job, progress: Progress, outcome: Outcome, stored: str) -> None:
    if not _done(job, progress, outcome, stored) and stored:
        job.result.storage.delete(stored)


def _done(job: Job, progress: Progress, outcome: Outcome, stored: str = "") -> int:
    total = progress.done if progress.total is None else progress.total
    found = {"result": stored, "result_name": outcome.name, "outcome": outcome.data}
    return _end(job, Job.State.DONE, done=total, total=total, **found)


@transaction.atomic
def _end(job: Job, state: Job.State, **fields) -> int:
    ended = {"state": state, "ended_at": calendar.now(), "alive_at": timezone.now()} | fields
    changed = _attempt(job).update(**ended)
    if changed:
        _record(f"job.{state}", job, by=None)
    return changed


def _record(action: str, job: Job, *, by: User | None) -> None:
    audit.record(action, by=by, subject=job, kind=job.kind, of=job.by.username)


def _waiting() -> QuerySet[Job]:
    return Job.objects.filter(state=Job.State.QUEUED).order_by("created_at", "alive_at", "pk")


def _attempt(job: Job) -> QuerySet[Job]:
    """The row, as long as this attempt is the one that counts: another worker may have taken the job up again."""
    return Job.objects.filter(pk=job.pk, state=Job.State.RUNNING, attempts=job.attempts)


def is_watching() -> bool:
    """Whether the last look at the line found jobs whose worker may be dead."""
    return bool(_watched)


def _dead() -> list[Job]:
    """Running jobs without a sign of life for long.

    The clock may have been set meanwhile. Forward, and all workers seem dead: each job is watched for a while first.
    Back, and a dead worker's last sign lies in the future.
    """
    now = timezone.now()
    is_silent = Q(alive_at__lt=now - DEAD_AFTER) | Q(alive_at__gt=now + DEAD_AFTER)
    silent = Job.objects.filter(is_silent, state=Job.State.RUNNING).select_related("by").order_by("created_at")
    signs = {(job.pk, job.attempts, job.alive_at): job for job in silent}
    since = {sign: _watched.get(sign, time.monotonic()) for sign in signs}
    _watched.clear()
    _watched.update(since)
    return [job for sign, job in signs.items() if time.monotonic() - since[sign] >= SURE_AFTER]


def _take_up_again() -> None:
    """Jobs whose worker died go back into the line, or end after too many attempts."""
    for job in _dead():
        _bring_back(job, _attempt(job).filter(alive_at=job.alive_at))


def _bring_back(job: Job, attempt: QuerySet[Job]) -> None:
    """An attempt that broke off: the job goes back into the line, or ends after too many of them."""
    changed: dict = {"ended_at": calendar.now(), "alive_at": timezone.now()}
    if job.is_to_be_cancelled:
        changed["state"] = Job.State.CANCELLED
    elif job.attempts >= MOST_ATTEMPTS:
        with translation.override(job.language):
            message = _("The work was begun %(times)s times and broke off each time. Tell the administrator.")
        changed |= {"state": Job.State.FAILED, "message": message % {"times": job.attempts}}
    else:
        log.warning("Job %s is taken up again", job.pk)
        changed = {"state": Job.State.QUEUED}
    with transaction.atomic():
        if attempt.update(**changed):
            _record(f"job.{changed['state']}", job, by=None)
