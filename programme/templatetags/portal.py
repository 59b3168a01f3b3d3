"""Filters and tags that every template has."""

from functools import cache

from django import template
from django.template.loader import render_to_string
from django.utils import dateparse
from django.utils.crypto import salted_hmac
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.safestring import mark_safe

from .. import request_id
from ..calendar import today
from ..money import format_money
from ..places import describe_place
from ..stamps import kept, of_filed

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


# Works without a context too: pages of errors have none.
register.simple_tag(request_id.current, name="request_id")


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


@register.simple_tag
def pill(text, tone: str = "") -> str:
    """What `components/pill.html` shows, for tables that have hundreds of them."""
    return format_html('<span class="pill pill-{}">{}{}</span>', tone or "neutral", _icon(tone or "neutral"), text)


@cache
def _icon(tone: str) -> str:
    return render_to_string("components/_tone_icon.html", {"tone": tone})


@register.tag("kept")
def do_kept(parser, token):
    """A part of a page that is the same until something it shows changes: `{% kept "board" reader %}…{% endkept %}`.

    Kept for everybody of the same role and agency, for the page's address, language and day. What is more particular
    than that follows the name. What the part needs comes into the context as functions, so that it is not fetched for
    a part that is there already. No forms inside: their tokens are one person's, see `kept_with_forms`.
    """
    return _kept(parser, token, KeptNode)


@register.tag("kept_for_filed")
def do_kept_for_filed(parser, token):
    """The same for a part that is made of the plan and of what was filed alone: comments and reminders leave it be."""
    return _kept(parser, token, KeptForFiled)


@register.tag("kept_with_forms")
def do_kept_with_forms(parser, token):
    """The same with forms for all who may see the part: kept without their tokens, and given out with the reader's."""
    return _kept(parser, token, KeptWithForms)


def _kept(parser, token, kind):
    tag, name, *particulars = token.split_contents()
    nodes = parser.parse([f"end{tag}"])
    parser.delete_first_token()
    return kind(nodes, parser.compile_filter(name), [parser.compile_filter(each) for each in particulars])


class KeptNode(template.Node):
    child_nodelists = ("nodes",)
    stamped_by = staticmethod(str)

    def __init__(self, nodes, name, particulars):
        self.nodes, self.name, self.particulars = nodes, name, particulars

    def render(self, context):
        particulars = [str(each.resolve(context)) for each in self.particulars]
        stamp, *reader = context["portal"].kept_by
        key = ("part", self.name.resolve(context), self.stamped_by(stamp), *reader, *particulars)
        return mark_safe(kept(key, lambda: self._render(context)))  # noqa: S308  escaped when it was made

    def _render(self, context) -> str:
        made = self.nodes.render(context)
        if "csrfmiddlewaretoken" in made:
            raise ValueError(f"The part {self.name.resolve(context)} has a form: it would be shown to others.")
        return made


class KeptForFiled(KeptNode):
    stamped_by = staticmethod(of_filed)


class KeptWithForms(KeptNode):
    def render(self, context):
        part = super().render(context)
        return mark_safe(part.replace(_instead_of_token(), str(context["csrf_token"])))  # noqa: S308

    def _render(self, context) -> str:
        with context.push(csrf_token=_instead_of_token()):
            return self.nodes.render(context)


@cache
def _instead_of_token() -> str:
    """The same in all processes, and nobody can type it."""
    return salted_hmac("programme.kept", "token").hexdigest()
