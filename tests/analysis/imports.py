"""Files to import, and what came of them."""

import csv
import io
import runpy
from functools import cache
from unittest import mock

import openpyxl
from django.core.files.base import ContentFile
from django.core.files.storage import InMemoryStorage

from analysis import importing
from analysis.importing import KINDS, files
from analysis.models import Job
from reports import foreign_files

PROGRAMME = "children-2007-2011"
AGENCY = {
    "code": "sport",
    "kind": "ministry",
    "name_kk": "Спорт комитеті",
    "short_name_kk": "СК",
    "files_reports": "yes",
}
USER = {
    "username": "reporter.new",
    "role": "reporter",
    "agency": "akimat-akt",
    "email": "new@akt.kz",
    "language": "ru",
    "last_name": "Ахметова",
}
ACTIVITY = {
    "programme": PROGRAMME,
    "ordinal": 44,
    "section": 2,
    "title_kk": "Жаңа іс-шара",
    "title_ru": "Новое мероприятие",
    "title_en": "A new activity",
    "completion_form_kk": "Ақпарат",
    "funding": "local",
    "lead": "moes",
    "executors": "moh; akimat-akt; ngo",
    "by_agreement": "ngo",
    "due_dates": "31.12.2009; 2010-06-30",
}
LINE = {
    "programme": PROGRAMME,
    "activity": 14,
    "region": "KZ-ATY",
    "year": 2009,
    "source": "local",
    "amount": "1 234,5",
}
INDICATOR = {
    "programme": PROGRAMME,
    "activity": 14,
    "code": "children-covered-3",
    "title_kk": "Қамтылған балалар",
    "unit_kk": "бала",
    "stage": 1,
    "target": 40,
}


def as_csv(*rows: dict, delimiter: str = ",", encoding: str = "utf-8") -> bytes:
    text = io.StringIO()
    writer = csv.DictWriter(text, list(dict.fromkeys(name for row in rows for name in row)), delimiter=delimiter)
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue().encode(encoding)


def as_xlsx(*rows: dict) -> bytes:
    book = openpyxl.Workbook()
    book.active.append(list(rows[0]))
    for row in rows:
        book.active.append(list(row.values()))
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()


def current(kind: str, write=files.write_xlsx) -> bytes:
    content = io.BytesIO()
    write(files.current(KINDS[kind]), content)
    return content.getvalue()


def check(kind: str, content: bytes, by, name: str = "file.csv") -> Job:
    return importing.begin(kind=kind, file=ContentFile(content, name=name), by=by)


def bring_in(kind: str, *rows: dict, by) -> Job:
    """Check and confirm."""
    checked = check(kind, as_csv(*rows), by)
    assert checked.outcome["errors"] == []
    return importing.confirm(checked, by=by)


def errors(job: Job) -> list[tuple[int, str]]:
    return [(row, column) for row, column, _text in job.outcome["errors"]]


def in_process(content: bytes, name: str) -> dict:
    """As `foreign_files.table_rows`, many times faster and without its limits."""
    return _program()["table_rows"](content, name.encode())


@cache
def _program() -> dict:
    return runpy.run_path(str(foreign_files.TABLES_PROGRAM))


def in_memory():
    """Files of jobs are gone with the test."""
    return mock.patch.object(Job._meta.get_field("source"), "storage", InMemoryStorage())
