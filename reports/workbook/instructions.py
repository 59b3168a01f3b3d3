"""The words of the workbook's first sheet, in the active language."""

from dataclasses import dataclass
from zoneinfo import ZoneInfo

from django.utils import translation
from django.utils.formats import date_format
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from programme import calendar

from ..models import Entry, Submission
from .contents import Sheet


@dataclass(frozen=True)
class Instructions:
    """`facts` and `statuses`: pairs of a word and what is said of it."""

    title: str
    facts: list[tuple[str, str]]
    steps: list[str]
    statuses: list[tuple[str, str]]


def instructions(submission: Submission, sheets: list[Sheet]) -> Instructions:
    return Instructions(
        title=_("Workbook for filling in the report off-line"),
        facts=_facts(submission),
        steps=_steps(*(sheet.name for sheet in sheets)),
        statuses=[(capfirst(str(status.label)), text) for status, text in _statuses().items()],
    )


def on_translations() -> str:
    """What the pages say of translated titles; nothing in Kazakh."""
    if translation.get_language() == "kk":
        return ""
    return _("Texts of the decree are working translations; Kazakh is the official text.")


def _facts(submission: Submission) -> list[tuple[str, str]]:
    period = submission.period
    made_at = calendar.now().astimezone(ZoneInfo(period.programme.time_zone))
    found = [
        (_("Programme"), period.programme.short_title),
        (_("Body"), submission.agency.name),
        (_("Half-year"), capfirst(period.title)),
        (_("Due date"), date_format(submission.due_on, "DATE_FORMAT")),
        (_("Workbook made"), date_format(made_at, "DATETIME_FORMAT")),
        ("", on_translations()),
    ]
    return [(label, text) for label, text in found if text]


def _steps(progress: str, spending: str, indicators: str) -> list[str]:
    return [
        _(
            "Fill in the yellow cells only. The grey ones come from the portal and are there to be read. "
            "What the report on the portal says already stands in the yellow cells."
        ),
        _(
            "Sheet “%(sheet)s”: choose a status for every activity from the list in the cell, "
            "and write what was done in the half-year."
        )
        % {"sheet": progress},
        _(
            "Nothing to report? Choose why: not yet due, not applicable here, or no data. "
            "Then give the reason in the column “Reason”. No status may stay empty when the report is filed."
        ),
        _(
            "Sheet “%(sheet)s”: write what was spent in this half-year, in million tenge with at most three decimals: "
            "850 thousand tenge is 0.850. Write 0 if nothing was spent. The totals compute themselves; "
            "if more was spent than planned, the rest is red, and the reason belongs on the sheet “%(progress)s”."
        )
        % {"sheet": spending, "progress": progress},
        _(
            "Sheet “%(sheet)s”: write what this half-year added, as a whole number. Write 0 if nothing was added. "
            "The target is that of the whole country for the whole stage."
        )
        % {"sheet": indicators},
        _(
            "The columns about an earlier half-year show what your agency reported then. "
            "They are for comparison and cannot be changed."
        ),
        _(
            "Do not delete grey columns, rows or sheets, not even hidden ones: by them the portal knows "
            "whose report this is and what each cell means. The sheets are protected without a password."
        ),
        _(
            "You may filter the rows, change widths and heights, and add columns and sheets of your own: "
            "the portal does not read them."
        ),
        _("Save the file as an Excel workbook (.xlsx), under any name."),
        _(
            "Upload it to the portal on the page of this report. First you see what would change and what is wrong, "
            "cell by cell; nothing is stored until you confirm."
        ),
        _("Then attach files and file the report on the portal: the workbook alone does not file it."),
    ]


def _statuses() -> dict[Entry.Status, str]:
    status = Entry.Status
    return {
        status.DONE: _(
            "The activity is completed. Write what was done; where the completion form is a document, "
            "also its kind, number and date and the completion date."
        ),
        status.IN_PROGRESS: _("Work is going on. Write what was done in the half-year."),
        status.DELAYED: _("Work is behind its deadline. Write what was done, the reason, and the next step."),
        status.NOT_DUE: _("Its time has not come yet. Give the reason; nothing may be entered as spent."),
        status.NOT_APPLICABLE: _(
            "It does not concern your agency or region. Give the reason; nothing may be entered as spent."
        ),
        status.NO_DATA: _(
            "There is no information for this half-year. Give the reason; nothing may be entered as spent."
        ),
    }
