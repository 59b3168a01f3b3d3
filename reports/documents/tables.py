"""Tables of the consolidated report, from its structure. Rows are made one by one, as they are asked for."""

import datetime
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import wraps
from itertools import chain

from django.utils.formats import number_format
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from activities.models import Deadline, Responsibility
from programme.models import FundingSource, ResultTarget
from programme.money import ZERO

from ..consolidation.structure import (
    ActivityPart,
    Differences,
    Filing,
    IndicatorPart,
    MoneyRow,
    Outcome,
    Report,
    ResultPart,
    Rollup,
)
from ..consolidation.tracing import REGIONS, Measure, behind
from ..models import Entry, Submission
from ..timeliness import Timing
from . import blocks
from .blocks import Column, Table, Total, Traced
from .wording import Wording, as_written, capital, timing_in_words

Lines = Iterator[tuple | Total]


def held(table: Table) -> Table:
    """The same with all its rows in memory."""
    return replace(table, rows=list(table.rows))


def unless_empty(table: Table) -> Table | None:
    """The same with its rows still to be made, but for the first; None if there are none."""
    rows = iter(table.rows)
    first = next(rows, None)
    return replace(table, rows=chain([first], rows)) if first else None


def _table(name: str):
    """Makes a Table of a function that returns caption, columns and lines of values."""

    def decorate(write: Callable[..., tuple[str, list[Column], Lines]]) -> Callable[..., Table]:
        @wraps(write)
        def table(*args, **kwargs) -> Table:
            caption, columns, lines = write(*args, **kwargs)
            return Table(name, caption, columns, blocks.rows(columns, lines))

        return table

    return decorate


@dataclass
class Sums:
    """Million tenge: planned, spent in the half-year, spent up to its end."""

    planned: Decimal = ZERO
    half_year: Decimal = ZERO
    spent: Decimal = ZERO

    def add(self, row) -> None:
        self.planned += Decimal(row["planned"])
        self.half_year += Decimal(row["spent_half_year"])
        self.spent += Decimal(row["spent"])

    @property
    def percent(self) -> Decimal | None:
        return _percent(self.spent, self.planned)

    def traced(self, *, year: int | None = None, **where) -> tuple[Traced, Traced, Traced]:
        """Each amount with what it is the sum of; `year` is that of the budget lines, None for all."""
        return (
            Traced(self.planned, behind(Measure.PLANNED, year=year, **where)),
            Traced(self.half_year, behind(Measure.SPENT_HALF_YEAR, year=year, **where)),
            Traced(self.spent, behind(Measure.SPENT, year=year, **where)),
        )


def _percent(part: Decimal | int, whole: Decimal | int | None) -> Decimal | None:
    return (Decimal(part) / whole * 100).quantize(Decimal("0.1")) if whole else None


def by_source(rows: list[MoneyRow], year: int) -> dict[str, Sums]:
    """Planned for the report's own year; spent in the half-year and from the start on lines of all years."""
    sources: dict[str, Sums] = {}
    for row in rows:
        sums = sources.setdefault(row["source"], Sums())
        sums.add(row if row["year"] == year else row | {"planned": "0"})
    return sources


def all_activities(report: Report) -> Iterable[ActivityPart]:
    return (activity for section in report["sections"] for activity in section["activities"])


# Progress in figures


@_table("states")
def states(report: Report, words: Wording):
    columns = [Column(words.state, "text", 125), Column(_("Activities"), "count", 45)]
    counts = report["statuses"]

    def lines() -> Lines:
        for state in Rollup:
            count = counts.get(state.value, 0)
            yield capital(state), Traced(count, behind(Measure.STATE, state=state.value)) if count else 0
        yield Total((_("Total"), Traced(sum(counts.values()), behind(Measure.STATE))))

    return _("Activities of the plan by state"), columns, lines()


