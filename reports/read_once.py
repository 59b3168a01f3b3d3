"""What never changes and has its SHA-256 is read and parsed once by each process: filed copies, finalised reports."""

import json
from collections import OrderedDict
from threading import Lock

from django.db.models import QuerySet

from programme.canonical import sha256_of

# Letters of JSON, of which about ten times as many bytes are in use once they are parsed.
MOST = 4_000_000


class _Read:
    """What was read last, up to `MOST`; of which models."""

    def __init__(self):
        self._lock = Lock()
        self._data: OrderedDict[str, tuple[dict, int]] = OrderedDict()
        self._size = 0
        self.models: set[type] = set()

    def get(self, sha256: str) -> dict | None:
        with self._lock:
            if found := self._data.get(sha256):
                self._data.move_to_end(sha256)
                return found[0]
        return None

    def put(self, row, size: int) -> None:
        with self._lock:
            self.models.add(type(row))
            if row.sha256 not in self._data:
                self._data[row.sha256] = row.data, size
                self._size += size
            while self._size > MOST:
                _sha256, (_data, dropped) = self._data.popitem(last=False)
                self._size -= dropped

    def clear(self) -> None:
        with self._lock:
            self._data.clear()
            self._size = 0
            self.models.clear()


_read = _Read()


def forget() -> None:
    """Read everything anew from now on."""
    _read.clear()


def light(rows: QuerySet) -> QuerySet:
    """Without the content, of which `with_data` then fetches what is new; with it where nothing was read yet."""
    return rows.defer("content") if rows.model in _read.models else rows


def with_data(rows: list) -> list:
    """Copies or reports, loaded by a `light` query, each with its `data`, which nobody may change.

    One query for those not read before. What is not what its hash says is not kept.
    """
    for row in rows:
        if found := _read.get(row.sha256):
            row.data = found
    if unread := [row for row in rows if "data" not in vars(row)]:
        contents = {row.pk: row.content for row in unread if "content" in vars(row)}
        if missing := [row.pk for row in unread if row.pk not in contents]:
            found = type(unread[0]).objects.filter(pk__in=missing).order_by("pk")
            contents |= dict(found.values_list("pk", "content"))
        for row in unread:
            content = contents[row.pk]
            row.data = json.loads(content)
            if sha256_of(content) == row.sha256:
                _read.put(row, len(content))
    return rows
