"""Which rows of a workbook stand for what is owed, and what is the matter with the others."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from ..duty import OwedActivity
from .answers import Comparison, Flaw, Place
from .layout import FILLS, Part, indicator_key, progress_key, spending_key

PARTS = {
    Part.PROGRESS: gettext_lazy("Progress"),
    Part.SPENDING: gettext_lazy("Spending"),
    Part.INDICATORS: gettext_lazy("Indicators"),
}


@dataclass(frozen=True)
class Target:
    """A row to fill: of which activity, and the form's field by column."""

    owed: OwedActivity
    fields: dict[str, str]


@dataclass(frozen=True)
class Row:
    sheet: dict
    number: int
    target: Target

    @property
    def ordinal(self) -> int:
        return self.target.owed.activity.ordinal


def targets_of(owed: Iterable[OwedActivity]) -> dict[Part, dict[str, Target]]:
    [spent], [counted] = FILLS[Part.SPENDING], FILLS[Part.INDICATORS]
    progress = {fill.key: fill.key for fill in FILLS[Part.PROGRESS]}
    return {
        Part.PROGRESS: {progress_key(one): Target(one, progress) for one in owed},
        Part.SPENDING: {
            spending_key(item): Target(one, {spent.key: f"spent_{item.line.pk}"})
            for one in owed
            for item in one.lines
            if item.is_own
        },
        Part.INDICATORS: {
            indicator_key(one, item): Target(one, {counted.key: f"indicator_{item.indicator.pk}"})
            for one in owed
            for item in one.indicators
        },
    }


def rows_of(read: dict, targets: dict[Part, dict[str, Target]], found: Comparison) -> list[Row]:
    """The workbook's rows that are owed, each once; says what is the matter with the others."""
    rows: dict[tuple[Part, str], Row] = {}
    parts: dict[str, str] = {}
    for sheet in read["sheets"]:
        part, title = sheet["part"], sheet["title"]
        if part not in targets:
            continue
        if part in parts:
            text = _("This sheet is a copy of “%(sheet)s”. Delete one of the two.") % {"sheet": parts[part]}
            found.flaws.append(Flaw(Place(title), text))
            continue
        parts[part] = title
        _check_columns(sheet, found)
        filled = {cell["row"] for cell in sheet["cells"]}
        for number, key, shown in sheet["rows"]:
            target = targets[Part(part)].get(key)
            if shown and shown != key.partition("/")[0]:
                found.flaws.append(_misplaced(title, number, shown))
            if target is None:
                found.notices += _not_owed(title, number, key) if number in filled else []
            elif (first := rows.get((part, key))) is not None:
                place = Place(title, f"{first.number}, {number}")
                text = _("Rows %(rows)s are copies of the same row. Delete all but one of them.")
                found.flaws.append(Flaw(place, text % {"rows": place.address}))
            else:
                rows[part, key] = Row(sheet, number, target)
    return list(rows.values())


def _misplaced(title: str, number: int, shown: str) -> Flaw:
    text = _(
        "Row %(row)s shows activity %(shown)s, but its hidden mark is another one's: the rows were sorted without the "
        "hidden column. Download a new workbook and copy your answers into it."
    )
    return Flaw(Place(title, str(number)), text % {"row": number, "shown": shown[:10]})


def _check_columns(sheet: dict, found: Comparison) -> None:
    keys = [key for _column, key in sheet["columns"]]
    for fill in FILLS[Part(sheet["part"])]:
        if keys.count(fill.key) > 1:
            text = _("The column “%(column)s” is there twice. Delete the copy.") % {"column": fill.heading}
            found.flaws.append(Flaw(Place(sheet["title"]), text))
        elif fill.key not in keys:
            text = _("%(sheet)s: the column “%(column)s” is not in the workbook; its answers are left as they are.")
            found.notices.append(text % {"sheet": sheet["title"], "column": fill.heading})


def _not_owed(title: str, number: int, key: str) -> list[str]:
    text = _("%(sheet)s, row %(row)s: activity %(activity)s is not owed any more in this way; its cells are not taken.")
    return [text % {"sheet": title, "row": number, "activity": key.partition("/")[0][:10]}]


def notice_missing(rows: list[Row], targets: dict[Part, dict[str, Target]], found: Comparison) -> None:
    """What the workbook does not have any more stays as it is; filled rows that nobody can assign are said."""
    sheets = {row.sheet["part"]: row.sheet for row in rows}
    there = {id(row.target) for row in rows}
    for part, wanted in targets.items():
        missing = [target.owed.activity.ordinal for target in wanted.values() if id(target) not in there]
        if missing:
            text = _("Not in the workbook and left as they are: %(part)s, activities %(rows)s.")
            numbers = ", ".join(str(ordinal) for ordinal in dict.fromkeys(missing))
            found.notices.append(text % {"part": PARTS[part], "rows": numbers})
        if part in sheets:
            _notice_unmarked(sheets[part], bool(missing), found)
    for (title, reference), addresses in found.covered.items():
        text = _(
            "%(sheet)s: %(range)s are merged. What stands there counts for the first cell; left as they are: %(cells)s."
        )
        found.notices.append(text % {"sheet": title, "range": reference, "cells": ", ".join(addresses)})


def _notice_unmarked(sheet: dict, is_missing: bool, found: Comparison) -> None:
    if not sheet["unmarked"]:
        return
    rows = ", ".join(str(row) for row in sheet["unmarked"])
    text = ngettext(
        "Row %(rows)s has lost the hidden mark that says what it is about. Download a new workbook and copy the row's "
        "cells into it.",
        "Rows %(rows)s have lost the hidden marks that say what they are about. Download a new workbook and copy their "
        "cells into it.",
        len(sheet["unmarked"]),
    )
    text %= {"rows": rows}
    if is_missing:
        found.flaws.append(Flaw(Place(sheet["title"], rows), text))
    else:
        text = _("%(sheet)s: what stands in rows %(rows)s, which are not the portal's, is not taken.")
        found.notices.append(text % {"sheet": sheet["title"], "rows": rows})
