"""What agencies report: texts, money, indicators. Filed entries, and drafts for those who write them."""

from collections import defaultdict
from collections.abc import Iterator
from decimal import Decimal
from itertools import groupby, islice
from operator import itemgetter

from django.db.models import Case, F, OuterRef, Subquery, Sum, Value, When
from django.utils.translation import gettext_lazy as _

from activities.models import DocumentKind
from budget.models import Clarification
from reports.models import Entry, IndicatorValue, Spending

from ..writing.table import Kind
from .columns import Column, codes
from .dataset import Dataset
from .shared import OfActivity, OfAgency, OfBody, OfLine, OfPeriod, OfReport
from .things import Things

DEMONSTRATION = _("Demonstration data"), _("Yes: made-up data of a demonstration account.")
_SHARE = Decimal("0.0001")


class Entries(OfPeriod, OfAgency, OfActivity, OfReport):
    name = "entries"
    title = _("Entries of reports")
    description = _("One row for each activity that an agency reported on in a half-year.")
    keys = {"period": "submission__period", "agency": "submission__agency", "activity": "activity"}
    filters = {
        "programme": "submission__period__programme__slug",
        "period_from": "submission__period__code__gte",
        "period_to": "submission__period__code__lte",
        "agency": "submission__agency__code",
        "region": "submission__agency__region__code",
        "section": "activity__section__number",
        "state": "submission__state",
        "status": "status",
    }
    made_up = "updated_by__is_demonstration"

    status = Column(_("Status, code"), codes(Entry.Status))
    status_name = Column(_("Status"), _("The status in words."), attribute="status", labels=Entry.Status)
    narrative = Column(_("What was done"), _("As the agency wrote it."))
    reason = Column(_("Reason"), _("Why there is nothing to report, or why it is delayed."))
    next_step = Column(_("Next step"), _("What will be done next."))
    completed_on = Column(_("Completed on"), _("When it was completed; empty where that is not said."), Kind.DATE)
    document = Column(_("Document, code"), _("The document that shows the completion."), attribute="document_kind")
    document_name = Column(_("Document"), _("The same in words."), attribute="document_kind", labels=DocumentKind)
    document_number = Column(_("Number of the document"), _("Empty where the document has none."))
    document_date = Column(_("Date of the document"), _("Its date."), Kind.DATE)
    spent = Column(
        _("Spent in the half-year, million tenge"),
        _("Over all budget lines of the activity. Sums up over all rows; empty: nothing stated."),
        Kind.MONEY,
    )
    updated_at = Column(_("Last changed"), _("When the entry was last changed."), Kind.MOMENT)
    demonstration = Column(*DEMONSTRATION, Kind.BOOLEAN, attribute=made_up)

    def visible(self):
        spent = Spending.objects.filter(entry=OuterRef("pk")).order_by().values("entry").annotate(sum=Sum("amount"))
        return (
            Entry.objects.visible_to(self.user)
            .annotate(state=F("submission__state"), spent=Subquery(spent.values("sum")))
            .order_by("submission__period__starts_on", "submission__agency__ordinal", "activity__ordinal", "pk")
        )


class Running(Dataset):
    """Figures that add up along a series of half-years: what a body spent on one purpose, or counted of one thing.

    A filter chooses rows and never changes a figure: what came before a chosen row counts, chosen or not. Rows come
    series by series, oldest half-year first, so that only one series is kept in mind. `needs` begin with the paths
    that name the series, `series` of them; `late`: the filters that choose rows of a series and not whole series.
    """

    series = 0
    late = ("period_from", "state")

    def facts(self, names, limit=None):
        if not any(name in self.derived for name in names):
            return super().facts(names, limit)
        late = self.condition(only=self.late)
        is_wanted = Case(When(late, then=Value(True)), default=Value(False)) if late else Value(True)
        found = self.visible().filter(self.condition(without=self.late)).annotate(is_wanted=is_wanted)
        asked = [name for name in names if name not in self.derived]
        stored = list(dict.fromkeys([*self.needs, "is_wanted", *asked]))
        wanted = len(self.derived) + stored.index("is_wanted")
        rows = (row for row in self.derive(self._read(found, stored, None)) if row[wanted])
        return [*self.derived, *stored], islice(rows, limit)

    def derive(self, rows):
        for _series, of_series in groupby(rows, key=itemgetter(*range(self.series))):
            yield from self.derive_series(of_series)

    def derive_series(self, rows: Iterator[tuple]) -> Iterator[tuple]:
        raise NotImplementedError


