"""A report as a whole: what is owed, check and file, the receipt, what was filed."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from activities.models import Activity

from .. import filing
from ..duty import owed_activities
from ..forms import ReturnForm
from ..models import Submission, SubmissionCopy
from ..timeliness import timeliness
from ..transitions import Refused


def get_submission(request, pk: int) -> Submission:
    """The submission through the scoped door, 404 outside it."""
    return get_object_or_404(Submission.objects.visible_to(request.user).with_context(), pk=pk)


def may_write(request, submission: Submission) -> bool:
    return request.user.files_for_agency and submission.is_editable


def submission(request, pk):
    """For its writers a task list while it can be edited; for everybody else what was filed."""
    sub = get_submission(request, pk)
    copies = list(sub.copies.select_related("filed_by"))
    context = {
        "submission": sub,
        "period": sub.period,
        "timeliness": timeliness(sub),
        "copies": copies,
        "events": list(sub.events.select_related("by", "copy")),
        "section": "periods",
        "return_form": ReturnForm(),
        "can_review": request.user.coordinates and sub.state == Submission.State.SUBMITTED,
        "can_reopen": request.user.coordinates and sub.state == Submission.State.ACCEPTED,
    }
    if may_write(request, sub):
        owed = owed_activities(sub)
        context |= {
            "owed": owed,
            "complete": sum(item.is_complete for item in owed),
            "reading": bool(copies),
        }
        return render(request, "reports/submission_tasks.html", context)
    if copies:
        context |= {"copy": copies[-1], "entries": entries_of(copies[-1], sub)}
    return render(request, "reports/submission.html", context)


def file_submission(request, pk):
    """Check before filing, and file."""
    sub = get_submission(request, pk)
    if not request.user.files_for_agency:
        raise PermissionDenied
    if request.method == "POST":
        try:
            copy = filing.submit(submission=sub, by=request.user)
        except Refused as refusal:
            messages.error(request, str(refusal))
            return redirect("submission" if not sub.is_editable else "file-submission", pk)
        messages.success(
            request, _("The report has been filed. Receipt number: %(receipt)s.") % {"receipt": copy.receipt}
        )
        return redirect("receipt", pk)
    if not sub.is_editable:
        return redirect("submission", pk)
    owed = owed_activities(sub)
    context = {
        "submission": sub,
        "period": sub.period,
        "owed": owed,
        "unfinished": [item for item in owed if not item.is_complete],
        "timeliness": timeliness(sub),
        "section": "periods",
        "breadcrumbs": submission_breadcrumbs(sub),
    }
    return render(request, "reports/file_submission.html", context)


def receipt(request, pk):
    """Proof of the latest filing, for printing."""
    sub = get_submission(request, pk)
    copy = sub.copies.select_related("filed_by").last()
    if copy is None:
        raise Http404
    context = {
        "submission": sub,
        "period": sub.period,
        "copy": copy,
        "timeliness": timeliness(sub),
        "section": "periods",
        "breadcrumbs": submission_breadcrumbs(sub),
    }
    return render(request, "reports/receipt.html", context)


def entries_of(copy: SubmissionCopy, sub: Submission) -> list[dict]:
    """The copy's entries with their activities, for reading. One query."""
    activities = {
        activity.ordinal: activity
        for activity in Activity.objects.filter(programme=sub.period.programme_id).select_related("section")
    }
    return [entry | {"activity": activities[entry["activity"]]} for entry in copy.data["entries"]]


def submission_breadcrumbs(sub: Submission) -> list[tuple[str, str]]:
    slug, period = sub.period.programme.slug, sub.period
    return [
        (reverse("periods", args=[slug]), _("Half-years")),
        (reverse("period", args=[slug, period.code]), capfirst(period.title)),
        (reverse("submission", args=[sub.pk]), str(sub.agency)),
    ]
