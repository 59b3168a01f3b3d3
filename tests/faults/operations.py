"""What is killed: each operation prepares its stage, is performed as a person or a machine does it, and knows when it
is done, once.

Arguments are what `prepare` returns, as JSON.
"""

import datetime
from collections import Counter
from decimal import Decimal
from importlib import import_module
from pathlib import Path
from unittest import mock

from django.conf import settings
from django.core.management import call_command
from django.test import Client

from accounts.models import User
from analysis import importing, jobs
from analysis.models import Job
from programme.models import Agency, Finding
from reports import filing, orphans, outbox
from reports.consolidation import building, files, finalising
from reports.models import (
    Attachment,
    ConsolidatedReport,
    Dispatch,
    Entry,
    OutgoingMail,
    Period,
    Reminder,
    Submission,
    SubmissionCopy,
    WorkbookUpload,
)
from reports.workbook import uploads

from ..reports.scenes import accepted, submission_of, write_all
from . import invariants
from .steps import Post

PDF = b"%PDF-1.4\n" + b"a file of some size " * 500
ADDRESSED = ("reporter.kus", "reporter.akt", "signatory.akt", "coordinator")


class Operation:
    def prepare(self) -> dict:
        """Set the stage."""

    def perform(self, **arguments):
        """Do it; raises unless it was done."""

    def retry(self, **arguments):
        return self.perform(**arguments)

    def done(self, **arguments) -> None:
        """Raises AssertionError unless it is done, once."""

    def look(self, **arguments) -> list[str]:
        """What is wrong in the portal, or not done."""
        problems = invariants.broken()
        try:
            self.done(**arguments)
        except AssertionError as error:
            problems.append(str(error) or "it is not done, or not once")
        return problems


def user(username: str) -> User:
    return User.objects.select_related("agency").get(username=username)


def signed_in(username: str) -> dict:
    """What a browser of that person holds."""
    browser = Client()
    browser.force_login(user(username))
    return {"cookie": browser.cookies["sessionid"].value}


def browser_of(cookie: str) -> Client:
    browser = Client(raise_request_exception=True)
    browser.cookies["sessionid"] = cookie
    return browser


def answer_of(response) -> dict:
    """Of a request that succeeded; a form that is shown again has not."""
    if response.status_code >= 400 or (response.request["REQUEST_METHOD"] == "POST" and b"<form" in response.content):
        raise AssertionError(f"answered {response.status_code}")
    return {"status": response.status_code, "location": response.headers.get("Location", "")}


def give_addresses() -> None:
    for username in ADDRESSED:
        User.objects.filter(username=username).update(email=f"{username}@portal.example")


def only(count: int, rows) -> None:
    found = rows.count()
    assert found == count, f"{rows.model.__name__}: {found}, not {count}"


def write_report(agency: str, reporter: str) -> Submission:
    submission = submission_of(agency)
    write_all(submission, user(reporter))
    return submission


class File(Operation):
    """On the page, by the signatory, after it was sent for signature."""

    def prepare(self):
        give_addresses()
        submission = write_report("akimat-akt", "reporter.akt")
        filing.send_for_signature(submission=submission, by=user("reporter.akt"))
        OutgoingMail.objects.all().delete()
        return {"pk": submission.pk, **signed_in("signatory.akt")}

    def perform(self, pk, cookie):
        return answer_of(browser_of(cookie).post(f"/submissions/{pk}/file/"))

    def done(self, pk, cookie):
        submission = Submission.objects.get(pk=pk)
        assert submission.state == "submitted"
        only(1, submission.copies)
        only(1, submission.events.filter(action="filed"))
        only(3, OutgoingMail.objects)


class FileByApi(Operation):
    """By a machine, with a key that names the filing."""

    def prepare(self):
        give_addresses()
        return {"pk": write_report("akimat-kus", "reporter.kus").pk, **signed_in("reporter.kus")}

    def perform(self, pk, cookie):
        response = browser_of(cookie).post(
            f"/api/v1/submissions/{pk}/file/", {}, content_type="application/json", headers={"Idempotency-Key": "1"}
        )
        assert response.status_code in (200, 201), response.content
        return response.json()["receipt"]

    def done(self, pk, cookie):
        only(1, SubmissionCopy.objects.filter(submission=pk, request_key="1"))
        assert self.perform(pk, cookie) == SubmissionCopy.objects.get(submission=pk).receipt
        only(2, OutgoingMail.objects)


