"""The consolidated report in one language: everything that the page, DOCX, XLSX and PDF show, in words and figures.

Renderers take labels, names, numbers and dates from here and only lay them out, so that they agree to the last digit.
Nothing here reads the database. Words are in wording.py, tables in tables.py.
"""

import datetime
from dataclasses import dataclass
from decimal import Decimal

from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from activities.models import Responsibility
from programme.models import FundingSource
from programme.money import format_money

from ..canonical import canonical_json, sha256_of
from ..consolidation.structure import ActivityPart, EntryPart, Filing, Report, Rollup, SectionPart
from ..models import Entry, Submission
from ..timeliness import Timing
from . import tables
from .tables import Table, by_source
from .wording import Wording, as_written, capital, days_in_words, language_of, timing_in_words

# The order in which answers of many bodies are read: what needs attention first.
_READING_ORDER = [
    Entry.Status.DELAYED,
    Entry.Status.IN_PROGRESS,
    Entry.Status.DONE,
    Entry.Status.NOT_DUE,
    Entry.Status.NOT_APPLICABLE,
    Entry.Status.NO_DATA,
]
# Bodies that gave one and the same answer are named in its heading up to this number, counted above it.
_NAMED = 2


@dataclass(frozen=True)
class Paragraph:
    """What a body wrote, as it wrote it; `label` is empty for the narrative itself."""

    label: str
    text: str
    language: str


@dataclass(frozen=True)
class Answer:
    """What one body says, or several that say the same. `who` heads it; `names` lists them where `who` only counts."""

    who: str
    names: str
    role: str
    state: str
    state_label: str
    period: str
    spent: str
    paragraphs: list[Paragraph]

    @property
    def length(self) -> int:
        return sum(len(paragraph.text) for paragraph in self.paragraphs)


@dataclass(frozen=True)
class MoneyLine:
    source: str
    planned: str
    spent_half_year: str
    spent: str


@dataclass(frozen=True)
class ActivityOutline:
    """A row of the plan. `number` has an asterisk where the plan prints none; `counts` is empty for a single body.

    `responsible`, `deadline` and, for an activity without money, `cost` are the printed cells, in Kazakh.
    """

    ordinal: int
    number: str
    title: str
    completion_form: str
    responsible: str
    deadline: str
    cost: str
    money: list[MoneyLine]
    state: str
    state_label: str
    counts: list[str]
    answers: list[Answer]


@dataclass(frozen=True)
class SectionOutline:
    number: int
    title: str
    activities: list[ActivityOutline]


@dataclass(frozen=True)
class Outline:
    language: str
    addressee: str
    author: str
    title: str
    subject: str
    period: str
    facts: list[tuple[str, str]]
    demonstration: str
    compiled_on: datetime.date
    fingerprint: str
    headings: dict[str, str]
    introduction: list[str]
    particulars: list[tuple[str, str]]
    states: Table
    money: Table
    delayed: Table
    plan_head: list[str]
    answer_head: list[str]
    sections: list[SectionOutline]
    notes: list[str]
    activities: Table
    entries: Table
    regions: Table
    filings: Table


def outline(report: Report, language: str) -> Outline:
    with translation.override(language):
        return _write(report, Wording(report, language))


def _notes(words: Wording) -> list[str]:
    notes = [_("* The plan prints no number on this row.")]
    if words.language != "kk":
        notes.append(_("Texts of the decree are working translations; Kazakh is the official text."))
    return notes


def _write(report: Report, words: Wording) -> Outline:
    compiled_on = datetime.date.fromisoformat(report["compiled_on"])
    return Outline(
        language=words.language,
        addressee=_("To the Government of the Republic of Kazakhstan"),
        author=words.name(report["programme"]["lead_agency"]),
        title=_("Consolidated information"),
        subject=_("on progress in implementing the programme “%(name)s”")
        % {"name": words.text(report["programme"]["short_title"])},
        period=words.for_period(report["period"]["code"]),
        facts=[
            (_("Programme"), words.text(report["programme"]["title"])),
            (_("Legal basis"), words.text(report["basis"])),
            (_("Compiled by"), words.name(report["programme"]["lead_agency"])),
            (_("Compiled on"), words.date(report["compiled_on"])),
        ],
        demonstration=_("Demonstration data") if report["demonstration"] else "",
        compiled_on=compiled_on,
        fingerprint=_("SHA-256 of the data behind this document: %(hash)s")
        % {"hash": sha256_of(canonical_json(report))},
        headings={
            "introduction": _("1. Who has filed"),
            "progress": _("2. Progress in figures"),
            "plan": _("3. Progress by activity"),
            "regions": _("Annex 1. Local budgets by region"),
            "filings": _("Annex 2. When the information was filed"),
        },
        introduction=_introduction(report, words),
        particulars=_particulars(report, words),
        states=tables.states(report, words),
        money=tables.money(report, words),
        delayed=tables.delayed(report, words),
        plan_head=[
            words.row,
            _("Activity; completion form"),
            _("Responsible, as printed"),
            _("Deadline, as printed"),
            _("Funding source"),
            words.planned,
            words.half_year,
            words.spent,
            words.state,
        ],
        answer_head=[words.body, _("What was done; reason; next step")],
        sections=[_section(section, words) for section in report["sections"]],
        notes=_notes(words),
        activities=tables.activities(report, words),
        entries=tables.entries(report, words),
        regions=tables.regions(report, words),
        filings=tables.filings(report, words),
    )


