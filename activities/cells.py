"""A row of the plan as it is printed: its seven cells, and its responsible bodies phrase by phrase."""

from collections.abc import Iterable
from dataclasses import dataclass

from programme.models import Agency

from .models import Activity, Heading, Responsibility

# Columns of the printed table and the fields that hold their cells.
_COLUMNS = {
    1: "printed_number",
    2: "title",
    3: "completion_form",
    4: "responsible_text",
    5: "deadline_text",
    6: "cost_text",
    7: "funding_text",
}
_TRANSLATED = ("title", "completion_form")


@dataclass(frozen=True)
class Cell:
    """`kk`: verbatim, "" where nothing is printed; `text`: a working translation, or the same as `kk`."""

    column: int
    heading: str
    kk: str
    text: str
    place: str
    spans: dict[str, str]


def printed_cells(activity: Activity, headings: Iterable[Heading]) -> list[Cell]:
    titles = {heading.column: heading.title for heading in headings}
    return [_cell(activity, column, field, titles.get(column, "")) for column, field in _COLUMNS.items()]


def _cell(activity: Activity, column: int, field: str, heading: str) -> Cell:
    translated = field in _TRANSLATED
    printed = getattr(activity, f"{field}_kk" if translated else field)
    kk = "" if printed is None else str(printed)
    spans = {field: activity.spans[field]} if field in activity.spans else {}
    text = getattr(activity, field) if translated else kk
    return Cell(column, heading, kk, text, f"plan.{activity.ordinal}.{column}", spans)


@dataclass(frozen=True)
class Phrase:
    """A printed phrase of the responsible cell and the bodies it means: several where it names a group."""

    wording: str
    members: list[Responsibility]

    @property
    def is_long(self) -> bool:
        return len(self.members) > 3

    @property
    def names_akimats(self) -> bool:
        return all(member.agency.kind == Agency.Kind.AKIMAT for member in self.members)


def phrases(activity: Activity) -> list[Phrase]:
    """The responsible bodies in printed order. No query after `for_plan`."""
    found: dict[tuple, list[Responsibility]] = {}
    for responsibility in activity.responsibilities.all():
        found.setdefault((responsibility.ordinal, responsibility.wording), []).append(responsibility)
    return [Phrase(wording, members) for (_ordinal, wording), members in found.items()]
