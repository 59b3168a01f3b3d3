"""`python -m tests.look.rows`: fills the database with what every page can show, and says where it is, as JSON.

Needs DEBUG=1, as the demonstration does. Everything on top of that is done through the portal's own pages.
"""

import contextlib
import io
import json
import re
import sys

import django
from django.core.management import call_command

DATASET = "timeliness"
# A body that changes and one that is new; a person whose role is misspelt.
AGENCIES = """code,kind,name_kk,short_name_kk
moh,ministry,Денсаулық сақтау министрлігі (жаңа),ДСМ
sport,ministry,Спорт комитеті,СК
"""
USERS = "username,role,agency,email\nreporter.new,reportr,akimat-akt,new@akt.kz\n"


def main() -> None:
    django.setup()
    with contextlib.redirect_stdout(sys.stderr):
        call_command("migrate", verbosity=0)
        call_command("load_programme")
        call_command("demo")
        found = _submissions() | _made()
    sys.stdout.write(json.dumps(found))


def _submissions() -> dict[str, int]:
    """One in each state, and Aktobe's of this half-year and of the one before."""
    from reports.models import Submission

    wanted = {
        "draft": ("akimat-akt", "2009-H1"),
        "submitted": ("akimat-aty", "2009-H1"),
        "returned": ("akimat-zha", "2009-H1"),
        "accepted": ("akimat-akt", "2008-H2"),
        "to sign": ("akimat-yuz", "2009-H1"),
        "missing": ("akimat-kzy", "2008-H2"),
    }
    return {
        name: Submission.objects.get(agency__code=agency, period__code=period).pk
        for name, (agency, period) in wanted.items()
    }


def _made() -> dict[str, str]:
    from django.utils import timezone

    from accounts import invitations, tokens
    from accounts.models import Scope, User
    from analysis import jobs
    from analysis.models import Job
    from programme import calendar
    from reports.models import Submission

    coordinator, reporter, analyst = (
        User.objects.get(username=name) for name in ("coordinator", "reporter.akt", "analyst")
    )
    tokens.make(by=analyst, name="Excel", scopes=[Scope.READ], expires_on=calendar.today())
    running = jobs.enqueue(Job.Kind.EXPORT, title="Шығыстар", by=analyst, arguments={}, total=100_000)
    Job.objects.filter(pk=running.pk).update(
        state=Job.State.RUNNING, done=12_000, started_at=calendar.now(), alive_at=timezone.now()
    )
    view = _post(analyst, "/datasets/views/", name="Әкімдіктер", dataset=DATASET, query="period=2009-H1")
    draft = Submission.objects.get(agency__code="akimat-akt", period__code="2009-H1")
    link = re.search(r"/choose-password/([^/]+)/([^/]+)/", invitations.invitation(reporter).body)
    return {
        "job": str(running.pk),
        "view": _last(view),
        "workbook": _last(_upload(reporter, f"/submissions/{draft.pk}/workbook/", "есеп.xlsx", _workbook(draft))),
        "import to confirm": _last(_upload(coordinator, "/imports/agencies/", "agencies.csv", AGENCIES.encode())),
        "import with errors": _last(_upload(coordinator, "/imports/users/", "users.csv", USERS.encode())),
        "invited": link[1],
        "invitation": link[2],
    }


def _workbook(draft) -> bytes:
    from ..reports.workbooks import Filled

    book = Filled.of(draft)
    book["progress", "14", "narrative"] = "Екі топқа екінші тәрбиеші тағайындалды."
    return book.bytes()


def _upload(user, address: str, name: str, content: bytes) -> str:
    file = io.BytesIO(content)
    file.name = name
    return _post(user, address, file=file)


def _post(user, address: str, **fields) -> str:
    """Where the page leads afterwards."""
    from django.test import Client

    browser = Client(SERVER_NAME="127.0.0.1")
    browser.force_login(user)
    answer = browser.post(address, fields)
    if answer.status_code != 302:
        raise RuntimeError(f"{address} answers {answer.status_code}:\n{answer.text}")
    return answer.url


def _last(address: str) -> str:
    return address.rstrip("/").rpartition("/")[2]


if __name__ == "__main__":
    main()
