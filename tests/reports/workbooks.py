"""Workbooks as people fill them in, without a spreadsheet program."""

import contextlib
import datetime
import io
import json
from decimal import Decimal

import openpyxl

from reports import foreign_files
from reports.models import Submission
from reports.workbook import process, writing
from reports.workbook.layout import MARK


class Filled:
    """The workbook for a report; cells are found by their marks: `book["progress", "14", "status"] = "done"`."""

    def __init__(self, content: bytes):
        self.book = openpyxl.load_workbook(io.BytesIO(content))

    @classmethod
    def of(cls, submission: Submission, language: str = "kk") -> "Filled":
        return cls(writing.write(submission, language))

    def sheet(self, part: str):
        return self.book[next(sheet.title for sheet in self.book if self._place(sheet, f"{MARK}sheet:{part}"))]

    def cell(self, part: str, row: str, column: str):
        sheet = self.sheet(part)
        number, _column = self._place(sheet, f"{MARK}row:{row}")
        _row, letter = self._place(sheet, f"{MARK}column:{column}")
        return sheet.cell(number, letter)

    def address(self, part: str, row: str, column: str) -> tuple[str, str]:
        return self.sheet(part).title, self.cell(part, row, column).coordinate

    def __setitem__(self, place: tuple[str, str, str], value) -> None:
        self.put(self.cell(*place), value)

    def __getitem__(self, place: tuple[str, str, str]):
        return self.cell(*place).value

    @staticmethod
    def put(cell, value) -> None:
        """A text stays one, as where a spreadsheet program formats the cell as text."""
        cell.value = float(value) if isinstance(value, Decimal) else value
        if isinstance(value, str):
            cell.data_type = "s"

    @staticmethod
    def _place(sheet, mark: str) -> tuple[int, int] | None:
        return next((place for place, cell in sheet._cells.items() if cell.value == mark), None)

    def header(self):
        """The cell that holds it."""
        return next(
            cell
            for sheet in self.book
            for cell in sheet._cells.values()
            if str(cell.value).startswith(f"{MARK}header:")
        )

    def bytes(self) -> bytes:
        buffer = io.BytesIO()
        self.book.save(buffer)
        return buffer.getvalue()

    def xml(self, part: str, change) -> bytes:
        """Saved, with the XML of a sheet changed: for what openpyxl does not write."""
        number = self.book.sheetnames.index(self.sheet(part).title) + 1
        return changed_member(self.bytes(), f"xl/worksheets/sheet{number}.xml", change)


def changed_member(content: bytes, name: str, change) -> bytes:
    from .uploads import archive

    members = members_of(content)
    members[name] = change(members[name].decode()).encode()
    return archive(members)


def members_of(content: bytes) -> dict[str, bytes]:
    import zipfile

    with zipfile.ZipFile(io.BytesIO(content)) as packed:
        return {name: packed.read(name) for name in packed.namelist()}


@contextlib.contextmanager
def read_here():
    """Read workbooks in this process: a test need not wait for one of its own where that is not what it tests."""
    start, foreign_files._run = foreign_files._run, _run_here
    try:
        yield
    finally:
        foreign_files._run = start


def _run_here(task: str, *files: bytes, program):
    assert program == foreign_files.WORKBOOK_PROGRAM
    try:
        return json.loads(json.dumps(process.TASKS[task](*files)))
    except process.Flaw as flaw:
        raise foreign_files.Unreadable(foreign_files._flaw(flaw.args[0])) from flaw


def serial(day: datetime.date) -> int:
    """A day as Excel counts it."""
    return (day - datetime.date(1899, 12, 30)).days
