"""Search: which words a question means, and which rows they find, the nearest first.

Kazakh and Russian share most of their letters, so a word is taken for either; other forms of it are found by their
beginning. Only the means of the two databases differ (`words.WordsField`), never what is found.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import reduce
from operator import add, and_, or_

import snowballstemmer
from django.db import transaction
from django.db.models import Case, IntegerField, Q, Value, When
from rapidfuzz import process
from rapidfuzz.distance import OSA

from .models import Word
from .words import words

KAZAKH_LETTERS = set("әғқңөұүһі")
# Endings of Kazakh words as they are folded, in the order in which a word takes them off: case, possession, number.
ENDINGS = (
    "нын нин дын дин тын тин дагы деги тагы теги ндагы ндеги нда нде нан нен дан ден тан тен мен бен пен "
    "ны ни ды ди ты ти га ге ка ке на не да де та те н",
    "ымыз имиз мыз миз ыныз иниз ныз низ сы си ым им ын ин ы и",
    "лар лер дар дер тар тер",
)
_ENDINGS = tuple(sorted(group.split(), key=len, reverse=True) for group in ENDINGS)
# Of more words that a mistyped one may have meant, the nearest count.
MOST_MEANT = 12
_MISTYPED, _MISSING = 3, 4


@dataclass(frozen=True)
class Term:
    """A word of a question. `forms`, each wider than the one before: the word, what begins with it, what begins as
    other forms of it do; `meant`: what it may be a slip of the keyboard for. As `words__any_of` takes them."""

    word: str
    forms: tuple[str, ...]
    meant: tuple[str, ...] = ()

    @property
    def beginning(self) -> str:
        return self.forms[-1].removesuffix("*")

    @property
    def all(self) -> tuple[str, ...]:
        return (self.forms[-1], *self.meant)

    def fits(self, word: str) -> bool:
        return any(word.startswith(one[:-1]) if one.endswith("*") else word == one for one in self.all)


def terms(question: str) -> list[Term]:
    """The question's distinct words, as they are written there."""
    found = {}
    for token in question.split():
        is_kazakh = not KAZAKH_LETTERS.isdisjoint(token.casefold())
        for word in words(token):
            found.setdefault(word, Term(word, _forms(word, is_kazakh)))
    return list(found.values())


def _forms(word: str, is_kazakh: bool) -> tuple[str, ...]:
    # A single letter begins too many words.
    forms = [word, f"{word}*"] if len(word) > 1 else [word]
    stem = stem_of(word, is_kazakh)
    return (*forms, f"{stem}*") if stem != word else tuple(forms)


def stem_of(word: str, is_kazakh: bool = False) -> str:
    """What the forms of the folded word begin with: of the readings as Kazakh, Russian or English the shortest."""
    if word.isascii():
        return _snowball("english", word)
    stems = [_kazakh_stem(word)] if is_kazakh else [_kazakh_stem(word), _snowball("russian", word)]
    return min(stems, key=len)


def _snowball(language: str, word: str) -> str:
    stem = snowballstemmer.stemmer(language).stemWord(word)
    # English stems change letters, too: policies, polici.
    while not word.startswith(stem):
        stem = stem[:-1]
    # In Kazakh a short word's last vowel is its own: бала, шара, сала.
    is_short = len(stem) < 3 or (len(stem) == 3 and word.removeprefix(stem) == "а")
    return word if is_short else stem


def _kazakh_stem(word: str) -> str:
    for endings in _ENDINGS:
        taken = next((one for one in endings if word.endswith(one) and len(word) - len(one) > 3), "")
        word = word.removesuffix(taken)
    # мектеп and мектебі, кітап and кітабы: the last consonant changes before a vowel.
    return word[:-1] if len(word) > 4 and word[-1] in "пбкг" else word


def matching(wanted: Iterable[Term], field: str = "words") -> Q:
    """Rows that have each of the terms."""
    return reduce(and_, (Q(**{f"{field}__any_of": term.all}) for term in wanted), Q())


