"""What the two kinds of workbook share: names and widths of sheets, the sheet about the export, what XML can carry."""

import re
from collections.abc import Sequence

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from .table import Kind, Table

# Of Excel and LibreOffice alike; one of them is the heading row.
MOST_ROWS = 1_048_576
ROWS_A_BATCH = 500
TITLE_LENGTH, NOT_IN_TITLES = 31, re.compile(r"[\[\]:*?/\\\x00-\x1f]")
KINDS = {
    Kind.TEXT: gettext_lazy("text"),
    Kind.INTEGER: gettext_lazy("whole number"),
    Kind.NUMBER: gettext_lazy("decimal number"),
    Kind.MONEY: gettext_lazy("amount, million tenge"),
    Kind.SHARE: gettext_lazy("share, 1 is the whole"),
    Kind.DATE: gettext_lazy("date"),
    Kind.MOMENT: gettext_lazy("date and time in Astana"),
    Kind.BOOLEAN: gettext_lazy("yes or no"),
}
# In characters; text is as wide as it comes, within bounds.
WIDTHS = {
    Kind.INTEGER: 10,
    Kind.NUMBER: 10,
    Kind.MONEY: 14,
    Kind.SHARE: 10,
    Kind.DATE: 12,
    Kind.MOMENT: 17,
    Kind.BOOLEAN: 10,
}
NARROWEST, WIDEST, WIDEST_HEADING = 8, 50, 24
ABOUT_WIDTHS = [30, 50, 24, 60]
# XML 1.0 cannot carry these in any way.
_forbidden = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


class Pending:
    """The rows that are still to be written, in batches that fit the sheet. `next`: the next of them."""

    def __init__(self, table: Table):
        self._batches = table.batches(ROWS_A_BATCH)
        self.next = next(self._batches, [])

    def take(self, lines: int) -> list[Sequence]:
        """Those that come next in a sheet with so many lines; none if it is full or they have come to an end."""
        room = MOST_ROWS - lines
        batch, rest = self.next[:room], self.next[room:]
        self.next = rest or next(self._batches, [])
        return batch


def carried(text: str) -> str:
    """The text without the characters that XML has no way to carry."""
    return _forbidden.sub("", text)


def titles(table: Table, sheets: int) -> list[str]:
    """Of the sheets with rows, then of the one about them: legal in Excel, and no two alike."""
    about = _("About this file")
    # Excel keeps "History" for itself, and refuses an apostrophe at either end.
    title = NOT_IN_TITLES.sub(" ", table.title).strip(" '")[:TITLE_LENGTH].strip(" '")
    if title.casefold() in {"", "history", about.casefold()}:
        title = _("Table")
    endings = ["", *(f" ({number})" for number in range(2, sheets + 1))]
    return [title[: TITLE_LENGTH - len(ending)] + ending for ending in endings] + [about]


def widths(table: Table, batch: list[Sequence]) -> list[int]:
    """Of the columns in characters, by what they hold; `batch`: the first rows."""
    found = []
    for position, (column, heading) in enumerate(zip(table.columns, table.headings, strict=True)):
        longest = max((len(row[position] or "") for row in batch), default=0) if column.kind == Kind.TEXT else 0
        wide = max(WIDTHS.get(column.kind, NARROWEST), longest, min(len(heading) + 4, WIDEST_HEADING))
        found.append(min(wide, WIDEST))
    return found


def about_lines(table: Table) -> list[list[tuple[str, bool]]]:
    """The sheet about the export: cells of text, and whether each is a heading."""
    lines = [[(label, True), (text, False)] for label, text in table.about]
    heads = [_("Machine name"), _("Heading"), _("Kind"), _("What it holds")]
    lines += [[], [(text, True) for text in heads]]
    for column in table.columns:
        told = [column.name, column.heading, str(KINDS[column.kind]), column.description]
        lines.append([(text, False) for text in told])
    return lines
