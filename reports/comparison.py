"""A filed report read beside another one: last half-year's, or the filing before."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from difflib import SequenceMatcher

from django.db import models
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from .models import Submission, SubmissionCopy
from .reading import Fact, activities_by_ordinal, all_facts, readable

# Words are compared up to this many on either side; a longer text is read as rewritten, so that none holds the page.
MOST_WORDS = 3_000
# Below this share of common words the marks would be harder to read than the two texts.
ALIKE = 0.4


class Against(models.TextChoices):
    """What a filing is read beside."""

    FILING = "filing", gettext_lazy("The filing before")
    LAST = "last", gettext_lazy("The half-year before")
    NOTHING = "nothing", gettext_lazy("Without comparison")


class Mark(models.TextChoices):
    SAME = "same", gettext_lazy("the same")
    CHANGED = "changed", gettext_lazy("changed")
    REWRITTEN = "rewritten", gettext_lazy("rewritten")
    ADDED = "added", gettext_lazy("new")
    GONE = "gone", gettext_lazy("no longer there")


@dataclass(frozen=True)
class ComparedFact:
    """`before` and `now`: safe HTML with the differences marked where `mark` is CHANGED; "" for what is not there."""

    label: str
    mark: Mark
    before: SafeString
    now: SafeString


@dataclass(frozen=True)
class ComparedEntry:
    """`entry` as `reading.readable` gives it; `facts` are empty where the other copy says nothing on the activity."""

    entry: dict
    before: dict | None
    facts: list[ComparedFact]

    @property
    def differences(self) -> int:
        return sum(fact.mark != Mark.SAME for fact in self.facts)


def available(submission: Submission, copies: list[SubmissionCopy]) -> dict[Against, SubmissionCopy | None]:
    """What the latest of `copies` can be read beside, the default first. One query."""
    found: dict[Against, SubmissionCopy | None] = {}
    if len(copies) > 1:
        found[Against.FILING] = copies[-2]
    if last := SubmissionCopy.objects.last_accepted(submission):
        found[Against.LAST] = last
    return found | {Against.NOTHING: None}


def compared_entries(
    copy: SubmissionCopy, submission: Submission, against: SubmissionCopy | None = None
) -> list[ComparedEntry]:
    """The copy's entries, each beside that of `against` on the same activity. Three queries."""
    activities = activities_by_ordinal(submission.period.programme_id)
    entries = readable(copy.data["entries"], activities, copy.attachments.all(), waivers=copy.data.get("waivers", []))
    earlier = readable(against.data["entries"], activities) if against else []
    by_activity = {entry["activity"]: entry for entry in earlier}
    return [_compared(entry, by_activity.get(entry["activity"])) for entry in entries]


def _compared(entry: dict, before: dict | None) -> ComparedEntry:
    if before is None:
        return ComparedEntry(entry, None, [])
    old, new = (_by_key([*all_facts(one), *_files(one)]) for one in (before, entry))
    keys = sorted(dict.fromkeys([*new, *old]), key=lambda key: key[0] == "file")
    return ComparedEntry(entry, before, [compare_facts(old.get(key), new.get(key)) for key in keys])


def _by_key(facts: Iterable[Fact]) -> dict[tuple, Fact]:
    return {fact.key: fact for fact in facts}


def _files(entry: dict) -> list[Fact]:
    return [Fact(("file", file["sha256"], file["name"]), _("File"), file["name"]) for file in entry["attachments"]]


def compare_facts(before: Fact | None, now: Fact | None) -> ComparedFact:
    """One of the two may be missing."""
    if now is None:
        return ComparedFact(before.label, Mark.GONE, _plain(before.text), SafeString(""))
    if before is None:
        return ComparedFact(now.label, Mark.ADDED, SafeString(""), _plain(now.text))
    if before.text.split() == now.text.split():
        return ComparedFact(now.label, Mark.SAME, _plain(before.text), _plain(now.text))
    if now.key in (("narrative",), ("reason",), ("next_step",)):
        return _compare_texts(now.label, before.text, now.text)
    return ComparedFact(now.label, Mark.CHANGED, _deleted(before.text), _inserted(now.text))


def _compare_texts(label: str, before: str, now: str) -> ComparedFact:
    old, new = _words(before), _words(now)
    rewritten = ComparedFact(label, Mark.REWRITTEN, _plain(before), _plain(now))
    if max(len(old), len(new)) > MOST_WORDS:
        return rewritten
    matcher = SequenceMatcher(None, [word.strip() for word in old], [word.strip() for word in new])
    if matcher.ratio() < ALIKE:
        return rewritten
    left, right = [], []
    for kind, old_from, old_to, new_from, new_to in matcher.get_opcodes():
        gone, come = "".join(old[old_from:old_to]), "".join(new[new_from:new_to])
        left.append(_plain(gone) if kind == "equal" else _deleted(gone))
        right.append(_plain(come) if kind == "equal" else _inserted(come))
    return ComparedFact(label, Mark.CHANGED, _joined(left), _joined(right))


def _words(text: str) -> list[str]:
    """Each with the blanks and line breaks that follow it."""
    return re.findall(r"\S+\s*", text)


def _plain(text: str) -> SafeString:
    return format_html("{}", text)


def _deleted(text: str) -> SafeString:
    return _tagged("del", _("removed:"), text)


def _inserted(text: str) -> SafeString:
    return _tagged("ins", _("added:"), text)


def _tagged(tag: str, spoken: str, text: str) -> SafeString:
    """The blanks at the end stay outside, so that nothing is underlined that cannot be seen."""
    words = text.rstrip()
    if not words:
        return _plain(text)
    marked = format_html('<{0}><span class="visually-hidden">{1} </span>{2}</{0}>', SafeString(tag), spoken, words)
    return _joined([marked, _plain(text[len(words) :])])


def _joined(parts: Iterable[SafeString]) -> SafeString:
    return format_html_join("", "{}", ((part,) for part in parts))
