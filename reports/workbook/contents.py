"""What stands on the three sheets to fill in: columns and rows as values, in the active language, before any layout."""

import datetime
from dataclasses import dataclass
from decimal import Decimal

from django.utils.text import capfirst
from django.utils.translation import gettext as _

from programme.money import ZERO

from ..duty import OwedActivity, OwedIndicator, OwedLine
from ..entering import AcceptedBefore
from ..models import Entry, Period
from .layout import FILLS, Fill, Kind, Part, indicator_key, label_of, progress_key, spending_key


@dataclass(frozen=True)
class Formula:
    """`text` names other cells of the row as {key}; `result` is what a program that does not compute will show."""

    text: str
    result: Decimal


Value = str | int | Decimal | datetime.date | Formula | None


@dataclass(frozen=True)
class Column:
    """`width` in characters; `fill` for those that people fill in."""

    key: str
    heading: str
    width: float
    kind: Kind = Kind.TEXT
    fill: Fill | None = None
    has_total: bool = False


@dataclass(frozen=True)
class Row:
    """`mark`: the row's key; `values` by key of the column."""

    mark: str
    values: dict[str, Value]


@dataclass(frozen=True)
class Sheet:
    """`nothing`: what is said where the body has no such rows."""

    part: Part
    name: str
    columns: list[Column]
    rows: list[Row]
    nothing: str

    @property
    def has_totals(self) -> bool:
        return bool(self.rows) and any(column.has_total for column in self.columns)

    def total(self, column: Column) -> Decimal:
        found = (row.values[column.key] for row in self.rows)
        return sum((one.result if isinstance(one, Formula) else one or ZERO for one in found), ZERO)


def progress(owed: list[OwedActivity], before: AcceptedBefore | None) -> Sheet:
    """A row for each activity; beside it what was last accepted, if anything was."""
    columns = [
        *_of_activity(),
        Column("form", _("Completion form"), 20),
        Column("deadline", _("Deadline"), 16),
    ]
    if before:
        accepted = _("Accepted for the %(period)s") % {"period": before.period.title}
        columns += [
            Column("accepted_status", _("%(accepted)s: status") % {"accepted": accepted}, 15),
            Column("accepted_text", _("%(accepted)s: text") % {"accepted": accepted}, 40),
        ]
    widths = {"status": 15, "narrative": 46, "reason": 27, "next_step": 25, "document_kind": 17}
    columns += _fills(Part.PROGRESS, widths)
    rows = [Row(progress_key(one), _progress_values(one, before)) for one in owed]
    return Sheet(Part.PROGRESS, _("Progress"), columns, rows, _("Nothing is owed for this half-year."))


def _progress_values(owed: OwedActivity, before: AcceptedBefore | None) -> dict[str, Value]:
    form = owed.activity.completion_form
    if owed.document:
        form += "\n" + _("Needed when the activity is done: %(document)s.") % {"document": owed.document.label}
    accepted = before.entries.get(owed.activity.ordinal) if before else None
    return {
        **_activity_values(owed),
        "form": form,
        "deadline": owed.activity.deadline_text,
        "accepted_status": label_of(Kind.STATUS, accepted["status"]) if accepted else None,
        "accepted_text": _accepted_text(accepted) if accepted else None,
        **_written(owed.entry),
    }


def _accepted_text(accepted: dict) -> str:
    parts = [accepted["narrative"]]
    for label, text in ((_("Reason"), accepted["reason"]), (_("Next step"), accepted["next_step"])):
        if text:
            parts.append(f"{label}: {text}")
    return "\n".join(filter(None, parts))


def _written(entry: Entry | None) -> dict[str, Value]:
    """The draft as it is."""
    found = {}
    for fill in FILLS[Part.PROGRESS]:
        value = getattr(entry, fill.key) if entry else None
        found[fill.key] = label_of(fill.kind, value) if value and isinstance(value, str) else value
    return found


def spending(owed: list[OwedActivity], period: Period) -> Sheet:
    """A row for each budget line that the body answers for, million tenge, with what is left of the year's plan."""
    last = capfirst(_last_half_year(period))
    columns = [
        *_of_activity(),
        Column("where", _("Region or level"), 22),
        Column("year", _("Year"), 7),
        Column("source", _("Source of funding"), 18),
        Column("planned", _("Planned, million tenge"), 16, Kind.MONEY, has_total=True),
        Column("last", _("%(period)s: spent, million tenge") % {"period": last}, 16, Kind.MONEY, has_total=True),
        *_fills(Part.SPENDING, {"spent": 18}),
        Column("year_to_date", _("Spent since the start of the year"), 16, Kind.MONEY, has_total=True),
        Column("left", _("Left of the year's plan"), 16, Kind.MONEY, has_total=True),
    ]
    rows = [
        Row(spending_key(item), _spending_values(one, item))
        for one in owed
        for item in one.lines
        if item.is_own
    ]  # fmt: skip
    nothing = _("Your agency answers for no budget line of %(year)s.") % {"year": period.year}
    return Sheet(Part.SPENDING, _("Spending"), columns, rows, nothing)


def _spending_values(owed: OwedActivity, item: OwedLine) -> dict[str, Value]:
    line = item.line
    # In the second half-year the one before belongs to the same year. SUM takes no notice of a number typed as text.
    cells = "{last},{spent}" if owed.period.half == 2 else "{spent}"
    where = capfirst(line.region.name) if line.region else _("Republican level")
    return {
        **_activity_values(owed),
        "where": f"{where}\n{line.note}" if line.note else where,
        "year": line.year,
        "source": capfirst(line.get_source_display()),
        "planned": item.in_force,
        "last": item.last,
        "spent": item.spent,
        "year_to_date": Formula(f"SUM({cells})", item.year_to_date),
        "left": Formula("ROUND({planned}-{year_to_date},3)", item.in_force - item.year_to_date),
    }


def indicators(owed: list[OwedActivity], period: Period) -> Sheet:
    """A row for each thing that the body counts."""
    columns = [
        *_of_activity(),
        Column("title", _("What is counted"), 44),
        Column("unit", _("Unit"), 14),
        Column("target", _("Target of the stage for the whole country"), 16, Kind.COUNT),
        Column("last", capfirst(_last_half_year(period)), 18, Kind.COUNT),
        *_fills(Part.INDICATORS, {"value": 18}),
    ]
    rows = [Row(indicator_key(one, item), _counted_values(one, item)) for one in owed for item in one.indicators]
    nothing = _("Your agency counts no indicator in this half-year.")
    return Sheet(Part.INDICATORS, _("Indicators"), columns, rows, nothing)


def _counted_values(owed: OwedActivity, item: OwedIndicator) -> dict[str, Value]:
    return {
        **_activity_values(owed),
        "title": item.indicator.title,
        "unit": item.indicator.unit,
        "target": item.indicator.target,
        "last": item.last,
        "value": item.value,
    }


def _of_activity() -> list[Column]:
    return [Column("number", _("No."), 6), Column("activity", _("Activity"), 34)]


def _activity_values(owed: OwedActivity) -> dict[str, Value]:
    return {"number": owed.activity.ordinal, "activity": owed.activity.title}


def _fills(part: Part, widths: dict[str, float]) -> list[Column]:
    return [
        Column(fill.key, str(fill.heading), widths.get(fill.key, 12), fill.kind, fill, fill.kind == Kind.MONEY)
        for fill in FILLS[part]
    ]


def _last_half_year(period: Period) -> str:
    """Its title; the programme need not have had it."""
    is_second = period.half == 2
    return Period(year=period.year if is_second else period.year - 1, half=1 if is_second else 2).title
