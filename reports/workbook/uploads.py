"""What becomes of an uploaded workbook: kept for a week, compared, confirmed once, all of it or none."""

import datetime
import hashlib
import json
import uuid
from contextlib import ExitStack

from django.core.files.base import ContentFile
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from programme import calendar

from .. import entering
from ..filing import Conflict, why_locked
from ..models import Submission, WorkbookUpload
from ..transitions import Refused, lock, require_agency
from .answers import Comparison
from .merging import compare
from .reading import header_of, read_workbook

KEPT = datetime.timedelta(days=7)
_LONGEST_NAME = 150


class AlreadyConfirmed(Refused):
    """A second click."""


class Changed(Refused):
    """The report has changed since the comparison that the person saw."""


class Undecided(Refused):
    """There are cells to correct or to decide on."""


def receive(*, submission: Submission, by: User, name: str, content: bytes) -> WorkbookUpload:
    """Read the workbook and keep it; nothing of the report changes.

    Raises WrongWorkbook, Unreadable and Busy as `reading.read_workbook` does.
    """
    read = read_workbook(content, submission)
    storage = WorkbookUpload._meta.get_field("file").storage
    with ExitStack() as undo:
        file = uuid.uuid4().hex
        undo.callback(storage.delete, file)
        upload = WorkbookUpload.objects.create(
            submission=submission,
            by=by,
            at=calendar.now(),
            name="".join(letter for letter in name if letter.isprintable())[:_LONGEST_NAME],
            sha256=hashlib.sha256(content).hexdigest(),
            file=storage.save(file, ContentFile(content)),
            cells=json.dumps(read, ensure_ascii=True),
        )
        undo.pop_all()
    return upload


def compare_upload(upload: WorkbookUpload, choices: dict[str, str] | None = None) -> Comparison:
    """The workbook beside its report as it is now. `upload` with its submission and its context."""
    return compare(upload.submission, header_of(upload.read), upload.read, choices)


@transaction.atomic
def confirm(*, upload: WorkbookUpload, by: User, choices: dict[str, str], seen: str) -> list[int]:
    """Save what the workbook changes, all of it or nothing; returns the ordinals of the activities that were saved.

    `seen`: `Comparison.seen` of what the person read; `choices`: what he chose where the page had changed too.
    Raises Refused in one of its kinds; nothing is saved then.
    """
    locked = lock(upload.submission)
    require_agency(locked, by)
    if WorkbookUpload.objects.filter(pk=upload.pk, confirmed_at__isnull=False).exists():
        raise AlreadyConfirmed(_("This workbook has been confirmed already. Nothing has been changed again."))
    if not locked.is_editable:
        raise Refused(why_locked(locked))
    found = compare(locked, header_of(upload.read), upload.read, choices)
    if found.seen != seen:
        raise Changed(_changed())
    if found.flaws or found.undecided:
        raise Undecided(_("Nothing has been saved: there is something to correct or to decide on."))
    try:
        for form in found.forms:
            entering.save_typed(form, submission=locked, by=by, version=form.base_version)
    except Conflict as conflict:
        raise Changed(_changed()) from conflict
    WorkbookUpload.objects.filter(pk=upload.pk).update(confirmed_at=calendar.now())
    return sorted(form.owed.activity.ordinal for form in found.forms)


def _changed() -> str:
    return _("The report was changed after you opened this page. Nothing has been saved: look at the changes again.")


def forget_old() -> int:
    """Delete the uploads that are older than a week, with their files; returns how many."""
    old = list(WorkbookUpload.objects.filter(at__lt=calendar.now() - KEPT))
    for upload in old:
        # The file first: a row without a file is deleted by the next run, a file without a row by nobody.
        upload.file.storage.delete(upload.file.name)
        upload.delete()
    return len(old)
