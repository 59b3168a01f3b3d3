"""Load a programme's fixture folder into the database, all of it or nothing.

A folder holds `source.txt` and one `<app>__<model>.json` per table: a list of records. In a record
- a translated field is {"kk": …, "ru": …, "en": …};
- a reference is the natural key of its target: an agency's or region's code, an activity's ordinal;
- money is a string with three decimals, a date is ISO.

Loading is idempotent: records are matched by natural key, changed where they differ, and removed from the programme
where the folder no longer has them.
"""

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from django.core.exceptions import FieldDoesNotExist, ValidationError
from django.db import models, transaction
from django.db.models import ProtectedError, Q
from django.utils.translation import gettext as _
from modeltranslation.translator import NotRegistered, translator

from . import searching
from .models import Programme, SourceText, parse_spans
from .words import words_of

LANGUAGES = ("kk", "ru", "en")


class FixtureError(Exception):
    """The folder cannot be loaded. `problems` names file, record and field of each mistake."""

    def __init__(self, problems: list[str]):
        super().__init__("\n".join(problems))
        self.problems = problems


@dataclass(frozen=True)
class Table:
    """How one fixture file maps to a model.

    `key`: the fields that identify a record. `within`: the lookup from the model to its programme, None for models
    that belong to no programme. `references`: field → the natural key of the referred model, a lookup or several
    (the record then gives a list). `printed`: which rows come from a folder; others were imported, and loading leaves
    them alone. Empty: all of them.
    """

    model: type[models.Model]
    key: tuple[str, ...]
    within: str | None = "programme"
    references: dict[str, tuple[str, ...]] = field(default_factory=dict)
    printed: Q = field(default_factory=Q)

    @property
    def file_name(self) -> str:
        return f"{self.model._meta.app_label}__{self.model._meta.model_name}.json"


@dataclass(frozen=True)
class Loaded:
    programme: Programme
    created: int
    changed: int
    removed: int


def load(directory: Path, tables: list[Table]) -> Loaded:
    """Load `directory` through `tables`, in their order; the first programme-bound table must be Programme's own.

    Raises FixtureError with every problem found; the database is then as it was before.
    """
    if not directory.is_dir():
        raise FixtureError([_("There is no folder %(folder)s.") % {"folder": directory}])
    known = {table.file_name for table in tables}
    problems = [
        _("%(file)s: the loader knows no such table.") % {"file": path.name}
        for path in sorted(directory.glob("*.json"))
        if path.name not in known
    ]
    if problems:
        raise FixtureError(problems)
    with transaction.atomic():
        return _Run(directory).load(tables)


