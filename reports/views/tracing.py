"""Behind a number of the consolidated report: the rows that it is made of, down to the filed copy."""

from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property

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
from programme import stamps
from programme.models import FundingSource
from programme.money import format_money

from ..consolidation import building, structure, tracing
from ..consolidation.structure import Filing, Report, Rollup
from ..consolidation.tracing import Field, Measure, Where
from ..documents.wording import Wording, capital, timing_in_words
from ..forms.tracing import BehindForm
from ..models import ConsolidatedReport, Entry, Period, Submission, SubmissionCopy
from ..read_once import light, with_data
from ..transitions import Refused
from .periods import open_period


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
    frame, period = open_period(request, slug, code)
    if not request.user.reads_everything:
        raise PermissionDenied
    number = _number(request)
    page = _Page(request, period, number, frame.stamp)
    try:
        measure = stamps.kept(("behind", stamps.of_filed(frame.stamp), *frame.kept_by[1:]), page.measure)
    except Refused as refusal:
        messages.error(request, str(refusal))
        return redirect("period", slug, code)
    context = {"portal": frame, "period": period, "section": "periods"} | _way_back(period, number)
    if not measure:
        return render(request, "reports/behind.html", context | {"form": page.form}, status=400)
    return render(request, "reports/behind.html", context | {"measure": measure, "found": lambda: page.found})


class _Page:
    """What a number of a report is made of, read when a part of the page asks for it.

    Raises Refused as `building.build`, Http404 for a frozen report that is not there.
    """

    def __init__(self, request, period: Period, number: int | None, stamp: str):
        self.request, self.period, self.number, self.stamp = request, period, number, stamp

    @cached_property
    def frozen(self) -> ConsolidatedReport | None:
        if self.number is None:
            return None
        reports = light(ConsolidatedReport.objects.visible_to(self.request.user))
        return get_object_or_404(reports, period=self.period, number=self.number)

    @cached_property
    def report(self) -> Report:
        if self.frozen:
            return structure.read(with_data([self.frozen])[0].data)
        return building.compiled(self.period, self.stamp).report

    @cached_property
    def copies(self) -> list[SubmissionCopy]:
        return building.in_order(self.frozen.copies) if self.frozen else building.accepted_copies(self.period)

    @cached_property
    def words(self) -> Wording:
        return Wording(self.report, translation.get_language())

    @cached_property
    def form(self) -> BehindForm:
        return BehindForm(self.request.GET, report=self.report, words=self.words)

    def measure(self) -> str:
        """What it is called; nothing where the report has no such number."""
        return str(self.form.where.measure.label) if self.form.is_valid() else ""

    @cached_property
    def found(self) -> dict:
        self.form.full_clean()
        where = self.form.where
        is_plan = where.measure == Measure.PLANNED
        found = tracing.trace(self.report, self.copies, _lines(self.period) if is_plan else [], where)
        stated = tracing.frozen_plan(self.report, where) if self.frozen and is_plan else None
        return {
            "frozen": self.frozen,
            "in_words": self.form.in_words,
            "lines": found.lines,
            "sum": found.total,
            "rows": [_row(field, self.words) for field in found.fields],
            "filings": _filings(found.filings, self.period, self.words),
            "total": _in_words(found.total, where),
            "stated": None if stated == found.total else stated,
        }


def _way_back(period: Period, number: int | None) -> dict:
    place = [period.programme.slug, period.code]
    if number and number > 1:
        report = reverse("consolidated-report", args=[*place, number])
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


def _number(request) -> int | None:
    if "number" not in request.GET:
        return None
    try:
        return forms.IntegerField(min_value=1).clean(request.GET["number"])
    except ValidationError:
        raise Http404 from None


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
