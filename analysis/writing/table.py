"""A table on its way into a file: columns with types, and rows one by one."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from itertools import islice


class Kind(StrEnum):
    """What a column holds; None stands for nothing in every kind.

    text: str · integer: int · number: Decimal, one decimal · money: Decimal, three decimals, million tenge ·
    share: Decimal, 1 is the whole · date: datetime.date · moment: datetime.datetime without a zone, in the portal's
    time · boolean: bool
    """

    TEXT = "text"
    INTEGER = "integer"
    NUMBER = "number"
    MONEY = "money"
    SHARE = "share"
    DATE = "date"
    MOMENT = "moment"
    BOOLEAN = "boolean"


@dataclass(frozen=True)
class Column:
    """`name`: the machine's, the same in every language for ever; `heading`: the reader's, in his language.

    `description`: what the column says, where the heading does not.
    """

    name: str
    heading: str
    kind: Kind = Kind.TEXT
    description: str = ""


@dataclass(frozen=True)
class Table:
    """`rows`: each a sequence of values in the order of `columns`, read once. `about`: what was exported, when, by
    whom, with which filters, as label and text, in the reader's language. `named`: the heading row holds machine names.
    """

    title: str
    columns: list[Column]
    rows: Iterable[Sequence]
    about: list[tuple[str, str]] = field(default_factory=list)
    named: bool = False

    @property
    def headings(self) -> list[str]:
        return [column.name if self.named else column.heading for column in self.columns]

    def batches(self, size: int) -> Iterator[list[Sequence]]:
        """The rows, so many at a time."""
        rows = iter(self.rows)
        while batch := list(islice(rows, size)):
            yield batch


def converted(batch: list[Sequence], ways: Sequence[Callable | None], nothing: Sequence = ()) -> Iterator[tuple]:
    """The rows of a batch with each column's values as its way makes them; without a way they stay as they are.

    `nothing`: by column what None becomes, by default None. Works column by column, and makes what repeats in a column
    only once: names, states and years repeat in most, and both together halve the time.
    """
    columns = [
        values if way is None else _converted(values, way, empty)
        for values, way, empty in zip(zip(*batch, strict=True), ways, nothing or [None] * len(ways), strict=True)
    ]
    return zip(*columns, strict=True)


def _converted(values: Sequence, way: Callable, empty: object) -> list:
    different = set(values)
    if len(different) * 2 > len(values):
        return [empty if value is None else way(value) for value in values]
    made = {value: empty if value is None else way(value) for value in different}
    return [made[value] for value in values]
