"""What an agency owes for a half-year: its activities, the money and the indicators it answers for, what it wrote."""

import datetime
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from decimal import Decimal

from django.db.models import Case, Exists, F, OuterRef, Prefetch, Q, QuerySet, Subquery, Value, When

from activities.models import Activity, DocumentKind, Indicator, Responsibility
from budget.models import BudgetLine, Clarification
from programme import calendar, stamps
from programme.models import Agency
from programme.money import ZERO

from . import checks
from .models import Attachment, Entry, IndicatorValue, Period, Spending, Submission, SubmissionCopy, Waiver


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
    """`activity` knows whether it has a lead compiler: `has_lead`."""

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
        is_asked = not self.activity.has_lead or self.responsibility.role == Responsibility.Role.LEAD
        return DocumentKind(self.activity.document) if self.activity.document and is_asked else None

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


def owed_activities(submission: Submission, *, stamp: str = "") -> list[OwedActivity]:
    """What one agency owes, in plan order: see `owed_by_submission`.

    `stamp`: of `stamps.stamp_of` the programme. All but what the agency wrote is then kept under it: three queries.
    """
    return _with_entries({submission.pk: _unwritten(submission, stamp)}, _entries([submission]))[submission.pk]


def _entries(submissions: list[Submission]) -> QuerySet[Entry]:
    return Entry.objects.filter(submission__in=submissions).defer("words")


def owed_activity(submission: Submission, ordinal: int, *, stamp: str = "") -> OwedActivity | None:
    """One of `owed_activities` by its row in the plan; as many queries, far less work."""
    if stamp:
        found = [item for item in _unwritten(submission, stamp) if item.activity.ordinal == ordinal]
    else:
        found = _owed(submission.period, [submission], Activity.objects.filter(ordinal=ordinal))[submission.pk]
    if not found:
        return None
    entries = _entries([submission]).filter(activity=found[0].activity)
    return _with_entries({submission.pk: found}, entries)[submission.pk][0]


def owed_by_submission(period: Period, submissions: Iterable[Submission]) -> dict[int, list[OwedActivity]]:
    """For each submission of the half-year its agency's activities, without those accepted as done.

    Bodies named by agreement owe nothing. Ten queries, however many submissions (their agencies loaded), and one more
    where an amount stands on a line of another body.
    """
    submissions = list(submissions)
    return _with_entries(_owed(period, submissions, Activity.objects.all()), _entries(submissions))


def written_so_far(entries: QuerySet[Entry], files: QuerySet[Attachment] | None = None) -> str:
    """Changes whenever one of these does: what parts of pages that show drafts are kept by. One query."""
    found = entries.order_by().values_list("pk", "version")
    if files is not None:
        is_removed = Case(When(removed_at=None, then=Value(0)), default=Value(1))
        found = found.union(files.order_by().annotate(key=-F("pk"), is_gone=is_removed).values_list("key", "is_gone"))
    return " ".join(f"{pk}.{version}" for pk, version in sorted(found))


def _unwritten(submission: Submission, stamp: str) -> list[OwedActivity]:
    """What is owed before anything is written about it."""

    def found() -> list[OwedActivity]:
        return _owed(submission.period, [submission], Activity.objects.all())[submission.pk]

    if not stamp:
        return found()
    kept = stamps.kept(
        ("owed", stamp, str(submission.pk)), lambda: [replace(item, period=None, today=None) for item in found()]
    )
    today = calendar.today(submission.period.programme.time_zone)
    return [replace(item, period=submission.period, today=today) for item in kept]


def _owed(period: Period, submissions: list[Submission], among: QuerySet[Activity]) -> dict[int, list[OwedActivity]]:
    """By submission, without what was written in it. Seven queries."""
    agencies = {submission.agency_id: submission.agency for submission in submissions}
    obliged = Responsibility.objects.filter(agency__in=list(agencies), by_agreement=False)
    others = Responsibility.objects.filter(activity=OuterRef("pk"))
    leads = Q(role=Responsibility.Role.LEAD)
    payers = others.filter(by_agreement=False).order_by(
        Case(When(leads, then=Value(0)), default=Value(1)), "ordinal", "agency__ordinal"
    )
    activities = list(
        among.filter(programme=period.programme_id, pk__in=obliged.values("activity"))
        .annotate(has_lead=Exists(others.filter(leads)), payer=Subquery(payers.values("agency")[:1]))
        .select_related("section")
        .defer("words", "title_words")
        .prefetch_related(Prefetch("responsibilities", obliged, to_attr="owing"))
    )
    done = _done_before(period, list(agencies))
    lines = _lines_by_activity(period, activities, agencies.values())
    indicators = _indicators_by_activity(period, activities)
    last = _last_copies(period, list(agencies))
    waivers = defaultdict(list)
    for waiver in Waiver.objects.filter(submission__in=submissions, copy=None):
        waivers[waiver.submission_id, waiver.activity_id].append(waiver)
    today = calendar.today(period.programme.time_zone)

    def owed(submission: Submission, activity: Activity, responsibility: Responsibility) -> OwedActivity:
        copy = last.get(submission.agency_id)
        return OwedActivity(
            activity=activity,
            responsibility=responsibility,
            period=period,
            today=today,
            lines=_owed_lines(period, _own_lines(submission.agency, activity, lines[activity.pk]), copy),
            indicators=_owed_indicators(activity, indicators[activity.pk], copy),
            waivers=waivers[submission.pk, activity.pk],
        )

    return {
        submission.pk: [
            owed(submission, activity, responsibility)
            for activity in activities
            for responsibility in activity.owing
            if responsibility.agency_id == submission.agency_id and (submission.agency_id, activity.pk) not in done
        ]
        for submission in submissions
    }


