"""Builds the structure of a half-year's consolidated report from accepted copies."""

import datetime
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property
from zoneinfo import ZoneInfo

from django.db.models import F, OuterRef, QuerySet, Subquery
from django.utils.translation import gettext as _

from budget.models import LineKey
from programme import calendar, stamps
from programme.loading import LANGUAGES
from programme.money import ZERO

from ..models import ConsolidatedReport, Entry, Period, Submission, SubmissionCopy
from ..read_once import light, with_data
from ..timeliness import timeliness
from ..transitions import Refused
from . import texts
from .differences import differences
from .plan import Plan, PlannedActivity, PlannedLine, plan_of
from .rolling_up import deadline_parts, roll_up
from .structure import (
    STRUCTURE_VERSION,
    ActivityPart,
    EntryPart,
    Filing,
    IndicatorPart,
    MoneyRow,
    RegionMoney,
    RegionRow,
    Report,
    SectionPart,
    read,
)


def consolidate(period: Period) -> Report:
    """The live structure of a half-year, from accepted copies only. A fixed number of queries however much was filed.

    Raises Refused for a half-year that has lapsed or not ended.
    """
    return build(period)[0]


@dataclass(frozen=True)
class Compiled:
    """`drafts`: by language and part, what stands where nobody has written."""

    report: Report
    drafts: dict[str, dict[str, str]]


def compiled(period: Period, stamp: str, after: ConsolidatedReport | None = None) -> Compiled:
    """The report as `build` gives it, made once for what was filed. One query if it was, none if texts are loaded.

    `stamp`: of `stamps.stamp_of` the programme, read before anything else.
    """

    def made() -> Compiled:
        plan = stamps.kept(("plan", stamps.of_plan(stamp), str(period.programme_id)), lambda: plan_of(period.programme))
        report, _copies = _without_texts(period, after, plan)
        return Compiled(report, texts.all_drafts(report))

    day = calendar.today(period.programme.time_zone)
    key = ("compiled", stamps.of_filed(stamp), str(period.pk), str(after and after.number), str(day))
    found = stamps.kept(key, made)
    found.report["texts"] = texts.of_report(period, found.drafts)
    return found


@dataclass(frozen=True)
class _Filed:
    """An entry of an accepted copy, which knows where it comes from."""

    copy: SubmissionCopy
    entry: dict


@dataclass
class _Spent:
    """Million tenge by budget line: in the period itself, and from the start to its end."""

    half_year: dict[LineKey, Decimal] = field(default_factory=lambda: defaultdict(lambda: ZERO))
    total: dict[LineKey, Decimal] = field(default_factory=lambda: defaultdict(lambda: ZERO))


@dataclass
class _Counted:
    """Indicator values by (activity, code) and region: in the period itself, and from the start to its end."""

    half_year: dict[tuple[int, str], Counter] = field(default_factory=lambda: defaultdict(Counter))
    total: dict[tuple[int, str], Counter] = field(default_factory=lambda: defaultdict(Counter))


@dataclass(frozen=True)
class _Heard:
    """What the accepted copies say up to the end of a half-year: `filed` by activity ordinal and agency code."""

    period: Period
    filed: dict[int, dict[str, _Filed]]
    filings: list[Filing]
    spent: _Spent
    counted: _Counted

    @cached_property
    def filing_of(self) -> dict[str, Filing]:
        return {filing["agency"]: filing for filing in self.filings}


@dataclass
class _Material:
    """What a report is built from, loaded once; enough for the half-year and the one before."""

    period: Period
    periods: dict[str, Period]
    today: datetime.date
    plan: Plan
    copies: list[SubmissionCopy]
    submissions: dict[tuple[int, str], Submission]


def build(period: Period, after: ConsolidatedReport | None = None) -> tuple[Report, list[SubmissionCopy]]:
    """The live structure and the copies it is built from; as a supplement to `after` if that is given.

    Raises Refused for a half-year that has lapsed or not ended.
    """
    report, copies = _without_texts(period, after, plan_of(period.programme))
    report["texts"] = texts.of_report(period, texts.all_drafts(report))
    return report, copies


