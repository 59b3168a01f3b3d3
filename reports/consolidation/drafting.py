"""What the portal proposes for the parts of the report that coordinators write: from the structure alone, never empty.

Nothing here depends on the day, so that a proposal changes only with what was filed and accepted.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator
from decimal import Decimal
from functools import partial

from django.utils import translation
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from activities.models import Deadline, Responsibility
from programme.models import FundingSource
from programme.money import ZERO, format_money

from ..documents.wording import Wording, as_written
from ..models import Entry, Submission
from ..timeliness import Timing
from .structure import (
    CONCLUSION,
    INTRODUCTION,
    ActivityPart,
    MoneyRow,
    Outcome,
    Report,
    Rollup,
    SectionPart,
    activity_part,
    section_part,
)

_PARAGRAPHS = "\n\n"


def draft(report: Report, part: str, language: str) -> str:
    """The proposal for one part of the report in kk, ru or en; what a person wrote stays in the person's language."""
    with translation.override(language):
        return dict(_writers(report))[part](Wording(report, language))


def drafts(report: Report, language: str) -> dict[str, str]:
    """The same for all parts, in their order."""
    with translation.override(language):
        words = Wording(report, language)
        return {part: write(words) for part, write in _writers(report)}


def parts_of(report: Report) -> list[str]:
    """All parts that coordinators write, in the order in which the report has them."""
    return [part for part, _write in _writers(report)]


def _writers(report: Report) -> Iterator[tuple[str, Callable[[Wording], str]]]:
    yield INTRODUCTION, partial(_introduction, report)
    for section in report["sections"]:
        yield section_part(section["number"]), partial(_section, section)
        for activity in section["activities"]:
            yield activity_part(activity["ordinal"]), partial(_activity, activity)
    yield CONCLUSION, partial(_conclusion, report)


def _introduction(report: Report, words: Wording) -> str:
    return _PARAGRAPHS.join([_subject(report, words), _received(report, words)])


def _subject(report: Report, words: Wording) -> str:
    period, programme = report["period"], report["programme"]
    half = _("first half of %(year)s") if period["half"] == 1 else _("second half of %(year)s")
    sentences = [
        _(
            "This report describes the progress of the programme “%(programme)s”. "
            "It covers the %(period)s (%(first)s – %(last)s)."
        )
        % {
            "programme": words.text(programme["short_title"]),
            "period": half % {"year": period["year"]},
            "first": words.date(period["starts_on"]),
            "last": words.date(period["ends_on"]),
        }
    ]
    if act := words.act():
        sentences.append(_("The programme was approved by an act of law (%(act)s).") % {"act": act})
    sentences.append(
        _(
            "Consolidated information on the progress is submitted to the Government after each half-year "
            "(this time by %(due)s). Body responsible: %(body)s."
        )
        % {"body": words.name(programme["lead_agency"]), "due": words.date(period["consolidated_due"])}
    )
    return " ".join(sentences)


def _received(report: Report, words: Wording) -> str:
    filings = report["filings"]
    timings = Counter(filing["timing"] for filing in filings)
    filed = timings[Timing.ON_TIME] + timings[Timing.LATE]
    returned = sum(filing["state"] == Submission.State.RETURNED for filing in filings)
    accepted = sum(filing["receipt"] is not None for filing in filings)
    sentences = [
        ngettext(
            "By %(due)s %(count)s body was obliged to submit information on the half-year.",
            "By %(due)s %(count)s bodies were obliged to submit information on the half-year.",
            len(filings),
        )
        % {"count": len(filings), "due": words.date(report["period"]["submissions_due"])}
    ]
    if filed:
        sentences.append(
            ngettext(
                "Information was received from %(count)s body: %(on_time)s on time, %(late)s late.",
                "Information was received from %(count)s bodies: %(on_time)s on time, %(late)s late.",
                filed,
            )
            % {"count": filed, "on_time": timings[Timing.ON_TIME], "late": timings[Timing.LATE]}
        )
    else:
        sentences.append(_("No information has been received yet."))
    if returned:
        sentences.append(_("Returned for rework and not submitted again: %(count)s.") % {"count": returned})
    if unfiled := len(filings) - filed - returned:
        sentences.append(_("Bodies that have submitted no information: %(count)s.") % {"count": unfiled})
    if accepted:
        sentences.append(
            ngettext(
                "This report is compiled from %(count)s accepted submission.",
                "This report is compiled from %(count)s accepted submissions.",
                accepted,
            )
            % {"count": accepted}
        )
    else:
        sentences.append(_("No submission on this half-year has been accepted."))
    return " ".join(sentences)