def _with_entries(owed: dict[int, list[OwedActivity]], entries: QuerySet[Entry]) -> dict[int, list[OwedActivity]]:
    """The same with what the agencies wrote. Three queries, and one for the lines of other bodies that they name."""
    entries = {(entry.submission_id, entry.activity_id): entry for entry in entries.order_by()}
    written = [entry.pk for entry in entries.values()]
    spending, values = defaultdict(dict), defaultdict(dict)
    for row in Spending.objects.filter(entry__in=written).order_by():
        spending[row.entry_id][row.line_id] = row.amount
    for row in IndicatorValue.objects.filter(entry__in=written).order_by():
        values[row.entry_id][row.indicator_id] = row.value
    found = {
        pk: [
            _with_entry(item, entry, spending[entry.pk], values[entry.pk])
            if (entry := entries.get((pk, item.activity.pk)))
            else item
            for item in items
        ]
        for pk, items in owed.items()
    }
    _add_foreign_lines([item for items in found.values() for item in items if item.entry], spending)
    return found


def _with_entry(owed: OwedActivity, entry: Entry, spent: dict[int, Decimal], values: dict[int, int]) -> OwedActivity:
    return replace(
        owed,
        entry=entry,
        lines=[replace(line, spent=spent.get(line.line.pk)) for line in owed.lines],
        indicators=[replace(counted, value=values.get(counted.indicator.pk)) for counted in owed.indicators],
    )


def _add_foreign_lines(written: list[OwedActivity], spending: dict[int, dict[int, Decimal]]) -> None:
    """Those that the body does not answer for, and has named an amount on."""
    foreign = {}
    for item in written:
        if missing := spending[item.entry.pk].keys() - {line.line.pk for line in item.lines}:
            foreign[item.entry.pk] = missing
    if not foreign:
        return
    lines = BudgetLine.objects.filter(pk__in=set().union(*foreign.values())).select_related("region", "activity")
    lines = {line.pk: line for line in lines.order_by("activity__ordinal", "ordinal")}
    for item in written:
        spent, missing = spending[item.entry.pk], foreign.get(item.entry.pk, ())
        item.lines += [
            OwedLine(line, line.amount, ZERO, None, spent[pk], is_own=False)
            for pk, line in lines.items()
            if pk in missing
        ]


def _done_before(period: Period, agencies: list[int]) -> set[tuple[int, int]]:
    """Pairs (agency, activity) that were accepted as done in an earlier half-year."""
    return set(
        Entry.objects.filter(
            submission__agency__in=agencies,
            submission__state=Submission.State.ACCEPTED,
            submission__period__programme=period.programme_id,
            submission__period__starts_on__lt=period.starts_on,
            status=Entry.Status.DONE,
        )
        .order_by()
        .values_list("submission__agency", "activity")
    )


def _lines_by_activity(
    period: Period, activities: list[Activity], agencies: Iterable[Agency]
) -> dict[int, list[BudgetLine]]:
    """Of the year, on the levels that these bodies belong to; `clarified`: what is in force instead of the amount."""
    regions = {agency.region_id for agency in agencies}
    levels = Q(region__in=[pk for pk in regions if pk])
    clarified = Clarification.objects.filter(line=OuterRef("pk"), effective_on__lte=period.ends_on)
    lines = (
        BudgetLine.objects.filter(levels | Q(region=None) if None in regions else levels)
        .filter(activity__in=activities, year=period.year)
        .annotate(clarified=Subquery(clarified.order_by("-effective_on").values("amount")[:1]))
        .select_related("region")
    )
    by_pk = {activity.pk: activity for activity in activities}
    by_activity = defaultdict(list)
    for line in lines:
        line.activity = by_pk[line.activity_id]
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
    """The lines that the agency answers for: its region's, or the republican ones where it is the payer.

    Who pays is the lead compiler, or else the first obliged body.
    """
    if agency.region_id is None and activity.payer != agency.pk:
        return []
    return [line for line in lines if line.region_id == agency.region_id]


def _owed_lines(period: Period, own: list[BudgetLine], copy: SubmissionCopy | None) -> list[OwedLine]:
    filed = copy.spending if copy else {}
    found = []
    for line in own:
        ordinal, region, year, source = line.key
        before = filed.get(line.key, ZERO) if period.half == 2 else ZERO
        last = filed.get((ordinal, region, year if period.half == 2 else year - 1, source))
        in_force = line.amount if line.clarified is None else line.clarified
        found.append(OwedLine(line, in_force, before, last, None))
    return found


def _owed_indicators(
    activity: Activity, indicators: list[Indicator], copy: SubmissionCopy | None
) -> list[OwedIndicator]:
    filed = copy.indicator_values if copy else {}
    return [OwedIndicator(one, filed.get((activity.ordinal, one.code)), None) for one in indicators]
