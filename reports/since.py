"""What an agency finds different from the half-year before, for the first look at a new report."""

from dataclasses import dataclass

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from activities.models import Activity
from budget.models import Clarification
from programme.money import format_money

from .duty import OwedActivity
from .models import Entry, Submission, SubmissionCopy


@dataclass(frozen=True)
class Difference:
    activity: Activity
    text: str


def since_last(submission: Submission, owed: list[OwedActivity]) -> list[Difference]:
    """Activities that fell away or came in, new yearly amounts and clarified ones, in plan order.

    Against what was last filed for an earlier half-year; nothing before the first. Three queries.
    """
    period = submission.period
    filed = SubmissionCopy.objects.before(submission).filter(submission__state__in=Submission.FILED)
    copy = filed.last()
    if copy is None:
        return []
    last, found = copy.submission.period, []
    reported = {entry["activity"]: entry for entry in copy.data["entries"]}
    now = {item.activity.ordinal: item for item in owed}
    finished = Activity.objects.filter(programme=period.programme_id, ordinal__in=reported.keys() - now.keys())
    for activity in finished:
        if reported[activity.ordinal]["status"] == Entry.Status.DONE:
            found.append(Difference(activity, _("Accepted as done; it is not asked for any more.")))
    found += [
        Difference(item.activity, _("Asked for anew: it was not in your last report."))
        for ordinal, item in now.items()
        if ordinal not in reported
    ]
    if last.year != period.year:
        found += [
            Difference(item.activity, _plan_of_the_year(period.year, line.in_force))
            for item in owed
            for line in item.lines
            if line.is_own
        ]
    found += _clarified(submission, owed, last.ends_on)
    return sorted(found, key=lambda difference: difference.activity.ordinal)


def _plan_of_the_year(year: int, amount) -> str:
    return _("New budget year %(year)s: %(amount)s million tenge are planned.") % {
        "year": year,
        "amount": format_money(amount),
    }


def _clarified(submission: Submission, owed: list[OwedActivity], after) -> list[Difference]:
    activities = {line.line.pk: item.activity for item in owed for line in item.lines if line.is_own}
    clarifications = Clarification.objects.filter(
        line__in=activities.keys(), effective_on__gt=after, effective_on__lte=submission.period.ends_on
    )
    return [
        Difference(
            activities[clarified.line_id],
            _("The amount was clarified from %(date)s on: %(amount)s million tenge.")
            % {"date": date_format(clarified.effective_on, "DATE_FORMAT"), "amount": format_money(clarified.amount)},
        )
        for clarified in clarifications
    ]
