"""The half-years of a programme, and who has filed for one of them."""

from collections import Counter

from django.core.exceptions import PermissionDenied
from django.db.models import Prefetch
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from programme.models import Programme

from ..models import Period, Reminder, Submission, SubmissionEvent
from ..timeliness import timeliness


def get_period(slug: str, code: str) -> Period:
    periods = Period.objects.select_related("programme__lead_agency")
    return get_object_or_404(periods, programme__slug=slug, code=code)


def period_list(request, slug):
    """All half-years with their dates and the reader's own or all filings counted."""
    programme = get_object_or_404(Programme, slug=slug)
    visible = Submission.objects.visible_to(request.user).select_related("agency")
    periods = programme.periods.select_related("programme", "consolidated_report").prefetch_related(
        Prefetch("submissions", visible, to_attr="visible")
    )
    rows = [{"period": period, "filings": [_standing(s, period) for s in period.visible]} for period in periods]
    for row in rows:
        row["counts"] = _counts(row["filings"])
    return render(request, "reports/periods.html", {"programme": programme, "rows": rows, "section": "periods"})


def period_board(request, slug, code):
    """Who has filed for the half-year and who has not."""
    period = get_period(slug, code)
    latest = SubmissionEvent.objects.select_related("by")
    submissions = (
        Submission.objects.visible_to(request.user)
        .filter(period=period)
        .with_context()
        .prefetch_related(Prefetch("events", latest), "copies")
        .order_by("agency__ordinal")
    )
    filings = [
        _standing(submission, period)
        | {"copy": _last(submission.copies.all()), "event": _last(submission.events.all())}
        for submission in submissions
    ]
    context = {
        "period": period,
        "filings": filings,
        "counts": _counts(filings),
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


def _standing(submission: Submission, period: Period) -> dict:
    submission.period = period
    return {"submission": submission, "timeliness": timeliness(submission)}


def _last(prefetched):
    return list(prefetched)[-1] if prefetched else None


def _counts(filings: list[dict]) -> dict[str, int]:
    """How many stand where."""
    states = Counter(filing["submission"].state for filing in filings)
    timings = Counter(filing["timeliness"].timing for filing in filings)
    return {
        "expected": len(filings),
        "filed": states["submitted"] + states["accepted"],
        "waiting": states["submitted"],
        "accepted": states["accepted"],
        "returned": states["returned"],
        "late": timings["late"],
        "overdue": timings["overdue"],
    }
