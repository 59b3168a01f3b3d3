"""A filled-in workbook beside the report as it is: what it would change, what stands against it, what is wrong.

The workbook says which version of each entry it was made from. A cell that is as it was then was not touched, and
changes nothing whatever has happened on the page; a touched one whose value on the page has changed too is a conflict,
which a person decides.
"""

from collections import defaultdict
from collections.abc import Iterator
from functools import reduce
from operator import or_

from django.core.exceptions import ValidationError
from django.db.models import Q
from django.utils import translation
from django.utils.translation import gettext as _

from ..duty import OwedActivity, owed_activities
from ..filing import revision_content
from ..forms.entry import EntryForm
from ..models import Entry, EntryRevision, Submission
from .answers import Answer, Comparison, Flaw, Place
from .layout import FILLS, Header, Part
from .looks import fitting
from .rows import Row, notice_missing, rows_of, targets_of
from .values import typed

# What nobody knows any more: it is like nothing else.
_UNKNOWN = object()


def compare(submission: Submission, header: Header, read: dict, choices: dict[str, str] | None = None) -> Comparison:
    """Whatever is wrong with a cell is among the `flaws`. Twelve queries.

    `read`: of `workbook.process.workbook_cells`; `choices`: by `Answer.key`.
    """
    owed = {item.activity.ordinal: item for item in owed_activities(submission)}
    targets = targets_of(owed.values())
    now = {ordinal: revision_content(item.entry or Entry()) for ordinal, item in owed.items()}
    was = _contents(submission, owed, now, header)
    forms = {ordinal: EntryForm(owed=item) for ordinal, item in owed.items()}
    found = Comparison()
    rows = rows_of(read, targets, found)
    for row in rows:
        for cell in _cells(row, forms[row.ordinal], read["date1904"], found):
            _weigh(cell, was[row.ordinal], now[row.ordinal], header.language, found)
    notice_missing(rows, targets, found)
    for answer in found.conflicts:
        choice = (choices or {}).get(answer.key)
        answer.choice = choice if choice in (Answer.WORKBOOK, Answer.PAGE) else ""
    _validate(found, now)
    return found


def _version(owed: OwedActivity) -> int:
    return owed.entry.version if owed.entry else 0


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


# Cells


def _cells(row: Row, form: EntryForm, date1904: bool, found: Comparison) -> Iterator[Answer]:
    """The row's cells as answers, touched or not; what cannot be read, or lies under another cell, is said."""
    sheet, owed = row.sheet, row.target.owed
    filled = {cell["column"]: cell for cell in sheet["cells"] if cell["row"] == row.number}
    columns = {key: number for number, key in reversed(sheet["columns"])}
    for fill in FILLS[Part(sheet["part"])]:
        if fill.key not in columns:
            continue
        name, cell = row.target.fields[fill.key], filled.get(columns[fill.key])
        place = Place(sheet["title"], _address(row.number, columns[fill.key]))
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
    data = {name: now[name] for name in Entry.WRITTEN} | {"version": answers[0].version}
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


def _address(row: int, column: int) -> str:
    letters = ""
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(65 + rest) + letters
    return f"{letters}{row}"
