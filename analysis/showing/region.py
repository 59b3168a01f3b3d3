"""The page of a region as exhibits: how it files, what it does, its money, and how it stands beside the others."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from accounts.models import User
from activities.models import Activity
from budget.models import BudgetLine
from programme.models import FundingSource, Region
from programme.money import format_money
from programme.templatetags.portal import tone
from reports import charts
from reports.charts import UNDER_WAY, About, Dots, Look, Series
from reports.documents.wording import capital
from reports.models import Entry, Submission
from reports.timeliness import timeliness

from ..datasets.dataset import FILED
from ..exhibits import Cell, Exhibit, Row, rows_behind
from ..figures.classes import middle, ranks, short
from ..figures.regions import Measure, RegionFigures, Value
from ..figures.standing_of_body import YearOfMoney, years_of_money
from ..writing import Column, Kind
from .region_map import behind, heading, reads_region

_SHARES = ("on_time", "completeness", "done", "share_spent")
_AMOUNTS = ("planned", "spent", "planned_whole", "spent_whole")


@dataclass
class OneRegion:
    """A region as the reader may see it. `answers`: by submission and activity the status that was filed."""

    figures: RegionFigures
    region: Region
    reader: User
    activities: dict[int, Activity] = field(default_factory=dict)
    answers: dict[tuple[int, int], str] = field(default_factory=dict)

    @property
    def is_read(self) -> bool:
        return reads_region(self.reader, self.region)

    @property
    def slug(self) -> str:
        return self.figures.until.programme.slug

    @property
    def submissions(self) -> list[Submission]:
        """Oldest half-year first."""
        return self.figures.submissions[self.region.code]

    @property
    def lines(self) -> list[BudgetLine]:
        return self.figures.lines[self.region.code]

    @property
    def responsibilities(self) -> list:
        return [one for one in self.figures.responsibilities if one.agency.region_id == self.region.pk]

    def value(self, measure: Measure) -> Value:
        return self.figures.values[self.region.code][measure.code]


def load(figures: RegionFigures, region: Region, reader: User) -> OneRegion:
    """Two queries, one for readers who see what the decree prints alone."""
    one = OneRegion(figures, region, reader)
    named = {responsibility.activity_id for responsibility in one.responsibilities}
    one.activities = Activity.objects.in_bulk(named | {line.activity_id for line in one.lines})
    if one.is_read:
        filed = [submission.pk for submission in one.submissions if submission.state in Submission.FILED]
        said = Entry.objects.visible_to(reader).filter(submission__in=filed).order_by("pk")
        one.answers = {
            (submission, activity): status
            for submission, activity, status in said.values_list("submission", "activity", "status")
        }
    return one


def exhibits(one: OneRegion) -> list[Exhibit]:
    """Without those that would have no row."""
    found = [_shares(one), _amounts(one), _indicators(one), _filings(one), _activities(one), _money(one), _lines(one)]
    subject = f"{one.region.name}, {one.figures.until.title}"
    return [replace(exhibit, subject=subject) for exhibit in found if exhibit.rows]


# Beside the other regions


def _shares(one: OneRegion) -> Exhibit:
    return _standing(one, "region-shares", _("Reports, activities and spending beside the other regions"), _SHARES)


def _amounts(one: OneRegion) -> Exhibit:
    return _standing(one, "region-amounts", _("Money beside the other regions, million tenge"), _AMOUNTS)


def _standing(one: OneRegion, name: str, title: str, codes: Iterable[str]) -> Exhibit:
    measures = [one.figures.measures[code] for code in codes]
    kind = measures[0].kind
    rows, dots = [], []
    for measure in measures:
        values = {code: measured[measure.code] for code, measured in one.figures.values.items()}
        known = [value for value in values.values() if value is not None]
        own, among, median = values[one.region.code], ranks(values), middle(known)
        country = one.figures.country[measure.code]
        rows.append(
            Row(
                [
                    Cell(str(measure.title), _map_of(one, measure)),
                    Cell(own, behind(one.figures, measure, one.region, one.reader) if own is not None else ""),
                    median,
                    country,
                    among.get(one.region.code),
                    len(known) or None,
                ]
            )
        )
        others = [value for code, value in values.items() if code != one.region.code and value is not None]
        own_text = short(own, kind) or _("no data")
        dots.append(Dots(str(measure.title), own, own_text, others, median, short(median, kind)))
    columns = [
        Column("measure", _("Measure")),
        Column("region", one.region.short_name, kind),
        Column("median", _("Median of the regions"), kind),
        Column("country", _("The country"), kind),
        Column("rank", _("Rank"), Kind.INTEGER),
        Column("regions", _("Regions with data"), Kind.INTEGER),
    ]
    note = _("The largest value has rank 1. A dash: no data, which is not zero.")
    if kind == Kind.SHARE:
        note += " " + _("The country: all that was filed, of all that is owed or planned, by silent regions too.")
    return Exhibit(name, title, columns, rows, _dots(one, name, title, dots), note)


def _dots(one: OneRegion, name: str, title: str, rows: list[Dots]) -> str:
    drawn = [row for row in rows if row.median is not None]
    if not drawn:
        return ""
    said = [
        _("%(what)s: %(own)s, median %(median)s") % {"what": row.label, "own": row.own_text, "median": row.median_text}
        for row in drawn
    ]
    return charts.dots(About(f"{name}-picture", title, "; ".join(said) + "."), drawn, one.region.short_name)


def _map_of(one: OneRegion, measure: Measure) -> str:
    query = urlencode({"measure": measure.code, "period": one.figures.until.code})
    return f"{reverse('map', args=[one.slug])}?{query}"


def _indicators(one: OneRegion) -> Exhibit:
    measures = [measure for measure in one.figures.measures.values() if measure.indicator]
    rows = [
        Row(
            [
                Cell(heading(measure), _map_of(one, measure)),
                Cell(value, behind(one.figures, measure, one.region, one.reader) if value is not None else ""),
                one.figures.country[measure.code],
                measure.indicator.target,
                measure.share_of_target(value),
            ]
        )
        for measure in measures
        for value in [one.value(measure)]
    ]
    columns = [
        Column("indicator", _("Indicator")),
        Column("region", one.region.short_name, Kind.INTEGER),
        Column("country", _("The country"), Kind.INTEGER),
        Column("target", _("Target of the country"), Kind.INTEGER),
        Column("share", _("Share of the target"), Kind.SHARE),
    ]
    note = str(measures[0].description) if measures else ""
    return Exhibit("region-indicators", _("Indicators of the stage"), columns, rows, note=note, is_wide=True)


# What was filed


def _filings(one: OneRegion) -> Exhibit:
    """How it stands is for everybody, the report itself is not."""
    columns = [
        Column("period", _("Half-year")),
        Column("timing", _("Deadline kept")),
        *([Column("state", _("State"))] if one.is_read else []),
        Column("due_on", _("Due date"), Kind.DATE),
    ]
    rows = []
    for submission in reversed(one.submissions):
        stands = timeliness(submission)
        url = reverse("submission", args=[submission.pk]) if one.is_read else ""
        cells = [
            Cell(submission.period.title, url),
            Cell(stands.in_words, tone=tone(stands.timing)),
            *([Cell(submission.get_state_display(), tone=tone(submission.state))] if one.is_read else []),
            submission.due_on,
        ]
        rows.append(Row(cells))
    return Exhibit("region-filings", _("Reports by half-year"), columns, rows, is_wide=True)


def _activities(one: OneRegion) -> Exhibit:
    """With their states, half-year by half-year, for those who may read the reports; for others how they are paid."""
    periods = list(dict.fromkeys(submission.period for submission in one.submissions)) if one.is_read else []
    columns = [
        Column("row", _("Row of the plan"), Kind.INTEGER),
        Column("activity", _("Activity")),
        *([] if one.is_read else [Column("funding", _("Funding source"))]),
        *(Column(f"state_{period.code}", period.title) for period in periods),
    ]
    rows = []
    for responsibility in one.responsibilities:
        activity = one.activities[responsibility.activity_id]
        rows.append(
            Row(
                [
                    activity.ordinal,
                    Cell(activity.title, _activity_page(one, activity)),
                    *(_states(one, responsibility) if one.is_read else [activity.get_funding_display()]),
                ]
            )
        )
    note = _("What was accepted as done stays done. A dash: no filed report says anything.") if periods else ""
    return Exhibit("region-activities", _("Activities of the plan"), columns, rows, note=note, is_wide=True)


def _states(one: OneRegion, responsibility) -> list[Cell | None]:
    """Of the body's activity, in the order of the half-years."""
    cells, done = [], None
    for submission in one.submissions:
        if submission.agency_id != responsibility.agency_id:
            continue
        status = one.answers.get((submission.pk, responsibility.activity_id))
        cell = _state(status, submission) if status else done
        if status == Entry.Status.DONE and submission.state == Submission.State.ACCEPTED:
            done = cell
        cells.append(cell)
    return cells


