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
