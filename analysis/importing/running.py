"""An import's way: a file is checked (a job), looked at, confirmed, and checked again and written (another job).

Small files are done at once, in the request; the others wait for a worker.
"""

import hashlib
import logging
from typing import BinaryIO

from django.core.files.base import ContentFile, File
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from accounts.invitations import invitation
from accounts.models import Role, User
from reports import mail
from reports.foreign_files import Busy, Unreadable

from .. import jobs
from ..jobs import Failed, Progress
from ..models import Job
from .kinds import KINDS
from .reading import ReadTable, read_table
from .resource import ImportResource, Outcome, Rows

# So many rows are checked while the page waits.
SMALL = 1_000
MAY_IMPORT = (Role.COORDINATOR, Role.ADMINISTRATOR)
log = logging.getLogger(__name__)


class _Undone(Exception):
    """What was written is taken back; the preview comes again."""


def begin(*, kind: str, file: File, by: User) -> Job:
    """Have a file checked: the job, which has ended already if the file is small. Raises Unreadable and Busy."""
    content = file.read()
    table = read_table(content, file.name, KINDS[kind])
    arguments = {"kind": kind, "name": file.name, "count": table.count}
    return _start(Job.Kind.CHECK_IMPORT, arguments, ContentFile(content), by)


def confirm(checked: Job, *, by: User) -> Job:
    """Have what a job found written, as long as it still is what would happen."""
    arguments = checked.arguments | {"fingerprint": checked.outcome["fingerprint"]}
    with checked.source.open() as source:
        return _start(Job.Kind.IMPORT, arguments, File(source), by)


def _start(kind: Job.Kind, arguments: dict, source: File, by: User) -> Job:
    title = f"{KINDS[arguments['kind']].title}: {arguments['name']}"
    job = jobs.enqueue(kind, title=title, by=by, arguments=arguments, total=arguments["count"], source=source)
    return jobs.run_now(job) if arguments["count"] <= SMALL else job


def run_check(job: Job, progress: Progress, result: BinaryIO | None = None) -> jobs.Outcome:
    """What importing the job's file would do: see `found`. `arguments`: kind, name (of the file)."""
    table, resource, sha256 = _open(job)
    return jobs.Outcome(data=found(table, resource.check(_rows(table, progress)), sha256))


def run_import(job: Job, progress: Progress, result: BinaryIO | None = None) -> jobs.Outcome:
    """Write the job's file, all of it or nothing: `is_written` says which.

    `arguments`: as `run_check`'s, and `fingerprint`, that of the check that was confirmed. Nothing is written if there
    are errors, or if the file would do something else by now.
    """
    table, resource, sha256 = _open(job)
    try:
        with transaction.atomic():
            outcome = resource.write(_rows(table, progress))
            if outcome.error_count or outcome.fingerprint != job.arguments.get("fingerprint", outcome.fingerprint):
                raise _Undone
            people = _invite(resource)
    except _Undone:
        return jobs.Outcome(data=found(table, outcome, sha256) | {"is_written": False})
    except IntegrityError:
        # Somebody else has added the same just now: what stands there is checked anew.
        outcome = KINDS[job.arguments["kind"]]().check(_rows(table, progress))
        return jobs.Outcome(data=found(table, outcome, sha256) | {"is_written": False})
    # So rare and weighty that it stands in every log.
    log.warning("import of %s by %s: %s, SHA-256 %s", job.arguments["kind"], job.by.username, outcome.counts, sha256)
    return jobs.Outcome(data=found(table, outcome, sha256) | {"is_written": True, **people})


def found(table: ReadTable, outcome: Outcome, sha256: str) -> dict:
    """What a page shows of a check, as JSON. `errors` and `changes` are the first so many of those that are counted."""
    return {
        "counts": outcome.counts,
        "error_count": outcome.error_count,
        "errors": outcome.errors,
        "changes": outcome.changes,
        "fingerprint": outcome.fingerprint,
        "places": table.places,
        "unknown": table.unknown,
        "sheet": table.sheet,
        "encoding": table.encoding,
        "sha256": sha256,
    }


def _open(job: Job) -> tuple[ReadTable, ImportResource, str]:
    if job.by.role not in MAY_IMPORT:
        raise Failed(_("You may not import any more."))
    kind = KINDS[job.arguments["kind"]]
    with job.source.open() as source:
        content = source.read()
    try:
        table = read_table(content, job.arguments["name"], kind)
    except (Unreadable, Busy) as error:
        raise Failed(str(error)) from error
    return table, kind(), hashlib.sha256(content).hexdigest()


def _rows(table: ReadTable, progress: Progress) -> Rows:
    return Rows(list(table.places), table.cells(), table.count, lambda done: progress(done, table.count))


def _invite(resource: ImportResource) -> dict[str, list[str]]:
    """Invitations go out once everything is written. Who gets one, and who has no address, by user name."""
    new = getattr(resource, "invited", [])
    invited = [user for user in new if user.email]
    transaction.on_commit(lambda: mail.send(invitation(user) for user in invited) if invited else None)
    return {
        "invited": [user.username for user in invited],
        "without_address": [user.username for user in new if not user.email],
    }
