"""What is offered for verification: a hash or a file."""

from django import forms
from django.utils.translation import gettext_lazy as _

from ..consolidation.verification import read_hash

TOO_LARGE = _("The file is larger than 20 MB. Enter its SHA-256 instead.")


class VerificationForm(forms.Form):
    """`too_large`: a file came along that was not kept."""

    sha256 = forms.CharField(
        label="SHA-256",
        required=False,
        max_length=500,
        help_text=_("The 64 digits and letters that stand in the document. Spaces and capitals do not matter."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false"}),
    )
    file = forms.FileField(
        label=_("or a file"),
        required=False,
        allow_empty_file=True,
        help_text=_("The report as PDF, Word, Excel or JSON, up to 20 MB. It is checked and not kept."),
    )

    def __init__(self, *args, too_large: bool = False, **kwargs):
        super().__init__(*args, **kwargs)
        self.too_large = too_large

    def clean_sha256(self) -> str:
        text = self.cleaned_data["sha256"]
        sha256 = read_hash(text)
        if text and not sha256:
            raise forms.ValidationError(
                _("A SHA-256 has 64 signs, digits and letters from a to f. Check what you entered, or choose a file.")
            )
        return sha256 or ""

    def clean_file(self):
        if self.too_large:
            raise forms.ValidationError(TOO_LARGE)
        return self.cleaned_data["file"]

    def clean(self):
        found = super().clean()
        if self.errors:
            return found
        if found["sha256"] and found["file"]:
            self.add_error("sha256", _("Enter the hash or choose a file, not both."))
        elif not found["sha256"] and found["file"] is None:
            self.add_error("sha256", _("Enter a hash or choose a file."))
        return found
