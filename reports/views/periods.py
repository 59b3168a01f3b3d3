"""The half-years of a programme, and who has filed for one of them."""

from functools import cache

from django.db.models import Exists, OuterRef, Prefetch
from django.http import Http404
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.context import PortalFrame
from accounts.models import User
from programme.models import Programme

from ..board import board, to_chase, written
from ..forms.review import BoardFilter
from ..models import ConsolidatedReport, Period, Proposal, Submission
from ..standing import counts, standings


def get_period(slug: str, code: str) -> Period:
    periods = Period.objects.select_related("programme__lead_agency")
    return get_object_or_404(periods, programme__slug=slug, code=code)


def period_list(request, slug):
    """All half-years with their dates and the reader's own or all filings counted."""
    frame = PortalFrame(request)
    if not frame.programme or not frame.stamp:
        raise Http404
    rows = cache(lambda: _half_years(frame.programme, request.user))
    context = {"portal": frame, "programme": frame.programme, "rows": rows, "section": "periods"}
    return render(request, "reports/periods.html", context)


def _half_years(programme: Programme, user: User) -> list[dict]:
    visible = Submission.objects.visible_to(user)
    reports = ConsolidatedReport.objects.filter(period=OuterRef("pk"))
    periods = programme.periods.annotate(
        is_finalised=Exists(reports),
        is_unsent=Exists(reports.filter(dispatch=None)),
        is_handed_over=Exists(Proposal.objects.filter(period=OuterRef("pk"))),
    ).prefetch_related(Prefetch("submissions", visible, to_attr="visible"))
    rows = []
    for period in periods:
        period.programme = programme
        filings = standings(period, period.visible)
        rows.append({"period": period, "filings": filings, "counts": counts(filings)})
    return rows


def open_period(request, slug: str, code: str) -> tuple[PortalFrame, Period]:
    """The frame of a page and its half-year, which is read after the stamp that parts of the page are kept by."""
    frame = PortalFrame(request)
    if not frame.programme or not frame.stamp:
        raise Http404
    period = get_object_or_404(Period, programme=frame.programme, code=code)
    period.programme = frame.programme
    return frame, period


def period_board(request, slug, code):
    """Who has filed for the half-year and who has not; for coordinators whom to chase and what to accept."""
    frame, period = open_period(request, slug, code)
    user, wanted = request.user, BoardFilter(request.GET)
    drafts = written(period, user)
    rows = cache(lambda: board(period, user, drafts, frame.stamp))
    shown = cache(lambda: wanted.chosen(rows()) if user.reads_everything else rows())

    def acceptable() -> list[int]:
        return [row.copy.pk for row in shown() if row.is_clean and row.submission.pk not in drafts.own]

    context = {
        "portal": frame,
        "period": period,
        "written": drafts,
        "rows": shown,
        "all": len(drafts.versions),
        "filter": wanted,
        "counts": cache(lambda: counts(rows())),
        "acceptable": cache(acceptable) if user.coordinates else [],
        "chase": cache(lambda: to_chase(rows())) if user.coordinates else [],
        "section": "periods",
        "breadcrumbs": [(reverse("periods", args=[slug]), _("Half-years"))],
        "can_consolidate": user.reads_everything,
    }
    return render(request, "reports/period.html", context)
