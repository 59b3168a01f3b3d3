"""A table as CSV, with a mark by which Excel knows UTF-8.

Commas, numbers with a point and dates as 2009-07-10 in every language, because machines read these files too. An Excel
that is set to Kazakh or Russian expects semicolons when it is given a file by double click; its "Data, From Text/CSV"
and "From Web" find out by themselves.
"""

import csv
import datetime
from collections.abc import Callable, Iterator
from typing import BinaryIO

from programme.spreadsheets import disarm

from .table import Kind, Table, converted

BOM = "\ufeff"
ROWS_A_CHUNK = 500


def write(table: Table, file: BinaryIO) -> None:
    file.writelines(stream_csv(table))


def stream_csv(table: Table) -> Iterator[bytes]:
    """The file in pieces. The headings come at once, before the first row is asked for."""
    lines = _Lines([BOM])
    writer = csv.writer(lines)
    writer.writerow(map(disarm, table.headings))
    yield lines.take()
    ways = [_WAYS[column.kind] for column in table.columns]
    for batch in table.batches(ROWS_A_CHUNK):
        writer.writerows(converted(batch, ways))
        yield lines.take()


class _Lines(list):
    """What the csv module writes lines into, until they are taken away as bytes."""

    write = list.append

    def take(self) -> bytes:
        content = "".join(self).encode()
        self.clear()
        return content


def _moment(value: datetime.datetime) -> str:
    return value.isoformat(" ", "seconds")


# None: the csv module does it by itself.
_WAYS: dict[Kind, Callable | None] = {
    Kind.TEXT: disarm,
    Kind.INTEGER: None,
    Kind.NUMBER: "{:f}".format,
    Kind.MONEY: "{:.3f}".format,
    Kind.SHARE: "{:f}".format,
    Kind.DATE: datetime.date.isoformat,
    Kind.MOMENT: _moment,
    Kind.BOOLEAN: {True: "true", False: "false"}.__getitem__,
}
