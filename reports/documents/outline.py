"""The consolidated report in one language: everything that the page, Word and PDF show, in words and figures.

Renderers take labels, names, numbers and dates from here and only lay them out, so that they agree to the last digit.
Nothing here reads the database. Words are in wording.py, tables in tables.py, charts in pictures.py.
"""

import datetime
from dataclasses import replace
from decimal import Decimal

from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from activities.models import Deadline, Responsibility
from programme.models import FundingSource
from programme.money import format_money

from ..canonical import sha256_of_data
from ..consolidation.structure import (
    CONCLUSION,
    INTRODUCTION,
    ActivityPart,
    EntryPart,
    Filing,
    IndicatorPart,
    Outcome,
    Report,
    Rollup,
    SectionPart,
    activity_part,
    read,
    section_part,
)
from ..consolidation.tracing import Measure, behind
from ..models import Entry, Submission
from ..timeliness import Timing
from . import pictures, tables
from .blocks import (
    Answer,
    Block,
    Cell,
    Figure,
    MoneyLine,
    Outline,
    Paragraph,
    Part,
    Plan,
    PlanRow,
    Prose,
    Table,
    Traced,
    Voice,
    Voices,
)
from .tables import by_source, held
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


def outline(data: dict, language: str) -> Outline:
    """`data`: a report's structure, live or as it was frozen, of any version."""
    report = read(data)
    with translation.override(language):
        words = Wording(report, language)
        return replace(cover(report, words, sha256_of_data(data)), parts=_parts(report, words))


def cover(report: Report, words: Wording, sha256: str) -> Outline:
    """What stands on the cover, without parts. `sha256` is that of the structure as it was given."""
    subject = _("on progress in implementing the programme “%(name)s”") % {
        "name": words.text(report["programme"]["short_title"])
    }
    period = words.for_period(report["period"]["code"])
    return Outline(
        language=words.language,
        addressee=_("To the Government of the Republic of Kazakhstan"),
        author=words.name(report["programme"]["lead_agency"]),
        heading=_full_title(report, subject, period),
        title=_title(report),
        subject=subject,
        period=period,
        facts=_facts(report, words),
        demonstration=_("Demonstration data") if report["demonstration"] else "",
        compiled_on=datetime.date.fromisoformat(report["compiled_on"]),
        contents=_("Contents"),
        fingerprint=_("SHA-256 of the data behind this document: %(hash)s") % {"hash": sha256},
        parts=[],
    )


def _title(report: Report) -> str:
    if report["number"] == 1:
        return _("Consolidated information")
    return _("Supplement No. %(number)s to the consolidated information") % {"number": report["number"] - 1}


def _full_title(report: Report, subject: str, period: str) -> str:
    said = {"subject": subject, "period": period, "number": report["number"] - 1}
    if report["number"] == 1:
        return _("Consolidated information %(subject)s %(period)s") % said
    return _("Supplement No. %(number)s to the consolidated information %(subject)s %(period)s") % said


def _facts(report: Report, words: Wording) -> list[tuple[str, str]]:
    facts = [
        (_("Programme"), words.text(report["programme"]["title"])),
        (_("Approved by"), words.act()),
        (_("Legal basis"), words.text(report["basis"])),
        (
            _("Period"),
            _("%(first)s – %(last)s")
            % {"first": words.date(report["period"]["starts_on"]), "last": words.date(report["period"]["ends_on"])},
        ),
        (_("Compiled by"), words.name(report["programme"]["lead_agency"])),
        (_("Compiled on"), words.date(report["compiled_on"])),
    ]
    follows = report["supplements"]
    if follows:
        sent = {"number": follows["outgoing_number"], "date": words.date(follows["outgoing_date"])}
        facts.append((_("Supplements"), _("the report sent under No. %(number)s, %(date)s") % sent))
    return [(label, text) for label, text in facts if text]


