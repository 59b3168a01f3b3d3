"""The consolidated report: one plain structure, built from accepted copies, from which every document is rendered.

`consolidate(period)` reads; `finalise` freezes. Texts are {"kk", "ru", "en"} objects, amounts are strings of million
tenge with three decimals, dates are ISO, bodies and regions are named by code and explained once in `bodies`.
"""

from collections import Counter, defaultdict
from dataclasses import dataclass
from decimal import Decimal
from typing import TypedDict
from zoneinfo import ZoneInfo

from django.db import IntegrityError, models, transaction
from django.db.models import OuterRef, Prefetch, Subquery
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from activities.models import Activity, Responsibility
from budget.models import BudgetLine, LineKey
from programme import calendar
from programme.loading import LANGUAGES
from programme.models import Agency, Region
from programme.money import ZERO

from .canonical import canonical_json, sha256_of
from .models import ConsolidatedReport, Entry, Period, Submission, SubmissionCopy
from .periods import filers
from .timeliness import timeliness
from .transitions import Refused

STRUCTURE_VERSION = 1

Text = dict[str, str]


class Rollup(models.TextChoices):
    """The state of an activity over all bodies that are obliged to report on it."""

    DONE = "done", gettext_lazy("done")
    IN_PROGRESS = "in_progress", gettext_lazy("in progress")
    DELAYED = "delayed", gettext_lazy("delayed")
    NOT_DUE = "not_due", gettext_lazy("not yet due")
    NOTHING_TO_REPORT = "nothing_to_report", gettext_lazy("nothing to report")
    NO_INFORMATION = "no_information", gettext_lazy("no information received")
    NOBODY_OBLIGED = "nobody_obliged", gettext_lazy("no body is obliged to report")


class MoneyRow(TypedDict):
    """`planned` is the amount in force at the period's end; `spent` runs from the start up to that day."""

    source: str
    year: int
    planned: str
    spent_half_year: str
    spent: str


class EntryPart(TypedDict):
    """What one obliged body says. `period` is the half-year it said so, earlier than the report's if done before."""

    agency: str
    role: str
    period: str
    receipt: str
    status: str
    narrative: str
    reason: str
    next_step: str
    spent_half_year: str


class ActivityPart(TypedDict):
    ordinal: int
    printed_number: int | None
    title: Text
    completion_form: Text
    responsible_text: str
    deadline_text: str
    cost_text: str
    due_dates: list[dict]
    status: str
    counts: dict[str, int]
    entries: list[EntryPart]
    missing: list[str]
    money: list[MoneyRow]


class SectionPart(TypedDict):
    number: int
    title: Text
    activities: list[ActivityPart]


class Filing(TypedDict):
    """How an obliged body stands: its receipt when accepted, and how late it was or is, in days."""

    agency: str
    state: str
    timing: str
    days: int
    first_submitted_at: str | None
    receipt: str | None
    sha256: str | None


class RegionRow(TypedDict):
    """Money of local budgets in one region: of the period's year planned, and spent in the half-year and the year."""

    region: str
    name: Text
    planned: str
    spent_half_year: str
    spent: str


class Report(TypedDict):
    version: int
    programme: dict
    period: dict
    basis: Text
    compiled_on: str
    demonstration: bool
    bodies: dict[str, dict]
    statuses: dict[str, int]
    filings: list[Filing]
    money: list[MoneyRow]
    regions: list[RegionRow]
    sections: list[SectionPart]


def consolidate(period: Period) -> Report:
    """The live structure of a half-year, from accepted copies only. Ten queries however much was filed.

    Raises Refused for a half-year that has lapsed or not ended.
    """
    return _build(period)[0]


def report_of(period: Period) -> Report:
    """The frozen structure of a finalised half-year, else the live one."""
    frozen = ConsolidatedReport.objects.filter(period=period).first()
    return frozen.data if frozen else consolidate(period)


@transaction.atomic
def finalise(*, period: Period, by: User) -> ConsolidatedReport:
    """Freeze the structure with its hash and pin the copies it was built from.

    Raises Refused when nothing was accepted, or when it is finalised already; nothing is stored then.
    """
    if not by.coordinates:
        raise Refused(_("Only a coordinator may finalise the consolidated report."))
    report, copies = _build(period)
    if not any(copy.submission.period_id == period.pk for copy in copies):
        raise Refused(_("No report of this half-year has been accepted yet, so there is nothing to consolidate."))
    content = canonical_json(report)
    try:
        with transaction.atomic():
            frozen = ConsolidatedReport.objects.create(
                period=period,
                content=content,
                sha256=sha256_of(content),
                finalised_at=calendar.now(),
                finalised_by=by,
            )
    except IntegrityError:
        raise Refused(_("The consolidated report of this half-year has already been finalised.")) from None
    frozen.copies.set(copies)
    return frozen