@_table("money")
def money(report: Report, words: Wording):
    columns = [
        Column(_("Funding source"), "text", 42),
        Column(_("Year"), "text", 18),
        Column(_("Planned"), "money", 28),
        Column(_("Spent in the half-year"), "money", 28),
        Column(_("Spent since the start"), "money", 28),
        Column(_("Spent, % of planned"), "percent", 26),
    ]

    def lines() -> Lines:
        everything = Sums()
        for source in FundingSource:
            of_source = Sums()
            those = [row for row in report["money"] if row["source"] == source]
            for row in those:
                sums = Sums()
                for one in (sums, of_source, everything):
                    one.add(row)
                traced = sums.traced(source=source.value, year=row["year"])
                yield capital(source), str(row["year"]), *traced, sums.percent
            if len(those) > 1:
                total = _("%(source)s, total") % {"source": capital(source)}
                yield Total((total, "", *of_source.traced(source=source.value), of_source.percent))
        yield Total((_("Total"), "", *everything.traced(), everything.percent))

    return _("Money by source and year, million tenge"), columns, lines()


@_table("results")
def results(report: Report, words: Wording):
    """What the decree expects of the stage that the half-year falls into, and what has been counted for it."""
    columns = [
        Column(_("Expected result"), "text", 46),
        Column(_("What is counted"), "text", 33),
        Column(_("Baseline"), "count", 18),
        Column(_("Target"), "count", 18),
        Column(_("In the half-year"), "count", 19),
        Column(_("Since the stage began"), "count", 18),
        Column(_("% of target"), "percent", 18),
    ]
    numbers = [stage["number"] for stage in report["stages"] if stage["first_year"] <= words.year <= stage["last_year"]]
    counted: dict[int | None, list[tuple[int, IndicatorPart]]] = {}
    for activity in all_activities(report):
        for indicator in activity["indicators"]:
            counted.setdefault(indicator["result"], []).append((activity["ordinal"], indicator))

    def lines() -> Lines:
        for result in report["results"]:
            if result["stage"] not in numbers:
                continue
            text = words.text(result["text"])
            indicators = counted.get(result["ordinal"], [])
            rows = [_counted(activity, indicator, words) for activity, indicator in indicators]
            promised = _promised(result)
            if promised or not indicators:
                rows.append((promised or _("not counted in figures"), None, None, None, None, None))
            for place, row in enumerate(rows):
                # Its words are long: they stand once, in the first of its rows.
                yield "" if place else text, *row

    return _("Expected results of the stage: targets and what has been reached"), columns, lines()


def _counted(activity: int, indicator: IndicatorPart, words: Wording) -> tuple:
    where = {"activity": activity, "indicator": indicator["code"]}
    return (
        f"{words.text(indicator['title'])}, {words.text(indicator['unit'])}",
        indicator["baseline"],
        indicator["target"],
        Traced(indicator["half_year"], behind(Measure.INDICATOR_HALF_YEAR, **where)),
        Traced(indicator["total"], behind(Measure.INDICATOR, **where)),
        _percent(indicator["total"], indicator["target"]),
    )


def _promised(result: ResultPart) -> str:
    """Percentages, which no body counts."""
    quantity = ResultTarget.Quantity.PERCENT
    found = [target["value"] for target in result["targets"] if target["quantity"] == quantity and target["value"]]
    return "; ".join(_("target: %(value)s %%") % {"value": number_format(Decimal(value))} for value in found)


# What asks for attention