def _parts(report: Report, words: Wording) -> list[Part]:
    """Chapters are numbered in the order in which they stand; annexes on their own."""
    chapters: list[tuple[str, str, list[Block], dict]] = [
        ("introduction", _("Introduction"), [_text(words.part(INTRODUCTION)), *particulars(report, words)], {}),
    ]
    if report["since"]:
        since = tables.changes(report["since"], report, words)
        chapters.append(("since", _("What has changed since the report was sent"), since, {}))
    chapters.append(("progress", _("Progress in figures"), _progress(report, words), {}))
    chapters.append(("plan", _("Progress by activity"), notes(words), {"is_landscape": True, "starts_page": True}))
    overdue = held(tables.overdue(report, words))
    nothing = _text(_("No activity is delayed or past its deadline."))
    chapters.append(
        ("overdue", _("Delayed and overdue activities"), [overdue if overdue.rows else nothing], {"starts_page": True})
    )
    if report["previous"]:
        chapters.append(("previous", *_previous(report, words), {}))
    findings = held(tables.findings(report, words))
    if findings.rows:
        chapters.append(("findings", _("Findings that touch the figures"), [findings], {}))
    if conclusion := words.part(CONCLUSION):
        chapters.append(("conclusion", _("Conclusion"), [_text(conclusion)], {}))
    parts = []
    for number, (key, title, blocks, layout) in enumerate(chapters, 1):
        parts.append(Part(key, f"{number}. {title}", 1, blocks, **layout))
        if key == "plan":
            parts += [_section(section, words) for section in report["sections"]]
    annexes: list[tuple[str, str, list[Block], bool]] = [
        ("regions", _("Regions: money and indicators"), _regions(report, words), True),
        ("filings", _("When the information was filed"), _filings(report, words), False),
        ("voices", _("What the bodies reported"), [_voices(report, words)], True),
    ]
    for number, (key, title, blocks, is_landscape) in enumerate(annexes, 1):
        heading = _("Annex %(number)s. %(title)s") % {"number": number, "title": title}
        parts.append(Part(key, heading, 1, blocks, is_landscape=is_landscape, starts_page=True))
    return parts


def _text(text: str) -> Prose:
    """Paragraphs as a person separates them, by an empty line."""
    paragraphs = [paragraph.strip() for paragraph in text.split("\n\n")]
    return Prose([Paragraph("", paragraph, language_of(paragraph)) for paragraph in paragraphs if paragraph])


def _labelled(pairs: list[tuple[str, str]], words: Wording) -> Prose:
    return Prose([Paragraph(label, text, words.language) for label, text in pairs])


# Introduction


def particulars(report: Report, words: Wording) -> list[Block]:
    """Who reports, each body in full; then who was late, who is still being read, who has filed nothing."""
    filings = report["filings"]
    unfiled = [filing for filing in filings if filing["timing"] not in (Timing.LATE, Timing.ON_TIME)]
    returned = [filing for filing in unfiled if filing["state"] == Submission.State.RETURNED]
    silent = [filing for filing in unfiled if filing["state"] != Submission.State.RETURNED]
    unread = [filing for filing in filings if filing["state"] == Submission.State.SUBMITTED]
    found = {
        _("Filed late"): [(f, days_in_words(f["days"])) for f in filings if f["timing"] == Timing.LATE],
        _("Not filed"): [(f, timing_in_words(f)) for f in silent],
        _("Returned for rework and not filed again"): [(f, timing_in_words(f)) for f in returned],
        _("Filed and not accepted yet"): [(f, "") for f in unread],
    }
    found = {_("Bodies that report"): [(f, "") for f in filings]} | found
    pairs = [(label, _names(those, words)) for label, those in found.items() if those]
    return [_labelled(pairs, words)] if pairs else []


def _names(remarks: list[tuple[Filing, str]], words: Wording) -> str:
    return "; ".join(words.mention(filing["agency"]) + (f" – {remark}" if remark else "") for filing, remark in remarks)


# Figures


def _progress(report: Report, words: Wording) -> list[Block]:
    results = held(tables.results(report, words))
    blocks = [
        pictures.states(report, words),
        held(tables.states(report, words)),
        pictures.money(report, words),
        held(tables.money(report, words)),
        results if results.rows else None,
    ]
    return [block for block in blocks if block]


def _previous(report: Report, words: Wording) -> tuple[str, list[Block]]:
    found = report["previous"]
    title = _("Differences from the report %(period)s") % {"period": words.for_period(found["period"])}
    changes = tables.changes(found, report, words)
    return title, list(changes) or [_text(_("Nothing has changed."))]


# The plan


def notes(words: Wording) -> list[Block]:
    notes = [
        _("* The plan prints no number on this row."),
        _(
            "The state of an activity follows from what the obliged bodies say: any delay makes it delayed; it is done"
            " when every body that it concerns says so and none is missing."
        ),
    ]
    if words.language != "kk":
        notes.append(_("Texts of the decree are working translations; Kazakh is the official text."))
    return [Prose([Paragraph("", note, words.language) for note in notes])]


def _section(section: SectionPart, words: Wording) -> Part:
    key = f"section-{section['number']}"
    head = [
        words.row,
        words.activity,
        _("Completion form"),
        _("Responsible, as printed"),
        _("Deadline, as printed"),
        words.planned,
        words.half_year,
        words.spent,
        words.state,
        _("What was done"),
    ]
    rows = [_plan_row(activity, words) for activity in section["activities"]]
    summary = words.part(section_part(section["number"]))
    blocks: list[Block] = [_text(summary)] if summary else []
    return Part(key, words.text(section["title"]), 2, [*blocks, Plan(key, head, rows)], is_landscape=True)


