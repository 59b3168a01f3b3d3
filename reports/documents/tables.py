"""Tables of the consolidated report: typed values for a workbook, and the same as written for a page."""

import datetime
from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal

from django.utils.formats import date_format, number_format
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from activities.models import Responsibility
from programme.models import FundingSource
from programme.money import ZERO, format_money

from ..consolidation.structure import ActivityPart, MoneyRow, Report, Rollup
from ..models import Entry, Submission
from .wording import Wording, as_written, capital, timing_in_words

Value = str | int | Decimal | datetime.date | datetime.datetime | None


@dataclass(frozen=True)
class Column:
    """`kind`: text, count, money, percent, date or moment. `width` is in millimetres on paper."""

    label: str
    kind: str
    width: int

    @property
    def is_number(self) -> bool:
        return self.kind in ("count", "money", "percent")


@dataclass(frozen=True)
class Cell:
    """The value, for a workbook, and the same as written in the language of the report."""

    value: Value
    text: str
    is_number: bool


@dataclass(frozen=True)
class Row:
    cells: list[Cell]
    is_total: bool = False


@dataclass(frozen=True)
class Table:
    caption: str
    columns: list[Column]
    rows: list[Row] = field(default_factory=list)

    def add(self, *values: Value, is_total: bool = False) -> None:
        cells = [
            Cell(value, _written(value, column.kind), column.is_number)
            for value, column in zip(values, self.columns, strict=True)
        ]
        self.rows.append(Row(cells, is_total))


def _written(value: Value, kind: str) -> str:
    match value:
        case None:
            return "—"
        case Decimal():
            return format_money(value) if kind == "money" else number_format(value, decimal_pos=1)
        case datetime.datetime():
            return date_format(value, "SHORT_DATETIME_FORMAT")
        case datetime.date():
            return date_format(value, "SHORT_DATE_FORMAT")
    return str(value)


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
    def cells(self) -> tuple[Decimal, Decimal, Decimal]:
        return self.planned, self.half_year, self.spent

    @property
    def percent(self) -> Decimal | None:
        return (self.spent / self.planned * 100).quantize(Decimal("0.1")) if self.planned else None


def by_source(rows: list[MoneyRow], year: int) -> dict[str, Sums]:
    """Planned for the report's own year; spent in the half-year and from the start on lines of all years."""
    sources: dict[str, Sums] = {}
    for row in rows:
        sums = sources.setdefault(row["source"], Sums())
        sums.add(row if row["year"] == year else row | {"planned": "0"})
    return sources


def all_activities(report: Report) -> Iterable[ActivityPart]:
    return (activity for section in report["sections"] for activity in section["activities"])


def states(report: Report, words: Wording) -> Table:
    table = Table(
        _("Activities of the plan by state"),
        [Column(words.state, "text", 125), Column(_("Activities"), "count", 45)],
    )
    counts = report["statuses"]
    for state in Rollup:
        table.add(capital(state), counts.get(state.value, 0))
    table.add(_("Total"), sum(counts.values()), is_total=True)
    return table


def money(report: Report, words: Wording) -> Table:
    table = Table(
        _("Money by source and year, million tenge"),
        [
            Column(_("Funding source"), "text", 42),
            Column(_("Year"), "text", 18),
            Column(_("Planned"), "money", 28),
            Column(_("Spent in the half-year"), "money", 28),
            Column(_("Spent since the start"), "money", 28),
            Column(_("Spent, % of planned"), "percent", 26),
        ],
    )
    rows, everything = report["money"], Sums()
    sources = {source.value: source for source in FundingSource}
    for value, source in sources.items():
        of_source = Sums()
        those = [row for row in rows if row["source"] == value]
        for row in those:
            sums = Sums()
            sums.add(row)
            of_source.add(row)
            everything.add(row)
            table.add(capital(source), str(row["year"]), *sums.cells, sums.percent)
        if len(those) > 1:
            table.add(
                _("%(source)s, total") % {"source": capital(source)},
                "",
                *of_source.cells,
                of_source.percent,
                is_total=True,
            )
    table.add(_("Total"), "", *everything.cells, everything.percent, is_total=True)
    return table


def delayed(report: Report, words: Wording) -> Table:
    table = Table(
        _("Activities that are delayed"),
        [
            Column(words.row, "text", 13),
            Column(words.activity, "text", 51),
            Column(words.body, "text", 28),
            Column(_("Reason"), "text", 42),
            Column(_("Next step"), "text", 36),
        ],
    )
    for activity in all_activities(report):
        for entry in activity["entries"]:
            if entry["status"] == Entry.Status.DELAYED:
                table.add(
                    words.number(activity),
                    words.text(activity["title"]),
                    words.short_name(entry["agency"]),
                    as_written(entry["reason"]),
                    as_written(entry["next_step"]),
                )
    return table


