"""Whatever is written leaves a record: in every request of every test (see conftest), and in the actions themselves."""

import re
import shutil
from pathlib import Path

import pytest
from django.apps import apps
from django.conf import settings
from django.contrib import admin
from django.core.files.base import ContentFile
from django.core.management import call_command
from django.db import transaction
from django.utils.functional import Promise

from accounts import tokens
from accounts.audit_words import ACTIONS, AREAS, action_in_words
from accounts.audited_admin import AuditedAdmin
from accounts.models import User
from analysis import jobs
from analysis.models import Job
from budget.models import BudgetLine
from programme import calendar
from programme.models import LegalAct
from reports import filing, letters, reminders, review
from reports.attachments import check_upload
from reports.consolidation import files, finalising, texts
from reports.consolidation.building import consolidate
from reports.duty import owed_activity
from reports.models import Period, ReportEvent, SubmissionEvent
from reports.workbook import uploads

from .audited import EXCEPTIONS, watched
from .reports.scenes import accepted, at, finalised, sent, submission_of, write_all
from .reports.uploads import PDF, upload_of
from .reports.workbooks import Filled, read_here

pytestmark = pytest.mark.django_db

ROOT = Path(settings.BASE_DIR)
ROOMS = ("programme", "accounts", "activities", "budget", "reports", "analysis", "config")
# Tables that no action of the portal's own writes, by what does.
BY_OTHERS = {
    # The audit itself.
    "accounts_auditrecord",
    "accounts_audithead",
    # Groups and single rights are not used.
    "auth_group",
    "auth_group_permissions",
    "accounts_user_groups",
    "accounts_user_user_permissions",
}
BY_THE_SIGN_IN = re.compile("account_|mfa_|socialaccount_|usersessions_")


# The watch itself


def test_a_write_without_a_record_is_seen():
    with watched() as seen:
        User.objects.filter(username="analyst").update(role="leadership")
    assert seen.unrecorded == {"accounts_user"}


def test_a_record_in_another_transaction_is_none(user):
    with watched() as seen:
        with transaction.atomic():
            tokens.make(by=user("analyst"), name="Excel", scopes=[], expires_on=calendar.today())
        with transaction.atomic():
            User.objects.filter(username="analyst").update(role="leadership")
    assert seen.unrecorded == {"accounts_user"}


def test_what_is_rolled_back_is_no_write():
    with watched() as seen, pytest.raises(ZeroDivisionError):
        change_and_fail()
    assert (seen.tables, seen.unrecorded) == (set(), set())


@transaction.atomic
def change_and_fail():
    User.objects.filter(username="analyst").update(role="leadership")
    raise ZeroDivisionError


def test_an_exception_is_for_its_columns_alone(user):
    with watched() as seen:
        User.objects.filter(username="analyst").update(last_login=calendar.now())
    assert seen.unrecorded == set()
    with watched() as seen:
        User.objects.filter(username="analyst").update(last_login=calendar.now(), is_superuser=True)
    assert seen.unrecorded == {"accounts_user"}


def test_a_request_that_records_nothing_fails_its_test(browse, monkeypatch):
    monkeypatch.setattr("accounts.audit.record", lambda *args, **details: None)
    page = browse("analyst")
    with pytest.raises(AssertionError, match="without a record"):
        page.post("/language/", {"language": "ru"})


# The actions


def test_every_action_leaves_a_record_and_every_table_is_written_by_one(browse, user, programme, tmp_path):
    User.objects.filter(username="administrator").update(is_superuser=True)
    User.objects.filter(username="reporter.kus").update(email="reporter@kus.example")
    analyst, administrator = browse("analyst"), browse("administrator")
    with read_here(), watched() as seen:
        agency_works(user)
        coordinators_decide(user)
        coordinators_compile(user)
        machines_and_jobs(user)
        pages(analyst, administrator)
        commands(programme, tmp_path)
    assert seen.unrecorded == set()
    tables = {model._meta.db_table for model in apps.get_models(include_auto_created=True)}
    untouched = tables - seen.tables - EXCEPTIONS.keys() - BY_OTHERS
    assert {table for table in untouched if not BY_THE_SIGN_IN.match(table)} == set()


def agency_works(user):
    reporter, signatory, submission = user("reporter.akt"), user("signatory.akt"), submission_of("akimat-akt")
    write_all(submission, reporter, spent="1.000")
    activity = owed_activity(submission, 14).activity
    filing.attach(submission=submission, activity=activity, by=reporter, upload=upload_of())
    other = filing.attach(
        submission=submission,
        activity=activity,
        by=reporter,
        upload=check_upload(ContentFile(PDF + b"\n", name="тағы.pdf")),
    )
    filing.detach(attachment=other, by=reporter)
    book = Filled.of(submission)
    book["progress", "14", "narrative"] = "Жаңа мәтін"
    received = uploads.receive(submission=submission, by=reporter, name="есеп.xlsx", content=book.bytes())
    received.submission = submission
    found = uploads.compare_upload(received)
    assert uploads.confirm(upload=received, by=reporter, choices={}, seen=found.seen) == [14]
    filing.send_for_signature(submission=submission, by=reporter)
    filing.recall(submission=submission, by=reporter)
    filing.send_for_signature(submission=submission, by=reporter)
    filing.send_back(submission=submission, by=signatory, reason="Нақтылаңыз")
    filing.send_for_signature(submission=submission, by=reporter)
    filing.submit(submission=submission, by=signatory)