def _section(section: SectionPart, words: Wording) -> str:
    activities = section["activities"]
    states = ngettext(
        "The section has %(count)s activity: %(states)s.",
        "The section has %(count)s activities: %(states)s.",
        len(activities),
    ) % {"count": len(activities), "states": _states(activities)}
    rows = [row for activity in activities for row in activity["money"]]
    money = [_spent(_("Funding"), rows, words)] if rows else []
    lagging = _lagging(activities, words) or [
        _("No activity of the section is delayed, and no completion date has been missed.")
    ]
    return _PARAGRAPHS.join([states, *money, " ".join(lagging)])


def _activity(activity: ActivityPart, words: Wording) -> str:
    """The lead compiler's own text. Without one, who says what, and the first body's text under its name."""
    told = [
        (entry, as_written(entry["narrative"]).strip())
        for entry in activity["entries"]
        if entry["period"] == words.period
    ]
    told = [(entry, text) for entry, text in told if text]
    is_alone = len(activity["entries"]) + len(activity["missing"]) == 1
    if told and (is_alone or told[0][0]["role"] == Responsibility.Role.LEAD):
        return told[0][1]
    paragraphs = [_who_says_what(activity, words)]
    if told:
        entry, text = told[0]
        paragraphs.append(f"{words.name(entry['agency'])}: {text}")
    return _PARAGRAPHS.join(paragraphs)


def _who_says_what(activity: ActivityPart, words: Wording) -> str:
    entries, missing = activity["entries"], activity["missing"]
    if not entries and not missing:
        return _("The plan obliges no body to report on this activity.")
    earlier = sum(entry["period"] != words.period for entry in entries)
    if earlier == len(entries) and not missing:
        names = ", ".join(words.short_name(entry["agency"]) for entry in entries)
        return _("The activity was done in an earlier half-year. Reported by: %(bodies)s.") % {"bodies": names}
    sentences = []
    if entries:
        obliged = len(entries) + len(missing)
        counts = [(status.label, activity["counts"].get(status, 0)) for status in Entry.Status]
        sentences.append(
            ngettext(
                "Information has been accepted from %(heard)s of %(count)s obliged body: %(states)s.",
                "Information has been accepted from %(heard)s of %(count)s obliged bodies: %(states)s.",
                obliged,
            )
            % {"count": obliged, "heard": len(entries), "states": _counted(counts)}
        )
    if earlier:
        sentences.append(_("Done in an earlier half-year: %(count)s.") % {"count": earlier})
    if missing:
        names = ", ".join(map(words.short_name, missing))
        sentences.append(_("No accepted information: %(bodies)s.") % {"bodies": names})
    return " ".join(sentences)


def _conclusion(report: Report, words: Wording) -> str:
    activities = [activity for section in report["sections"] for activity in section["activities"]]
    states = ngettext(
        "The plan has %(count)s activity: %(states)s.",
        "The plan has %(count)s activities: %(states)s.",
        len(activities),
    ) % {"count": len(activities), "states": _states(activities)}
    lagging = _lagging(activities, words) or [_("No activity is delayed, and no completion date has been missed.")]
    paragraphs = [
        states,
        _money(report["money"], words),
        " ".join(lagging),
        _targets(activities, words),
        _ahead(activities, words),
    ]
    return _PARAGRAPHS.join(paragraph for paragraph in paragraphs if paragraph)


