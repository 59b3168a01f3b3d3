"""What the decree says of a programme, as the consolidated report needs it: plain values, read once for each plan."""

import datetime
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from itertools import groupby

from django.db.models import F

from activities.models import Activity, Deadline, Indicator, Responsibility
from budget.models import BudgetLine, LineKey
from programme.loading import LANGUAGES
from programme.models import ExpectedResult, Finding, LegalAct, Programme, Region

from ..periods import filers
from .structure import FindingPart, ResultPart, Text

# Findings of these kinds concern figures, where they touch a cell of costs, a printed total or a target.
_FIGURES = (Finding.Kind.SUM, Finding.Kind.MISSING, Finding.Kind.CONTRADICTION, Finding.Kind.DATE)
_FIGURE_PLACES = re.compile(r"plan\.(\d+\.6|total)|s6|s7(\.\d+)?")


@dataclass(frozen=True)
class PlannedLine:
    """A budget line with what clarified it, the earliest first."""

    key: LineKey
    amount: Decimal
    clarified: tuple[tuple[datetime.date, Decimal], ...]

    def in_force(self, on: datetime.date) -> Decimal:
        return next((amount for effective, amount in reversed(self.clarified) if effective <= on), self.amount)


@dataclass(frozen=True)
class PlannedDay:
    """A deadline. `counts_from` is later than its date where that lies before the decree."""

    date: datetime.date
    counts_from: datetime.date
    kind: str


@dataclass(frozen=True)
class PlannedActivity:
    """`said`: what of `structure.ActivityPart` the decree says; `obliged`: (agency, role), the lead compiler first.

    `indicators`: with the first and last year of their stage.
    """

    section: int
    said: dict
    obliged: tuple[tuple[str, str], ...]
    days: tuple[PlannedDay, ...]
    lines: tuple[PlannedLine, ...]
    indicators: tuple[tuple[int, int, dict], ...]


@dataclass(frozen=True)
class Plan:
    """`bodies`: those that report, with their region, in official order; `basis`: by half of the year."""

    lead_agency: str
    act: dict | None
    basis: dict[int, Text]
    sections: dict[int, Text]
    activities: tuple[PlannedActivity, ...]
    bodies: dict[str, dict]
    regions: tuple[tuple[str, Text], ...]
    results: list[ResultPart]
    stages: list[dict]
    findings: list[FindingPart]


def plan_of(programme: Programme) -> Plan:
    """Twelve queries."""
    rules = list(programme.reporting_rules.values("half", "programme__lead_agency__code", *_names("consolidated_text")))
    sections, activities = _activities(programme)
    return Plan(
        lead_agency=rules[0]["programme__lead_agency__code"] if rules else programme.lead_agency.code,
        act=_act(programme),
        basis={rule["half"]: _texts(rule, "consolidated_text") for rule in rules},
        sections=sections,
        activities=activities,
        bodies={
            body["code"]: {
                "name": _texts(body, "name"),
                "short_name": _texts(body, "short_name"),
                "region": body["region__code"],
            }
            for body in filers(programme).values("code", "region__code", *_names("name", "short_name"))
        },
        regions=tuple(
            (region["code"], _texts(region, "name"))
            for region in Region.objects.filter(agencies__responsibilities__activity__programme=programme)
            .distinct()
            .values("code", "ordinal", *_names("name"))
        ),
        results=list(_results(programme)),
        stages=list(programme.stages.values("number", "first_year", "last_year")),
        findings=_findings(programme),
    )


def _names(*fields: str) -> list[str]:
    return [f"{field}_{language}" for field in fields for language in LANGUAGES]


def _texts(row: dict, field: str) -> Text:
    return {language: row[f"{field}_{language}"] or "" for language in LANGUAGES}


def _act(programme: Programme) -> dict | None:
    approving = programme.legal_acts.filter(kind=LegalAct.Kind.APPROVES).exclude(date=None)
    act = approving.values("number", "date", *_names("issuer")).first()
    return act and {"number": act["number"], "date": act["date"].isoformat(), "issuer": _texts(act, "issuer")}


def _activities(programme: Programme) -> tuple[dict[int, Text], tuple[PlannedActivity, ...]]:
    """With the titles of their sections, in the order of both. Five queries."""
    sections, activities = {}, []
    lines, indicators = _lines(programme), _indicators(programme)
    obliged, days = _obliged(programme), _days(programme)
    said = ("ordinal", "printed_number", "responsible_text", "deadline_text", "cost_text")
    texts = ("title", "completion_form")
    found = Activity.objects.filter(programme=programme).order_by("section__number", "ordinal")
    for row in found.values("section__number", *said, *_names("section__title", *texts)):
        sections.setdefault(row["section__number"], _texts(row, "section__title"))
        ordinal = row["ordinal"]
        activities.append(
            PlannedActivity(
                section=row["section__number"],
                said={name: row[name] for name in said} | {name: _texts(row, name) for name in texts},
                obliged=tuple(obliged[ordinal]),
                days=tuple(days[ordinal]),
                lines=tuple(lines[ordinal]),
                indicators=tuple(indicators[ordinal]),
            )
        )
    return sections, tuple(activities)


