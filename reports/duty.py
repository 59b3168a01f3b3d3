"""What an agency owes for a half-year: its activities, the money and the indicators it answers for, what it wrote."""

import datetime
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from decimal import Decimal

from django.db.models import Prefetch, QuerySet

from activities.models import Activity, DocumentKind, Indicator, Responsibility
from budget.models import BudgetLine
from programme import calendar
from programme.models import Agency
from programme.money import ZERO

from . import checks
from .models import Entry, Period, Spending, Submission, SubmissionCopy, Waiver


@dataclass(frozen=True)
class OwedLine:
    """A budget line and what was spent on it, million tenge.

    `in_force`: the year's plan at the end of the half-year; `before`: spent in the year's first half-year, as filed;
    `last`: spent on the same purpose in the half-year before, None if nothing was filed; `spent`: in this half-year,
    as the entry says (None: nothing entered). `is_own`: the agency answers for the line; others are there only
    because somebody entered an amount.
    """

    line: BudgetLine
    in_force: Decimal
    before: Decimal
    last: Decimal | None
    spent: Decimal | None
    is_own: bool = True

    @property
    def year_to_date(self) -> Decimal:
        return self.before + (self.spent or ZERO)


@dataclass(frozen=True)
class OwedIndicator:
    """`value`: what this half-year added, as the entry says; `last`: what the half-year before added, as filed."""

    indicator: Indicator
    last: int | None
    value: int | None


@dataclass
class OwedActivity:
    activity: Activity
    responsibility: Responsibility
    period: Period
    today: datetime.date
    entry: Entry | None = None
    lines: list[OwedLine] = field(default_factory=list)
    indicators: list[OwedIndicator] = field(default_factory=list)
    waivers: list[Waiver] = field(default_factory=list)

    @property
    def document(self) -> DocumentKind | None:
        """The document that this body must name when it is done; only the lead compiler, where there is one."""
        leads = [r for r in self.activity.responsibilities.all() if r.role == Responsibility.Role.LEAD]
        if not self.activity.document or (leads and self.responsibility not in leads):
            return None
        return DocumentKind(self.activity.document)

    @property
    def needs_document_number(self) -> bool:
        return DocumentKind(self.entry.document_kind or self.document).has_number

    def after(self, entry: Entry, spending: dict[int, Decimal | None], indicators: dict[int, int | None]):
        """The same once the entry is saved with these figures, by id of line and indicator. No query."""
        lines = [replace(line, spent=spending.get(line.line.pk, line.spent)) for line in self.lines]
        return replace(
            self,
            entry=entry,
            lines=[line for line in lines if line.is_own or line.spent is not None],
            indicators=[
                replace(counted, value=indicators.get(counted.indicator.pk, counted.value))
                for counted in self.indicators
            ],
        )

    @property
    def is_started(self) -> bool:
        return self.entry is not None

    @property
    def is_complete(self) -> bool:
        return not self.problems

    @property
    def warnings(self) -> list[checks.Problem]:
        """What asks for an explanation, given or not."""
        return checks.warnings(self)

    @property
    def problems(self) -> list[checks.Problem]:
        """What keeps the entry from being filed."""
        waived = {waiver.rule for waiver in self.waivers}
        return [problem for problem in checks.blocking(self) if problem.rule not in waived]


def owed_activities(submission: Submission) -> list[OwedActivity]:
    """What one agency owes, in plan order: see `owed_by_submission`."""
    return owed_by_submission(submission.period, [submission])[submission.pk]


def owed_activity(submission: Submission, ordinal: int) -> OwedActivity | None:
    """One of `owed_activities` by its row in the plan; as many queries, far less work."""
    owed = owed_by_submission(submission.period, [submission], Activity.objects.filter(ordinal=ordinal))
    return next(iter(owed[submission.pk]), None)


def owed_by_submission(
    period: Period, submissions: Iterable[Submission], among: QuerySet[Activity] | None = None
) -> dict[int, list[OwedActivity]]:
    """For each submission of the half-year its agency's activities (`among` these), without those accepted as done.

    Bodies named by agreement owe nothing. Eleven queries, however many submissions (their agencies loaded).
    """
    submissions = list(submissions)
    agencies = [submission.agency_id for submission in submissions]
    activities = list(
        (Activity.objects.all() if among is None else among)
        .filter(
            programme=period.programme_id,
            pk__in=Responsibility.objects.filter(agency__in=agencies).values("activity"),
        )
        .select_related("section")
        .prefetch_related("responsibilities")
    )
    done = _done_before(period, agencies)
    entries = _entries(submissions, activities)
    lines = _lines_by_activity(period, activities)
    indicators = _indicators_by_activity(period, activities)
    last = _last_copies(period, agencies)
    waivers = defaultdict(list)
    for waiver in Waiver.objects.filter(submission__in=submissions, copy=None):
        waivers[waiver.submission_id, waiver.activity_id].append(waiver)
    today = calendar.today(period.programme.time_zone)

    def owed(submission: Submission, activity: Activity, responsibility: Responsibility) -> OwedActivity:
        entry = entries.get((submission.pk, activity.pk))
        copy = last.get(submission.agency_id)
        return OwedActivity(
            activity=activity,
            responsibility=responsibility,
            period=period,
            today=today,
            entry=entry,
            lines=_owed_lines(period, entry, _own_lines(submission.agency, activity, lines[activity.pk]), copy),
            indicators=_owed_indicators(activity, entry, indicators[activity.pk], copy),
            waivers=waivers[submission.pk, activity.pk],
        )

    return {
        submission.pk: [
            owed(submission, activity, responsibility)
            for activity in activities
            for responsibility in activity.responsibilities.all()
            if responsibility.agency_id == submission.agency_id
            and not responsibility.by_agreement
            and (submission.agency_id, activity.pk) not in done
        ]
        for submission in submissions
    }