class SendForSignature(Operation):
    def prepare(self):
        give_addresses()
        return {"pk": write_report("akimat-akt", "reporter.akt").pk, **signed_in("reporter.akt")}

    def perform(self, pk, cookie):
        return answer_of(browser_of(cookie).post(f"/submissions/{pk}/sign-off/", {"send": "1"}))

    def done(self, pk, cookie):
        submission = Submission.objects.get(pk=pk)
        assert submission.awaits_signature
        only(1, submission.events)
        only(1, OutgoingMail.objects)


class Accept(Operation):
    decision, state = {"accept": "1", "filing": "1"}, "accepted"

    def prepare(self):
        give_addresses()
        submission = write_report("akimat-kus", "reporter.kus")
        filing.submit(submission=submission, by=user("reporter.kus"))
        OutgoingMail.objects.all().delete()
        return {"pk": submission.pk, **signed_in("coordinator")}

    def perform(self, pk, cookie):
        return answer_of(browser_of(cookie).post(f"/submissions/{pk}/review/", self.decision))

    def done(self, pk, cookie):
        submission = Submission.objects.get(pk=pk)
        assert submission.state == self.state
        only(1, submission.events.filter(action=self.state))
        only(1, OutgoingMail.objects)


class Return(Accept):
    decision, state = {"reason": "Толықтырыңыз"}, "returned"

    def retry(self, pk, cookie):
        """Done already, the page says that somebody has decided."""
        if Submission.objects.get(pk=pk).state == self.state:
            assert browser_of(cookie).post(f"/submissions/{pk}/review/", self.decision).status_code == 422
        else:
            self.perform(pk, cookie)


class SaveEntry(Operation):
    """On the page of an activity."""

    as_script = False

    def prepare(self):
        submission = submission_of("akimat-kus")
        owed = filing.owed_activities(submission)
        item = next(item for item in owed if item.lines)
        fields = {
            "version": "0",
            "status": "in_progress",
            "narrative": "Жұмыс жүргізілді.",
            "writer": str(user("reporter.kus").pk),
            f"spent_{item.lines[0].line.pk}": "1,5",
        }
        path = f"/submissions/{submission.pk}/activities/{item.activity.ordinal}/"
        return {"path": path, "fields": fields, **signed_in("reporter.kus")}

    def perform(self, path, fields, cookie):
        accept = {"Accept": "application/json"} if self.as_script else {}
        response = browser_of(cookie).post(path, fields, headers=accept)
        if self.as_script:
            assert response.status_code == 200, response.content
            return response.json()["version"]
        return answer_of(response)

    def done(self, path, fields, cookie):
        entry = Entry.objects.get()
        assert (entry.version, entry.narrative) == (1, "Жұмыс жүргізілді.")
        only(1, entry.revisions)
        assert entry.spending.get().amount == Decimal("1.5")


class Autosave(SaveEntry):
    as_script = True


class Attach(Operation):
    def prepare(self):
        submission = submission_of("akimat-kus")
        ordinal = filing.owed_activities(submission)[0].activity.ordinal
        return {"path": f"/submissions/{submission.pk}/activities/{ordinal}/", **signed_in("reporter.kus")}

    def perform(self, path, cookie):
        return answer_of(browser_of(cookie).post(path, {"version": "0", "files": self._file()}))

    def done(self, path, cookie):
        only(1, Attachment.objects)
        only(1, Attachment.objects.current())
        assert Attachment.objects.get().file.read() == PDF

    def _file(self, content=PDF):
        from django.core.files.uploadedfile import SimpleUploadedFile

        return SimpleUploadedFile("act.pdf", content, "application/pdf")