def rank(wanted: Iterable[Term], field: str = "words"):
    """How far a row is from the question: nothing if it has each word as asked, more for each that it has not."""
    return reduce(add, (_rank(term, f"{field}__any_of") for term in wanted))


def _rank(term: Term, lookup: str) -> Case:
    nearness = [When(**{lookup: [form]}, then=place) for place, form in enumerate(term.forms)]
    if term.meant:
        nearness.append(When(**{lookup: term.meant}, then=_MISTYPED))
    return Case(*nearness, default=Value(_MISSING), output_field=IntegerField())


def as_meant(wanted: list[Term]) -> list[Term]:
    """The same terms, each with the words that it may be a slip of the keyboard for. One query, or none."""
    mistyped = [term for term in wanted if term.word.isalpha() and len(term.word) >= 4]
    if not mistyped:
        return wanted
    known = Word.objects.filter(reduce(or_, (candidates(term.word) for term in mistyped)))
    known = list(known.order_by().values_list("text", flat=True))
    return [replace(term, meant=meant(term, known)) if term in mistyped else term for term in wanted]


def candidates(word: str) -> Q:
    """Words that share three letters with it, or how it begins or ends: all that `meant` can find are among them.

    A slip touches four of a word's triples of letters at most (the gaps before and after it counted as letters), and
    a word of four letters has five; so one stays whole, also with two slips in eight letters.
    """
    triples = {word[start : start + 3] for start in range(len(word) - 2)}
    either = Q(text__startswith=word[0]) | Q(text__endswith=word[-2:])
    return reduce(or_, (Q(text__contains=triple) for triple in sorted(triples)), either)


def meant(term: Term, known: list[str]) -> tuple[str, ...]:
    """Known words that one slip (in eight letters two) makes of the term's, and beginnings of known words that it makes
    of the term's or of what its forms begin with; the nearest first.

    A slip is a letter too many, too few or another, or two that changed places.
    """
    found = {text: distance for text, distance, _place in _near(term.word, known, _slips(len(term.word)))}
    for beginning in {term.word, term.beginning}:
        found = _beginnings(beginning, known) | found
    ordered = sorted((distance, text) for text, distance in found.items() if not term.fits(text.removesuffix("*")))
    return tuple(text for _distance, text in ordered[:MOST_MEANT])


def _beginnings(word: str, known: list[str]) -> dict[str, int]:
    """What longer words begin with in place of the word, and how many slips that takes; the best of each of them."""
    slips = _slips(len(word) - 1)
    best: dict[str, tuple[int, str]] = {}
    # Of those that take as many slips the longest says most, so it comes first.
    for length in range(len(word) + slips, len(word) - slips - 1, -1) if slips else ():
        longer = [text for text in known if len(text) > length]
        for beginning, distance, place in _near(word, [text[:length] for text in longer], slips):
            if distance < best.get(longer[place], (slips + 1, ""))[0]:
                best[longer[place]] = (distance, f"{beginning}*")
    return {beginning: distance for distance, beginning in best.values()}


def _slips(length: int) -> int:
    return 0 if length < 4 else 1 if length < 8 else 2


def _near(word: str, texts: list[str], slips: int) -> list[tuple[str, int, int]]:
    return process.extract(word, texts, scorer=OSA.distance, score_cutoff=slips, limit=None) if slips else []


def remember(new: Iterable[str]) -> None:
    """Keep words that `as_meant` shall know, once the transaction under way is through.

    Within it, two that write the same new words would wait for each other, and not always in the same order.
    """
    kept = [Word(text=word) for word in sorted(set(new)) if len(word) > 2 and word.isalpha()]
    if kept:
        transaction.on_commit(
            lambda: Word.objects.bulk_create(kept, ignore_conflicts=True, batch_size=5_000), robust=True
        )
