"""What the workbook for off-line entry looks like, for those who write it and those who read it.

Nothing is found by its position or by a sheet's name, which people and programs change. On each sheet one row (hidden)
names the columns, and one column (hidden) names the rows, by marks that begin with `MARK`; a sheet is known by the mark
where the two meet. The header is text in a cell of its own on a hidden sheet: `MARK`, JSON, checksum.
"""

import hashlib
import json
from dataclasses import asdict, dataclass, field
from enum import StrEnum

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from activities.models import DocumentKind

from ..canonical import canonical_json
from ..duty import OwedActivity, OwedIndicator, OwedLine
from ..models import Entry

# A workbook of another version is refused: its rows or columns meant something else.
VERSION = 1
MARK = "portal:"


class Part(StrEnum):
    PROGRESS = "progress"
    SPENDING = "spending"
    INDICATORS = "indicators"


class Kind(StrEnum):
    """How a cell to fill is formatted and read."""

    TEXT = "text"
    STATUS = "status"
    DOCUMENT = "document"
    DATE = "date"
    MONEY = "money"
    COUNT = "count"


@dataclass(frozen=True)
class Fill:
    """A column to fill in. `key`: its mark, and for progress the field of `EntryForm`."""

    key: str
    heading: Promise
    kind: Kind


FILLS: dict[Part, list[Fill]] = {
    Part.PROGRESS: [
        Fill("status", _("Status"), Kind.STATUS),
        Fill("narrative", _("What was done in the half-year"), Kind.TEXT),
        Fill("reason", _("Reason"), Kind.TEXT),
        Fill("next_step", _("Next step"), Kind.TEXT),
        Fill("completed_on", _("Completion date"), Kind.DATE),
        Fill("document_kind", _("Document"), Kind.DOCUMENT),
        Fill("document_number", _("Number of the document"), Kind.TEXT),
        Fill("document_date", _("Date of the document"), Kind.DATE),
    ],
    Part.SPENDING: [Fill("spent", _("Spent in the half-year, million tenge"), Kind.MONEY)],
    Part.INDICATORS: [Fill("value", _("In this half-year"), Kind.COUNT)],
}


# What the drop-downs offer; a cell holds the label in the language of the workbook.
CHOICES = {Kind.STATUS: Entry.Status, Kind.DOCUMENT: DocumentKind}


def label_of(kind: Kind, value: str) -> str:
    """What a cell holds for a value of the entry, in the active language."""
    return str(CHOICES[kind](value).label) if kind in CHOICES and value else value


# Over the column that shows people which activity a row is about: a row that another one's mark stands beside was
# sorted without the hidden column.
NUMBER_MARK = f"{MARK}number"


def sheet_mark(part: Part) -> str:
    """Where the row of column marks and the column of row marks meet."""
    return f"{MARK}sheet:{part}"


def column_mark(fill: Fill) -> str:
    return f"{MARK}column:{fill.key}"


def row_mark(key: str) -> str:
    return f"{MARK}row:{key}"


def progress_key(owed: OwedActivity) -> str:
    return str(owed.activity.ordinal)


def spending_key(item: OwedLine) -> str:
    """The line's natural key, which a change of the plan's records does not move."""
    ordinal, region, year, source = item.line.key
    return f"{ordinal}/{region or '-'}/{year}/{source}"


def indicator_key(owed: OwedActivity, item: OwedIndicator) -> str:
    return f"{owed.activity.ordinal}/{item.indicator.code}"


class Damaged(Exception):
    """The header is not what the portal wrote."""


@dataclass(frozen=True)
class Header:
    """Whose workbook it is, and what it was made from.

    `entries`: activity ordinal → version of its entry when the workbook was made, 0 for none: what has changed on the
    page since then is known by it. `rows`: row keys by part.
    """

    programme: str
    agency: str
    period: str
    language: str
    made_at: str
    entries: dict[int, int]
    rows: dict[str, list[str]] = field(default_factory=dict)
    version: int = VERSION

    def to_text(self) -> str:
        content = canonical_json(asdict(self))
        return f"{MARK}header:{_checksum(content)}:{content}"

    @classmethod
    def from_text(cls, text: str) -> "Header":
        """Raises Damaged when it was changed or cut. A header of any version is read as far as its common fields."""
        checksum, _colon, content = text.removeprefix(f"{MARK}header:").partition(":")
        if checksum != _checksum(content):
            raise Damaged
        # The checksum finds accidents; whoever wants to can compute one himself.
        try:
            data = json.loads(content)
            known = {name: data[name] for name in cls.__dataclass_fields__ if name in data}
            names = ("programme", "agency", "period", "language", "made_at")
            if not all(isinstance(known[name], str) and "\0" not in known[name] for name in names):
                raise Damaged
            known["entries"] = {int(ordinal): int(seen) for ordinal, seen in data.get("entries", {}).items()}
            return cls(**known)
        except (TypeError, ValueError, KeyError, AttributeError, RecursionError) as error:
            raise Damaged from error


def _checksum(content: str) -> str:
    return hashlib.sha256(content.encode()).hexdigest()[:16]
