"""Filters and tags that every template has."""

from django import template
from django.utils import dateparse
from django.utils.formats import date_format

from ..calendar import today
from ..money import format_money
from ..places import describe_place

register = template.Library()

register.filter("money", format_money)
register.filter("place", describe_place)


@register.filter
def iso_date(text: str) -> str:
    """An ISO date or moment of a frozen structure, in the active language's long form."""
    moment = dateparse.parse_datetime(text) if "T" in text else dateparse.parse_date(text)
    return date_format(moment, "DATETIME_FORMAT" if "T" in text else "DATE_FORMAT")


@register.filter
def in_language(texts: dict[str, str], language: str) -> str:
    """One language of {"kk", "ru", "en"}; Kazakh where there is no translation."""
    return texts.get(language) or texts["kk"]


@register.filter
def lookup(mapping, key):
    return mapping.get(key)


@register.simple_tag
def current_day():
    return today()


# The tone of a pill by the value of a state, a status or a timing.
_TONES = {
    "draft": "neutral", "submitted": "info", "returned": "bad", "accepted": "good",
    "lapsed": "neutral", "upcoming": "neutral", "open": "info", "closed": "neutral",
    "not_yet_due": "neutral", "due_soon": "warn", "overdue": "bad", "on_time": "good", "late": "warn",
    "done": "done", "in_progress": "info", "delayed": "bad",
    "not_due": "neutral", "not_applicable": "neutral", "no_data": "warn",
    "nothing_to_report": "neutral", "no_information": "warn", "nobody_obliged": "neutral",
}  # fmt: skip


@register.filter
def tone(value: str) -> str:
    return _TONES.get(value, "neutral")
