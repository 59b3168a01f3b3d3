"""Behind a number of the consolidated report: the rows that it is made of, down to the filed copy."""

from dataclasses import dataclass
from decimal import Decimal

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import Prefetch
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import translation
from django.utils.formats import number_format
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from budget.models import BudgetLine, Clarification
from programme.models import FundingSource
from programme.money import format_money

from ..consolidation import building, structure, tracing
from ..consolidation.structure import Filing, Report, Rollup
from ..consolidation.tracing import Field, Measure, Where
from ..documents.wording import Wording, capital, timing_in_words
from ..forms.tracing import BehindForm
from ..models import ConsolidatedReport, Entry, Period, Submission, SubmissionCopy
from ..transitions import Refused
from .periods import get_period


@dataclass(frozen=True)
class Row:
    """A field of a filed copy in words: `name` says which. `state` only where the value is one."""

    agency: str
    period: str | None
    ordinal: int
    title: str
    name: str
    value: str
    state: str
    copy: SubmissionCopy | None


@require_safe
def behind(request, slug, code):
    """`number`: of a frozen report, whose pinned copies are shown; without it the live report.

    A fixed number of queries: two for a frozen report, for the live one what building it costs; two more for the plan,
    one for bodies.
    """
    period = get_period(slug, code)
    if not request.user.reads_everything:
        raise PermissionDenied
    frozen = _frozen(request, period)
    try:
        report, copies = _of_frozen(frozen) if frozen else building.build(period)
    except Refused as refusal:
        messages.error(request, str(refusal))
        return redirect("period", slug, code)
    words = Wording(report, translation.get_language())
    form = BehindForm(request.GET, report=report, words=words)
    context = {"period": period, "frozen": frozen, "form": form, "section": "periods"} | _way_back(period, frozen)
    if not form.is_valid():
        return render(request, "reports/behind.html", context, status=400)
    where = form.where
    found = tracing.trace(report, copies, _lines(period) if where.measure == Measure.PLANNED else [], where)
    stated = tracing.frozen_plan(report, where) if frozen and where.measure == Measure.PLANNED else None
    context |= {
        "measure": where.measure.label,
        "found": found,
        "rows": [_row(field, words) for field in found.fields],
        "filings": _filings(found.filings, period, words),
        "total": _in_words(found.total, where),
        "stated": None if stated == found.total else stated,
    }
    return render(request, "reports/behind.html", context)


def _way_back(period: Period, frozen: ConsolidatedReport | None) -> dict:
    place = [period.programme.slug, period.code]
    if frozen and frozen.is_supplement:
        report = reverse("consolidated-report", args=[*place, frozen.number])
    else:
        report = reverse("consolidated", args=place)
    return {
        "report_address": report,
        "breadcrumbs": [
            (reverse("periods", args=place[:1]), _("Half-years")),
            (reverse("period", args=place), capfirst(period.title)),
            (report, _("Consolidated information")),
        ],
    }


def _frozen(request, period: Period) -> ConsolidatedReport | None:
    if "number" not in request.GET:
        return None
    try:
        number = forms.IntegerField(min_value=1).clean(request.GET["number"])
    except ValidationError:
        raise Http404 from None
    return get_object_or_404(ConsolidatedReport.objects.visible_to(request.user), period=period, number=number)


def _of_frozen(frozen: ConsolidatedReport) -> tuple[Report, list[SubmissionCopy]]:
    copies = frozen.copies.select_related("submission__agency__region", "submission__period")
    ordered = copies.order_by("submission__period__starts_on", "submission__agency__ordinal")
    return structure.read(frozen.data), list(ordered)


def _lines(period: Period) -> list[BudgetLine]:
    clarifications = Prefetch("clarifications", Clarification.objects.select_related("act"))
    lines = BudgetLine.objects.filter(activity__programme=period.programme_id)
    return list(lines.for_tables().prefetch_related(clarifications))


def _row(field: Field, words: Wording) -> Row:
    is_state = isinstance(field.value, str)
    return Row(
        agency=words.name(field.agency) if field.agency else "—",
        period=field.period,
        ordinal=field.activity["ordinal"],
        title=words.text(field.activity["title"]),
        name=_name(field, words),
        value=_state(field) if is_state else _amount(field.value),
        state=field.value if is_state else "",
        copy=field.copy,
    )


def _name(field: Field, words: Wording) -> str:
    """What the field is called where a body fills it in."""
    if field.indicator:
        return words.text(field.indicator["title"])
    if field.source:
        parts = [words.region_name(field.region), FundingSource(field.source).label, field.year]
        return ", ".join(map(str, parts))
    return words.state


def _state(field: Field) -> str:
    return capital((Entry.Status if field.copy else Rollup)(field.value))


def _amount(value: Decimal | int) -> str:
    return (
        format_money(value) if isinstance(value, Decimal) else number_format(value, use_l10n=True, force_grouping=True)
    )


def _filings(filings: list[Filing], period: Period, words: Wording) -> list[dict]:
    """With the key of each body's submission, where it has one, and words for state and timing."""
    if not filings:
        return []
    submissions = dict(Submission.objects.filter(period=period).values_list("agency__code", "pk"))
    return [
        filing
        | {
            "name": words.name(filing["agency"]),
            "submission": submissions.get(filing["agency"]),
            "state_label": capital(Submission.State(filing["state"])),
            "in_words": capfirst(timing_in_words(filing)),
        }
        for filing in filings
    ]


def _in_words(total: Decimal | int, where: Where) -> str:
    match where.measure:
        case Measure.STATE:
            return ngettext("%(count)s activity", "%(count)s activities", total) % {"count": total}
        case Measure.ANSWER:
            return ngettext("%(count)s answer", "%(count)s answers", total) % {"count": total}
        case Measure.MISSING | Measure.FILING:
            return ngettext("%(count)s body", "%(count)s bodies", total) % {"count": total}
        case Measure.INDICATOR | Measure.INDICATOR_HALF_YEAR:
            return _amount(total)
    return _("%(amount)s million tenge") % {"amount": _amount(total)}
