"""Entering what was done: one activity of a report, and the same without a page for autosave."""

from functools import wraps
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, JsonResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from accounts.kept_text import asks_for_json, refusal
from programme import calendar

from .. import entering, filing
from ..attachments import current_files
from ..duty import OwedActivity, owed_activities, owed_activity
from ..forms.entry import EntryForm, typed_texts
from ..models import Submission
from ..threads import threads
from ..transitions import Refused
from .attachments import keep_uploads
from .submission import get_submission, submission_breadcrumbs


def answers_scripts(view):
    """Refusals in JSON for the page's own script, so that it can say why nothing was saved."""

    @wraps(view)
    def answer(request, *args, **kwargs):
        try:
            return view(request, *args, **kwargs)
        except Http404:
            if not asks_for_json(request):
                raise
            return refusal(_("This page is not yours, or is not there any more."), 404)
        except PermissionDenied:
            if not asks_for_json(request):
                raise
            return refusal(_("Your role may not write in this report."), 403)

    return answer


@never_cache
@answers_scripts
def entry(request, pk, ordinal):
    """Enter one activity; saving with “save and next” goes on to the next one that is not complete."""
    sub = get_submission_to_write(request, pk)
    if request.method == "POST" and asks_for_json(request):
        return _autosave(request, sub, ordinal)
    owed = owed_activities(sub)
    position = next((i for i, item in enumerate(owed) if item.activity.ordinal == ordinal), None)
    if position is None:
        raise Http404
    item = owed[position]
    if not sub.is_editable:
        return locked(request, sub, filing.why_locked(sub))
    before = entering.accepted_before(sub)
    accepted = before and before.entries.get(ordinal)
    form = EntryForm(request.POST or None, owed=item)
    conflict = None
    if "start" in request.POST or "start" in request.GET:
        form = _started(request, item, accepted)
    elif request.method == "POST":
        refused_files = keep_uploads(request, sub, item.activity)
        for reason in refused_files:
            messages.error(request, reason)
        if form.is_valid():
            try:
                entering.save_form(form, submission=sub, by=request.user)
            except filing.Conflict as found:
                conflict = found
                form.add_error(None, str(found))
            except Refused as refused:
                return locked(request, sub, str(refused))
            else:
                following = [] if refused_files else owed[position + 1 :]
                return _after_saving(request, sub, owed_activity(sub, ordinal), following, stay=bool(refused_files))
    context = {
        "submission": sub,
        "period": sub.period,
        "owed": item,
        "form": form,
        "theirs": conflict and conflict.theirs,
        "differences": conflict and entering.differences(form, conflict.theirs),
        "previous": owed[position - 1] if position else None,
        "next": owed[position + 1] if position + 1 < len(owed) else None,
        "position": position + 1,
        "count": len(owed),
        "before": before,
        "accepted": accepted,
        "attachments": current_files(sub, item.activity),
        "threads": [thread for thread in threads(sub, request.user, item.activity) if thread.is_open],
        "section": "periods",
        "breadcrumbs": submission_breadcrumbs(sub),
    }
    return render(request, "reports/entry.html", context, status=409 if conflict else 200)


def get_submission_to_write(request, pk: int) -> Submission:
    """Through the scoped door, for those who write reports."""
    sub = get_submission(request, pk)
    if not request.user.files_for_agency:
        raise PermissionDenied
    return sub


def locked(request, sub: Submission, why: str):
    """To the report with the reason; text that somebody has just typed is shown, to be copied."""
    if request.method != "POST":
        messages.error(request, why)
        return redirect("submission", sub.pk)
    if asks_for_json(request):
        return refusal(why, 423)
    context = {
        "submission": sub,
        "period": sub.period,
        "why": why,
        "section": "periods",
        "breadcrumbs": submission_breadcrumbs(sub),
    }
    return render(request, "reports/entry_locked.html", context, status=423)


def _autosave(request, sub: Submission, ordinal: int) -> JsonResponse:
    """Save the fields without errors; says what was saved, what was not and what the entry still lacks."""
    item = owed_activity(sub, ordinal)
    if item is None:
        raise Http404
    if not sub.is_editable:
        return locked(request, sub, filing.why_locked(sub))
    if request.POST.get("writer") != str(request.user.pk):
        return refusal(_("Somebody else is signed in in this browser now."), 401)
    form = EntryForm(request.POST, owed=item)
    if not form.is_valid() and "version" in form.errors:
        return refusal(_("This page is damaged. Reload it."), 400)
    try:
        saved = entering.save_typed(form, submission=sub, by=request.user, version=form.cleaned_data["version"])
    except filing.Conflict:
        return refusal(_("Somebody else saved this entry while you were writing."), 409)
    except Refused as refused:
        return refusal(str(refused), 423)
    now = calendar.now().astimezone(ZoneInfo(sub.period.programme.time_zone))
    problems = item.after(saved if saved.pk else None, form.spending, form.indicators).problems
    return JsonResponse(
        {
            "version": saved.version,
            "saved_at": now.isoformat(),
            "saved_at_text": f"{now:%H:%M}",
            "complete": not problems,
            "problems": [{"field": problem.field, "message": str(problem.message)} for problem in problems],
            "errors": {name: list(errors) for name, errors in form.errors.items()},
        }
    )


def _started(request, item: OwedActivity, accepted: dict | None) -> EntryForm:
    """The form with the accepted text as a beginning. Nothing is saved by it, and nothing typed is lost."""
    narrative = accepted["narrative"] if accepted else ""
    if request.method != "POST":
        form = EntryForm(owed=item)
        form.initial["narrative"] = entering.started_from(form.initial.get("narrative", ""), narrative)
        return form
    data = request.POST.copy()
    data["narrative"] = entering.started_from(data.get("narrative", ""), narrative)
    messages.info(request, _("The accepted text has been put into the box. It is not saved yet."))
    return EntryForm(data, owed=item)


def _after_saving(request, sub: Submission, saved: OwedActivity, following: list[OwedActivity], *, stay: bool):
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
    if "next" in request.POST and not stay:
        unfinished = next((item for item in following if not item.is_complete), None)
        if unfinished:
            return redirect("entry", sub.pk, unfinished.activity.ordinal)
        return redirect("submission", sub.pk)
    return redirect("entry", sub.pk, saved.activity.ordinal)


# Pages that can only hand a text back ask here how its fields are called.
entry.typed_texts = typed_texts
