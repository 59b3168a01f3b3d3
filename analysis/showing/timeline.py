"""The plan through the years of the programme: when activities are due, and how they stood in each half-year."""

import datetime
from dataclasses import dataclass

from django.urls import reverse
from django.utils.formats import date_format
from django.utils.text import Truncator, capfirst
from django.utils.translation import gettext as _

from activities.models import Activity
from programme import calendar
from programme.models import Programme
from programme.templatetags.portal import tone
from reports.charts import BAD, GOOD, NEUTRAL, RULE, UNDER_WAY, WARN, About, Lane, Look, Mark, Span, timeline
from reports.consolidation.structure import Outcome, Rollup
from reports.models import Period

from ..exhibits import Cell, Exhibit, Row
from ..figures.deadlines import Ended
from ..writing import Column, Kind

# Of an activity's title, what stands beside its lane.
LABEL_LETTERS = 64

LOOKS = {
    Rollup.DONE: GOOD,
    Rollup.IN_PROGRESS: UNDER_WAY,
    Rollup.DELAYED: BAD,
    Rollup.NOT_DUE: NEUTRAL.hatched,
    Rollup.NOTHING_TO_REPORT: NEUTRAL,
    Rollup.NO_INFORMATION: WARN.hatched,
}
MARKS = {Outcome.MET: GOOD, Outcome.LATE: WARN, Outcome.MISSED: BAD, Outcome.AHEAD: NEUTRAL}
LAPSED = Look(RULE, is_hatched=True)


@dataclass(frozen=True)
class Line:
    """An activity, with its deadlines and its states by the half-year's code."""

    activity: Activity
    ended: list[Ended]
    states: dict[str, Rollup]


def exhibit(programme: Programme, periods: list[Period], lines: list[Line]) -> Exhibit:
    """All lines, of which there is one at least, as one picture and one table. `periods`: the programme's."""
    return Exhibit(
        name="timeline",
        title=_("Deadlines and states of activities"),
        columns=_columns(periods),
        rows=[Row(_cells(programme, periods, line)) for line in lines],
        picture=_picture(programme, periods, lines),
        note=_note(programme, lines),
        is_wide=True,
    )


def _note(programme: Programme, lines: list[Line]) -> str:
    early = [line.activity.ordinal for line in lines for ended in line.ended if _is_early(programme, ended)]
    if not early:
        return ""
    return _(
        "Activities with a date before the decree itself: %(rows)s. It stands where it is printed, as a hollow mark, "
        "and counts from the decree's date, %(date)s"
    ) % {"rows": ", ".join(map(str, early)), "date": _day(programme.adopted_on)}


def _is_early(programme: Programme, ended: Ended) -> bool:
    return ended.deadline.counts_from(programme) != ended.deadline.date


# The picture


def _picture(programme: Programme, periods: list[Period], lines: list[Line]) -> str:
    lapsed = [period for period in periods if period.is_lapsed]
    shown = {state for line in lines for state in line.states.values()}
    marks = {ended.outcome for line in lines for ended in line.ended}
    keys = {capfirst(state.label): look for state, look in LOOKS.items() if state in shown}
    return timeline(
        About(
            "timeline",
            _("Deadlines and states of activities"),
            _("A lane for each activity through the years %(first)s to %(last)s. The table below says the same.")
            % {"first": programme.first_year, "last": programme.last_year},
        ),
        datetime.date(programme.first_year, 1, 1),
        datetime.date(programme.last_year, 12, 31),
        _lanes(programme, periods, lines, lapsed),
        calendar.today(programme.time_zone),
        [Span(one.starts_on, one.ends_on, _roman(one), NEUTRAL) for one in periods],
        keys=keys | ({capfirst(Period.State.LAPSED.label): LAPSED} if lapsed else {}),
        mark_keys={capfirst(outcome.label): look for outcome, look in MARKS.items() if outcome in marks},
    )


def _lanes(programme: Programme, periods: list[Period], lines: list[Line], lapsed: list[Period]) -> list[Lane]:
    """With the section's title before the first of each section."""
    lanes, section = [], None
    for line in lines:
        if line.activity.section_id != section:
            section = line.activity.section_id
            lanes.append(Lane(line.activity.section.title, "", is_heading=True))
        lanes.append(_lane(programme, periods, line, lapsed))
    return lanes


def _lane(programme: Programme, periods: list[Period], line: Line, lapsed: list[Period]) -> Lane:
    spans = [
        Span(one.starts_on, one.ends_on, f"{one.title}: {line.states[one.code].label}", LOOKS[line.states[one.code]])
        for one in periods
        if line.states.get(one.code) in LOOKS
    ]
    spans += [Span(one.starts_on, one.ends_on, f"{one.title}: {Period.State.LAPSED.label}", LAPSED) for one in lapsed]
    return Lane(
        label=f"{line.activity.ordinal}. {Truncator(line.activity.title).chars(LABEL_LETTERS)}",
        url=reverse("activity", args=[programme.slug, line.activity.ordinal]),
        spans=spans,
        marks=[_mark(programme, ended) for ended in line.ended],
    )


def _mark(programme: Programme, ended: Ended) -> Mark:
    """A date before the decree's own is hollow."""
    look = MARKS[ended.outcome]
    return Mark(ended.deadline.date, _in_words(ended), look.hatched if _is_early(programme, ended) else look)


def _roman(period: Period) -> str:
    return "I" * period.half


# The table


def _columns(periods: list[Period]) -> list[Column]:
    return [
        Column("activity", _("Activity")),
        Column("section", _("Section"), Kind.INTEGER),
        *(Column(outcome.value, capfirst(outcome.label)) for outcome in MARKS),
        *(Column(period.code, period.code, description=capfirst(period.title)) for period in periods),
    ]


def _cells(programme: Programme, periods: list[Period], line: Line) -> list:
    url = reverse("activity", args=[programme.slug, line.activity.ordinal])
    return [
        Cell(f"{line.activity.ordinal}. {line.activity.title}", url),
        line.activity.section.number,
        *(_days(line, outcome) for outcome in MARKS),
        *(_state(period, line.states.get(period.code), url) for period in periods),
    ]


def _state(period: Period, state: Rollup | None, url: str) -> Cell:
    if state:
        return Cell(str(state.label), f"{url}#{period.code}", tone(state))
    return Cell(str(Period.State.LAPSED.label) if period.is_lapsed else None)


def _days(line: Line, outcome: Outcome) -> str | None:
    days = [ended.deadline.date for ended in line.ended if ended.outcome == outcome]
    return ", ".join(date_format(day, "SHORT_DATE_FORMAT") for day in days) or None


def _in_words(ended: Ended) -> str:
    return f"{_day(ended.deadline.date)} ({ended.deadline.get_kind_display()}): {ended.outcome.label}"


def _day(day: datetime.date) -> str:
    return date_format(day, "DATE_FORMAT")
