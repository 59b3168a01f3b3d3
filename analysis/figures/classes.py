"""Values of regions put in order: classes of a map, ranks, medians."""

from collections.abc import Callable, Iterable
from decimal import ROUND_DOWN, ROUND_HALF_UP, Decimal
from itertools import pairwise
from statistics import median

from django.utils.formats import number_format
from django.utils.translation import gettext as _

from programme.money import format_money
from reports.charts import NUMERALS, Classes

from ..writing import Kind
from .regions import Value

# Of a share: the same steps on every map, so that two of them can be compared.
_STEPS = tuple(Decimal(step) / 100 for step in (25, 50, 75, 100))


def classes_of(values: Iterable[Value], kind: Kind) -> Classes:
    """Fixed steps for shares; else about as many different values in each class, between rounded bounds.

    Equal values are in one class, and of an amount no class is empty. Without any value there is no class.
    """
    known = sorted({value for value in values if value is not None})
    if not known:
        return Classes([], [], _("no data"))
    bounds = list(_STEPS) if kind == Kind.SHARE else _bounds(known)
    return Classes(bounds, _labels(bounds, known, kind), _("no data"))


def _bounds(known: list[Decimal | int]) -> list[Decimal | int]:
    count = len(NUMERALS)
    found = {_rounded(known[len(known) * number // count]) for number in range(1, count)}
    return sorted(bound for bound in found if bound > known[0])


def _rounded(value: Decimal | int) -> Decimal | int:
    """Down to one digit, so that the value stays in the class that begins here."""
    if not value:
        return value
    value = Decimal(value)
    return value.quantize(Decimal(1).scaleb(value.adjusted()), ROUND_DOWN)


def _labels(bounds: list, known: list, kind: Kind) -> list[str]:
    if not bounds:
        return [short(known[0], kind) if len(known) == 1 else _between(known[0], known[-1], kind)]
    last = _written(bounds[-1], kind)
    if kind == Kind.INTEGER:
        counted = [_between(low, high - 1, kind) for low, high in pairwise([0, *bounds])]
        return [*counted, _("%(bound)s and more") % {"bound": last}]
    first = _("under %(bound)s") % {"bound": _written(bounds[0], kind)}
    between = [_between(low, high, kind) for low, high in pairwise(bounds)]
    is_most = kind == Kind.SHARE and known[-1] <= bounds[-1]
    return [first, *between, last if is_most else _("%(bound)s and more") % {"bound": last}]


def _between(low: Value, high: Value, kind: Kind) -> str:
    if low == high:
        return _written(low, kind)
    return _("%(low)s to %(high)s") % {"low": _written(low, kind, unit=False), "high": _written(high, kind)}


def _written(bound: Value, kind: Kind, *, unit: bool = True) -> str:
    if kind == Kind.SHARE:
        return number_format(int(bound * 100)) + ("%" if unit else "")
    return number_format(Decimal(bound).normalize() if bound < 1 else int(bound), force_grouping=True)


def short(value: Value, kind: Kind) -> str:
    """As it stands on a map: never rounded up to where another class may begin."""
    if value is None:
        return ""
    if kind == Kind.INTEGER:
        return number_format(value, force_grouping=True)
    if kind == Kind.SHARE:
        percent = _near(value * 100, Decimal("0.1"), lambda near: near == int(near))
        return number_format(int(percent) if percent == int(percent) else percent) + "%"
    if value < 1:
        return format_money(value)
    near = _near(value, Decimal(1 if value >= 100 else "0.1"), lambda near: near == _rounded(near))
    return number_format(near, force_grouping=True)


def _near(value: Decimal, step: Decimal, may_begin_a_class: Callable[[Decimal], bool]) -> Decimal:
    near = value.quantize(step, ROUND_HALF_UP)
    return value.quantize(step, ROUND_DOWN) if near > value and may_begin_a_class(near) else near


def ranks(values: dict[str, Value]) -> dict[str, int]:
    """By code, 1 for the largest; equal values share a rank, and who has no value has none."""
    known = sorted((value for value in values.values() if value is not None), reverse=True)
    return {code: known.index(value) + 1 for code, value in values.items() if value is not None}


def middle(values: Iterable[Value]) -> Value:
    """The median of those that are known; None if none is."""
    known = [value for value in values if value is not None]
    if not known:
        return None
    found = Decimal(median(known))
    return int(found) if isinstance(known[0], int) and found == int(found) else found
