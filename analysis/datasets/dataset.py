"""A dataset: the rows that a reader may see, in columns, narrowed by filters.

Rows are never made into records: what they say comes as plain values from one query, what they point to is looked up
in tables that were made before. So a row costs microseconds, and any number of them the same memory.
"""

from collections.abc import Callable, Iterator, Sequence
from itertools import islice
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db.models import Q, QuerySet
from import_export import resources

from accounts.models import User
from programme.money import ZERO
from reports.models import Submission

from ..writing.table import Kind
from .columns import Column
from .things import Things

CHUNK = 500
# As a value of a filter by region: what belongs to none.
NO_REGION = "none"
# As a value of a filter by the state of the report: whatever counts in figures.
FILED = "filed"


class Dataset(resources.Resource):
    """`Entries(user, {"period_from": "2009-H1"})`: the reader's rows; one instance for one language and one use.

    Subclasses declare columns, and:
    `visible`: the queryset through `visible_to`, with what the columns name, in a complete order;
    `keys`: for each `of` of a column the path to its key, or the thing that knows it and the name it has there;
    `filters`: for each filter of `forms.FILTERS` a lookup, or a function of its value that gives a Q;
    `derive`, `needs`, `derived`: columns that no database can say, from paths that it can.
    """

    # Templates are given the class.
    do_not_call_in_templates = True
    name = ""
    title = ""
    description = ""
    keys: dict[str, str | tuple[str, str]] = {}
    filters: dict[str, str | Callable[[str], Q]] = {}
    needs: tuple[str, ...] = ()
    derived: tuple[str, ...] = ()
    # The path that says whether a row is a demonstration's; "" where nothing is made up.
    made_up = ""

    def __init__(self, user: User, chosen: dict[str, str] | None = None, things: Things | None = None):
        super().__init__()
        self.user = user
        self.chosen = {name: value for name, value in (chosen or {}).items() if value}
        self.things = things or Things()

    def visible(self) -> QuerySet:
        raise NotImplementedError

    def derive(self, rows: Iterator[tuple]) -> Iterator[tuple]:
        """Rows that begin with `needs`, each with the values of `derived` before it."""
        raise NotImplementedError

    def found(self) -> QuerySet:
        """The visible rows that meet the filters."""
        return self.visible().filter(self.condition())

    def condition(self, *, without: Sequence[str] = (), only: Sequence[str] | None = None) -> Q:
        """What the chosen filters say, but not those `without`, or those `only`."""
        condition = Q()
        for name, value in self.chosen.items():
            if name in self.filters and name not in without and (only is None or name in only):
                condition &= _condition(self.filters[name], value)
        return condition

    def rows(self, columns: Sequence[str] | None = None, limit: int | None = None) -> Iterator[tuple]:
        """The values of these columns, by default of all, row by row.

        Words are looked up in the language that is active now, whenever the rows are read.
        """
        chosen = [self.fields[name] for name in columns or self.fields]
        tables = self._tables([column for column in chosen if column.of])
        said = list(dict.fromkeys(column.source for column in chosen if not column.of))
        names, rows = self.facts([*tables, *said], limit)
        places, width = {}, len(names)
        lookups, changes = [], []
        computed = self.visible().query.annotations
        for path, (headed, table) in tables.items():
            lookups.append((names.index(path), table, (None,) * len(headed)))
            places |= {name: width + index for index, name in enumerate(headed)}
            width += len(headed)
        for column in chosen:
            if column.of:
                continue
            places[column.column_name] = names.index(column.source)
            if change := _change(column, is_computed=column.source in computed):
                changes.append((places[column.column_name], change))
                places[column.column_name] = width
                width += 1
        return _composed(rows, lookups, changes, [places[column.column_name] for column in chosen])

    def _tables(self, columns: list[Column]) -> dict[str, tuple[list[str], dict]]:
        """By the path to a key: the names of the columns that are looked up by it, and their values by key."""
        tables: dict[str, tuple[list[str], dict]] = {}
        for name in dict.fromkeys(column.of for column in columns):
            own = [column for column in columns if column.of == name]
            path, table = self._looked_up(name, own)
            headed, known = tables.get(path, ([], {}))
            joined = {key: known.get(key, ()) + values for key, values in table.items()}
            tables[path] = [*headed, *(column.column_name for column in own)], joined
        return tables

    def _looked_up(self, name: str, columns: list[Column]) -> tuple[str, dict]:
        table = _table(self.things.called(name), columns)
        key = self.keys[name]
        if isinstance(key, str):
            return key, table
        through, attribute = key
        nothing = (None,) * len(columns)
        things = self.things.called(through)
        return self.keys[through], {thing.pk: table.get(getattr(thing, attribute), nothing) for thing in things}

    def facts(self, names: list[str], limit: int | None = None) -> tuple[list[str], Iterator[tuple]]:
        """What the database says about each row: what stands where, and the rows."""
        if not any(name in self.derived for name in names):
            return names, self._read(self.found(), names, limit)
        stored = list(dict.fromkeys([*self.needs, *(name for name in names if name not in self.derived)]))
        return [*self.derived, *stored], self.derive(self._read(self.found(), stored, limit))

    def _read(self, found: QuerySet, names: list[str], limit: int | None) -> Iterator[tuple]:
        # A row has at least one value, also where only derived columns are wanted.
        return found.values_list(*(names or ["pk"]))[:limit].iterator(chunk_size=CHUNK)

    def get_queryset(self):
        """For django-import-export's own `export()`: its rows are dicts by machine name."""
        names = list(self.fields)
        return (dict(zip(names, row, strict=True)) for row in self.rows())


