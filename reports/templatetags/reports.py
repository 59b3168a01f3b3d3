"""Filters for what copies hold: plain values, so the labels are looked up here."""

from django import template
from django.template.defaultfilters import linebreaksbr
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

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


@register.simple_tag
def traced(cell, behind: str) -> SafeString:
    """A figure that opens to what it is made of.

    `cell`: of documents.blocks, a Cell or a Figure; `behind`: the address of that page up to the query, or nothing.
    """
    return mark_safe(_traced(cell, behind))  # noqa: S308  escaped


@register.simple_tag
def cells(row, behind: str) -> SafeString:
    """The cells of a documents.blocks.Row, the first as its heading: reports have thousands."""
    found = []
    for number, cell in enumerate(row.cells):
        if number == 0 and cell.text:
            found.append(f'<th scope="row">{escape(cell.text)}</th>')
        else:
            found.append(f"<td{_NUMBER if cell.is_number else ''}>{_traced(cell, behind)}</td>")
    return mark_safe("\n".join(found))  # noqa: S308  escaped


_NUMBER = ' class="num"'


def _traced(cell, behind: str) -> str:
    if cell.behind and behind:
        return f'<a href="{escape(behind)}{escape(cell.behind)}">{escape(cell.text)}</a>'
    return broken(cell.text)


@register.filter
def broken(text: str) -> SafeString:
    """The same as `linebreaksbr`, which looks for what most texts do not have."""
    return linebreaksbr(text) if "\n" in text or "\r" in text else mark_safe(escape(text))  # noqa: S308  escaped