@_table("overdue")
def overdue(report: Report, words: Wording):
    columns = [
        Column(words.row, "text", 10),
        Column(words.activity, "text", 38),
        Column(_("Deadline"), "date", 18),
        Column(words.body, "text", 26),
        Column(words.state, "text", 22),
        Column(_("Reason"), "text", 30),
        Column(_("Next step"), "text", 26),
    ]

    def lines() -> Lines:
        for activity in all_activities(report):
            # A report that is late does not make the activity late.
            missed = [
                day["date"]
                for day in activity["deadlines"]
                if day["outcome"] == Outcome.MISSED and day["kind"] == Deadline.Kind.ONE_OFF
            ]
            deadline = datetime.date.fromisoformat(max(missed)) if missed else None
            head = words.number(activity), words.text(activity["title"]), deadline
            for entry in activity["entries"]:
                if entry["status"] == Entry.Status.DELAYED or (deadline and entry["status"] in _UNFINISHED):
                    yield (
                        *head,
                        words.short_name(entry["agency"]),
                        capital(Entry.Status(entry["status"])),
                        as_written(entry["reason"]),
                        as_written(entry["next_step"]),
                    )
            if deadline and activity["missing"]:
                silent = ", ".join(map(words.short_name, activity["missing"]))
                yield *head, silent, capital(Rollup.NO_INFORMATION), "", ""
            if deadline and activity["status"] == Rollup.NOBODY_OBLIGED:
                yield *head, "—", capital(Rollup.NOBODY_OBLIGED), "", ""

    return _("Activities that are delayed or past their deadline"), columns, lines()


_UNFINISHED = (Entry.Status.IN_PROGRESS, Entry.Status.NOT_DUE, Entry.Status.NO_DATA)


@_table("findings")
def findings(report: Report, words: Wording):
    columns = [
        Column(_("Code"), "text", 11),
        Column(_("What does not add up"), "text", 65),
        Column(_("Printed"), "text", 18),
        Column(_("Found"), "text", 21),
        Column(_("Difference"), "text", 17),
        Column(_("How the portal treats it"), "text", 38),
    ]
    lines = (
        (
            finding["code"],
            words.text(finding["statement"]),
            finding["printed"] or "—",
            finding["found"] or "—",
            finding["difference"] or "—",
            words.text(finding["treatment"]),
        )
        for finding in report["findings"]
    )
    return _("Findings in the text of the decree that touch figures of this report"), columns, lines


# What has changed


def changes(found: Differences, report: Report, words: Wording) -> list[Table]:
    """Five at most; those without a row are left out."""
    return [held(table) for table in changing(found, report, words)]


def changing(found: Differences, report: Report, words: Wording) -> Iterator[Table]:
    """The tables of `changes`, their rows still to be made."""
    is_same = found["period"] == words.period
    name = "since" if is_same else "previous"
    head = "%(caption)s" if is_same else _("%(caption)s (compared with the half-year before)")
    for write in (_states_changed, _money_changed, _indicators_changed, _filings_changed, _entries_changed):
        if table := unless_empty(write(found, report, words)):
            yield replace(table, name=f"{name}-{table.name}", caption=head % {"caption": table.caption})


def _titles(report: Report, words: Wording) -> dict[int, tuple[str, str]]:
    return {
        activity["ordinal"]: (words.number(activity), words.text(activity["title"]))
        for activity in all_activities(report)
    }


@_table("states")
def _states_changed(found: Differences, report: Report, words: Wording):
    columns = [
        Column(words.row, "text", 12),
        Column(words.activity, "text", 94),
        Column(_("Was"), "text", 32),
        Column(_("Is"), "text", 32),
    ]
    titles = _titles(report, words)
    lines = (
        (*titles[change["activity"]], capital(Rollup(change["before"])), capital(Rollup(change["now"])))
        for change in found["activities"]
    )
    return _("Activities whose state changed"), columns, lines


@_table("money")
def _money_changed(found: Differences, report: Report, words: Wording):
    is_same = found["period"] == words.period
    columns = [
        Column(_("Funding source"), "text", 40),
        Column(_("Year"), "text", 18),
        Column(_("In the half-year: was") if is_same else _("Spent in the half-year before"), "money", 28),
        Column(_("In the half-year: is") if is_same else _("Spent in this half-year"), "money", 28),
        Column(_("Since the start: was"), "money", 28),
        Column(_("Since the start: is"), "money", 28),
    ]

    def lines() -> Lines:
        for change in found["money"]:
            where = {"source": change["source"], "year": change["year"]}
            yield (
                capital(FundingSource(change["source"])),
                str(change["year"]),
                Decimal(change["half_year_before"]),
                Traced(Decimal(change["half_year"]), behind(Measure.SPENT_HALF_YEAR, **where)),
                Decimal(change["spent_before"]),
                Traced(Decimal(change["spent"]), behind(Measure.SPENT, **where)),
            )

    return _("Spending that changed, million tenge"), columns, lines()


