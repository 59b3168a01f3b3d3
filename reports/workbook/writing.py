"""The workbook that an agency fills off-line: the cells to fill in alone are unlocked, the portal's marks are hidden.

Texts are always written as texts: none becomes a formula, neither when the file opens nor when a cell is edited.
"""

import datetime
import io

import xlsxwriter
from django.utils import translation
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from xlsxwriter.utility import quote_sheetname, xl_range_abs

from programme import calendar

from ..duty import OwedActivity, owed_activities
from ..entering import accepted_before
from ..models import Submission
from . import contents, looks
from .contents import Sheet
from .filling import SheetToFill
from .instructions import instructions
from .layout import CHOICES, Header, Kind, label_of

# Widths of the first sheet's columns, in characters.
LABELS, TEXTS = 26, 84


def write(submission: Submission, language: str) -> bytes:
    """The XLSX for this report, filled in as far as its draft is. `submission` with its context. Twelve queries."""
    owed = owed_activities(submission)
    before = accepted_before(submission)
    with translation.override(language):
        sheets = [
            contents.progress(owed, before),
            contents.spending(owed, submission.period),
            contents.indicators(owed, submission.period),
        ]
        return _Workbook(submission, sheets, _header(submission, language, owed, sheets)).bytes()


def _header(submission: Submission, language: str, owed: list[OwedActivity], sheets: list[Sheet]) -> Header:
    return Header(
        programme=submission.period.programme.slug,
        agency=submission.agency.code,
        period=submission.period.code,
        language=language,
        made_at=calendar.now().isoformat(timespec="seconds"),
        entries={one.activity.ordinal: one.entry.version if one.entry else 0 for one in owed},
        rows={sheet.part: [row.mark for row in sheet.rows] for sheet in sheets},
    )


class _Workbook:
    def __init__(self, submission: Submission, sheets: list[Sheet], header: Header):
        self.submission, self.sheets, self.header = submission, sheets, header
        self.buffer = io.BytesIO()
        self.book = xlsxwriter.Workbook(self.buffer, {"in_memory": True, "default_format_properties": dict(looks.FONT)})
        self.formats: dict[tuple, object] = {}
        self.whose = f"{submission.agency.name}. {capfirst(submission.period.title)}"
        made_at = datetime.datetime.fromisoformat(header.made_at).astimezone(datetime.UTC).replace(tzinfo=None)
        self.book.set_properties({"title": self.whose[: looks.PROPERTY_LENGTH], "created": made_at})
        self.book.set_size(2400, 1400)

    def bytes(self) -> bytes:
        self._instructions()
        pages = [self.book.add_worksheet(sheet.name) for sheet in self.sheets]
        choices = self._service()
        for sheet, page in zip(self.sheets, pages, strict=True):
            SheetToFill(sheet, page, heading=f"{sheet.name}. {self.whose}", choices=choices, look=self._look).write()
        self.book.close()
        return self.buffer.getvalue()

    def _look(self, **properties):
        """One format for all cells that look so: programs refuse a file with a format for each cell."""
        key = tuple(sorted(properties.items()))
        if key not in self.formats:
            self.formats[key] = self.book.add_format({"valign": "top", "text_wrap": True} | properties)
        return self.formats[key]

    def _service(self) -> dict[Kind, str]:
        """The hidden sheet: the header, and what the drop-downs offer. Returns where that stands."""
        name = _("Do not delete")
        page = self.book.add_worksheet(name)
        page.write_string(0, 0, self.header.to_text())
        found = {}
        for column, (kind, choices) in enumerate(CHOICES.items(), start=1):
            for row, choice in enumerate(choices):
                page.write_string(row, column, label_of(kind, choice))
            found[kind] = f"={quote_sheetname(name)}!{xl_range_abs(0, column, len(choices) - 1, column)}"
        page.protect()
        page.hide()
        return found

    def _instructions(self) -> None:
        found = instructions(self.submission, self.sheets)
        page = self.book.add_worksheet(_("Instructions"))
        page.hide_gridlines(2)
        page.set_column(0, 0, LABELS)
        page.set_column(1, 1, TEXTS)
        page.write_string(0, 0, found.title, self._look(bold=True, font_size=14, text_wrap=False))
        row = 2
        for label, text in found.facts:
            row = self._pair(page, row, label, text)
        row = self._heading(page, row, _("How to fill it in"))
        for number, text in enumerate(found.steps, start=1):
            page.write_number(row, 0, number, self._look(align="right"))
            row = self._pair(page, row, None, text)
        row = self._heading(page, row, _("Colours"))
        for look, text in (
            ({"bg_color": looks.YELLOW}, _("Cells to fill in")),
            ({"bg_color": looks.GREY}, _("From the portal, not to be changed")),
            (
                {"bg_color": looks.ORANGE},
                _("No status is chosen yet, or a number was typed as text and is missing from the totals"),
            ),
            ({"font_color": looks.RED}, _("More was spent than planned: give the reason")),
        ):
            sample = "−1,234" if "font_color" in look else ""
            page.write_string(row, 0, sample, self._look(align="right", **looks.BOXED, **look))
            row = self._pair(page, row, None, text)
        row = self._heading(page, row, _("What a status means"))
        for label, text in found.statuses:
            row = self._pair(page, row, label, text)
        looks.set_print(page, self.whose)
        page.print_area(0, 0, row - 1, 1)
        page.fit_to_pages(1, 0)
        page.protect("", {"format_cells": True, "format_columns": True, "format_rows": True})

    def _heading(self, page, row: int, text: str) -> int:
        page.set_row(row + 1, 20)
        page.write_string(row + 1, 0, text, self._look(bold=True, font_size=12, text_wrap=False))
        return row + 2

    def _pair(self, page, row: int, label: str | None, text: str) -> int:
        page.set_row(row, looks.height([(label or "", LABELS), (text, TEXTS)]) + 2)
        if label is not None:
            page.write_string(row, 0, looks.fitting(label), self._look(bold=True))
        page.write_string(row, 1, looks.fitting(text), self._look(align="left", indent=1))
        return row + 1
