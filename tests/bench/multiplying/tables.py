"""Which tables belong to a programme, and what each of their columns holds."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

from django.apps import apps
from django.db import models

# Whatever hangs on one of these is copied with them; the rest (regions, words, permissions) is shared by all.
ROOTS = ("programme.Programme", "programme.Agency")
# What people tell programmes and bodies apart by, in every language.
NAMED = {"programme.Programme": ("title", "short_title"), "programme.Agency": ("name", "short_name", "words")}


@dataclass(frozen=True)
class Table:
    """A table of the portal, with its columns in the model's order."""

    model: type[models.Model]

    @property
    def label(self) -> str:
        return self.model._meta.label

    @property
    def name(self) -> str:
        return self.model._meta.db_table

    @cached_property
    def fields(self) -> list[models.Field]:
        return list(self.model._meta.concrete_fields)

    @property
    def columns(self) -> list[str]:
        return [field.column for field in self.fields]

    @property
    def listed(self) -> str:
        """The columns, for SQL."""
        return ", ".join(f'"{column}"' for column in self.columns)

    @property
    def key(self) -> int:
        """Where the primary key stands."""
        return self.fields.index(self.model._meta.pk)

    @property
    def has_numbers_as_keys(self) -> bool:
        key = self.model._meta.pk
        return isinstance(key.target_field if key.is_relation else key, models.IntegerField)

    @property
    def has_hash(self) -> bool:
        """Its `sha256` is that of its `content`."""
        texts = {field.column for field in self.fields if isinstance(field, models.CharField | models.TextField)}
        return {"content", "sha256"} <= texts

    def references(self) -> Iterable[tuple[int, type[models.Model]]]:
        """Where its foreign keys stand, and what they point to."""
        return ((place, field.related_model) for place, field in enumerate(self.fields) if field.is_relation)

    def alone(self, kept: set[type[models.Model]]) -> set[str]:
        """Columns of text that have to be unique without the help of a key that is shifted."""
        groups = [[field] for field in self.fields if field.unique]
        for constraint in self.model._meta.constraints:
            if isinstance(constraint, models.UniqueConstraint) and constraint.fields:
                groups.append([self.model._meta.get_field(name) for name in constraint.fields])
        groups += [[self.model._meta.get_field(name) for name in names] for names in self.model._meta.unique_together]
        found = set()
        for group in groups:
            if any(field.primary_key or field.related_model in kept for field in group):
                continue
            texts = [field.column for field in group if isinstance(field, models.CharField | models.TextField)]
            found.update(texts[:1])
        return found

    def told_apart(self) -> set[str]:
        """Columns of names."""
        names = NAMED.get(self.label, ())
        languages = ("", "_kk", "_ru", "_en")
        return {f"{name}{language}" for name in names for language in languages} & {*self.columns}


def copied() -> list[Table]:
    """Those that hang on the roots."""
    there = hanging_on(ROOTS)
    return [Table(model) for model in _every() if model in there]


def hanging_on(labels: Iterable[str]) -> set[type[models.Model]]:
    """The models, and those whose foreign keys lead to them."""
    found = {apps.get_model(label) for label in labels}
    while more := {model for model in _every() if {to for _place, to in Table(model).references()} & found} - found:
        found |= more
    return found


def _every() -> list[type[models.Model]]:
    every = apps.get_models(include_auto_created=True)
    return [model for model in every if model._meta.managed and not model._meta.proxy and not model._meta.swapped]
