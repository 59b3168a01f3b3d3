"""What a spreadsheet program says and asks when a cell is filled in: data validation, in the active language.

Only the lists refuse. A number pasted with spaces or a date typed as text is read at upload as well as a clean one, so
there the program asks and takes it.
"""

import datetime

from django.utils.translation import gettext as _

from ..forms.entry import EntryForm
from .layout import Fill, Kind

# Excel drops a rule with a longer text.
LONGEST = 255


def rule(fill: Fill, choices: str | None) -> dict:
    """For xlsxwriter's `data_validation`. `choices`: the cells that hold what a list offers."""
    found = {"error_type": "warning", "ignore_blank": True} | _rule(fill, choices)
    texts = {name: found[name][:LONGEST] for name in ("input_message", "error_message") if name in found}
    return found | texts


def _rule(fill: Fill, choices: str | None) -> dict:
    match fill.kind:
        case Kind.STATUS | Kind.DOCUMENT:
            return {
                "validate": "list",
                "source": choices,
                "error_type": "stop",
                "input_message": str(EntryForm.base_fields[fill.key].help_text),
                "error_message": _("Choose from the list, or leave the cell empty."),
            }
        case Kind.DATE:
            return {
                "validate": "date",
                "criteria": ">=",
                "value": datetime.date(1900, 1, 1),
                "input_message": _("A date, for example 30.06.2009."),
                "error_message": _("This is not a date. Write it as day, month and year: 30.06.2009."),
            }
        case Kind.MONEY:
            return {
                "validate": "decimal",
                "criteria": ">=",
                "value": 0,
                "input_message": _("Million tenge, at most three decimals; 0 if nothing was spent."),
                "error_message": _("This is not an amount in million tenge, or it is negative."),
            }
        case Kind.COUNT:
            return {
                "validate": "integer",
                "criteria": ">=",
                "value": 0,
                "input_message": _("A whole number: what this half-year added; 0 if nothing."),
                "error_message": _("This is not a whole number, or it is negative."),
            }
    most = EntryForm.base_fields[fill.key].max_length
    return {
        "validate": "length",
        "criteria": "<=",
        "value": most,
        "input_message": str(EntryForm.base_fields[fill.key].help_text),
        "error_message": _("The text is too long: at most %(count)s characters.") % {"count": most},
    }
