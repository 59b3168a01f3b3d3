"""Rows of the API as CSV: one line a row, nested objects as columns named with dots ("title.kk").

Commas, a point in numbers, dates as 2009-07-10, in every language; a mark by which Excel knows UTF-8.
"""

import csv
import json
from collections.abc import Iterable, Iterator
from io import StringIO
from itertools import islice

from django.db.models import QuerySet
from rest_framework import serializers

from .spreadsheets import disarm

BOM = "\ufeff"
ROWS_A_PIECE = 500
# Their text is the portal's own making: "-9.753" is a number and stays one.
NUMBERS_AND_DATES = (
    serializers.DecimalField,
    serializers.IntegerField,
    serializers.DateField,
    serializers.DateTimeField,
)


def stream_csv(serializer: serializers.Serializer, rows: QuerySet | Iterable) -> Iterator[bytes]:
    """The file in pieces. The headings come at once, before the first row is asked for."""
    yield (BOM + _lines([[*_headings(serializer)]])).encode()
    found = iter(rows.iterator(chunk_size=ROWS_A_PIECE) if isinstance(rows, QuerySet) else rows)
    while piece := [*islice(found, ROWS_A_PIECE)]:
        yield _lines([[*_cells(serializer, serializer.to_representation(row))] for row in piece]).encode()


def _headings(serializer, before: str = "") -> Iterator[str]:
    for name, field in serializer.fields.items():
        if isinstance(field, serializers.Serializer):
            yield from _headings(field, f"{before}{name}.")
        else:
            yield before + name


def _cells(serializer, row: dict | None) -> Iterator[str]:
    for name, field in serializer.fields.items():
        value = None if row is None else row[name]
        if isinstance(field, serializers.Serializer):
            yield from _cells(field, value)
        elif isinstance(field, NUMBERS_AND_DATES):
            yield "" if value is None else str(value)
        else:
            yield disarm(_text(value))


def _text(value) -> str:
    """A list of plain values joined, anything deeper as JSON."""
    match value:
        case None:
            return ""
        case True | False:
            return str(value).lower()
        case list() if not any(isinstance(item, (dict, list)) for item in value):
            return "; ".join(map(_text, value))
        case list() | dict():
            return json.dumps(value, ensure_ascii=False)
    return str(value)


def _lines(rows: list[list[str]]) -> str:
    lines = StringIO()
    csv.writer(lines).writerows(rows)
    return lines.getvalue()