class Replace(Attach):
    def prepare(self):
        arguments = super().prepare()
        self.perform(**arguments)
        return arguments | {"pk": Attachment.objects.get().pk}

    def perform(self, path, cookie, pk=None):
        name, content = (f"replace_{pk}", PDF + b"!") if pk else ("files", PDF)
        return answer_of(browser_of(cookie).post(path, {"version": "0", name: self._file(content)}))

    def retry(self, path, cookie, pk):
        """Done already, the page says that the file has been replaced, and nothing happens."""
        if Attachment.objects.filter(replaces=pk).exists():
            browser_of(cookie).post(path, {"version": "0", f"replace_{pk}": self._file(PDF + b"!")})
        else:
            self.perform(path, cookie, pk)

    def done(self, path, cookie, pk):
        only(2, Attachment.objects)
        assert Attachment.objects.current().get().file.read() == PDF + b"!"


class Remove(Replace):
    def perform(self, path, cookie, pk=None):
        if not pk:
            return super().perform(path, cookie)
        return answer_of(browser_of(cookie).post(path, {"version": "0", "remove": str(pk)}))

    def retry(self, path, cookie, pk):
        if Attachment.objects.current().exists():
            self.perform(path, cookie, pk)
        else:
            browser_of(cookie).post(path, {"version": "0", "remove": str(pk)})

    def done(self, path, cookie, pk):
        only(1, Attachment.objects.filter(removed_at__isnull=False, removed_by__username="reporter.kus"))
        only(0, Attachment.objects.current())


class UploadWorkbook(Operation):
    """The file and what was read from it; read in a process with limits, beforehand."""

    def prepare(self):
        content = self.workbook()
        Path(settings.STORAGES["passing"]["OPTIONS"]["location"], "sent.xlsx").write_bytes(content)
        return signed_in("reporter.kus")

    def workbook(self) -> bytes:
        from ..reports.workbooks import Filled

        submission = submission_of("akimat-kus")
        book = Filled.of(submission)
        for item in filing.owed_activities(submission)[:2]:
            book["progress", str(item.activity.ordinal), "narrative"] = "Кітаптан."
        return book.bytes()

    def content(self) -> bytes:
        return Path(settings.STORAGES["passing"]["OPTIONS"]["location"], "sent.xlsx").read_bytes()

    def perform(self, cookie):
        from django.core.files.uploadedfile import SimpleUploadedFile

        submission = submission_of("akimat-kus")
        file = SimpleUploadedFile("book.xlsx", self.content())
        return answer_of(browser_of(cookie).post(f"/submissions/{submission.pk}/workbook/", {"file": file}))

    def done(self, cookie):
        """Sent twice, it is kept twice: each waits for its own confirmation."""
        assert WorkbookUpload.objects.filter(confirmed_at=None).exists()
        only(0, Entry.objects)


class ConfirmWorkbook(UploadWorkbook):
    def prepare(self):
        submission = submission_of("akimat-kus")
        upload = uploads.receive(submission=submission, by=user("reporter.kus"), name="b.xlsx", content=self.workbook())
        found = WorkbookUpload.objects.with_context().get(pk=upload.pk)
        seen = uploads.compare_upload(found).seen
        return {"pk": upload.pk, "seen": seen, **signed_in("reporter.kus")}

    def perform(self, pk, seen, cookie):
        return answer_of(browser_of(cookie).post(f"/workbooks/{pk}/", {"seen": seen}))

    def done(self, pk, seen, cookie):
        assert WorkbookUpload.objects.get(pk=pk).confirmed_at
        assert list(Entry.objects.values_list("narrative", "version")) == [("Кітаптан.", 1)] * 2


class ByWorker(Operation):
    """A job, which the next worker takes up when the first one is dead."""

    def perform(self, **arguments):
        job = jobs.run_next()
        assert job, "no job waits"
        return str(job.pk)

    def retry(self, **arguments):
        jobs.DEAD_AFTER, jobs.SURE_AFTER = datetime.timedelta(0), 0
        jobs.run_next()


class Import(ByWorker):
    def prepare(self):
        from django.core.files.base import ContentFile

        give_addresses()
        rows = "username;role;agency;email\nreporter.new;reporter;akimat-akt;new@akt.kz\nreporter.too;reporter;moh;\n"
        file = ContentFile(rows.encode(), "users.csv")
        checked = importing.begin(kind="users", file=file, by=user("coordinator"))
        with mock.patch.object(importing.running, "SMALL", 0):
            importing.confirm(checked, by=user("coordinator"))

    def done(self):
        job = Job.objects.get(kind=Job.Kind.IMPORT)
        assert (job.state, job.outcome["is_written"]) == ("done", True), (job.state, job.outcome)
        only(2, User.objects.filter(username__in=("reporter.new", "reporter.too")))
        only(1, OutgoingMail.objects.filter(recipient="new@akt.kz"))