class SpendingRows(OfPeriod, OfBody, OfActivity, OfLine, OfReport, Running):
    name = "spending"
    title = _("Spending by budget line")
    description = _(
        "One row for each agency, budget line and half-year for which spending was stated. "
        "Amounts of the line come again in every half-year."
    )
    keys = {
        "period": "entry__submission__period",
        "agency": "entry__submission__agency",
        "line": "line",
        "activity": ("line", "activity_id"),
        "region": ("line", "region_id"),
    }
    filters = {
        "programme": "entry__submission__period__programme__slug",
        "period_from": "entry__submission__period__code__gte",
        "period_to": "entry__submission__period__code__lte",
        "agency": "entry__submission__agency__code",
        "region": "line__region__code",
        "section": "line__activity__section__number",
        "source": "line__source",
        "state": "entry__submission__state",
    }
    needs = ("entry__submission__agency", "entry__submission__period", "line", "amount")
    series = 1
    derived = ("in_force", "year_to_date", "cumulative")
    made_up = "entry__updated_by__is_demonstration"

    planned = Column(
        _("Planned, million tenge"),
        _("The line as printed. Sums up over the lines of one half-year, never over half-years."),
        Kind.MONEY,
        of="line",
        attribute="amount",
    )
    in_force = Column(
        _("In force, million tenge"),
        _("The line as clarified by the end of the half-year. Sums up as the planned amount does."),
        Kind.MONEY,
    )
    spent = Column(
        _("Spent in the half-year, million tenge"), _("Sums up over all rows."), Kind.MONEY, attribute="amount"
    )
    year_to_date = Column(
        _("Spent in the year so far, million tenge"),
        _("On the line, from 1 January to the end of the half-year. Sums up over the rows of one half-year."),
        Kind.MONEY,
    )
    cumulative = Column(
        _("Spent so far, million tenge"),
        _(
            "By the agency on the activity from this source in this region, from the programme's beginning to the end "
            "of the half-year. Sums up over the rows of one half-year; where several lines share the figure, the last "
            "of them has it."
        ),
        Kind.MONEY,
    )
    demonstration = Column(*DEMONSTRATION, Kind.BOOLEAN, attribute=made_up)

    def visible(self):
        entries = Entry.objects.visible_to(self.user)
        return (
            Spending.objects.filter(entry__in=entries.values("pk"))
            .annotate(state=F("entry__submission__state"))
            .order_by(
                "entry__submission__agency__ordinal", "entry__submission__agency_id",
                "entry__submission__period__starts_on", "entry__submission__period_id",
                "line__activity__ordinal", "line__ordinal", "pk",
            )
        )  # fmt: skip

    def derive(self, rows):
        # Made once, whatever the number of series.
        self._purposes = {line.pk: (line.activity_id, line.region_id, line.source) for line in self.things.lines}
        self._years = {period.pk: period.year for period in self.things.periods}
        self._in_force = _in_force(self.things)
        yield from super().derive(rows)

    def derive_series(self, rows):
        of_purpose, of_year = defaultdict(Decimal), defaultdict(Decimal)
        for period, of_period in groupby(rows, key=itemgetter(1)):
            filed = list(of_period)
            last = {}
            for place, (_agency, _period, line, spent, *_others) in enumerate(filed):
                of_purpose[self._purposes[line]] += spent
                last[self._purposes[line]] = place
            for place, row in enumerate(filed):
                line, purpose, in_year = row[2], self._purposes[row[2]], (row[2], self._years[period])
                of_year[in_year] += row[3]
                cumulative = of_purpose[purpose] if last[purpose] == place else None
                yield self._in_force[line, period], of_year[in_year], cumulative, *row