@_table("indicators")
def _indicators_changed(found: Differences, report: Report, words: Wording):
    columns = [
        Column(words.row, "text", 12),
        Column(_("What is counted"), "text", 102),
        Column(_("Was"), "count", 28),
        Column(_("Is"), "count", 28),
    ]
    activities = {activity["ordinal"]: activity for activity in all_activities(report)}

    def lines() -> Lines:
        for change in found["indicators"]:
            activity = activities[change["activity"]]
            indicator = next(one for one in activity["indicators"] if one["code"] == change["indicator"])
            title = f"{words.text(indicator['title'])}, {words.text(indicator['unit'])}"
            now = behind(Measure.INDICATOR, activity=change["activity"], indicator=change["indicator"])
            yield words.number(activity), title, change["before"], Traced(change["now"], now)

    return _("Indicators that changed, since the stage began"), columns, lines()


@_table("filings")
def _filings_changed(found: Differences, report: Report, words: Wording):
    columns = [
        Column(words.body, "text", 70),
        Column(_("Was"), "text", 34),
        Column(_("Is"), "text", 34),
        Column(_("Receipt number"), "text", 32),
    ]
    lines = (
        (
            words.name(change["agency"]),
            capfirst(_timing(change["before"])) if change["before"] else "—",
            capfirst(_timing(change["now"])),
            change["now"]["receipt"] or "—",
        )
        for change in found["filings"]
    )
    return _("Bodies whose filing changed"), columns, lines


def _timing(filing: Filing) -> str:
    """How late in days only where that stands still."""
    if filing["timing"] == Timing.OVERDUE:
        return str(Timing.OVERDUE.label)
    return timing_in_words(filing)


@_table("entries")
def _entries_changed(found: Differences, report: Report, words: Wording):
    columns = [
        Column(words.row, "text", 12),
        Column(words.activity, "text", 72),
        Column(words.body, "text", 38),
        Column(_("Was"), "text", 24),
        Column(_("Is"), "text", 24),
    ]
    titles = _titles(report, words)

    def state(status: str | None) -> str:
        return capital(Entry.Status(status)) if status else capital(Rollup.NO_INFORMATION)

    lines = (
        (
            *titles[change["activity"]],
            words.short_name(change["agency"]),
            state(change["before"]),
            state(change["now"]),
        )
        for change in found["entries"]
    )
    return _("Bodies that say something else"), columns, lines


# Annexes


@_table("regions")
def regions(report: Report, words: Wording):
    columns = [
        Column(words.region, "text", 60),
        Column(_("Planned for the year"), "money", 28),
        Column(_("Spent in the half-year"), "money", 28),
        Column(_("Spent in the year"), "money", 28),
        Column(_("Spent, % of planned"), "percent", 26),
    ]

    def lines() -> Lines:
        everything = Sums()
        for row in report["regions"]:
            sums = Sums()
            sums.add(row)
            everything.add(row)
            where = {"year": words.year, "region": row["region"]}
            yield words.text(row["name"]), *sums.traced(**where), sums.percent
        total = everything.traced(year=words.year, region=REGIONS)
        yield Total((_("Total"), *total, everything.percent))

    return _("Local budgets by region in %(year)s, million tenge") % {"year": words.year}, columns, lines()


