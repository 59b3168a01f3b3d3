"""The programme at a glance, on one sheet: for leaders, and with his own scope for everybody else."""

import datetime
from collections.abc import Iterable
from dataclasses import dataclass, replace

from django.http import Http404
from django.urls import reverse
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from accounts.context import PortalFrame
from accounts.models import User
from programme import calendar
from programme.money import format_money
from reports.consolidation.structure import Rollup
from reports.models import Period, Submission
from reports.standing import Standing, counts, standings

from ..exhibits import page_or_file
from ..figures.activities import Answers, answers
from ..figures.classes import short
from ..figures.money import PlannedLine, planned_lines, sums
from ..figures.region_forms import RegionForm
from ..figures.regions import MEASURES, RegionFigures, region_figures
from ..figures.risk import AtRisk, at_risk
from ..figures.standing_of_body import lines_paid_by
from ..showing.overview import money_exhibit, results_exhibit, risks_exhibit, states_exhibit
from ..showing.region_map import map_exhibit
from ..writing import Kind

MOST_AT_RISK = 5


@require_safe
def overview(request, slug):
    frame = PortalFrame(request)
    if not frame.programme:
        raise Http404
    return overview_page(request, {"portal": frame, "programme": frame.programme, "section": "home"})


@dataclass(frozen=True)
class KeyFigure:
    label: str
    value: str
    note: str
    url: str
    tone: str = ""


@dataclass
class Seen:
    """What the reader may see of the programme at the end of a half-year."""

    until: Period
    reader: User
    filings: list[Standing]
    figures: RegionFigures
    states: dict[int, Rollup]
    lines: list[PlannedLine]
    risks: list[AtRisk]

    @property
    def counted(self) -> list:
        """Indicators with a target, and what was reported; a body does not answer for the country's targets."""
        if not self.reader.reads_everything:
            return []
        measures = [one for one in self.figures.measures.values() if one.indicator and one.indicator.target]
        return [(measure, self.figures.country[measure.code]) for measure in measures]


def overview_page(request, context: dict):
    """The page, or a file of one of its exhibits. `context`: with `portal` and `programme`."""
    form = RegionForm(request.GET, programme=context["programme"])
    context["form"] = form
    if form.until is None or form.until.state == Period.State.UPCOMING:
        return page_or_file(request, "analysis/overview.html", context, [])
    seen = _seen(form.until, request.user)
    exhibits = [
        map_exhibit(seen.figures, MEASURES["on_time"], request.user),
        states_exhibit(seen.states, seen.until),
        money_exhibit(seen.lines, seen.until),
        results_exhibit(seen.counted, seen.until),
        risks_exhibit(seen.risks, seen.until),
    ]
    context |= {
        "until": seen.until,
        "headline": _headline(seen),
        "figures": _key_figures(seen),
        "risks": seen.risks[:MOST_AT_RISK],
        "more_risks": len(seen.risks) - MOST_AT_RISK,
        "missing": [one.submission for one in seen.filings if not one.timeliness.is_filed],
        "silent": [ordinal for ordinal, state in seen.states.items() if state == Rollup.NO_INFORMATION],
    }
    return page_or_file(request, "analysis/overview.html", context, [one for one in exhibits if one.rows])


def _seen(until: Period, reader: User) -> Seen:
    programme = until.programme
    said, lines = answers(programme, until), planned_lines(until, reader)
    if not reader.reads_everything:
        said, lines = _own(said, reader), _own_lines(lines, until, reader)
    reports = Submission.objects.visible_to(reader).filter(period=until).select_related("agency")
    return Seen(
        until=until,
        reader=reader,
        filings=standings(until, reports.order_by("agency__ordinal")),
        figures=region_figures(programme, until),
        states={ordinal: said.rollup(ordinal, until) for ordinal in said.obliged},
        lines=lines,
        risks=at_risk(said, until, _day_of(until), lines),
    )


