"""Two sides as exhibits: each figure of both, and what lies between them."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import User
from activities.models import Activity
from programme.templatetags.portal import tone
from reports import charts
from reports.charts import About, Group
from reports.consolidation.structure import Rollup
from reports.documents.wording import capital
from reports.models import Period

from ..datasets.dataset import FILED
from ..exhibits import Cell, Exhibit, Row, rows_behind
from ..figures.comparison import Filings, Money, Side, difference, reached, relative, share_done
from ..figures.results import Counted
from ..writing import Column, Kind
from .money import written
from .results import number, percent


@dataclass(frozen=True)
class Compared:
    """Both sides with what was found of each. `periods`: not lapsed, oldest first; `own_region`: the reader's."""

    reader: User
    periods: list[Period]
    sides: tuple[Side, Side]
    titles: tuple[str, str]
    own_region: str
    money: tuple[Money, Money]
    filings: tuple[Filings, Filings]
    states: tuple[dict[int, Rollup], dict[int, Rollup]]
    indicators: list[Counted]
    activities: dict[int, Activity]

    @property
    def slug(self) -> str:
        return self.sides[0].period.programme.slug

    def may_open(self, side: Side) -> bool:
        return self.reader.reads_everything or (side.region != "" and side.region == self.own_region)

    def rows(self, side: Side, dataset: str, **filters) -> str:
        """The rows behind a figure of this side, where the reader may see all of them."""
        if dataset != "budget-lines" and not self.may_open(side):
            return ""
        return rows_behind(dataset, programme=self.slug, region=side.region or None, **filters)


@dataclass(frozen=True)
class _Measure:
    title: str
    value: Callable
    url: Callable[[Side], str] = lambda side: ""


def exhibits(found: Compared) -> list[Exhibit]:
    shown = [_money(found), _shares(found), _filings(found), _states(found)]
    if any(reached(side, one) is not None for side in found.sides for one in found.indicators):
        shown.append(_indicators(found))
    if all(found.may_open(side) for side in found.sides) or not found.sides[0].region:
        shown.append(_changed(found))
    return shown


def _table(found: Compared, titled: tuple[str, str], kind: Kind, rows: list[tuple], note: str = "") -> Exhibit:
    """`titled`: name and title; `rows`: title, both values, both addresses."""
    name, title = titled
    columns = [
        Column("what", _("Figure")),
        Column("first", found.titles[0], kind),
        Column("second", found.titles[1], kind),
        Column("difference", _("Difference"), kind),
    ]
    if kind != Kind.SHARE:
        columns.append(Column("relative", _("Difference, %"), Kind.SHARE))
    lines, groups = [], []
    text = {Kind.MONEY: written, Kind.SHARE: percent}.get(kind, number)
    for label, values, urls in rows:
        linked = [Cell(value, url if value is not None else "") for value, url in zip(values, urls, strict=True)]
        cells = [label, *linked, difference(*values)]
        if kind != Kind.SHARE:
            cells.append(relative(*values))
        lines.append(Row(cells))
        groups.append(Group(label, [(value or 0, text(value)) for value in values]))
    said = [
        _("%(what)s: %(first)s and %(second)s") % {"what": one.label, "first": first, "second": second}
        for one in groups
        for (_value, first), (_other, second) in [one.values]
    ]
    looks = {found.titles[0]: charts.NEUTRAL.hatched, found.titles[1]: charts.UNDER_WAY}
    picture = charts.grouped(About(name, title, "; ".join(said) + "."), groups, looks) if groups else ""
    return Exhibit(name, title, columns, lines, picture, note)


def _both(found: Compared, values: tuple, measure: _Measure) -> tuple[str, tuple, tuple]:
    return (
        measure.title,
        tuple(measure.value(one) for one in values),
        tuple(measure.url(side) for side in found.sides),
    )


