"""Charts and the map of the consolidated report, in the active language; the tables beside them say the same."""

from decimal import Decimal
from itertools import pairwise

from django.utils.formats import number_format
from django.utils.translation import gettext as _

from programme.models import FundingSource
from programme.money import format_money

from .. import charts
from ..charts import BAD, GOOD, NEUTRAL, UNDER_WAY, WARN, About, Bar, Classes, Group
from ..consolidation.structure import Report, Rollup
from ..timeliness import Timing
from .blocks import Picture
from .tables import Sums
from .wording import Wording, capital

# Hatched where nothing is known or owed.
LOOKS = {
    Rollup.DONE: GOOD,
    Rollup.IN_PROGRESS: UNDER_WAY,
    Rollup.DELAYED: BAD,
    Rollup.NOT_DUE: NEUTRAL,
    Rollup.NOTHING_TO_REPORT: NEUTRAL.hatched,
    Rollup.NO_INFORMATION: WARN.hatched,
    Rollup.NOBODY_OBLIGED: NEUTRAL.hatched,
}
# Per cent of what is planned at which a class of the map begins.
_STEPS = (25, 50, 75, 100)
# Millimetres on paper, where letters are as large as those of tables and there is room for a caption.
_UPRIGHT, _LYING = 150, 220


def states(report: Report, words: Wording) -> Picture:
    rows = [
        Bar(capital(state), count, _number(count), LOOKS[state])
        for state in Rollup
        for count in [report["statuses"].get(state.value, 0)]
    ]
    about = About("chart-states", _("Activities of the plan by state"), _listed(rows))
    return _picture(about, charts.bars(about, rows), _UPRIGHT)


def money(report: Report, words: Wording) -> Picture | None:
    """A group for each source and year, as in the table."""
    groups = [
        Group(
            f"{capital(source)}, {row['year']}",
            [(amount, format_money(amount)) for amount in (Decimal(row["planned"]), Decimal(row["spent"]))],
        )
        for source in FundingSource
        for row in report["money"]
        if row["source"] == source
    ]
    if not groups:
        return None
    series = {_("Planned"): UNDER_WAY.hatched, _("Spent since the start"): UNDER_WAY}
    said = [
        _("%(what)s: planned %(planned)s, spent %(spent)s")
        % {"what": group.label, "planned": group.values[0][1], "spent": group.values[1][1]}
        for group in groups
    ]
    title = _("Planned and spent by source and year, million tenge")
    about = About("chart-money", title, "; ".join(said) + ".")
    return _picture(about, charts.grouped(about, groups, series), _UPRIGHT)


def timeliness(report: Report, words: Wording) -> Picture | None:
    timings = [filing["timing"] for filing in report["filings"]]
    if not timings:
        return None
    on_time, late = timings.count(Timing.ON_TIME), timings.count(Timing.LATE)
    counted = [
        (capital(Timing.ON_TIME), on_time, GOOD),
        (capital(Timing.LATE), late, WARN),
        (_("Not filed"), len(timings) - on_time - late, BAD.hatched),
    ]
    parts = [Bar(label, count, _number(count), look) for label, count, look in counted]
    about = About("chart-timeliness", _("Bodies by the time of filing"), _listed(parts))
    return _picture(about, charts.stacked(about, parts), _UPRIGHT)


def regions(report: Report, words: Wording) -> Picture | None:
    """What each region spent of the year's local money. None where no map has all of the regions."""
    percents = {row["region"]: _percent(row) for row in report["regions"]}
    names = {row["region"]: words.text(row["name"]) for row in report["regions"]}
    no_data = _("nothing planned")
    classes = Classes(list(_STEPS), _class_labels(), no_data)
    said = [
        _("%(what)s: %(names)s") % {"what": label, "names": ", ".join(those)}
        for number, label in [*enumerate(classes.labels), (None, no_data)]
        if (those := [names[code] for code, value in percents.items() if classes.of(value) == number])
    ]
    title = _("Local budgets in %(year)s: spent in the year by region, %% of planned") % {"year": words.year}
    about = About("map-regions", title, "; ".join(said) + ".")
    texts = {code: number_format(value, decimal_pos=1) for code, value in percents.items() if value is not None}
    svg = charts.region_map(about, percents, texts, classes, words.language)
    return svg and _picture(about, svg, _LYING)


def _percent(row) -> Decimal | None:
    sums = Sums()
    sums.add(row)
    return sums.percent


def _class_labels() -> list[str]:
    between = [_("%(low)s to %(high)s %%") % {"low": low, "high": high} for low, high in pairwise(_STEPS)]
    return [
        _("under %(bound)s %%") % {"bound": _STEPS[0]},
        *between,
        _("%(bound)s %% and more") % {"bound": _STEPS[-1]},
    ]


def _number(count: int) -> str:
    return number_format(count)


def _listed(rows: list[Bar]) -> str:
    """What there is, for those who hear the picture."""
    return "; ".join(f"{row.label}: {row.text}" for row in rows if row.value) + "."


def _picture(about: About, svg: str, width: int) -> Picture:
    return Picture(about.name, about.title, about.description, svg, width)