def _without_texts(period: Period, after: ConsolidatedReport | None, plan: Plan) -> tuple[Report, list[SubmissionCopy]]:
    material = _load(period, require_open(period), plan)
    report = _compose(material, period)
    report["results"], report["stages"], report["findings"] = plan.results, plan.stages, plan.findings
    report["previous"] = _since_previous(report, material)
    if after:
        dispatch = after.dispatch
        report["number"] = after.number + 1
        report["supplements"] = {
            "number": after.number,
            "sha256": after.sha256,
            "outgoing_number": dispatch.number,
            "outgoing_date": dispatch.dated.isoformat(),
        }
        with_data([after])
        report["since"] = differences(read(after.data), report, sha256=after.sha256)
    return report, material.copies


def require_open(period: Period) -> datetime.date:
    """Today. Raises Refused for a half-year that has lapsed or not ended."""
    if period.is_lapsed:
        raise Refused(_("The duty to report on this half-year has lapsed."))
    today = calendar.today(period.programme.time_zone)
    if today < period.opens_on:
        raise Refused(_("The half-year has not ended yet."))
    return today


def _load(period: Period, today: datetime.date, plan: Plan) -> _Material:
    periods = {one.code: one for one in period.programme.periods.filter(starts_on__lte=period.starts_on)}
    before = _previous(period, periods)
    submissions = Submission.objects.filter(period__in=[one for one in (before, period) if one])
    submissions = submissions.annotate(body=F("agency__code")).order_by("pk")
    return _Material(
        period=period,
        periods=periods,
        today=today,
        plan=plan,
        copies=accepted_copies(period),
        submissions={(one.period_id, one.body): one for one in submissions},
    )


def latest_accepted(period: Period) -> QuerySet[SubmissionCopy]:
    """The latest copy of each submission accepted for this or an earlier half-year: what its report is built from."""
    latest = SubmissionCopy.objects.filter(submission=OuterRef("submission")).order_by("-number")
    return SubmissionCopy.objects.filter(
        submission__period__programme=period.programme_id,
        submission__period__starts_on__lte=period.starts_on,
        submission__state=Submission.State.ACCEPTED,
        pk=Subquery(latest.values("pk")[:1]),
    )


def accepted_copies(period: Period) -> list[SubmissionCopy]:
    """The same, oldest half-year first, see `in_order`."""
    return in_order(latest_accepted(period))


def in_order(copies: QuerySet[SubmissionCopy]) -> list[SubmissionCopy]:
    """With what they say, oldest half-year first. Each has its body's code and region, its half-year's code and start.

    As `body`, `region` (None: none), `half_year`, `begun`. Two queries at most.
    """
    named = light(copies.all()).annotate(
        body=F("submission__agency__code"),
        region=F("submission__agency__region__code"),
        half_year=F("submission__period__code"),
        begun=F("submission__period__starts_on"),
    )
    return with_data(list(named.order_by("begun", "submission__agency__ordinal")))


def _previous(period: Period, periods: dict[str, Period]) -> Period | None:
    earlier = [one for one in periods.values() if one.starts_on < period.starts_on]
    return max(earlier, key=lambda one: one.starts_on, default=None)


