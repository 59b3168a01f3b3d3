"""A table's rows as a pattern, of which the rows of one programme after the other are made."""

import re
import uuid
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cached_property

from django.apps import apps
from django.db import models

from programme.canonical import sha256_of
from programme.words import WordsField

from .rows import NULL, Row, Rows, plain
from .tables import Table

# What a text in JSON may call something by: codes, user names, receipts, hashes.
_NAME = re.compile(r'"([\w.@-]+)(?=")')
# In the saves of an entry, figures stand under the keys of what they are figures of.
_FIGURES = {"spending": "budget.BudgetLine", "indicators": "activities.Indicator"}
_GROUP = re.compile(r'"(spending|indicators)":\{([^{}]*)\}')
_KEY = re.compile(r'"(\d+)":')

Steps = dict[type[models.Model], int]


@dataclass
class Copy:
    """The programme that is written as the `place`-th. The demonstration itself has no number."""

    place: int
    number: int | None
    hashed: "Hashed"

    @cached_property
    def suffix(self) -> str:
        return f"-{self.number}" if self.number else ""

    @cached_property
    def hashes(self) -> dict[str, str]:
        """By the hash in the demonstration that of the same text here."""
        return self.hashed.hashes(self)


# A key and how far it moves with each programme; or what the cell becomes; or what stands in all of them.
Cell = tuple[int, int] | Callable[[Copy], str] | str


class Hashed:
    """What copies call otherwise, in texts in JSON; and the hashes of such texts."""

    def __init__(self, found: Iterable[Rows], kept: set[type[models.Model]]):
        self._names: set[str] = set()
        self._texts: dict[str, Cell] = {}
        texts = []
        for rows in found:
            every = [*rows.own, *rows.earlier]
            for column in rows.table.alone(kept):
                place = rows.table.columns.index(column)
                self._names.update(row[place] for row in every)
            if rows.table.has_hash:
                content, sha256 = map(rows.table.columns.index, ("content", "sha256"))
                texts += [(row[sha256], row[content]) for row in every]
        self._names -= {NULL, ""}
        self._texts = dict.fromkeys((sha256 for sha256, _text in texts), "")
        made = [(sha256, text, self.text(text)) for sha256, text in texts]
        # Texts that name the hashes of others come after these.
        made.sort(key=lambda one: any(name in self._texts for name in _NAME.findall(one[1])))
        self._texts = {sha256: cell for sha256, _text, cell in made}

    def text(self, text: str) -> Cell:
        """The cell of a text in JSON."""
        pieces = _NAME.split(text)
        names = [place for place in range(1, len(pieces), 2) if self._is_renamed(pieces[place])]
        if not names:
            return text
        quoted = [f'"{piece}' if place % 2 else piece for place, piece in enumerate(pieces)]

        def written(copy: Copy) -> str:
            made = quoted.copy()
            for place in names:
                name = pieces[place]
                made[place] = f'"{copy.hashes[name]}' if name in self._texts else f'"{name}{copy.suffix}'
            return "".join(made)

        return written

    def _is_renamed(self, name: str) -> bool:
        return name in self._names or name in self._texts

    def hashes(self, copy: Copy) -> dict[str, str]:
        # Texts that come later find the hashes of those before.
        copy.hashes = made = {}
        for sha256, cell in self._texts.items():
            text = cell if isinstance(cell, str) else cell(copy)
            made[sha256] = sha256_of(plain(text))
        return made


class Pattern:
    """Rows with a gap for every cell that differs from programme to programme."""

    def __init__(self, table: Table, rows: Iterable[Row], steps: Steps, hashed: Hashed):
        self._cells: list[tuple[int, int] | Callable[[Copy], str]] = []
        ways = _ways(table, steps, hashed)
        self._text = "".join("\t".join(map(self._gap, _cells(row, ways))) + "\n" for row in rows)
        self.count = self._text.count("\n")

    def _gap(self, cell: Cell) -> str:
        if isinstance(cell, str):
            return cell.replace("%", "%%")
        self._cells.append(cell)
        return "%s"

    def rows(self, copy: Copy) -> bytes:
        """As COPY reads them."""
        place = copy.place
        values = (one[0] + place * one[1] if one.__class__ is tuple else one(copy) for one in self._cells)
        return (self._text % tuple(values)).encode()


def _cells(row: Row, ways: dict[int, Callable[[str], Cell]]) -> Iterable[Cell]:
    return (ways[place](cell) if place in ways and cell != NULL else cell for place, cell in enumerate(row))


def _ways(table: Table, steps: Steps, hashed: Hashed) -> dict[int, Callable[[str], Cell]]:
    """By column how a cell changes, for those that do."""
    named, alone = table.told_apart(), table.alone({*steps})
    ways = {}
    for place, field in enumerate(table.fields):
        to = field.related_model if field.is_relation else table.model if field.primary_key else None
        if isinstance(field.target_field if field.is_relation else field, models.UUIDField):
            ways[place] = _uuid
        elif to in steps:
            ways[place] = lambda cell, step=steps[to]: (int(cell), step)
        elif table.has_hash and field.column == "sha256":
            ways[place] = lambda cell: lambda copy: copy.hashes[cell]
        elif isinstance(field, models.EmailField):
            ways[place] = lambda cell: lambda copy: cell.replace("@", f"{copy.suffix}@")
        elif field.column in alone:
            ways[place] = lambda cell: lambda copy: cell + copy.suffix
        elif field.column in named:
            is_words = isinstance(field, WordsField)
            ways[place] = lambda cell, is_words=is_words: lambda copy: _named(cell, copy, is_words=is_words)
        elif table.label == "reports.EntryRevision" and field.column == "content":
            ways[place] = lambda cell: _figures(cell, steps)
        elif isinstance(field, models.TextField | models.JSONField):
            ways[place] = lambda cell: hashed.text(cell) if cell[:1] in "{[" else cell
    return ways


def _uuid(cell: str) -> Cell:
    return lambda copy: str(uuid.uuid5(uuid.UUID(cell), copy.suffix)) if copy.number else cell


def _named(cell: str, copy: Copy, *, is_words: bool) -> str:
    if not copy.number or not cell:
        return cell
    return f"{cell} '{copy.number}'" if is_words else f"{cell} {copy.number}"


def _figures(text: str, steps: Steps) -> Cell:
    """What one save of an entry held."""
    if not any(group[2] for group in _GROUP.finditer(text)):
        return text

    def written(copy: Copy) -> str:
        return _GROUP.sub(lambda group: _moved(group, copy), text)

    def _moved(group: re.Match, copy: Copy) -> str:
        step = copy.place * steps[apps.get_model(_FIGURES[group[1]])]
        moved = _KEY.sub(lambda key: f'"{int(key[1]) + step}":', group[2])
        return f'"{group[1]}":{{{moved}}}'

    return written
