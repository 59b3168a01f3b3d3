"""Which rows and columns of a dataset: the query string of its page, its files and its saved views."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from django import forms
from django.core.exceptions import ValidationError
from django.utils.text import Truncator
from django.utils.translation import gettext_lazy as _

from activities.models import Activity, Deadline, Responsibility
from programme.models import FundingSource
from reports.models import Entry, Submission, SubmissionEvent

from ..models import SavedView
from .dataset import FILED, NO_REGION, Dataset
from .things import Things

Choices = Iterable[tuple[str, str]]


@dataclass(frozen=True)
class Filter:
    label: str
    choices: Callable[[Things], Choices]


def _periods(things: Things) -> Choices:
    """Half-years of several programmes share their codes."""
    return {period.code: f"{period.code}, {period.title}" for period in things.periods}.items()


def _years(things: Things) -> Choices:
    years = {year for programme in things.programmes for year in programme.years}
    # Yearly reports on the last year are due in the next.
    return [(str(year), str(year)) for year in sorted(years | {year + 1 for year in years})]


def _sections(things: Things) -> Choices:
    return {str(section.number): Truncator(section.title).chars(60) for section in things.sections}.items()


def _indicators(things: Things) -> Choices:
    """What is counted in both stages is told apart by their years."""
    told = {one.code: f"{one.title} ({one.stage.first_year}–{one.stage.last_year})" for one in things.indicators}
    return told.items()


def _labels(choices) -> Callable[[Things], Choices]:
    return lambda things: choices.choices


FILTERS: dict[str, Filter] = {
    "programme": Filter(_("Programme"), lambda things: [(one.slug, one.short_title) for one in things.programmes]),
    "period_from": Filter(_("From half-year"), _periods),
    "period_to": Filter(_("To half-year"), _periods),
    "agency": Filter(_("Agency"), lambda things: [(one.code, one.short_name) for one in things.agencies]),
    "region": Filter(_("Region"), lambda things: [(one.code, one.name) for one in things.regions]),
    "section": Filter(_("Section"), _sections),
    "year": Filter(_("Year"), _years),
    "year_to": Filter(_("Up to year"), _years),
    "due_year": Filter(_("Year"), _years),
    "source": Filter(_("Funding source"), _labels(FundingSource)),
    "funding": Filter(_("Funding source"), _labels(Activity.Funding)),
    "indicator": Filter(_("Indicator"), _indicators),
    "state": Filter(_("State"), lambda things: [(FILED, _("filed")), *Submission.State.choices]),
    "status": Filter(_("Status"), _labels(Entry.Status)),
    "role": Filter(_("Role"), _labels(Responsibility.Role)),
    "kind": Filter(_("Kind"), _labels(Deadline.Kind)),
    "action": Filter(_("Step"), _labels(SubmissionEvent.Action)),
}


class Headings(forms.ChoiceField):
    """What the first row of a file holds."""

    WORDS, NAMES = "words", "names"

    def __init__(self):
        super().__init__(
            label=_("Heading row"),
            choices=[(self.WORDS, _("words in your language")), (self.NAMES, _("machine names"))],
            required=False,
        )


class DatasetForm(forms.Form):
    """The filters that the dataset has, what the heading row holds, and the columns; none ticked means all."""

    def __init__(self, data, *, dataset: type[Dataset], things: Things):
        super().__init__(data, auto_id="id_%s")
        self.filter_names = [name for name in FILTERS if name in dataset.filters]
        for name in self.filter_names:
            choices = [("", _("all")), *FILTERS[name].choices(things)]
            if name == "region" and isinstance(dataset.filters[name], str):
                choices.append((NO_REGION, _("central level")))
            self.fields[name] = forms.ChoiceField(label=FILTERS[name].label, choices=choices, required=False)
        self.fields["headings"] = Headings()
        self.fields["columns"] = forms.MultipleChoiceField(
            label=_("Columns"),
            choices=[(name, column.heading) for name, column in dataset.fields.items()],
            widget=forms.CheckboxSelectMultiple,
            required=False,
        )
        for name in [*self.filter_names, "headings", "columns"]:
            self.fields[name].error_messages["invalid_choice"] = _("“%(value)s” is not known.")

    def clean(self):
        first, last = self.cleaned_data.get("period_from"), self.cleaned_data.get("period_to")
        if first and last and first > last:
            self.add_error(
                "period_to",
                ValidationError(_("The last half-year must not be before the first."), code="order"),
            )
        return self.cleaned_data

    @property
    def chosen(self) -> dict[str, str]:
        """The filters in use, by name. Of a valid form."""
        return {name: self.cleaned_data[name] for name in self.filter_names if self.cleaned_data[name]}

    @property
    def columns(self) -> list[str]:
        """Machine names in the dataset's order, never none. Of a valid form."""
        known = [name for name, _heading in self.fields["columns"].choices]
        return [name for name in known if name in self.cleaned_data["columns"]] or known

    @property
    def is_named(self) -> bool:
        return self.cleaned_data["headings"] == Headings.NAMES

    def in_words(self) -> list[tuple[str, str]]:
        """The filters in use, as labels. Of a valid form."""
        return [
            (str(self.fields[name].label), str(dict(self.fields[name].choices)[value]))
            for name, value in self.chosen.items()
        ]


class SaveViewForm(forms.ModelForm):
    class Meta:
        model = SavedView
        fields = ["name"]
        help_texts = {"name": _("A view of yours with the same name is replaced.")}
