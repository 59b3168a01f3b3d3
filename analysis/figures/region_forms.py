"""What the map and the page of a region show: query parameters that can be sent to a colleague."""

from django.utils.translation import gettext_lazy as _

from programme.models import Programme
from reports.models import Period

from .forms import ChoiceForm, PeriodField, begun
from .regions import MEASURES, Measure, RegionFigures

_MONEY = ("planned", "planned_whole", "spent", "spent_whole", "share_spent")


class RegionForm(ChoiceForm):
    """As of the end of which half-year, the latest if none is named. One query.

    Before the first half-year has ended that one stands there alone: the plan's money can be seen already.
    """

    def __init__(self, data, *, programme: Programme):
        super().__init__(data)
        periods = list(programme.periods.order_by("starts_on"))
        offered = begun(programme, periods) or [period for period in periods if not period.is_lapsed][:1]
        self.fields["period"] = PeriodField(_("As of the end of"), offered, next(iter(offered), None))

    @property
    def until(self) -> Period | None:
        """None for a programme without half-years."""
        return self.chosen("period")


class MapForm(RegionForm):
    """And which measure; the first one if none is named."""

    def offer(self, figures: RegionFigures) -> Measure:
        """The measures of the half-year, whose indicators are those of its stage. Returns the chosen one."""
        groups = {
            _("Reports and activities"): [one for one in MEASURES.values() if one.code not in _MONEY],
            _("Money"): [MEASURES[code] for code in _MONEY],
            _("Indicators of the stage"): [one for one in figures.measures.values() if one.indicator],
        }
        self._offer("measure", _("What the map shows"), [])
        field = self.fields["measure"]
        field.choices = [(title, [(one.code, one.title) for one in group]) for title, group in groups.items() if group]
        field.error_messages["invalid_choice"] = _(
            "“%(value)s” is not known, or not counted in the stage of this half-year."
        )
        self.order_fields(["measure", "period"])
        self.full_clean()
        return figures.measures[self.chosen("measure") or next(iter(MEASURES))]
