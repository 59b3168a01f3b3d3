"""What a serving process does while the database or the disk fails under it: real requests through the WSGI handler.

Each function runs in a process of the nursery and returns what was wrong.
"""

import json
import resource
import shutil
import sqlite3
import subprocess
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, replace
from http.cookies import SimpleCookie
from pathlib import Path
from unittest import mock

import psycopg2
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.wsgi import get_wsgi_application
from django.db import connection, connections
from django.test import RequestFactory

from analysis import jobs
from analysis.models import Job
from analysis.writing import FORMATS
from reports.models import Attachment, Entry, EntryRevision

from .operations import PDF, Attach, Export, SaveEntry

SECRET = "a" * 32


@dataclass
class Answer:
    status: int
    text: str


class Server:
    """A serving process, and a person who is signed in."""

    def __init__(self, cookie: str, language: str = "kk"):
        self.application = get_wsgi_application()
        self.cookies = SimpleCookie({"sessionid": cookie, "csrftoken": SECRET, "django_language": language})

    def ask(self, path: str, fields: dict | None = None, *, accept: str = "text/html") -> Answer:
        cookies = "; ".join(f"{name}={cookie.value}" for name, cookie in self.cookies.items())
        headers = {"HTTP_COOKIE": cookies, "HTTP_X_CSRFTOKEN": SECRET, "HTTP_ACCEPT": accept}
        factory = RequestFactory()
        made = factory.get(path, **headers) if fields is None else factory.post(path, fields, **headers)
        statuses: list[str] = []

        def begin(status: str, answered: list[tuple[str, str]]) -> None:
            statuses.append(status)
            for name, value in answered:
                if name.lower() == "set-cookie":
                    self.cookies.load(value)

        answer = self.application(made.environ, begin)
        try:
            text = b"".join(answer).decode(errors="replace")
        finally:
            # The request ends here, as on a server.
            answer.close()
        return Answer(int(statuses[0][:3]), text)


# The database


def cut_at_every_statement() -> list[str]:
    """While somebody saves: at each statement on PostgreSQL the connection goes, on SQLite somebody holds the lock."""
    entry = SaveEntry().prepare()
    server, path = Server(entry["cookie"]), entry["path"]
    wrong: list[str] = []
    cuts = 0
    while True:
        fields = entry["fields"] | {"narrative": f"Мәтін {cuts}", "version": str(_version())}
        revisions = _version()
        with _cut(cuts) as cut:
            answer = server.ask(path, fields)
        if not cut.is_made:
            break
        cuts += 1
        if answer.status not in (302, 503):
            wrong.append(f"cut {cuts}: answered {answer.status}")
        if answer.status == 503 and not (fields["narrative"] in answer.text and 'lang="kk"' in answer.text):
            wrong.append(f"cut {cuts}: the page does not hand the text back, or not in Kazakh")
        if server.ask(path).status != 200:
            wrong.append(f"cut {cuts}: the next request does not work")
        if server.ask(path, fields).status != 302 or Entry.objects.get().narrative != fields["narrative"]:
            wrong.append(f"cut {cuts}: sent again, it was not saved")
        if _version() != revisions + 1:
            wrong.append(f"cut {cuts}: saved {_version() - revisions} times")
    least = 1 if connection.vendor == "sqlite" else 10
    return wrong if cuts >= least else [*wrong, f"only {cuts} cuts"]


def gone_and_back() -> list[str]:
    """Between two requests the database goes away, and comes back."""
    entry = SaveEntry().prepare()
    server, path, fields = Server(entry["cookie"]), entry["path"], entry["fields"]
    wrong = [] if server.ask(path).status == 200 else ["before"]
    with _away():
        page, saved = server.ask(path), server.ask(path, fields)
        script = server.ask(path, fields, accept="application/json")
        program = server.ask("/api/v1/periods/", accept="application/json")
    answers = {"page": page, "form": saved, "script": script, "program": program}
    wrong += [f"{name}: {answer.status}" for name, answer in answers.items() if answer.status != 503]
    wrong += [] if fields["narrative"] in saved.text else ["the form does not hand the text back"]
    wrong += [f"{name}: no JSON" for name in ("script", "program") if not answers[name].text.startswith("{")]
    wrong += [] if server.ask(path, fields).status == 302 else ["afterwards"]
    if connection.vendor == "postgresql":
        server.ask(path)
        _terminate(connection.connection.info.backend_pid)
        wrong += [] if server.ask(path).status == 200 else ["a connection that was cut is not made anew"]
    return wrong


def read_only(*, is_mounted: bool = False) -> list[str]:
    """SQLite's file can be read and not written: pages are read, and who saves keeps his text.

    `is_mounted`: its folder is a file system of its own, and becomes read-only.
    """
    entry = SaveEntry().prepare()
    server, path, fields = Server(entry["cookie"]), entry["path"], entry["fields"]
    name = connections.settings["default"]["NAME"]
    with _locked_up(Path(name).parent) if is_mounted else _named(f"file:{name}?mode=ro"):
        read, saved = server.ask(path), server.ask(path, fields)
    # Without its folder SQLite cannot even read: then everybody gets the page that says so.
    wrong = [] if read.status in ((200, 503) if is_mounted else (200,)) else [f"reading: {read.status}"]
    if saved.status != 503 or fields["narrative"] not in saved.text:
        wrong.append(f"saving: {saved.status}")
    return wrong if server.ask(path, fields).status == 302 else [*wrong, "afterwards"]


