"""Fields that several forms have."""

import re

from django import forms
from django.core.validators import RegexValidator
from django.utils.translation import gettext_lazy as _

# Word and PDF leave these in pasted text. Nobody sees them, and documents cannot hold them. NUL is refused instead.
_INVISIBLE = re.compile("[\x01-\x08\x0e-\x1f\x7f\u200b\u2060\ufeff\ufffe\uffff]")
_BREAKS = re.compile("\r\n|[\r\x0b\x0c\x85\u2028\u2029]")


class LongTextField(forms.CharField):
    """A text of several lines as people paste it: line breaks of one kind, no invisible characters."""

    def __init__(self, *, rows: int, **kwargs):
        super().__init__(widget=forms.Textarea(attrs={"rows": rows}), **kwargs)

    def to_python(self, value):
        return _INVISIBLE.sub("", _BREAKS.sub("\n", super().to_python(value)))

    def widget_attrs(self, widget):
        # With `maxlength` a browser cuts a pasted text short and says nothing; the form says how much is too much.
        return {}


class DayField(forms.DateField):
    """A date, from the browser's calendar or typed as 31.12.2009."""

    def __init__(self, **kwargs):
        widget = forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})
        super().__init__(widget=widget, input_formats=["%Y-%m-%d", "%d.%m.%Y"], **kwargs)


class CountField(forms.CharField):
    """A whole number of things, with or without spaces between groups of digits. An empty box is None."""

    widget = forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off", "class": "num"})
    default_validators = [RegexValidator(r"^[0-9]{1,9}$", _("Enter a whole number, for example 120."))]

    def to_python(self, value):
        return re.sub(r"\s", "", super().to_python(value))

    def clean(self, value):
        text = super().clean(value)
        return int(text) if text else None
