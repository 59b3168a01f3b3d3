"""What coordinators write in the report, save by save, and what stands where nobody has written."""

from django.db import transaction
from django.db.models import Exists, OuterRef
from django.utils.translation import gettext as _

from accounts.models import User
from programme import calendar
from programme.loading import LANGUAGES

from ..models import ConsolidatedReport, Period, Proposal, ReportText, ReportTextRevision
from ..transitions import Refused
from . import drafting
from .structure import Report, Text

LIMIT = 20_000


class Conflict(Refused):
    """Somebody else saved the text meanwhile; `theirs` is what they saved."""

    def __init__(self, theirs: ReportText):
        super().__init__(
            _("Somebody else saved this text while you were writing. Your text stands below and was not saved.")
        )
        self.theirs = theirs


parts_of = drafting.parts_of


def of_report(period: Period, report: Report) -> dict[str, Text]:
    """What stands in each part in each language. One query, none if the period's texts are loaded."""
    written: dict[str, Text] = {}
    for row in period.report_texts.all():
        if row.text:
            written.setdefault(row.part, {})[row.language] = row.text
    drafts = {language: drafting.drafts(report, language) for language in LANGUAGES}
    return {
        part: {language: standing(written.get(part, {}), language) or drafts[language][part] for language in LANGUAGES}
        for part in drafts[LANGUAGES[0]]
    }


def standing(written: Text, language: str) -> str:
    """Of what was written for a part, what stands in a language: its own text, else the Kazakh, Russian, English."""
    return next((written[one] for one in (language, *LANGUAGES) if one in written), "")


def why_locked(period: Period) -> str:
    """Why the texts cannot be changed now, and what has to happen first; empty if they can. One query."""
    unsent = ConsolidatedReport.objects.filter(period=OuterRef("pk"), dispatch=None)
    is_handed_over, is_unsent = Period.objects.values_list(
        Exists(Proposal.objects.filter(period=OuterRef("pk"))), Exists(unsent)
    ).get(pk=period.pk)
    if is_handed_over:
        return _(
            "The report has been handed over for finalising and its texts are locked. "
            "They can be changed once it is taken back or given back."
        )
    if is_unsent:
        return _(
            "The report has been finalised and its texts are locked. "
            "Once it is sent, they can be changed for a supplement."
        )
    return ""


def save(
    *, period: Period, part: str, language: str, text: str, version: int, by: User, report: Report | None = None
) -> ReportText:
    """Store what a coordinator wrote for a part in one language.

    `version` is that of the text the writer saw, 0 for none; `report` the live structure, built here if not given. What
    would stand there anyway is no text of its own: with it, or with an empty text, the part goes back to that. What
    differs makes a new version with its revision; nothing different stores nothing. Raises Conflict when the text
    changed meanwhile, Refused when it is locked or too long, or there is no such part.
    """
    _require_coordinator(by)
    report, text = report or _live(period), text.strip()
    if language not in LANGUAGES or part not in parts_of(report):
        raise Refused(_("The report has no such part."))
    if len(text) > LIMIT:
        raise Refused(_("A text of the report may have at most %(limit)s characters.") % {"limit": LIMIT})
    draft = drafting.draft(report, part, language)
    with transaction.atomic():
        _lock(period)
        rows = {row.language: row for row in _rows(period).filter(part=part)}
        row = rows.pop(language, None) or ReportText(period=period, part=part, language=language, version=0)
        others = {one: other.text for one, other in rows.items() if other.text}
        if text == (standing(others, language) or draft):
            text = ""
        if text == row.text:
            return row
        if row.version != version:
            raise Conflict(row)
        if not row.text:
            row.draft = draft
        row.text = text
        row.version += 1
        row.updated_at, row.updated_by = calendar.now(), by
        row.save()
        ReportTextRevision.objects.create(text=row, version=row.version, at=row.updated_at, by=by, content=text)
    return row


@transaction.atomic
def mark_compared(*, period: Period, part: str, language: str, by: User, report: Report) -> None:
    """A coordinator has compared a written text with the draft of `report` and lets the text stand."""
    _require_coordinator(by)
    _lock(period)
    draft = drafting.draft(report, part, language)
    ReportText.objects.filter(period=period, part=part, language=language).exclude(text="").update(draft=draft)


def _lock(period: Period) -> None:
    """Hand-over and finalising take the same lock, so that nothing is written between their look and their freeze."""
    Period.objects.select_for_update().get(pk=period.pk)
    if why := why_locked(period):
        raise Refused(why)


def _rows(period: Period):
    return ReportText.objects.filter(period=period).select_related("updated_by")


def _require_coordinator(by: User) -> None:
    if not by.coordinates:
        raise Refused(_("Only a coordinator may write in the consolidated report."))


def _live(period: Period) -> Report:
    from .building import consolidate  # which itself asks here for the texts

    return consolidate(period)
