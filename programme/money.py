"""Million tenge with exactly three decimals: parsing what people type, and a model and a form field for it."""

import re
from decimal import Decimal

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import MinValueValidator
from django.db import models
from django.utils.formats import number_format
from django.utils.translation import gettext_lazy as _

ZERO = Decimal("0.000")
_THOUSANDTH = Decimal("0.001")
_LARGEST = Decimal("999999999.999")
# What Excel, Word and phones put between groups of digits.
_SPACES = re.compile("[\\s\u00a0\u2009\u202f]")
_PLAIN = re.compile(r"\d+(?:[.,]\d+)?", re.ASCII)


def parse_money(text: str) -> Decimal:
    """The amount that a person typed, in million tenge.

    Takes "," or "." as the decimal sign, the same in every language, and spaces between groups of digits.
    "1.234,5" and "1,234.5" are refused, because one of the two signs would have to be guessed away.

    Raises ValidationError for text, a negative amount, two signs, more than three decimals, or 10⁹ and above.
    """
    compact = _SPACES.sub("", text)
    if compact.startswith(("-", "−")):
        raise ValidationError(_("The amount must not be negative."), code="negative")
    if compact.count(",") + compact.count(".") > 1:
        raise ValidationError(
            _("Write the amount with one decimal comma or point, without thousand separators: 1234,500."),
            code="two_separators",
        )
    if not _PLAIN.fullmatch(compact):
        raise ValidationError(
            _("Enter the amount as a number in million tenge, for example 726,247."), code="not_a_number"
        )
    amount = Decimal(compact.replace(",", "."))
    if amount > _LARGEST:
        raise ValidationError(_("The amount is too large: it is counted in million tenge."), code="too_large")
    if amount != amount.quantize(_THOUSANDTH):
        raise ValidationError(_("The amount may have at most three decimals."), code="over_precise")
    return amount.quantize(_THOUSANDTH)


def format_money(amount: Decimal | None) -> str:
    """The amount in the active language's number format, always with three decimals; "" for none."""
    return "" if amount is None else number_format(amount, decimal_pos=3, force_grouping=True)


class MoneyField(models.DecimalField):
    """Million tenge, three decimals, not negative."""

    default_validators = [MinValueValidator(Decimal(0), _("The amount must not be negative."))]

    def __init__(self, *args, **kwargs):
        kwargs |= {"max_digits": 15, "decimal_places": 3}
        super().__init__(*args, **kwargs)


class MoneyFormField(forms.CharField):
    """A text box for an amount: see `parse_money`. An empty box is None."""

    widget = forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off", "class": "num"})

    def to_python(self, value):
        text = super().to_python(value)
        return parse_money(text) if text else None

    def prepare_value(self, value):
        # Without grouping, so that what is shown can be typed.
        return number_format(value, decimal_pos=3) if isinstance(value, Decimal) else value
