"""The blocks of a report on paper, alike in Word and PDF: tables as cells of paragraphs of runs, in fixed widths.

Word and Typst only draw them. Lengths are in millimetres.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import zip_longest

from .blocks import Answer, Block, MoneyLine, Paragraph, Picture, Plan, PlanRow, Prose, Table, Voice, Voices
from .blocks import Row as TableRow
from .fitting import fitted, lines_of

# Points. The plan has ten columns and takes the smaller one.
SIZE, PLAN_SIZE = 9, 8.5
HEAD_SCALE, LABEL_SCALE = 0.9, 0.85
PAGE_WIDTH = {False: 170, True: 267}
# №, activity, completion form, responsible, deadline, three of money, state, what was done.
PLAN_WIDTHS = [10, 36, 26, 27, 22, 22, 23, 22, 22, 57]
# Body, what was done, spent, state.
VOICES_WIDTHS = {False: [40, 84, 22, 24], True: [52, 155, 28, 32]}
# A cell's space at both sides.
INSET = 2
# A row of more lines may break across pages; a table of fewer lines is kept on one.
WHOLE_ROW, WHOLE_TABLE = 28, 22
# Letters of a text before a table that stays with it on one page.
SHORT_PROSE = 1200


@dataclass(frozen=True)
class Run:
    text: str
    bold: bool = False
    italic: bool = False
    language: str = ""


@dataclass(frozen=True)
class Line:
    """A paragraph in a cell. `style`: text, number, label (small), head."""

    runs: list[Run]
    style: str = "text"

    @property
    def text(self) -> str:
        return "".join(run.text for run in self.runs)


@dataclass(frozen=True)
class Cell:
    lines: list[Line]
    span: int = 1


@dataclass(frozen=True)
class Row:
    """`kind`: head (repeated on every page), group (heads the rows up to the next group), total or empty."""

    cells: list[Cell]
    kind: str = ""
    is_whole: bool = True


@dataclass(frozen=True)
class Grid:
    caption: str
    widths: list[float]
    rows: list[Row]
    size: float = SIZE
    is_whole: bool = False


def grid(block: Table | Plan | Voices, is_landscape: bool) -> Grid:
    match block:
        case Table():
            return _table(block, PAGE_WIDTH[is_landscape])
        case Plan():
            return _made("", PLAN_WIDTHS, block.head, (_plan_row(row) for row in block.rows), PLAN_SIZE)
        case Voices():
            rows = (row for voice in block.voices for row in _voice_rows(voice))
            return _made("", VOICES_WIDTHS[is_landscape], block.head, rows)


def kept(blocks: list[Block]) -> Iterator[tuple[Block, bool]]:
    """Each block, and whether it is kept on the page of the next: a short text before a table or a picture."""
    for block, following in zip_longest(blocks, blocks[1:]):
        is_short = isinstance(block, Prose) and sum(len(one.text) for one in block.paragraphs) < SHORT_PROSE
        yield block, is_short and following is not None


def lines_said(said: Paragraph) -> Iterator[Paragraph]:
    """Each line as a paragraph: Word would stretch one that ends in a break over the whole width."""
    first, *others = said.text.split("\n")
    yield replace(said, text=first)
    for text in others:
        yield Paragraph("", text, said.language)


def picture_width(picture: Picture, is_landscape: bool) -> int:
    return min(picture.width, PAGE_WIDTH[is_landscape])


def _table(table: Table, page_width: int) -> Grid:
    """As wide as its columns say, or as the page if they say more."""
    total = sum(column.width for column in table.columns)
    scale = min(1, page_width / total)
    return _made(
        table.caption,
        [column.width * scale for column in table.columns],
        [column.label for column in table.columns],
        (_table_row(row) for row in table.rows),
    )


def _table_row(row: TableRow) -> Row:
    style = {True: "number", False: "text"}
    cells = [Cell([Line([Run(cell.text, bold=row.is_total)], style[cell.is_number])]) for cell in row.cells]
    return Row(cells, "total" if row.is_total else "")


def _made(caption: str, widths: list[float], head: list[str], rows: Iterable[Row], size: float = SIZE) -> Grid:
    first = Row([Cell([Line([Run(label)], "head")]) for label in head], "head")
    made, total = [_fitted_row(first, widths, size)], 0
    for row in rows:
        lines = _lines_of(row, widths, size)
        total += lines
        made.append(replace(_fitted_row(row, widths, size), is_whole=lines <= WHOLE_ROW))
    return Grid(caption, widths, made, size, is_whole=total <= WHOLE_TABLE)


def _cells_and_widths(row: Row, widths: list[float]) -> Iterator[tuple[Cell, float]]:
    column = 0
    for cell in row.cells:
        yield cell, sum(widths[column : column + cell.span]) - INSET
        column += cell.span


def _lines_of(row: Row, widths: list[float], size: float) -> int:
    """How many lines the highest cell takes."""
    return max(
        sum(lines_of(line.text, width, size) for line in cell.lines) for cell, width in _cells_and_widths(row, widths)
    )


def _fitted_row(row: Row, widths: list[float], size: float) -> Row:
    return replace(
        row,
        cells=[
            replace(cell, lines=[_fitted_line(line, width, size) for line in cell.lines])
            for cell, width in _cells_and_widths(row, widths)
        ],
    )


def _fitted_line(line: Line, width: float, size: float) -> Line:
    is_head = line.style == "head"
    scale = HEAD_SCALE if is_head else LABEL_SCALE if line.style.endswith("label") else 1
    runs = [replace(run, text=fitted(run.text, width, size * scale, bold=run.bold or is_head)) for run in line.runs]
    return replace(line, runs=runs)


# The plan's own form


def _plan_row(row: PlanRow) -> Row:
    cells = [
        [_line(row.number)],
        [_line(row.title)],
        [_line(row.completion_form)],
        [_line(row.responsible, language="kk")],
        [_line(row.deadline, language="kk"), *(_label(outcome) for outcome in row.outcomes)],
        *_money_cells(row.money, row.cost),
        [_line(row.state_label), *(_label(count.text) for count in row.counts)],
        [*_said(row.done), *(_label(indicator.text) for indicator in row.indicators)] or [_line("—")],
    ]
    return Row([Cell(lines) for lines in cells])


def _money_cells(money: list[MoneyLine], cost: str) -> list[list[Line]]:
    """Each amount over its source; for a single source that is said once, where it is planned."""
    if not money:
        return [[_line(cost, language="kk") if cost else _number("—")], [_number("—")], [_number("—")]]
    cells = []
    for name in ("planned", "spent_half_year", "spent"):
        with_source = name == "planned" or len(money) > 1
        cells.append(
            [
                line
                for of_source in money
                for line in (
                    _number(getattr(of_source, name).text),
                    *([Line([Run(of_source.source)], "number label")] if with_source else []),
                )
            ]
        )
    return cells


# What each body says


def _voice_rows(voice: Voice) -> Iterator[Row]:
    yield Row([Cell([_line(f"{voice.number}. {voice.title}", bold=True)], span=4)], "group")
    for answer in voice.answers:
        yield Row([Cell(lines) for lines in _answer_cells(answer)])


def _answer_cells(answer: Answer) -> list[list[Line]]:
    notes = [note for note in (answer.role, answer.period) if note]
    return [
        [_line(answer.who, bold=True), *(_label(note) for note in notes)],
        [*([_label(answer.names)] if answer.names else []), *_said(answer.paragraphs)],
        [_number(answer.spent.text)],
        [_line(answer.state_label)],
    ]


def _said(paragraphs: list[Paragraph]) -> list[Line]:
    return [
        Line([*([Run(f"{said.label}: ", italic=True)] if said.label else []), Run(said.text, language=said.language)])
        for said in paragraphs
    ]


def _line(text: str, **options) -> Line:
    return Line([Run(text, **options)])


def _label(text: str) -> Line:
    return Line([Run(text)], "label")


def _number(text: str) -> Line:
    return Line([Run(text)], "number")