def _state(status: str, submission: Submission) -> Cell:
    return Cell(capital(Entry.Status(status)), reverse("submission", args=[submission.pk]), tone(status))


# Money


def _money(one: OneRegion) -> Exhibit:
    """By source too, where the region has more than one."""
    years = years_of_money(one.lines)
    sources = {year.source for year in years}
    columns = [
        Column("year", _("Year"), Kind.INTEGER),
        *([Column("source", _("Funding source"))] if len(sources) > 1 else []),
        Column("printed", _("Printed, million tenge"), Kind.MONEY),
        Column("in_force", _("In force, million tenge"), Kind.MONEY),
    ]
    if one.is_read:
        columns += [
            Column("spent", _("Spent, million tenge"), Kind.MONEY),
            Column("share", _("Share spent"), Kind.SHARE),
        ]
    rows = [Row(_year_cells(one, year, with_source=len(sources) > 1)) for year in years]
    title = _of_one_source(sources, _("Money by year"), _("Money by year: %(source)s"))
    note = _("Spent: as the reports say that stand as filed, up to the half-year.") if one.is_read else ""
    return Exhibit("region-money", title, columns, rows, _columns(one, years), note)


def _year_cells(one: OneRegion, year: YearOfMoney, *, with_source: bool) -> list:
    of_year = {"programme": one.slug, "region": one.region.code, "source": year.source}
    lines = rows_behind("budget-lines", **of_year, year=year.year)
    cells = [
        year.year,
        *([capital(FundingSource(year.source))] if with_source else []),
        Cell(year.printed, lines),
        Cell(year.in_force, lines),
    ]
    if one.is_read:
        until = min(one.figures.until.code, f"{year.year}-H2")
        filed = of_year | {"period_from": f"{year.year}-H1", "period_to": until, "state": FILED}
        cells += [Cell(year.spent, rows_behind("spending", **filed) if year.spent is not None else ""), year.share]
    return cells


