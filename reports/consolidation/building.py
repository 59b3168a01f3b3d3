"""Builds the structure of a half-year's consolidated report from accepted copies."""

import datetime
import re
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property
from zoneinfo import ZoneInfo

from django.db.models import OuterRef, Prefetch, QuerySet, Subquery
from django.utils.translation import gettext as _

from activities.models import Activity, Indicator, Responsibility
from budget.models import BudgetLine, LineKey
from programme import calendar
from programme.loading import LANGUAGES
from programme.models import Agency, Finding, LegalAct, Region
from programme.money import ZERO

from ..models import ConsolidatedReport, Entry, Period, Submission, SubmissionCopy
from ..periods import filers
from ..timeliness import timeliness
from ..transitions import Refused
from . import texts
from .differences import differences
from .rolling_up import deadline_parts, obliged, roll_up
from .structure import (
    STRUCTURE_VERSION,
    ActivityPart,
    EntryPart,
    Filing,
    FindingPart,
    IndicatorPart,
    MoneyRow,
    RegionMoney,
    RegionRow,
    Report,
    ResultPart,
    SectionPart,
    Text,
    read,
)

# Findings of these kinds concern figures, where they touch a cell of costs, a printed total or a target.
_FIGURES = (Finding.Kind.SUM, Finding.Kind.MISSING, Finding.Kind.CONTRADICTION, Finding.Kind.DATE)
_FIGURE_PLACES = re.compile(r"plan\.(\d+\.6|total)|s6|s7(\.\d+)?")


def consolidate(period: Period) -> Report:
    """The live structure of a half-year, from accepted copies only. A fixed number of queries however much was filed.

    Raises Refused for a half-year that has lapsed or not ended.
    """
    return build(period)[0]


def in_all_languages(row, name: str) -> Text:
    return {language: getattr(row, f"{name}_{language}") or "" for language in LANGUAGES}


@dataclass(frozen=True)
class _Filed:
    """An entry of an accepted copy, with where it comes from."""

    copy: SubmissionCopy
    agency: str
    period: Period
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
    copies: list[SubmissionCopy]
    submissions: dict[tuple[int, int], Submission]
    obliged: list[Agency]
    activities: list[Activity]
    lines: dict[int, list[BudgetLine]]
    indicators: dict[int, list[Indicator]]
    regions: list[Region]
    act: LegalAct | None
    basis: Text


def build(period: Period, after: ConsolidatedReport | None = None) -> tuple[Report, list[SubmissionCopy]]:
    """The live structure and the copies it is built from; as a supplement to `after` if that is given.

    Raises Refused for a half-year that has lapsed or not ended.
    """
    if period.is_lapsed:
        raise Refused(_("The duty to report on this half-year has lapsed."))
    today = calendar.today(period.programme.time_zone)
    if today < period.opens_on:
        raise Refused(_("The half-year has not ended yet."))
    material = _load(period, today)
    report = _compose(material, period)
    programme = period.programme
    report["results"] = _results(programme)
    report["stages"] = [
        {"number": stage.number, "first_year": stage.first_year, "last_year": stage.last_year}
        for stage in programme.stages.all()
    ]
    report["findings"] = _findings(programme)
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
        report["since"] = differences(read(after.data), report, sha256=after.sha256)
    report["texts"] = texts.of_report(period, report)
    return report, material.copies


