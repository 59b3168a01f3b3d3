"""Tags of the reading pages: places in the source, days of the year."""

import datetime
from decimal import Decimal

from django import template
from django.utils.formats import date_format

from ..money import format_money
from ..source_lines import Passages, passages_of, passages_of_list

register = template.Library()


@register.simple_tag
def passages(spans: dict | list, field: str = "") -> Passages | None:
    """Lines of the source from a record's spans (of one field, if named) or a finding's list of lines."""
    return passages_of(spans, field) if isinstance(spans, dict) else passages_of_list(spans)


@register.filter
def plan_row(place: str) -> int | None:
    """The row of the plan that a place code names: "plan.14.6" → 14."""
    head, _dot, rest = place.partition(".")
    row = rest.partition(".")[0]
    return int(row) if head == "plan" and row.isdigit() else None


@register.filter
def signed_money(difference: Decimal | None) -> str:
    """A difference in million tenge with its sign; "—" for none."""
    if difference is None:
        return "—"
    sign = "+" if difference > 0 else "−" if difference < 0 else ""
    return sign + format_money(abs(difference))


@register.simple_tag
def day_of_year(month: int, day: int) -> str:
    """10 January, in the active language."""
    return date_format(datetime.date(2000, month, day), "MONTH_DAY_FORMAT")
