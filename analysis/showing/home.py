"""What the home pages show: where the half-year stands, how one body stands, the figures that moved."""

from django.urls import reverse
from django.utils.formats import number_format
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from programme.models import Agency, FundingSource, Region
from programme.templatetags.portal import tone
from reports import charts
from reports.charts import BAD, GOOD, NEUTRAL, UNDER_WAY, WARN, About, Bar, Dots
from reports.models import Period, Submission
from reports.standing import Standing
from reports.timeliness import Timing

from ..datasets.dataset import FILED, NO_REGION
from ..datasets.preview import shown
from ..exhibits import Cell, Exhibit, Row, rows_behind
from ..figures.moved import Moved, Movements
from ..figures.standing_of_body import Place, YearOfMoney
from ..writing import Column, Kind

State = Submission.State


def standing_exhibit(rows: list[Standing], board: str) -> Exhibit:
    """The bodies by the state of their reports; each leads to these rows of the `board`."""
    states = [row.submission.state for row in rows]
    overdue = sum(row.submission.state == State.DRAFT and row.timeliness.timing == Timing.OVERDUE for row in rows)
    parts = [
        (State.ACCEPTED.label, states.count(State.ACCEPTED), GOOD, "?state=accepted"),
        (_("waiting for review"), states.count(State.SUBMITTED), UNDER_WAY, "?state=submitted"),
        (State.RETURNED.label, states.count(State.RETURNED), WARN, "?state=returned"),
        (_("not filed, still in time"), states.count(State.DRAFT) - overdue, NEUTRAL.hatched, "?state=draft"),
        (_("not filed, overdue"), overdue, BAD.hatched, "?state=draft&timing=overdue"),
    ]
    bars = [Bar(capfirst(label), count, number_format(count), look) for label, count, look, _query in parts if count]
    title = _("Reports of bodies by state")
    about = About("standing-picture", title, "; ".join(f"{bar.label}: {bar.text}" for bar in bars) + ".")
    return Exhibit(
        name="standing",
        title=title,
        columns=[Column("state", _("State")), Column("bodies", _("Bodies"), Kind.INTEGER)],
        rows=[
            *(Row([capfirst(label), Cell(count, f"{board}{query}")]) for label, count, _look, query in parts),
            Row([_("All"), Cell(len(rows), board)], is_total=True),
        ],
        picture=charts.stacked(about, bars),
    )


def places_exhibit(places: list[Place], agency: Agency) -> Exhibit:
    """One body among those of its kind; the others are not named."""
    known = [place for place in places if place.own is not None or place.others]
    among = _("Among all regions") if agency.region_id else _("Among the central bodies")
    said = [
        f"{place.title}: {place.own_text or _('no data')}" + (f", {place.in_words}" if place.in_words else "")
        for place in known
    ]
    about = About("places-picture", among, "; ".join(said) + ".")
    rows = [
        Dots(
            label=str(place.title) + (f": {place.in_words}" if place.in_words else ""),
            own=place.own,
            own_text=place.own_text,
            others=place.others,
            median=place.median,
            median_text=shown(place.median, Kind.SHARE),
        )
        for place in known
    ]
    return Exhibit(
        name="places",
        title=among,
        columns=[
            Column("measure", _("Measure")),
            Column("own", agency.short_name, Kind.SHARE),
            Column("median", _("Median"), Kind.SHARE),
            Column("place", _("Place"), Kind.INTEGER),
            Column("among", _("Among"), Kind.INTEGER),
        ],
        rows=[
            Row([place.title, place.own, place.median, place.place, len(place.others) + (place.own is not None)])
            for place in known
        ],
        picture=charts.dots(about, rows, own=agency.short_name) if known else "",
        note=_("A place is told where more is better; bodies with the same value share it."),
    )