@_table("region-money")
def region_money(report: Report, words: Wording):
    """A row for each region and activity with a budget line of the year, and each region's sum."""
    columns = [
        Column(words.region, "text", 46),
        Column(words.row, "text", 12),
        Column(words.activity, "text", 85),
        Column(_("Planned for the year"), "money", 27),
        Column(_("Spent in the half-year"), "money", 27),
        Column(_("Spent in the year"), "money", 27),
        Column(_("Spent, % of planned"), "percent", 20),
        Column(words.state, "text", 23),
    ]
    of_region: dict[str, list[tuple[ActivityPart, dict]]] = {}
    for activity in all_activities(report):
        for row in activity["regions"]:
            of_region.setdefault(row["region"], []).append((activity, row))

    def lines() -> Lines:
        for region in report["regions"]:
            name = words.text(region["name"])
            for activity, row in of_region.get(region["region"], []):
                sums = Sums()
                sums.add(row)
                where = {"year": words.year, "region": region["region"], "activity": activity["ordinal"]}
                yield (
                    name,
                    words.number(activity),
                    words.text(activity["title"]),
                    *sums.traced(**where),
                    sums.percent,
                    _said_in(region["region"], activity, report),
                )
            sums = Sums()
            sums.add(region)
            where = {"year": words.year, "region": region["region"]}
            total = _("%(source)s, total") % {"source": name}
            yield Total((total, "", "", *sums.traced(**where), sums.percent, ""))

    return (
        _("Regions and activities: local budgets of %(year)s, million tenge") % {"year": words.year},
        columns,
        lines(),
    )


def _said_in(region: str, activity: ActivityPart, report: Report) -> str:
    """The state in the words of the region's own body."""
    for entry in activity["entries"]:
        if report["bodies"].get(entry["agency"], {}).get("region") == region:
            return capital(Entry.Status(entry["status"]))
    return capital(Rollup.NO_INFORMATION)


@_table("region-indicators")
def region_indicators(report: Report, words: Wording):
    """A row for each region and indicator where anything was counted."""
    columns = [
        Column(words.region, "text", 56),
        Column(words.row, "text", 12),
        Column(_("What is counted"), "text", 121),
        Column(_("In the half-year"), "count", 36),
        Column(_("Since the stage began"), "count", 42),
    ]
    order = {row["region"]: place for place, row in enumerate(report["regions"])}
    found = [
        (region, activity, indicator)
        for activity in all_activities(report)
        for indicator in activity["indicators"]
        for region in indicator["regions"]
        if region["total"] or region["half_year"]
    ]
    found.sort(key=lambda one: (order.get(one[0]["region"], -1), one[1]["ordinal"]))

    def lines() -> Lines:
        for region, activity, indicator in found:
            where = {"activity": activity["ordinal"], "indicator": indicator["code"], "region": region["region"] or ""}
            yield (
                words.region_name(region["region"]),
                words.number(activity),
                f"{words.text(indicator['title'])}, {words.text(indicator['unit'])}",
                Traced(region["half_year"], behind(Measure.INDICATOR_HALF_YEAR, **where)),
                Traced(region["total"], behind(Measure.INDICATOR, **where)),
            )

    return _("Regions and indicators"), columns, lines()


@_table("filings")
def filings(report: Report, words: Wording):
    columns = [
        Column(words.body, "text", 48),
        Column(words.state, "text", 20),
        Column(_("Due on"), "date", 17),
        Column(_("First filed"), "moment", 17),
        Column(_("Deadline kept"), "text", 29),
        Column(_("Receipt number"), "text", 39),
    ]
    lines = (
        (
            words.name(filing["agency"]),
            capital(Submission.State(filing["state"])),
            datetime.date.fromisoformat(filing["due_on"]),
            # Local time of the programme, which is how the structure has it; a workbook knows no zones.
            datetime.datetime.fromisoformat(filing["first_submitted_at"]).replace(tzinfo=None)
            if filing["first_submitted_at"]
            else None,
            capfirst(timing_in_words(filing)),
            filing["receipt"] or "",
        )
        for filing in report["filings"]
    )
    return _("Bodies, the day of filing and the receipt of what was accepted"), columns, lines


