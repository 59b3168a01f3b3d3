"""Reads files of unknown origin, each in a process of its own with limits on memory and time.

Such a file may be made to exhaust or crash whatever reads it; here it can only fail to be read.
"""

import base64
import json
import logging
import subprocess
import sys
import threading
from pathlib import Path

from django.utils.translation import gettext as _

PROGRAM = Path(__file__).resolve().parent / "foreign_files_process.py"
WORKBOOK_PROGRAM = PROGRAM.parent / "workbook" / "process.py"
TABLES_PROGRAM = PROGRAM.parent / "tables_process.py"
CPU_SECONDS, WALL_SECONDS, MEMORY = 20, 40, 2**30
# The page is open to anyone: no more processes than this at a time for each worker, and no longer queue than so many
# seconds.
_SLOTS, PATIENCE = threading.BoundedSemaphore(2), 20

_LIMITED = (
    "import resource, runpy, sys; "
    "limits = {resource.RLIMIT_CPU: int(sys.argv[1]), resource.RLIMIT_AS: int(sys.argv[2]), resource.RLIMIT_CORE: 0}; "
    "[resource.setrlimit(kind, (limit, limit)) for kind, limit in limits.items()]; "
    "sys.argv = sys.argv[3:]; "
    "runpy.run_path(sys.argv[0], run_name='__main__')"
)
log = logging.getLogger(__name__)


class Unreadable(Exception):
    """The text says why, in the active language."""


class Busy(Exception):
    """Too many files are being read already; the text says so."""


def fingerprints(content: bytes) -> list[str]:
    """All that looks like a SHA-256 in an office file (a ZIP archive of XML), in its texts and its properties.

    All of these functions raise Unreadable, and Busy.
    """
    return _run("fingerprints", content)


def compare_workbooks(theirs: bytes, ours: list[bytes], *, at_most: int) -> dict:
    """`theirs` beside that of `ours` whose sheets have the same names.

    `count`: how many cells differ; `cells`: the first `at_most` of them with sheet, cell, ours, theirs (texts, None
    where there is nothing). A sheet too much or missing counts as one, without a cell. Looks are not compared.
    """
    return _run("compare_workbooks", theirs, *ours, arguments=[str(at_most)])


def canonical_data(content: bytes) -> dict:
    """`sha256`: that of the canonical form; `programme`, `period`, `number`: what the data is about, or None."""
    return _run("canonical_data", content)


def signatures(pdf: bytes, trusted: list[bytes]) -> list[dict]:
    """One per signature, as `consolidation.signing.Signature`, times as ISO. `trusted`: certificates (DER)."""
    return _run("signatures", pdf, *trusted)


def workbook_cells(content: bytes) -> dict:
    """What stands in the marked cells of a filled-in workbook: see `workbook.process.workbook_cells`."""
    return _run("workbook_cells", content, program=WORKBOOK_PROGRAM)


def marked_workbook(content: bytes, marks: dict) -> bytes:
    """The workbook with notes on the `cells` (sheet, cell, text) and a first sheet that lists the `lines`.

    `title` and `headings` are that sheet's. What an earlier round marked is taken away: notes that begin with one of
    the `prefixes`, up to `parting`, and the `colour`, in whose place the `restored` one comes.
    """
    return base64.b64decode(_run("marked_workbook", content, json.dumps(marks).encode(), program=WORKBOOK_PROGRAM))


def table_rows(content: bytes, name: str) -> dict:
    """The rows of an Excel workbook's first sheet, or of a CSV file: see `tables_process.table_rows`."""
    return _run("table_rows", content, name.encode("utf-8", "replace"), program=TABLES_PROGRAM)


def _run(task: str, *files: bytes, arguments: list[str] | None = None, program: Path = PROGRAM):
    command = [sys.executable, "-I", "-c", _LIMITED, str(CPU_SECONDS), str(MEMORY), str(program), task]
    framed = b"".join(len(file).to_bytes(8, "big") + file for file in files)
    if not _SLOTS.acquire(timeout=PATIENCE):
        raise Busy(_("Too many files are being checked just now. Try again in a minute."))
    try:
        ran = subprocess.run(  # noqa: S603
            [*command, *(arguments or [])], input=framed, capture_output=True, check=False, timeout=WALL_SECONDS
        )
    except subprocess.TimeoutExpired:
        raise Unreadable(_flaw("costly")) from None
    finally:
        _SLOTS.release()
    if ran.returncode:
        log.info("Reading a foreign file (%s) ended with %s", task, ran.returncode)
        raise Unreadable(_flaw("costly" if ran.returncode < 0 else "damaged"))
    answer = json.loads(ran.stdout)
    if "flaw" in answer:
        raise Unreadable(_flaw(answer["flaw"]))
    return answer["found"]


def _flaw(code: str) -> str:
    return {
        "damaged": _("The file is damaged, locked with a password, or not what its name says."),
        "unpacked": _("Unpacked, the file would be larger than any document of the portal."),
        "doctype": _("The file holds a document type declaration, which no document of the portal has."),
        "costly": _("Reading the file takes more time or memory than any document of the portal does."),
        "not_workbook": _(
            "This is not an Excel workbook, whatever its name says. Open it in Excel or LibreOffice and save it as "
            "“Excel workbook (.xlsx)”."
        ),
        "old_format": _("The file is in the old format .xls. Open it and save it as “Excel workbook (.xlsx)”."),
        "other_format": _(
            "The file is in another format of spreadsheets. Open it and save it as “Excel workbook (.xlsx)”."
        ),
        "password": _("The file is protected with a password to open it. Save it without that password."),
        "cut": _("The end of the file is missing: it was not downloaded or copied in full. Take the original again."),
        "macros": _("The workbook contains macros. Save it without them, as “Excel workbook (.xlsx)”."),
        "links": _("The workbook has links to other files or data. Break the links and save it again."),
        "columns": _("A sheet is filled in far beyond its last column. Delete what stands there and save it again."),
        "cells": _("The workbook holds more filled cells, rows or sheets than any report needs."),
        "strings": _("The workbook holds more text than any report needs."),
        "not_table": _("This is neither an Excel workbook nor a CSV file, whatever its name says."),
        "rows": _("The table has more than 200,000 rows. Import it in parts."),
    }[code]
