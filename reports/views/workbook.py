"""Filling in off-line: the workbook down, up again, its preview, and the same with its errors marked."""

import io
import logging
from pathlib import PurePath

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import FileResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from ..attachments import ARCHIVES
from ..duty import owed_activities
from ..filing import why_locked
from ..foreign_files import Busy, Unreadable
from ..forms.workbook import WorkbookForm
from ..models import Submission, WorkbookUpload
from ..transitions import Refused
from ..workbook import marking, uploads, writing
from ..workbook.answers import Comparison
from ..workbook.reading import WrongWorkbook
from .entry import get_submission_to_write
from .submission import submission_breadcrumbs

log = logging.getLogger(__name__)


@never_cache
@require_safe
def workbook(request, pk):
    """The workbook to fill in, in the reader's language."""
    sub = get_submission_to_write(request, pk)
    if not sub.is_editable:
        return _to_report(request, sub, why_locked(sub))
    content = writing.write(sub, translation.get_language())
    return _file(content, f"{sub.agency.code}-{sub.period.code}.xlsx")


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def upload(request, pk):
    """Takes a filled-in workbook and goes on to its preview; stores nothing of the report."""
    sub = get_submission_to_write(request, pk)
    if not sub.is_editable:
        return _to_report(request, sub, why_locked(sub))
    if request.method != "POST":
        return _upload_page(request, sub, WorkbookForm())
    form = WorkbookForm(request.POST, request.FILES, is_too_large=hasattr(request, "oversized"))
    if not form.is_valid():
        return _upload_page(request, sub, form, status=422)
    file = form.cleaned_data["file"]
    try:
        received = uploads.receive(submission=sub, by=request.user, name=file.name, content=file.read())
    except (WrongWorkbook, Unreadable) as wrong:
        form.add_error("file", str(wrong))
        return _upload_page(request, sub, form, status=422)
    except Busy as busy:
        form.add_error("file", str(busy))
        return _upload_page(request, sub, form, status=503)
    except OSError:
        log.exception("The storage of passing files failed")
        text = _("The file could not be stored. Try again later; if it fails again, tell the administrator.")
        form.add_error("file", text)
        return _upload_page(request, sub, form, status=503)
    return redirect("workbook-preview", received.pk)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def preview(request, pk):
    """What the workbook would change; POST saves it, if the report is still as it was shown."""
    found = _get_upload(request, pk)
    sub = found.submission
    if found.confirmed_at:
        messages.info(request, _("This workbook has been confirmed already. Nothing has been changed again."))
        return redirect("submission", sub.pk)
    if not sub.is_editable:
        return _to_report(request, sub, why_locked(sub))
    if request.method == "POST":
        return _confirm(request, found)
    return _preview_page(request, found, uploads.compare_upload(found))


@never_cache
@require_safe
def marked(request, pk):
    """The user's own workbook with its errors marked, for the next round."""
    found = _get_upload(request, pk)
    comparison = uploads.compare_upload(found)
    if not comparison.flaws:
        messages.info(request, _("Nothing is wrong in this workbook any more."))
        return redirect("workbook-preview", pk)
    try:
        content = marking.mark(found, comparison.flaws)
    except (Unreadable, Busy) as reason:
        messages.error(request, str(reason))
        return redirect("workbook-preview", pk)
    except FileNotFoundError:
        messages.error(request, _("The file is not kept any more. Upload it again."))
        return redirect("workbook-upload", found.submission_id)
    return _file(content, f"{PurePath(found.name).stem}-{_('errors')}.xlsx")


def _get_upload(request, pk: int) -> WorkbookUpload:
    visible = WorkbookUpload.objects.visible_to(request.user).with_context()
    found = get_object_or_404(visible, pk=pk)
    if not request.user.files_for_agency:
        raise PermissionDenied
    return found


def _confirm(request, found: WorkbookUpload):
    choices = {name: value for name, value in request.POST.items() if name.startswith("choice-")}
    sub = found.submission
    try:
        saved = uploads.confirm(upload=found, by=request.user, choices=choices, seen=request.POST.get("seen", ""))
    except uploads.Changed as changed:
        messages.warning(request, str(changed))
        return _preview_page(request, found, uploads.compare_upload(found), status=409)
    except uploads.Undecided:
        return _preview_page(request, found, uploads.compare_upload(found, choices), status=422)
    except uploads.AlreadyConfirmed as confirmed:
        messages.info(request, str(confirmed))
        return redirect("submission", sub.pk)
    except Refused as refused:
        return _to_report(request, sub, str(refused))
    _say(request, sub, saved)
    return redirect("submission", sub.pk)


def _say(request, sub: Submission, saved: list[int]) -> None:
    if not saved:
        messages.info(request, _("Everything stays as it is on the page: nothing of the workbook was to be saved."))
        return
    text = ngettext(
        "Saved from the workbook: activity %(rows)s.", "Saved from the workbook: activities %(rows)s.", len(saved)
    )
    messages.success(request, text % {"rows": ", ".join(map(str, saved))})
    unfinished = [str(item.activity.ordinal) for item in owed_activities(sub) if not item.is_complete]
    if unfinished:
        messages.warning(request, _("Still to be completed: %(rows)s.") % {"rows": ", ".join(unfinished)})


def _to_report(request, sub: Submission, why: str):
    messages.error(request, why)
    return redirect("submission", sub.pk)


def _upload_page(request, sub: Submission, form: WorkbookForm, status: int = 200):
    context = {
        "submission": sub,
        "period": sub.period,
        "form": form,
        "section": "periods",
        "breadcrumbs": submission_breadcrumbs(sub),
    }
    return render(request, "reports/workbook_upload.html", context, status=status)


def _preview_page(request, found: WorkbookUpload, comparison: Comparison, status: int = 200):
    sub = found.submission
    context = {
        "upload": found,
        "submission": sub,
        "period": sub.period,
        "comparison": comparison,
        "can_choose": not comparison.flaws,
        "is_refused": status == 422,
        "section": "periods",
        "breadcrumbs": [
            *submission_breadcrumbs(sub),
            (reverse("workbook-upload", args=[sub.pk]), _("Filling in off-line")),
        ],
    }
    return render(request, "reports/workbook_preview.html", context, status=status)


def _file(content: bytes, name: str) -> FileResponse:
    return FileResponse(io.BytesIO(content), as_attachment=True, filename=name, content_type=ARCHIVES["xlsx"])
