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


class ChoiceForm(forms.Form):
    """`chosen(name)` is what was chosen, or what stands for it where nothing was or the value is wrong."""

    def chosen(self, name: str):
        self.is_valid()
        return self.cleaned_data.get(name) or self.fields[name].empty_value

    def _offer(self, name: str, label: str, choices: Iterable[tuple], nothing: str = _("all")) -> None:
        field = forms.TypedChoiceField(label=label, choices=[("", nothing), *choices], required=False, empty_value="")
        field.error_messages["invalid_choice"] = _("“%(value)s” is not known.")
        self.fields[name] = field


def _regions(regions: Iterable[Region]) -> list[tuple[str, str]]:
    return [(region.code, region.name) for region in regions]


class MoneyForm(ChoiceForm):
    """As of which half-year, and which lines of the plan."""

    def __init__(self, data, *, periods: list[Period], regions: list[Region], directions: list[Direction]):
        super().__init__(data, auto_id="id_%s")
        self.fields["period"] = PeriodField(_("As of the end of"), periods, periods[0])
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
        super().__init__(data, auto_id="id_%s")
        self.fields["period"] = PeriodField(_("As of the end of"), periods, periods[0])
        self._offer("region", _("Region"), _regions(regions), _("the whole country"))
        self._offer(
            "indicator",
            _("By region"),
            [(one.code, f"{one.title} ({one.stage.first_year}–{one.stage.last_year})") for one in indicators],
            _("do not show"),
        )