def roll_up(statuses: list[str], missing: int) -> Rollup:
    """One state for an activity from what the obliged bodies say (`missing` of them said nothing).

    Any delay makes it delayed. It is done when every body that it concerns says so and none is missing.
    """
    if not statuses:
        return Rollup.NO_INFORMATION if missing else Rollup.NOBODY_OBLIGED
    said = set(statuses)
    if Entry.Status.DELAYED in said:
        return Rollup.DELAYED
    concerned = said - {Entry.Status.NOT_APPLICABLE}
    if concerned == {Entry.Status.DONE} and not missing:
        return Rollup.DONE
    if said & {Entry.Status.DONE, Entry.Status.IN_PROGRESS}:
        return Rollup.IN_PROGRESS
    return Rollup.NOT_DUE if Entry.Status.NOT_DUE in said else Rollup.NOTHING_TO_REPORT


def in_all_languages(row, name: str) -> Text:
    return {language: getattr(row, f"{name}_{language}") or "" for language in LANGUAGES}


@dataclass(frozen=True)
class _Filed:
    """An entry of an accepted copy, with where it comes from."""

    copy: SubmissionCopy
    agency: str
    period: Period
    entry: dict


def _build(period: Period) -> tuple[Report, list[SubmissionCopy]]:
    programme = period.programme
    if period.is_lapsed:
        raise Refused(_("The duty to report on this half-year has lapsed."))
    today = calendar.today(programme.time_zone)
    if today < period.opens_on:
        raise Refused(_("The half-year has not ended yet."))
    copies = _accepted_copies(period)
    filed = _by_activity(copies)
    spent = _spent_by_line(copies, period)
    lines = list(
        BudgetLine.objects.filter(activity__programme=programme)
        .with_clarifications()
        .select_related("region", "activity")
        .order_by("activity__ordinal", "ordinal")
    )
    lines_by_activity = defaultdict(list)
    for line in lines:
        lines_by_activity[line.activity_id].append(line)
    obliged = list(filers(programme).select_related("region"))
    sections = _sections(period, filed, spent, lines_by_activity)
    report: Report = {
        "version": STRUCTURE_VERSION,
        "programme": {
            "slug": programme.slug,
            "title": in_all_languages(programme, "title"),
            "short_title": in_all_languages(programme, "short_title"),
            "adopted_on": programme.adopted_on.isoformat(),
            "lead_agency": programme.lead_agency.code,
        },
        "period": {
            "code": period.code,
            "year": period.year,
            "half": period.half,
            "starts_on": period.starts_on.isoformat(),
            "ends_on": period.ends_on.isoformat(),
            "submissions_due": period.submissions_due.isoformat(),
            "consolidated_due": period.consolidated_due.isoformat(),
        },
        "basis": in_all_languages(programme.reporting_rules.get(half=period.half), "consolidated_text"),
        "compiled_on": today.isoformat(),
        "demonstration": any(copy.data["demonstration"] for copy in copies),
        "bodies": {
            agency.code: {
                "name": in_all_languages(agency, "name"),
                "short_name": in_all_languages(agency, "short_name"),
                "region": agency.region.code if agency.region else None,
            }
            for agency in obliged
        },
        "statuses": dict(Counter(part["status"] for section in sections for part in section["activities"])),
        "filings": _filings(period, obliged, copies),
        "money": _money(lines, spent, period),
        "regions": _regions(lines, spent, period),
        "sections": sections,
    }
    return report, copies


def _accepted_copies(period: Period) -> list[SubmissionCopy]:
    """The latest copy of each submission accepted for this or an earlier half-year, oldest half-year first."""
    latest = SubmissionCopy.objects.filter(submission=OuterRef("submission")).order_by("-number")
    return list(
        SubmissionCopy.objects.filter(
            submission__period__programme=period.programme_id,
            submission__period__starts_on__lte=period.starts_on,
            submission__state=Submission.State.ACCEPTED,
            pk=Subquery(latest.values("pk")[:1]),
        )
        .select_related("submission__agency__region", "submission__period")
        .order_by("submission__period__starts_on", "submission__agency__ordinal")
    )


def _by_activity(copies: list[SubmissionCopy]) -> dict[int, dict[str, _Filed]]:
    """Activity ordinal → agency code → the latest entry, which for an earlier half-year counts only if done."""
    filed: dict[int, dict[str, _Filed]] = defaultdict(dict)
    for copy in copies:
        for entry in copy.data["entries"]:
            agency = copy.submission.agency.code
            filed[entry["activity"]][agency] = _Filed(copy, agency, copy.submission.period, entry)
    return filed


@dataclass
class _Spent:
    """Million tenge by budget line: in the period itself, and from the start to its end."""

    half_year: dict[LineKey, Decimal]
    total: dict[LineKey, Decimal]


def _spent_by_line(copies: list[SubmissionCopy], period: Period) -> _Spent:
    spent = _Spent(defaultdict(lambda: ZERO), defaultdict(lambda: ZERO))
    for copy in copies:
        for key, amount in copy.spending.items():
            spent.total[key] += amount
            if copy.submission.period_id == period.pk:
                spent.half_year[key] += amount
    return spent