class _Run:
    """One load: the programme being loaded, the counts, and the problems met so far."""

    def __init__(self, directory: Path):
        self.directory = directory
        self.programme: Programme | None = None
        self.created = self.changed = self.removed = 0
        self.problems: list[str] = []
        self.words: set[str] = set()

    def load(self, tables: list[Table]) -> Loaded:
        stale = []
        for table in tables:
            stale.append(self._load_table(table))
            # Later tables refer to this one, so their problems would only be echoes.
            if self.problems:
                raise FixtureError(self.problems)
        self._load_source()
        for leftovers in reversed(stale):
            self._remove(leftovers)
        if self.problems:
            raise FixtureError(self.problems)
        searching.remember(self.words)
        return Loaded(self.programme, self.created, self.changed, self.removed)

    def _load_table(self, table: Table) -> list[models.Model]:
        """Create and change the table's rows; return those that the file no longer has."""
        records = self._read(table)
        rows = table.model._default_manager.all()
        if table.within:
            rows = rows.filter(**{table.within: self.programme})
        elif table.model is Programme:
            rows = rows.filter(slug__in=[record.get("slug") for record in records])
        existing = {tuple(getattr(row, self._column(table, name)) for name in table.key): row for row in rows}
        lookups = self._reference_lookups(table)
        seen: dict[tuple, int] = {}
        created = []
        for number, record in enumerate(records, start=1):
            values = self._values(table, record, number, lookups)
            if values is None:
                continue
            key = tuple(values.get(self._column(table, name)) for name in table.key)
            if key in seen:
                self._complain(table, number, None, _("the same key as record %(other)s") % {"other": seen[key]})
                continue
            seen[key] = number
            row = existing.pop(key, None)
            if row is None:
                row = table.model(**values)
                created.append((number, row))
            elif not any(getattr(row, name) != value for name, value in values.items()):
                continue
            else:
                for name, value in values.items():
                    setattr(row, name, value)
                self.changed += 1
            if self._is_clean(table, number, row) and row.pk:
                row.save()
                self.words |= words_of(row)
        if not self.problems:
            made = table.model._default_manager.bulk_create(row for _number, row in created)
            self.words.update(*map(words_of, made))
            self.created += len(created)
        if table.model is Programme and records and not self.problems:
            self.programme = Programme.objects.get(slug=records[0]["slug"])
        return self._stale(table, existing.values()) if table.within else []

    @staticmethod
    def _stale(table: Table, leftovers: Iterable[models.Model]) -> list[models.Model]:
        by_id = {row.pk: row for row in leftovers}
        printed = table.model._default_manager.filter(table.printed, pk__in=by_id) if by_id else []
        return [by_id[row.pk] for row in printed]

    def _read(self, table: Table) -> list[dict]:
        path = self.directory / table.file_name
        try:
            records = json.loads(path.read_text(encoding="utf-8"))
        except FileNotFoundError:
            self.problems.append(_("%(file)s is missing.") % {"file": path.name})
            return []
        except (UnicodeDecodeError, json.JSONDecodeError) as error:
            self.problems.append(_("%(file)s is not JSON: %(error)s") % {"file": path.name, "error": error})
            return []
        if not isinstance(records, list) or not all(isinstance(record, dict) for record in records):
            self.problems.append(_("%(file)s must be a list of records.") % {"file": path.name})
            return []
        if table.model is Programme and len(records) != 1:
            self.problems.append(_("%(file)s must hold exactly one programme.") % {"file": path.name})
        return records

    def _reference_lookups(self, table: Table) -> dict[str, dict[tuple, int]]:
        """For each reference field, natural key → primary key of the rows it may name."""
        lookups = {}
        for name, paths in table.references.items():
            target = table.model._meta.get_field(name).related_model
            rows = target._default_manager.all()
            if _within(target):
                rows = rows.filter(**{_within(target): self.programme})
            lookups[name] = {tuple(row[1:]): row[0] for row in rows.values_list("pk", *paths)}
        return lookups

    def _values(self, table: Table, record: dict, number: int, lookups: dict) -> dict | None:
        """Field values of a record, references resolved; None after complaining."""
        before = len(self.problems)
        values: dict = {}
        translated = _translated_fields(table.model)
        for name, raw in record.items():
            if name in table.references:
                values[f"{name}_id"] = self._resolve(table, number, name, raw, lookups[name])
            elif name in translated:
                values.update(self._translations(table, number, name, raw))
            else:
                self._scalar(table, number, name, raw, values)
        if table.within and "__" not in table.within:
            values[f"{table.within}_id"] = self.programme.pk
        return values if len(self.problems) == before else None

    def _resolve(self, table: Table, number: int, name: str, raw, targets: dict[tuple, int]) -> int | None:
        if raw is None and table.model._meta.get_field(name).null:
            return None
        natural = tuple(raw) if isinstance(raw, list) else (raw,)
        if natural not in targets:
            shown = ", ".join(str(part) for part in natural)
            self._complain(table, number, name, _("there is no “%(value)s”") % {"value": shown})
        return targets.get(natural)

    def _translations(self, table: Table, number: int, name: str, raw) -> dict:
        if not isinstance(raw, dict) or set(raw) - set(LANGUAGES) or not all(isinstance(v, str) for v in raw.values()):
            self._complain(table, number, name, _('expected {"kk": …, "ru": …, "en": …}'))
            return {}
        return {f"{name}_{language}": raw.get(language, "") for language in LANGUAGES}

    def _scalar(self, table: Table, number: int, name: str, raw, values: dict) -> None:
        try:
            column = table.model._meta.get_field(name)
        except FieldDoesNotExist:
            self._complain(table, number, name, _("there is no such field"))
            return
        if isinstance(column, models.DecimalField) and isinstance(raw, float):
            self._complain(table, number, name, _("write the number as text, so that no digit is lost"))
            return
        try:
            values[column.attname] = column.to_python(raw)
        except ValidationError as error:
            self._complain(table, number, name, " ".join(error.messages))

    def _is_clean(self, table: Table, number: int, row: models.Model) -> bool:
        before = len(self.problems)
        relations = [column.name for column in row._meta.fields if column.is_relation]
        try:
            row.clean_fields(exclude=relations)
        except ValidationError as error:
            for name, messages in error.message_dict.items():
                self._complain(table, number, name, " ".join(messages))
        for name, spans in getattr(row, "spans", {}).items():
            try:
                parse_spans(spans)
            except (ValueError, TypeError):
                self._complain(table, number, "spans", _("“%(field)s” is not a list of lines") % {"field": name})
        return len(self.problems) == before

    def _load_source(self) -> None:
        path = self.directory / "source.txt"
        if not path.exists():
            self.problems.append(_("%(file)s is missing.") % {"file": path.name})
            return
        data = path.read_bytes()
        values = {"text": data.decode("utf-8"), "sha256": hashlib.sha256(data).hexdigest()}
        source = SourceText.objects.filter(programme=self.programme).first()
        if source is None:
            SourceText.objects.create(programme=self.programme, **values)
            self.created += 1
        elif source.sha256 != values["sha256"]:
            SourceText.objects.filter(pk=source.pk).update(**values)
            self.changed += 1

    def _remove(self, rows: list[models.Model]) -> None:
        for row in rows:
            try:
                row.delete()
                self.removed += 1
            except ProtectedError:
                self.problems.append(
                    _("%(model)s “%(row)s” is no longer in the folder, but reports refer to it.")
                    % {"model": row._meta.verbose_name, "row": row}
                )

    def _complain(self, table: Table, number: int, name: str | None, text: str) -> None:
        where = _("%(file)s, record %(number)s") % {"file": table.file_name, "number": number}
        self.problems.append(f"{where}, {name}: {text}" if name else f"{where}: {text}")

    @staticmethod
    def _column(table: Table, name: str) -> str:
        return table.model._meta.get_field(name).attname


def _translated_fields(model: type[models.Model]) -> set[str]:
    try:
        return set(translator.get_options_for_model(model).fields)
    except NotRegistered:
        return set()


def _within(model: type[models.Model]) -> str | None:
    """The lookup from a referred model to its programme, if it belongs to one."""
    names = {column.name for column in model._meta.get_fields()}
    return "programme" if "programme" in names and model is not Programme else None