def _day_of(until: Period) -> datetime.date:
    """Today, or for an earlier half-year the last day of its reports: what came after it counts for the next."""
    today = calendar.today(until.programme.time_zone)
    following = until.ends_on + datetime.timedelta(days=184)
    return today if today <= following else until.consolidated_due


def _own(said: Answers, reader: User) -> Answers:
    """Of the reader's body alone, on what it answers for."""
    own = reader.agency.code
    return replace(said, obliged={ordinal: [own] for ordinal, bodies in said.obliged.items() if own in bodies})


def _own_lines(lines: Iterable[PlannedLine], until: Period, reader: User) -> list[PlannedLine]:
    if reader.agency.region_id:
        return [one for one in lines if one.line.region_id == reader.agency.region_id]
    paid = {line.pk for line in lines_paid_by(reader.agency, until)}
    return [replace(one, is_known=True) for one in lines if one.line.pk in paid]


def _headline(seen: Seen) -> str:
    """The half-year in one sentence."""
    counted = counts(seen.filings)
    said = []
    if seen.reader.reads_everything:
        said.append(_("%(filed)s of %(expected)s bodies have filed") % counted)
    elif seen.filings:
        said.append(_("our report: %(state)s") % {"state": seen.filings[0].submission.get_state_display()})
    done = sum(state == Rollup.DONE for state in seen.states.values())
    said.append(_("%(done)s of %(all)s activities are done") % {"done": done, "all": len(seen.states)})
    if (share := sums(seen.lines).share) is not None:
        said.append(_("%(share)s of the planned money is spent") % {"share": short(share, Kind.SHARE)})
    said.append(_at_risk_in_words(len(seen.risks)))
    return f"{capfirst(seen.until.title)}: {'; '.join(said)}."


def _at_risk_in_words(number: int) -> str:
    if not number:
        return _("no activity is at risk")
    return ngettext("%(number)s activity is at risk", "%(number)s activities are at risk", number) % {"number": number}


def _key_figures(seen: Seen) -> list[KeyFigure]:
    slug, code = seen.until.programme.slug, seen.until.code
    board = reverse("period", args=[slug, code])
    counted, states, money = counts(seen.filings), list(seen.states.values()), sums(seen.lines)
    found = []
    if seen.reader.reads_everything:
        late = _("late: %(late)s, overdue: %(overdue)s") % counted
        found.append(KeyFigure(_("Reports filed"), _of(counted["filed"], counted["expected"]), late, board))
    if (on_time := _on_time(seen)) is not None:
        note = _("since the start, akimats") if seen.reader.reads_everything else _("since the start")
        url = f"{reverse('map', args=[slug])}?measure=on_time&period={code}"
        found.append(KeyFigure(_("Filed on time"), short(on_time, Kind.SHARE), note, url))
    delayed = _("delayed: %(number)s") % {"number": states.count(Rollup.DELAYED)}
    progress = reverse("progress", args=[slug])
    found.append(
        KeyFigure(_("Activities done"), _of(states.count(Rollup.DONE), len(states)), delayed, progress, "good")
    )
    if money.share is not None:
        note = _("%(amount)s million tenge") % {"amount": format_money(money.spent)}
        url = f"{reverse('money', args=[slug])}?period={code}"
        found.append(KeyFigure(_("Money spent"), short(money.share, Kind.SHARE), note, url))
    if targets := seen.counted:
        reached = sum((value or 0) >= measure.indicator.target for measure, value in targets)
        url = f"{reverse('results', args=[slug])}?period={code}"
        found.append(KeyFigure(_("Targets reached"), _of(reached, len(targets)), _("of the stage"), url))
    found.append(KeyFigure(_("Activities at risk"), str(len(seen.risks)), _("see below"), "#at-risk", "warn"))
    return found


def _on_time(seen: Seen):
    if seen.reader.reads_everything:
        return seen.figures.country["on_time"]
    region = next((one.code for one in seen.figures.regions if one.pk == seen.reader.agency.region_id), None)
    return seen.figures.values[region]["on_time"] if region else None


def _of(part: int, whole: int) -> str:
    return _("%(filed)s of %(expected)s") % {"filed": part, "expected": whole}
