"""Compiling a half-year's report: what came in, and the texts that coordinators write, several of them at once."""

from collections import Counter
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import Prefetch, prefetch_related_objects
from django.http import Http404, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import translation
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from accounts.kept_text import asks_for_json, refusal
from programme import calendar

from ..consolidation import building, texts
from ..consolidation.structure import CONCLUSION, INTRODUCTION, Report, activity_part, section_part
from ..consolidation.workspace import Reading, recent_saves, time_left, titles
from ..forms.workspace import LANGUAGES, Box, TakeUpForm, TextForm, boxes, typed_texts
from ..models import Dispatch, Period, ReportText, ReportTextRevision
from ..transitions import Refused
from .entry import answers_scripts
from .periods import get_period


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def workspace(request, slug, code):
    """All parts in one language (`?text=ru`). Saving stores each changed text for itself; the others stay as typed."""
    period, language = _get_period(request, slug, code), _language(request)
    failed = []
    try:
        report = _load(period)
        if request.method == "POST":
            shown = _boxes(period, report, language)
            failed, saved = _save(request, period, report, shown)
            _say(request, saved, failed)
            if not failed:
                part = request.POST.get("at")
                return redirect(_address(period, language, part if part in shown else ""))
            # Beside what could not be saved the page shows what was.
            period = get_period(slug, code)
            report = _load(period)
    except Refused as refused:
        return _refused(request, period, str(refused))
    shown = _boxes(period, report, language)
    for box in failed:
        shown[box.part].form, shown[box.part].theirs = box.form, box.theirs
    context = _page(request, period, report, shown) | {"language": language, "failed": failed}
    status = (409 if any(box.theirs for box in failed) else 422) if failed else 200
    return render(request, "reports/workspace.html", context, status=status)


def _page(request, period: Period, report: Report, shown: dict[str, Box]) -> dict:
    reading = Reading(period, report, translation.get_language())
    sent = Dispatch.objects.filter(report__period=period).order_by("report__number").last()
    written = Counter(row.language for row in period.report_texts.all() if row.text)
    return {
        "period": period,
        "arrivals": reading.arrivals(),
        "sent": sent,
        "time_left": None if sent else time_left(period),
        "locked": texts.why_locked(period),
        "languages": [(code, name, written[code]) for code, name in LANGUAGES.items()],
        "others": [(row, shown[row.part], LANGUAGES[row.language]) for row in recent_saves(period, request.user)],
        "parts": len(shown),
        "introduction": shown[INTRODUCTION],
        "conclusion": shown[CONCLUSION],
        "sections": [
            (
                shown[section_part(section["number"])],
                [(shown[activity_part(one["ordinal"])], reading.activity(one)) for one in section["activities"]],
            )
            for section in report["sections"]
        ],
        "section": "periods",
        "breadcrumbs": _breadcrumbs(period),
    }


@never_cache
@answers_scripts
@require_http_methods(["GET", "HEAD", "POST"])
def report_text(request, slug, code, part):
    """The versions of one text (`?text=ru`), to take one up again (POST). The page's script saves here as one types."""
    period, language = _get_period(request, slug, code), _language(request)
    try:
        report = _load(period)
        box = _boxes(period, report, language).get(part)
        if box is None:
            raise Http404
        if request.method == "POST":
            answer = _autosave if asks_for_json(request) else _take_up
            return answer(request, period, report, box)
    except Refused as refused:
        return _refused(request, period, str(refused))
    context = {
        "period": period,
        "box": box,
        "language_name": LANGUAGES[language],
        "revisions": _revisions(period, box).select_related("by").order_by("-version"),
        "locked": texts.why_locked(period),
        "back": _address(period, language, part),
        "section": "periods",
        "breadcrumbs": [*_breadcrumbs(period), (_address(period, language), _("Compiling the report"))],
    }
    return render(request, "reports/workspace_versions.html", context)


def _get_period(request, slug: str, code: str) -> Period:
    period = get_period(slug, code)
    if not request.user.coordinates:
        raise PermissionDenied
    return period


def _language(request) -> str:
    """That of the texts; the reader's own unless another is asked for."""
    asked = request.GET.get("text")
    return asked if asked in LANGUAGES else translation.get_language()


def _load(period: Period) -> Report:
    """The live structure; the period's texts are loaded for it and for all that follows."""
    rows = ReportText.objects.select_related("updated_by").order_by("part", "language")
    prefetch_related_objects([period], Prefetch("report_texts", rows))
    return building.consolidate(period)


def _boxes(period: Period, report: Report, language: str) -> dict[str, Box]:
    return boxes(period, report, titles(report, translation.get_language()), language)


