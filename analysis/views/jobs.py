"""Jobs: one's own, how far each is, what came out of it. Other people's do not exist here."""

import logging
from dataclasses import dataclass

from django.contrib import messages
from django.http import FileResponse, Http404, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.cache import patch_vary_headers
from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.kept_text import asks_for_json

from .. import jobs
from ..models import Job

# A list is for a week's work; older jobs are gone.
MOST_SHOWN = 100
TONES = {
    Job.State.QUEUED: "neutral",
    Job.State.RUNNING: "info",
    Job.State.DONE: "done",
    Job.State.FAILED: "bad",
    Job.State.CANCELLED: "neutral",
}
# Where what came out is confirmed or read, by kind; other kinds come out as a file.
PAGES = {Job.Kind.CHECK_IMPORT: "import-job", Job.Kind.IMPORT: "import-job"}
log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Standing:
    """A job as its pages show it. `place`: in line, None where that does not matter."""

    job: Job
    place: int | None = None

    @property
    def url(self) -> str:
        return reverse("job", args=[self.job.pk])

    @property
    def tone(self) -> str:
        return TONES[self.job.state]

    @property
    def has_file(self) -> bool:
        return bool(self.job.result)

    @property
    def size(self) -> int | None:
        """Of the file, in bytes; None if the storage has lost it."""
        try:
            return self.job.result.size
        except OSError:
            return None

    @property
    def can_start_again(self) -> bool:
        return self.job.state in (Job.State.FAILED, Job.State.CANCELLED) and self.job.kind not in PAGES

    @property
    def text(self) -> str:
        """How far it is, in words."""
        job = self.job
        if job.is_to_be_cancelled and not job.has_ended:
            return _("It is being cancelled.")
        if job.state == Job.State.QUEUED:
            return _("Place in line: %(place)s") % {"place": self.place} if self.place else ""
        done, total = _grouped(job.done), _grouped(job.total or 0)
        if job.state == Job.State.RUNNING and job.total:
            return _("%(done)s of %(total)s rows") % {"done": done, "total": total}
        return _("Rows: %(number)s") % {"number": done} if job.done else ""

    @property
    def as_json(self) -> dict:
        """What `jobs.js` shows; a value of None: it is not known how far it is."""
        job = self.job
        return {
            "state": job.state,
            "text": self.text,
            "value": job.done if job.state == Job.State.RUNNING and job.total else None,
            "max": job.total or None,
        }


@require_safe
def job_list(request):
    """The reader's own jobs, newest first. One query."""
    own = Job.objects.visible_to(request.user).order_by("-created_at", "pk")[:MOST_SHOWN]
    context = {"standings": [Standing(job) for job in own], "breadcrumbs": _trail(), "section": "datasets"}
    return render(request, "analysis/job_list.html", context)


@require_safe
def job(request, pk):
    """One job: how far it is, and what came out. Scripts get the same as JSON. Three queries at most."""
    found = _own(request, pk)
    waits = found.state == Job.State.QUEUED
    standing = Standing(found, jobs.place_in_line(found) if waits else None)
    if asks_for_json(request):
        response = JsonResponse(standing.as_json)
    elif found.kind in PAGES:
        return redirect(PAGES[found.kind], found.pk)
    else:
        context = {
            "standing": standing,
            "job": found,
            "waits_in_vain": jobs.waits_in_vain(found),
            "breadcrumbs": _trail((reverse("jobs"), _("Jobs"))),
            "section": "datasets",
        }
        response = render(request, "analysis/job.html", context)
    patch_vary_headers(response, ["Accept"])
    response["Cache-Control"] = "no-store"
    return response


@require_safe
def result(request, pk):
    """The file that the job made."""
    found = _own(request, pk)
    if not found.result:
        raise Http404
    try:
        content = found.result.open()
    except FileNotFoundError as missing:
        log.error("The result of job %s is not in the storage: %s", found.pk, found.result.name)
        raise Http404 from missing
    response = FileResponse(content, as_attachment=True, filename=found.result_name)
    response["Cache-Control"] = "private, no-store"
    return response


@require_POST
def cancel(request, pk):
    """What waits ends, what runs stops at its next step; the page says which."""
    found = _own(request, pk)
    jobs.cancel(found)
    return redirect("job", found.pk)


@require_POST
def again(request, pk):
    """A new job takes the place of one that failed or was cancelled."""
    found = _own(request, pk)
    if not Standing(found).can_start_again:
        messages.error(request, _("Only work that failed or was cancelled can be started again."))
        return redirect("job", found.pk)
    return redirect("job", jobs.again(found).pk)


@require_POST
def delete(request, pk):
    """The job and its files are gone."""
    found = _own(request, pk)
    if not found.has_ended:
        messages.error(request, _("Cancel the work before you delete it."))
        return redirect("job", found.pk)
    jobs.forget(found)
    messages.success(request, _("“%(title)s” is deleted.") % {"title": found})
    return redirect("jobs")


def _own(request, pk) -> Job:
    return get_object_or_404(Job.objects.visible_to(request.user), pk=pk)


def _trail(*further: tuple[str, str]) -> list[tuple[str, str]]:
    return [(reverse("datasets"), _("Datasets")), *further]


def _grouped(number: int) -> str:
    return number_format(number, force_grouping=True)
