"""The consolidated report and its supplements: preview, documents, and the way to the Government."""

from dataclasses import dataclass
from functools import cached_property

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import prefetch_related_objects
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts import audit
from accounts.models import User
from programme import calendar, stamps

from .. import documents
from ..consolidation import files, finalising, signing
from ..consolidation.building import build, compiled
from ..consolidation.handing_over import gaps
from ..consolidation.since_then import since_then
from ..consolidation.structure import Report
from ..documents.blocks import Outline
from ..documents.wording import Wording, timing_in_words
from ..forms.dispatch import SendForm
from ..forms.review import ReturnForm
from ..models import ConsolidatedReport, Period, Proposal
from ..read_once import with_data
from ..timeliness import Timeliness, Timing
from ..transitions import Refused
from .periods import get_period, open_period


@require_http_methods(["GET", "HEAD", "POST"])
def preview(request, slug, code, number=1):
    """The report (number 1) or a supplement as a page, live until it is finalised, as it was frozen afterwards.

    POST hands it over, takes it back, gives it back or finalises it.
    """
    if request.method == "POST":
        period = get_period(slug, code)
        _require_reader(request)
        return _act(request, period, number)
    frame, period = open_period(request, slug, code)
    _require_reader(request)
    page = _Page(period, request.user, number, frame.stamp)
    try:
        facts = stamps.kept(("report-facts", *frame.kept_by), page.facts)
    except Refused as refusal:
        messages.error(request, str(refusal))
        return redirect(_before(period, number))
    context = {
        "portal": frame,
        "period": period,
        "facts": facts,
        "report": lambda: stamps.kept(("report", *facts.made_from), page.as_html),
        "standing": lambda: page.standing,
        "number": number,
        "send_form": lambda: SendForm(report=page.frozen),
        "return_form": ReturnForm,
        "section": "periods",
        "breadcrumbs": _breadcrumbs(period, with_report=number > 1),
    }
    return render(request, "reports/consolidated.html", context)


@dataclass(frozen=True)
class Facts:
    """What the page's head and its forms need to know of the report.

    `made_from`: what the report itself is the same by; `proposed_by`: the key of the coordinator who handed it over;
    `is_outdated`: what is read is not what was handed over.
    """

    made_from: tuple[str, ...]
    cover: "Cover"
    is_frozen: bool
    is_sent: bool
    proposed_by: int | None
    is_outdated: bool


@dataclass(frozen=True)
class Cover:
    """`digest`: of what is read, of a live report."""

    title: str
    heading: str
    of_period: str
    demonstration: str
    has_accepted: bool
    digest: str


