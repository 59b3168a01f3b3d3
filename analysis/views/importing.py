"""Bulk import, for coordinators and administrators: the kinds, the files of each, a check and its result."""

import io
from functools import wraps

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import FileResponse, Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from programme import calendar
from reports.foreign_files import Busy, Unreadable

from .. import importing, jobs
from ..importing import KINDS, files
from ..importing.forms import ImportForm
from ..importing.preview import Preview
from ..importing.running import MAY_IMPORT
from ..models import Job
from .jobs import Standing

FORMATS = {
    "xlsx": (files.write_xlsx, "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    "csv": (files.write_csv, "text/csv; charset=utf-8"),
}
IMPORTS = (Job.Kind.CHECK_IMPORT, Job.Kind.IMPORT)


def for_importers(view):
    @wraps(view)
    def guarded(request, *args, **kwargs):
        if request.user.role not in MAY_IMPORT:
            raise PermissionDenied
        return view(request, *args, **kwargs)

    return guarded


@require_safe
@for_importers
def import_list(request):
    """What can be imported. No query."""
    return render(request, "analysis/imports.html", {"kinds": KINDS, "section": "imports"})


@require_http_methods(["GET", "HEAD", "POST"])
@for_importers
def import_kind(request, kind):
    """The columns of a kind, files to start from, and the upload, which is checked and leads to the preview."""
    if kind not in KINDS:
        raise Http404
    if request.method != "POST":
        return _kind_page(request, kind, ImportForm())
    form = ImportForm(request.POST, request.FILES, oversized=tuple(getattr(request, "oversized", ())))
    if not form.is_valid():
        return _kind_page(request, kind, form, status=422)
    try:
        job = importing.begin(kind=kind, file=form.cleaned_data["file"], by=request.user)
    except (Unreadable, Busy) as error:
        form.add_error("file", str(error))
        return _kind_page(request, kind, form, status=503 if isinstance(error, Busy) else 422)
    return redirect("import-job", job.pk)


def _kind_page(request, kind, form, status=200):
    resource = KINDS[kind]()
    columns = [(column, files.example(column)) for column in resource.columns.values()]
    context = {"kind": kind, "resource": resource, "columns": columns, "form": form, "section": "imports"}
    return render(request, "analysis/import.html", context | {"breadcrumbs": _trail()}, status=status)


@require_safe
@for_importers
def import_template(request, kind, fmt):
    """A file with the columns of a kind, and no rows."""
    return _file(kind, fmt, files.template, f"{kind}-template")


@require_safe
@never_cache
@for_importers
def import_current(request, kind, fmt):
    """What is there now, in the columns of the template."""
    return _file(kind, fmt, files.current, f"{kind}-{calendar.today():%Y-%m-%d}")


def _file(kind, fmt, sheet, name):
    if kind not in KINDS or fmt not in FORMATS:
        raise Http404
    write, content_type = FORMATS[fmt]
    content = io.BytesIO()
    write(sheet(KINDS[kind]), content)
    content.seek(0)
    return FileResponse(content, as_attachment=True, filename=f"{name}.{fmt}", content_type=content_type)


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@for_importers
def import_job(request, pk):
    """How far a check or an import is, or what came out of it. POST writes what was checked."""
    job = get_object_or_404(Job.objects.visible_to(request.user), pk=pk, kind__in=IMPORTS)
    if job.state != Job.State.DONE:
        return _unfinished_page(request, job)
    preview = Preview(job)
    if request.method == "POST":
        if not preview.can_be_confirmed:
            messages.error(request, _("There is nothing to write. Upload the file again."))
            return redirect("import-job", job.pk)
        return redirect("import-job", importing.confirm(job, by=request.user).pk)
    context = {"job": job, "preview": preview, "kind": job.arguments["kind"], "section": "imports"}
    return render(request, "analysis/import_job.html", context | {"breadcrumbs": _trail(job)})


def _unfinished_page(request, job):
    standing = Standing(job, jobs.place_in_line(job) if job.state == Job.State.QUEUED else None)
    context = {"job": job, "standing": standing, "waits_in_vain": jobs.waits_in_vain(job), "section": "imports"}
    return render(request, "analysis/import_waiting.html", context | {"breadcrumbs": _trail(job)})


def _trail(job=None) -> list[tuple[str, str]]:
    trail = [(reverse("imports"), _("Bulk import"))]
    if job:
        kind = job.arguments["kind"]
        trail.append((reverse("import", args=[kind]), str(KINDS[kind].title)))
    return trail
