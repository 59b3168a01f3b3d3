"""The programme at a glance: what a leader reads on one sheet."""

from collections import Counter, defaultdict
from decimal import Decimal

from django.urls import reverse
from django.utils.formats import number_format
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from programme.models import FundingSource
from programme.money import format_money
from programme.templatetags.portal import tone
from reports import charts
from reports.charts import UNDER_WAY, About, Bar, Bullet, Group
from reports.consolidation.structure import Rollup
from reports.documents.pictures import LOOKS
from reports.models import Period

from ..datasets.dataset import FILED
from ..exhibits import Cell, Exhibit, Row, rows_behind
from ..figures.money import PlannedLine, sums
from ..figures.regions import Measure
from ..figures.risk import AtRisk
from ..writing import Column, Kind


def states_exhibit(states: dict[int, Rollup], until: Period) -> Exhibit:
    """Activities by their state."""
    counted = Counter(states.values())
    progress = reverse("progress", args=[until.programme.slug])
    rows = [(state, counted[state]) for state in Rollup if counted[state]]
    bars = [Bar(capfirst(state.label), count, number_format(count), LOOKS[state]) for state, count in rows]
    title = _("Activities by state")
    about = About("states-picture", title, "; ".join(f"{bar.label}: {bar.text}" for bar in bars) + ".")
    return Exhibit(
        name="states",
        title=title,
        columns=[Column("state", _("State")), Column("activities", _("Activities"), Kind.INTEGER)],
        rows=[Row([Cell(capfirst(state.label), tone=tone(state)), Cell(count, progress)]) for state, count in rows],
        picture=charts.bars(about, bars) if bars else "",
        is_wide=True,
    )


def money_exhibit(lines: list[PlannedLine], until: Period) -> Exhibit:
    """In force for all years of the plan and spent up to the half-year, by source."""
    by_source = defaultdict(list)
    for one in lines:
        by_source[one.line.source].append(one)
    found = [(source, sums(by_source[source])) for source in FundingSource if by_source[source]]
    groups = [
        Group(
            capfirst(source.label),
            [(one.in_force, format_money(one.in_force)), (one.spent or Decimal(0), format_money(one.spent) or "—")],
        )
        for source, one in found
    ]
    title = _("Planned and spent, million tenge")
    said = [f"{group.label}: {group.values[0][1]}, {group.values[1][1]}" for group in groups]
    about = About("money-picture", title, "; ".join(said) + ".")
    series = {_("Planned"): UNDER_WAY.hatched, _("Spent since the start"): UNDER_WAY}
    programme = {"programme": until.programme.slug}
    reported = programme | {"period_to": until.code, "state": FILED}
    rows = [
        Row(
            [
                capfirst(source.label),
                Cell(one.in_force, rows_behind("budget-lines", **programme, source=source.value)),
                Cell(one.spent, rows_behind("spending", **reported, source=source.value) if one.spent else ""),
                one.share,
            ]
        )
        for source, one in found
    ]
    if len(found) > 1:
        total = sums(lines)
        rows.append(Row([_("All"), total.in_force, total.spent, total.share], is_total=True))
    return Exhibit(
        name="money",
        title=title,
        columns=[
            Column("source", _("Funding source")),
            Column("planned", _("Planned"), Kind.MONEY),
            Column("spent", _("Spent since the start"), Kind.MONEY),
            Column("share", _("Share spent"), Kind.SHARE),
        ],
        rows=rows,
        picture=charts.grouped(about, groups, series) if groups else "",
        is_wide=True,
    )


def results_exhibit(counted: list[tuple[Measure, int | None]], until: Period) -> Exhibit:
    """The stage's indicators with a target: what was reported for the whole country, against it."""
    results = reverse("results", args=[until.programme.slug])
    reported = {"programme": until.programme.slug, "period_to": until.code, "state": FILED}
    bullets = [
        Bullet(
            label=f"{measure.title}, {measure.indicator.unit}",
            value=value,
            text=_("no data") if value is None else number_format(value, force_grouping=True),
            target=measure.indicator.target,
            target_text=number_format(measure.indicator.target, force_grouping=True),
        )
        for measure, value in counted
    ]
    title = _("Results against targets of the stage")
    said = [
        _("%(what)s: %(reached)s of %(target)s") % {"what": one.label, "reached": one.text, "target": one.target_text}
        for one in bullets
    ]
    about = About("results-picture", title, "; ".join(said) + ".")
    return Exhibit(
        name="results",
        title=title,
        columns=[
            Column("indicator", _("Indicator")),
            Column("reached", _("Reached"), Kind.INTEGER),
            Column("target", _("Target"), Kind.INTEGER),
            Column("share", _("Share of the target"), Kind.SHARE),
        ],
        rows=[
            Row(
                [
                    Cell(f"{measure.title}, {measure.indicator.unit}", results),
                    Cell(value, rows_behind("indicators", **reported, indicator=measure.indicator.code)),
                    measure.indicator.target,
                    measure.share_of_target(value),
                ]
            )
            for measure, value in counted
        ],
        picture=charts.bullets(about, bullets) if bullets else "",
        is_wide=True,
    )


def risks_exhibit(risks: list[AtRisk], until: Period) -> Exhibit:
    """All of them, with their reasons."""
    slug = until.programme.slug
    return Exhibit(
        name="risks",
        title=_("Activities at risk"),
        columns=[
            Column("activity", _("Activity")),
            Column("reasons", _("Why")),
        ],
        rows=[
            Row(
                [
                    Cell(str(risk.activity), reverse("activity", args=[slug, risk.activity.ordinal])),
                    "; ".join(text for _reason, text in risk.reasons),
                ]
            )
            for risk in risks
        ],
        is_wide=True,
    )
