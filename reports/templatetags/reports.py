"""Filters for what copies hold: plain values, so the labels are looked up here."""

from django import template

from .. import reading
from ..models import Entry, Rule

register = template.Library()

register.filter("facts", reading.facts)


@register.filter
def entry_status(value: str) -> str:
    """The label of an entry's status; a dash while none is chosen."""
    return Entry.Status(value).label if value else "—"


@register.filter
def rule_label(value: str) -> str:
    return Rule(value).label
