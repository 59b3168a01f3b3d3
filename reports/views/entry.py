"""Entering what was done: one activity of a report."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from .. import filing
from ..duty import OwedActivity, owed_activities, owed_activity
from ..forms import EntryForm
from ..models import Submission, SubmissionCopy
from ..transitions import Refused
from .submission import get_submission, submission_breadcrumbs


def entry(request, pk, ordinal):
    """Enter one activity; saving with “save and next” goes on to the next one that is not complete."""
    sub = get_submission(request, pk)
    if not request.user.files_for_agency:
        raise PermissionDenied
    owed = owed_activities(sub)
    position = next((i for i, item in enumerate(owed) if item.activity.ordinal == ordinal), None)
    if position is None:
        raise Http404
    item = owed[position]
    if not sub.is_editable:
        messages.error(
            request,
            _("The report has been filed and is locked. It can be changed only after it is returned."),
        )
        return redirect("submission", pk)
    before = _before(sub, ordinal)
    form = EntryForm(request.POST or None, owed=item)
    if before and "start" in request.GET:
        form.initial["narrative"] = before["entry"]["narrative"]
    theirs = None
    if request.method == "POST" and form.is_valid():
        try:
            filing.save_entry(
                submission=sub,
                activity=item.activity,
                by=request.user,
                version=form.cleaned_data["version"],
                values=form.values,
                spending=form.spending,
                indicators=form.indicators,
            )
        except filing.Conflict as conflict:
            theirs = conflict.theirs
            form.add_error(None, str(conflict))
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            return _after_saving(request, sub, owed_activity(sub, ordinal), owed[position + 1 :])
    context = {
        "submission": sub,
        "period": sub.period,
        "owed": item,
        "form": form,
        "theirs": theirs,
        "previous": owed[position - 1] if position else None,
        "next": owed[position + 1] if position + 1 < len(owed) else None,
        "position": position + 1,
        "count": len(owed),
        "before": before,
        "section": "periods",
        "breadcrumbs": submission_breadcrumbs(sub),
    }
    return render(request, "reports/entry.html", context, status=409 if theirs else 200)


def _after_saving(request, sub: Submission, saved: OwedActivity, following: list[OwedActivity]):
    """To the next unfinished activity if asked, else back to the entry, saying what it still lacks."""
    if saved.is_complete:
        messages.success(request, _("Saved: activity %(row)s is complete.") % {"row": saved.activity.ordinal})
    else:
        lacks = " ".join(problem.message for problem in saved.problems)
        messages.warning(
            request,
            _("Saved: activity %(row)s is not complete yet. %(lacks)s")
            % {"row": saved.activity.ordinal, "lacks": lacks},
        )
    if "next" in request.POST:
        unfinished = next((item for item in following if not item.is_complete), None)
        if unfinished:
            return redirect("entry", sub.pk, unfinished.activity.ordinal)
        return redirect("submission", sub.pk)
    return redirect("entry", sub.pk, saved.activity.ordinal)


def _before(sub: Submission, ordinal: int) -> dict | None:
    """What the agency last had accepted for the activity: the entry of the copy, and its half-year."""
    copy = (
        SubmissionCopy.objects.filter(
            submission__agency=sub.agency,
            submission__state=Submission.State.ACCEPTED,
            submission__period__programme=sub.period.programme_id,
            submission__period__starts_on__lt=sub.period.starts_on,
        )
        .select_related("submission__period")
        .order_by("submission__period__starts_on", "number")
        .last()
    )
    entry = next((e for e in copy.data["entries"] if e["activity"] == ordinal), None) if copy else None
    return {"entry": entry, "period": copy.submission.period} if entry else None