def own_money_exhibit(money: list[YearOfMoney], agency: Agency, region: Region | None, period: Period) -> Exhibit:
    """What the plan gives a body by year and source, and what of it its filed reports say is spent."""
    printed = {"programme": period.programme.slug, "region": region.code if region else NO_REGION}
    reported = {"programme": period.programme.slug, "agency": agency.code, "state": FILED}
    return Exhibit(
        name="own-money",
        title=_("Our money, million tenge"),
        columns=[
            Column("year", _("Year"), Kind.TEXT),
            Column("source", _("Funding source")),
            Column("printed", _("Planned"), Kind.MONEY),
            Column("in_force", _("In force"), Kind.MONEY),
            Column("spent", _("Spent"), Kind.MONEY),
            Column("share", _("Share spent"), Kind.SHARE),
        ],
        rows=[
            Row(
                [
                    str(one.year),
                    capfirst(FundingSource(one.source).label),
                    Cell(one.printed, rows_behind("budget-lines", **printed, year=one.year, source=one.source)),
                    one.in_force,
                    Cell(one.spent, _spent_in(one, reported, period)),
                    one.share,
                ]
            )
            for one in money
        ],
        note=_("As in force at the end of the half-year; spending as your filed reports say it."),
    )


def _spent_in(one: YearOfMoney, reported: dict, until: Period) -> str:
    if one.spent is None:
        return ""
    last = min(until.code, f"{one.year}-H2")
    return rows_behind("spending", **reported, period_from=f"{one.year}-H1", period_to=last, source=one.source)


def moved_exhibits(moved: Movements) -> list[Exhibit]:
    """Reports and activities, money, indicators."""
    return [_moved_counts(moved), _moved_money(moved), _moved_indicators(moved), _changed_states(moved)]


def _moved_counts(moved: Movements) -> Exhibit:
    period = moved.period
    said = {"programme": period.programme.slug, "period_from": period.code, "period_to": period.code}
    reports = {
        "filed": (_("Reports filed"), rows_behind("timeliness", **said, state=FILED)),
        "on_time": (_("Reports filed on time"), rows_behind("timeliness", **said)),
        "accepted": (_("Reports accepted"), rows_behind("timeliness", **said, state=State.ACCEPTED.value)),
    }
    progress = reverse("progress", args=[period.programme.slug])
    rows = [_moved_row(one, *reports[one.key]) for one in moved.reports]
    rows += [_moved_row(one, _("Activities: %(state)s") % {"state": one.key.label}, progress) for one in moved.states]
    return _moved_exhibit("moved", _("Reports and activities"), moved, Kind.INTEGER, rows)


def _moved_money(moved: Movements) -> Exhibit:
    period = moved.period
    said = {"programme": period.programme.slug, "period_from": period.code, "period_to": period.code, "state": FILED}
    rows = [
        _moved_row(one, capfirst(FundingSource(one.key).label), rows_behind("spending", **said, source=one.key))
        for one in moved.spent
    ]
    return _moved_exhibit("moved-money", _("Spent in the half-year, million tenge"), moved, Kind.MONEY, rows)


def _moved_indicators(moved: Movements) -> Exhibit:
    period = moved.period
    said = {"programme": period.programme.slug, "period_from": period.code, "period_to": period.code, "state": FILED}
    rows = [
        _moved_row(one, one.key.title, rows_behind("indicators", **said, indicator=one.key.code))
        for one in moved.counted
        if one.now or one.before
    ]
    return _moved_exhibit("moved-indicators", _("Indicators in the half-year"), moved, Kind.INTEGER, rows)


def _moved_row(one: Moved, what: str, url: str) -> Row:
    return Row([what, one.before, Cell(one.now, url), one.difference, one.direction, one.lately])


def _moved_exhibit(name: str, title: str, moved: Movements, kind: Kind, rows: list[Row]) -> Exhibit:
    return Exhibit(
        name=name,
        title=title,
        columns=[
            Column("what", _("Figure")),
            Column("before", moved.before.code if moved.before else _("Before"), kind),
            Column("now", moved.period.code, kind),
            Column("difference", _("Difference"), kind),
            Column("direction", _("Direction")),
            Column("lately", _("In the last seven days"), kind),
        ],
        rows=rows,
        is_wide=True,
    )


def _changed_states(moved: Movements) -> Exhibit:
    slug = moved.period.programme.slug
    return Exhibit(
        name="changed",
        title=_("Activities whose state changed"),
        columns=[
            Column("activity", _("Activity")),
            Column("before", moved.before.code if moved.before else _("Before")),
            Column("now", moved.period.code),
        ],
        rows=[
            Row(
                [
                    Cell(str(activity), reverse("activity", args=[slug, activity.ordinal])),
                    Cell(before.label, tone=tone(before)),
                    Cell(now.label, tone=tone(now)),
                ]
            )
            for activity, before, now in moved.changed
        ],
        is_wide=True,
    )
