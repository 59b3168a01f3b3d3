"""Query parameters of the reading pages."""

from collections import Counter

from django import forms
from django.utils.translation import gettext_lazy as _

from .models import Finding
from .source_lines import Passages, parse_lines


class LinesField(forms.CharField):
    """Line numbers as people write them: "120-125, 130"."""

    default_error_messages = {
        "invalid": _("Write line numbers from 1 to %(last)s, for example 120-125."),
    }

    def __init__(self, *, last_line: int, **kwargs):
        self.last_line = last_line
        super().__init__(max_length=200, **kwargs)

    def clean(self, value) -> Passages | None:
        text = super().clean(value)
        try:
            return parse_lines(text, self.last_line) if text else None
        except ValueError:
            raise forms.ValidationError(
                self.error_messages["invalid"], code="invalid", params={"last": self.last_line}
            ) from None


class SourceForm(forms.Form):
    """Which part of the source text to show."""

    def __init__(self, *args, last_line: int, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["lines"] = LinesField(label=_("Lines"), required=False, last_line=last_line)
        # The name of this parameter is a word of Python, so it cannot be declared as an attribute.
        self.fields["from"] = forms.IntegerField(
            label=_("Start at line"), required=False, min_value=1, max_value=last_line
        )


class FindingsForm(forms.Form):
    """The kind of finding; each choice says how many there are."""

    kind = forms.ChoiceField(label=_("Kind"), required=False)

    def __init__(self, *args, findings: list[Finding], **kwargs):
        super().__init__(*args, **kwargs)
        counts = Counter(finding.kind for finding in findings)
        self.fields["kind"].choices = [
            ("", _("all kinds (%(count)s)") % {"count": len(findings)}),
            *((kind, f"{label} ({counts[kind]})") for kind, label in Finding.Kind.choices),
        ]
