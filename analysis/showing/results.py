"""Expected results as exhibits: what was counted against targets, and the decree's own statistics."""

from dataclasses import dataclass, replace
from decimal import ROUND_HALF_UP, Decimal

from django.urls import reverse
from django.utils.formats import number_format
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from accounts.models import User
from programme.models import BaselineTable, ExpectedResult, Finding, Programme, Region, ResultTarget, Stage
from programme.tabulation import Statistics, statistics
from reports import charts
from reports.charts import About, Bar, Bullet, Group, Series
from reports.models import Period

from ..datasets.dataset import FILED
from ..exhibits import Cell, Exhibit, Row, rows_behind
from ..figures.results import Counted, in_stage
from ..writing import Column, Kind
from .money import NOTHING, tick

_TENTH = Decimal("0.1")
# Looks of lines and bars that stand side by side.
_LOOKS = (charts.UNDER_WAY, charts.GOOD, charts.NEUTRAL, charts.WARN)


@dataclass(frozen=True)
class Asked:
    """What the page was asked for.

    `periods`: not lapsed, oldest first; `region`: None is the country; `own_region`: the reader's, by its code.
    """

    programme: Programme
    reader: User
    until: Period
    periods: list[Period]
    region: Region | None = None
    own_region: str = ""

    @property
    def code(self) -> str:
        return self.region.code if self.region else ""

    def rows(self, one: Counted, region: str = "", period: Period | None = None) -> str:
        """The filed values behind a count; nothing where the reader would not see them all."""
        region = region or self.code
        if not self.reader.reads_everything and (not region or region != self.own_region):
            return ""
        since, until = (period, period) if period else (in_stage(self.periods, one.indicator)[0], self.until)
        return rows_behind(
            "indicators",
            programme=self.programme.slug,
            indicator=one.indicator.code,
            region=region or None,
            period_from=since.code,
            period_to=until.code,
            state=FILED,
        )


def number(value: int | Decimal | None) -> str:
    return NOTHING if value is None else number_format(value, use_l10n=True, force_grouping=True)


def percent(share: Decimal | None) -> str:
    """Rounded: a longer number would be cut."""
    if share is None:
        return NOTHING
    return f"{number_format((share * 100).quantize(_TENTH, ROUND_HALF_UP), decimal_pos=1)} %"


def of_stage(asked: Asked, stage: Stage, counted: list[Counted]) -> Exhibit:
    """Every indicator of a stage: where it began, what is aimed at, what was reported so far."""
    name = f"results-stage-{stage.number}"
    title = _("Stage %(number)s, %(years)s: targets and what was reported") % {
        "number": stage.number,
        "years": f"{stage.first_year}–{stage.last_year}",
    }
    columns = [
        Column("indicator", _("Indicator")),
        Column("baseline", _("Before the programme"), Kind.INTEGER),
        Column("target", _("Target"), Kind.INTEGER),
        Column("reported", _("Reported so far"), Kind.INTEGER),
        Column("share", _("Share of the target"), Kind.SHARE),
    ]
    rows, drawn = [], []
    for one in counted:
        indicator, value = one.indicator, one.total(region=asked.code)
        rows.append(
            Row(
                [
                    Cell(indicator.title, reverse("activity", args=[asked.programme.slug, indicator.activity.ordinal])),
                    indicator.baseline,
                    indicator.target,
                    Cell(value, asked.rows(one) if value is not None else ""),
                    one.share(value),
                ]
            )
        )
        drawn.append(Bullet(indicator.title, value, number(value), indicator.target, number(indicator.target)))
    said = [
        _("%(what)s: reported %(value)s, target %(target)s")
        % {"what": bullet.label, "value": bullet.text, "target": bullet.target_text}
        for bullet in drawn
    ]
    is_ahead = stage.first_year > asked.until.year
    picture = "" if is_ahead else charts.bullets(About(name, title, "; ".join(said) + "."), drawn)
    note = _(
        "A target is what the country as a whole is to add in the stage. What there was before the programme is not a "
        "part of it. A dash means that no filed report counts anything."
    )
    if is_ahead:
        note = _("This stage has not begun by the end of the half-year.") + " " + note
    return Exhibit(name, title, columns, rows, picture, note)


def through_time(asked: Asked, result: ExpectedResult, counted: list[Counted]) -> Exhibit | None:
    """What was counted towards one result, half-year by half-year; None while nothing was."""
    stage = result.stage
    periods = [one for one in asked.periods if stage.first_year <= one.year <= stage.last_year]
    if all(one.total(region=asked.code) is None for one in counted):
        return None
    name = f"results-{stage.number}-{result.ordinal}"
    title = _("Result %(stage)s.%(number)s through time") % {"stage": stage.number, "number": result.ordinal}
    columns = [Column("period", _("Half-year"))]
    for place, one in enumerate(counted, 1):
        unit = capfirst(one.indicator.unit)
        columns += [
            Column(f"added_{place}", _("%(what)s: in the half-year") % {"what": unit}, Kind.INTEGER),
            Column(f"total_{place}", _("%(what)s: so far") % {"what": unit}, Kind.INTEGER),
        ]
    told = [one.through(periods, asked.code) for one in counted]
    rows = []
    for place, period in enumerate(periods):
        cells: list = [Cell(period.title.capitalize(), reverse("period", args=[asked.programme.slug, period.code]))]
        for one, steps in zip(counted, told, strict=True):
            _period, added, total = steps[place]
            cells += [Cell(added, asked.rows(one, period=period) if added is not None else ""), total]
        rows.append(Row(cells))
    series = [
        Series(
            one.indicator.title,
            [(one.share(total), percent(one.share(total))) for _period, _added, total in steps],
            _LOOKS[place % len(_LOOKS)],
        )
        for place, (one, steps) in enumerate(zip(counted, told, strict=True))
    ]
    series.append(
        Series(_("Target"), [(Decimal(1), percent(Decimal(1)))] * len(periods), charts.NEUTRAL, is_dashed=True)
    )
    said = [
        f"{one.indicator.title}: " + ", ".join(f"{period.title} {number(total)}" for period, _added, total in steps)
        for one, steps in zip(counted, told, strict=True)
    ]
    about = About(name, _("%(title)s, per cent of the target") % {"title": title}, "; ".join(said) + ".")
    return Exhibit(name, title, columns, rows, charts.lines(about, [tick(one) for one in periods], series))


