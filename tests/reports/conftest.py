"""The finalised report of a real half-year, for everything that is made from it."""

import copy
import datetime
import fcntl
import pickle
from dataclasses import dataclass
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from django.db import transaction
from django.db.models import Sum

from programme import calendar


@dataclass
class Entered:
    """What the reporters entered for the half-year, read from their drafts and not from the report."""

    texts: set[str]
    spent: Decimal


@dataclass
class Demo:
    report: dict
    sha256: str
    entered: Entered


@pytest.fixture(scope="session")
def demo(django_db_setup, django_db_blocker, tmp_path_factory, worker_id) -> Demo:
    """The finalised report on the second half of 2008, which the first process of a run that asks makes for all.

    For tests marked `django_db`: pytest-django makes no database for a run in which no test asks for one.
    """
    folder = tmp_path_factory.getbasetemp()
    made = (folder if worker_id == "master" else folder.parent) / "demo.pickle"
    with made.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not made.exists():
            made.write_bytes(pickle.dumps(_demo(django_db_blocker)))
    return pickle.loads(made.read_bytes())  # noqa: S301


def _demo(django_db_blocker) -> Demo:
    """The database is as before afterwards."""
    from programme.models import Programme
    from reports.demonstration import Demonstration
    from reports.models import ConsolidatedReport, Entry, Spending

    noon = datetime.datetime(2009, 1, 21, 12, 0, tzinfo=ZoneInfo("Asia/Almaty"))
    with django_db_blocker.unblock(), transaction.atomic(), calendar.pretend(noon):
        Demonstration(Programme.objects.get(slug="children-2007-2011"), noon.date()).fill()
        frozen = ConsolidatedReport.objects.get(period__code="2008-H2")
        entries = Entry.objects.filter(submission__period__code="2008-H2", submission__state="accepted")
        texts = {text for row in entries.values_list("narrative", "reason", "next_step") for text in row if text}
        spent = Spending.objects.filter(entry__in=entries).aggregate(sum=Sum("amount"))["sum"]
        found = Demo(frozen.data, frozen.sha256, Entered(texts, spent))
        transaction.set_rollback(True)
    return found


@pytest.fixture
def report(demo):
    return copy.deepcopy(demo.report)


@pytest.fixture
def nothing_accepted(report):
    """The same half-year, had nobody filed."""
    for section in report["sections"]:
        for activity in section["activities"]:
            activity["missing"] += [entry["agency"] for entry in activity["entries"]]
            activity |= {"entries": [], "counts": {}}
            activity["status"] = "no_information" if activity["missing"] else "nobody_obliged"
    report["statuses"] = {"no_information": 41, "nobody_obliged": 2}
    for filing in report["filings"]:
        filing |= {"state": "draft", "timing": "overdue", "days": 10}
        filing |= {"first_submitted_at": None, "receipt": None, "sha256": None}
    return report
