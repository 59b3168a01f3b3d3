"""Walks the chains of the audit and says what is wrong with them."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.utils.translation import gettext as _

from .audit import digest
from .models import AuditHead, AuditRecord

BATCH = 2_000


@dataclass(frozen=True)
class Fault:
    lane: str
    number: int
    what: str

    def __str__(self):
        return f"{self.lane}:{self.number}: {self.what}"


@dataclass
class Walked:
    """A lane as far as it was walked: its last record."""

    lane: str
    number: int = 0
    sha256: str = ""
    records: int = 0

    def __str__(self):
        return f"{self.lane}:{self.number}:{self.sha256}"


class Walk:
    """`expected`: hashes by lane and number, written down earlier. Memory stays the same however long chains are."""

    def __init__(self, expected: dict[tuple[str, int], str]):
        self.expected = expected
        self.ends: list[Walked] = []

    def faults(self) -> Iterator[Fault]:
        """In the order in which they are found; `ends` is complete once they are read."""
        lanes = set(AuditHead.objects.values_list("lane", flat=True))
        lanes |= set(AuditRecord.objects.order_by().values_list("lane", flat=True).distinct())
        for lane in sorted(lanes | {lane for lane, _number in self.expected}):
            end = Walked(lane)
            self.ends.append(end)
            yield from self._lane(end)
        for lane, number in sorted(self.expected):
            end = next(end for end in self.ends if end.lane == lane)
            if number > end.number:
                yield Fault(lane, number, _("cut off: a record that was there is gone, and all after it."))

    def _lane(self, end: Walked) -> Iterator[Fault]:
        yield from self._records(end)
        # Records may come while they are walked, each together with the head.
        head = AuditHead.objects.filter(lane=end.lane).first()
        if head is None:
            if end.number:
                yield Fault(end.lane, end.number, _("the row that names the end of this chain is gone."))
            return
        if head.number > end.number:
            yield from self._records(end)
        if head.number > end.number:
            yield Fault(end.lane, head.number, _("cut off: this was the last record, and it is gone."))
        elif head.number == end.number and head.sha256 != end.sha256:
            yield Fault(end.lane, end.number, _("the last record is another than the one that was written."))
        elif head.number < end.number and AuditHead.objects.get(lane=end.lane).number < end.number:
            yield Fault(
                end.lane, end.number, _("inserted: the chain ended at record %(number)s.") % {"number": head.number}
            )

    def _records(self, end: Walked) -> Iterator[Fault]:
        """From where the lane was left off."""
        while batch := list(
            AuditRecord.objects.filter(lane=end.lane, number__gt=end.number).order_by("number").values()[:BATCH]
        ):
            for found in batch:
                yield from self._record(end, found)

    def _record(self, end: Walked, found: dict) -> Iterator[Fault]:
        number, sha256 = found["number"], found["sha256"]
        if number > end.number + 1:
            gone = f"{end.number + 1}–{number - 1}" if number > end.number + 2 else end.number + 1
            yield Fault(end.lane, number, _("removed: before it, there is no record %(numbers)s.") % {"numbers": gone})
        elif found["previous"] != end.sha256:
            yield Fault(end.lane, number, _("inserted or exchanged: it does not follow the record before it."))
        if digest(found) != sha256:
            yield Fault(end.lane, number, _("altered: it does not say what was written."))
        expected = self.expected.get((end.lane, number), sha256)
        if expected != sha256:
            yield Fault(end.lane, number, _("made anew: it had another hash when that was written down."))
        end.number, end.sha256, end.records = number, sha256, end.records + 1
