"""A filled-in workbook beside the report as it is: what it would change, what stands against it, what is wrong.

The workbook says which version of each entry it was made from. A cell that is as it was then was not touched, and
changes nothing whatever has happened on the page; a touched one whose value on the page has changed too is a conflict,
which a person decides.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cached_property, reduce
from operator import or_

from django.core.exceptions import ValidationError
from django.db.models import Q
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from django.utils.translation import ngettext

from ..comparison import ComparedFact, compare_facts
from ..duty import OwedActivity, owed_activities
from ..filing import revision_content
from ..forms.entry import EntryForm
from ..models import Entry, EntryRevision, Submission
from ..reading import Fact
from .layout import FILLS, Header, Part, indicator_key, progress_key, spending_key
from .looks import fitting
from .values import typed

PARTS = {Part.PROGRESS: _lazy("Progress"), Part.SPENDING: _lazy("Spending"), Part.INDICATORS: _lazy("Indicators")}
# What nobody knows any more: it is like nothing else.
_UNKNOWN = object()


@dataclass(frozen=True)
class Place:
    """A cell of the workbook; without an address it is the whole sheet."""

    sheet: str
    address: str = ""

    def __str__(self):
        return f"{self.sheet} {self.address}".strip()


@dataclass(frozen=True)
class Flaw:
    """What is wrong, in plain words, and where; `what`: the activity and the field, if it is theirs."""

    place: Place
    text: str
    what: str = ""


@dataclass(eq=False)
class Answer:
    """A cell that was touched. `old`: on the page now; `new`: in the workbook; both as the form cleans them.

    `choice`: what a person chose in a conflict: the workbook's or the page's, "" for not yet.
    """

    place: Place
    owed: OwedActivity
    form: EntryForm
    field: str
    old: object
    new: object
    is_conflict: bool = False
    is_formula: bool = False
    is_hidden: bool = False
    choice: str = ""

    WORKBOOK, PAGE = "workbook", "page"

    @property
    def key(self) -> str:
        """The name of the choice in the page's form."""
        return f"choice-{self.owed.activity.ordinal}-{self.field}"

    @property
    def label(self) -> str:
        return str(self.form.fields[self.field].label)

    @property
    def is_taken(self) -> bool:
        return not self.is_conflict or self.choice == self.WORKBOOK

    @property
    def is_emptied(self) -> bool:
        return self.new in (None, "")

    @cached_property
    def compared(self) -> ComparedFact:
        """Old and new in words, with the differences of long texts marked."""
        old, new = (self.form.in_words(self.field, value) for value in (self.old, self.new))
        return compare_facts(self._fact(old), self._fact(new))

    def _fact(self, text: str) -> Fact | None:
        return Fact((self.field,), self.label, text) if text else None


@dataclass
class Comparison:
    """`forms`: a valid one for each activity with something to save; `left_alone`: how many cells were not touched.

    `places`: where each field of an activity stands; `covered`: cells under another one, by sheet and merged range.
    """

    answers: list[Answer] = field(default_factory=list)
    flaws: list[Flaw] = field(default_factory=list)
    notices: list[str] = field(default_factory=list)
    forms: list[EntryForm] = field(default_factory=list)
    places: dict[tuple[int, str], Place] = field(default_factory=dict)
    covered: dict[tuple[str, str], list[str]] = field(default_factory=lambda: defaultdict(list))
    left_alone: int = 0

    @property
    def changes(self) -> list[Answer]:
        """In the order of the plan, as `conflicts`."""
        return self._in_order(is_conflict=False)

    @property
    def conflicts(self) -> list[Answer]:
        return self._in_order(is_conflict=True)

    def _in_order(self, *, is_conflict: bool) -> list[Answer]:
        found = [answer for answer in self.answers if answer.is_conflict is is_conflict]
        return sorted(found, key=lambda answer: answer.owed.activity.ordinal)

    @property
    def undecided(self) -> list[Answer]:
        return [answer for answer in self.conflicts if not answer.choice]

    @property
    def seen(self) -> str:
        """Which versions the comparison was made with: the same again means that nothing has changed since."""
        versions = {answer.owed.activity.ordinal: _version(answer.owed) for answer in self.answers}
        return " ".join(f"{ordinal}:{version}" for ordinal, version in sorted(versions.items()))