def _plan_row(activity: ActivityPart, words: Wording) -> PlanRow:
    return PlanRow(
        ordinal=activity["ordinal"],
        number=words.number(activity),
        title=words.text(activity["title"]),
        completion_form=words.text(activity["completion_form"]),
        responsible=as_written(activity["responsible_text"]),
        deadline=as_written(activity["deadline_text"]),
        outcomes=[_outcome(day, words) for day in activity["deadlines"]],
        cost="" if activity["money"] else as_written(activity["cost_text"]),
        money=_money(activity, words),
        state=activity["status"],
        state_label=capital(Rollup(activity["status"])),
        counts=_counts(activity),
        done=_text(words.part(activity_part(activity["ordinal"]))).paragraphs,
        indicators=[_indicator(activity["ordinal"], indicator, words) for indicator in activity["indicators"]],
    )


def _outcome(day: dict, words: Wording) -> str:
    date = words.day(day["date"])
    if day["kind"] != Deadline.Kind.ONE_OFF:
        date = f"{date} ({Deadline.Kind(day['kind']).label})"
    return _("%(date)s: %(outcome)s") % {"date": date, "outcome": Outcome(day["outcome"]).label}


def _money(activity: ActivityPart, words: Wording) -> list[MoneyLine]:
    lines = []
    for source, sums in by_source(activity["money"], words.year).items():
        where = {"source": source, "activity": activity["ordinal"]}
        # Spent on lines of every year, planned for the report's own.
        planned, _half_year, _spent = sums.traced(**where, year=words.year)
        _planned, half_year, spent = sums.traced(**where)
        lines.append(MoneyLine(str(FundingSource(source).label), *map(_money_cell, (planned, half_year, spent))))
    return lines


def _money_cell(traced: Traced) -> Cell:
    return Cell(traced.value, format_money(traced.value), True, traced.behind)


def _indicator(activity: int, indicator: IndicatorPart, words: Wording) -> Figure:
    said = {
        "title": words.text(indicator["title"]),
        "half_year": indicator["half_year"],
        "total": indicator["total"],
        "target": indicator["target"],
    }
    if indicator["target"] is None:
        text = _("%(title)s: %(half_year)s in the half-year, %(total)s since the stage began")
    else:
        text = _("%(title)s: %(half_year)s in the half-year, %(total)s since the stage began; target: %(target)s")
    return Figure(text % said, behind(Measure.INDICATOR, activity=activity, indicator=indicator["code"]))


def _counts(activity: ActivityPart) -> list[Figure]:
    if len(activity["entries"]) + len(activity["missing"]) < 2:
        return []
    ordinal = activity["ordinal"]
    counts = [
        (status.label, activity["counts"].get(status, 0), behind(Measure.ANSWER, activity=ordinal, status=status.value))
        for status in _READING_ORDER
    ]
    silent = behind(Measure.MISSING, activity=ordinal)
    counts.append((Rollup.NO_INFORMATION.label, len(activity["missing"]), silent))
    return [Figure(f"{label}: {count}", query) for label, count, query in counts if count]


# Annexes


def _regions(report: Report, words: Wording) -> list[Block]:
    drawn = pictures.regions(report, words)
    found: list[Table] = [
        held(table(report, words)) for table in (tables.regions, tables.region_money, tables.region_indicators)
    ]
    return [block for block in (drawn, *found) if block and getattr(block, "rows", True)]


def _filings(report: Report, words: Wording) -> list[Block]:
    blocks = [pictures.timeliness(report, words), held(tables.filings(report, words))]
    return [block for block in blocks if block]


def _voices(report: Report, words: Wording) -> Voices:
    return Voices(
        "voices",
        [words.body, _("What was done; reason; next step"), words.half_year, words.state],
        [
            Voice(activity["ordinal"], words.number(activity), words.text(activity["title"]), _answers(activity, words))
            for activity in tables.all_activities(report)
        ],
    )


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
    answers = [_answer(activity["ordinal"], group, words) for group in groups]
    if activity["missing"]:
        answers.append(_silence(activity["missing"], words))
    return answers


def _answer(activity: int, group: list[EntryPart], words: Wording) -> Answer:
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
        spent=Figure(format_money(spent), behind(Measure.SPENT_HALF_YEAR, activity=activity, agency=entry["agency"]))
        if spent
        else Figure(""),
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
        spent=Figure(""),
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