def _introduction(report: Report, words: Wording) -> list[str]:
    filings = report["filings"]
    expected = len(filings)
    late = sum(filing["timing"] == Timing.LATE for filing in filings)
    on_time = sum(filing["timing"] == Timing.ON_TIME for filing in filings)
    filed = late + on_time
    accepted = sum(filing["receipt"] is not None for filing in filings)
    obliged = ngettext(
        "By %(due)s %(count)s body was obliged to submit information on the half-year.",
        "By %(due)s %(count)s bodies were obliged to submit information on the half-year.",
        expected,
    ) % {"count": expected, "due": words.date(report["period"]["submissions_due"])}
    received = ngettext(
        "Information was received from %(count)s body: %(on_time)s on time, %(late)s late.",
        "Information was received from %(count)s bodies: %(on_time)s on time, %(late)s late.",
        filed,
    ) % {"count": filed, "on_time": on_time, "late": late}
    compiled = ngettext(
        "This report is compiled from %(count)s accepted submission.",
        "This report is compiled from %(count)s accepted submissions.",
        accepted,
    ) % {"count": accepted}
    return [
        obliged,
        received if filed else _("No information has been received yet."),
        compiled if accepted else _("No submission on this half-year has been accepted."),
    ]


def _particulars(report: Report, words: Wording) -> list[tuple[str, str]]:
    """Who was late, who is still being read, who has filed nothing: (what, names) where there is anyone."""
    filings = report["filings"]
    unfiled = [filing for filing in filings if filing["timing"] not in (Timing.LATE, Timing.ON_TIME)]
    returned = [filing for filing in unfiled if filing["state"] == Submission.State.RETURNED]
    unread = [filing for filing in filings if filing["state"] == Submission.State.SUBMITTED]
    found = {
        _("Filed late"): [(f, days_in_words(f["days"])) for f in filings if f["timing"] == Timing.LATE],
        _("Not filed"): [(f, timing_in_words(f)) for f in unfiled if f not in returned],
        _("Returned for rework and not filed again"): [(f, timing_in_words(f)) for f in returned],
        _("Filed and not accepted yet"): [(f, "") for f in unread],
    }
    return [(label, _names(those, words)) for label, those in found.items() if those]


def _names(remarks: list[tuple[Filing, str]], words: Wording) -> str:
    return "; ".join(words.name(filing["agency"]) + (f" ({remark})" if remark else "") for filing, remark in remarks)


def _section(section: SectionPart, words: Wording) -> SectionOutline:
    return SectionOutline(
        section["number"],
        words.text(section["title"]),
        [_activity(activity, words) for activity in section["activities"]],
    )


def _activity(activity: ActivityPart, words: Wording) -> ActivityOutline:
    return ActivityOutline(
        ordinal=activity["ordinal"],
        number=words.number(activity),
        title=words.text(activity["title"]),
        completion_form=words.text(activity["completion_form"]),
        responsible=as_written(activity["responsible_text"]),
        deadline=as_written(activity["deadline_text"]),
        cost="" if activity["money"] else as_written(activity["cost_text"]),
        money=[
            MoneyLine(str(FundingSource(source).label), *map(format_money, sums.cells))
            for source, sums in by_source(activity["money"], words.year).items()
        ],
        state=activity["status"],
        state_label=capital(Rollup(activity["status"])),
        counts=_counts(activity),
        answers=_answers(activity, words),
    )


def _counts(activity: ActivityPart) -> list[str]:
    if len(activity["entries"]) + len(activity["missing"]) < 2:
        return []
    counts = [(status.label, activity["counts"].get(status, 0)) for status in _READING_ORDER]
    counts.append((Rollup.NO_INFORMATION.label, len(activity["missing"])))
    return [f"{label}: {count}" for label, count in counts if count]


def _answers(activity: ActivityPart, words: Wording) -> list[Answer]:
    """The lead first, then by state; one answer for all bodies that spent nothing and said the same word for word."""
    same: dict[tuple, list[EntryPart]] = {}
    for entry in activity["entries"]:
        said = [entry[name] for name in ("role", "status", "narrative", "reason", "next_step", "period")]
        spender = entry["agency"] if Decimal(entry["spent_half_year"]) else None
        same.setdefault((*said, spender), []).append(entry)
    groups = sorted(
        same.values(),
        key=lambda group: (
            group[0]["role"] != Responsibility.Role.LEAD,
            _READING_ORDER.index(group[0]["status"]),
        ),
    )
    answers = [_answer(group, words) for group in groups]
    if activity["missing"]:
        answers.append(_silence(activity["missing"], words))
    return answers


def _answer(group: list[EntryPart], words: Wording) -> Answer:
    entry = group[0]
    texts = [
        ("", entry["narrative"]),
        (_("Reason"), entry["reason"]),
        (_("Next step"), entry["next_step"]),
    ]
    spent = Decimal(entry["spent_half_year"])
    return Answer(
        **_heading([one["agency"] for one in group], words),
        role=str(Responsibility.Role.LEAD.label) if entry["role"] == Responsibility.Role.LEAD else "",
        state=entry["status"],
        state_label=capital(Entry.Status(entry["status"])),
        period="" if entry["period"] == words.period else words.for_period(entry["period"]),
        spent=format_money(spent) if spent else "",
        paragraphs=[
            Paragraph(label, as_written(text).strip(), language_of(text)) for label, text in texts if text.strip()
        ],
    )


def _silence(missing: list[str], words: Wording) -> Answer:
    label = capital(Rollup.NO_INFORMATION)
    return Answer(
        **_heading(missing, words),
        role="",
        state=Rollup.NO_INFORMATION.value,
        state_label=label,
        period="",
        spent="",
        paragraphs=[],
    )


def _heading(codes: list[str], words: Wording) -> dict[str, str]:
    names = ", ".join(map(words.short_name, codes))
    if len(codes) <= _NAMED:
        return {"who": names, "names": ""}
    return {
        "who": ngettext("%(count)s body", "%(count)s bodies", len(codes)) % {"count": len(codes)},
        "names": names,
    }