def _columns(one: OneRegion, years: list[YearOfMoney]) -> str:
    if not years:
        return ""
    ticks = [f"{year.year}, {FundingSource(year.source).label}" for year in years]
    if len({year.source for year in years}) == 1:
        ticks = [str(year.year) for year in years]
    series = [_series(_("In force"), [year.in_force for year in years], UNDER_WAY.hatched)]
    if one.is_read:
        series.append(_series(_("Spent"), [year.spent for year in years], UNDER_WAY))
    said = [
        f"{tick}: {', '.join(f'{of.label} {of.points[number][1]}' for of in series)}"
        for number, tick in enumerate(ticks)
    ]
    title = _("Money by year, million tenge")
    return charts.columns(About("region-money-picture", title, "; ".join(said) + "."), ticks, series)


def _series(label: str, amounts: list, look: Look) -> Series:
    return Series(label, [(amount, format_money(amount) or _("no data")) for amount in amounts], look)


def _lines(one: OneRegion) -> Exhibit:
    """By source too, where the region has more than one; with the notes of the plan, where it has any."""
    sources, has_notes = {line.source for line in one.lines}, any(line.note for line in one.lines)
    columns = [
        Column("row", _("Row of the plan"), Kind.INTEGER),
        Column("activity", _("Activity")),
        Column("year", _("Year"), Kind.INTEGER),
        *([Column("source", _("Funding source"))] if len(sources) > 1 else []),
        Column("printed", _("Printed, million tenge"), Kind.MONEY),
        Column("in_force", _("In force, million tenge"), Kind.MONEY),
        *([Column("spent", _("Spent, million tenge"), Kind.MONEY)] if one.is_read else []),
        *([Column("note", _("Note"))] if has_notes else []),
    ]
    rows = []
    for line in one.lines:
        activity = one.activities[line.activity_id]
        rows.append(
            Row(
                [
                    activity.ordinal,
                    Cell(activity.title, _activity_page(one, activity)),
                    line.year,
                    *([capital(FundingSource(line.source))] if len(sources) > 1 else []),
                    Cell(line.amount, _budget(one, year=line.year)),
                    line.in_force,
                    *([line.spent] if one.is_read else []),
                    *([line.note or None] if has_notes else []),
                ]
            )
        )
    title = _of_one_source(sources, _("Lines of the plan"), _("Lines of the plan: %(source)s"))
    return Exhibit("region-lines", title, columns, rows, is_wide=True)


def _of_one_source(sources: set[str], title: str, title_with_source: str) -> str:
    return title_with_source % {"source": FundingSource(*sources).label} if len(sources) == 1 else title


def _budget(one: OneRegion, **narrower) -> str:
    return f"{reverse('budget', args=[one.slug])}?{urlencode({'region': one.region.code} | narrower)}"


def _activity_page(one: OneRegion, activity: Activity) -> str:
    return reverse("activity", args=[one.slug, activity.ordinal])