def saves_until(path: str, fields: dict, cookie: str, stop: str, log: str) -> list[tuple[str, int]]:
    """Saves again and again until the file `stop` is there: the texts that were acknowledged, with their versions.

    What was not is sent again. `log` gets the status of each answer.
    """
    server, saved, version = Server(cookie), [], 0
    with Path(log).open("a", encoding="utf-8") as file:
        while not Path(stop).exists():
            text = f"Мәтін {len(saved)}"
            sent = fields | {"narrative": text, "version": str(version)}
            answer = server.ask(path, sent, accept="application/json")
            file.write(f"{answer.status}\n")
            file.flush()
            if answer.status == 200:
                version = json.loads(answer.text)["version"]
                saved.append((text, version))
            else:
                time.sleep(0.1)
    return saved


def missing(saved: list) -> list[str]:
    """Of what was acknowledged, what is not there, and what is there twice."""
    kept = Counter((revision.data["narrative"], revision.version) for revision in EntryRevision.objects.all())
    texts = Counter(text for text, _version in kept)
    lost = [f"lost: {text}" for text, version in saved if (text, version) not in kept]
    return lost + [f"saved {count} times: {text}" for text, count in texts.items() if count > 1]


# The disk


def full_for_the_database(*, is_mounted: bool = False) -> list[str]:
    """No room for what SQLite writes. `is_mounted`: its folder is a small file system that is filled up."""
    entry = SaveEntry().prepare()
    server, path, fields = Server(entry["cookie"]), entry["path"], entry["fields"]
    server.ask(path)
    folder = Path(connections.settings["default"]["NAME"]).parent
    with _filled(folder) if is_mounted else _no_file_larger_than(4096):
        saved = server.ask(path, fields | {"narrative": "Ұзақ мәтін. " * 1000})
    wrong = [] if saved.status == 503 and "Ұзақ мәтін." in saved.text else [f"saving: {saved.status}"]
    wrong += ["half an entry was saved"] if Entry.objects.exists() else []
    return wrong if server.ask(path, fields).status == 302 and _version() == 1 else [*wrong, "afterwards"]


def full_for_an_attachment(*, is_mounted: bool = False) -> list[str]:
    """No room for the file: the page says so, the text is saved, and nothing is left behind."""
    attach = Attach().prepare()
    server, path = Server(attach["cookie"], "en"), attach["path"]
    fields = {"version": "0", "narrative": "Мәтін"}
    folder = Path(Attachment._meta.get_field("file").storage.location)
    with _filled(folder) if is_mounted else _no_file_larger_than(4096, but_databases=True):
        answer = server.ask(path, fields | {"files": _file()})
        shown = server.ask(path).text if answer.status == 302 else answer.text
    wrong = [] if "сақтау мүмкін болмады" in shown or "could not be stored" in shown else ["the page does not say so"]
    wrong += ["a row without its file"] if Attachment.objects.exists() else []
    wrong += ["half a file"] if Attachment._meta.get_field("file").storage.listdir("")[1] else []
    wrong += [] if Entry.objects.get().narrative == "Мәтін" else ["the text was lost"]
    server.ask(path, {"version": "1", "narrative": "Мәтін", "files": _file()})
    return wrong if Attachment.objects.count() == 1 else [*wrong, "afterwards"]


def no_folder_for_attachments() -> list[str]:
    """The storage's place is taken away."""
    attach = Attach().prepare()
    server, path = Server(attach["cookie"]), attach["path"]
    folder = Path(Attachment._meta.get_field("file").storage.location)
    shutil.rmtree(folder)
    folder.write_bytes(b"")
    answer = server.ask(path, {"version": "0", "narrative": "Мәтін", "files": _file()})
    folder.unlink()
    wrong = [] if answer.status == 302 else [f"answered {answer.status}"]
    wrong += ["a row without its file"] if Attachment.objects.exists() else []
    server.ask(path, {"version": "1", "narrative": "Мәтін", "files": _file()})
    return wrong if Attachment.objects.count() == 1 else [*wrong, "afterwards"]


def full_for_an_export(*, is_mounted: bool = False) -> list[str]:
    """No room for the result: the job says so, leaves nothing behind, and can be started again."""
    Export().prepare()
    folder = Path(Job._meta.get_field("result").storage.location)
    with _filled(folder) if is_mounted else _no_file_larger_than(1024, but_databases=True):
        jobs.run_next()
    job = Job.objects.get()
    wrong = [] if job.state == "failed" and job.message else [f"{job.state}: {job.message}"]
    wrong += ["half a file"] if job.result.storage.listdir("")[1] else []
    jobs.again(job)
    jobs.run_next()
    return wrong if Job.objects.get().state == "done" else [*wrong, "afterwards"]