def _done_before(period: Period, agencies: list[int]) -> set[tuple[int, int]]:
    """Pairs (agency, activity) that were accepted as done in an earlier half-year."""
    return set(
        Entry.objects.filter(
            submission__agency__in=agencies,
            submission__state=Submission.State.ACCEPTED,
            submission__period__programme=period.programme_id,
            submission__period__starts_on__lt=period.starts_on,
            status=Entry.Status.DONE,
        ).values_list("submission__agency", "activity")
    )


def _entries(submissions: list[Submission], activities: list[Activity]) -> dict[tuple[int, int], Entry]:
    spending = Spending.objects.select_related("line__region", "line__activity")
    entries = Entry.objects.filter(submission__in=submissions, activity__in=activities).prefetch_related(
        Prefetch("spending", spending), "indicator_values"
    )
    return {(entry.submission_id, entry.activity_id): entry for entry in entries}


def _lines_by_activity(period: Period, activities: list[Activity]) -> dict[int, list[BudgetLine]]:
    lines = BudgetLine.objects.filter(activity__in=activities, year=period.year)
    by_activity = defaultdict(list)
    for line in lines.with_clarifications().select_related("region", "activity"):
        by_activity[line.activity_id].append(line)
    return by_activity


def _indicators_by_activity(period: Period, activities: list[Activity]) -> dict[int, list[Indicator]]:
    """Those of the stage that the half-year falls into."""
    indicators = Indicator.objects.filter(
        activity__in=activities,
        stage__first_year__lte=period.year,
        stage__last_year__gte=period.year,
    )
    by_activity = defaultdict(list)
    for indicator in indicators:
        by_activity[indicator.activity_id].append(indicator)
    return by_activity


def _last_copies(period: Period, agencies: list[int]) -> dict[int, SubmissionCopy]:
    """By agency, what it filed for the half-year that ended the day before this one began."""
    copies = SubmissionCopy.objects.filter(
        submission__agency__in=agencies,
        submission__state__in=Submission.FILED,
        submission__period__programme=period.programme_id,
        submission__period__ends_on=period.starts_on - datetime.timedelta(days=1),
    )
    return {copy.submission.agency_id: copy for copy in copies.select_related("submission").order_by("number")}


def _own_lines(agency: Agency, activity: Activity, lines: list[BudgetLine]) -> list[BudgetLine]:
    """The lines that the agency answers for: its region's, or the republican ones where it is the payer."""
    if agency.region_id is None and _payer(activity) != agency.pk:
        return []
    return [line for line in lines if line.region_id == agency.region_id]


def _owed_lines(
    period: Period, entry: Entry | None, own: list[BudgetLine], copy: SubmissionCopy | None
) -> list[OwedLine]:
    spent = {spending.line_id: spending.amount for spending in entry.spending.all()} if entry else {}
    filed = copy.spending if copy else {}
    found = []
    for line in own:
        ordinal, region, year, source = line.key
        before = filed.get(line.key, ZERO) if period.half == 2 else ZERO
        last = filed.get((ordinal, region, year if period.half == 2 else year - 1, source))
        found.append(OwedLine(line, line.amount_in_force(period.ends_on), before, last, spent.get(line.pk)))
    foreign = [s for s in entry.spending.all() if s.line_id not in {line.pk for line in own}] if entry else []
    return found + [OwedLine(s.line, s.line.amount, ZERO, None, s.amount, is_own=False) for s in foreign]


def _owed_indicators(
    activity: Activity, entry: Entry | None, indicators: list[Indicator], copy: SubmissionCopy | None
) -> list[OwedIndicator]:
    values = {value.indicator_id: value.value for value in entry.indicator_values.all()} if entry else {}
    filed = copy.indicator_values if copy else {}
    return [
        OwedIndicator(indicator, filed.get((activity.ordinal, indicator.code)), values.get(indicator.pk))
        for indicator in indicators
    ]


def _payer(activity: Activity) -> int | None:
    """The key of who answers for an activity's republican money: the lead compiler, or else the first obliged body."""
    obliged = [r for r in activity.responsibilities.all() if not r.by_agreement]
    lead = next((r for r in obliged if r.role == Responsibility.Role.LEAD), None)
    first = lead or next(iter(obliged), None)
    return first.agency_id if first else None