def _in_force(things: Things) -> dict[tuple[int, int], Decimal]:
    """By line and half-year: `BudgetLine.amount_in_force` at its end."""
    clarified = defaultdict(list)
    for line, effective_on, amount in Clarification.objects.order_by("effective_on").values_list(
        "line", "effective_on", "amount"
    ):
        clarified[line].append((effective_on, amount))
    return {
        (line.pk, period.pk): next(
            (amount for effective_on, amount in reversed(clarified[line.pk]) if effective_on <= period.ends_on),
            line.amount,
        )
        for line in things.lines
        for period in things.periods
    }


class Indicators(OfPeriod, OfAgency, OfActivity, OfReport, Running):
    name = "indicators"
    title = _("Indicators against targets")
    description = _("One row for each agency, indicator and half-year for which a value was stated.")
    keys = {
        "period": "entry__submission__period",
        "agency": "entry__submission__agency",
        "activity": "indicator__activity",
        "indicator": "indicator",
    }
    filters = {
        "programme": "entry__submission__period__programme__slug",
        "period_from": "entry__submission__period__code__gte",
        "period_to": "entry__submission__period__code__lte",
        "agency": "entry__submission__agency__code",
        "region": "entry__submission__agency__region__code",
        "section": "indicator__activity__section__number",
        "indicator": "indicator__code",
        "state": "entry__submission__state",
    }
    needs = ("entry__submission__agency", "indicator", "value", "indicator__target")
    series = 2
    derived = ("cumulative", "share")
    made_up = "entry__updated_by__is_demonstration"

    indicator = Column(
        _("Indicator, code"), _("Code of the indicator, unique within its activity."), of="indicator", attribute="code"
    )
    indicator_title = Column(_("Indicator"), _("What is counted."), of="indicator", attribute="title")
    unit = Column(_("Unit"), _("In what it is counted."), of="indicator")
    stage = Column(
        _("Stage"),
        _("Number of the stage that the target is for."),
        Kind.INTEGER,
        of="indicator",
        attribute="stage.number",
    )
    value = Column(
        _("In the half-year"),
        _("What this half-year added. Sums up over the rows of one indicator."),
        Kind.INTEGER,
    )
    cumulative = Column(
        _("So far"),
        _(
            "What the agency counted from the stage's beginning to the end of the half-year. "
            "Sums up over the agencies of one half-year and indicator, never over half-years."
        ),
        Kind.INTEGER,
    )
    target = Column(
        _("Target"),
        _("For the whole country and the whole stage: never sum it up. Empty where the decree gives none."),
        Kind.INTEGER,
        of="indicator",
    )
    share = Column(
        _("Share of the target"),
        _(
            "What the agency counted so far, as a part of the country's target. "
            "Sums up over the agencies of one half-year and indicator; empty without a target."
        ),
        Kind.SHARE,
    )
    baseline = Column(
        _("Baseline"),
        _("What the decree counts before the programme began, for the whole country: never sum it up."),
        Kind.INTEGER,
        of="indicator",
    )
    demonstration = Column(*DEMONSTRATION, Kind.BOOLEAN, attribute=made_up)

    def visible(self):
        entries = Entry.objects.visible_to(self.user)
        return (
            IndicatorValue.objects.filter(entry__in=entries.values("pk"))
            .annotate(state=F("entry__submission__state"))
            .order_by(
                "entry__submission__agency__ordinal", "entry__submission__agency_id",
                "indicator__activity__ordinal", "indicator__ordinal", "indicator_id",
                "entry__submission__period__starts_on", "pk",
            )
        )  # fmt: skip

    def derive_series(self, rows):
        total = 0
        for row in rows:
            _agency, _indicator, value, target, *_others = row
            total += value
            yield total, (Decimal(total) / target).quantize(_SHARE) if target else None, *row