def _lines(programme: Programme) -> dict[int, list[PlannedLine]]:
    found = BudgetLine.objects.filter(activity__programme=programme)
    rows = found.order_by("activity__ordinal", "ordinal", "clarifications__effective_on").values_list(
        *("pk", "activity__ordinal", "region__code", "year", "source", "amount"),
        *("clarifications__effective_on", "clarifications__amount"),
    )
    lines = defaultdict(list)
    for (_pk, *key, amount), group in groupby(rows, key=lambda row: row[:6]):
        clarified = tuple((row[6], row[7]) for row in group if row[6])
        lines[key[0]].append(PlannedLine(tuple(key), amount, clarified))
    return lines


def _indicators(programme: Programme) -> dict[int, list[tuple[int, int, dict]]]:
    found = defaultdict(list)
    rows = Indicator.objects.filter(activity__programme=programme).order_by("activity__ordinal", "ordinal")
    for row in rows.values(
        *("activity__ordinal", "code", "baseline", "target", "result__ordinal"),
        *("stage__number", "stage__first_year", "stage__last_year", *_names("title", "unit")),
    ):
        part = {
            "code": row["code"],
            "title": _texts(row, "title"),
            "unit": _texts(row, "unit"),
            "stage": row["stage__number"],
            "result": row["result__ordinal"],
            "baseline": row["baseline"],
            "target": row["target"],
        }
        found[row["activity__ordinal"]].append((row["stage__first_year"], row["stage__last_year"], part))
    return found


def _obliged(programme: Programme) -> dict[int, list[tuple[str, str]]]:
    """Those that must report, the lead compiler first."""
    found = defaultdict(list)
    named = Responsibility.objects.filter(activity__programme=programme, by_agreement=False)
    rows = named.order_by("activity__ordinal", "ordinal", "agency__ordinal")
    for ordinal, agency, role in rows.values_list("activity__ordinal", "agency__code", "role"):
        found[ordinal].append((agency, role))
    for bodies in found.values():
        bodies.sort(key=lambda body: body[1] != Responsibility.Role.LEAD)
    return found


def _days(programme: Programme) -> dict[int, list[PlannedDay]]:
    found = defaultdict(list)
    rows = Deadline.objects.filter(activity__programme=programme).order_by("activity__ordinal", "date")
    for ordinal, date, kind in rows.values_list("activity__ordinal", "date", "kind"):
        found[ordinal].append(PlannedDay(date, max(date, programme.adopted_on), kind))
    return found


def _results(programme: Programme) -> Iterator[ResultPart]:
    """Of the stages; what is expected of the programme as a whole has no numbers."""
    rows = (
        ExpectedResult.objects.filter(programme=programme)
        .exclude(stage=None)
        .order_by("stage__number", "ordinal", "targets__quantity")
        .values(
            *("pk", "stage__number", "ordinal", *_names("text")),
            quantity=F("targets__quantity"),
            value=F("targets__value"),
            passport_value=F("targets__passport_value"),
        )
    )
    for _pk, group in groupby(rows, key=lambda row: row["pk"]):
        targets = list(group)
        yield {
            "stage": targets[0]["stage__number"],
            "ordinal": targets[0]["ordinal"],
            "text": _texts(targets[0], "text"),
            "targets": [
                {
                    "quantity": target["quantity"],
                    "value": _number(target["value"]),
                    "passport_value": _number(target["passport_value"]),
                }
                for target in targets
                if target["quantity"] is not None
            ],
        }


def _number(value: Decimal | None) -> str | None:
    """Stored with one decimal; whole numbers are printed without."""
    return None if value is None else f"{value:f}".removesuffix(".0")


def _findings(programme: Programme) -> list[FindingPart]:
    rows: Iterable[dict] = programme.findings.filter(kind__in=_FIGURES).values(
        "code", "printed", "found", "difference", "places", *_names("statement", "treatment")
    )
    return [
        {
            "code": row["code"],
            "statement": _texts(row, "statement"),
            "treatment": _texts(row, "treatment"),
            "printed": row["printed"],
            "found": row["found"],
            "difference": row["difference"],
        }
        for row in rows
        if any(_FIGURE_PLACES.fullmatch(place) for place in row["places"])
    ]
