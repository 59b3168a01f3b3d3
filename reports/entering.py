"""How a typed form becomes an entry, and what two people who wrote in one entry see of each other."""

from dataclasses import dataclass

from accounts.models import User

from . import filing
from .forms.entry import EntryForm
from .models import Entry, EntryRevision, Period, Submission, SubmissionCopy


@dataclass(frozen=True)
class Difference:
    """A field in which two versions differ, in words."""

    label: str
    mine: str
    theirs: str


def save_form(form: EntryForm, *, submission: Submission, by: User) -> bool:
    """Store what was typed into a valid form; False if nothing was typed since the page was opened.

    Raises Conflict and Refused as `filing.save_entry` does.
    """
    if not _is_typed(form):
        return False
    save_typed(form, submission=submission, by=by, version=form.base_version)
    return True


def save_typed(form: EntryForm, *, submission: Submission, by: User, version: int) -> Entry:
    """Store the fields of the form that have no error."""
    return filing.save_entry(
        submission=submission,
        activity=form.owed.activity,
        by=by,
        version=version,
        values=form.values,
        spending=form.spending,
        indicators=form.indicators,
    )


def _is_typed(form: EntryForm) -> bool:
    """The form differs from the entry as it is now, and from what it was when the page was opened."""
    entry = form.owed.entry
    typed = filing.written_content(form.values, form.spending, form.indicators)
    if typed == filing.revision_content(entry or Entry()):
        return False
    if entry is None or form.base_version == entry.version:
        return True
    if not form.base_version:
        return typed != filing.revision_content(Entry())
    opened = EntryRevision.objects.filter(entry=entry, version=form.base_version).first()
    return opened is None or typed != opened.data


def differences(form: EntryForm, theirs: Entry) -> list[Difference]:
    """The fields in which a valid form and the saved entry differ. Two queries at most."""
    money = {row.line_id: row.amount for row in theirs.spending.all()} if theirs.pk else {}
    counted = {row.indicator_id: row.value for row in theirs.indicator_values.all()} if theirs.pk else {}
    pairs = [(form[name], getattr(theirs, name)) for name in Entry.WRITTEN]
    pairs += zip(form.money_fields(), (money.get(item.line.pk) for item in form.owed.lines), strict=True)
    pairs += zip(
        form.indicator_fields(), (counted.get(item.indicator.pk) for item in form.owed.indicators), strict=True
    )
    found = []
    for field, value in pairs:
        mine = form.values[field.name] if field.name in Entry.WRITTEN else form.cleaned_data[field.name]
        if mine != value:
            found.append(
                Difference(str(field.label), form.in_words(field.name, mine), form.in_words(field.name, value))
            )
    return found


@dataclass(frozen=True)
class AcceptedBefore:
    """What the agency last had accepted: the half-year, and the copy's entries by activity ordinal."""

    period: Period
    entries: dict[int, dict]


def accepted_before(submission: Submission) -> AcceptedBefore | None:
    """Of the latest earlier half-year whose report was accepted. One query."""
    copy = SubmissionCopy.objects.last_accepted(submission)
    return copy and AcceptedBefore(copy.submission.period, {e["activity"]: e for e in copy.data["entries"]})


def started_from(narrative: str, accepted: str) -> str:
    """The accepted text as a beginning; what stands in the box already stays before it."""
    if not narrative.strip() or accepted in narrative:
        return narrative or accepted
    return f"{narrative.rstrip()}\n\n{accepted}"