def _money(rows: list[MoneyRow], words: Wording) -> str:
    sources = [source for source in FundingSource if any(row["source"] == source for row in rows)]
    lines = [
        _spent(capfirst(source.label), [row for row in rows if row["source"] == source], words) for source in sources
    ]
    return "\n".join([*lines, _spent(_("Total"), rows, words)] if len(lines) > 1 else lines)


def _spent(what: str, rows: list[MoneyRow], words: Wording) -> str:
    """Planned for the report's own year; spent in the half-year and from the start on lines of all years."""
    planned = [row["planned"] for row in rows if row["year"] == words.year]
    return _(
        "%(what)s: planned for %(year)s – %(planned)s million tenge, spent in the half-year – %(half_year)s "
        "million tenge, since the start – %(spent)s million tenge."
    ) % {
        "what": what,
        "year": words.year,
        "planned": _sum(planned),
        "half_year": _sum(row["spent_half_year"] for row in rows),
        "spent": _sum(row["spent"] for row in rows),
    }


def _lagging(activities: list[ActivityPart], words: Wording) -> list[str]:
    """Which rows are delayed, missed their date of completion or kept silent; empty if none."""

    def ended(outcome: Outcome) -> list[ActivityPart]:
        return [
            activity
            for activity in activities
            if any(d["kind"] == Deadline.Kind.ONE_OFF and d["outcome"] == outcome for d in activity["deadlines"])
        ]

    def in_state(state: Rollup) -> list[ActivityPart]:
        return [activity for activity in activities if activity["status"] == state]

    found = [
        (_("Delayed: No. %(rows)s."), in_state(Rollup.DELAYED)),
        (_("Completion date missed: No. %(rows)s."), ended(Outcome.MISSED)),
        (_("Completed late: No. %(rows)s."), ended(Outcome.LATE)),
        (_("No accepted information: No. %(rows)s."), in_state(Rollup.NO_INFORMATION)),
    ]
    return [text % {"rows": _rows(those, words)} for text, those in found if those]


def _targets(activities: list[ActivityPart], words: Wording) -> str:
    """Indicators of the stage that have a target, with what has been reached."""
    indicators = [one for activity in activities for one in activity["indicators"] if one["target"] is not None]
    if not indicators:
        return ""
    reached = sum(one["total"] >= one["target"] for one in indicators)
    head = _("Targets of the stage reached by the end of the half-year: %(reached)s of %(count)s.")
    lines = [
        _("– %(title)s: %(total)s, target – %(target)s")
        % {"title": words.text(one["title"]), "total": one["total"], "target": one["target"]}
        for one in indicators
    ]
    return "\n".join([head % {"reached": reached, "count": len(indicators)}, *lines])


def _ahead(activities: list[ActivityPart], words: Wording) -> str:
    """What is not done yet, by the dates of completion that still lie ahead."""
    left = [one for one in activities if one["status"] not in (Rollup.DONE, Rollup.NOBODY_OBLIGED)]
    if not left:
        return _("No activity remains to be completed.")
    dates = defaultdict(list)
    for activity in left:
        for deadline in activity["deadlines"]:
            if deadline["kind"] == Deadline.Kind.ONE_OFF and deadline["outcome"] == Outcome.AHEAD:
                dates[deadline["counts_from"]].append(activity)
    head = _("Activities that remain to be completed: %(count)s.") % {"count": len(left)}
    if not dates:
        return head
    due = "; ".join(
        _("%(date)s – No. %(rows)s") % {"date": words.date(day), "rows": _rows(dates[day], words)}
        for day in sorted(dates)
    )
    return f"{head} " + _("Completion dates ahead: %(dates)s.") % {"dates": due}


def _states(activities: list[ActivityPart]) -> str:
    counts = Counter(activity["status"] for activity in activities)
    return _counted((state.label, counts[state]) for state in Rollup)


def _counted(counts: Iterable[tuple[str, int]]) -> str:
    return ", ".join(f"{label} – {count}" for label, count in counts if count)


def _rows(activities: list[ActivityPart], words: Wording) -> str:
    return ", ".join(map(words.number, activities))


def _sum(amounts: Iterable[str]) -> str:
    return format_money(sum(map(Decimal, amounts), ZERO))