def _save(request, period: Period, report: Report, shown: dict[str, Box]) -> tuple[list[Box], int]:
    """Save every changed text; returns those that could not be saved, and how many were."""
    failed, saved = [], 0
    for part, box in shown.items():
        if f"{part}-version" not in request.POST or request.POST.get("take_theirs") == part:
            continue
        box.form = TextForm(request.POST, box=box, prefix=part)
        if not box.form.is_valid():
            failed.append(box)
        elif box.form.is_typed:
            try:
                saved += _store(request, period, report, box).version > box.form.base_version
            except texts.Conflict as conflict:
                box.theirs = conflict.theirs
                box.form.add_error(None, str(conflict))
                failed.append(box)
    compared = shown.get(request.POST.get("compared"))
    if compared:
        texts.mark_compared(
            period=period, part=compared.part, language=compared.language, by=request.user, report=report
        )
    return failed, saved


def _store(request, period: Period, report: Report, box: Box) -> ReportText:
    return texts.save(
        period=period,
        part=box.part,
        language=box.language,
        text=box.form.cleaned_data["text"],
        version=box.form.base_version,
        by=request.user,
        report=report,
    )


def _say(request, saved: int, failed: list[Box]) -> None:
    if saved:
        text = ngettext("%(count)s text was saved.", "%(count)s texts were saved.", saved)
        messages.success(request, text % {"count": saved})
    elif not failed:
        messages.info(request, _("Everything is saved."))
    if failed:
        labels = ", ".join(box.label for box in failed)
        messages.warning(request, _("Not saved: %(rows)s. What you typed stands below as it was.") % {"rows": labels})


def _autosave(request, period: Period, report: Report, box: Box) -> JsonResponse:
    """In the shape of `views.entry`: what was saved, and whether somebody has written in the part now."""
    if request.POST.get("writer") != str(request.user.pk):
        return refusal(_("Somebody else is signed in in this browser now."), 401)
    box.form = form = TextForm(request.POST, box=box)
    if not form.is_valid() and "version" in form.errors:
        return refusal(_("This page is damaged. Reload it."), 400)
    version, is_written = form.cleaned_data["version"], box.is_written
    if form.is_valid():
        try:
            saved = _store(request, period, report, box)
        except texts.Conflict:
            return refusal(_("Somebody else saved this text while you were writing."), 409)
        version, is_written = saved.version, bool(saved.text)
    now = calendar.now().astimezone(ZoneInfo(period.programme.time_zone))
    return JsonResponse(
        {
            "version": version,
            "saved_at": now.isoformat(),
            "saved_at_text": f"{now:%H:%M}",
            "complete": is_written,
            "problems": [],
            "errors": {name: list(errors) for name, errors in form.errors.items()},
        }
    )


def _revisions(period: Period, box: Box):
    return ReportTextRevision.objects.filter(text__period=period, text__part=box.part, text__language=box.language)


def _take_up(request, period: Period, report: Report, box: Box):
    """Save an earlier version as the newest."""
    form = TakeUpForm(request.POST)
    if not form.is_valid():
        raise Http404
    chosen = get_object_or_404(_revisions(period, box), version=form.cleaned_data["use"])
    try:
        texts.save(
            period=period,
            part=box.part,
            language=box.language,
            text=chosen.content,
            version=form.cleaned_data["version"],
            by=request.user,
            report=report,
        )
    except texts.Conflict:
        messages.warning(request, _("Somebody else saved this text meanwhile: read the newest version first."))
    else:
        messages.success(request, _("Version %(number)s stands in the report again.") % {"number": chosen.version})
    return redirect(box.address)


def _refused(request, period: Period, why: str):
    """To the half-year with the reason; text that somebody has just typed is shown, to be copied."""
    if request.method != "POST":
        messages.error(request, why)
        return redirect("period", period.programme.slug, period.code)
    if asks_for_json(request):
        return refusal(why, 423)
    context = {"period": period, "why": why, "section": "periods", "breadcrumbs": _breadcrumbs(period)}
    return render(request, "reports/workspace_locked.html", context, status=423)


def _address(period: Period, language: str, part: str = "") -> str:
    address = reverse("workspace", args=[period.programme.slug, period.code])
    return f"{address}?text={language}#{part}" if part else f"{address}?text={language}"


def _breadcrumbs(period: Period) -> list[tuple[str, str]]:
    slug = period.programme.slug
    return [
        (reverse("periods", args=[slug]), _("Half-years")),
        (reverse("period", args=[slug, period.code]), capfirst(period.title)),
    ]


# Pages that can only hand a text back ask here what was typed.
workspace.typed_texts = typed_texts