@dataclass(frozen=True)
class _Target:
    """A row to fill: of which activity, and the form's field by column."""

    owed: OwedActivity
    fields: dict[str, str]


@dataclass(frozen=True)
class _Row:
    sheet: dict
    number: int
    target: _Target

    @property
    def ordinal(self) -> int:
        return self.target.owed.activity.ordinal


def compare(submission: Submission, header: Header, read: dict, choices: dict[str, str] | None = None) -> Comparison:
    """Whatever is wrong with a cell is among the `flaws`. Twelve queries.

    `read`: of `workbook.process.workbook_cells`; `choices`: by `Answer.key`.
    """
    owed = {item.activity.ordinal: item for item in owed_activities(submission)}
    targets = _targets(owed.values())
    now = {ordinal: revision_content(item.entry or Entry()) for ordinal, item in owed.items()}
    was = _contents(submission, owed, now, header)
    forms = {ordinal: EntryForm(owed=item) for ordinal, item in owed.items()}
    found = Comparison()
    rows = _rows(read, targets, found)
    for row in rows:
        for cell in _cells(row, forms[row.ordinal], read["date1904"], found):
            _weigh(cell, was[row.ordinal], now[row.ordinal], header.language, found)
    _notice_missing(rows, targets, found)
    for answer in found.conflicts:
        choice = (choices or {}).get(answer.key)
        answer.choice = choice if choice in (Answer.WORKBOOK, Answer.PAGE) else ""
    _validate(found, now)
    return found


def _version(owed: OwedActivity) -> int:
    return owed.entry.version if owed.entry else 0


def _targets(owed: Iterable[OwedActivity]) -> dict[Part, dict[str, _Target]]:
    [spent], [counted] = FILLS[Part.SPENDING], FILLS[Part.INDICATORS]
    progress = {fill.key: fill.key for fill in FILLS[Part.PROGRESS]}
    return {
        Part.PROGRESS: {progress_key(one): _Target(one, progress) for one in owed},
        Part.SPENDING: {
            spending_key(item): _Target(one, {spent.key: f"spent_{item.line.pk}"})
            for one in owed
            for item in one.lines
            if item.is_own
        },
        Part.INDICATORS: {
            indicator_key(one, item): _Target(one, {counted.key: f"indicator_{item.indicator.pk}"})
            for one in owed
            for item in one.indicators
        },
    }


def _contents(
    submission: Submission, owed: dict[int, OwedActivity], now: dict[int, dict], header: Header
) -> dict[int, dict | None]:
    """By activity, what its entry held when the workbook was made; None where nobody knows. One query at most."""
    found: dict[int, dict | None] = {}
    earlier = []
    for ordinal, item in owed.items():
        version = header.entries.get(ordinal, 0)
        if version and version != _version(item):
            found[ordinal] = None
            earlier.append(Q(entry__activity__ordinal=ordinal, version=version))
        else:
            found[ordinal] = now[ordinal] if version else revision_content(Entry())
    if earlier:
        revisions = EntryRevision.objects.filter(reduce(or_, earlier), entry__submission=submission)
        for revision in revisions.select_related("entry__activity"):
            found[revision.entry.activity.ordinal] = revision.data
    return found


# Rows


def _rows(read: dict, targets: dict[Part, dict[str, _Target]], found: Comparison) -> list[_Row]:
    """The workbook's rows that are owed, each once; says what is the matter with the others."""
    rows: dict[tuple[Part, str], _Row] = {}
    parts: dict[str, str] = {}
    for sheet in read["sheets"]:
        part, title = sheet["part"], sheet["title"]
        if part not in targets:
            continue
        if part in parts:
            text = _("This sheet is a copy of “%(sheet)s”. Delete one of the two.") % {"sheet": parts[part]}
            found.flaws.append(Flaw(Place(title), text))
            continue
        parts[part] = title
        _check_columns(sheet, found)
        filled = {cell["row"] for cell in sheet["cells"]}
        for number, key, shown in sheet["rows"]:
            target = targets[Part(part)].get(key)
            if shown and shown != key.partition("/")[0]:
                found.flaws.append(_misplaced(title, number, shown))
            if target is None:
                found.notices += _not_owed(title, number, key) if number in filled else []
            elif (first := rows.get((part, key))) is not None:
                place = Place(title, f"{first.number}, {number}")
                text = _("Rows %(rows)s are copies of the same row. Delete all but one of them.")
                found.flaws.append(Flaw(place, text % {"rows": place.address}))
            else:
                rows[part, key] = _Row(sheet, number, target)
    return list(rows.values())


