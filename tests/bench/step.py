"""One step of the benchmark, measured in this process: python -m tests.bench.step prepare|enlarge|build|render …"""

import contextlib
import datetime
import json
import pickle
import sys
from pathlib import Path
from zoneinfo import ZoneInfo

import django

from .measuring import limit_memory, measured, settled

LANGUAGE, SLUG, PERIOD = "kk", "children-2007-2011", "2008-H2"
# The day after the report on that half-year was due.
NOON = datetime.datetime(2009, 1, 21, 12, tzinfo=ZoneInfo("Asia/Almaty"))


def prepare() -> dict:
    """The decree and the demonstration in an empty database."""
    from django.core.management import call_command

    call_command("migrate", verbosity=0)
    call_command("load_programme", verbosity=0)
    call_command("demo", as_of=NOON.date().isoformat(), verbosity=0)
    return {}


def enlarge(times: str) -> dict:
    from activities.models import Activity
    from programme.models import Agency
    from reports.models import SubmissionCopy

    from .enlarging import enlarge

    enlarge(int(times))
    return {
        "bodies": Agency.objects.filter(submissions__isnull=False).distinct().count(),
        "activities": Activity.objects.count(),
        "copies": SubmissionCopy.objects.count(),
    }


def build(target: str) -> dict:
    """The structure, kept in a file for the outputs."""
    from django.db import connection

    from programme import calendar
    from reports.consolidation import building
    from reports.models import Period

    period = Period.objects.select_related("programme__lead_agency").get(programme__slug=SLUG, code=PERIOD)
    queries = []
    with calendar.pretend(NOON), connection.execute_wrapper(lambda run, *rest: queries.append(1) or run(*rest)):
        (report, _copies), found = measured(lambda: building.build(period))
    Path(target).write_bytes(pickle.dumps(report, protocol=5))
    answers = sum(len(activity["entries"]) for section in report["sections"] for activity in section["activities"])
    return found | {"queries": len(queries), "answers": answers}


def render(fmt: str, source: str) -> dict:
    """An output of the structure; `structure` is what that takes by itself."""
    from reports import documents
    from reports.documents import outline, pdf

    pdf.SECONDS = 3600
    before = settled()
    with Path(source).open("rb") as file:
        report = pickle.load(file)  # noqa: S301  our own, of a moment ago
    structure = settled() - before
    if fmt == "outline":
        _outline, found = measured(lambda: outline.outline(report, LANGUAGE))
        return found | {"bytes": None, "structure": structure}
    content, found = measured(lambda: documents.render(report, fmt, LANGUAGE))
    return found | {"bytes": len(content), "structure": structure}


if __name__ == "__main__":
    limit_memory()
    django.setup()
    from django.conf import settings

    job = {"prepare": prepare, "enlarge": enlarge, "build": build, "render": render}[sys.argv[1]]
    if job is not prepare:
        settings.DEBUG = False  # else Django keeps the text of every query
    with contextlib.redirect_stdout(sys.stderr):
        outcome = job(*sys.argv[2:])
    print(json.dumps(outcome))
