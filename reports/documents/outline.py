"""The consolidated report in one language: everything that the page, DOCX, XLSX and PDF show, in words and figures.

Renderers take labels, names, numbers and dates from here and only lay them out, so that they agree to the last digit.
Nothing here reads the database.
"""

import datetime
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal

from django.utils import translation
from django.utils.formats import date_format, number_format
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from activities.models import Responsibility
from programme.models import FundingSource
from programme.money import ZERO, format_money

from ..canonical import canonical_json, sha256_of
from ..consolidation import ActivityPart, EntryPart, Filing, MoneyRow, Report, Rollup, SectionPart, Text
from ..models import Entry, Submission
from ..timeliness import Timing

Value = str | int | Decimal | datetime.date | datetime.datetime | None

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
_KAZAKH_LETTERS = set("әғқңөұүһіӘҒҚҢӨҰҮҺІ")
_CYRILLIC = re.compile("[А-Яа-яЁё]")
# What XML 1.0 cannot hold; Word and Excel refuse the whole file for one such character.
_NOT_IN_XML = re.compile("[\x00-\x08\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


@dataclass(frozen=True)
class Column:
    """`kind`: text, count, money, percent, date or moment. `width` is in millimetres on paper."""

    label: str
    kind: str
    width: int

    @property
    def is_number(self) -> bool:
        return self.kind in ("count", "money", "percent")


@dataclass(frozen=True)
class Cell:
    """The value, for a workbook, and the same as written in the language of the report."""

    value: Value
    text: str


@dataclass(frozen=True)
class Row:
    cells: list[Cell]
    is_total: bool = False


@dataclass(frozen=True)
class Table:
    caption: str
    columns: list[Column]
    rows: list[Row] = field(default_factory=list)

    def add(self, *values: Value, is_total: bool = False) -> None:
        cells = [Cell(value, _written(value, column)) for value, column in zip(values, self.columns, strict=True)]
        self.rows.append(Row(cells, is_total))


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
        return _Writer(report, language).outline()


def _written(value: Value, column: Column) -> str:
    match value:
        case None:
            return "—"
        case Decimal():
            return format_money(value) if column.kind == "money" else number_format(value, decimal_pos=1)
        case datetime.datetime():
            return date_format(value, "SHORT_DATETIME_FORMAT")
        case datetime.date():
            return date_format(value, "SHORT_DATE_FORMAT")
    return str(value)


def as_written(text: str) -> str:
    """A person's text without the characters that no document can hold; old Word line breaks become new lines."""
    return _NOT_IN_XML.sub("", text.replace("\r\n", "\n").replace("\r", "\n").replace("\x0b", "\n").replace("\x0c", "\n"))


def language_of(text: str) -> str:
    """Kazakh, Russian or English by the letters, for screen readers and spelling checkers."""
    if _KAZAKH_LETTERS & set(text):
        return "kk"
    return "ru" if _CYRILLIC.search(text) else "en"


def _capital(choice) -> str:
    return capfirst(str(choice.label))


def _days(count: int) -> str:
    return ngettext("%(days)s day", "%(days)s days", count) % {"days": count}


def _timing(filing: Filing) -> str:
    days = filing["days"]
    match filing["timing"]:
        case Timing.OVERDUE:
            return ngettext("overdue by %(days)s day", "overdue by %(days)s days", days) % {"days": days}
        case Timing.LATE:
            return ngettext("filed %(days)s day late", "filed %(days)s days late", days) % {"days": days}
    return str(Timing(filing["timing"]).label)


def _percent(part: Decimal, whole: Decimal) -> Decimal | None:
    return (part / whole * 100).quantize(Decimal("0.1")) if whole else None


@dataclass
class _Sums:
    """Million tenge: planned, spent in the half-year, spent up to its end."""

    planned: Decimal = ZERO
    half_year: Decimal = ZERO
    spent: Decimal = ZERO

    def add(self, row) -> None:
        self.planned += Decimal(row["planned"])
        self.half_year += Decimal(row["spent_half_year"])
        self.spent += Decimal(row["spent"])

    @property
    def cells(self) -> tuple[Decimal, Decimal, Decimal]:
        return self.planned, self.half_year, self.spent

    @property
    def percent(self) -> Decimal | None:
        return _percent(self.spent, self.planned)


class _Writer:
    """Writes a report in the active language, which is `language`."""

    def __init__(self, report: Report, language: str):
        self.report = report
        self.language = language
        self.year = report["period"]["year"]
        # Heads that several tables have.
        self.planned = _("Planned for %(year)s, million tenge") % {"year": self.year}
        self.half_year = _("Spent in the half-year, million tenge")
        self.spent = _("Spent since the start, million tenge")
        self.row = _("No.")
        self.activity = _("Activity")
        self.body = _("Body")
        self.state = _("State")

    def outline(self) -> Outline:
        report = self.report
        compiled_on = datetime.date.fromisoformat(report["compiled_on"])
        return Outline(
            language=self.language,
            addressee=_("To the Government of the Republic of Kazakhstan"),
            author=self._name(report["programme"]["lead_agency"]),
            title=_("Consolidated information"),
            subject=_("on progress in implementing the programme “%(name)s”")
            % {"name": self._text(report["programme"]["short_title"])},
            period=self._for_period(report["period"]["code"]),
            facts=[
                (_("Programme"), self._text(report["programme"]["title"])),
                (_("Legal basis"), self._text(report["basis"])),
                (_("Compiled by"), self._name(report["programme"]["lead_agency"])),
                (_("Compiled on"), self._date(report["compiled_on"])),
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
            introduction=self._introduction(),
            particulars=self._particulars(),
            states=self._states(),
            money=self._money(),
            delayed=self._delayed(),
            plan_head=[
                self.row,
                _("Activity; completion form"),
                _("Responsible, as printed"),
                _("Deadline, as printed"),
                _("Funding source"),
                self.planned,
                self.half_year,
                self.spent,
                self.state,
            ],
            answer_head=[self.body, _("What was done; reason; next step")],
            sections=[self._section(section) for section in report["sections"]],
            notes=[_("* The plan prints no number on this row.")],
            activities=self._activities(),
            entries=self._entries(),
            regions=self._regions(),
            filings=self._filings(),
        )

    # Words

    def _text(self, texts: Text) -> str:
        return as_written(texts.get(self.language) or texts["kk"])

    def _date(self, iso: str) -> str:
        return date_format(datetime.date.fromisoformat(iso), "DATE_FORMAT")

    def _for_period(self, code: str) -> str:
        year, half = code.split("-H")
        if half == "1":
            return _("for the first half of %(year)s") % {"year": year}
        return _("for the second half of %(year)s") % {"year": year}

    def _name(self, code: str) -> str:
        body = self.report["bodies"].get(code)
        return self._text(body["name"]) if body else code

    def _short_name(self, code: str) -> str:
        body = self.report["bodies"].get(code)
        return self._text(body["short_name"]) if body else code

    def _number(self, activity: ActivityPart) -> str:
        return f"{activity['ordinal']}{'' if activity['printed_number'] else '*'}"

    # 1. Who has filed

    def _introduction(self) -> list[str]:
        filings = self.report["filings"]
        expected = len(filings)
        late = sum(filing["timing"] == Timing.LATE for filing in filings)
        on_time = sum(filing["timing"] == Timing.ON_TIME for filing in filings)
        filed = late + on_time
        accepted = sum(filing["receipt"] is not None for filing in filings)
        obliged = ngettext(
            "%(count)s body was obliged to submit information on the half-year by %(due)s.",
            "%(count)s bodies were obliged to submit information on the half-year by %(due)s.",
            expected,
        ) % {"count": expected, "due": self._date(self.report["period"]["submissions_due"])}
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

    def _particulars(self) -> list[tuple[str, str]]:
        """Who was late, who is still being read, who has filed nothing: (what, names) where there is anyone."""
        filings = self.report["filings"]
        unfiled = [filing for filing in filings if filing["timing"] not in (Timing.LATE, Timing.ON_TIME)]
        returned = [filing for filing in unfiled if filing["state"] == Submission.State.RETURNED]
        found = [
            (_("Filed late"), [f for f in filings if f["timing"] == Timing.LATE], lambda f: _days(f["days"])),
            (_("Not filed"), [f for f in unfiled if f not in returned], _timing),
            (_("Returned for rework and not filed again"), returned, _timing),
            (_("Filed and not accepted yet"), [f for f in filings if f["state"] == Submission.State.SUBMITTED], None),
        ]
        return [
            (
                label,
                "; ".join(
                    f"{self._name(filing['agency'])} ({remark(filing)})" if remark else self._name(filing["agency"])
                    for filing in those
                ),
            )
            for label, those, remark in found
            if those
        ]

    # 2. Progress in figures

    def _states(self) -> Table:
        table = Table(
            _("Activities of the plan by state"),
            [Column(self.state, "text", 125), Column(_("Activities"), "count", 45)],
        )
        counts = self.report["statuses"]
        for state in Rollup:
            table.add(_capital(state), counts.get(state.value, 0))
        table.add(_("Total"), sum(counts.values()), is_total=True)
        return table

    def _money(self) -> Table:
        table = Table(
            _("Money by source and year, million tenge"),
            [
                Column(_("Funding source"), "text", 46),
                Column(_("Year"), "text", 18),
                Column(_("Planned"), "money", 28),
                Column(_("Spent in the half-year"), "money", 28),
                Column(_("Spent since the start"), "money", 28),
                Column(_("Spent, % of planned"), "percent", 22),
            ],
        )
        rows, everything = self.report["money"], _Sums()
        sources = {source.value: source for source in FundingSource}
        for value, source in sources.items():
            of_source = _Sums()
            those = [row for row in rows if row["source"] == value]
            for row in those:
                sums = _Sums()
                sums.add(row)
                of_source.add(row)
                everything.add(row)
                table.add(_capital(source), str(row["year"]), *sums.cells, sums.percent)
            if len(those) > 1:
                table.add(_("%(source)s, total") % {"source": _capital(source)}, "", *of_source.cells, of_source.percent, is_total=True)
        table.add(_("Total"), "", *everything.cells, everything.percent, is_total=True)
        return table

    def _delayed(self) -> Table:
        table = Table(
            _("Activities that are delayed"),
            [
                Column(self.row, "text", 12),
                Column(self.activity, "text", 52),
                Column(self.body, "text", 28),
                Column(_("Reason"), "text", 42),
                Column(_("Next step"), "text", 36),
            ],
        )
        for activity in self._all_activities():
            for entry in activity["entries"]:
                if entry["status"] == Entry.Status.DELAYED:
                    table.add(
                        self._number(activity),
                        self._text(activity["title"]),
                        self._short_name(entry["agency"]),
                        as_written(entry["reason"]),
                        as_written(entry["next_step"]),
                    )
        return table

    # 3. Progress by activity

    def _all_activities(self) -> Iterable[ActivityPart]:
        return (activity for section in self.report["sections"] for activity in section["activities"])

    def _section(self, section: SectionPart) -> SectionOutline:
        return SectionOutline(
            section["number"],
            self._text(section["title"]),
            [self._activity(activity) for activity in section["activities"]],
        )

    def _activity(self, activity: ActivityPart) -> ActivityOutline:
        return ActivityOutline(
            ordinal=activity["ordinal"],
            number=self._number(activity),
            title=self._text(activity["title"]),
            completion_form=self._text(activity["completion_form"]),
            responsible=as_written(activity["responsible_text"]),
            deadline=as_written(activity["deadline_text"]),
            cost="" if activity["money"] else as_written(activity["cost_text"]),
            money=[
                MoneyLine(str(FundingSource(source).label), *map(format_money, sums.cells))
                for source, sums in self._by_source(activity["money"]).items()
            ],
            state=activity["status"],
            state_label=_capital(Rollup(activity["status"])),
            counts=self._counts(activity),
            answers=self._answers(activity),
        )

    def _by_source(self, rows: list[MoneyRow]) -> dict[str, _Sums]:
        """Planned for the report's own year; spent in the half-year and from the start on lines of all years."""
        sources: dict[str, _Sums] = {}
        for row in rows:
            sums = sources.setdefault(row["source"], _Sums())
            sums.add(row if row["year"] == self.year else row | {"planned": "0"})
        return sources

    def _counts(self, activity: ActivityPart) -> list[str]:
        if len(activity["entries"]) + len(activity["missing"]) < 2:
            return []
        counts = [(status.label, activity["counts"].get(status, 0)) for status in _READING_ORDER]
        counts.append((Rollup.NO_INFORMATION.label, len(activity["missing"])))
        return [_("%(label)s: %(count)s") % {"label": label, "count": count} for label, count in counts if count]

    def _answers(self, activity: ActivityPart) -> list[Answer]:
        """The lead first, then by state; one answer for all bodies that said the same word for word."""
        same: dict[tuple, list[EntryPart]] = {}
        for entry in activity["entries"]:
            said = (entry["role"], entry["status"], entry["narrative"], entry["reason"], entry["next_step"])
            same.setdefault((*said, entry["period"], entry["spent_half_year"]), []).append(entry)
        groups = sorted(
            same.values(),
            key=lambda group: (group[0]["role"] != Responsibility.Role.LEAD, _READING_ORDER.index(group[0]["status"])),
        )
        answers = [self._answer(group) for group in groups]
        if activity["missing"]:
            answers.append(self._silence(activity["missing"]))
        return answers

    def _answer(self, group: list[EntryPart]) -> Answer:
        entry = group[0]
        texts = [("", entry["narrative"]), (_("Reason"), entry["reason"]), (_("Next step"), entry["next_step"])]
        spent = Decimal(entry["spent_half_year"])
        return Answer(
            **self._heading([one["agency"] for one in group]),
            role=str(Responsibility.Role.LEAD.label) if entry["role"] == Responsibility.Role.LEAD else "",
            state=entry["status"],
            state_label=_capital(Entry.Status(entry["status"])),
            period="" if entry["period"] == self.report["period"]["code"] else self._for_period(entry["period"]),
            spent=format_money(spent) if spent else "",
            paragraphs=[
                Paragraph(label, as_written(text).strip(), language_of(text)) for label, text in texts if text.strip()
            ],
        )

    def _silence(self, missing: list[str]) -> Answer:
        label = _capital(Rollup.NO_INFORMATION)
        return Answer(
            **self._heading(missing),
            role="",
            state=Rollup.NO_INFORMATION.value,
            state_label=label,
            period="",
            spent="",
            paragraphs=[],
        )

    def _heading(self, codes: list[str]) -> dict[str, str]:
        names = ", ".join(map(self._short_name, codes))
        if len(codes) <= _NAMED:
            return {"who": names, "names": ""}
        return {"who": ngettext("%(count)s body", "%(count)s bodies", len(codes)) % {"count": len(codes)}, "names": names}

    # Flat tables, one row per activity and one per activity and body

    def _activities(self) -> Table:
        table = Table(
            _("Activities"),
            [
                Column(_("Section"), "count", 14),
                Column(_("Row"), "count", 12),
                Column(_("Printed number"), "count", 16),
                Column(self.activity, "text", 66),
                Column(_("Completion form"), "text", 32),
                Column(_("Responsible, as printed"), "text", 42),
                Column(_("Deadline, as printed"), "text", 28),
                Column(_("Funding source"), "text", 24),
                Column(self.planned, "money", 27),
                Column(self.half_year, "money", 27),
                Column(self.spent, "money", 27),
                Column(self.state, "text", 28),
                Column(_("Bodies that reported"), "count", 20),
                Column(_("Bodies without information"), "count", 20),
            ],
        )
        for section in self.report["sections"]:
            for activity in section["activities"]:
                sources = self._by_source(activity["money"])
                sums = [sum(column, ZERO) for column in zip(*(sums.cells for sums in sources.values()), strict=True)]
                table.add(
                    section["number"],
                    activity["ordinal"],
                    activity["printed_number"],
                    self._text(activity["title"]),
                    self._text(activity["completion_form"]),
                    as_written(activity["responsible_text"]),
                    as_written(activity["deadline_text"]),
                    ", ".join(str(FundingSource(source).label) for source in sources),
                    *(sums or (None, None, None)),
                    _capital(Rollup(activity["status"])),
                    len(activity["entries"]),
                    len(activity["missing"]),
                )
        totals = [sum((row.cells[column].value or ZERO for row in table.rows), ZERO) for column in (8, 9, 10)]
        table.add(*[None] * 3, _("Total"), *[None] * 4, *totals, *[None] * 3, is_total=True)
        return table

    def _entries(self) -> Table:
        table = Table(
            _("Information of each body"),
            [
                Column(_("Section"), "count", 14),
                Column(_("Row"), "count", 12),
                Column(self.activity, "text", 46),
                Column(self.body, "text", 36),
                Column(_("Role"), "text", 22),
                Column(self.state, "text", 26),
                Column(_("What was done"), "text", 84),
                Column(_("Reason"), "text", 40),
                Column(_("Next step"), "text", 40),
                Column(self.half_year, "money", 27),
                Column(_("Half-year of the answer"), "text", 18),
                Column(_("Receipt number"), "text", 36),
            ],
        )
        for section in self.report["sections"]:
            for activity in section["activities"]:
                place = section["number"], activity["ordinal"], self._text(activity["title"])
                for entry in activity["entries"]:
                    table.add(
                        *place,
                        self._name(entry["agency"]),
                        _capital(Responsibility.Role(entry["role"])),
                        _capital(Entry.Status(entry["status"])),
                        *(as_written(entry[name]) for name in ("narrative", "reason", "next_step")),
                        Decimal(entry["spent_half_year"]),
                        entry["period"],
                        entry["receipt"],
                    )
                for code in activity["missing"]:
                    nothing = _capital(Rollup.NO_INFORMATION)
                    table.add(*place, self._name(code), "", nothing, "", "", "", None, "", "")
        return table

    # Annexes

    def _regions(self) -> Table:
        table = Table(
            _("Local budgets by region in %(year)s, million tenge") % {"year": self.year},
            [
                Column(_("Region"), "text", 64),
                Column(_("Planned for the year"), "money", 28),
                Column(_("Spent in the half-year"), "money", 28),
                Column(_("Spent in the year"), "money", 28),
                Column(_("Spent, % of planned"), "percent", 22),
            ],
        )
        everything = _Sums()
        for row in self.report["regions"]:
            sums = _Sums()
            sums.add(row)
            everything.add(row)
            table.add(self._text(row["name"]), *sums.cells, sums.percent)
        table.add(_("Total"), *everything.cells, everything.percent, is_total=True)
        return table

    def _filings(self) -> Table:
        table = Table(
            _("Bodies, the day of filing and the receipt of what was accepted"),
            [
                Column(self.body, "text", 44),
                Column(self.state, "text", 22),
                Column(_("First filed"), "moment", 20),
                Column(_("Deadline kept"), "text", 26),
                Column(_("Receipt number"), "text", 58),
            ],
        )
        for filing in self.report["filings"]:
            first = filing["first_submitted_at"]
            table.add(
                self._name(filing["agency"]),
                _capital(Submission.State(filing["state"])),
                # Local time of the programme, which is how the structure has it; a workbook knows no zones.
                datetime.datetime.fromisoformat(first).replace(tzinfo=None) if first else None,
                capfirst(_timing(filing)),
                filing["receipt"] or "",
            )
        return table
