"""The half-years of a programme, and who has filed for one of them."""

from django.core.exceptions import PermissionDenied
from django.db.models import Prefetch
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from programme.models import Programme

from ..models import Period, Reminder, Submission, SubmissionCopy
from ..standing import counts, standings


def get_period(slug: str, code: str) -> Period:
    periods = Period.objects.select_related("programme__lead_agency")
    return get_object_or_404(periods, programme__slug=slug, code=code)


def period_list(request, slug):
    """All half-years with their dates and the reader's own or all filings counted."""
    programme = get_object_or_404(Programme, slug=slug)
    visible = Submission.objects.visible_to(request.user).select_related("agency")
    periods = (
        programme.periods.select_related("programme", "consolidated_report")
        .defer("consolidated_report__content")
        .prefetch_related(Prefetch("submissions", visible, to_attr="visible"))
    )
    rows = []
    for period in periods:
        filings = standings(period, period.visible)
        rows.append({"period": period, "filings": filings, "counts": counts(filings)})
    return render(request, "reports/periods.html", {"programme": programme, "rows": rows, "section": "periods"})


def period_board(request, slug, code):
    """Who has filed for the half-year and who has not."""
    period = get_period(slug, code)
    submissions = (
        Submission.objects.visible_to(request.user)
        .filter(period=period)
        .select_related("agency")
        .prefetch_related(
            Prefetch("events", to_attr="past"),
            Prefetch("copies", SubmissionCopy.objects.defer("content"), to_attr="filed"),
        )
        .order_by("agency__ordinal")
    )
    filings = standings(period, submissions)
    context = {
        "period": period,
        "filings": filings,
        "counts": counts(filings),
        "section": "periods",
        "can_consolidate": request.user.reads_everything,
    }
    return render(request, "reports/period.html", context)


def reminders(request, slug, code):
    """What was sent about the half-year."""
    period = get_period(slug, code)
    if not request.user.reads_everything:
        raise PermissionDenied
    sent = Reminder.objects.visible_to(request.user).filter(period=period)
    context = {
        "period": period,
        "reminders": sent.select_related("submission__agency", "recipient"),
        "section": "periods",
        "breadcrumbs": [
            (reverse("periods", args=[slug]), _("Half-years")),
            (reverse("period", args=[slug, code]), capfirst(period.title)),
        ],
    }
    return render(request, "reports/reminders.html", context)