def _condition(lookup: str | Callable[[str], Q], value: str) -> Q:
    if callable(lookup):
        return lookup(value)
    if value == NO_REGION and lookup.endswith("region__code"):
        return Q(**{f"{lookup.removesuffix('__code')}__isnull": True})
    if value == FILED and lookup.endswith("state"):
        return Q(**{f"{lookup}__in": Submission.FILED})
    return Q(**{lookup: value})


def _table(things: list, columns: list[Column]) -> dict[int, tuple]:
    """By key, the values of these columns."""
    ways = [(column.source.split("."), _labels(column)) for column in columns]
    return {thing.pk: tuple(_label(_at_end_of(path, thing), labels) for path, labels in ways) for thing in things}


def _labels(column: Column) -> dict:
    return {value: str(label) for value, label in column.labels.choices} if column.labels else {}


def _label(value, labels: dict):
    return labels.get(value, value) if labels else value


def _at_end_of(path: list[str], thing):
    """None where the way leads over nothing: the region of a ministry."""
    for name in path:
        if thing is None:
            return None
        thing = getattr(thing, name)
    return thing


def _change(column: Column, *, is_computed: bool) -> Callable | None:
    """What a stored value needs before it is shown."""
    if column.labels:
        labels = _labels(column)
        return lambda value: labels.get(value, value)
    if column.kind == Kind.MOMENT:
        zone = ZoneInfo(settings.TIME_ZONE)
        return lambda moment: moment and moment.astimezone(zone).replace(tzinfo=None)
    if column.kind == Kind.MONEY and is_computed:
        # SQLite gives what it computes with any number of decimals.
        return lambda amount: None if amount is None else amount.quantize(ZERO)
    return None


def _composed(rows: Iterator[tuple], lookups: list, changes: list, places: list[int]) -> Iterator[tuple]:
    """Works column by column, a batch of rows at a time: that takes half as long as row by row."""
    while batch := list(islice(rows, CHUNK)):
        columns = list(zip(*batch, strict=True))
        for key, table, nothing in lookups:
            columns += zip(*[table.get(value, nothing) for value in columns[key]], strict=True)
        columns += [list(map(change, columns[place])) for place, change in changes]
        yield from zip(*[columns[place] for place in places], strict=True)