class _Page:
    """A report of that number, read when a part of the page asks for it. Raises Refused as `_live`."""

    def __init__(self, period: Period, reader: User, number: int, stamp: str):
        self.period, self.reader, self.number, self.stamp = period, reader, number, stamp

    @cached_property
    def reports(self) -> list[ConsolidatedReport]:
        found = _reports(self.period, self.reader).select_related(None).defer("content")
        found = list(found.select_related("compiled_by", "finalised_by", "dispatch__by"))
        for report in found:
            report.period = self.period
        return found

    @cached_property
    def proposal(self) -> Proposal | None:
        return Proposal.objects.filter(period=self.period).select_related("by").first()

    @cached_property
    def frozen(self) -> ConsolidatedReport | None:
        return next((report for report in self.reports if report.number == self.number), None)

    @cached_property
    def made_from(self) -> tuple[str, ...]:
        """A finalised report is the same for ever, a live one until something is filed or written, or a day passes."""
        language = translation.get_language()
        if self.frozen:
            return (self.frozen.sha256, language, str(self.number))
        # Read once for all that asks for them.
        prefetch_related_objects([self.period], "report_texts")
        written = [(text.pk, text.version) for text in self.period.report_texts.all()]
        day = calendar.today(self.period.programme.time_zone)
        filed = stamps.of_filed(self.stamp)
        return (filed, str(written), language, str(self.period.pk), str(self.number), str(day))

    @cached_property
    def live(self) -> Report:
        after = _after(self.reports, self.proposal, self.number)
        prefetch_related_objects([self.period], "report_texts")
        return compiled(self.period, self.stamp, after).report

    @cached_property
    def outline(self) -> Outline:
        language = translation.get_language()
        if self.frozen:
            return documents.outline.outline(with_data([self.frozen])[0].data, language, self.frozen.sha256)
        # The page of a live report does not name its hash.
        return documents.outline.outline(self.live, language, "")

    @cached_property
    def standing(self) -> dict:
        standing = {
            "frozen": self.frozen,
            "events": list(self.period.report_events.select_related("by", "report").defer("report__content")),
            "downloads": _downloads(self.period, self.number, self.frozen),
            "proposal": self.proposal,
        }
        return standing | (self._frozen_standing() if self.frozen else self._live_standing())

    def facts(self) -> Facts:
        cover = stamps.kept(("cover", *self.made_from), self._cover)
        return Facts(
            made_from=self.made_from,
            cover=cover,
            is_frozen=self.frozen is not None,
            is_sent=self.frozen is not None and hasattr(self.frozen, "dispatch"),
            proposed_by=self.proposal and self.proposal.by_id,
            is_outdated=self.proposal is not None and self.proposal.digest != cover.digest,
        )

    def _cover(self) -> Cover:
        return Cover(
            title=self.outline.title,
            heading=self.outline.heading,
            of_period=self.outline.period,
            demonstration=self.outline.demonstration,
            has_accepted=not self.frozen and any(filing["receipt"] for filing in self.live["filings"]),
            digest="" if self.frozen else finalising.digest_of(self.live),
        )

    def as_html(self) -> SafeString:
        behind = reverse("behind", args=_place(self.period)) + (f"?number={self.number}&" if self.frozen else "?")
        return render_to_string("reports/_consolidated_report.html", {"outline": self.outline, "behind": behind})

    def _live_standing(self) -> dict:
        words = Wording(self.live, translation.get_language())
        open_still = gaps(self.period, self.live)
        return {
            "missing": [(words.name(filing["agency"]), timing_in_words(filing)) for filing in open_still.missing],
            "waiting": [words.name(filing["agency"]) for filing in open_still.waiting],
            "gaps": open_still,
            "due": None if self.number > 1 else _due(self.period),
        }

    def _frozen_standing(self) -> dict:
        """What has changed since is asked of the latest report; an earlier one only points to it."""
        frozen, last, place = self.frozen, self.reports[-1], self.period
        has_changed = finalising.has_changed(last)
        is_sent = hasattr(frozen, "dispatch")
        follows = hasattr(last, "dispatch") and (has_changed or self.proposal)
        is_asked = has_changed and frozen == last
        return {
            "due": None if is_sent or frozen.is_supplement else _due(place),
            "can_sign": signing.is_configured(),
            "supplements": [(_address(place, one.number), one) for one in self.reports if one.number > frozen.number],
            "since": since_then(frozen, translation.get_language(), self.stamp) if is_asked else None,
            "supplement": _address(place, last.number + 1) if follows else "",
        }


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
    audit.exported("consolidated", by=request.user, subject=period, number=number, format=fmt, language=language)
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


def _after(reports: list[ConsolidatedReport], proposal: Proposal | None, number: int) -> ConsolidatedReport | None:
    """The report that the live one of that number is a supplement to; none for a first one.

    Raises Refused where no supplement is due, Http404 for a number that is not the next.
    """
    if number != len(reports) + 1:
        raise Http404
    after = reports[-1] if reports else None
    if after and proposal is None:
        finalising.require_supplement(after)
    return after


def _live_document(period: Period, user, fmt: str, number: int) -> Report:
    if fmt == files.SIGNED:
        raise Http404
    reports = list(_reports(period, user).defer("content"))
    proposal = Proposal.objects.filter(period=period).first()
    return build(period, after=_after(reports, proposal, number))[0]


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
