"""Work that takes longer than a page may: put in line here, done by `manage.py work`, kept for a week.

Any number of workers share the line. A job whose worker died is taken up again, from its beginning; one that was
cancelled stops at its next step, and what a worker writes that is no longer the one does not count.

Signs of life and ages go by the real clock, because the portal's may stand still; everything that people read goes by
the portal's.
"""

import datetime
import logging
import tempfile
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import BinaryIO

from django.core.files.base import File
from django.db import Error, connection
from django.db.models import F, QuerySet
from django.utils import timezone, translation
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _

from accounts.models import User
from programme import calendar
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
DEAD_AFTER = datetime.timedelta(minutes=5)
# A job that waits so long while no worker gives a sign of life waits in vain.
SILENT_AFTER = datetime.timedelta(minutes=1)
MOST_ATTEMPTS = 3
SECONDS_BETWEEN_SIGNS = 1
log = logging.getLogger(__name__)


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
        job.source.save(uuid.uuid4().hex, source, save=False)
    job.save()
    return job


def again(job: Job) -> Job:
    """A failed or cancelled job once more: a new one takes its place."""
    source = File(job.source.open()) if job.source else None
    with translation.override(job.language):
        new = enqueue(job.kind, title=job.title, by=job.by, arguments=job.arguments, total=job.total, source=source)
    forget(job)
    return new


def cancel(job: Job) -> None:
    """A waiting job ends at once, a running one at its next step; one that has ended stays as it is."""
    unended = Job.objects.filter(pk=job.pk).exclude(state__in=Job.ENDED)
    unended.update(is_to_be_cancelled=True)
    unended.filter(state=Job.State.QUEUED).update(state=Job.State.CANCELLED, ended_at=calendar.now())


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
    for pk in _waiting().values_list("pk", flat=True)[:10]:
        if job := _take(pk):
            if job.is_to_be_cancelled:
                _end(job, Job.State.CANCELLED)
            else:
                _run(job, Progress(job, stop))
            return job
    return None


def run_now(job: Job) -> Job:
    """Do a job that was just put in line without waiting for a worker; the job as it is then."""
    if mine := _take(job.pk):
        _run(mine, Progress(mine))
    return Job.objects.get(pk=job.pk)


def forget(job: Job) -> None:
    for file in (job.source, job.result):
        if file:
            file.delete(save=False)
    job.delete()


def sweep() -> None:
    """Forget jobs that ended a week ago, uploads as old, and old files that belong to nothing."""
    before = timezone.now() - Job.KEPT
    for job in Job.objects.filter(state__in=Job.ENDED, alive_at__lt=before).order_by("pk"):
        forget(job)
    uploads.forget_old()
    _forget_orphans(before)


def _forget_orphans(before: datetime.datetime) -> None:
    """A worker that was killed between storing a file and saying so leaves one."""
    storage = Job._meta.get_field("result").storage
    known = {name for names in Job.objects.values_list("source", "result") for name in names}
    known.update(WorkbookUpload.objects.values_list("file", flat=True))
    # Some storages cannot list; one that was never used has no folder.
    with suppress(NotImplementedError, FileNotFoundError):
        for name in storage.listdir("")[1]:
            if name not in known and storage.get_modified_time(name) < before:
                storage.delete(name)


def _take(pk: uuid.UUID) -> Job | None:
    """A waiting job that is this worker's from now on, unless another one was quicker."""
    taken = {"state": Job.State.RUNNING, "started_at": calendar.now(), "alive_at": timezone.now(), "done": 0}
    mine = _waiting().filter(pk=pk).update(**taken, attempts=F("attempts") + 1)
    return Job.objects.select_related("by__agency").get(pk=pk) if mine else None


def _run(job: Job, progress: Progress) -> None:
    runner: Runner = import_string(RUNNERS[job.kind])
    with translation.override(job.language), tempfile.TemporaryFile() as result:
        try:
            with progress.pulse():
                outcome = runner(job, progress, result)
                stored = _store(job, outcome, result)
        except Stopped:
            _end(job, Job.State.QUEUED, attempts=F("attempts") - 1, ended_at=None)
        except Cancelled:
            _end(job, Job.State.CANCELLED)
        except Failed as failure:
            _end(job, Job.State.FAILED, message=str(failure))
        except Exception:
            log.exception("Job %s failed", job.pk)
            _end(job, Job.State.FAILED, message=_("Something went wrong on our side. Tell the administrator."))
        else:
            _keep(job, progress, outcome, stored)


def _store(job: Job, outcome: Outcome, result: BinaryIO) -> str:
    if not outcome.name:
        return ""
    result.seek(0)
    return job.result.storage.save(uuid.uuid4().hex, File(result))


def _keep(job: Job, progress: Progress, outcome: Outcome, stored: str) -> None:
    total = progress.done if progress.total is None else progress.total
    found = {"result": stored, "result_name": outcome.name, "outcome": outcome.data}
    if not _end(job, Job.State.DONE, done=total, total=total, **found) and stored:
        job.result.storage.delete(stored)


def _end(job: Job, state: Job.State, **fields) -> int:
    return _attempt(job).update(**{"state": state, "ended_at": calendar.now(), "alive_at": timezone.now()} | fields)


def _waiting() -> QuerySet[Job]:
    return Job.objects.filter(state=Job.State.QUEUED).order_by("created_at", "alive_at", "pk")


def _attempt(job: Job) -> QuerySet[Job]:
    """The row, as long as this attempt is the one that counts: another worker may have taken the job up again."""
    return Job.objects.filter(pk=job.pk, state=Job.State.RUNNING, attempts=job.attempts)


def _take_up_again() -> None:
    """Jobs whose worker died go back into the line, or end after too many attempts."""
    before = timezone.now() - DEAD_AFTER
    for job in Job.objects.filter(state=Job.State.RUNNING, alive_at__lt=before).order_by("created_at"):
        still_dead = _attempt(job).filter(alive_at__lt=before)
        ended = {"ended_at": calendar.now(), "alive_at": timezone.now()}
        if job.is_to_be_cancelled:
            still_dead.update(state=Job.State.CANCELLED, **ended)
        elif job.attempts >= MOST_ATTEMPTS:
            with translation.override(job.language):
                message = _("The work was begun %(times)s times and broke off each time. Tell the administrator.")
            still_dead.update(state=Job.State.FAILED, message=message % {"times": job.attempts}, **ended)
        else:
            log.warning("Job %s is taken up again", job.pk)
            still_dead.update(state=Job.State.QUEUED)
