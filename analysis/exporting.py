"""Datasets as files: at once as long as they are short, by a job where they are long."""

import tempfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import BinaryIO

from django.utils.translation import gettext as _

from .datasets import DATASETS, Selection
from .jobs import Failed, Outcome, Progress, enqueue
from .models import Job
from .writing import FORMATS

# Rows of a file that is written while its reader waits. CSV streams, whatever its length.
AT_ONCE = 10_000
ROWS_BETWEEN_SIGNS = 500


def write_at_once(selection: Selection, extension: str) -> BinaryIO:
    """The open file, at its beginning; gone once it is closed."""
    file = tempfile.TemporaryFile()  # noqa: SIM115 the response closes it
    FORMATS[extension].write(selection.table(), file)
    file.seek(0)
    return file


def put_in_line(selection: Selection, extension: str) -> Job:
    """A job that makes the file; its rows are those that the owner may see when it runs."""
    return enqueue(
        Job.Kind.EXPORT,
        title=f"{selection.kind.title}, {extension.upper()}",
        by=selection.user,
        arguments={"dataset": selection.kind.name, "query": selection.query, "format": extension},
        total=selection.count,
    )


def run(job: Job, progress: Progress, result: BinaryIO) -> Outcome:
    """What `jobs` calls for an export."""
    extension = job.arguments["format"]
    selection = Selection(DATASETS[job.arguments["dataset"]], job.by, job.arguments["query"])
    if not selection.is_valid:
        raise Failed(_("The filters name something that is not there any more. Choose again."))
    progress(0, selection.count)
    table = selection.table()
    FORMATS[extension].write(replace(table, rows=_counted(table.rows, progress)), result)
    return Outcome(selection.file_name(extension))


def _counted(rows: Iterable[Sequence], progress: Progress) -> Iterator[Sequence]:
    for number, row in enumerate(rows, start=1):
        yield row
        if number % ROWS_BETWEEN_SIGNS == 0:
            progress(number)
