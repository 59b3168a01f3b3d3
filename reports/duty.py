"""What an agency owes for a half-year: its activities, the money it answers for, and what is still missing."""

from collections import defaultdict
from dataclasses import dataclass, field
from decimal import Decimal

from django.db import models
from django.db.models import Prefetch
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from activities.models import Activity, Responsibility
from budget.models import BudgetLine, LineKey
from programme.models import Agency
from programme.money import ZERO, format_money

from .models import Entry, Period, Submission, SubmissionCopy


class Deviation(models.TextChoices):
    """What does not keep a report from being filed, but asks for the reason; the outcome stays with the filing."""

    OVER_PLAN = "over_plan", gettext_lazy("more was spent than is planned for the year")
    NOTHING_SPENT = "nothing_spent", gettext_lazy("nothing of the year's plan was spent by its end")


@dataclass(frozen=True)
class OwedLine:
    """A budget line and what was spent on it, million tenge.

    `in_force`: the year's plan at the end of the half-year; `before`: spent in the year's first half-year, as filed;
    `spent`: in this half-year, as the entry says (None: nothing entered).
    """

    line: BudgetLine
    in_force: Decimal
    before: Decimal
    spent: Decimal | None

    @property
    def year_to_date(self) -> Decimal:
        return self.before + (self.spent or ZERO)

    def deviation(self, *, year_ends: bool) -> Deviation | None:
        if self.spent is None:
            return None
        if self.year_to_date > self.in_force:
            return Deviation.OVER_PLAN
        return Deviation.NOTHING_SPENT if year_ends and not self.year_to_date and self.in_force else None


@dataclass
class OwedActivity:
    activity: Activity
    responsibility: Responsibility
    entry: Entry | None
    lines: list[OwedLine] = field(default_factory=list)
    year_ends: bool = False

    @property
    def deviations(self) -> list[tuple[OwedLine, Deviation]]:
        if self.entry is None or self.entry.status in Entry.BLANKS:
            return []
        return [(owed, deviation) for owed in self.lines if (deviation := owed.deviation(year_ends=self.year_ends))]

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
        if not entry.reason.strip():
            if entry.status in Entry.NEEDS_REASON:
                found.append(("reason", _("Give the reason.")))
            found += [("reason", _explain(owed, deviation)) for owed, deviation in self.deviations]
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

    Bodies named by agreement owe nothing. Six queries, and one more for a second half-year.
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
    before = _spent_before(agency, period)
    return [
        OwedActivity(
            activity=activity,
            responsibility=next(r for r in activity.responsibilities.all() if r.agency_id == agency.pk),
            entry=entries.get(activity.pk),
            lines=_owed_lines(period, entries.get(activity.pk), lines[activity.pk], before),
            year_ends=period.half == 2,
        )
        for activity in activities
    ]


def owed_activity(submission: Submission, ordinal: int) -> OwedActivity | None:
    """One of `owed_activities` by its row in the plan."""
    return next((owed for owed in owed_activities(submission) if owed.activity.ordinal == ordinal), None)


def _owed_lines(
    period: Period, entry: Entry | None, lines: list[BudgetLine], before: dict[LineKey, Decimal]
) -> list[OwedLine]:
    spent = {spending.line_id: spending.amount for spending in entry.spending.all()} if entry else {}
    return [
        OwedLine(
            line=line,
            in_force=line.amount_in_force(period.ends_on),
            before=before.get(line.key, ZERO),
            spent=spent.get(line.pk),
        )
        for line in lines
    ]


def _lines_by_activity(agency: Agency, activities: list[Activity], year: int) -> dict[int, list[BudgetLine]]:
    """The year's lines that the agency answers for: its region's, or the republican ones where it is the payer."""
    lines = BudgetLine.objects.filter(activity__in=activities, year=year, region=agency.region_id)
    if agency.region_id is None:
        paid = [activity for activity in activities if _payer(activity) == agency]
        lines = lines.filter(activity__in=paid)
    by_activity = defaultdict(list)
    for line in lines.with_clarifications().select_related("region", "activity"):
        by_activity[line.activity_id].append(line)
    return by_activity


def _spent_before(agency: Agency, period: Period) -> dict[LineKey, Decimal]:
    """What the agency filed as spent in the first half of the period's year; nothing for the first half itself."""
    if period.half == 1:
        return {}
    copy = SubmissionCopy.objects.filter(
        submission__agency=agency,
        submission__state__in=Submission.FILED,
        submission__period__programme=period.programme_id,
        submission__period__year=period.year,
        submission__period__half=1,
    ).last()
    return copy.spending if copy else {}


def _explain(owed: OwedLine, deviation: Deviation) -> str:
    return _("Give the reason: %(warning)s (%(spent)s of %(planned)s million tenge).") % {
        "warning": deviation.label,
        "spent": format_money(owed.year_to_date),
        "planned": format_money(owed.in_force),
    }


def _payer(activity: Activity) -> Agency | None:
    """Who answers for an activity's republican money: the lead compiler, or else the first obliged body."""
    obliged = [r for r in activity.responsibilities.all() if not r.by_agreement]
    lead = next((r for r in obliged if r.role == Responsibility.Role.LEAD), None)
    first = lead or next(iter(obliged), None)
    return first.agency if first else None