def by_region(asked: Asked, one: Counted, regions: list[Region]) -> Exhibit:
    """One indicator, region by region."""
    title = _("%(what)s, by region") % {"what": one.indicator.title}
    columns = [
        Column("region", _("Region")),
        Column("reported", _("Reported so far"), Kind.INTEGER),
        Column("share", _("Share of the country's target"), Kind.SHARE),
    ]
    values = [(region, one.total(region=region.code)) for region in regions]
    rows = [
        Row(
            [
                Cell(region.name, reverse("region", args=[asked.programme.slug, region.code])),
                Cell(value, asked.rows(one, region.code) if value is not None else ""),
                one.share(value),
            ]
        )
        for region, value in values
    ]
    total = one.total()
    country = replace(asked, region=None)
    rows.append(
        Row([_("In all"), Cell(total, country.rows(one) if total is not None else ""), one.share(total)], is_total=True)
    )
    bars = [Bar(region.short_name, value or 0, number(value), charts.UNDER_WAY) for region, value in values]
    said = "; ".join(f"{bar.label}: {bar.text}" for bar in bars)
    about = About("results-regions", title, f"{said}.")
    note = _("The decree sets a target for the whole country alone: a small number is no arrears of a region.")
    return Exhibit("results-regions", title, columns, rows, charts.bars(about, bars), note)


# The decree's own figures


@dataclass(frozen=True)
class Background:
    """A table of section 3: where it stands, and its exhibit."""

    table: BaselineTable
    exhibit: Exhibit


def background(table: BaselineTable) -> Background:
    """As a series through time where its rows are years, side by side where they are not."""
    found = statistics(table)
    name = f"statistics-{table.code}"
    columns = [Column("row", table.row_heading or _("What is counted"))]
    for place, heading in enumerate(found.columns):
        columns.append(Column(f"column_{place + 1}", heading, _kind(found, place)))
    rows = [
        Row([label, *(_value(cell, column.kind) for cell, column in zip(cells, columns[1:], strict=True))])
        for label, cells in found.rows
    ]
    draw = _through_years if all(label.isdigit() for label, _cells in found.rows) else _side_by_side
    note = _(
        "These are the decree's own figures, printed in section 3 before the programme began; nobody reports them."
    )
    if draw is _through_years:
        note = note + " " + _("The scales of the lines do not begin at zero.")
    return Background(table, Exhibit(name, table.title, columns, rows, draw(name, table.title, found), note))


def _kind(found: Statistics, place: int) -> Kind:
    values = [cells[place].value for _label, cells in found.rows if cells[place]]
    is_whole = all(cells[place].printed.isdigit() for _label, cells in found.rows if cells[place])
    return Kind.INTEGER if values and is_whole else Kind.NUMBER


def _value(cell, kind: Kind) -> int | Decimal | None:
    return None if cell is None else int(cell.value) if kind == Kind.INTEGER else cell.value


def _written(cell) -> str:
    """In the reader's number format, with the decimals that the decree prints."""
    if cell is None:
        return NOTHING
    return number_format(cell.value, decimal_pos=0 if cell.printed.isdigit() else 1, force_grouping=True)


def _told(found: Statistics) -> str:
    said = [
        f"{label}: "
        + ", ".join(f"{heading} {_written(cell)}" for heading, cell in zip(found.columns, cells, strict=True))
        for label, cells in found.rows
    ]
    return "; ".join(said) + "."


def _through_years(name: str, title: str, found: Statistics) -> str:
    """A picture for each column: what they count is not of one kind."""
    pictures = []
    for place, heading in enumerate(found.columns):
        points = [
            (cells[place].value if cells[place] else None, _written(cells[place])) for _label, cells in found.rows
        ]
        about = About(f"{name}-{place + 1}", f"{title}: {heading}", _told(found))
        look = _LOOKS[place % len(_LOOKS)]
        pictures.append(charts.lines(about, [label for label, _cells in found.rows], [Series(heading, points, look)]))
    return "".join(pictures)


def _side_by_side(name: str, title: str, found: Statistics) -> str:
    looks = (charts.UNDER_WAY.hatched, charts.UNDER_WAY, charts.NEUTRAL.hatched, charts.NEUTRAL)
    groups = [
        Group(label, [(cell.value if cell else 0, _written(cell)) for cell in cells]) for label, cells in found.rows
    ]
    series = {heading: looks[place % len(looks)] for place, heading in enumerate(found.columns)}
    return charts.grouped(About(name, title, _told(found)), groups, series)


# Targets that two sections print differently


def disagreement(target: ResultTarget, findings: list[Finding]) -> Finding | None:
    """The finding that names both numbers, section 7's and section 1's."""
    if target.value == target.passport_value:
        return None
    numbers = [
        NOTHING if value is None else f"{value.normalize():f}" for value in (target.value, target.passport_value)
    ]
    return next((one for one in findings if [one.printed, one.found] == numbers), None)
