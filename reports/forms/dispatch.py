"""What a coordinator types when the consolidated report goes out. `reports.consolidation.finalising` stores it."""

import datetime

from django import forms
from django.utils.translation import gettext_lazy as _

from programme import calendar

from ..consolidation.finalising import finalised_on
from ..models import ConsolidatedReport
from .fields import DayField


class SendForm(forms.Form):
    number = forms.CharField(label=_("Outgoing number"), max_length=40, help_text=_("For example 12-3/1045."))
    dated = DayField(label=_("Outgoing date"))
    addressee = forms.CharField(label=_("Addressee"), max_length=200)

    def __init__(self, data=None, *, report: ConsolidatedReport):
        self.report = report
        self.today = calendar.today(report.period.programme.time_zone)
        addressee = _("To the Government of the Republic of Kazakhstan")
        super().__init__(data, initial={"dated": self.today, "addressee": addressee})

    def clean_dated(self) -> datetime.date:
        dated = self.cleaned_data["dated"]
        if dated > self.today:
            raise forms.ValidationError(_("The outgoing date lies in the future."))
        if dated < finalised_on(self.report):
            raise forms.ValidationError(_("The report cannot have gone out before it was finalised."))
        return dated
