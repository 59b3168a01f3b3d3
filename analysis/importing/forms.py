"""What a coordinator uploads."""

from django import forms
from django.utils.translation import gettext_lazy as _

from reports.attachments import too_large


class ImportForm(forms.Form):
    """`oversized`: names of files that came along and were too large to be kept."""

    file = forms.FileField(
        label=_("File"),
        allow_empty_file=True,
        help_text=_("Excel workbook (.xlsx) or CSV, up to 20 MB. Of a workbook the first sheet is read."),
    )

    def __init__(self, *args, oversized: tuple[str, ...] = (), **kwargs):
        super().__init__(*args, **kwargs)
        self.oversized = oversized
        self.fields["file"].widget.attrs["accept"] = ".xlsx,.csv"

    def clean(self):
        if self.oversized:
            self.errors.pop("file", None)
            self.add_error("file", too_large(self.oversized[0]))
        return self.cleaned_data
