"""What comes of comparing a workbook with its report: answers that would change, flaws, notices."""

from collections import defaultdict
from dataclasses import dataclass, field
from functools import cached_property

from ..comparison import ComparedFact, compare_facts
from ..duty import OwedActivity
from ..forms.entry import EntryForm
from ..reading import Fact


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
    def version(self) -> int:
        """That of the entry on the page, 0 for none."""
        return self.owed.entry.version if self.owed.entry else 0

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
        versions = {answer.owed.activity.ordinal: answer.version for answer in self.answers}
        return " ".join(f"{ordinal}:{version}" for ordinal, version in sorted(versions.items()))
