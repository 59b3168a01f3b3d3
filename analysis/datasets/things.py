"""What rows point to: few records with long words, loaded once and looked up by their keys."""

from functools import cached_property

from activities.models import Activity, Indicator, Section
from budget.models import BudgetLine
from programme.models import Agency, Programme, Region
from reports.models import Period


class Things:
    """Each kind costs one query when it is first asked for."""

    @cached_property
    def programmes(self) -> list[Programme]:
        return list(Programme.objects.order_by("first_year", "slug"))

    @cached_property
    def periods(self) -> list[Period]:
        return list(Period.objects.select_related("programme").order_by("starts_on", "programme__slug"))

    @cached_property
    def agencies(self) -> list[Agency]:
        return list(Agency.objects.select_related("region").order_by("ordinal", "code"))

    @cached_property
    def regions(self) -> list[Region]:
        return list(Region.objects.order_by("ordinal", "code"))

    @cached_property
    def sections(self) -> list[Section]:
        return list(Section.objects.order_by("programme__slug", "number"))

    @cached_property
    def activities(self) -> list[Activity]:
        return list(Activity.objects.select_related("programme", "section").order_by("programme__slug", "ordinal"))

    @cached_property
    def lines(self) -> list[BudgetLine]:
        return list(BudgetLine.objects.order_by("activity__programme__slug", "activity__ordinal", "ordinal", "pk"))

    @cached_property
    def indicators(self) -> list[Indicator]:
        return list(Indicator.objects.select_related("stage").order_by("activity__ordinal", "ordinal", "pk"))

    def called(self, name: str) -> list:
        """Those that columns name by `of`."""
        return getattr(self, _CALLED[name])


_CALLED = {
    "period": "periods",
    "agency": "agencies",
    "region": "regions",
    "activity": "activities",
    "line": "lines",
    "indicator": "indicators",
}