def _misplaced(title: str, number: int, shown: str) -> Flaw:
    text = _(
        "Row %(row)s shows activity %(shown)s, but its hidden mark is another one's: the rows were sorted without the "
        "hidden column. Download a new workbook and copy your answers into it."
    )
    return Flaw(Place(title, str(number)), text % {"row": number, "shown": shown[:10]})


def _check_columns(sheet: dict, found: Comparison) -> None:
    keys = [key for _column, key in sheet["columns"]]
    for fill in FILLS[Part(sheet["part"])]:
        if keys.count(fill.key) > 1:
            text = _("The column “%(column)s” is there twice. Delete the copy.") % {"column": fill.heading}
            found.flaws.append(Flaw(Place(sheet["title"]), text))
        elif fill.key not in keys:
            text = _("%(sheet)s: the column “%(column)s” is not in the workbook; its answers are left as they are.")
            found.notices.append(text % {"sheet": sheet["title"], "column": fill.heading})


def _not_owed(title: str, number: int, key: str) -> list[str]:
    text = _("%(sheet)s, row %(row)s: activity %(activity)s is not owed any more in this way; its cells are not taken.")
    return [text % {"sheet": title, "row": number, "activity": key.partition("/")[0][:10]}]


def _notice_missing(rows: list[_Row], targets: dict[Part, dict[str, _Target]], found: Comparison) -> None:
    """What the workbook does not have any more stays as it is; filled rows that nobody can assign are said."""
    sheets = {row.sheet["part"]: row.sheet for row in rows}
    there = {id(row.target) for row in rows}
    for part, wanted in targets.items():
        missing = [target.owed.activity.ordinal for target in wanted.values() if id(target) not in there]
        if missing:
            text = _("Not in the workbook and left as they are: %(part)s, activities %(rows)s.")
            numbers = ", ".join(str(ordinal) for ordinal in dict.fromkeys(missing))
            found.notices.append(text % {"part": PARTS[part], "rows": numbers})
        if part in sheets:
            _notice_unmarked(sheets[part], bool(missing), found)
    for (title, reference), addresses in found.covered.items():
        text = _(
            "%(sheet)s: %(range)s are merged. What stands there counts for the first cell; left as they are: %(cells)s."
        )
        found.notices.append(text % {"sheet": title, "range": reference, "cells": ", ".join(addresses)})


def _notice_unmarked(sheet: dict, is_missing: bool, found: Comparison) -> None:
    if not sheet["unmarked"]:
        return
    rows = ", ".join(str(row) for row in sheet["unmarked"])
    text = ngettext(
        "Row %(rows)s has lost the hidden mark that says what it is about. Download a new workbook and copy the row's "
        "cells into it.",
        "Rows %(rows)s have lost the hidden marks that say what they are about. Download a new workbook and copy their "
        "cells into it.",
        len(sheet["unmarked"]),
    )
    text %= {"rows": rows}
    if is_missing:
        found.flaws.append(Flaw(Place(sheet["title"], rows), text))
    else:
        text = _("%(sheet)s: what stands in rows %(rows)s, which are not the portal's, is not taken.")
        found.notices.append(text % {"sheet": sheet["title"], "rows": rows})


# Cells


