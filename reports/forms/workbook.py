"""What a reporter uploads. `reports.workbook` reads it."""

from django import forms
from django.utils.translation import gettext_lazy as _


class WorkbookForm(forms.Form):
    """`is_too_large`: a file came along that was not kept."""

    file = forms.FileField(
        label=_("Filled-in workbook"),
        help_text=_("The .xlsx file that you downloaded here and filled in, up to 20 MB."),
        widget=forms.FileInput(attrs={"accept": ".xlsx"}),
    )

    def __init__(self, *args, is_too_large: bool = False, **kwargs):
        super().__init__(*args, **kwargs)
        self.is_too_large = is_too_large
        if is_too_large:
            self.fields["file"].required = False

    def clean_file(self):
        if self.is_too_large:
            raise forms.ValidationError(_("The file is larger than 20 MB. Remove pictures and sheets of your own."))
        return self.cleaned_data["file"]
