"""What a page shows as a picture and as a table: the same figures, a way to the rows behind each, and files of them.

A page builds its exhibits, typed as for a file, and hands them to `page_or_file`; the template sets each with
`components/exhibit.html`.
"""

import io
from collections.abc import Sequence
from dataclasses import dataclass, field

from django.http import FileResponse, Http404
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.http import urlencode
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from accounts.models import User
from programme import calendar

from .datasets.preview import shown
from .writing import FORMATS, Column, Kind, Table

NUMBERS = (Kind.INTEGER, Kind.NUMBER, Kind.MONEY, Kind.SHARE)
# What is taken away from a page: for people, and for programs.
FILES = {"xlsx": "Excel", "csv": "CSV"}


@dataclass(frozen=True)
class Cell:
    """A value of its column's kind. `url`: the rows behind it; `tone`: a pill's, of the state that it stands for."""

    value: object
    url: str = ""
    tone: str = ""


@dataclass(frozen=True)
class Row:
    """`cells`: values, or Cells where there is more to say than the value."""

    cells: Sequence
    is_total: bool = False


@dataclass(frozen=True)
class Exhibit:
    """`name` is unique on the page and in its files; `picture` is an SVG of `reports.charts`, or nothing.

    `note`: what a reader has to know to read it right. `is_wide`: the table stands below the picture, not beside it.
    `subject`: what the page as a whole is about, which its files have to say too.
    """

    name: str
    title: str
    columns: list[Column]
    rows: list[Row]
    picture: str = ""
    note: str = ""
    is_wide: bool = False
    subject: str = ""

    @property
    def full_title(self) -> str:
        return f"{self.subject}: {self.title}" if self.subject else self.title


@dataclass(frozen=True)
class ShownCell:
    text: str
    url: str
    tone: str
    is_number: bool


@dataclass(frozen=True)
class Shown:
    """An exhibit in the reader's language, for its template. `files`: pairs (what it is called, address)."""

    exhibit: Exhibit
    picture: SafeString
    headings: list[tuple[str, bool]]
    rows: list[tuple[list[ShownCell], bool]]
    files: list[tuple[str, str]] = field(default_factory=list)


def rows_behind(dataset: str, **filters: object) -> str:
    """The address of the rows of a dataset that a figure is made of; filters that are None do not count."""
    query = urlencode({name: value for name, value in filters.items() if value is not None})
    return f"{reverse('dataset-page', args=[dataset])}{'?' if query else ''}{query}"


def page_or_file(request, template: str, context: dict, exhibits: list[Exhibit]):
    """The page, exhibits by name (an underscore for each hyphen); or the file of one: ?file=money-years.xlsx."""
    if wanted := request.GET.get("file"):
        name, _dot, extension = wanted.rpartition(".")
        found = next((exhibit for exhibit in exhibits if exhibit.name == name), None)
        if found is None or extension not in FILES:
            raise Http404
        return _file(found, extension, request.user)
    said = {exhibit.name.replace("-", "_"): _shown(exhibit, request) for exhibit in exhibits}
    return render(request, template, context | {"exhibits": said})


def _shown(exhibit: Exhibit, request) -> Shown:
    kinds = [column.kind for column in exhibit.columns]
    query = request.GET.copy()
    files = []
    for extension, label in FILES.items():
        query["file"] = f"{exhibit.name}.{extension}"
        files.append((label, f"?{query.urlencode()}"))
    return Shown(
        exhibit=exhibit,
        # Made by reports.charts, which escapes what it is given.
        picture=mark_safe(exhibit.picture),  # noqa: S308
        headings=[(column.heading, column.kind in NUMBERS) for column in exhibit.columns],
        rows=[
            ([_shown_cell(cell, kind) for cell, kind in zip(row.cells, kinds, strict=True)], row.is_total)
            for row in exhibit.rows
        ],
        files=files,
    )


def _shown_cell(cell: object, kind: Kind) -> ShownCell:
    cell = cell if isinstance(cell, Cell) else Cell(cell)
    return ShownCell(shown(cell.value, kind), cell.url, cell.tone, kind in NUMBERS)


def _file(exhibit: Exhibit, extension: str, reader: User) -> FileResponse:
    values = [[cell.value if isinstance(cell, Cell) else cell for cell in row.cells] for row in exhibit.rows]
    file = io.BytesIO()
    FORMATS[extension].write(Table(exhibit.full_title, exhibit.columns, values, _about(exhibit, reader)), file)
    file.seek(0)
    return FileResponse(file, as_attachment=True, filename=f"{exhibit.name}-{calendar.today():%Y-%m-%d}.{extension}")


def _about(exhibit: Exhibit, reader: User) -> list[tuple[str, str]]:
    about = [
        (_("What it holds"), exhibit.full_title),
        (_("Exported"), date_format(timezone.localtime(calendar.now()), "DATETIME_FORMAT")),
        (_("Exported by"), str(reader)),
    ]
    if exhibit.note:
        about.append((_("Note"), exhibit.note))
    if User.objects.filter(is_demonstration=True).exists():
        about.append((_("Demonstration data"), _("Yes: made-up data of a demonstration account.")))
    return about