def _load(period: Period, today: datetime.date) -> _Material:
    programme = period.programme
    periods = {one.code: one for one in programme.periods.filter(starts_on__lte=period.starts_on)}
    before = _previous(period, periods)
    submissions = Submission.objects.filter(period__in=[one for one in (before, period) if one])
    lines = defaultdict(list)
    for line in (
        BudgetLine.objects.filter(activity__programme=programme)
        .with_clarifications()
        .select_related("region", "activity")
        .order_by("activity__ordinal", "ordinal")
    ):
        lines[line.activity_id].append(line)
    indicators = defaultdict(list)
    for indicator in Indicator.objects.filter(activity__programme=programme).select_related("stage", "result"):
        indicators[indicator.activity_id].append(indicator)
    return _Material(
        period=period,
        periods=periods,
        today=today,
        copies=accepted_copies(period),
        submissions={(one.period_id, one.agency_id): one for one in submissions},
        obliged=list(filers(programme).select_related("region")),
        activities=list(
            Activity.objects.filter(programme=programme)
            .select_related("section")
            .prefetch_related(
                "deadlines", Prefetch("responsibilities", Responsibility.objects.select_related("agency"))
            )
            .order_by("section__number", "ordinal")
        ),
        lines=lines,
        indicators=indicators,
        regions=list(Region.objects.filter(agencies__responsibilities__activity__programme=programme).distinct()),
        act=programme.legal_acts.filter(kind=LegalAct.Kind.APPROVES).exclude(date=None).first(),
        basis=in_all_languages(programme.reporting_rules.get(half=period.half), "consolidated_text"),
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
    """The same, oldest half-year first."""
    return list(
        latest_accepted(period)
        .select_related("submission__agency__region", "submission__period")
        .order_by("submission__period__starts_on", "submission__agency__ordinal")
    )


def _previous(period: Period, periods: dict[str, Period]) -> Period | None:
    earlier = [one for one in periods.values() if one.starts_on < period.starts_on]
    return max(earlier, key=lambda one: one.starts_on, default=None)


def _compose(material: _Material, period: Period) -> Report:
    """The report on the material's half-year or an earlier one, without texts and without what the decree says."""
    programme = material.period.programme
    copies = [copy for copy in material.copies if copy.submission.period.starts_on <= period.starts_on]
    spent = _spent_by_line(copies, period)
    heard = _Heard(period, _by_activity(copies), _filings(material, period, copies), spent, _counted(copies, period))
    sections: dict[int, SectionPart] = {}
    for activity in material.activities:
        number = activity.section.number
        section = sections.setdefault(
            number, {"number": number, "title": in_all_languages(activity.section, "title"), "activities": []}
        )
        section["activities"].append(_activity_part(activity, material, heard))
    lines = [line for lines in material.lines.values() for line in lines]
    return Report(
        version=STRUCTURE_VERSION,
        number=1,
        supplements=None,
        programme={
            "slug": programme.slug,
            "title": in_all_languages(programme, "title"),
            "short_title": in_all_languages(programme, "short_title"),
            "adopted_on": programme.adopted_on.isoformat(),
            "lead_agency": programme.lead_agency.code,
            "act": material.act and _act(material.act),
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
        basis=material.basis,
        compiled_on=material.today.isoformat(),
        demonstration=any(copy.data["demonstration"] for copy in copies),
        bodies={
            agency.code: {
                "name": in_all_languages(agency, "name"),
                "short_name": in_all_languages(agency, "short_name"),
                "region": agency.region.code if agency.region else None,
            }
            for agency in material.obliged
        },
        texts={},
        statuses=dict(Counter(part["status"] for section in sections.values() for part in section["activities"])),
        filings=heard.filings,
        money=_money(lines, spent, period),
        regions=_regions(material, lines, spent, period),
        results=[],
        stages=[],
        sections=list(sections.values()),
        findings=[],
        previous=None,
        since=None,
    )


def _act(act: LegalAct) -> dict:
    return {"number": act.number, "date": act.date.isoformat(), "issuer": in_all_languages(act, "issuer")}


def _by_activity(copies: list[SubmissionCopy]) -> dict[int, dict[str, _Filed]]:
    """Activity ordinal → agency code → the latest entry, which for an earlier half-year counts only if done."""
    filed: dict[int, dict[str, _Filed]] = defaultdict(dict)
    for copy in copies:
        for entry in copy.data["entries"]:
            agency = copy.submission.agency.code
            filed[entry["activity"]][agency] = _Filed(copy, agency, copy.submission.period, entry)
    return filed


def _spent_by_line(copies: list[SubmissionCopy], period: Period) -> _Spent:
    spent = _Spent()
    for copy in copies:
        for key, amount in copy.spending.items():
            spent.total[key] += amount
            if copy.submission.period_id == period.pk:
                spent.half_year[key] += amount
    return spent


def _counted(copies: list[SubmissionCopy], period: Period) -> _Counted:
    counted = _Counted()
    for copy in copies:
        region = copy.submission.agency.region
        for key, value in copy.indicator_values.items():
            counted.total[key][region and region.code] += value
            if copy.submission.period_id == period.pk:
                counted.half_year[key][region and region.code] += value
    return counted


def _activity_part(activity: Activity, material: _Material, heard: _Heard) -> ActivityPart:
    period, spent, filed = heard.period, heard.spent, heard.filed[activity.ordinal]
    entries, missing = [], []
    responsible = obliged(activity.responsibilities.all())
    for responsibility in responsible:
        said = filed.get(responsibility.agency.code)
        if said and (said.period == period or said.entry["status"] == Entry.Status.DONE):
            entries.append(_entry_part(responsibility, said, period))
        else:
            missing.append(responsibility.agency.code)
    statuses = [entry["status"] for entry in entries]
    rollup = roll_up(statuses, len(missing))
    codes = [responsibility.agency.code for responsibility in responsible]
    lines = material.lines[activity.pk]
    return {
        "ordinal": activity.ordinal,
        "printed_number": activity.printed_number,
        "title": in_all_languages(activity, "title"),
        "completion_form": in_all_languages(activity, "completion_form"),
        "responsible_text": activity.responsible_text,
        "deadline_text": activity.deadline_text,
        "cost_text": activity.cost_text,
        "deadlines": deadline_parts(
            list(activity.deadlines.all()),
            programme=material.period.programme,
            period=period,
            rollup=rollup,
            entries=entries,
            filings=[heard.filing_of[code] for code in codes if code in heard.filing_of],
            periods=material.periods,
            today=material.today,
        ),
        "status": rollup.value,
        "counts": dict(Counter(statuses)),
        "entries": entries,
        "missing": missing,
        "money": _money(lines, spent, period),
        "regions": _money_by_region(lines, spent, period),
        "indicators": [
            _indicator_part(activity, indicator, heard.counted)
            for indicator in material.indicators[activity.pk]
            if indicator.stage.first_year <= period.year <= indicator.stage.last_year
        ],
    }


def _entry_part(responsibility: Responsibility, said: _Filed, period: Period) -> EntryPart:
    entry, is_own = said.entry, said.period == period
    spent = sum((Decimal(row["amount"]) for row in entry["spending"]), ZERO) if is_own else ZERO
    return {
        "agency": said.agency,
        "role": responsibility.role,
        "period": said.period.code,
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


def _indicator_part(activity: Activity, indicator: Indicator, counted: _Counted) -> IndicatorPart:
    key = activity.ordinal, indicator.code
    half_year, total = counted.half_year[key], counted.total[key]
    return {
        "code": indicator.code,
        "title": in_all_languages(indicator, "title"),
        "unit": in_all_languages(indicator, "unit"),
        "stage": indicator.stage.number,
        "result": indicator.result.ordinal if indicator.result else None,
        "baseline": indicator.baseline,
        "target": indicator.target,
        "half_year": half_year.total(),
        "total": total.total(),
        "regions": [
            {"region": region, "half_year": half_year[region], "total": total[region]}
            for region in sorted(total, key=lambda code: code or "")
        ],
    }


def _money(lines: list[BudgetLine], spent: _Spent, period: Period) -> list[MoneyRow]:
    """Planned and spent by source and year, of one activity's lines or of all."""
    rows: dict[tuple[str, int], list[Decimal]] = defaultdict(lambda: [ZERO, ZERO, ZERO])
    for line in lines:
        _add(rows[line.source, line.year], line, spent, period)
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


def _money_by_region(lines: list[BudgetLine], spent: _Spent, period: Period) -> list[RegionMoney]:
    rows: dict[str | None, list[Decimal]] = defaultdict(lambda: [ZERO, ZERO, ZERO])
    for line in lines:
        if line.year == period.year:
            _add(rows[line.region and line.region.code], line, spent, period)
    return [
        {"region": region, "planned": str(planned), "spent_half_year": str(half_year), "spent": str(total)}
        for region, (planned, half_year, total) in rows.items()
    ]


def _regions(material: _Material, lines: list[BudgetLine], spent: _Spent, period: Period) -> list[RegionRow]:
    sums = {row["region"]: row for row in _money_by_region(lines, spent, period)}
    nothing = {"planned": str(ZERO), "spent_half_year": str(ZERO), "spent": str(ZERO)}
    return [
        nothing | sums.get(region.code, {}) | {"region": region.code, "name": in_all_languages(region, "name")}
        for region in material.regions
    ]


def _add(sums: list[Decimal], line: BudgetLine, spent: _Spent, period: Period) -> None:
    key = line.key
    sums[0] += line.amount_in_force(period.ends_on)
    sums[1] += spent.half_year.get(key, ZERO)
    sums[2] += spent.total.get(key, ZERO)


def _filings(material: _Material, period: Period, copies: list[SubmissionCopy]) -> list[Filing]:
    accepted = {copy.submission.agency_id: copy for copy in copies if copy.submission.period_id == period.pk}
    zone = ZoneInfo(material.period.programme.time_zone)
    filings: list[Filing] = []
    for agency in material.obliged:
        submission = material.submissions.get((period.pk, agency.pk)) or Submission(agency=agency)
        submission.period = period
        stands = timeliness(submission, material.today)
        copy = accepted.get(agency.pk)
        first = submission.first_submitted_at
        filings.append(
            {
                "agency": agency.code,
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


def _results(programme) -> list[ResultPart]:
    """Of the stages; what is expected of the programme as a whole has no numbers."""
    expected = programme.expected_results.exclude(stage=None).select_related("stage").prefetch_related("targets")
    return [
        {
            "stage": result.stage.number,
            "ordinal": result.ordinal,
            "text": in_all_languages(result, "text"),
            "targets": [
                {
                    "quantity": target.quantity,
                    "value": _number(target.value),
                    "passport_value": _number(target.passport_value),
                }
                for target in result.targets.all()
            ],
        }
        for result in expected
    ]


def _number(value: Decimal | None) -> str | None:
    """Stored with one decimal; whole numbers are printed without."""
    return None if value is None else f"{value:f}".removesuffix(".0")


def _findings(programme) -> list[FindingPart]:
    return [
        {
            "code": finding.code,
            "statement": in_all_languages(finding, "statement"),
            "treatment": in_all_languages(finding, "treatment"),
            "printed": finding.printed,
            "found": finding.found,
            "difference": finding.difference,
        }
        for finding in programme.findings.filter(kind__in=_FIGURES)
        if any(_FIGURE_PLACES.fullmatch(place) for place in finding.places)
    ]


def _since_previous(report: Report, material: _Material):
    """What changed since the half-year before: as that was finalised, else as its accepted reports have it now."""
    before = _previous(material.period, material.periods)
    if before is None:
        return None
    frozen = ConsolidatedReport.objects.filter(period=before).last()
    if frozen:
        return differences(read(frozen.data), report, sha256=frozen.sha256)
    before.programme = material.period.programme
    return differences(_compose(material, before), report)
