"""The demonstration's rows as COPY writes them, and half-years of earlier years made of them."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from django.db import connection

from programme.canonical import sha256_of

from .tables import Table, hanging_on

NULL = "\\N"
PERIOD = "reports.Period"
# The half-years that stand again for each year before.
AGAIN = ("2008-H1", "2007-H2")
YEARS = 5
# Not in earlier years: the finalised report with all that belongs to it, and every single save of an entry.
ONCE = ("reports.ConsolidatedReport", "reports.ReportText", "reports.EntryRevision")
_DATED = re.compile(r"(?<!\d)(20\d\d)(-H[12]|-[01]\d-[0-3]\d)")

Row = list[str]


@dataclass
class Rows:
    """Of one table: those of the demonstration, and those that programmes have which ran for longer."""

    table: Table
    own: list[Row]
    earlier: list[Row] = field(default_factory=list)

    @property
    def highest(self) -> int:
        """Key of all rows; 0 where keys are no numbers."""
        if not self.table.has_numbers_as_keys:
            return 0
        return max((int(row[self.table.key]) for row in (*self.own, *self.earlier)), default=0)


def read(tables: Iterable[Table]) -> list[Rows]:
    """All rows of the tables, cell by cell as COPY escapes them."""
    found = []
    with connection.cursor() as cursor:
        cursor.execute("SET TIME ZONE 'UTC'")
        for table in tables:
            lines = _Lines()
            cursor.copy_expert(f'COPY (SELECT {table.listed} FROM "{table.name}" ORDER BY 1) TO STDOUT', lines)  # noqa: S608
            found.append(Rows(table, lines.rows()))
    return found


class _Lines:
    def __init__(self):
        self.pieces = []

    def write(self, piece: bytes) -> None:
        self.pieces.append(piece)

    def rows(self) -> list[Row]:
        # Not splitlines: a line ends with a line feed alone.
        return [line.split("\t") for line in b"".join(self.pieces).decode().split("\n")[:-1]]


def add_earlier(found: list[Rows]) -> None:
    """Give the tables that hang on half-years the rows of `YEARS` years before the programme's first."""
    beneath = hanging_on([PERIOD]) - hanging_on(ONCE)
    found = [rows for rows in found if rows.table.model in beneath]
    highest = {rows.table.model: rows.highest for rows in found}
    periods = next(rows for rows in found if rows.table.label == PERIOD)
    code = periods.table.columns.index("code")
    for number, (ago, again) in enumerate(((ago, again) for ago in range(1, YEARS + 1) for again in AGAIN), start=1):
        chosen = {row[periods.table.key] for row in periods.own if row[code] == again}
        taken = _beneath(found, {rows.table.model: chosen if rows is periods else set() for rows in found})
        for rows in found:
            keys = taken[rows.table.model]
            steps = {rows.table.key: number * highest[rows.table.model]}
            steps |= {place: number * highest[to] for place, to in rows.table.references() if to in beneath}
            if rows is periods:
                steps[rows.table.columns.index("year")] = -ago
            rows.earlier += [_earlier(rows.table, row, steps, ago) for row in rows.own if row[rows.table.key] in keys]


def _beneath(found: list[Rows], taken: dict[type, set[str]]) -> dict[type, set[str]]:
    """The keys of all rows that hang on those taken, and on none of their kind beside them."""
    is_growing = True
    while is_growing:
        is_growing = False
        for rows in found:
            places = [(place, taken[to]) for place, to in rows.table.references() if to in taken]
            keys = taken[rows.table.model]
            for row in rows.own:
                pointed = [row[place] in there for place, there in places if row[place] != NULL]
                if pointed and all(pointed) and row[rows.table.key] not in keys:
                    keys.add(row[rows.table.key])
                    is_growing = True
    return taken


def _earlier(table: Table, row: Row, steps: dict[int, int], ago: int) -> Row:
    """The row again, so many years before, with numbers of its own."""
    made = [_DATED.sub(lambda match: _years_ago(match, ago), cell) for cell in row]
    for place, step in steps.items():
        if row[place] != NULL:
            made[place] = str(int(row[place]) + step)
    if table.has_hash:
        made[table.columns.index("sha256")] = sha256_of(plain(made[table.columns.index("content")]))
    return made


def plain(text: str) -> str:
    """A text in JSON without what COPY escapes: it has no control signs, so only its backslashes are doubled."""
    return text.replace("\\\\", "\\")


def _years_ago(match: re.Match, ago: int) -> str:
    return f"{int(match[1]) - ago}{match[2]}".replace("-02-29", "-02-28")
