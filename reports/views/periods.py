"""The half-years of a programme, and who has filed for one of them."""

from django.db.models import Exists, OuterRef, Prefetch
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _

from programme.models import Programme

from ..board import board, to_chase
from ..forms.review import BoardFilter
from ..models import ConsolidatedReport, Period, Proposal, Submission
from ..standing import counts, standings


def get_period(slug: str, code: str) -> Period:
    periods = Period.objects.select_related("programme__lead_agency")
    return get_object_or_404(periods, programme__slug=slug, code=code)


def period_list(request, slug):
    """All half-years with their dates and the reader's own or all filings counted."""
    programme = get_object_or_404(Programme, slug=slug)
    visible = Submission.objects.visible_to(request.user).select_related("agency")
    reports = ConsolidatedReport.objects.filter(period=OuterRef("pk"))
    periods = (
        programme.periods.select_related("programme")
        .annotate(
            is_finalised=Exists(reports),
            is_unsent=Exists(reports.filter(dispatch=None)),
            is_handed_over=Exists(Proposal.objects.filter(period=OuterRef("pk"))),
        )
        .prefetch_related(Prefetch("submissions", visible, to_attr="visible"))
    )
    rows = []
    for period in periods:
        filings = standings(period, period.visible)
        rows.append({"period": period, "filings": filings, "counts": counts(filings)})
    return render(request, "reports/periods.html", {"programme": programme, "rows": rows, "section": "periods"})


def period_board(request, slug, code):
    """Who has filed for the half-year and who has not; for coordinators whom to chase and what to accept."""
    period = get_period(slug, code)
    user = request.user
    rows = board(period, user)
    wanted = BoardFilter(request.GET)
    shown = wanted.chosen(rows) if user.reads_everything else rows
    acceptable = [row.copy.pk for row in shown if row.is_clean and row.copy.filed_by_id != user.pk]
    context = {
        "period": period,
        "rows": shown,
        "all": len(rows),
        "filter": wanted,
        "counts": counts(rows),
        "acceptable": acceptable if user.coordinates else [],
        "chase": to_chase(rows) if user.coordinates else [],
        "section": "periods",
        "breadcrumbs": [(reverse("periods", args=[slug]), _("Half-years"))],
        "can_consolidate": user.reads_everything,
    }
    return render(request, "reports/period.html", context)