def _money(found: Compared) -> Exhibit:
    def planned(**years):
        return lambda side: found.rows(side, "budget-lines", **dict.fromkeys(years, side.period.year))

    def spent(since: Callable[[Period], str | None]):
        return lambda side: found.rows(
            side, "spending", period_from=since(side.period), period_to=side.period.code, state=FILED
        )

    measures = [
        _Measure(_("Planned in the year"), lambda one: one.planned_year, planned(year=True)),
        _Measure(_("Spent in the half-year"), lambda one: one.spent_half, spent(lambda period: period.code)),
        _Measure(_("Spent in the year so far"), lambda one: one.spent_year, spent(_first_of_year(found))),
        _Measure(_("Planned in all years so far"), lambda one: one.planned_so_far, planned(year_to=True)),
        _Measure(_("Spent since the start"), lambda one: one.spent_so_far, spent(lambda period: None)),
    ]
    note = _(
        "What is planned is the amount of whole years, in force at the end of the half-year: a first half-year has "
        "half of its year's time, a second all of it."
    )
    rows = [_both(found, found.money, measure) for measure in measures]
    return _table(found, ("compare-money", _("Money, million tenge")), Kind.MONEY, rows, note)


def _first_of_year(found: Compared) -> Callable[[Period], str]:
    return lambda period: next(one.code for one in found.periods if one.year == period.year)


def _shares(found: Compared) -> Exhibit:
    spent = tuple(one.share_of_year for one in found.money)
    filed = tuple(one.share_filed for one in found.filings)
    on_time = tuple(one.share_on_time for one in found.filings)
    done = tuple(share_done(one) for one in found.states)
    rows = [
        (_("Share of the year's plan spent"), spent, ("", "")),
        (_("Reports filed"), filed, ("", "")),
        (_("Reports filed on time"), on_time, ("", "")),
        (_("Activities done"), done, ("", "")),
    ]
    note = _(
        "The difference is in percentage points. On time: of the reports that are filed or whose day has passed. Done: "
        "of the activities that somebody is obliged to report on."
    )
    return _table(found, ("compare-shares", _("Shares")), Kind.SHARE, rows, note)


def _filings(found: Compared) -> Exhibit:
    def behind(state: str | None = None):
        return lambda side: found.rows(
            side, "timeliness", period_from=side.period.code, period_to=side.period.code, state=state
        )

    measures = [
        _Measure(_("Reports owed"), lambda one: one.owed, behind()),
        _Measure(_("Reports filed"), lambda one: one.filed, behind(FILED)),
        _Measure(_("Filed on time"), lambda one: one.on_time),
        _Measure(_("Filed late"), lambda one: one.late),
        _Measure(_("Overdue"), lambda one: one.overdue),
        _Measure(_("Not filed, and not due yet"), lambda one: one.open),
    ]
    note = _("As the reports stand today: one that was returned and not filed again counts as not filed.")
    rows = [_both(found, found.filings, measure) for measure in measures]
    return _table(found, ("compare-filings", _("Reports on the half-year")), Kind.INTEGER, rows, note)


def _states(found: Compared) -> Exhibit:
    counts = [Counter(one.values()) for one in found.states]
    rows = [
        (capital(state), tuple(one[state] for one in counts), ("", ""))
        for state in Rollup
        if any(one[state] for one in counts)
    ]
    return _table(found, ("compare-states", _("Activities by state")), Kind.INTEGER, rows)


def _indicators(found: Compared) -> Exhibit:
    rows = [
        (
            one.indicator.title,
            tuple(reached(side, one) for side in found.sides),
            tuple(
                found.rows(side, "indicators", indicator=one.indicator.code, period_to=side.period.code, state=FILED)
                for side in found.sides
            ),
        )
        for one in found.indicators
        if any(reached(side, one) is not None for side in found.sides)
    ]
    note = _("Counted from the beginning of the stage to the half-year. Targets are the country's.")
    return _table(found, ("compare-indicators", _("Indicators")), Kind.INTEGER, rows, note)


def _changed(found: Compared) -> Exhibit:
    """Activities whose state differs; a table alone."""
    first, second = found.states
    rows = [
        Row(
            [
                Cell(str(found.activities[ordinal]), reverse("activity", args=[found.slug, ordinal])),
                *(_state(one.get(ordinal)) for one in (first, second)),
            ]
        )
        for ordinal in sorted(first.keys() | second.keys())
        if first.get(ordinal) != second.get(ordinal)
    ]
    columns = [
        Column("activity", _("Activity")),
        Column("first", found.titles[0]),
        Column("second", found.titles[1]),
    ]
    title = _("Activities that stand differently: %(count)s") % {"count": len(rows)}
    return Exhibit("compare-changed", title, columns, rows)


def _state(state: Rollup | None) -> Cell:
    return Cell(None) if state is None else Cell(capital(state), tone=tone(state.value))
