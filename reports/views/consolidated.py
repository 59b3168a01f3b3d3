"""The consolidated report and its supplements: preview, documents, and the way to the Government."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from programme import calendar

from .. import documents
from ..consolidation import files, finalising, signing
from ..consolidation.building import build
from ..consolidation.handing_over import gaps
from ..consolidation.since_then import since_then
from ..consolidation.structure import Report
from ..documents.wording import Wording, timing_in_words
from ..forms.dispatch import SendForm
from ..forms.review import ReturnForm
from ..models import ConsolidatedReport, Period, Proposal
from ..timeliness import Timeliness, Timing
from ..transitions import Refused
from .periods import get_period


@require_http_methods(["GET", "HEAD", "POST"])
def preview(request, slug, code, number=1):
    """The report (number 1) or a supplement as a page, live until it is finalised, as it was frozen afterwards.

    POST hands it over, takes it back, gives it back or finalises it.
    """
    period = get_period(slug, code)
    _require_reader(request)
    if request.method == "POST":
        return _act(request, period, number)
    reports = list(_reports(period, request.user).defer("content"))
    proposal = Proposal.objects.filter(period=period).select_related("by").first()
    frozen = _numbered(reports, number)
    try:
        live = None if frozen else _live(period, reports, proposal, number)
    except Refused as refusal:
        messages.error(request, str(refusal))
        return redirect(_before(period, number))
    standing = {
        "frozen": frozen,
        "events": list(period.report_events.select_related("by", "report").defer("report__content")),
        "downloads": _downloads(period, number, frozen),
    }
    standing |= _standing_of_frozen(frozen, reports, proposal) if frozen else _standing_of_live(period, live, proposal)
    context = {
        "period": period,
        "outline": documents.outline.outline(frozen.data if frozen else live, translation.get_language()),
        "behind": reverse("behind", args=[slug, code]) + (f"?number={number}&" if frozen else "?"),
        "standing": standing,
        "section": "periods",
        "breadcrumbs": _breadcrumbs(period, with_report=number > 1),
    }
    return render(request, "reports/consolidated.html", context)


@require_POST
def send(request, slug, code, number):
    """Record how a finalised report went out."""
    period = get_period(slug, code)
    _require_reader(request)
    report = get_object_or_404(_reports(period, request.user), number=number)
    _require_coordinator(request)
    form = SendForm(request.POST, report=report)
    if form.is_valid():
        try:
            dispatch = finalising.send(report=report, by=request.user, **form.cleaned_data)
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("The report is recorded as sent under No. %(number)s.") % {"number": dispatch})
            return redirect(_address(period, number))
    return _form_again(request, period, number, form)


@require_GET
def document(request, slug, code, fmt, number=1):
    """The same as a file in the reader's language; of a finalised report the stored one, byte for byte."""
    period = get_period(slug, code)
    _require_reader(request)
    if fmt not in documents.CONTENT_TYPES and fmt != files.SIGNED:
        raise Http404
    language = translation.get_language()
    frozen = _reports(period, request.user).filter(number=number).first()
    try:
        if frozen:
            report, content = frozen.data, files.content_of(frozen, fmt, language)
        else:
            report = _live_document(period, request.user, fmt, number)
            content = documents.render(report, fmt, language)
    except Refused as refusal:
        messages.error(request, str(refusal))
        return redirect(_address(period, number) if frozen else _before(period, number))
    response = HttpResponse(content, content_type=documents.CONTENT_TYPES[fmt.removeprefix("signed.")])
    response["Content-Disposition"] = f'attachment; filename="{documents.file_name(report, fmt, language)}"'
    return response


def _require_reader(request) -> None:
    if not request.user.reads_everything:
        raise PermissionDenied


def _require_coordinator(request) -> None:
    if not request.user.coordinates:
        raise PermissionDenied


def _reports(period: Period, user):
    """The finalised ones of the half-year, oldest first."""
    reports = ConsolidatedReport.objects.visible_to(user).filter(period=period)
    return reports.select_related("period__programme__lead_agency", "compiled_by", "finalised_by", "dispatch__by")


def _numbered(reports: list[ConsolidatedReport], number: int) -> ConsolidatedReport | None:
    return next((report for report in reports if report.number == number), None)


def _live(period: Period, reports: list[ConsolidatedReport], proposal: Proposal | None, number: int) -> Report:
    """The live report of that number. Raises Refused where none is due, and as `building.build`."""
    if number != len(reports) + 1:
        raise Http404
    after = reports[-1] if reports else None
    if after and proposal is None:
        finalising.require_supplement(after)
    return build(period, after=after)[0]


def _live_document(period: Period, user, fmt: str, number: int) -> Report:
    if fmt == files.SIGNED:
        raise Http404
    return _live(period, list(_reports(period, user)), Proposal.objects.filter(period=period).first(), number)