def _compose(material: _Material, period: Period) -> Report:
    """The report on the material's half-year or an earlier one, without texts and without what the decree says."""
    programme, plan = material.period.programme, material.plan
    copies = [copy for copy in material.copies if copy.begun <= period.starts_on]
    spent = _spent_by_line(copies, period)
    heard = _Heard(period, _by_activity(copies), _filings(material, period, copies), spent, _counted(copies, period))
    sections: dict[int, SectionPart] = {
        number: {"number": number, "title": title, "activities": []} for number, title in plan.sections.items()
    }
    for activity in plan.activities:
        sections[activity.section]["activities"].append(_activity_part(activity, material, heard))
    lines = [line for activity in plan.activities for line in activity.lines]
    return Report(
        version=STRUCTURE_VERSION,
        number=1,
        supplements=None,
        programme={
            "slug": programme.slug,
            "title": {language: getattr(programme, f"title_{language}") or "" for language in LANGUAGES},
            "short_title": {language: getattr(programme, f"short_title_{language}") or "" for language in LANGUAGES},
            "adopted_on": programme.adopted_on.isoformat(),
            "lead_agency": plan.lead_agency,
            "act": plan.act,
        },
        period={
            "code": period.code,
            "year": period.year,
            "half": period.half,
            "starts_on": period.starts_on.isoformat(),
            "ends_on": period.ends_on.isoformat(),
            "submissions_due": period.submissions_due.isoformat(),
            "consolidated_due": period.consolidated_due.isoformat(),
        },
        basis=plan.basis[period.half],
        compiled_on=material.today.isoformat(),
        demonstration=any(copy.data["demonstration"] for copy in copies),
        bodies=plan.bodies,
        texts={},
        statuses=dict(Counter(part["status"] for section in sections.values() for part in section["activities"])),
        filings=heard.filings,
        money=_money(lines, spent, period),
        regions=_regions(plan, lines, spent, period),
        results=[],
        stages=[],
        sections=list(sections.values()),
        findings=[],
        previous=None,
        since=None,
    )


def _by_activity(copies: list[SubmissionCopy]) -> dict[int, dict[str, _Filed]]:
    """Activity ordinal → agency code → the latest entry, which for an earlier half-year counts only if done."""
    filed: dict[int, dict[str, _Filed]] = defaultdict(dict)
    for copy in copies:
        for entry in copy.data["entries"]:
            filed[entry["activity"]][copy.body] = _Filed(copy, entry)
    return filed


def _spent_by_line(copies: list[SubmissionCopy], period: Period) -> _Spent:
    spent = _Spent()
    for copy in copies:
        is_own = copy.half_year == period.code
        for key, amount in copy.spending.items():
            spent.total[key] += amount
            if is_own:
                spent.half_year[key] += amount
    return spent


def _counted(copies: list[SubmissionCopy], period: Period) -> _Counted:
    counted = _Counted()
    for copy in copies:
        is_own = copy.half_year == period.code
        for key, value in copy.indicator_values.items():
            counted.total[key][copy.region] += value
            if is_own:
                counted.half_year[key][copy.region] += value
    return counted


def _activity_part(activity: PlannedActivity, material: _Material, heard: _Heard) -> ActivityPart:
    period, spent, filed = heard.period, heard.spent, heard.filed[activity.said["ordinal"]]
    entries, missing = [], []
    for agency, role in activity.obliged:
        said = filed.get(agency)
        if said and (said.copy.half_year == period.code or said.entry["status"] == Entry.Status.DONE):
            entries.append(_entry_part(role, said, period))
        else:
            missing.append(agency)
    statuses = [entry["status"] for entry in entries]
    rollup = roll_up(statuses, len(missing))
    return activity.said | {
        "deadlines": deadline_parts(
            activity.days,
            period=period,
            rollup=rollup,
            entries=entries,
            filings=[heard.filing_of[agency] for agency, _role in activity.obliged if agency in heard.filing_of],
            periods=material.periods,
            today=material.today,
        ),
        "status": rollup.value,
        "counts": dict(Counter(statuses)),
        "entries": entries,
        "missing": missing,
        "money": _money(activity.lines, spent, period),
        "regions": _money_by_region(activity.lines, spent, period),
        "indicators": [
            _indicator_part(activity.said["ordinal"], part, heard.counted)
            for first_year, last_year, part in activity.indicators
            if first_year <= period.year <= last_year
        ],
    }


