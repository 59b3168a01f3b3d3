"""What a person put into a cell, as the page's form takes it: text, as if it had been typed there."""

import datetime
import re
from decimal import Decimal
from functools import cache

from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils import translation
from django.utils.translation import gettext as _

from .layout import CHOICES, Kind

# Days as Excel counts them, 1954 to 2119: what lies outside is a year, or a mistake.
_FIRST_DAY, _LAST_DAY = 20_000, 80_000
_DAY_ZERO = {False: datetime.date(1899, 12, 30), True: datetime.date(1904, 1, 1)}
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}|\d{1,2}\.\d{1,2}\.\d{4}", re.ASCII)
# A formula may give these; a text has to stand in the cell itself.
_COMPUTED = (Kind.MONEY, Kind.COUNT, Kind.DATE)


def typed(cell: dict | None, kind: Kind, *, date1904: bool) -> str:
    """`cell` as `workbook.process` gives it, None for an empty one. Raises ValidationError in the active language."""
    if cell is None:
        return ""
    if cell["is_formula"]:
        _check_formula(cell, kind)
    match cell["kind"]:
        case "error":
            raise ValidationError(
                _("The cell shows the error %(error)s. Enter the value itself.") % {"error": cell["value"]}
            )
        case "boolean":
            raise ValidationError(_("The cell holds TRUE or FALSE, which is no answer here."))
        case "number":
            text = _typed_number(cell, kind, date1904)
        case _:
            text = cell["value"]
    return _typed_text(text, kind)


def _check_formula(cell: dict, kind: Kind) -> None:
    if kind not in _COMPUTED:
        raise ValidationError(
            _("The cell holds a formula. Copy it and paste it again as a value, or type the text itself.")
        )
    if cell["kind"] == "nothing":
        raise ValidationError(
            _("The formula has not been computed. Open the workbook, save it and upload it again, or type the number.")
        )


def _typed_number(cell: dict, kind: Kind, date1904: bool) -> str:
    number = Decimal(cell["value"])
    if kind == Kind.DATE:
        return _day(number, date1904).isoformat()
    if cell["is_date"]:
        raise ValidationError(
            _("The cell holds a date. If you typed a number or a text, set the cell's format to text and retype it.")
        )
    return f"{number.normalize():f}"


def _day(number: Decimal, date1904: bool) -> datetime.date:
    offset = 1462 if date1904 else 0
    if not _FIRST_DAY < number + offset < _LAST_DAY:
        raise ValidationError(_no_day())
    return _DAY_ZERO[date1904] + datetime.timedelta(days=int(number))


def _no_day() -> str:
    return _("This is not a date. Write it as day, month and year: 30.06.2009.")


def _typed_text(text: str, kind: Kind) -> str:
    if kind in CHOICES:
        return _chosen(text, kind)
    if kind == Kind.TEXT:
        return text
    text = text.strip()
    if kind == Kind.DATE and text and not _DAY.fullmatch(text):
        raise ValidationError(_no_day())
    return text


def _chosen(text: str, kind: Kind) -> str:
    wanted = _folded(text)
    if not wanted:
        return ""
    try:
        return _names(kind)[wanted]
    except KeyError:
        choices = ", ".join(str(label) for label in CHOICES[kind].labels)
        raise ValidationError(
            _("“%(text)s” cannot be chosen here. Choose one of: %(choices)s.")
            % {"text": text[:100], "choices": choices}
        ) from None


@cache
def _names(kind: Kind) -> dict[str, str]:
    """Codes by what they are called in any of the languages, and by themselves."""
    found = {_folded(value): value for value in CHOICES[kind].values}
    for language, _name in settings.LANGUAGES:
        with translation.override(language):
            found |= {_folded(str(choice.label)): choice.value for choice in CHOICES[kind]}
    return found


def _folded(text: str) -> str:
    return " ".join(text.split()).casefold()
