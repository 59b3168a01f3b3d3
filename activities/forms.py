"""Query parameters of the plan."""

from collections.abc import Iterable

from django import forms
from django.core.exceptions import ValidationError
from django.utils.text import Truncator
from django.utils.translation import gettext_lazy as _

from programme.models import Agency, Region

from .models import Activity, Section


class _Date(forms.DateInput):
    input_type = "date"

    def __init__(self):
        super().__init__(format="%Y-%m-%d")


class PlanForm(forms.Form):
    """Filters of the plan: the keywords of `narrow`. Choices come loaded, so it makes no query."""

    words = forms.CharField(label=_("Words"), required=False, max_length=100)
    section = forms.ChoiceField(label=_("Section"), required=False)
    agency = forms.ChoiceField(label=_("Agency"), required=False)
    region = forms.ChoiceField(label=_("Region"), required=False)
    funding = forms.ChoiceField(label=_("Funding"), required=False)
    year = forms.ChoiceField(label=_("Year"), required=False)
    due_from = forms.DateField(label=_("Due from"), required=False, widget=_Date)
    due_to = forms.DateField(label=_("Due to"), required=False, widget=_Date)

    def __init__(
        self,
        *args,
        sections: Iterable[Section],
        agencies: Iterable[Agency],
        regions: Iterable[Region],
        years: Iterable[int],
        **kwargs,
    ):
        super().__init__(*args, **kwargs)
        choices = {
            "section": [(str(section.number), Truncator(section.title).chars(60)) for section in sections],
            "agency": [(agency.code, agency.short_name) for agency in agencies],
            "region": [(region.code, region.name) for region in regions],
            "funding": Activity.Funding.choices,
            "year": [(str(year), str(year)) for year in years],
        }
        for name, options in choices.items():
            self.fields[name].choices = [("", _("all")), *options]

    def clean(self):
        due_from, due_to = self.cleaned_data.get("due_from"), self.cleaned_data.get("due_to")
        if due_from and due_to and due_from > due_to:
            self.add_error("due_to", ValidationError(_("The last date must not be before the first."), code="order"))
        return self.cleaned_data