class ConfirmImport(Import):
    """A small file, written while the page waits. Killed, the job is left to a worker."""

    def prepare(self):
        from django.core.files.base import ContentFile

        rows = "username;role;agency;email\nreporter.new;reporter;akimat-akt;new@akt.kz\nreporter.too;reporter;moh;\n"
        checked = importing.begin(kind="users", file=ContentFile(rows.encode(), "users.csv"), by=user("coordinator"))
        return {"checked": str(checked.pk)}

    def perform(self, checked):
        return str(importing.confirm(Job.objects.get(pk=checked), by=user("coordinator")).pk)

    def retry(self, checked):
        """He sees the job on its page, or, if there is none, confirms again."""
        if Job.objects.filter(kind=Job.Kind.IMPORT).exists():
            super().retry()
        else:
            self.perform(checked)

    def done(self, checked):
        super().done()


class Export(ByWorker):
    def prepare(self):
        jobs.enqueue(
            Job.Kind.EXPORT,
            title="Export",
            by=user("analyst"),
            arguments={"dataset": "timeliness", "query": "", "format": "csv"},
        )

    def done(self):
        job = Job.objects.get()
        assert job.state == "done", job.state
        assert job.result.read().count(b"\n") > 20


def _period() -> Period:
    return Period.objects.select_related("programme").get(code="2009-H1")


class Propose(Operation):
    moment = "2009-07-15T12:00:00"

    def prepare(self):
        accepted("akimat-kus", user)
        seen = finalising.digest_of(building.consolidate(_period()))
        return {"moment": self.moment, "seen": seen, **signed_in("coordinator")}

    def perform(self, cookie, seen):
        return self._post(cookie, propose="1", seen=seen)

    def done(self, cookie, seen):
        only(1, _period().report_events.filter(action="proposed"))
        assert hasattr(_period(), "proposal")

    def _post(self, cookie, **data):
        path = "/programmes/children-2007-2011/periods/2009-H1/consolidated/"
        return answer_of(browser_of(cookie).post(path, data))


class Finalise(Propose):
    def prepare(self):
        arguments = super().prepare()
        finalising.propose(period=_period(), by=user("coordinator"))
        return arguments | signed_in("coordinator2")

    def perform(self, cookie, seen):
        return self._post(cookie, finalise="1", seen=seen)

    def done(self, cookie, seen):
        only(1, ConsolidatedReport.objects)
        only(1, _period().report_events.filter(action="finalised"))
        assert not hasattr(_period(), "proposal")


class Send(Finalise):
    def prepare(self):
        arguments = super().prepare()
        finalising.finalise(period=_period(), by=user("coordinator2"))
        return arguments

    def perform(self, cookie, seen):
        path = "/programmes/children-2007-2011/periods/2009-H1/consolidated/1/send/"
        data = {"number": "12-3/1045", "dated": "15.07.2009", "addressee": "Үкіметке"}
        return answer_of(browser_of(cookie).post(path, data))

    def retry(self, cookie, seen):
        """Done already, the page says so."""
        if not Dispatch.objects.exists():
            self.perform(cookie, seen)

    def done(self, cookie, seen):
        only(1, Dispatch.objects)
        only(1, _period().report_events.filter(action="sent"))


class Document(Send):
    """The file of a finalised report, rendered at the first download."""

    def perform(self, cookie, seen):
        path = "/programmes/children-2007-2011/periods/2009-H1/consolidated/1.xlsx"
        response = browser_of(cookie).get(path)
        assert response.status_code == 200
        return len(response.content)

    def retry(self, cookie, seen):
        self.perform(cookie, seen)

    def done(self, cookie, seen):
        only(1, ConsolidatedReport.objects.get().documents)
        first = files.content_of(ConsolidatedReport.objects.get(), "xlsx", "kk")
        assert first == files.content_of(ConsolidatedReport.objects.get(), "xlsx", "kk")