def _sections(period, filed, spent, lines_by_activity) -> list[SectionPart]:
    activities = (
        Activity.objects.filter(programme=period.programme_id)
        .select_related("section")
        .prefetch_related("deadlines", Prefetch("responsibilities", Responsibility.objects.select_related("agency")))
        .order_by("section__number", "ordinal")
    )
    sections: dict[int, SectionPart] = {}
    for activity in activities:
        section = sections.setdefault(
            activity.section.number,
            {
                "number": activity.section.number,
                "title": in_all_languages(activity.section, "title"),
                "activities": [],
            },
        )
        lines = lines_by_activity[activity.pk]
        section["activities"].append(_activity_part(activity, period, filed[activity.ordinal], lines, spent))
    return list(sections.values())


def _activity_part(activity: Activity, period: Period, filed: dict[str, _Filed], lines, spent: _Spent) -> ActivityPart:
    entries, missing = [], []
    obliged = sorted(
        (r for r in activity.responsibilities.all() if not r.by_agreement),
        key=lambda r: r.role != Responsibility.Role.LEAD,
    )
    for responsibility in obliged:
        said = filed.get(responsibility.agency.code)
        if said and (said.period == period or said.entry["status"] == Entry.Status.DONE):
            entries.append(_entry_part(responsibility, said, period))
        else:
            missing.append(responsibility.agency.code)
    statuses = [entry["status"] for entry in entries]
    return {
        "ordinal": activity.ordinal,
        "printed_number": activity.printed_number,
        "title": in_all_languages(activity, "title"),
        "completion_form": in_all_languages(activity, "completion_form"),
        "responsible_text": activity.responsible_text,
        "deadline_text": activity.deadline_text,
        "cost_text": activity.cost_text,
        "due_dates": [{"date": d.date.isoformat(), "kind": d.kind} for d in activity.deadlines.all()],
        "status": roll_up(statuses, len(missing)).value,
        "counts": dict(Counter(statuses)),
        "entries": entries,
        "missing": missing,
        "money": _money(lines, spent, period),
    }


def _entry_part(responsibility: Responsibility, said: _Filed, period: Period) -> EntryPart:
    spent = sum((Decimal(row["amount"]) for row in said.entry["spending"]), ZERO) if said.period == period else ZERO
    return {
        "agency": said.agency,
        "role": responsibility.role,
        "period": said.period.code,
        "receipt": said.copy.receipt,
        "status": said.entry["status"],
        "narrative": said.entry["narrative"],
        "reason": said.entry["reason"],
        "next_step": said.entry["next_step"],
        "spent_half_year": str(spent),
    }


def _money(lines: list[BudgetLine], spent: _Spent, period: Period) -> list[MoneyRow]:
    """Planned and spent by source and year, of one activity's lines or of all."""
    rows: dict[tuple[str, int], list[Decimal]] = defaultdict(lambda: [ZERO, ZERO, ZERO])
    for line in lines:
        key = line.key
        sums = rows[line.source, line.year]
        sums[0] += line.amount_in_force(period.ends_on)
        sums[1] += spent.half_year.get(key, ZERO)
        sums[2] += spent.total.get(key, ZERO)
    return [
        {
            "source": source,
            "year": year,
            "planned": str(planned),
            "spent_half_year": str(half_year),
            "spent": str(total),
        }
        for (source, year), (planned, half_year, total) in sorted(rows.items())
    ]


def _regions(lines, spent: _Spent, period: Period) -> list[RegionRow]:
    sums: dict[str, list[Decimal]] = defaultdict(lambda: [ZERO, ZERO, ZERO])
    for line in lines:
        if line.region and line.year == period.year:
            key = line.key
            row = sums[line.region.code]
            row[0] += line.amount_in_force(period.ends_on)
            row[1] += spent.half_year.get(key, ZERO)
            row[2] += spent.total.get(key, ZERO)
    return [
        {
            "region": region.code,
            "name": in_all_languages(region, "name"),
            "planned": str(sums[region.code][0]),
            "spent_half_year": str(sums[region.code][1]),
            "spent": str(sums[region.code][2]),
        }
        for region in Region.objects.filter(
            agencies__responsibilities__activity__programme=period.programme_id
        ).distinct()
    ]


def _filings(period: Period, obliged: list[Agency], copies: list[SubmissionCopy]) -> list[Filing]:
    submissions = {
        submission.agency_id: submission for submission in period.submissions.select_related("period__programme")
    }
    accepted = {copy.submission.agency_id: copy for copy in copies if copy.submission.period_id == period.pk}
    zone = ZoneInfo(period.programme.time_zone)
    filings: list[Filing] = []
    for agency in obliged:
        submission = submissions.get(agency.pk) or Submission(agency=agency, period=period)
        stands = timeliness(submission)
        copy = accepted.get(agency.pk)
        first = submission.first_submitted_at
        filings.append(
            {
                "agency": agency.code,
                "state": submission.state,
                "timing": stands.timing.value,
                "days": stands.days,
                "first_submitted_at": first.astimezone(zone).isoformat() if first else None,
                "receipt": copy.receipt if copy else None,
                "sha256": copy.sha256 if copy else None,
            }
        )
    return filings
