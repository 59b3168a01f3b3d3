"""The consolidated report: preview, documents, finalising."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from .. import documents
from ..consolidation import building, finalising, structure
from ..models import ConsolidatedReport
from ..transitions import Refused
from .periods import get_period


@require_http_methods(["GET", "HEAD", "POST"])
def preview(request, slug, code):
    """The report as a page, live until it is finalised (POST). Shows the frozen structure afterwards."""
    period = get_period(slug, code)
    _require_reader(request)
    if request.method == "POST":
        return _finalise(request, period)
    frozen = ConsolidatedReport.objects.select_related("finalised_by").filter(period=period).first()
    try:
        report = structure.read(frozen.data) if frozen else building.consolidate(period)
    except Refused as refusal:
        messages.error(request, str(refusal))
        return redirect("period", slug, code)
    context = {
        "period": period,
        "report": report,
        "outline": documents.outline.outline(report, translation.get_language()),
        "frozen": frozen,
        "can_finalise": request.user.coordinates and frozen is None,
        "section": "periods",
    }
    return render(request, "reports/consolidated.html", context)


@require_GET
def document(request, slug, code, fmt):
    """The same as a file in the reader's language."""
    period = get_period(slug, code)
    _require_reader(request)
    if fmt not in documents.CONTENT_TYPES:
        raise Http404
    try:
        report = building.report_of(period)
    except Refused as refusal:
        messages.error(request, str(refusal))
        return redirect("period", slug, code)
    language = translation.get_language()
    response = HttpResponse(documents.render(report, fmt, language), content_type=documents.CONTENT_TYPES[fmt])
    response["Content-Disposition"] = f'attachment; filename="{documents.file_name(report, fmt, language)}"'
    return response


def _require_reader(request) -> None:
    if not request.user.reads_everything:
        raise PermissionDenied


def _finalise(request, period):
    if not request.user.coordinates:
        raise PermissionDenied
    try:
        frozen = finalising.finalise(period=period, by=request.user)
    except Refused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(
            request,
            _("The consolidated report has been finalised. SHA-256: %(hash)s") % {"hash": frozen.sha256},
        )
    return redirect("consolidated", period.programme.slug, period.code)
