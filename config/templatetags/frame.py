"""The parts of every page's frame that depend on the page: menus, tabs, help."""

from django import template
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from analysis.glossary import TERMS

from .. import menus
from ..page_help import PAGE_HELP

register = template.Library()

# Of one part of a template: menus are as many as there are pages, roles, languages and programmes.
MOST_FIXED = 500


@register.tag("fixed")
def do_fixed(parser, token):
    """A part made of nothing but words and addresses of the portal: `{% fixed user.role section %}…{% endfixed %}`.

    Made once for each language and whatever follows the tag's name, and kept for as long as the process has the
    template. Nothing of it may come from the database or belong to one person.
    """
    _tag, *particulars = token.split_contents()
    nodes = parser.parse(["endfixed"])
    parser.delete_first_token()
    return FixedNode(nodes, [parser.compile_filter(each) for each in particulars])


class FixedNode(template.Node):
    child_nodelists = ("nodes",)

    def __init__(self, nodes, particulars):
        self.nodes, self.particulars = nodes, particulars
        self.made: dict[tuple[str, ...], SafeString] = {}

    def render(self, context):
        key = (get_language(), *(str(each.resolve(context)) for each in self.particulars))
        found = self.made.get(key)
        if found is None:
            if len(self.made) >= MOST_FIXED:
                self.made.clear()
            found = self.made[key] = self.nodes.render(context)
        return found


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