def _cells(row: _Row, form: EntryForm, date1904: bool, found: Comparison) -> Iterator[Answer]:
    """The row's cells as answers, touched or not; what cannot be read, or lies under another cell, is said."""
    sheet, owed = row.sheet, row.target.owed
    filled = {cell["column"]: cell for cell in sheet["cells"] if cell["row"] == row.number}
    columns = {key: number for number, key in reversed(sheet["columns"])}
    for fill in FILLS[Part(sheet["part"])]:
        if fill.key not in columns:
            continue
        name, cell = row.target.fields[fill.key], filled.get(columns[fill.key])
        place = Place(sheet["title"], address(row.number, columns[fill.key]))
        found.places[row.ordinal, name] = place
        if place.address in sheet["covered"]:
            found.covered[sheet["title"], sheet["covered"][place.address]].append(place.address)
            continue
        try:
            new = form.fields[name].clean(typed(cell, fill.kind, date1904=date1904))
        except ValidationError as error:
            found.flaws.append(Flaw(place, " ".join(error.messages), _what(form, name)))
            continue
        answer = Answer(place, owed, form, name, None, new)
        if cell:
            answer.is_formula, answer.is_hidden = cell["is_formula"], cell["is_hidden"]
        yield answer


def _weigh(answer: Answer, was: dict | None, now: dict, language: str, found: Comparison) -> None:
    answer.old = _cleaned(answer, _text(answer.field, now))
    before = written = _UNKNOWN
    if was is not None:
        text = _text(answer.field, was)
        before = _cleaned(answer, text)
        # Not every text can stand in a cell as it is.
        with translation.override(language):
            written = _cleaned(answer, fitting(text))
    if answer.new in (answer.old, before, written):
        found.left_alone += 1
        return
    answer.is_conflict = before != answer.old
    found.answers.append(answer)


def _text(name: str, content: dict) -> str:
    """A field's value in the content of a revision."""
    group, _underscore, key = name.partition("_")
    if group == "spent":
        return content["spending"].get(key, "")
    if group == "indicator":
        return content.get("indicators", {}).get(key, "")
    return content.get(name, "")


def _cleaned(answer: Answer, text: str) -> object:
    try:
        return answer.form.fields[answer.field].clean(text)
    except ValidationError:
        return _UNKNOWN


def _what(form: EntryForm, name: str) -> str:
    return _("Activity %(row)s, %(field)s") % {"row": form.owed.activity.ordinal, "field": form.fields[name].label}


# What would be saved


def _validate(found: Comparison, now: dict[int, dict]) -> None:
    """Puts what is taken through the form of the page, with everything else of the entry as it is."""
    taken = defaultdict(list)
    for answer in found.answers:
        if answer.is_taken:
            taken[answer.owed.activity.ordinal].append(answer)
    for ordinal, answers in taken.items():
        form = EntryForm(_data(answers, now[ordinal]), owed=answers[0].owed)
        if form.is_valid():
            found.forms.append(form)
            _settle(form, answers, now[ordinal], found)
        else:
            found.flaws += [
                Flaw(found.places.get((ordinal, name), Place("")), " ".join(errors), _what(form, name))
                for name, errors in form.errors.items()
            ]


def _data(answers: list[Answer], now: dict) -> dict:
    owed = answers[0].owed
    data = {name: now[name] for name in Entry.WRITTEN} | {"version": _version(owed)}
    # As on the page, where the kind of document that the plan asks for is chosen beforehand.
    data["document_kind"] = now["document_kind"] or owed.document or ""
    data |= {f"spent_{key}": amount for key, amount in now["spending"].items()}
    data |= {f"indicator_{key}": value for key, value in now.get("indicators", {}).items()}
    return data | {answer.field: "" if answer.new is None else str(answer.new) for answer in answers}


def _settle(form: EntryForm, answers: list[Answer], now: dict, found: Comparison) -> None:
    """The form has the last word on the kind of document, which alone says nothing and beside a number is implied."""
    kind = next((answer for answer in answers if answer.field == "document_kind"), None)
    final, ordinal = form.values["document_kind"], form.owed.activity.ordinal
    if kind is None and final != now["document_kind"]:
        place = found.places.get((ordinal, "document_kind"), Place(""))
        implied = Answer(place, form.owed, form, "document_kind", now["document_kind"], final)
        found.answers.insert(found.answers.index(answers[-1]) + 1, implied)
    elif kind is not None and final == kind.old:
        found.answers.remove(kind)
        found.left_alone += 1
        if answers == [kind]:
            found.forms.remove(form)


def address(row: int, column: int) -> str:
    letters = ""
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(65 + rest) + letters
    return f"{letters}{row}"
