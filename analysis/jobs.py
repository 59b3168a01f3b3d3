"""Work that takes longer than a page may: put in line here, done by `manage.py work`, kept for a week.

Any number of workers share the line. A job whose worker died is taken up again, from its beginning; one that was
cancelled stops at its next step.
"""

import datetime
import logging
import tempfile
import time
import uuid
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from typing import BinaryIO

from django.core.files.base import File
from django.db.models import F
from django.utils import translation
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _

from accounts.models import User
from programme import calendar

from .models import Job

# Who does it: `run(job, progress, result)`; writes the result, if there is one, into the open file.
RUNNERS = {
    Job.Kind.EXPORT: "analysis.exporting.run",
    Job.Kind.CHECK_IMPORT: "analysis.importing.run_check",
    Job.Kind.IMPORT: "analysis.importing.run_import",
}
# Without a sign of life for so long, a worker counts as dead.
DEAD_AFTER = datetime.timedelta(minutes=5)
MOST_ATTEMPTS = 3
SECONDS_BETWEEN_SIGNS = 1
log = logging.getLogger(__name__)


class Cancelled(Exception):
    """Its owner does not want the job any more."""


class Failed(Exception):
    """The job cannot be done; the text says why, for its owner."""


@dataclass(frozen=True)
class Outcome:
    """`name`: of the file that was written, for the download; "" if none was."""

    name: str = ""
    data: dict = field(default_factory=dict)


class Progress:
    """How far a job is. Call it as often as you like; it stores once a second, and raises Cancelled."""

    def __init__(self, job: Job):
        self._job = job
        self._next = 0.0

    def __call__(self, done: int, total: int | None = None) -> None:
        if time.monotonic() < self._next:
            return
        self._next = time.monotonic() + SECONDS_BETWEEN_SIGNS
        changed = {"done": done, "alive_at": calendar.now()} | ({} if total is None else {"total": total})
        if not _attempt(self._job).filter(is_to_be_cancelled=False).update(**changed):
            raise Cancelled


Runner = Callable[[Job, Progress, BinaryIO], Outcome]


def enqueue(
    kind: Job.Kind, *, title: str, by: User, arguments: dict, total: int | None = None, source: File | None = None
) -> Job:
    """Put a job in line. `source`: the file that it works on, kept with it."""
    job = Job(kind=kind, title=title, by=by, language=translation.get_language(), arguments=arguments, total=total)
    job.created_at = calendar.now()
    if source:
        job.source.save(uuid.uuid4().hex, source, save=False)
    job.save()
    return job


def cancel(job: Job) -> None:
    """A waiting job ends at once, a running one at its next step; one that has ended stays as it is."""
    now = calendar.now()
    waiting = Job.objects.filter(pk=job.pk, state=Job.State.QUEUED)
    if not waiting.update(state=Job.State.CANCELLED, ended_at=now):
        Job.objects.filter(pk=job.pk, state=Job.State.RUNNING).update(is_to_be_cancelled=True)


def run_next() -> Job | None:
    """Take the next job in line and do it; None if there is none."""
    _take_up_again()
    for pk in Job.objects.filter(state=Job.State.QUEUED).order_by("created_at").values_list("pk", flat=True)[:10]:
        now = calendar.now()
        mine = Job.objects.filter(pk=pk, state=Job.State.QUEUED).update(
            state=Job.State.RUNNING, started_at=now, alive_at=now, done=0, attempts=F("attempts") + 1
        )
        if mine:
            job = Job.objects.select_related("by__agency").get(pk=pk)
            _run(job)
            return job
    return None


def sweep() -> None:
    """Forget jobs that ended more than a week ago, with their files."""
    for job in Job.objects.filter(ended_at__lt=calendar.now() - Job.KEPT):
        forget(job)


def forget(job: Job) -> None:
    for file in (job.source, job.result):
        if file:
            file.delete(save=False)
    job.delete()


def _run(job: Job) -> None:
    runner: Runner = import_string(RUNNERS[job.kind])
    with translation.override(job.language), tempfile.TemporaryFile() as result:
        try:
            outcome = runner(job, Progress(job), result)
        except Cancelled:
            _end(job, Job.State.CANCELLED)
        except Failed as failure:
            _end(job, Job.State.FAILED, message=str(failure))
        except Exception:
            log.exception("Job %s failed", job.pk)
            _end(job, Job.State.FAILED, message=_("Something went wrong on our side. Tell the administrator."))
        else:
            _keep(job, outcome, result)


def _keep(job: Job, outcome: Outcome, result: BinaryIO) -> None:
    stored = ""
    if outcome.name:
        result.seek(0)
        stored = job.result.storage.save(uuid.uuid4().hex, File(result))
    done = {"total": F("done")} if job.total is None else {"done": F("total")}
    ended = _end(job, Job.State.DONE, result=stored, result_name=outcome.name, outcome=outcome.data, **done)
    if not ended and stored:
        with suppress(OSError):
            job.result.storage.delete(stored)


def _end(job: Job, state: Job.State, **fields) -> int:
    return _attempt(job).update(state=state, ended_at=calendar.now(), **fields)


def _attempt(job: Job):
    """The row, as long as this attempt is the one that counts: another worker may have taken the job up again."""
    return Job.objects.filter(pk=job.pk, state=Job.State.RUNNING, attempts=job.attempts)


def _take_up_again() -> None:
    """Jobs whose worker died go back into the line, or fail after too many attempts."""
    dead = Job.objects.filter(state=Job.State.RUNNING, alive_at__lt=calendar.now() - DEAD_AFTER)
    dead.filter(attempts__gte=MOST_ATTEMPTS).update(state=Job.State.FAILED, ended_at=calendar.now())
    dead.update(state=Job.State.QUEUED)
