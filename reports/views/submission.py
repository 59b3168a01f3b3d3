"""A report as a whole: what is owed, check, sign and file, the receipt, what was filed."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.models import Role, User

from .. import filing
from ..copies import digest_of, entries_content
from ..duty import owed_activities
from ..forms.review import ReturnForm
from ..letters import letters_to
from ..models import Submission, SubmissionEvent
from ..reading import activities_by_ordinal
from ..threads import open_threads
from ..timeliness import timeliness
from ..transitions import Refused
from .reading import reading_context

Action = SubmissionEvent.Action


def get_submission(request, pk: int) -> Submission:
    """The submission through the scoped door, 404 outside it."""
    return get_object_or_404(Submission.objects.visible_to(request.user).with_context(), pk=pk)


def duty_context(sub: Submission, user: User) -> dict:
    """What `reports/_duty.html` and `reports/_task_list.html` show. Comments exist only once something was filed."""
    owed = owed_activities(sub)
    events = list(sub.events.select_related("by", "copy"))
    signing = [event for event in events if event.action in (Action.SENT, Action.SENT_BACK, Action.FILED)]
    returns = [event for event in events if event.action in (Action.RETURNED, Action.REOPENED)]
    return {
        "submission": sub,
        "period": sub.period,
        "timeliness": timeliness(sub),
        "owed": owed,
        "complete": sum(item.is_complete for item in owed),
        "next_owed": next((item for item in owed if not item.is_complete), None),
        "events": events,
        "returned": returns[-1] if returns and sub.state == Submission.State.RETURNED else None,
        "sent_back": signing[-1] if signing and signing[-1].action == Action.SENT_BACK else None,
        "reading": sub.first_submitted_at is not None,
        "threads": open_threads(sub, user) if sub.first_submitted_at else [],
    }


def submission(request, pk):
    """For its writers a task list while it is not filed; for everybody else what was filed."""
    sub = get_submission(request, pk)
    if request.user.files_for_agency and sub.state in Submission.EDITABLE:
        context = duty_context(sub, request.user) | {"letters": letters_to(sub), "section": "periods"}
        return render(request, "reports/submission_tasks.html", context)
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
        "can_extend": request.user.coordinates and sub.state in Submission.EDITABLE and not sub.period.is_lapsed,
        "extension": sub.extensions.last() if sub.extended_to else None,
    }
    if copies:
        context |= reading_context(request, sub, copies)
    return render(request, "reports/submission.html", context)


def file_submission(request, pk):
    """Check, read what will be filed, and file it or send it for signature."""
    sub = get_submission(request, pk)
    if not request.user.files_for_agency:
        raise PermissionDenied
    if request.method == "POST":
        return _file(request, sub)
    if sub.state not in Submission.EDITABLE:
        return redirect("submission", pk)
    return _check_page(request, sub, ReturnForm())


@require_POST
def sign_off(request, pk):
    """Send for signature, recall, or send back; without a reason the page is shown again."""
    sub = get_submission(request, pk)
    if not request.user.files_for_agency:
        raise PermissionDenied
    try:
        if "send" in request.POST:
            filing.send_for_signature(submission=sub, by=request.user)
            messages.success(request, _("The report has been sent for signature."))
            return redirect("submission", pk)
        if "recall" in request.POST:
            filing.recall(submission=sub, by=request.user)
            messages.success(request, _("The report has been recalled and can be changed again."))
            return redirect("submission", pk)
        form = ReturnForm(request.POST)
        if not form.is_valid():
            return _check_page(request, sub, form, status=422)
        filing.send_back(submission=sub, by=request.user, reason=form.cleaned_data["reason"])
        messages.success(request, _("The report has been sent back to the reporter."))
    except Refused as refusal:
        messages.error(request, str(refusal))
        return redirect("file-submission", pk)
    return redirect("submission", pk)


def receipt(request, pk):
    """Proof of a filing, for printing: of the latest, or of `?filing=2`."""
    sub = get_submission(request, pk)
    copies = list(sub.copies.select_related("filed_by"))
    number = request.GET.get("filing", "")
    copy = next((copy for copy in copies if str(copy.number) == number), None) if number else (copies or [None])[-1]
    if copy is None:
        raise Http404
    context = {
        "submission": sub,
        "period": sub.period,
        "copy": copy,
        "copies": copies,
        "timeliness": timeliness(sub),
        "section": "periods",
        "breadcrumbs": submission_breadcrumbs(sub),
    }
    return render(request, "reports/receipt.html", context)


def with_activities(entries: list[dict], sub: Submission) -> list[dict]:
    """The entries of a copy with their activities, for reading. Two queries."""
    activities = activities_by_ordinal(sub.period.programme_id)
    return [entry | {"activity": activities[entry["activity"]]} for entry in entries]


def submission_breadcrumbs(sub: Submission) -> list[tuple[str, str]]:
    slug, period = sub.period.programme.slug, sub.period
    return [
        (reverse("periods", args=[slug]), _("Half-years")),
        (reverse("period", args=[slug, period.code]), capfirst(period.title)),
        (reverse("submission", args=[sub.pk]), str(sub.agency)),
    ]


def _file(request, sub: Submission):
    try:
        copy = filing.submit(submission=sub, by=request.user, seen=request.POST.get("seen"))
    except Refused as refusal:
        sub.refresh_from_db()
        if sub.state in Submission.FILED:
            # A second click, or a colleague who was faster: the receipt is what both want to see.
            messages.info(request, str(refusal))
            return redirect("receipt", sub.pk)
        messages.error(request, str(refusal))
        return redirect("file-submission", sub.pk)
    messages.success(request, _("The report has been filed. Receipt number: %(receipt)s.") % {"receipt": copy.receipt})
    return redirect("receipt", sub.pk)


def _check_page(request, sub: Submission, form: ReturnForm, status: int = 200):
    owed = owed_activities(sub)
    entries = entries_content(owed, list(sub.attachments.current()))
    signs = request.user.role == Role.SIGNATORY or not filing.has_signatory(sub.agency)
    context = {
        "submission": sub,
        "period": sub.period,
        "unfinished": [item for item in owed if item.problems],
        "explained": [item for item in owed if item.warnings and not item.problems],
        "waivers": [(item, waiver) for item in owed for waiver in item.waivers],
        "entries": with_activities(entries, sub),
        "missing": [item for item in owed if not item.is_started],
        "seen": digest_of(entries),
        "signs": signs,
        "return_form": form,
        "timeliness": timeliness(sub),
        "section": "periods",
        "breadcrumbs": submission_breadcrumbs(sub),
    }
    return render(request, "reports/file_submission.html", context, status=status)