def no_memory_for_an_export() -> list[str]:
    Export().prepare()
    before = resource.getrlimit(resource.RLIMIT_AS)
    with mock.patch.dict(FORMATS, csv=replace(FORMATS["csv"], write=_greedy)):
        jobs.run_next()
    resource.setrlimit(resource.RLIMIT_AS, before)
    job = Job.objects.get()
    return [] if job.state == "failed" and job.message else [f"{job.state}: {job.message}"]


# How it is done


class _Cut:
    """Breaks the connection before the n-th statement that can be broken."""

    def __init__(self, number: int):
        self.left, self.is_made = number, False
        self.holder: sqlite3.Connection | None = None

    def __call__(self, execute, sql, params, many, context):
        if not self.is_made and (connection.vendor != "sqlite" or str(sql).startswith("BEGIN")):
            if self.left == 0:
                self.is_made = True
                self._break()
            self.left -= 1
        return execute(sql, params, many, context)

    def _break(self) -> None:
        if connection.vendor == "postgresql":
            _terminate(connection.connection.info.backend_pid)
            return
        self.holder = sqlite3.connect(connections.settings["default"]["NAME"], isolation_level=None)
        self.holder.execute("BEGIN IMMEDIATE")


@contextmanager
def _cut(number: int) -> Iterator[_Cut]:
    cut = _Cut(number)
    options = connections.settings["default"]["OPTIONS"]
    patience = options.get("timeout")
    if connection.vendor == "sqlite":
        # Nobody waits twenty seconds for a test.
        connection.close()
        options["timeout"] = 0.05
    with connection.execute_wrapper(cut):
        yield cut
    if cut.holder:
        cut.holder.close()
    if connection.vendor == "sqlite":
        connection.close()
        options["timeout"] = patience


@contextmanager
def _filled(folder: Path) -> Iterator[None]:
    """A file system of its own that has a page left; whoever mounted it unmounts it."""
    connection.close()
    filler = folder / "filler"
    with filler.open("wb", buffering=0) as file, suppress(OSError):
        while True:
            file.write(bytes(4096))
    with filler.open("r+b") as file:
        file.truncate(max(0, filler.stat().st_size - 4096))
    yield
    connection.close()
    filler.unlink()


def _terminate(pid: int) -> None:
    given = connections.settings["default"]
    server = {"host": given["HOST"], "port": given["PORT"], "user": given["USER"], "password": given["PASSWORD"]}
    with closing(psycopg2.connect(dbname="postgres", **server)) as other, other.cursor() as cursor:
        cursor.execute("SELECT pg_terminate_backend(%s, 5000)", [pid])


@contextmanager
def _away() -> Iterator[None]:
    given = connections.settings["default"]
    connection.close()
    if connection.vendor == "sqlite":
        place = Path(given["NAME"])
        moved = place.rename(place.with_suffix(".away"))
        place.mkdir()
        yield
        connection.close()
        place.rmdir()
        moved.rename(place)
        return
    port = given["PORT"]
    # Nothing listens there.
    given["PORT"] = "1"
    yield
    given["PORT"] = port


@contextmanager
def _locked_up(folder: Path) -> Iterator[None]:
    connection.close()
    subprocess.run(["mount", "-o", "remount,ro", str(folder)], check=True)
    yield
    connection.close()
    subprocess.run(["mount", "-o", "remount,rw", str(folder)], check=True)


@contextmanager
def _named(name: str) -> Iterator[None]:
    given = connections.settings["default"]
    usual = given["NAME"]
    connection.close()
    given["NAME"] = name
    yield
    connection.close()
    given["NAME"] = usual


@contextmanager
def _no_file_larger_than(size: int, *, but_databases: bool = False) -> Iterator[None]:
    """What a full disk does, for every file that this process writes. `but_databases`: SQLite's have room."""
    if but_databases and connection.vendor == "sqlite":
        with _storages_full(size):
            yield
        return
    connection.close()
    _soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (hard, hard))
        connection.close()


@contextmanager
def _storages_full(size: int) -> Iterator[None]:
    """The limit holds while a storage writes, and at no other time."""
    from django.core.files.storage import FileSystemStorage

    save = FileSystemStorage._save
    _soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)

    def limited(self, name, content):
        resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
        try:
            return save(self, name, content)
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, (hard, hard))

    FileSystemStorage._save = limited
    try:
        yield
    finally:
        FileSystemStorage._save = save


def _greedy(table, file) -> None:
    """Asks for a gigabyte; the process may have a few megabytes more than it has."""
    used = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[0]) * resource.getpagesize()
    resource.setrlimit(resource.RLIMIT_AS, (used + 2**24, resource.getrlimit(resource.RLIMIT_AS)[1]))
    file.write(b"".join(bytes(2**20) for _row in range(2**10)))


def _version() -> int:
    entry = Entry.objects.first()
    return entry.version if entry else 0


def _file() -> SimpleUploadedFile:
    return SimpleUploadedFile("act.pdf", PDF, "application/pdf")