def _standing_of_live(period: Period, report: Report, proposal: Proposal | None) -> dict:
    words = Wording(report, translation.get_language())
    open_still = gaps(period, report)
    digest = finalising.digest_of(report)
    return {
        "digest": digest,
        "proposal": proposal,
        "is_outdated": proposal is not None and proposal.digest != digest,
        "has_accepted": any(filing["receipt"] for filing in report["filings"]),
        "missing": [(words.name(filing["agency"]), timing_in_words(filing)) for filing in open_still.missing],
        "waiting": [words.name(filing["agency"]) for filing in open_still.waiting],
        "gaps": open_still,
        "due": None if report["number"] > 1 else _due(period),
        "return_form": ReturnForm(),
    }


def _standing_of_frozen(frozen: ConsolidatedReport, reports: list[ConsolidatedReport], proposal: Proposal | None):
    """What has changed since is asked of the latest report; an earlier one only points to it."""
    last = reports[-1]
    has_changed = finalising.has_changed(last)
    is_sent = hasattr(frozen, "dispatch")
    follows = hasattr(last, "dispatch") and (has_changed or proposal)
    return {
        "send_form": None if is_sent else SendForm(report=frozen),
        "send_address": reverse("send-consolidated", args=[*_place(frozen.period), frozen.number]),
        "due": None if is_sent or frozen.is_supplement else _due(frozen.period),
        "can_sign": signing.is_configured(),
        "supplements": [(_address(frozen.period, one.number), one) for one in reports if one.number > frozen.number],
        "since": since_then(frozen, translation.get_language()) if has_changed and frozen == last else None,
        "supplement": _address(frozen.period, last.number + 1) if follows else "",
        "proposal": proposal,
    }


def _due(period: Period) -> Timeliness:
    days = (period.consolidated_due - calendar.today(period.programme.time_zone)).days
    return Timeliness(Timing.OVERDUE, -days) if days < 0 else Timeliness(Timing.OPEN, days)


def _downloads(period: Period, number: int, frozen: ConsolidatedReport | None) -> list[tuple[str, str]]:
    """Addresses and labels."""
    formats = {
        "docx": _("Word document (DOCX)"),
        "pdf": _("PDF document"),
        files.SIGNED: _("Signed PDF document"),
        "xlsx": _("Excel workbook (XLSX)"),
        "json": _("Data (JSON)"),
    }
    if not (frozen and signing.is_configured()):
        del formats[files.SIGNED]
    name, place = "consolidated-document", _place(period)
    if number > 1:
        name, place = "consolidated-report-document", [*place, number]
    return [(reverse(name, args=[*place, fmt]), label) for fmt, label in formats.items()]


def _address(period: Period, number: int) -> str:
    if number == 1:
        return reverse("consolidated", args=_place(period))
    return reverse("consolidated-report", args=[*_place(period), number])


def _before(period: Period, number: int) -> str:
    """Where a report is announced that cannot be shown."""
    return _address(period, number - 1) if number > 1 else reverse("period", args=_place(period))


def _place(period: Period) -> list[str]:
    return [period.programme.slug, period.code]


def _breadcrumbs(period: Period, *, with_report: bool) -> list[tuple[str, str]]:
    place = _place(period)
    trail = [(reverse("periods", args=place[:1]), _("Half-years")), (reverse("period", args=place), period.title)]
    return [*trail, (_address(period, 1), _("Consolidated information"))] if with_report else trail


def _act(request, period: Period, number: int):
    _require_coordinator(request)
    if "give_back" in request.POST:
        return _give_back(request, period, number)
    action = next((name for name in ("propose", "withdraw", "finalise") if name in request.POST), None)
    seen = request.POST.get("seen", "")
    try:
        match action:
            case "propose":
                finalising.propose(period=period, by=request.user, seen=seen)
                said = _("The report has been handed over. Another coordinator reads and finalises it.")
            case "withdraw":
                finalising.withdraw(period=period, by=request.user)
                said = _("The report has been taken back; its texts can be changed again.")
            case "finalise":
                frozen = finalising.finalise(period=period, by=request.user, seen=seen)
                said = _("The consolidated report has been finalised. SHA-256: %(hash)s") % {"hash": frozen.sha256}
            case _:
                return redirect(_address(period, number))
    except Refused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, said)
    return redirect(_address(period, number))


def _give_back(request, period: Period, number: int):
    form = ReturnForm(request.POST)
    if form.is_valid():
        try:
            finalising.give_back(period=period, by=request.user, reason=form.cleaned_data["reason"])
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("The report has been given back; its texts can be changed again."))
            return redirect(_address(period, number))
    return _form_again(request, period, number, form)


def _form_again(request, period: Period, number: int, form):
    """The form alone, with what is wrong with it and what was typed."""
    context = {
        "period": period,
        "number": number,
        "form": form,
        "is_given_back": "give_back" in request.POST,
        "address": _address(period, number),
        "section": "periods",
        "breadcrumbs": _breadcrumbs(period, with_report=True),
    }
    return render(request, "reports/consolidated_form.html", context, status=422)
