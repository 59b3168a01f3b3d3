"""Which activities the timeline shows; and what the address of a calendar is asked for."""

from collections.abc import Iterable

from django import forms
from django.utils.text import Truncator, capfirst
from django.utils.translation import gettext_lazy as _

from accounts.access import LIFETIMES, SecretForm
from activities.models import Section
from programme.models import Agency
from reports.consolidation.structure import Rollup


class TimelineForm(forms.Form):
    """Which activities are shown. Choices come loaded, so it makes no query."""

    section = forms.ChoiceField(label=_("Section"), required=False)
    agency = forms.ChoiceField(label=_("Agency"), required=False)
    state = forms.ChoiceField(label=_("State in the latest half-year"), required=False)

    def __init__(self, *args, sections: Iterable[Section], agencies: Iterable[Agency], **kwargs):
        super().__init__(*args, **kwargs)
        choices = {
            "section": [(str(section.number), Truncator(section.title).chars(60)) for section in sections],
            "agency": [(agency.code, agency.short_name) for agency in agencies],
            "state": [(value, capfirst(label)) for value, label in Rollup.choices],
        }
        for name, options in choices.items():
            self.fields[name].choices = [("", _("all")), *options]


class AddressForm(SecretForm):
    """A secret address to subscribe to. People forget a calendar, so it lasts as long as one can."""

    def __init__(self, *args, by, **kwargs):
        super().__init__(*args, by=by, **kwargs, initial={"days": LIFETIMES[-1][0]})
        self.fields["name"].help_text = _("Where you will use it, for example: Outlook at work.")