# For the workbook alone: a row for each activity, and for each answer


@_table("activities")
def activities(report: Report, words: Wording):
    columns = [
        Column(_("Section"), "count", 14),
        Column(_("Row"), "count", 12),
        Column(_("Printed number"), "count", 16),
        Column(words.activity, "text", 66),
        Column(_("Completion form"), "text", 32),
        Column(_("Responsible, as printed"), "text", 42),
        Column(_("Deadline, as printed"), "text", 28),
        Column(_("How the deadline stands"), "text", 34),
        Column(_("Funding source"), "text", 24),
        Column(words.planned, "money", 27),
        Column(words.half_year, "money", 27),
        Column(words.spent, "money", 27),
        Column(words.state, "text", 28),
        Column(_("What was done"), "text", 84),
        Column(_("Bodies that reported"), "count", 20),
        Column(_("Bodies without information"), "count", 20),
    ]

    def lines() -> Lines:
        everything = Sums()
        for section in report["sections"]:
            for activity in section["activities"]:
                sources = by_source(activity["money"], words.year)
                sums = Sums()
                for one in sources.values():
                    for total in (sums, everything):
                        total.planned += one.planned
                        total.half_year += one.half_year
                        total.spent += one.spent
                yield (
                    section["number"],
                    activity["ordinal"],
                    activity["printed_number"],
                    words.text(activity["title"]),
                    words.text(activity["completion_form"]),
                    as_written(activity["responsible_text"]),
                    as_written(activity["deadline_text"]),
                    "\n".join(outcomes(activity, words)),
                    ", ".join(str(FundingSource(source).label) for source in sources),
                    *((sums.planned, sums.half_year, sums.spent) if sources else (None, None, None)),
                    capital(Rollup(activity["status"])),
                    words.part(f"activity-{activity['ordinal']}"),
                    len(activity["entries"]),
                    len(activity["missing"]),
                )
        total = everything.planned, everything.half_year, everything.spent
        yield Total((*[None] * 3, _("Total"), *[None] * 5, *total, *[None] * 4))

    return _("Activities"), columns, lines()


def outcomes(activity: ActivityPart, words: Wording) -> list[str]:
    """How each date of an activity stands: "31.12.2008: deadline missed"."""
    return [
        _("%(date)s: %(outcome)s") % {"date": words.day(day["date"]), "outcome": Outcome(day["outcome"]).label}
        for day in activity["deadlines"]
    ]


@_table("entries")
def entries(report: Report, words: Wording):
    columns = [
        Column(_("Section"), "count", 14),
        Column(_("Row"), "count", 12),
        Column(words.activity, "text", 84),
        Column(words.body, "text", 36),
        Column(_("Role"), "text", 22),
        Column(words.state, "text", 26),
        Column(_("What was done"), "text", 84),
        Column(_("Reason"), "text", 40),
        Column(_("Next step"), "text", 40),
        Column(words.half_year, "money", 27),
        Column(_("Half-year of the answer"), "text", 18),
        Column(_("Receipt number"), "text", 36),
    ]

    def lines() -> Lines:
        for section in report["sections"]:
            for activity in section["activities"]:
                place = section["number"], activity["ordinal"], words.text(activity["title"])
                for entry in activity["entries"]:
                    yield (
                        *place,
                        words.name(entry["agency"]),
                        capital(Responsibility.Role(entry["role"])),
                        capital(Entry.Status(entry["status"])),
                        *(as_written(entry[name]) for name in ("narrative", "reason", "next_step")),
                        Decimal(entry["spent_half_year"]),
                        entry["period"],
                        entry["receipt"],
                    )
                for code in activity["missing"]:
                    nothing = capital(Rollup.NO_INFORMATION)
                    yield *place, words.name(code), "", nothing, "", "", "", None, "", ""

    return _("Information of each body"), columns, lines()