def activities(report: Report, words: Wording) -> Table:
    table = Table(
        _("Activities"),
        [
            Column(_("Section"), "count", 14),
            Column(_("Row"), "count", 12),
            Column(_("Printed number"), "count", 16),
            Column(words.activity, "text", 66),
            Column(_("Completion form"), "text", 32),
            Column(_("Responsible, as printed"), "text", 42),
            Column(_("Deadline, as printed"), "text", 28),
            Column(_("Funding source"), "text", 24),
            Column(words.planned, "money", 27),
            Column(words.half_year, "money", 27),
            Column(words.spent, "money", 27),
            Column(words.state, "text", 28),
            Column(_("Bodies that reported"), "count", 20),
            Column(_("Bodies without information"), "count", 20),
        ],
    )
    for section in report["sections"]:
        for activity in section["activities"]:
            sources = by_source(activity["money"], words.year)
            sums = [sum(column, ZERO) for column in zip(*(sums.cells for sums in sources.values()), strict=True)]
            table.add(
                section["number"],
                activity["ordinal"],
                activity["printed_number"],
                words.text(activity["title"]),
                words.text(activity["completion_form"]),
                as_written(activity["responsible_text"]),
                as_written(activity["deadline_text"]),
                ", ".join(str(FundingSource(source).label) for source in sources),
                *(sums or (None, None, None)),
                capital(Rollup(activity["status"])),
                len(activity["entries"]),
                len(activity["missing"]),
            )
    totals = [sum((row.cells[column].value or ZERO for row in table.rows), ZERO) for column in (8, 9, 10)]
    table.add(*[None] * 3, _("Total"), *[None] * 4, *totals, *[None] * 3, is_total=True)
    return table


def entries(report: Report, words: Wording) -> Table:
    table = Table(
        _("Information of each body"),
        [
            Column(_("Section"), "count", 14),
            Column(_("Row"), "count", 12),
            Column(words.activity, "text", 46),
            Column(words.body, "text", 36),
            Column(_("Role"), "text", 22),
            Column(words.state, "text", 26),
            Column(_("What was done"), "text", 84),
            Column(_("Reason"), "text", 40),
            Column(_("Next step"), "text", 40),
            Column(words.half_year, "money", 27),
            Column(_("Half-year of the answer"), "text", 18),
            Column(_("Receipt number"), "text", 36),
        ],
    )
    for section in report["sections"]:
        for activity in section["activities"]:
            place = section["number"], activity["ordinal"], words.text(activity["title"])
            for entry in activity["entries"]:
                table.add(
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
                table.add(*place, words.name(code), "", nothing, "", "", "", None, "", "")
    return table


def regions(report: Report, words: Wording) -> Table:
    table = Table(
        _("Local budgets by region in %(year)s, million tenge") % {"year": words.year},
        [
            Column(_("Region"), "text", 60),
            Column(_("Planned for the year"), "money", 28),
            Column(_("Spent in the half-year"), "money", 28),
            Column(_("Spent in the year"), "money", 28),
            Column(_("Spent, % of planned"), "percent", 26),
        ],
    )
    everything = Sums()
    for row in report["regions"]:
        sums = Sums()
        sums.add(row)
        everything.add(row)
        table.add(words.text(row["name"]), *sums.cells, sums.percent)
    table.add(_("Total"), *everything.cells, everything.percent, is_total=True)
    return table


def filings(report: Report, words: Wording) -> Table:
    table = Table(
        _("Bodies, the day of filing and the receipt of what was accepted"),
        [
            Column(words.body, "text", 44),
            Column(words.state, "text", 22),
            Column(_("First filed"), "moment", 20),
            Column(_("Deadline kept"), "text", 26),
            Column(_("Receipt number"), "text", 58),
        ],
    )
    for filing in report["filings"]:
        first = filing["first_submitted_at"]
        table.add(
            words.name(filing["agency"]),
            capital(Submission.State(filing["state"])),
            # Local time of the programme, which is how the structure has it; a workbook knows no zones.
            datetime.datetime.fromisoformat(first).replace(tzinfo=None) if first else None,
            capfirst(timing_in_words(filing)),
            filing["receipt"] or "",
        )
    return table
