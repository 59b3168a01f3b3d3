"""Search from anywhere: activities, bodies and what was reported, as far as the reader may see them."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from django.core.paginator import Page, Paginator
from django.db.models import Model, QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from activities.models import Activity
from programme import searching
from programme.models import Agency
from programme.searching import Term
from programme.words import seen, tokens, words
from reports.models import Entry

# Of the rows of one kind that have all the words, the newest so many are put in order.
MOST = 1_000
FEW, MANY = 4, 20
EXCERPT = 240
_LEAD = 80

Pieces = list[tuple[str, bool]]


@dataclass(frozen=True)
class Kind:
    """What can be found. `rows`: those that a reader may see; `order`: the nearest first; `related`: what a page shows
    with them; `name`: the field that a row is called by, `others`: fields that one can find it by, too."""

    code: str
    title: str | Promise
    rows: Callable[[User], QuerySet]
    order: Callable[[list[Term]], tuple]
    related: tuple[str, ...] = ()
    name: str = ""
    others: tuple[str, ...] = ()


KINDS = (
    Kind(
        "activities",
        _("Activities"),
        lambda reader: Activity.objects.all(),
        lambda terms: (searching.rank(terms, "title_words"), searching.rank(terms), "programme", "ordinal"),
        related=("programme", "section"),
        name="title",
        others=(
            *("title_kk", "title_ru", "title_en", "completion_form_kk", "completion_form_ru", "completion_form_en"),
            *("responsible_text", "deadline_text", "cost_text", "funding_text"),
        ),
    ),
    Kind(
        "bodies",
        _("Bodies"),
        lambda reader: Agency.objects.all(),
        lambda terms: (searching.rank(terms), "ordinal"),
        related=("region",),
        name="name",
        others=("name_kk", "name_ru", "name_en", "short_name_kk", "short_name_ru", "short_name_en"),
    ),
    Kind(
        "reports",
        _("Texts of reports"),
        Entry.objects.visible_to,
        lambda terms: (
            searching.rank(terms),
            "-submission__period__starts_on",
            "activity__ordinal",
            "submission__agency__ordinal",
        ),
        related=("submission__agency", "submission__period", "activity__programme"),
        others=("narrative", "reason", "next_step"),
    ),
)


@dataclass(frozen=True)
class Found:
    """A row, with its name and a passage of another of its texts in pieces; those that were asked for are marked.

    `language` is that of the passage, if it is known. `is_own_draft`: it leads to where it is written.
    """

    row: Model
    name: Pieces
    passage: Pieces
    language: str
    is_own_draft: bool = False


@dataclass(frozen=True)
class Group:
    """What was found of one kind. `has_more` than were counted; the newest were."""

    kind: Kind
    count: int
    has_more: bool
    page: Page
    found: list[Found]


@dataclass(frozen=True)
class Answer:
    """`is_meant`: also words that differ by a letter or two were taken for those of the question."""

    groups: list[Group]
    is_meant: bool

    @property
    def count(self) -> int:
        return sum(group.count for group in self.groups)

    @property
    def words_found(self) -> list[str]:
        """What stands in the rows shown where the question has its words."""
        pieces = (piece for group in self.groups for one in group.found for piece in (*one.name, *one.passage))
        return list({text.casefold(): text for text, is_found in pieces if is_found}.values())


def ask(terms: list[Term], reader: User, *, only: str = "", page: str | int = 1, also_meant: bool = False) -> Answer:
    """What has all the terms. Where nothing has them as they are written, slips of the keyboard count too.

    `only`: the kind of which a whole page is wanted; of the others come the counts alone. Seven queries at most, and
    four more for slips.
    """
    keys, is_meant = _keys(terms, reader), False
    if also_meant or not any(keys.values()):
        terms = searching.as_meant(terms)
        if is_meant := any(term.meant for term in terms):
            keys = _keys(terms, reader)
    groups = [_group(kind, keys[kind.code], terms, reader, only=only, number=page) for kind in KINDS]
    return Answer(groups, is_meant and any(keys.values()))


def _keys(terms: list[Term], reader: User) -> dict[str, list[int]]:
    matching = searching.matching(terms)
    return {
        kind.code: list(kind.rows(reader).filter(matching).order_by("-pk").values_list("pk", flat=True)[: MOST + 1])
        for kind in KINDS
    }


def _group(kind: Kind, keys: list[int], terms: list[Term], reader: User, *, only: str, number: str | int) -> Group:
    has_more, keys = len(keys) > MOST, keys[:MOST]
    page = Paginator(range(len(keys)), MANY if only else FEW).get_page(number)
    rows: Iterable[Model] = ()
    if keys and only in ("", kind.code):
        # The keys are of rows that he may see.
        visible = kind.rows(reader).model._default_manager.filter(pk__in=keys)
        ordered = visible.select_related(*kind.related).order_by(*kind.order(terms))
        rows = ordered[page.start_index() - 1 : page.end_index()]
    return Group(kind, len(keys), has_more, page, [_found(row, kind, terms, reader) for row in rows])


def _found(row: Model, kind: Kind, terms: list[Term], reader: User) -> Found:
    name = pieces(getattr(row, kind.name), terms) if kind.name else []
    field = ""
    if not any(is_found for _text, is_found in name):
        field = max(kind.others, key=lambda other: _told(getattr(row, other), terms))
    return Found(
        row,
        name,
        passage(getattr(row, field), terms) if field else [],
        _language(field),
        isinstance(row, Entry) and reader.files_for_agency and row.submission.is_editable,
    )


def _told(text: str | None, terms: list[Term]) -> int:
    """How many of the terms a text has."""
    there = set(words(text or ""))
    return sum(any(term.fits(word) for word in there) for term in terms)


def _language(field: str) -> str:
    """The decree's own cells are Kazakh; who writes a report writes it in a language of his choice."""
    if field.endswith("_text"):
        return "kk"
    return field[-2:] if field[-3:] in ("_kk", "_ru", "_en") else ""


def pieces(text: str, terms: list[Term]) -> Pieces:
    """The whole text, cut where it has one of the terms."""
    return _cut(seen(text), 0, None, terms)


def passage(text: str, terms: list[Term]) -> Pieces:
    """The part of the text around the first of the terms, the same way."""
    text = " ".join(seen(text).split())
    first = next((at for at, _end, token in tokens(text) if _is_found(token, terms)), 0)
    start = 0 if first <= _LEAD else text.rfind(" ", 0, first - _LEAD) + 1
    end = len(text) if len(text) <= start + EXCERPT else text.rfind(" ", start + 1, start + EXCERPT)
    end = end if end > first else start + EXCERPT
    found = _cut(text, start, end, terms)
    return [("… ", False)] * (start > 0) + found + [(" …", False)] * (end < len(text))


def _cut(text: str, start: int, end: int | None, terms: list[Term]) -> Pieces:
    text, last, found = text[start:end], 0, []
    for at, after, token in tokens(text):
        if _is_found(token, terms):
            found += [(text[last:at], False), (text[at:after], True)]
            last = after
    return [piece for piece in (*found, (text[last:], False)) if piece[0]]


def _is_found(token: str, terms: list[Term]) -> bool:
    return any(term.fits(word) for word in words(token) for term in terms)
