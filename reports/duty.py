"""What an agency owes for a half-year: its activities, the money it answers for, and what is still missing."""

from collections import defaultdict
from dataclasses import dataclass, field
from decimal import Decimal

from django.db.models import Prefetch
from django.utils.translation import gettext as _

from activities.models import Activity, Responsibility
from budget.models import BudgetLine
from programme.models import Agency

from .models import Entry, Submission


@dataclass(frozen=True)
class OwedLine:
    """A budget line and what the entry says was spent on it in the half-year (None: nothing entered)."""

    line: BudgetLine
    spent: Decimal | None


@dataclass
class OwedActivity:
    activity: Activity
    responsibility: Responsibility
    entry: Entry | None
    lines: list[OwedLine] = field(default_factory=list)

    @property
    def is_started(self) -> bool:
        return self.entry is not None

    @property
    def is_complete(self) -> bool:
        return not self.problems

    @property
    def problems(self) -> list[tuple[str, str]]:
        """What keeps the entry from being filed: (form field, message) pairs."""
        entry = self.entry
        if entry is None or not entry.status:
            return [("status", _("Choose a status, or say why there is nothing to report."))]
        found = []
        if entry.status not in Entry.BLANKS and not entry.narrative.strip():
            found.append(("narrative", _("Write what was done.")))
        if entry.status in Entry.NEEDS_REASON and not entry.reason.strip():
            found.append(("reason", _("Give the reason.")))
        if entry.status == Entry.Status.DELAYED and not entry.next_step.strip():
            found.append(("next_step", _("Say what will be done next.")))
        if entry.status not in Entry.BLANKS:
            found += [
                (f"spent_{owed.line.pk}", _("Enter what was spent, or 0 if nothing was."))
                for owed in self.lines
                if owed.spent is None
            ]
        return found


def owed_activities(submission: Submission) -> list[OwedActivity]:
    """Activities of the submission's agency that were not accepted as done in an earlier half-year, in plan order.

    Bodies named by agreement owe nothing. Five queries.
    """
    agency, period = submission.agency, submission.period
    done_before = Entry.objects.filter(
        submission__agency=agency,
        submission__state=Submission.State.ACCEPTED,
        submission__period__programme=period.programme_id,
        submission__period__starts_on__lt=period.starts_on,
        status=Entry.Status.DONE,
    )
    activities = list(
        Activity.objects.filter(
            programme=period.programme_id,
            responsibilities__agency=agency,
            responsibilities__by_agreement=False,
        )
        .exclude(pk__in=done_before.values("activity"))
        .select_related("section")
        .prefetch_related("deadlines", Prefetch("responsibilities", Responsibility.objects.select_related("agency")))
    )
    entries = {
        entry.activity_id: entry
        for entry in submission.entries.filter(activity__in=activities).prefetch_related("spending")
    }
    lines = _lines_by_activity(agency, activities, period.year)
    return [_owed(activity, agency, entries.get(activity.pk), lines[activity.pk]) for activity in activities]


def owed_activity(submission: Submission, ordinal: int) -> OwedActivity | None:
    """One of `owed_activities` by its row in the plan."""
    return next((owed for owed in owed_activities(submission) if owed.activity.ordinal == ordinal), None)


def _owed(activity: Activity, agency: Agency, entry: Entry | None, lines: list[BudgetLine]) -> OwedActivity:
    spent = {spending.line_id: spending.amount for spending in entry.spending.all()} if entry else {}
    return OwedActivity(
        activity=activity,
        responsibility=next(r for r in activity.responsibilities.all() if r.agency_id == agency.pk),
        entry=entry,
        lines=[OwedLine(line, spent.get(line.pk)) for line in lines],
    )


def _lines_by_activity(agency: Agency, activities: list[Activity], year: int) -> dict[int, list[BudgetLine]]:
    """The year's lines that the agency answers for: its region's, or the republican ones where it is the payer."""
    lines = BudgetLine.objects.filter(activity__in=activities, year=year, region=agency.region_id)
    if agency.region_id is None:
        paid = [activity for activity in activities if _payer(activity) == agency]
        lines = lines.filter(activity__in=paid)
    by_activity = defaultdict(list)
    for line in lines.select_related("region"):
        by_activity[line.activity_id].append(line)
    return by_activity


def _payer(activity: Activity) -> Agency | None:
    """Who answers for an activity's republican money: the lead compiler, or else the first obliged body."""
    obliged = [r for r in activity.responsibilities.all() if not r.by_agreement]
    lead = next((r for r in obliged if r.role == Responsibility.Role.LEAD), None)
    first = lead or next(iter(obliged), None)
    return first.agency if first else None
