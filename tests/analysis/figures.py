"""Two half-years of reports for the pages of figures, and what the decree and the filed copies say, read by hand."""

import json
from collections import Counter
from contextlib import contextmanager
from decimal import Decimal
from pathlib import Path

from django.conf import settings
from django.db import transaction
from django.test import Client
from django.utils import translation

from accounts.models import User
from analysis.datasets import DATASETS, Selection
from reports.models import IndicatorValue, Submission, SubmissionCopy

from ..reports.scenes import at, file_report, submission_of, write_all

SLUG = "children-2007-2011"
FIXTURES = Path(settings.BASE_DIR) / "fixtures" / SLUG


@contextmanager
def two_half_years(django_db_blocker):
    """Aktobe filed for 2008-H2 and for 2009-H1, Kostanay has a draft; afterwards the database is as before.

    Aktobe spent 1.250 and 2.125 on every line, and counted 1 and then 2 of everything.
    """
    with django_db_blocker.unblock(), transaction.atomic(), at(2009, 7, 6, 12), translation.override("en"):
        people = {one.username: one for one in User.objects.select_related("agency")}
        with at(2009, 1, 5, 9):
            _file(people["reporter.akt"], "2008-H2", "1.250", 1)
        _file(people["reporter.akt"], "2009-H1", "2.125", 2)
        write_all(submission_of("akimat-kus"), people["reporter.kus"], spent="7.000")
        yield people
        transaction.set_rollback(True)


def _file(reporter, period: str, spent: str, counted: int) -> None:
    submission = submission_of(reporter.agency.code, period)
    write_all(submission, reporter, spent=spent)
    IndicatorValue.objects.filter(entry__submission=submission).update(value=counted)
    file_report(submission, reporter)


def get(user, path: str, query: str = "", language: str = "en"):
    User.objects.filter(pk=user.pk).update(language=language)
    browser = Client()
    browser.force_login(user)
    return browser.get(f"/programmes/{SLUG}/{path}/{query}")


def values(response, name: str) -> dict:
    """By what the first cell of a row says: the other values, as a file would have them."""
    rows = response.context["exhibits"][name].exhibit.rows
    return {plain(row.cells[0]): [plain(cell) for cell in row.cells[1:]] for row in rows}


def plain(cell):
    return getattr(cell, "value", cell)


def links(response, name: str) -> list[tuple[object, str]]:
    """Every value of the exhibit that leads somewhere, and where."""
    rows = response.context["exhibits"][name].exhibit.rows
    return [(cell.value, cell.url) for row in rows for cell in row.cells if getattr(cell, "url", "")]


def sum_behind(user, url: str, column: str):
    """What the rows that an address leads to add up to."""
    path, _mark, query = url.partition("?")
    selection = Selection(DATASETS[path.strip("/").rpartition("/")[2]], user, query)
    assert selection.is_valid, (url, selection.form.errors)
    return sum(value or 0 for (value,) in selection.dataset.rows([column]))


def fixture(name: str) -> list[dict]:
    return json.loads((FIXTURES / f"{name}.json").read_text(encoding="utf-8"))


def printed(**wanted) -> Decimal | None:
    """The sum of the fixture's lines that have these values; None of none."""
    lines = [one for one in fixture("budget__budgetline") if all(one[name] == value for name, value in wanted.items())]
    return sum(Decimal(one["amount"]) for one in lines) if lines else None


def filed_copies() -> list[tuple[str, dict]]:
    """The half-year and the content of what stands as filed."""
    standing = Submission.objects.filter(state__in=("submitted", "accepted")).select_related("period")
    return [
        (one.period.code, json.loads(SubmissionCopy.objects.filter(submission=one).latest("number").content))
        for one in standing
    ]


def filed_money(period: str | None = None) -> Counter:
    """Spent by region, of a half-year or of all, added up from the filed copies."""
    found = Counter()
    for code, content in filed_copies():
        for entry in content["entries"]:
            for row in entry["spending"]:
                if period in (None, code):
                    found[row["region"]] += Decimal(row["amount"])
    return found
