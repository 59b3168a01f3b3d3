"""The programme's money as exhibits. Every amount leads to its rows; amounts are million tenge."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from decimal import Decimal

from django.urls import reverse
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from accounts.models import User
from budget.reconciliation import Reconciled
from programme.models import Direction, Finding, FundingSource, Programme, Region
from programme.money import ZERO, format_money
from programme.templatetags.reading import signed_money
from reports import charts
from reports.charts import About, Difference, Group, Look, Series
from reports.documents.wording import capital
from reports.models import Period

from ..datasets.dataset import FILED, NO_REGION
from ..exhibits import Cell, Exhibit, Row, rows_behind
from ..figures.money import PlannedLine, Step, Sums, sums
from ..writing import Column, Kind

NOTHING = "—"


@dataclass(frozen=True)
class Asked:
    """What the page was asked for: as of the end of a half-year, and which lines; "" does not narrow.

    `periods`: the programme's half-years that have not lapsed, oldest first.
    """

    programme: Programme
    reader: User
    until: Period
    periods: list[Period]
    source: str = ""
    region: str = ""
    direction: str = ""

    def includes(self, one: PlannedLine) -> bool:
        line = one.line
        return (
            self.source in ("", line.source)
            and self.region in ("", line.region.code if line.region else NO_REGION)
            and (not self.direction or section_of(self.direction) == line.activity.section.number)
        )

    @property
    def plan_periods(self) -> list[Period]:
        return [period for period in self.periods if period.year in self.programme.plan_years]

    def up_to(self, period: Period) -> list[Period]:
        return [one for one in self.periods if one.starts_on <= period.starts_on]

    @property
    def begun_years(self) -> str:
        """The years of the plan that count as of the half-year."""
        return _years(self.programme.plan_first_year, min(self.until.year, self.programme.plan_last_year))

    @property
    def bodies_of(self) -> str | None:
        """The region whose bodies report on these lines, as `filed_reports` takes it."""
        return None if not self.region else "" if self.region == NO_REGION else self.region

    def planned_rows(self, **narrower) -> str:
        """The lines behind a planned amount; of the years that have begun, unless a year is named."""
        years = {} if {"year", "year_to"} & narrower.keys() else {"year_to": self.until.year}
        return rows_behind("budget-lines", **self._filters(years | narrower))

    def spent_rows(self, periods: Iterable[Period] | None = None, **narrower) -> str:
        """The filed spending behind an amount, of these half-years or of all, up to the one asked for."""
        counted = [one for one in periods or self.periods if one.starts_on <= self.until.starts_on]
        if not counted:
            return ""
        span = {"period_to": counted[-1].code}
        if periods is not None:
            span["period_from"] = counted[0].code
        return rows_behind("spending", **self._filters(span | {"state": FILED} | narrower))

    def _filters(self, narrower: dict) -> dict:
        chosen = {"source": self.source, "region": self.region, "direction": self.direction} | narrower
        direction = chosen.pop("direction")
        chosen["section"] = section_of(direction) if direction else None
        return {"programme": self.programme.slug} | {name: value or None for name, value in chosen.items()}


def section_of(direction: str) -> int:
    """The plan's sections 1 to 6 are the programme's directions 5.1 to 5.6."""
    return int(direction.rpartition(".")[2])


@dataclass(frozen=True)
class Found:
    """What the exhibits show; `lines` and `steps` are of lines that the choice includes."""

    lines: list[PlannedLine]
    steps: list[Step]
    reconciled: list[Reconciled]
    findings: list[Finding]
    regions: list[Region]
    directions: list[Direction]


def exhibits(asked: Asked, found: Found) -> list[Exhibit]:
    """No query."""
    begun = [one for one in found.lines if one.line.year <= asked.until.year]
    return [
        _by_source(asked, begun),
        _by_year(asked, found.lines),
        _by_region(asked, begun, found.regions),
        _by_direction(asked, begun, found.directions),
        _through_time(asked, found.steps),
        _against_printed(asked, found.reconciled, found.findings),
    ]


@dataclass(frozen=True)
class _Group:
    """A row of a table: `short` is what the picture calls it, `narrower` the filters of its rows."""

    cell: Cell
    short: str
    sums: Sums
    planned_url: str
    spent_url: str


def _group(asked: Asked, cell: Cell, short: str, lines: list[PlannedLine], **narrower) -> _Group:
    return _Group(cell, short, sums(lines), asked.planned_rows(**narrower), asked.spent_rows(**narrower))


def _by_source(asked: Asked, lines: list[PlannedLine]) -> Exhibit:
    groups = [
        _group(
            asked, Cell(capital(source)), capital(source), [one for one in lines if one.line.source == source],
            source=source.value,
        )
        for source in FundingSource
        if asked.source in ("", source)
    ]  # fmt: skip
    title = _("By funding source, %(years)s") % {"years": asked.begun_years}
    return _exhibit(asked, ("money-sources", title, _("Funding source")), groups, _total(asked, lines))


def _by_year(asked: Asked, lines: list[PlannedLine]) -> Exhibit:
    groups = []
    for year in asked.programme.plan_years:
        own = [one for one in lines if one.line.year == year]
        periods = [period for period in asked.periods if period.year == year]
        groups.append(
            _Group(
                Cell(str(year)), str(year), sums(own), asked.planned_rows(year=year),
                asked.spent_rows(periods) if periods else "",
            )
        )  # fmt: skip
    whole = _Group(
        Cell(_years(asked.programme.plan_first_year, asked.programme.plan_last_year)), "", sums(lines),
        asked.planned_rows(year_to=asked.programme.plan_last_year), asked.spent_rows(),
    )  # fmt: skip
    return _exhibit(asked, ("money-years", _("By year"), _("Year")), groups, whole, is_upright=True)


def _by_region(asked: Asked, lines: list[PlannedLine], regions: Iterable[Region]) -> Exhibit:
    level = capfirst(_("republican level"))
    groups = [
        _group(
            asked, Cell(level), level, [one for one in lines if one.line.region is None], region=NO_REGION
        )
    ] if asked.region in ("", NO_REGION) else []  # fmt: skip
    for region in regions:
        if asked.region in ("", region.code):
            own = [one for one in lines if one.line.region == region]
            page = reverse("region", args=[asked.programme.slug, region.code])
            groups.append(_group(asked, Cell(region.name, page), region.short_name, own, region=region.code))
    title = _("By region, %(years)s") % {"years": asked.begun_years}
    return _exhibit(asked, ("money-regions", title, _("Region")), groups, _total(asked, lines))


def _by_direction(asked: Asked, lines: list[PlannedLine], directions: Iterable[Direction]) -> Exhibit:
    groups = [
        _group(
            asked, Cell(str(direction)), _("Direction %(code)s") % {"code": direction.code},
            [one for one in lines if one.line.activity.section.number == section_of(direction.code)],
            direction=direction.code,
        )
        for direction in directions
        if asked.direction in ("", direction.code)
    ]  # fmt: skip
    title = _("By direction, %(years)s") % {"years": asked.begun_years}
    return _exhibit(asked, ("money-directions", title, _("Direction")), groups, _total(asked, lines))


def _total(asked: Asked, lines: list[PlannedLine]) -> _Group:
    return _group(asked, Cell(_("In all")), "", lines)


def _exhibit(
    asked: Asked, titled: tuple[str, str, str], groups: list[_Group], total: _Group, *, is_upright: bool = False
) -> Exhibit:
    """`titled`: name, title, heading of the first column."""
    name, title, heading = titled
    columns = [
        Column("what", heading),
        Column("printed", _("Planned, as printed"), Kind.MONEY),
        Column("in_force", _("Planned, in force"), Kind.MONEY),
        Column("spent", spent_heading(asked.reader), Kind.MONEY),
        Column("share", _("Share spent"), Kind.SHARE),
    ]
    rows = [_row(group) for group in groups]
    if len(groups) > 1:
        rows.append(_row(total, is_total=True))
    draw = _upright if is_upright else _grouped
    picture = draw(name, title, [(group.short, group.sums) for group in groups], spent_heading(asked.reader))
    return Exhibit(name, title, columns, rows, picture)


def spent_heading(reader: User) -> str:
    return _("Spent") if reader.reads_everything else _("Spent, by own reports alone")


def _row(group: _Group, *, is_total: bool = False) -> Row:
    found = group.sums
    return Row(
        [
            group.cell,
            _linked(found.printed, group.planned_url),
            _linked(found.in_force, group.planned_url),
            _linked(found.spent, group.spent_url),
            found.share,
        ],
        is_total=is_total,
    )


def _linked(value: Decimal | None, url: str) -> Cell:
    return Cell(value, url if value is not None else "")


def written(value: Decimal | None) -> str:
    return NOTHING if value is None else format_money(value)


def _looks(found: list[Sums], spent: str) -> list[tuple[str, Look, Callable[[Sums], Decimal | None]]]:
    """Printed and in force are one series while no act has clarified anything."""
    force = charts.UNDER_WAY.hatched
    series = [(_("Planned"), force, lambda one: one.in_force), (spent, charts.UNDER_WAY, lambda one: one.spent)]
    if any(one.printed != one.in_force for one in found):
        series[0] = (_("Planned, in force"), force, lambda one: one.in_force)
        series.insert(0, (_("Planned, as printed"), charts.NEUTRAL, lambda one: one.printed))
    return series


def _grouped(name: str, title: str, found: list[tuple[str, Sums]], spent: str) -> str:
    series = _looks([one for _label, one in found], spent)
    groups = [
        Group(label, [(value(one) or ZERO, written(value(one))) for _name, _look, value in series])
        for label, one in found
    ]
    return charts.grouped(_about(name, title, found), groups, {label: look for label, look, _value in series})


def _upright(name: str, title: str, found: list[tuple[str, Sums]], spent: str) -> str:
    series = [
        Series(label, [(value(one), written(value(one))) for _label, one in found], look)
        for label, look, value in _looks([one for _label, one in found], spent)
    ]
    return charts.columns(_about(name, title, found), [label for label, _one in found], series)


def _about(name: str, title: str, found: list[tuple[str, Sums]]) -> About:
    said = [
        _("%(what)s: planned %(planned)s, spent %(spent)s")
        % {"what": label, "planned": written(one.in_force), "spent": written(one.spent)}
        for label, one in found
    ]
    return About(name, _("%(title)s, million tenge") % {"title": title}, "; ".join(said) + ".")


def _through_time(asked: Asked, steps: list[Step]) -> Exhibit:
    """The plan rises with each year, never within one."""
    title = _("Plan against spending through time")
    spent = spent_heading(asked.reader)
    columns = [
        Column("period", _("Half-year")),
        Column("planned", _("Planned up to the end of its year"), Kind.MONEY),
        Column("added", _("Spent in the half-year"), Kind.MONEY),
        Column("spent", _("Spent since the start"), Kind.MONEY),
        Column("filed", _("Reports filed"), Kind.INTEGER),
        Column("owed", _("Reports owed"), Kind.INTEGER),
    ]
    rows = []
    for step in steps:
        period = step.period
        reports = {"programme": asked.programme.slug, "period_from": period.code, "period_to": period.code}
        region = asked.region or None
        rows.append(
            Row(
                [
                    Cell(period.title.capitalize(), reverse("period", args=[asked.programme.slug, period.code])),
                    _linked(step.in_force, asked.planned_rows(year_to=period.year)),
                    _linked(step.added, asked.spent_rows([period])),
                    _linked(
                        step.spent,
                        asked.spent_rows([one for one in asked.periods if one.starts_on <= period.starts_on]),
                    ),
                    Cell(step.filed.filed, rows_behind("timeliness", **reports, region=region, state=FILED)),
                    Cell(step.filed.owed, rows_behind("timeliness", **reports, region=region)),
                ]
            )
        )
    series = [
        Series(
            _("Planned"),
            [(one.in_force, written(one.in_force)) for one in steps],
            charts.NEUTRAL,
            is_dashed=True,
            is_stepped=True,
        ),
        Series(spent, [(one.spent, written(one.spent)) for one in steps], charts.UNDER_WAY),
    ]
    said = [
        _("%(what)s: planned %(planned)s, spent %(spent)s")
        % {"what": one.period.title, "planned": written(one.in_force), "spent": written(one.spent)}
        for one in steps
    ]
    about = About("money-time", _("%(title)s, million tenge") % {"title": title}, "; ".join(said) + ".")
    return Exhibit(
        "money-time", title, columns, rows,
        charts.lines(about, [tick(one.period) for one in steps], series),
        note=_(
            "The plan gives an amount for each year and does not split it by half-years, so it rises with each year. "
            "Spending ends with the last half-year that reports are filed on; while some are missing, it is incomplete."
        ),
        is_wide=True,
    )  # fmt: skip


def tick(period: Period) -> str:
    """A half-year as short as an axis needs it."""
    return f"{'I' * period.half} · {period.year}"


def _against_printed(asked: Asked, reconciled: Iterable[Reconciled], findings: Iterable[Finding]) -> Exhibit:
    """Agreeing totals too; what has neither a line nor a printed total is not there."""
    title = _("Lines of the plan and printed totals")
    whole = _years(asked.programme.plan_first_year, asked.programme.plan_last_year)
    page = reverse("reconciliation", args=[asked.programme.slug])
    list_of_findings = reverse("findings", args=[asked.programme.slug])
    shown = [
        one for one in reconciled if asked.source in ("", one.source) and (one.lines or one.printed_total is not None)
    ]
    rows, drawn = [], []
    for one in shown:
        label = f"{capital(one.source)}, {one.year or whole}"
        finding = _finding(one, findings)
        # "All" is no source of a line.
        own = {"source": one.source.value} if one.source in FundingSource.values else None
        behind = (
            rows_behind("budget-lines", programme=asked.programme.slug, year=one.year, **own)
            if own and one.lines
            else page
        )
        rows.append(
            Row(
                [
                    label,
                    _linked(one.lines_total if one.lines else None, behind),
                    _linked(one.printed_total, page),
                    one.difference,
                    Cell(finding.code, f"{list_of_findings}#{finding.code}") if finding else None,
                ]
            )
        )
        drawn.append(
            Difference(
                label, one.lines_total, written(one.lines_total) if one.lines else _("no line"),
                one.printed_total, written(one.printed_total),
                one.difference, _("agrees") if one.agrees else signed_money(one.difference),
            )
        )  # fmt: skip
    columns = [
        Column("what", _("Source and year")),
        Column("lines", _("Sum of lines"), Kind.MONEY),
        Column("printed", _("Printed total"), Kind.MONEY),
        Column("difference", _("Difference"), Kind.MONEY),
        Column("finding", _("Finding")),
    ]
    said = [
        _("%(what)s: lines %(lines)s, printed %(printed)s, difference %(difference)s")
        % {"what": one.label, "lines": one.left_text, "printed": one.right_text, "difference": one.difference_text}
        for one in drawn
    ]
    about = About("money-reconciliation", _("%(title)s, million tenge") % {"title": title}, "; ".join(said) + ".")
    return Exhibit(
        "money-reconciliation", title, columns, rows,
        charts.differences(about, drawn, (_("lines"), _("printed"))) if drawn else "",
        note=_(
            "Difference is lines minus printed total. The decree prints totals by source and year alone, so a region "
            "or a direction does not narrow them. The portal shows both and corrects neither."
        ),
    )  # fmt: skip


def _finding(one: Reconciled, findings: Iterable[Finding]) -> Finding | None:
    """The finding that names this printed total and this difference, or that it has no line to compare with."""
    if not one.difference:
        return None
    said = (_amount(one.printed_total), _amount(one.difference) if one.lines else "")
    return next((f for f in findings if (_plain(f.printed), _plain(f.difference)) == said), None)


def _amount(value: Decimal) -> str:
    return f"{value:.3f}"


def _plain(text: str) -> str:
    """As a finding writes an amount: "−9,753"."""
    return text.replace("\u2212", "-").replace(",", ".").replace(" ", "").replace("\u00a0", "")


def _years(first: int, last: int) -> str:
    return str(first) if first >= last else f"{first}–{last}"
