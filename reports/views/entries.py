"""Entering all activities of a report on one page, fast and by keyboard."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from django.contrib import messages
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from .. import entering, filing
from ..duty import OwedActivity, owed_activities
from ..forms.entry import EntryForm, typed_texts
from ..models import Entry, Submission
from ..transitions import Refused
from .entry import get_submission_to_write, locked
from .submission import submission_breadcrumbs


@dataclass
class Row:
    """An activity on the page: its form, and what somebody else saved meanwhile."""

    owed: OwedActivity
    form: EntryForm
    accepted: dict | None = None
    theirs: Entry | None = None
    differences: list[entering.Difference] = field(default_factory=list)

    @property
    def key(self) -> str:
        return prefix_of(self.owed)

    @property
    def has_more(self) -> bool:
        """Whether the rarely needed fields stand open."""
        return bool(self.owed.document) or self.form.completion_is_filled


def prefix_of(owed: OwedActivity) -> str:
    return f"a{owed.activity.ordinal}"


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def entries(request, pk):
    """All activities owed. Saving stores each changed row for itself; rows that cannot be saved stay as typed."""
    sub = get_submission_to_write(request, pk)
    if not sub.is_editable:
        return locked(request, sub, filing.why_locked(sub))
    before = entering.accepted_before(sub)
    accepted = before.entries if before else {}
    owed = owed_activities(sub)
    failed = []
    starting = next((item for item in owed if f"{prefix_of(item)}-start" in request.POST), None)
    if starting:
        failed = _started(request, owed, starting, accepted.get(starting.activity.ordinal))
    elif request.method == "POST":
        try:
            failed, saved = _save(request, sub, owed)
        except Refused as refused:
            return locked(request, sub, str(refused))
        _say(request, saved, failed)
        if not failed:
            return redirect("entries", pk)
        owed = owed_activities(sub)
    unsaved = {row.key: row for row in failed}
    rows = []
    for item in owed:
        row = unsaved.get(prefix_of(item)) or Row(item, EntryForm(owed=item, prefix=prefix_of(item)))
        row.owed, row.accepted = item, accepted.get(item.activity.ordinal)
        rows.append(row)
    context = {
        "submission": sub,
        "period": sub.period,
        "rows": rows,
        "failed": failed,
        "complete": sum(item.is_complete for item in owed),
        "before": before,
        "section": "periods",
        "breadcrumbs": submission_breadcrumbs(sub),
    }
    return render(request, "reports/entries.html", context, status=409 if any(row.theirs for row in failed) else 200)


def _sent(data, owed: list[OwedActivity]) -> Iterator[Row]:
    for item in owed:
        prefix = prefix_of(item)
        if f"{prefix}-version" in data:
            yield Row(item, EntryForm(data, owed=item, prefix=prefix))


def _save(request, sub: Submission, owed: list[OwedActivity]) -> tuple[list[Row], int]:
    """Save every changed row; returns those that could not be saved, and how many were."""
    failed, saved = [], 0
    for row in _sent(request.POST, owed):
        if not row.form.is_valid():
            failed.append(row)
            continue
        try:
            saved += entering.save_form(row.form, submission=sub, by=request.user)
        except filing.Conflict as conflict:
            row.theirs = conflict.theirs
            row.differences = entering.differences(row.form, conflict.theirs)
            row.form.add_error(None, str(conflict))
            failed.append(row)
    return failed, saved


def _say(request, saved: int, failed: list[Row]) -> None:
    if saved:
        text = ngettext("%(count)s activity was saved.", "%(count)s activities were saved.", saved)
        messages.success(request, text % {"count": saved})
    elif not failed:
        messages.info(request, _("Everything is saved."))
    if failed:
        numbers = ", ".join(str(row.owed.activity.ordinal) for row in failed)
        messages.warning(request, _("Not saved: %(rows)s. What you typed stands below as it was.") % {"rows": numbers})


def _started(request, owed: list[OwedActivity], starting: OwedActivity, accepted: dict | None) -> list[Row]:
    """All rows as sent, one with the accepted text as a beginning; nothing is saved."""
    data, name = request.POST.copy(), f"{prefix_of(starting)}-narrative"
    data[name] = entering.started_from(data.get(name, ""), accepted["narrative"] if accepted else "")
    messages.info(request, _("The accepted text has been put into the box. It is not saved yet."))
    return list(_sent(data, owed))


entries.typed_texts = typed_texts
