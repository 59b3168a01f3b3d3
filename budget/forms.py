"""Query parameters of the budget page."""

from collections.abc import Iterable

from django import forms
from django.utils.translation import gettext_lazy as _

from programme.models import FundingSource, Region

REPUBLICAN_LEVEL = "none"


class BudgetForm(forms.Form):
    """Year, source and region of the lines to show; `region=none` is the republican level. Makes no query."""

    year = forms.TypedChoiceField(label=_("Year"), required=False, coerce=int, empty_value=None)
    source = forms.ChoiceField(
        label=_("Funding source"), required=False, choices=[("", _("all")), *FundingSource.choices]
    )
    region = forms.ChoiceField(label=_("Region"), required=False)

    def __init__(self, *args, years: Iterable[int], regions: Iterable[Region], **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["year"].choices = [("", _("all")), *((year, str(year)) for year in years)]
        self.fields["region"].choices = [
            ("", _("all")),
            (REPUBLICAN_LEVEL, _("republican level")),
            *((region.code, region.name) for region in regions),
        ]

    @property
    def lookups(self) -> dict:
        """The chosen conditions as filters of BudgetLine; none while a value is wrong."""
        if not self.is_valid():
            return {}
        lookups = {"year": self.cleaned_data["year"], "source": self.cleaned_data["source"]}
        region = self.cleaned_data["region"]
        if region == REPUBLICAN_LEVEL:
            lookups["region__isnull"] = True
        elif region:
            lookups["region__code"] = region
        return {name: value for name, value in lookups.items() if value}
