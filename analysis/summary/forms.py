"""Up to which half-year of which programme a summary goes."""

from itertools import groupby

from django import forms
from django.utils.translation import gettext_lazy as _

from programme import calendar
from reports.models import Period


class SummaryForm(forms.Form):
    """Half-years that have begun to be reported on, newest first; the latest one if none is named. One query."""

    until = forms.TypedChoiceField(label=_("Spending up to"), required=False, empty_value=None)

    def __init__(self, data=None):
        super().__init__(data)
        opened = Period.objects.opened(calendar.today()).select_related("programme")
        ordered = opened.order_by("-programme__first_year", "programme__slug", "-starts_on")
        self.periods = {f"{one.programme.slug}/{one.code}": one for one in ordered if not one.is_lapsed}
        field = self.fields["until"]
        field.coerce = self.periods.get
        field.choices = [
            (programme.short_title, [(key, period.title) for key, period in group])
            for programme, group in groupby(self.periods.items(), key=lambda item: item[1].programme)
        ]

    @property
    def period(self) -> Period | None:
        """The chosen one; None if there is no such."""
        if not self.is_valid():
            return None
        return self.cleaned_data["until"] or next(iter(self.periods.values()), None)
