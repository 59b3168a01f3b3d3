"""A value of a dataset on a page, written as the other pages write it."""

from decimal import Decimal

from django.utils.formats import date_format, number_format
from django.utils.text import Truncator
from django.utils.translation import gettext as _

from programme.money import format_money

from ..writing.table import Kind

_LONGEST = 80
_HUNDREDTH = Decimal("0.01")


def shown(value, kind: Kind) -> str:
    """In the active language; long texts are cut, nothing is an empty text."""
    if value is None:
        return ""
    match kind:
        case Kind.MONEY:
            return format_money(value)
        case Kind.NUMBER:
            return number_format(value, decimal_pos=1, force_grouping=True)
        case Kind.SHARE:
            # A longer number would be cut, not rounded.
            return f"{number_format((value * 100).quantize(_HUNDREDTH), decimal_pos=2)}%"
        case Kind.DATE:
            return date_format(value, "SHORT_DATE_FORMAT")
        case Kind.MOMENT:
            return date_format(value, "SHORT_DATETIME_FORMAT")
        case Kind.BOOLEAN:
            return _("yes") if value else _("no")
        case _:
            return Truncator(str(value)).chars(_LONGEST)
