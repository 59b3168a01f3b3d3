"""Words as search takes them: folded alike in what is stored and in what is asked, whatever keyboard wrote them."""

import re
import unicodedata
from collections.abc import Iterable, Iterator

from django.db import models

LONGEST = 60
# Many keyboards lack the Kazakh letters, so each counts as the Russian one that people type instead.
_NEAREST = str.maketrans("ёәғқңөұүһі", "еагкноуухи")
# Nobody sees them, and they are often pasted with a text.
_UNSEEN = dict.fromkeys(map(ord, "\u00ad\u200b\u200c\u200d\ufeff"))
_TOKEN = re.compile(r"[^\W_]+")


def words(text: str) -> list[str]:
    """Runs of letters and digits, folded, in their order; of a longer run its first 60 signs."""
    # Otherwise № would become letters that stick to its number.
    plain = unicodedata.normalize("NFKC", text.translate(_UNSEEN).replace("№", " ")).casefold().translate(_NEAREST)
    return [word[:LONGEST] for word in _TOKEN.findall(plain)]


def seen(text: str) -> str:
    """The text as it looks, in the form in which `tokens` finds whole words."""
    return unicodedata.normalize("NFC", text.translate(_UNSEEN))


def tokens(text: str) -> Iterator[tuple[int, int, str]]:
    """Runs of letters and digits as they are written: from where, up to where, what."""
    return ((match.start(), match.end(), match[0]) for match in _TOKEN.finditer(text))


class WordsField(models.TextField):
    """The distinct words of other fields of the row, `of`, as " one two " in Python. Every save derives them anew.

    `words__any_of=["бала", "мекте*"]`: rows with one of these words, or with one that begins so. On PostgreSQL it is a
    tsvector, which a GIN index finds; elsewhere text, which is read through.
    """

    def __init__(self, *, of: Iterable[str], **kwargs):
        self.of = tuple(of)
        super().__init__(**kwargs | {"editable": False, "blank": True, "default": ""})

    def deconstruct(self):
        name, path, args, kwargs = super().deconstruct()
        for implied in ("editable", "blank", "default"):
            del kwargs[implied]
        return name, path, args, kwargs | {"of": self.of}

    def db_type(self, connection):
        return "tsvector" if connection.vendor == "postgresql" else super().db_type(connection)

    def pre_save(self, model_instance, add):
        refresh(model_instance, self)
        return getattr(model_instance, self.attname)

    def from_db_value(self, value, expression, connection):
        return _padded(value.replace("'", "").split()) if connection.vendor == "postgresql" and value else value

    def get_db_prep_value(self, value, connection, prepared=False):
        value = super().get_db_prep_value(value, connection, prepared)
        if connection.vendor == "postgresql" and isinstance(value, str):
            return " ".join(f"'{word}'" for word in value.split())
        return value


def refresh(row: models.Model, field: WordsField | None = None) -> None:
    """Derive the row's words, in one field or in all; for writes that go past `save`, as `bulk_update` does."""
    for one in [field] if field else _fields(row):
        texts = (getattr(row, name) for name in one.of)
        setattr(row, one.attname, _padded(dict.fromkeys(words(" ".join(str(text) for text in texts if text)))))


def words_of(row: models.Model) -> set[str]:
    """All words of a row as it was loaded or saved."""
    return {word for field in _fields(row) for word in getattr(row, field.attname).split()}


def _fields(row: models.Model) -> list[WordsField]:
    return [field for field in row._meta.concrete_fields if isinstance(field, WordsField)]


def _padded(distinct: Iterable[str]) -> str:
    joined = " ".join(distinct)
    return f" {joined} " if joined else ""


@WordsField.register_lookup
class AnyOf(models.Lookup):
    lookup_name = "any_of"
    prepare_rhs = False

    def get_db_prep_lookup(self, value, connection):
        return "%s", value

    def as_sql(self, compiler, connection):
        lhs, params = self.process_lhs(compiler, connection)
        patterns = [f"% {one[:-1]}%" if one.endswith("*") else f"% {one} %" for one in self.rhs]
        either = " OR ".join([f"{lhs} LIKE %s"] * len(patterns))
        return f"({either})", [*params, *patterns]

    def as_postgresql(self, compiler, connection):
        lhs, params = self.process_lhs(compiler, connection)
        query = " | ".join(f"'{one[:-1]}':*" if one.endswith("*") else f"'{one}'" for one in self.rhs)
        return f"{lhs} @@ %s::tsquery", [*params, query]