class Remind(Operation):
    """Two e-mails: a reporter's and the coordinators' digest."""

    def prepare(self):
        User.objects.exclude(username__in=("reporter.kus", "coordinator")).update(email="")
        give_addresses()
        User.objects.filter(agency__code="akimat-akt").update(email="")
        Submission.objects.exclude(period__code="2009-H1").delete()
        return {"moment": "2009-07-07T08:00:00"}

    def perform(self):
        call_command("remind", verbosity=0)

    def retry(self):
        # Later: what the dead process had claimed is free again.
        outbox.CLAIM = datetime.timedelta(0)
        self.perform()

    def done(self):
        only(2, Reminder.objects.left())
        only(2, Reminder.objects)
        taken = [line.split(" ", 2) for line in Path(Post.taken).read_text().splitlines()]
        recipients = Counter(recipient for recipient, _key, _subject in taken)
        assert set(recipients) == {f"{name}@portal.example" for name in ("reporter.kus", "coordinator")}
        # One may have left twice: the one that the mail server had taken when the process died.
        assert len(taken) <= 3, taken


class SendMail(Remind):
    """What the worker does each second."""

    def prepare(self):
        from reports import reminders

        arguments = super().prepare()
        with mock.patch.object(reminders, "LONGEST_RUN", -1):
            call_command("remind", verbosity=0)
        only(2, OutgoingMail.objects.filter(sent_at=None))
        return arguments

    def perform(self):
        outbox.deliver()

    def done(self):
        super().done()
        keys = {line.split()[1] for line in Path(Post.taken).read_text().splitlines()}
        assert len(keys) == 2, "an e-mail that leaves again keeps its Message-ID"


class LoadProgramme(Operation):
    """A decree that has changed since it was loaded."""

    def prepare(self):
        Finding.objects.order_by("pk").first().delete()
        Agency.objects.filter(code="moh").update(name_en="Something else")

    def perform(self):
        call_command("load_programme", verbosity=0)

    def done(self):
        only(0, Agency.objects.filter(name_en="Something else"))


class Sweep(Operation):
    """What is a week old goes, with its files, and so do files that belong to nothing."""

    def prepare(self):
        from django.utils import timezone

        Attach().perform(**Attach().prepare())
        Export().prepare()
        job = jobs.run_next()
        Job.objects.filter(pk=job.pk).update(alive_at=timezone.now() - datetime.timedelta(days=8))
        Path(settings.STORAGES["attachments"]["OPTIONS"]["location"], "0" * 32).write_bytes(b"left behind")

    def perform(self):
        # Whatever is not known now, however young.
        orphans.KEPT = Job.KEPT = datetime.timedelta(0)
        call_command("sweep", verbosity=0)

    def done(self):
        only(0, Job.objects)
        only(1, Attachment.objects)
        storages = (Attachment._meta.get_field("file").storage, Job._meta.get_field("result").storage)
        assert [len(storage.listdir("")[1]) for storage in storages] == [1, 0]


OPERATIONS: dict[str, type[Operation]] = {
    "filing on the page": File,
    "filing by the API": FileByApi,
    "sending for signature": SendForSignature,
    "accepting": Accept,
    "returning": Return,
    "saving an entry": SaveEntry,
    "autosave": Autosave,
    "attaching a file": Attach,
    "replacing a file": Replace,
    "removing a file": Remove,
    "uploading a workbook": UploadWorkbook,
    "confirming a workbook": ConfirmWorkbook,
    "confirming an import": ConfirmImport,
    "an import by a worker": Import,
    "an export by a worker": Export,
    "handing over the report": Propose,
    "finalising the report": Finalise,
    "sending the report": Send,
    "a document of the report": Document,
    "reminders": Remind,
    "the outbox": SendMail,
    "loading the programme": LoadProgramme,
    "sweeping": Sweep,
}

# One of each kind: a page, a script's request, the API, a worker.
REHEARSED = (File(), SaveEntry(), Autosave(), FileByApi(), Import(), ConfirmWorkbook())


def find(operation: str, part: str):
    """What an order names: a part of an operation, or a function of a module here."""
    if operation in OPERATIONS:
        return getattr(OPERATIONS[operation](), part)
    return getattr(import_module(f".{operation}", __package__), part)
