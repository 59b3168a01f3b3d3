"""Rows of any table as lines of JSON, the same on every database, and back."""

import base64
import datetime
import json
import uuid
from collections.abc import Iterable, Iterator
from decimal import Decimal

from django.apps.registry import Apps
from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.migrations.recorder import MigrationRecorder

from programme.words import WordsField

# Who was signed in when the backup was made signs in again.
LEFT_OUT = frozenset({"django_session", "usersessions_usersession"})
# So much text is held at once; rows are fetched accordingly few or many at a time.
MOST_BYTES, MOST_ROWS = 2 * 2**20, 2000


def tables(apps: Apps) -> list[type[models.Model]]:
    """The models whose tables hold all there is: those that others refer to come first, as far as that goes."""
    found = [model for model in apps.get_models(include_auto_created=True) if _is_kept(model)]
    ordered: list[type[models.Model]] = []
    seen: set[type[models.Model]] = set()

    def take(model: type[models.Model]) -> None:
        if model not in seen:
            seen.add(model)
            for other in sorted(references(model) & {*found}, key=_name):
                take(other)
            ordered.append(model)

    for model in sorted(found, key=_name):
        take(model)
    return [MigrationRecorder.Migration, *ordered]


def references(model: type[models.Model]) -> set[type[models.Model]]:
    return {field.remote_field.model for field in fields(model) if field.remote_field}


def fields(model: type[models.Model]) -> list[models.Field]:
    """By name of the column: the order of a model is not that of its migrations."""
    found = [field for field in model._meta.local_concrete_fields if not field.generated]
    return sorted(found, key=lambda field: field.column)


def read(model: type[models.Model], alias: str) -> Iterator[list[bytes]]:
    """All rows in lists of lines, by key: nothing larger than a list is held, on any database."""
    columns = fields(model)
    place = next(number for number, field in enumerate(columns) if field.primary_key)
    # Not a manager's queryset: those of translated models read the column of the language at hand.
    rows = models.QuerySet(model, using=alias).order_by("pk").values_list(*(field.attname for field in columns))
    last, number = None, 1
    while True:
        found = list((rows if last is None else rows.filter(pk__gt=last))[:number])
        if not found:
            return
        lines = [as_line(columns, row) for row in found]
        yield lines
        last = found[-1][place]
        is_little = sum(map(len, lines)) < MOST_BYTES / 2
        number = min(number * 2, MOST_ROWS) if is_little else max(number // 2, 1)


def as_line(columns: list[models.Field], row: Iterable[object]) -> bytes:
    values = [_plain(field, value) for field, value in zip(columns, row, strict=True)]
    return json.dumps(values, ensure_ascii=False, separators=(",", ":"), sort_keys=True).encode()


def write(model: type[models.Model], names: list[str], lines: Iterable[bytes], connection: BaseDatabaseWrapper) -> None:
    """Insert rows past everything that saving a model does. `names`: the columns, in the lines' order."""
    by_column = {field.column: field for field in fields(model)}
    columns = [by_column[name] for name in names]
    prepared = [
        [
            None if value is None else field.get_db_prep_save(field.to_python(value), connection)
            for field, value in zip(columns, json.loads(line), strict=True)
        ]
        for line in lines
    ]
    quote = connection.ops.quote_name
    statement = f"INSERT INTO {quote(model._meta.db_table)} ({', '.join(map(quote, names))}) VALUES "  # noqa: S608
    one = f"({', '.join(['%s'] * len(names))})"
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            for start in range(0, len(prepared), 200):
                some = prepared[start : start + 200]
                cursor.execute(statement + ", ".join([one] * len(some)), [value for row in some for value in row])
        else:
            cursor.executemany(statement + one, prepared)


def _is_kept(model: type[models.Model]) -> bool:
    return model._meta.managed and not model._meta.proxy and model._meta.db_table not in LEFT_OUT


def _name(model: type[models.Model]) -> str:
    return model._meta.db_table


def _plain(field: models.Field, value: object) -> object:
    """What JSON can say, and `field.to_python` understands."""
    if isinstance(field, WordsField):
        # PostgreSQL keeps them in an order of its own.
        return f" {' '.join(sorted(value.split()))} " if value else value
    match value:
        case datetime.datetime():
            return value.astimezone(datetime.UTC).isoformat() if value.tzinfo else value.isoformat()
        case datetime.date() | datetime.time():
            return value.isoformat()
        case Decimal() | uuid.UUID() | datetime.timedelta():
            return str(value)
        case bytes() | memoryview():
            return base64.b64encode(value).decode()
    return value
