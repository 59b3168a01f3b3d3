"""Files that people attach: kept when an entry is saved, and served through the scoped door."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager

from django.core.exceptions import ValidationError
from django.http import FileResponse, Http404
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from activities.models import Activity

from .. import filing
from ..attachments import check_upload, too_large
from ..models import Attachment, Submission
from ..transitions import Refused

REPLACE = "replace_"
log = logging.getLogger(__name__)


def keep_uploads(request, submission: Submission, activity: Activity) -> list[str]:
    """Do what a posted form asks of the activity's files: `files` (new), `replace_<id>` (next version), `remove` (id).

    Returns why some could not be kept or removed, in the active language; each file stands for itself.
    """
    errors = [too_large(name).message for name in getattr(request, "oversized", [])]
    replacing = [key for key in request.FILES if key.startswith(REPLACE)]
    removing = request.POST.getlist("remove")
    known = submission.attachments.filter(activity=activity) if replacing or removing else ()
    by_id = {str(attachment.pk): attachment for attachment in known}
    for key in replacing:
        with _collect(errors):
            _attach(request, submission, activity, request.FILES[key], _find(by_id, key.removeprefix(REPLACE)))
    for file in request.FILES.getlist("files"):
        with _collect(errors):
            _attach(request, submission, activity, file)
    for pk in removing:
        with _collect(errors):
            filing.detach(attachment=_find(by_id, pk), by=request.user)
    return list(dict.fromkeys(errors))


def _attach(request, submission: Submission, activity: Activity, file, replaces: Attachment | None = None) -> None:
    filing.attach(
        submission=submission, activity=activity, by=request.user, upload=check_upload(file), replaces=replaces
    )


def _find(by_id: dict[str, Attachment], pk: str) -> Attachment:
    if pk not in by_id:
        raise Refused(_("This file has been replaced or removed meanwhile."))
    return by_id[pk]


@contextmanager
def _collect(errors: list[str]) -> Iterator[None]:
    try:
        yield
    except ValidationError as error:
        errors.extend(error.messages)
    except Refused as refusal:
        errors.append(str(refusal))
    except OSError:
        log.exception("The storage of attachments failed")
        errors.append(_("The file could not be stored. Try again later; if it fails again, tell the administrator."))


@require_safe
def attachment(request, pk):
    """The file as it was uploaded. A browser may not take it for anything but a file to keep."""
    found = get_object_or_404(Attachment.objects.visible_to(request.user), pk=pk)
    try:
        content = found.file.open()
    except FileNotFoundError as missing:
        log.error("Attachment %s is not in the storage: %s", found.pk, found.file.name)
        raise Http404 from missing
    response = FileResponse(content, as_attachment=True, filename=found.name, content_type=found.content_type)
    response["Content-Security-Policy"] = "sandbox; default-src 'none'"
    return response
