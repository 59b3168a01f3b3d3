"""The reporter's pages: what is owed, one entry, check and file, the receipt."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from activities.models import Activity

from .. import filing
from ..duty import OwedActivity, owed_activities, owed_activity
from ..forms import EntryForm, ReturnForm
from ..models import Submission, SubmissionCopy
from ..timeliness import timeliness


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
            )
        except filing.Conflict as conflict:
            theirs = conflict.theirs
            form.add_error(None, str(conflict))
        except filing.Refused as refusal:
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
        "breadcrumbs": _breadcrumbs(sub),
    }
    return render(request, "reports/entry.html", context, status=409 if theirs else 200)


def file_submission(request, pk):
    """Check before filing, and file."""
    sub = get_submission(request, pk)
    if not request.user.files_for_agency:
        raise PermissionDenied
    if request.method == "POST":
        try:
            copy = filing.submit(submission=sub, by=request.user)
        except filing.Refused as refusal:
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
        "breadcrumbs": _breadcrumbs(sub),
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
        "breadcrumbs": _breadcrumbs(sub),
    }
    return render(request, "reports/receipt.html", context)


def entries_of(copy: SubmissionCopy, sub: Submission) -> list[dict]:
    """The copy's entries with their activities, for reading. One query."""
    activities = {
        activity.ordinal: activity
        for activity in Activity.objects.filter(programme=sub.period.programme_id).select_related("section")
    }
    return [entry | {"activity": activities[entry["activity"]]} for entry in copy.data["entries"]]


def _after_saving(request, sub: Submission, saved: OwedActivity, following: list[OwedActivity]):
    """To the next unfinished activity if asked, else back to the entry, saying what it still lacks."""
    if saved.is_complete:
        messages.success(request, _("Saved: activity %(row)s is complete.") % {"row": saved.activity.ordinal})
    else:
        lacks = " ".join(message for _field, message in saved.problems)
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


def _breadcrumbs(sub: Submission) -> list[tuple[str, str]]:
    slug, period = sub.period.programme.slug, sub.period
    return [
        (reverse("periods", args=[slug]), _("Half-years")),
        (reverse("period", args=[slug, period.code]), capfirst(period.title)),
        (reverse("submission", args=[sub.pk]), str(sub.agency)),
    ]
