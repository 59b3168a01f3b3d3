"""A table on its way into a file: columns with types, and rows one by one."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from enum import StrEnum


class Kind(StrEnum):
    """What a column holds; None stands for nothing in every kind.

    text: str · integer: int · money: Decimal, three decimals, million tenge · share: Decimal, 1 is the whole ·
    date: datetime.date · moment: datetime.datetime without a zone, in the portal's time · boolean: bool
    """

    TEXT = "text"
    INTEGER = "integer"
    MONEY = "money"
    SHARE = "share"
    DATE = "date"
    MOMENT = "moment"
    BOOLEAN = "boolean"


@dataclass(frozen=True)
class Column:
    """`name`: the machine's, the same in every language for ever; `heading`: the reader's, in his language."""

    name: str
    heading: str
    kind: Kind = Kind.TEXT


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
