"""What a consolidated report is laid out from: parts of blocks, in one language, in words and figures as written.

`outline.py` fills them; the page, Word and PDF only lay them out, so that they agree to the last digit. All are plain
dataclasses of strings and numbers, so that they go to another process as JSON.
"""

import datetime
from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal

from django.utils.formats import date_format, number_format

from programme.money import format_money

Value = str | int | Decimal | datetime.date | datetime.datetime | None


@dataclass(frozen=True)
class Paragraph:
    """`label` is set before the text, or empty. `language` is that of the text, which a person may have written."""

    label: str
    text: str
    language: str


@dataclass(frozen=True)
class Prose:
    paragraphs: list[Paragraph]
    kind: str = "prose"


@dataclass(frozen=True)
class Column:
    """`kind`: text, count, money, percent, date or moment. `width` is in millimetres on paper."""

    label: str
    kind: str
    width: int

    @property
    def is_number(self) -> bool:
        return self.kind in ("count", "money", "percent")


@dataclass(frozen=True)
class Traced:
    """A value with the query that opens what is behind it (see consolidation.tracing)."""

    value: Value
    behind: str


@dataclass(frozen=True)
class Cell:
    """The value, for a workbook, and the same as written in the language of the report."""

    value: Value
    text: str
    is_number: bool
    behind: str = ""


@dataclass(frozen=True)
class Row:
    cells: list[Cell]
    is_total: bool = False


@dataclass(frozen=True)
class Total:
    """Values of a row that sums up."""

    values: tuple


@dataclass(frozen=True)
class Table:
    """`name` is unique in the report. Rows are written once, in order."""

    name: str
    caption: str
    columns: list[Column]
    rows: list[Row] = field(default_factory=list)
    kind: str = "table"


def rows(columns: list[Column], lines: Iterable[tuple | Total]) -> Iterable[Row]:
    """Each line of values as a row; one at a time, so that a long table need not be held in memory."""
    for line in lines:
        is_total = isinstance(line, Total)
        values = line.values if is_total else line
        yield Row([_cell(value, column) for value, column in zip(values, columns, strict=True)], is_total)


def _cell(value: Value | Traced, column: Column) -> Cell:
    behind = ""
    if isinstance(value, Traced):
        value, behind = value.value, value.behind
    return Cell(value, _written(value, column.kind), column.is_number, behind)


def _written(value: Value, kind: str) -> str:
    match value:
        case None:
            return "—"
        case Decimal():
            return format_money(value) if kind == "money" else number_format(value, decimal_pos=1)
        case int():
            return number_format(value, use_l10n=True)
        case datetime.datetime():
            return date_format(value, "SHORT_DATETIME_FORMAT")
        case datetime.date():
            return date_format(value, "SHORT_DATE_FORMAT")
    return str(value)


@dataclass(frozen=True)
class Picture:
    """A chart or a map as SVG with attributes only, no style. The table beside it says the same in figures."""

    name: str
    title: str
    description: str
    svg: str
    width: int
    kind: str = "picture"


@dataclass(frozen=True)
class Figure:
    """A number in words, such as "done: 14", with what is behind it as in Cell."""

    text: str
    behind: str = ""


@dataclass(frozen=True)
class MoneyLine:
    """One source: planned for the year, spent in the half-year, spent since the start; million tenge as written."""

    source: str
    planned: Cell
    spent_half_year: Cell
    spent: Cell


@dataclass(frozen=True)
class PlanRow:
    """A row of the plan's own form. `number` has an asterisk where the plan prints none.

    `responsible`, `deadline` and, for an activity without money, `cost` are the printed cells, in Kazakh. `outcomes`:
    how each date stands. `counts`: who says what; empty for a single body. `done`: the coordinator's summary.
    """

    ordinal: int
    number: str
    title: str
    completion_form: str
    responsible: str
    deadline: str
    outcomes: list[str]
    cost: str
    money: list[MoneyLine]
    state: str
    state_label: str
    counts: list[Figure]
    done: list[Paragraph]
    indicators: list[Figure]


@dataclass(frozen=True)
class Plan:
    """A section of the plan. `head`: №, activity, completion form, responsible, deadline, planned, spent in the
    half-year, spent since the start, state, what was done."""

    name: str
    head: list[str]
    rows: list[PlanRow]
    kind: str = "plan"


@dataclass(frozen=True)
class Answer:
    """What one body says, or several that say the same. `who` heads it; `names` lists them where `who` only counts."""

    who: str
    names: str
    role: str
    state: str
    state_label: str
    period: str
    spent: Figure
    paragraphs: list[Paragraph]

    @property
    def length(self) -> int:
        return sum(len(paragraph.text) for paragraph in self.paragraphs)


@dataclass(frozen=True)
class Voice:
    """An activity and what the bodies say about it."""

    ordinal: int
    number: str
    title: str
    answers: list[Answer]


@dataclass(frozen=True)
class Voices:
    """`head`: body, what was done, spent in the half-year, state."""

    name: str
    head: list[str]
    voices: list[Voice]
    kind: str = "voices"


Block = Prose | Table | Picture | Plan | Voices


@dataclass(frozen=True)
class Part:
    """A chapter (level 1) or a section of one (level 2). `key` is its anchor."""

    key: str
    title: str
    level: int
    blocks: list[Block]
    is_landscape: bool = False
    starts_page: bool = False


@dataclass(frozen=True)
class Outline:
    """The whole: what stands on the cover, then the parts.

    `heading` says in one line what `title`, `subject` and `period` say in three; `facts` are label and text.
    """

    language: str
    addressee: str
    author: str
    heading: str
    title: str
    subject: str
    period: str
    facts: list[tuple[str, str]]
    demonstration: str
    compiled_on: datetime.date
    contents: str
    fingerprint: str
    parts: list[Part]