def coordinators_decide(user):
    submission, coordinator = submission_of("akimat-akt"), user("coordinator")
    comment = review.comment(submission=submission, by=coordinator, text="Санын нақтылаңыз")
    review.answer(comment=comment, by=user("reporter.akt"), text="Нақтыланды")
    review.resolve(comment=comment, by=coordinator)
    review.return_for_rework(submission=submission, by=coordinator, reason="Толықтырыңыз")
    late = submission_of("akimat-kus")
    review.extend(submission=late, by=coordinator, due_on=late.due_on.replace(day=14), reason="Су тасқыны", act="№ 5")
    activity = owed_activity(late, 14).activity
    review.waive(submission=late, by=coordinator, activity=activity, rule="no_document", reason="Құжат жоқ")
    with at(2009, 7, 20, 12):
        letters.write_letter(submission=late, by=coordinator, language="kk")
        reminders.remind()


def coordinators_compile(user):
    with at(2009, 1, 5, 9):
        accepted("akimat-kus", user, "2008-H2")
        period = Period.objects.select_related("programme__lead_agency").get(code="2008-H2")
        report = consolidate(period)
        part = texts.parts_of(report)[0]
        first = user("coordinator")
        saving = {"period": period, "part": part, "language": "kk", "by": first, "report": report}
        texts.save(**saving, text="Қорытынды мәтін", version=0)
        texts.mark_compared(**saving)
        finalising.propose(period=period, by=first)
        finalising.withdraw(period=period, by=first)
        finalising.propose(period=period, by=first)
        finalising.give_back(period=period, by=user("coordinator2"), reason="Толықтырыңыз")
        frozen = finalised(period, user)
        files.file_of(frozen, "xlsx", "kk")
        sent(frozen, user)


def machines_and_jobs(user):
    analyst = user("analyst")
    token, _secret = tokens.make(by=analyst, name="Excel", scopes=["read"], expires_on=calendar.today())
    tokens.revoke(token, by=analyst)
    jobs.cancel(jobs.enqueue(Job.Kind.EXPORT, title="Export", by=analyst, arguments={}))
    asked = {"dataset": "timeliness", "query": "", "format": "csv"}
    jobs.forget(jobs.run_now(jobs.enqueue(Job.Kind.EXPORT, title="Export", by=analyst, arguments=asked)))


def commands(programme, folder):
    """Another programme of the same shape, so that every table of it is written."""
    shutil.copytree(ROOT / "fixtures" / "children-2007-2011", folder / "second")
    changes = {"programme__programme": (programme.slug, "second"), "programme__agency": ('"en": "', '"en": "The ')}
    for name, (old, new) in (changes | {"programme__region": changes["programme__agency"]}).items():
        path = folder / "second" / f"{name}.json"
        path.write_text(path.read_text(encoding="utf-8").replace(old, new), encoding="utf-8")
    call_command("load_programme", folder / "second", verbosity=0)


def pages(analyst, administrator):
    """What is written there and nowhere else."""
    analyst.post("/datasets/views/", {"name": "Әкімдіктер", "dataset": "timeliness", "query": ""})
    fields = {"line": BudgetLine.objects.first().pk, "act": LegalAct.objects.first().pk}
    fields |= {"amount": "1.000", "effective_on": "2009-01-01"}
    assert administrator.post("/admin/budget/clarification/add/", fields).status_code == 302


def test_every_page_of_the_administration_that_changes_something_records_it():
    assert [model for model, page in admin.site._registry.items() if not isinstance(page, AuditedAdmin)] == []


# The words


def sources():
    for room in ROOMS:
        for path in (ROOT / room).rglob("*.py"):
            yield path.read_text(encoding="utf-8")


def test_every_action_that_is_recorded_has_its_words():
    found = {
        name if call == "record" else f"export.{name}"
        for source in sources()
        for call, name in re.findall(r'\b_?(record|exported)\(\s*"([a-z_.]+)"', source)
        if call == "exported" or "." in name
    }
    protection = (ROOT / "accounts" / "protection.py").read_text(encoding="utf-8")
    found |= {f"user.{action}" for action in re.findall(r'@_recorded\("([a-z_]+)"\)', protection)}
    found |= {f"submission.{action}" for action in SubmissionEvent.Action.values}
    found |= {f"report.{action}" for action in ReportEvent.Action.values}
    found |= {f"job.{state}" for state in (Job.State.QUEUED, *Job.ENDED)}
    found |= {f"{what}.{done}" for what in ("row", "user") for done in ("added", "changed", "deleted")}
    assert sorted(found ^ ACTIONS.keys()) == []
    assert {action.partition(".")[0] for action in ACTIONS} == AREAS.keys()
    assert all(isinstance(words, Promise) for words in [*ACTIONS.values(), *AREAS.values()])


def test_an_action_of_an_older_version_is_shown_by_its_name():
    assert action_in_words("entry.burnt") == "entry.burnt"
