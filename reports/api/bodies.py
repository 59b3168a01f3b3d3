"""What requests carry: JSON of bounded size that is understood in full, and then checked by the forms of the pages."""

import re
from collections.abc import Mapping

from django import forms
from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from rest_framework import parsers, serializers
from rest_framework.utils import json

from programme.problems import FieldError, Problem

_SURROGATE = re.compile(r"\\u[dD][89a-fA-F]")


class JSONBody(parsers.JSONParser):
    """JSON in UTF-8, no larger than what a page may send, and only of characters that can be stored and sent back."""

    def parse(self, stream, media_type=None, parser_context=None):
        content = stream.read(settings.DATA_UPLOAD_MAX_MEMORY_SIZE + 1)
        if len(content) > settings.DATA_UPLOAD_MAX_MEMORY_SIZE:
            raise Problem(413, "too_large", _("The request is larger than 12 MB."))
        try:
            text = content.decode("utf-8-sig")
            data = json.loads(text, parse_constant=json.strict_constant)
            if _SURROGATE.search(text):
                json.dumps(data, ensure_ascii=False).encode()
        except (ValueError, RecursionError) as error:
            raise Problem(400, "malformed", _("The request is not valid JSON in UTF-8.")) from error
        return data


# These classes have comments instead of docstrings, which the schema would show to its readers.


# An object of a request. A member that is not known is an error: a misspelt name must not lose what was sent.
# Members that the portal itself gives (read-only) may be sent back; they are not read.
class Body(serializers.Serializer):
    def to_internal_value(self, data):
        errors = {}
        if isinstance(data, Mapping):
            errors = {name: [_("This field is not known.")] for name in data if name not in self.fields}
            # A nested object is always whole, also where the request changes a part of what it is in.
            if self.parent is not None:
                missing = (name for name, field in self.fields.items() if field.required and name not in data)
                errors |= {name: [self.fields[name].error_messages["required"]] for name in missing}
        try:
            found = super().to_internal_value(data)
        except serializers.ValidationError as error:
            errors |= error.detail
        if errors:
            raise serializers.ValidationError(errors)
        return found


# Text and nothing else: a number is not taken for its digits. The forms of the pages cut blanks and check the length.
class Text(serializers.CharField):
    default_error_messages = {"invalid": gettext_lazy("Write this as a string.")}

    def __init__(self, **kwargs):
        super().__init__(**{"allow_blank": True, "trim_whitespace": False} | kwargs)

    def to_internal_value(self, data):
        if not isinstance(data, str):
            self.fail("invalid")
        return data


# An amount as a string: a JSON number is a float in most programs, and no float may become money.
class Amount(Text):
    default_error_messages = {"invalid": gettext_lazy('Write the amount as a string, such as "12.500".')}


# A whole number as a JSON number.
class Count(serializers.IntegerField):
    default_error_messages = {"invalid": gettext_lazy("Enter a whole number, for example 120.")}

    def to_internal_value(self, data):
        if isinstance(data, bool) or not isinstance(data, int):
            self.fail("invalid")
        return data


def checked(form: forms.Form, places: dict[str, str] | None = None) -> dict:
    """What a valid form understood; else a problem that says where in the request each error is.

    `places`: pointers by the form's field, "#/<field>" unless given.
    """
    if form.is_valid():
        return form.cleaned_data
    errors = [
        FieldError((places or {}).get(field, "#" if field == forms.forms.NON_FIELD_ERRORS else f"#/{field}"), message)
        for field, messages in form.errors.items()
        for message in messages
    ]
    raise invalid(errors)


def invalid(errors: list[FieldError]) -> Problem:
    return Problem(400, "invalid", _("The request was not understood. Nothing was saved."), errors=errors)
