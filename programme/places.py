"""Place codes in words: "plan.14.6" → "Section 8, row 14, column 6"."""

from django.utils.translation import gettext as _


def describe_place(place: str) -> str:
    """The place in the active language. Codes are those of `Sourced.place`; an unknown one is returned as it is."""
    head, *rest = place.split(".", 1)
    tail = rest[0] if rest else ""
    match head:
        case "act" if tail:
            return _("Resolution, clause %(clause)s") % {"clause": tail}
        case "act":
            return _("Resolution, heading and preamble")
        case "s1" if tail:
            return _("Section 1, passport, row %(row)s") % {"row": tail}
        case "abbr":
            return _("List of abbreviations")
        case "plan":
            return _describe_plan(tail)
        case "s7" if tail:
            return _("Section 7, stage %(stage)s") % {"stage": tail}
    if head.startswith("s") and head[1:].isdigit():
        return _("Section %(section)s") % {"section": f"{head[1:]}.{tail}" if tail else head[1:]}
    return place


def _describe_plan(tail: str) -> str:
    row, _dot, column = tail.partition(".")
    match row:
        case "":
            return _("Section 8, plan of activities")
        case "total":
            return _("Section 8, totals under the plan")
        case "notes":
            return _("Section 8, notes under the plan")
        case "section":
            return _("Section 8, heading of section %(number)s") % {"number": column}
    if column:
        return _("Section 8, row %(row)s, column %(column)s") % {"row": row, "column": column}
    return _("Section 8, row %(row)s") % {"row": row}
