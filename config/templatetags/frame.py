"""The parts of every page's frame that depend on the page: menus, tabs, help."""

from django import template

from analysis.glossary import TERMS

from .. import menus
from ..page_help import PAGE_HELP

register = template.Library()


@register.inclusion_tag("components/main_nav.html", takes_context=True)
def main_menu(context):
    url_name = _url_name(context)
    section = context.get("section") or url_name
    return {"items": menus.main_menu(context["user"], _slug(context), section, url_name)}


@register.inclusion_tag("components/section_nav.html", takes_context=True)
def section_nav(context):
    """The pages of the room, or nothing."""
    found = menus.tabs(context["user"], _slug(context), _url_name(context))
    return {"label": found[0], "items": found[1]} if found else {}


@register.inclusion_tag("components/page_help.html", takes_context=True)
def page_help(context):
    """What the page is for, or nothing."""
    found = PAGE_HELP.get(_url_name(context))
    return {"help": found, "terms": [TERMS[code] for code in found.terms]} if found else {}


def _url_name(context) -> str:
    """Of the page asked for; none where no address matched."""
    match = context["request"].resolver_match
    return (match and match.url_name) or ""


def _slug(context) -> str:
    return context["portal"].programme.slug
