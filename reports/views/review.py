"""What a coordinator decides about reports: accept, return, reopen, extend, waive."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.next_page import next_page

from .. import review as reviewing
from ..duty import owed_activities
from ..forms.review import ExtensionForm, ReturnForm, WaiverForm
from ..models import Submission, SubmissionCopy
from ..threads import open_threads
from ..transitions import Refused
from .periods import get_period
from .submission import get_submission, submission_breadcrumbs


@require_POST
def review(request, pk):
    """Accept, return or reopen; without a reason, or if it is refused, the reason's form is shown again."""
    sub = get_submission(request, pk)
    if not request.user.coordinates:
        raise PermissionDenied
    if "accept" in request.POST:
        return _accept(request, sub)
    form = ReturnForm(request.POST)
    action, unlock = (
        ("reopen", reviewing.reopen) if "reopen" in request.POST else ("return", reviewing.return_for_rework)
    )
    if form.is_valid():
        try:
            unlock(submission=sub, by=request.user, reason=form.cleaned_data["reason"])
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(
                request, _("The report of %(agency)s has been returned for rework.") % {"agency": sub.agency}
            )
            return redirect("period", sub.period.programme.slug, sub.period.code)
    context = {
        "submission": sub,
        "period": sub.period,
        "return_form": form,
        "action": action,
        "open_threads": open_threads(sub, request.user),
        "section": "periods",
        "breadcrumbs": submission_breadcrumbs(sub),
    }
    return render(request, "reports/return.html", context, status=422)


def _accept(request, sub: Submission):
    try:
        reviewing.accept(submission=sub, by=request.user, seen=_number(request.POST.get("filing")))
    except Refused as refusal:
        messages.error(request, str(refusal))
        return redirect("submission", sub.pk)
    messages.success(request, _("The report of %(agency)s has been accepted.") % {"agency": sub.agency})
    return redirect("period", sub.period.programme.slug, sub.period.code)


@require_POST
def accept_selected(request, slug, code):
    """Accept the chosen clean filings, each on its own; says which were accepted, and why others were not."""
    period = get_period(slug, code)
    if not request.user.coordinates:
        raise PermissionDenied
    chosen = set(request.POST.getlist("copy"))
    copies = (
        SubmissionCopy.objects.filter(
            submission__in=Submission.objects.visible_to(request.user).filter(period=period).values("pk")
        )
        .select_related("submission__agency")
        .defer("content")
        .order_by("submission__agency__ordinal", "number")
    )
    accepted = []
    for copy in copies:
        if str(copy.pk) not in chosen:
            continue
        try:
            reviewing.accept_clean(submission=copy.submission, by=request.user, seen=copy.number)
        except Refused as refusal:
            refused = {"agency": copy.submission.agency, "why": refusal}
            messages.error(request, _("%(agency)s was not accepted: %(why)s") % refused)
        else:
            accepted.append(str(copy.submission.agency))
    if accepted:
        messages.success(request, _("Accepted: %(agencies)s.") % {"agencies": ", ".join(accepted)})
    if not chosen:
        messages.warning(request, _("Select at least one report."))
    return redirect(next_page(request, otherwise=reverse("period", args=[slug, code])))


def extend(request, pk):
    """Give a body a later due date; the extensions it was given before."""
    sub = _for_coordinator(request, pk)
    form = ExtensionForm(_posted(request), submission=sub)
    if request.method == "POST" and form.is_valid():
        try:
            reviewing.extend(submission=sub, by=request.user, **form.cleaned_data)
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("The due date of %(agency)s has been extended.") % {"agency": sub.agency})
            return redirect("submission", pk)
    context = {"form": form, "extensions": list(sub.extensions.select_related("by"))}
    return _page(request, "reports/extension.html", sub, context)


def waive(request, pk):
    """Let a blocking rule not count for the next filing; the waivers of all filings."""
    sub = _for_coordinator(request, pk)
    owed = [item.activity for item in owed_activities(sub)]
    form = WaiverForm(_posted(request), activities=owed)
    if request.method == "POST" and form.is_valid():
        try:
            reviewing.waive(submission=sub, by=request.user, **form.cleaned_data)
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            said = _("The waiver counts for the next filing of %(agency)s.")
            messages.success(request, said % {"agency": sub.agency})
            return redirect("waive", pk)
    waivers = sub.waivers.select_related("activity", "by", "copy").defer("copy__content")
    return _page(request, "reports/waiver.html", sub, {"form": form, "waivers": waivers})


def _for_coordinator(request, pk: int) -> Submission:
    sub = get_submission(request, pk)
    if not request.user.coordinates:
        raise PermissionDenied
    return sub


def _page(request, template: str, sub: Submission, context: dict):
    context |= {
        "submission": sub,
        "period": sub.period,
        "is_editable": sub.state in Submission.EDITABLE and not sub.period.is_lapsed,
        "section": "periods",
        "breadcrumbs": submission_breadcrumbs(sub),
    }
    return render(request, template, context, status=422 if context["form"].errors else 200)


def _posted(request):
    """An empty form that is sent is wrong, not new."""
    return request.POST if request.method == "POST" else None


def _number(text: str | None) -> int | None:
    return int(text) if text and text.isascii() and text.isdigit() else None
