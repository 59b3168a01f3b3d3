"""The query of the page behind a number."""

from django import forms
from django.utils.text import capfirst
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from programme.models import FundingSource

from ..consolidation.structure import Report, Rollup
from ..consolidation.tracing import FILTERS, NEEDED, NOT_FILED, REGIONS, REPUBLICAN, Measure, Where
from ..documents.wording import Wording
from ..models import Entry, Submission
from ..timeliness import Timing


class BehindForm(forms.Form):
    """The query of tracing.behind. What the report does not know, and what makes no sense together, is refused."""

    measure = forms.ChoiceField(label=_("What is counted"), choices=Measure.choices)
    source = forms.ChoiceField(label=_("Funding source"), required=False, choices=FundingSource.choices)
    year = forms.IntegerField(label=_("Year"), required=False)
    region = forms.ChoiceField(label=_("Region"), required=False)
    activity = forms.TypedChoiceField(label=_("Activity"), required=False, coerce=int, empty_value=None)
    indicator = forms.SlugField(label=_("Indicator"), required=False)
    status = forms.ChoiceField(label=_("Answer"), required=False, choices=Entry.Status.choices)
    state = forms.CharField(label=_("State"), required=False)
    timing = forms.ChoiceField(
        label=_("Deadline"), required=False, choices=[*Timing.choices, (NOT_FILED, _("Not filed"))]
    )
    agency = forms.ChoiceField(label=_("Body"), required=False)

    def __init__(self, *args, report: Report, words: Wording, **kwargs):
        super().__init__(*args, **kwargs)
        self.activities = {part["ordinal"]: part for section in report["sections"] for part in section["activities"]}
        self.fields["activity"].choices = [
            (ordinal, f"{words.number(part)}. {words.text(part['title'])}") for ordinal, part in self.activities.items()
        ]
        self.fields["region"].choices = [
            (REPUBLICAN, words.region_name(None)),
            (REGIONS, _("All regions")),
            *((region["region"], words.text(region["name"])) for region in report["regions"]),
        ]
        self.fields["agency"].choices = [(code, words.name(code)) for code in report["bodies"]]
        self.words = words

    def clean(self):
        if unknown := set(self.data) - set(self.fields) - {"number"}:
            raise forms.ValidationError(
                gettext("The address asks for something that the portal does not know: %(names)s"),
                params={"names": ", ".join(sorted(unknown))},
            )
        given = {name for name, value in self.cleaned_data.items() if value not in (None, "")} - {"measure"}
        measure = self.cleaned_data.get("measure")
        if not measure or self.errors:
            return
        for name in sorted(given - FILTERS[measure]):
            self.add_error(name, gettext("does not apply to this number"))
        for name in sorted(NEEDED.get(measure, set()) - given):
            self.add_error(name, gettext("has to be given for this number"))
        if self.errors:
            return
        self._check_state(measure)
        self._check_indicator()

    def _check_state(self, measure: str) -> None:
        choices = Submission.State if measure == Measure.FILING else Rollup
        state = self.cleaned_data["state"]
        if state and state not in choices.values:
            self.add_error("state", gettext("there is no such state"))

    def _check_indicator(self) -> None:
        code = self.cleaned_data["indicator"]
        if code and code not in {part["code"] for part in self.activities[self.cleaned_data["activity"]]["indicators"]}:
            self.add_error("indicator", gettext("the activity has no such indicator in this half-year"))

    @property
    def where(self) -> Where:
        given = {name: value for name, value in self.cleaned_data.items() if value not in (None, "")}
        return Where(**given | {"measure": Measure(given["measure"])})

    @property
    def in_words(self) -> list[tuple[str, str]]:
        """The filters that are set: label and value."""
        where = self.where
        return [
            (self.fields[name].label, self._word(name, value, where))
            for name in self.fields
            if name != "measure" and (value := getattr(where, name)) is not None
        ]

    def _word(self, name: str, value: str | int, where: Where) -> str:
        if name == "state":
            return capfirst((Submission.State if where.measure == Measure.FILING else Rollup)(value).label)
        if name == "indicator":
            indicators = self.activities[where.activity]["indicators"]
            return self.words.text(next(part["title"] for part in indicators if part["code"] == value))
        choices = dict(getattr(self.fields[name], "choices", ()))
        return capfirst(choices.get(value, value))
