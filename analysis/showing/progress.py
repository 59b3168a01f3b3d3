"""Where activities and bodies stand in each half-year, as tables whose cells are coloured by state."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from django.urls import reverse
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from accounts.models import User
from activities.models import Activity
from programme.models import Agency, Programme
from programme.templatetags.portal import tone
from reports.consolidation.structure import Rollup
from reports.consolidation.tracing import Measure, behind
from reports.models import Entry, Period
from reports.standing import Standing
from reports.timeliness import Timing

from ..exhibits import Cell, Exhibit, Row
from ..figures.activities import Answers
from ..writing import Column

# Each state of a table has a shape of its own: a symbol of templates/analysis/_heat_symbols.html.
SHAPES = {
    Rollup.DONE: "disc", Rollup.IN_PROGRESS: "half", Rollup.DELAYED: "octagon", Rollup.NOT_DUE: "ring",
    Rollup.NOTHING_TO_REPORT: "dash", Rollup.NO_INFORMATION: "triangle", Rollup.NOBODY_OBLIGED: "cross",
    Timing.ON_TIME: "disc", Timing.LATE: "triangle", Timing.OVERDUE: "octagon", Timing.DUE_SOON: "clock",
    Timing.OPEN: "half", Timing.NOT_YET_DUE: "ring", Timing.LAPSED: "slash",
}  # fmt: skip


@dataclass(frozen=True)
class HeatCell:
    """`label`: the whole of it in words; `text`: what stands under the shape; None of it where nothing is known yet."""

    state: Rollup | Timing | None = None
    label: str = ""
    text: str = ""
    url: str = ""

    @property
    def shape(self) -> str:
        return SHAPES[self.state]

    @property
    def tone(self) -> str:
        return tone(self.state)


@dataclass(frozen=True)
class HeatRow:
    """`group`: the heading of the rows that it begins, or nothing."""

    title: str
    url: str
    cells: list[HeatCell]
    total: str
    group: str = ""
    is_own: bool = False


@dataclass(frozen=True)
class Heat:
    """A table: a row for each thing, a column for each half-year. `totals`: of the columns, each with an address."""

    name: str
    title: str
    note: str
    row_heading: str
    total_heading: str
    periods: list[Period]
    rows: list[HeatRow]
    totals: list[tuple[str, str]]
    legend: list[HeatCell] = field(default_factory=list)

    def exhibit(self) -> Exhibit:
        """The same for a file: states as words."""
        columns = [
            Column("name", self.row_heading),
            *(Column(one.code, one.code, description=capfirst(one.title)) for one in self.periods),
            Column("total", self.total_heading),
        ]
        rows = [Row([Cell(row.title), *(cell.label or None for cell in row.cells), row.total]) for row in self.rows]
        totals = [text or None for text, _url in self.totals]
        rows.append(Row([self.total_heading, *totals, None], is_total=True))
        return Exhibit(self.name, self.title, columns, rows, note=self.note)


def of_activities(
    programme: Programme, periods: list[Period], activities: Iterable[Activity], found: Answers, user: User
) -> Heat:
    """`found`: up to the half-year that is current; `activities` with their sections, in order of the plan."""
    rows, section = [], None
    for activity in activities:
        cells = [_activity_cell(programme, activity, period, found) for period in periods]
        done, known = (
            _done_of(cells, Rollup.DONE),
            sum(isinstance(cell.state, Rollup) and cell.state != Rollup.NOBODY_OBLIGED for cell in cells),
        )
        rows.append(
            HeatRow(
                title=f"{activity.ordinal}. {activity.title}",
                url=reverse("activity", args=[programme.slug, activity.ordinal]),
                cells=cells,
                total=_part(done, known),
                group="" if activity.section_id == section else activity.section.title,
            )
        )
        section = activity.section_id
    return Heat(
        name="progress-activities",
        title=_("Activities by half-year"),
        note=_("The state over all bodies that have to report, as they filed it; under it, how many of them are done."),
        row_heading=_("Activity"),
        total_heading=_("Done"),
        periods=periods,
        rows=rows,
        totals=_totals(rows, periods, Rollup.DONE, lambda period: _behind_done(programme, period, user)),
        legend=_legend(rows, Rollup),
    )


def _activity_cell(programme: Programme, activity: Activity, period: Period, found: Answers) -> HeatCell:
    if period.is_lapsed:
        return HeatCell(Timing.LAPSED, str(Timing.LAPSED.label))
    if period.code not in found.periods:
        return HeatCell()
    state, obliged = found.rollup(activity.ordinal, period), len(found.obliged[activity.ordinal])
    label, text = str(state.label), ""
    if obliged > 1:
        done = sum(answer.status == Entry.Status.DONE for answer in found.on(activity.ordinal, period))
        label = _("%(state)s; done: %(done)s of %(all)s bodies") % {"state": label, "done": done, "all": obliged}
        text = f"{done}/{obliged}"
    return HeatCell(state, label, text, f"{reverse('activity', args=[programme.slug, activity.ordinal])}#{period.code}")


def _behind_done(programme: Programme, period: Period, user: User) -> str:
    """For who reads the consolidated report, when it is no longer being compiled."""
    if not user.reads_everything or period.state != Period.State.CLOSED:
        return ""
    query = behind(Measure.STATE, state=Rollup.DONE.value)
    return f"{reverse('behind', args=[programme.slug, period.code])}?{query}"


def of_bodies(
    programme: Programme, periods: list[Period], reports: list[Standing], visible: set[int], user: User
) -> Heat:
    """`reports`: of all bodies, in official order; `visible`: keys of those whose pages the reader may open."""
    agencies: dict[int, Agency] = {one.submission.agency_id: one.submission.agency for one in reports}
    by_place = {(one.submission.agency_id, one.submission.period_id): one for one in reports}
    rows = []
    for key, agency in agencies.items():
        cells = [_body_cell(period, by_place.get((key, period.pk)), visible) for period in periods]
        on_time = _done_of(cells, Timing.ON_TIME)
        due = on_time + _done_of(cells, Timing.LATE) + _done_of(cells, Timing.OVERDUE)
        rows.append(HeatRow(agency.short_name, "", cells, _part(on_time, due), is_own=key == user.agency_id))
    return Heat(
        name="progress-bodies",
        title=_("Bodies by half-year"),
        note=_("How the report of each body stands today; with the number of days late or left."),
        row_heading=_("Body"),
        total_heading=_("Filed on time"),
        periods=periods,
        rows=rows,
        totals=_totals(rows, periods, Timing.ON_TIME, lambda _period: ""),
        legend=_legend(rows, Timing),
    )


def _body_cell(period: Period, one: Standing | None, visible: set[int]) -> HeatCell:
    if period.is_lapsed:
        return HeatCell(Timing.LAPSED, str(Timing.LAPSED.label))
    if one is None:
        return HeatCell()
    stands = one.timeliness
    is_late = stands.timing in (Timing.LATE, Timing.OVERDUE)
    is_left = stands.timing in (Timing.OPEN, Timing.DUE_SOON)
    text = f"+{stands.days}" if is_late else f"−{stands.days}" if is_left else ""
    may_open = one.submission.pk in visible and stands.timing != Timing.NOT_YET_DUE
    url = reverse("submission", args=[one.submission.pk]) if may_open else ""
    return HeatCell(stands.timing, stands.in_words, text, url)


def _totals(rows: list[HeatRow], periods: list[Period], good, address: Callable[[Period], str]):
    """How many are `good` in each half-year; nothing where nobody's state is known."""
    totals = []
    for number, period in enumerate(periods):
        column = [row.cells[number] for row in rows]
        known = [cell for cell in column if cell.state not in (None, Timing.LAPSED, Timing.NOT_YET_DUE)]
        totals.append((_part(_done_of(column, good), len(column)), address(period)) if known else ("", ""))
    return totals


def _done_of(cells: list[HeatCell], state) -> int:
    return sum(cell.state == state for cell in cells)


def _part(number: int, of: int) -> str:
    return _("%(number)s of %(all)s") % {"number": number, "all": of} if of else ""


def _legend(rows: list[HeatRow], kind) -> list[HeatCell]:
    """The states that the table has, in their own order."""
    found = {cell.state for row in rows for cell in row.cells}
    return [HeatCell(state, str(state.label)) for state in dict.fromkeys([*kind, Timing.LAPSED]) if state in found]
