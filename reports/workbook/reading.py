"""Whose workbook it is: its hidden header, and why it is not taken for this report."""

from django.conf import settings
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from programme.models import Agency

from ..filing import why_locked
from ..foreign_files import workbook_cells
from ..models import Period, Submission
from .layout import VERSION, Damaged, Header


class WrongWorkbook(Exception):
    """The text says why it is not taken, in the active language."""


def read_workbook(content: bytes, submission: Submission) -> dict:
    """What `workbook.process.workbook_cells` finds, in a workbook that was made for this report.

    Raises WrongWorkbook, and foreign_files.Unreadable and Busy.
    """
    read = workbook_cells(content)
    _check(header_of(read), submission)
    if not any(sheet["rows"] and sheet["columns"] for sheet in read["sheets"]):
        raise WrongWorkbook(
            _(
                "The hidden marks of rows and columns are gone, so nothing in the workbook can be assigned. "
                "Download a new workbook and copy your answers into it."
            )
        )
    return read


def header_of(read: dict) -> Header:
    """Raises WrongWorkbook if it is not there, is damaged, or there is more than one."""
    if not read["headers"]:
        raise WrongWorkbook(
            _(
                "This is not a workbook of this portal, or its hidden sheet was deleted. "
                "Download a workbook and copy your answers into it."
            )
        )
    try:
        [text] = read["headers"]
        header = Header.from_text(text)
        if header.language not in dict(settings.LANGUAGES):
            raise Damaged
        return header
    except (ValueError, Damaged) as error:
        raise WrongWorkbook(
            _(
                "The hidden sheet that says whose workbook this is was changed. "
                "Download a new workbook and copy your answers into it."
            )
        ) from error


def _check(header: Header, submission: Submission) -> None:
    period, agency = submission.period, submission.agency
    if header.programme != period.programme.slug:
        raise WrongWorkbook(_("The workbook belongs to another programme."))
    if header.agency != agency.code:
        theirs = Agency.objects.filter(code=header.agency).first()
        raise WrongWorkbook(
            _("The workbook was made for another body: %(theirs)s. This is the report of: %(own)s.")
            % {"theirs": theirs.name if theirs else header.agency, "own": agency.name}
        )
    if header.period != period.code:
        raise WrongWorkbook(_of_other_period(header, submission))
    if header.version < VERSION:
        raise WrongWorkbook(
            _("The workbook was made from an older template. Download a new workbook and copy your answers into it.")
        )
    if header.version > VERSION:
        raise WrongWorkbook(_("The workbook was made from a newer template than this portal has."))
    if not submission.is_editable:
        raise WrongWorkbook(why_locked(submission))


def _of_other_period(header: Header, submission: Submission) -> str:
    """Says also if the report that it was made for is locked."""
    own = submission.period
    theirs = Period.objects.filter(programme=own.programme_id, code=header.period).first()
    text = _("The workbook was made for another half-year: %(theirs)s. This is the report for: %(own)s.") % {
        "theirs": capfirst(theirs.title) if theirs else header.period,
        "own": capfirst(own.title),
    }
    other = Submission.objects.filter(agency=submission.agency_id, period=theirs).first() if theirs else None
    return text if other is None or other.is_editable else f"{text} {why_locked(other)}"
