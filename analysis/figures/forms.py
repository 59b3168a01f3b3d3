"""What the pages of money, results and comparison are asked for in their addresses. The forms make no query."""

from collections.abc import Iterable

from django import forms
from django.utils.text import Truncator
from django.utils.translation import gettext_lazy as _

from activities.models import Indicator
from programme import calendar
from programme.models import Direction, FundingSource, Programme, Region
from reports.models import Period

from ..datasets.dataset import NO_REGION


def begun(programme: Programme, periods: Iterable[Period]) -> list[Period]:
    """Of the programme's half-years those that can be reported on and have not lapsed, newest first. No query."""
    today = calendar.today(programme.time_zone)
    return sorted(
        (period for period in periods if period.ends_on < today and not period.is_lapsed),
        key=lambda period: period.starts_on,
        reverse=True,
    )


class PeriodField(forms.TypedChoiceField):
    """One of the half-years, by its code; `empty_value` if none is named."""

    def __init__(self, label: str, periods: Iterable[Period], empty_value: Period | None = None):
        known = {period.code: period for period in periods}
        super().__init__(
            label=label,
            required=False,
            choices=[(code, period.title) for code, period in known.items()],
            coerce=known.get,
            empty_value=empty_value,
        )
        self.error_messages["invalid_choice"] = _("“%(value)s” is not a half-year that has been reported on.")


def _choice(label: str, choices: Iterable[tuple], default: str = "") -> forms.TypedChoiceField:
    field = forms.TypedChoiceField(label=label, choices=list(choices), required=False, empty_value=default)
    field.error_messages["invalid_choice"] = _("“%(value)s” is not known.")
    return field


class ChoiceForm(forms.Form):
    """`chosen(name)` is what was chosen, or what stands for it where nothing was or the value is wrong."""

    def __init__(self, data):
        super().__init__(data.copy(), auto_id="id_%s")

    def _add(self, name: str, field: forms.TypedChoiceField) -> None:
        """What stands for no choice is shown as chosen."""
        self.fields[name] = field
        default = field.empty_value
        if default and not self.data.get(name):
            self.data[name] = default.code if isinstance(default, Period) else default

    def chosen(self, name: str):
        self.is_valid()
        return self.cleaned_data.get(name) or self.fields[name].empty_value

    def _offer(self, name: str, label: str, choices: Iterable[tuple], *, nothing: str = _("all")) -> None:
        self._add(name, _choice(label, [("", nothing), *choices]))


def _regions(regions: Iterable[Region]) -> list[tuple[str, str]]:
    return [(region.code, region.name) for region in regions]


class MoneyForm(ChoiceForm):
    """As of which half-year, and which lines of the plan."""

    def __init__(self, data, *, periods: list[Period], regions: list[Region], directions: list[Direction]):
        super().__init__(data)
        self._add("period", PeriodField(_("As of the end of"), periods, periods[0]))
        self._offer("source", _("Funding source"), FundingSource.choices)
        self._offer("region", _("Region"), [(NO_REGION, _("republican level")), *_regions(regions)])
        self._offer(
            "direction",
            _("Direction"),
            [(one.code, f"{one.code}. {Truncator(one.title).chars(60)}") for one in directions],
        )

    @property
    def narrows(self) -> bool:
        return any(self.chosen(name) for name in ("source", "region", "direction"))


class ResultsForm(ChoiceForm):
    """As of which half-year, of which region, and what to show region by region."""

    def __init__(self, data, *, periods: list[Period], regions: list[Region], indicators: list[Indicator]):
        super().__init__(data)
        self._add("period", PeriodField(_("As of the end of"), periods, periods[0]))
        self._offer("region", _("Region"), _regions(regions), nothing=_("the whole country"))
        self._offer(
            "indicator",
            _("By region"),
            [(one.code, f"{one.title} ({one.stage.first_year}–{one.stage.last_year})") for one in indicators],
            nothing=_("do not show"),
        )


class PairForm(ChoiceForm):
    """Two different things of one kind. `pair` is what was chosen, None while it is not two."""

    same = ""

    @property
    def chosen_region(self) -> str:
        """The region that both sides are of, if there is one."""
        return self.chosen("region") if "region" in self.fields else ""

    def clean(self):
        chosen = self.cleaned_data.get("first"), self.cleaned_data.get("second")
        if all(chosen) and chosen[0] == chosen[1]:
            self.add_error("second", forms.ValidationError(self.same, code="same"))
        return self.cleaned_data

    @property
    def pair(self) -> tuple | None:
        if not self.is_valid():
            return None
        chosen = self.cleaned_data["first"], self.cleaned_data["second"]
        return chosen if all(chosen) else None


class PeriodsForm(PairForm):
    """Two half-years, of the whole programme or of one region; by default the two latest."""

    same = _("Choose two different half-years.")

    def __init__(self, data, *, periods: list[Period], regions: list[Region]):
        super().__init__(data)
        latest, before = (*periods, None)[:2]
        self._add("first", PeriodField(_("One half-year"), periods, before))
        self._add("second", PeriodField(_("The other half-year"), periods, latest))
        self._offer("region", _("Region"), _regions(regions), nothing=_("the whole programme"))


class RegionsForm(PairForm):
    """Two regions as of the end of a half-year; by default the reader's own, or the first, and the next."""

    same = _("Choose two different regions.")

    def __init__(self, data, *, periods: list[Period], regions: list[Region], own: Region | None):
        super().__init__(data)
        first = own or regions[0]
        second = next((region for region in regions if region != first), None)
        self._add("first", _choice(_("One region"), _regions(regions), first.code))
        self._add("second", _choice(_("The other region"), _regions(regions), second.code if second else ""))
        self._add("period", PeriodField(_("As of the end of"), periods, periods[0]))