def _entry_part(role: str, said: _Filed, period: Period) -> EntryPart:
    entry, is_own = said.entry, said.copy.half_year == period.code
    spent = sum((Decimal(row["amount"]) for row in entry["spending"]), ZERO) if is_own else ZERO
    return {
        "agency": said.copy.body,
        "role": role,
        "period": said.copy.half_year,
        "receipt": said.copy.receipt,
        "status": entry["status"],
        "narrative": entry["narrative"],
        "reason": entry["reason"],
        "next_step": entry["next_step"],
        "completed_on": entry.get("completed_on"),
        "document": entry.get("document"),
        "spent_half_year": str(spent),
        "indicators": {row["indicator"]: row["value"] for row in entry.get("indicators", [])} if is_own else {},
    }


def _indicator_part(ordinal: int, part: dict, counted: _Counted) -> IndicatorPart:
    key = ordinal, part["code"]
    half_year, total = counted.half_year[key], counted.total[key]
    return part | {
        "half_year": half_year.total(),
        "total": total.total(),
        "regions": [
            {"region": region, "half_year": half_year[region], "total": total[region]}
            for region in sorted(total, key=lambda code: code or "")
        ],
    }


def _money(lines: Iterable[PlannedLine], spent: _Spent, period: Period) -> list[MoneyRow]:
    """Planned and spent by source and year, of one activity's lines or of all."""
    rows: dict[tuple[str, int], list[Decimal]] = defaultdict(lambda: [ZERO, ZERO, ZERO])
    for line in lines:
        _ordinal, _region, year, source = line.key
        _add(rows[source, year], line, spent, period)
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


def _money_by_region(lines: Iterable[PlannedLine], spent: _Spent, period: Period) -> list[RegionMoney]:
    rows: dict[str | None, list[Decimal]] = defaultdict(lambda: [ZERO, ZERO, ZERO])
    for line in lines:
        _ordinal, region, year, _source = line.key
        if year == period.year:
            _add(rows[region], line, spent, period)
    return [
        {"region": region, "planned": str(planned), "spent_half_year": str(half_year), "spent": str(total)}
        for region, (planned, half_year, total) in rows.items()
    ]


def _regions(plan: Plan, lines: list[PlannedLine], spent: _Spent, period: Period) -> list[RegionRow]:
    sums = {row["region"]: row for row in _money_by_region(lines, spent, period)}
    nothing = {"planned": str(ZERO), "spent_half_year": str(ZERO), "spent": str(ZERO)}
    return [nothing | sums.get(code, {}) | {"region": code, "name": name} for code, name in plan.regions]


def _add(sums: list[Decimal], line: PlannedLine, spent: _Spent, period: Period) -> None:
    sums[0] += line.in_force(period.ends_on)
    sums[1] += spent.half_year.get(line.key, ZERO)
    sums[2] += spent.total.get(line.key, ZERO)


def _filings(material: _Material, period: Period, copies: list[SubmissionCopy]) -> list[Filing]:
    accepted = {copy.body: copy for copy in copies if copy.half_year == period.code}
    zone = ZoneInfo(material.period.programme.time_zone)
    filings: list[Filing] = []
    for agency in material.plan.bodies:
        submission = material.submissions.get((period.pk, agency)) or Submission()
        submission.period = period
        stands = timeliness(submission, material.today)
        copy = accepted.get(agency)
        first = submission.first_submitted_at
        filings.append(
            {
                "agency": agency,
                "state": submission.state,
                "timing": stands.timing.value,
                "days": stands.days,
                "due_on": submission.due_on.isoformat(),
                "first_submitted_at": first.astimezone(zone).isoformat() if first else None,
                "receipt": copy.receipt if copy else None,
                "sha256": copy.sha256 if copy else None,
            }
        )
    return filings


def _since_previous(report: Report, material: _Material):
    """What changed since the half-year before: as that was finalised, else as its accepted reports have it now."""
    before = _previous(material.period, material.periods)
    if before is None:
        return None
    frozen = light(ConsolidatedReport.objects.filter(period=before)).last()
    if frozen:
        with_data([frozen])
        return differences(read(frozen.data), report, sha256=frozen.sha256)
    before.programme = material.period.programme
    return differences(_compose(material, before), report)
