"""A file as a table of a kind: which of its columns is which, and its rows."""

import base64
import gzip
import io
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _

from programme.spreadsheets import rearm
from reports import foreign_files
from reports.foreign_files import Unreadable

from .resource import ImportResource


@dataclass(frozen=True)
class ReadTable:
    """`places`: machine name of a column → its position in the file; `unknown`: headings that mean nothing here;
    `count`: how many rows there are beside the headings; `encoding`: of CSV, `sheet`: of a workbook.
    """

    places: dict[str, int]
    unknown: list[str]
    count: int
    sheet: str
    encoding: str
    packed: bytes = field(repr=False)

    def cells(self) -> Iterator[tuple[int, list]]:
        """Number of the row in the file, and its cells in the order of `places`."""
        armed = _rearmed if self.encoding else lambda cell: cell
        for number, cells in _lines(self.packed, start=1):
            yield number, [armed(cells[place]) if place < len(cells) else None for place in self.places.values()]


def read_table(content: bytes, name: str, kind: type[ImportResource]) -> ReadTable:
    """Raises Unreadable, also for a table without the columns that are needed, and Busy."""
    found = foreign_files.table_rows(content, name)
    if found["broken_at"]:
        raise Unreadable(
            _("Line %(line)s of the file cannot be taken apart: a quotation mark there has no counterpart.")
            % {"line": found["broken_at"]}
        )
    packed = base64.b64decode(found["rows"])
    _number, headings = next(_lines(packed), (0, []))
    if not headings:
        raise Unreadable(_("The file is empty."))
    places, unknown = _recognised(headings, kind)
    if not places:
        raise Unreadable(_("The first row must hold the headings of the columns, and none of them is known here."))
    missing = [str(column.heading) for column in kind.fields.values() if column.needed and column.name not in places]
    if missing:
        raise Unreadable(_("These columns are missing: %(columns)s.") % {"columns": "; ".join(missing)})
    return ReadTable(places, unknown, found["count"] - 1, found["sheet"], found["encoding"], packed)


def _rearmed(cell):
    return rearm(cell) if isinstance(cell, str) else cell


def _lines(packed: bytes, start: int = 0) -> Iterator[tuple[int, list]]:
    with gzip.open(io.BytesIO(packed)) as lines:
        for position, line in enumerate(lines):
            if position >= start:
                yield tuple(json.loads(line))


def _recognised(headings: list, kind: type[ImportResource]) -> tuple[dict[str, int], list[str]]:
    known, places, unknown = _headings(kind), {}, []
    for position, heading in enumerate(headings):
        if heading is None:
            continue
        name = known.get(_folded(str(heading)))
        if name is None:
            unknown.append(str(heading)[:100])
        elif name in places:
            raise Unreadable(_("Two columns have the heading “%(heading)s”.") % {"heading": heading})
        else:
            places[name] = position
    # In the order of the kind, because some columns are read with the help of those before them.
    return {name: places[name] for name in kind.fields if name in places}, unknown


@cache
def _headings(kind: type[ImportResource]) -> dict[str, str]:
    """Machine names of the columns by what they are called, in any of the three languages."""
    found = {_folded(name): name for name in kind.fields}
    for language, _name in settings.LANGUAGES:
        with translation.override(language):
            found |= {_folded(str(column.heading)): name for name, column in kind.fields.items()}
    return found


def _folded(heading: str) -> str:
    """The template marks needed columns with an asterisk."""
    return re.sub(r"\s+", " ", heading).strip(" *").casefold()
