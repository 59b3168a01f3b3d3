"""What a filed report's page shows: its entries beside another filing, comments, what a coordinator may decide."""

from django.utils.text import capfirst
from django.utils.translation import gettext as _

from ..comparison import Against, available, compared_entries
from ..forms.review import CommentForm
from ..models import Submission, SubmissionCopy
from ..threads import by_ordinal, threads


def reading_context(request, sub: Submission, copies: list[SubmissionCopy]) -> dict:
    """For `reports/submission.html`: the latest of `copies`, read beside what `?with=` names. Six queries."""
    user, copy = request.user, copies[-1]
    choices = available(sub, copies)
    wanted = request.GET.get("with")
    chosen = wanted if wanted in choices else next(iter(choices))
    against = choices[chosen]
    found = threads(sub, user)
    entries = compared_entries(copy, sub, against)
    activities = {one.entry["activity"].ordinal: one.entry["activity"] for one in entries}
    on_entries = by_ordinal(found)
    return {
        "copy": copy,
        "is_own_filing": copy.filed_by_id == user.pk,
        "choices": [(choice, _label(choice, other)) for choice, other in choices.items()] if len(choices) > 1 else [],
        "chosen": chosen,
        "against": against,
        "against_label": _label(chosen, against),
        "entries": [
            {
                "compared": one,
                "threads": on_entries.pop(ordinal, []),
                "comment_form": CommentForm(activities=activities, ordinal=ordinal) if user.coordinates else None,
            }
            for ordinal, one in zip(activities, entries, strict=True)
        ],
        # On the whole report, and on activities that this filing has no entry on.
        "other_threads": sorted((one for rest in on_entries.values() for one in rest), key=lambda one: one.root.at),
        "comment_form": CommentForm(activities=activities) if user.coordinates else None,
        "open_threads": [thread for thread in found if thread.is_open],
        "warned": [one.entry["activity"] for one in entries if one.entry.get("deviations")],
        "waived": [one.entry["activity"] for one in entries if one.entry["waivers"]],
        "unwritten": [waiver for waiver in copy.data.get("waivers", []) if waiver["activity"] not in activities],
    }


def _label(choice: str, other: SubmissionCopy | None) -> str:
    match choice:
        case Against.FILING:
            return _("Filing %(number)s of this report") % {"number": other.number}
        case Against.LAST:
            return capfirst(other.submission.period.title)
        case _:
            return Against.NOTHING.label
