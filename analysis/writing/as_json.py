"""A table as one JSON object: title, about {label: text}, columns [{name, heading, kind, description}], rows.

A line for each row. Amounts, shares and other decimals are strings, as in the API, so that no reader makes binary
fractions of them; dates and moments are ISO 8601, without a zone where the portal's own is meant.
"""

import datetime
import json
from collections.abc import Callable
from dataclasses import asdict
from decimal import Decimal
from typing import BinaryIO

from .table import Kind, Table, converted

ROWS_A_BATCH = 500
_encode = json.JSONEncoder(ensure_ascii=False).encode


def _exact(value: Decimal) -> str:
    return f"{value:f}"


def _money(value: Decimal) -> str:
    return f"{value:.3f}"


_WAYS: dict[Kind, Callable] = {
    Kind.MONEY: _money,
    Kind.NUMBER: _exact,
    Kind.SHARE: _exact,
    Kind.DATE: datetime.date.isoformat,
    Kind.MOMENT: datetime.datetime.isoformat,
}


def write(table: Table, file: BinaryIO) -> None:
    columns = [asdict(column) for column in table.columns]
    head = {"title": table.title, "about": dict(table.about), "columns": columns}
    file.write(f'{_encode(head)[:-1]}, "rows": ['.encode())
    names = [column.name for column in table.columns]
    ways = [_WAYS.get(column.kind) for column in table.columns]
    before = "\n"
    for batch in table.batches(ROWS_A_BATCH):
        lines = [_encode(dict(zip(names, row, strict=True))) for row in converted(batch, ways)]
        file.write((before + ",\n".join(lines)).encode())
        before = ",\n"
    file.write(b"\n]}\n")
