"""`python -m tests.upgrade.walk ARCHIVE FOLDER`: the life of a portal that began with the archive, as JSON.

In an empty database of its own it restores and so upgrades, opens every page, works, makes a backup, loses everything
and gets it back.
"""

import contextlib
import io
import json
import shutil
import sys
from pathlib import Path

import django
from django.core.management import call_command

# Those whom the demonstration of the first release did not have.
LATER = {"leader": None, "akim.akt": "akimat-akt"}


def main(archive: Path, folder: Path) -> None:
    django.setup()
    with contextlib.redirect_stdout(sys.stderr):
        call_command("restore", archive)
        found = {"counts": _counts(), "hashes": _hashes(), "pages": _pages(), "work": _work()}
        found["audit"] = _audit()
        found["backup"] = _backup(folder)
    sys.stdout.write(json.dumps(found))


def _counts() -> dict[str, int]:
    from django.apps import apps

    return {model._meta.label: model._base_manager.count() for model in apps.get_models()}


def _hashes() -> dict[str, list[bool]]:
    """Whether what was filed and finalised still is what its hash says."""
    import hashlib

    from reports.models import ConsolidatedReport, SubmissionCopy

    return {
        model.__name__: [hashlib.sha256(row.content.encode()).hexdigest() == row.sha256 for row in model.objects.all()]
        for model in (SubmissionCopy, ConsolidatedReport)
    }


def _pages() -> dict[str, int]:
    """The status of one page of each kind, for somebody who works with it."""
    from django.test import Client

    from accounts.models import User
    from programme.models import Agency

    from ..look import rows
    from ..look.pages import PAGES

    for username, agency in LATER.items():
        User.objects.create(username=username, role="leadership", agency=Agency.objects.filter(code=agency).first())
    known = rows._submissions() | rows._made()
    answers = {}
    for page in {page.url: page for page in reversed(PAGES)}.values():
        browser = Client(SERVER_NAME="127.0.0.1")
        if page.who:
            browser.force_login(User.objects.get(username=page.who))
        answers[page.name] = browser.get(page.address(known)).status_code
    return answers


def _work() -> dict:
    """An upgraded draft takes a file, and can be filed once it is complete."""
    from accounts.models import User

    from ..reports.scenes import filed, submission_of
    from ..reports.uploads import attach

    akt, moh = (User.objects.get(username=name) for name in ("reporter.akt", "reporter.moh"))
    attach(submission_of("akimat-akt"), akt)
    attach(submission_of("akimat-akt"), akt, name="екінші.pdf")
    state = submission_of("mlsp").state
    by = User.objects.get(username="reporter.mlsp")
    return {"before": state, "after": filed("mlsp", by).state, "moh": moh.agency.code}


def _audit() -> str:
    said = io.StringIO()
    call_command("verify_audit", stdout=said)
    return said.getvalue()


def _backup(folder: Path) -> dict:
    from django.core.files.storage import storages

    from reports.models import Attachment

    from ..config.whole_portal import contents_of_database, empty_the_portal, files_in

    places = [Path(storages[name].location) for name in ("attachments", "passing")]
    before, files = contents_of_database(), [files_in(place) for place in places]
    call_command("backup", folder / "portal.backup")
    empty_the_portal()
    for place in places:
        shutil.rmtree(place)
    left = Attachment.objects.count()
    call_command("restore", folder / "portal.backup")
    after = contents_of_database()
    return {
        "left": left,
        "rows": sum(map(len, before.values())),
        "changed": sorted(table for table in before if after[table] != before[table]),
        "added": {
            table: len(set(after[table]) - set(before[table])) for table in before if after[table] != before[table]
        },
        "files": [*map(len, files)],
        "files_are_the_same": [files_in(place) for place in places] == files,
    }


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
