"""One step of exporting or importing, measured in this process: python -m tests.bench.table_step fill|export …"""

import contextlib
import json
import pickle
import sys
import time
from itertools import cycle, islice
from pathlib import Path

import django

from .measuring import limit_memory, measured

LANGUAGE, DATASET = "kk", "entries"
COLUMNS = [
    "period", "period_title", "agency", "agency_name", "region_name", "activity", "activity_title", "section",
    "section_title", "state", "state_name", "status", "status_name", "narrative", "next_step", "completed_on",
    "document_date", "spent", "updated_at", "demonstration",
]  # fmt: skip


def fill(rows: str) -> dict:
    from .filling import fill_entries

    fill_entries(int(rows))
    return {"rows": _selection().count}


def sample(rows: str, target: str) -> dict:
    """The first rows of the export, for the libraries."""
    table = _selection().table()
    content = {"columns": table.columns, "rows": list(islice(table.rows, int(rows)))}
    Path(target).write_bytes(pickle.dumps(content, protocol=5))
    return {}


def read_rows() -> dict:
    """What an export reads, with nothing written."""
    table = _selection().table()
    count, found = measured(lambda: sum(1 for _row in table.rows))
    return found | {"rows": count}


def export(extension: str) -> dict:
    """As a worker does it: the job, its progress, the file in the storage."""
    from analysis import exporting, jobs
    from analysis.models import Job

    job = exporting.put_in_line(_selection(), extension)
    _job, found = measured(jobs.run_next)
    job = Job.objects.get(pk=job.pk)
    if job.state != Job.State.DONE:
        raise SystemExit(f"{job.state}: {job.message}")
    return found | {"bytes": job.result.size, "rows": job.total}


def stream() -> dict:
    """CSV from the page: when its first and its last byte come."""
    from django.test import Client
    from django.urls import reverse

    client = Client(SERVER_NAME="localhost")
    client.force_login(_analyst())
    client.get(reverse("datasets"))
    url = f"{reverse('dataset', args=[DATASET, 'csv'])}?{_query()}"

    def ask() -> tuple[float, int]:
        start = time.perf_counter()
        chunks = iter(client.get(url))
        size = len(next(chunks))
        first = time.perf_counter() - start
        return first, size + sum(len(chunk) for chunk in chunks)

    (first, size), found = measured(ask)
    return found | {"first": first, "bytes": size}


def write_bare(extension: str, name: str, rows: str, source: str, target: str) -> dict:
    """The library by itself, with rows that are there already."""
    from . import bare

    with Path(source).open("rb") as file:
        there = pickle.load(file)  # noqa: S301  our own, of a moment ago
    writer = next(writer for writer, _module in bare.WRITERS[extension] if writer.__name__ == name)
    values = islice(cycle(there["rows"]), int(rows))
    _nothing, found = measured(lambda: writer(there["columns"], values, Path(target)))
    return found | {"bytes": Path(target).stat().st_size}


def plan(times: str) -> dict:
    from .enlarging import enlarge

    enlarge(int(times))
    return {}


def lines(extension: str, rows: str, target: str) -> dict:
    """A file of budget lines, as a coordinator would upload it."""
    from analysis.writing import FORMATS, Column, Kind, Table

    from .filling import budget_lines
    from .step import SLUG

    columns = [
        Column("programme", "programme"), Column("activity", "activity", Kind.INTEGER), Column("region", "region"),
        Column("year", "year", Kind.INTEGER), Column("source", "source"), Column("amount", "amount", Kind.MONEY),
        Column("note_kk", "note_kk"),
    ]  # fmt: skip
    values = ((SLUG, *line) for line in budget_lines(int(rows)))
    with Path(target).open("wb") as file:
        FORMATS[extension].write(Table("Lines", columns, values), file)
    return {}


def check_import(source: str) -> dict:
    return _import("check_import", source)


def run_import(source: str) -> dict:
    return _import("import", source)


def _import(kind: str, source: str) -> dict:
    from django.core.files.base import ContentFile

    from accounts.models import User
    from analysis import jobs
    from analysis.models import Job

    path = Path(source)
    by = User.objects.get(username="coordinator")
    arguments = {"kind": "budget-lines", "name": path.name, "count": 0}
    job = jobs.enqueue(kind, title=path.name, by=by, arguments=arguments, source=ContentFile(path.read_bytes()))
    _job, found = measured(jobs.run_next)
    job = Job.objects.get(pk=job.pk)
    if job.state != Job.State.DONE or job.outcome["error_count"]:
        raise SystemExit(f"{job.state}: {job.message} {job.outcome.get('errors', [])[:1]}")
    return found | {"counts": job.outcome["counts"]}


def read_bare(extension: str, source: str) -> dict:
    from . import bare

    _name, reader = bare.READERS[extension]
    count, found = measured(lambda: reader(Path(source)))
    return found | {"rows": count - 1}


def _analyst():
    from accounts.models import User

    return User.objects.get(username="analyst")


def _query() -> str:
    return "&".join(f"columns={name}" for name in COLUMNS)


def _selection():
    from analysis.datasets import DATASETS, Selection

    selection = Selection(DATASETS[DATASET], _analyst(), _query())
    if not selection.is_valid:
        raise SystemExit(selection.form.errors.as_json())
    return selection


JOBS = {
    job.__name__: job
    for job in (
        fill, sample, read_rows, export, stream, write_bare, plan, lines, check_import, run_import, read_bare,
    )
}  # fmt: skip


if __name__ == "__main__":
    limit_memory()
    django.setup()
    from django.conf import settings
    from django.utils import translation

    settings.DEBUG = False  # else Django keeps the text of every query
    with contextlib.redirect_stdout(sys.stderr), translation.override(LANGUAGE):
        outcome = JOBS[sys.argv[1]](*sys.argv[2:])
    print(json.dumps(outcome))
