"""Attachments: what is accepted by its content, where it is kept, who may take it, and what bad input leaves behind."""

import hashlib
import io
import os
import re
import subprocess
import sys
import tracemalloc
from contextlib import suppress
from pathlib import Path
from unittest.mock import Mock
from urllib.parse import quote

import pytest
from django.conf import settings as project
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.core.files.storage import FileSystemStorage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.files.uploadhandler import load_handler
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.http.multipartparser import MultiPartParser
from django.template.loader import render_to_string
from django.test import RequestFactory
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from reports import filing, review
from reports.attachments import ACCEPTED, MAX_SIZE, check_upload, current_files
from reports.duty import owed_activity
from reports.models import Attachment
from reports.transitions import Refused
from reports.views.attachments import keep_uploads

from . import uploads
from .scenes import file_report, filed, submission_of, write_all
from .uploads import PDF, attach, upload_of


@pytest.fixture(autouse=True)
def _in_english():
    with translation.override("en"):
        yield


@pytest.fixture
def stored(monkeypatch, tmp_path):
    """The names in the storage, here a folder: `stored()`."""
    folder = tmp_path / "attachments"
    folder.mkdir()
    monkeypatch.setattr(Attachment._meta.get_field("file"), "storage", FileSystemStorage(location=folder))
    return lambda: sorted(path.name for path in folder.iterdir())


def content_of(attachment: Attachment) -> bytes:
    with attachment.file.open() as file:
        return file.read()


# What is accepted


@pytest.mark.parametrize("name", uploads.REAL)
def test_a_file_is_known_by_its_content(name):
    content, content_type = uploads.REAL[name]
    upload = upload_of(name, content)
    assert (upload.name, upload.content_type, upload.size) == (name, content_type, len(content))
    assert upload.sha256 == hashlib.sha256(content).hexdigest()


def test_every_accepted_kind_is_tried():
    tried = {name.rpartition(".")[2].lower() for name in uploads.REAL}
    assert set(ACCEPTED) - tried == {"tiff"}


LIES = {
    "программа.pdf": b"MZ\x90\x00" + bytes(500),
    "бет.png": b"<!doctype html><script>alert(1)</script>",
    "бет.pdf": b"<!doctype html><!-- %PDF-1.7 --><script>alert(1)</script>",
    "сурет.jpg": uploads.png(),
    "шешім.xlsx": uploads.word(),
    "қаражат.docx": uploads.excel(),
    "қаражат.odt": uploads.open_document("spreadsheet"),
    "үлгі.odt": uploads.open_document("text-template"),
    "қаражат.doc": uploads.ole("Workbook"),
    "шешім.doc": uploads.word(),
    "құлыптаулы.docx": uploads.ole("EncryptedPackage"),
    "мұрағат.docx": uploads.archive({"word/document.xml": "<x/>"}),
    "қиылған.docx": uploads.word()[:-30],
    "бомба.docx": uploads.archive({"0.txt": bytes(50 * 2**20)}),
    "бос.docx": b"PK\x05\x06" + bytes(18),
}


@pytest.mark.parametrize("name", LIES)
def test_a_file_that_is_not_what_its_name_says_is_refused(name):
    with pytest.raises(ValidationError) as caught:
        upload_of(name, LIES[name])
    assert caught.value.code == "content"
    assert name in caught.value.message


def test_a_document_that_unpacks_to_more_than_anybody_writes_is_refused(monkeypatch):
    monkeypatch.setattr("reports.attachments.MAX_UNPACKED", 2**20)
    types = f"{uploads.REAL['шешім.docx'][1]}.main+xml"
    bomb = uploads.archive({uploads.CONTENT_TYPES: f'<x ContentType="{types}"/>', "word/document.xml": bytes(2**21)})
    assert len(bomb) < 2**12
    with pytest.raises(ValidationError) as caught:
        upload_of("бомба.docx", bomb)
    assert caught.value.code == "content"


MACROS = {
    "макрос.docx": uploads.ooxml(uploads.REAL["шешім.docx"][1], "word/vbaProject.bin"),
    "макрос.xlsx": uploads.ooxml(uploads.REAL["қаражат.xlsx"][1], "xl/macrosheets/sheet1.xml"),
    "макрос.odt": uploads.open_document("text", "Basic/Standard/Module1.xml"),
    "макрос.ods": uploads.open_document("spreadsheet", "Scripts/python/run.py"),
    "макрос.doc": uploads.ole("WordDocument", "Macros", "_VBA_PROJECT"),
}


@pytest.mark.parametrize("name", MACROS)
def test_macros_are_refused_by_their_name(name):
    with pytest.raises(ValidationError, match="macros") as caught:
        upload_of(name, MACROS[name])
    assert caught.value.code == "macros"


@pytest.mark.parametrize("name", ["run.exe", "page.html", "picture.svg", "макрос.docm", "есеп", ".pdf", "есеп.pdf.exe"])
def test_a_type_that_is_not_accepted_is_refused_with_the_list_of_those_that_are(name):
    with pytest.raises(ValidationError, match="docx, jpeg, jpg, odp") as caught:
        upload_of(name)
    assert caught.value.code == "type"


def test_an_empty_file_is_refused():
    with pytest.raises(ValidationError, match="is empty"):
        upload_of("бос.pdf", b"")


def test_twenty_megabytes_are_accepted_and_one_byte_more_is_not():
    assert upload_of(content=PDF.ljust(MAX_SIZE, b" ")).size == 20 * 1024 * 1024
    with pytest.raises(ValidationError, match="larger than 20 MB") as caught:
        upload_of(content=PDF.ljust(MAX_SIZE + 1, b" "))
    assert caught.value.code == "too_large"


@given(st.binary(max_size=200), st.integers(0, 400), st.sampled_from(sorted(ACCEPTED)))
def test_damage_anywhere_gives_an_answer(noise, place, extension):
    content = uploads.word()
    spot = min(place, len(content)) * 90 % len(content)
    damaged = content[:spot] + noise + content[spot + len(noise) :]
    with suppress(ValidationError):
        assert upload_of(f"файл.{extension}", damaged).sha256 == hashlib.sha256(damaged).hexdigest()


@pytest.mark.parametrize(
    ("given_name", "shown"),
    [
        ("../../etc/passwd.pdf", "passwd.pdf"),
        ("C:\\Есептер\\есеп.pdf", "есеп.pdf"),
        ("есеп\u202efdp.exe.pdf", "есепfdp.exe.pdf"),
        ("есеп\r\nX-Evil: 1\x00.pdf", "есепX-Evil: 1.pdf"),
        ('"тырнақша\' "; x=".pdf', '"тырнақша\' "; x=".pdf'),
        ("ә" * 300 + ".pdf", "ә" * 140 + ".pdf"),
    ],
)
def test_a_name_keeps_what_people_read_and_nothing_else(given_name, shown):
    file = ContentFile(PDF)
    file.name = given_name
    assert check_upload(file).name == shown


# Where it is kept


def test_a_file_is_stored_under_a_name_that_nobody_chose(user, stored):
    attachment = attach(submission_of("akimat-akt"), user("reporter.akt"), name="../Шешім.pdf")
    assert stored() == [attachment.file.name]
    assert set(attachment.file.name) <= set("0123456789abcdef")
    assert (attachment.name, attachment.sha256) == ("Шешім.pdf", hashlib.sha256(content_of(attachment)).hexdigest())


def test_the_same_file_twice_is_kept_once(user, stored):
    submission = submission_of("akimat-akt")
    first = attach(submission, user("reporter.akt"))
    assert attach(submission, user("signatory.akt")) == first
    assert stored() == [first.file.name]
    other_name = attach(submission, user("reporter.akt"), name="көшірме.pdf")
    assert len({first.file.name, other_name.file.name}) == len(stored()) == 2


def test_a_refused_file_leaves_nothing_behind(user, stored):
    submission = submission_of("akimat-akt")
    old = attach(submission, user("reporter.akt"))
    attach(submission, user("reporter.akt"), name="жаңа.pdf", replaces=old)
    kept = stored()
    with pytest.raises(Refused, match="replaced or removed"):
        attach(submission, user("reporter.akt"), name="тағы.pdf", replaces=old)
    with pytest.raises(Refused, match="own reporters"):
        attach(submission, user("reporter.kus"), name="бөтен.pdf")
    assert stored() == kept
    assert Attachment.objects.count() == 2


def test_a_file_whose_row_is_not_committed_is_taken_away(user, stored, monkeypatch):
    by, submission = user("reporter.akt"), submission_of("akimat-akt")
    with monkeypatch.context() as broken:
        broken.setattr(connection, "savepoint_commit", Mock(side_effect=[DatabaseError("the connection broke"), None]))
        with pytest.raises(DatabaseError, match="broke"):
            attach(submission, by)
    assert stored() == []
    assert not Attachment.objects.exists()


def test_a_file_that_the_storage_took_in_part_is_taken_away(user, stored, monkeypatch):
    def break_off(_upload, *_arguments):
        yield PDF[:100]
        raise OSError("No space left on device")

    upload = upload_of()
    monkeypatch.setattr(ContentFile, "chunks", break_off)
    with pytest.raises(OSError, match="No space"):
        filing.attach(
            submission=submission_of("akimat-akt"),
            activity=owed_activity(submission_of("akimat-akt"), 14).activity,
            by=user("reporter.akt"),
            upload=upload,
        )
    assert stored() == []


def test_another_storage_takes_over_by_settings():
    """In a process of its own, as the settings are read once."""
    code = """
import django
django.setup()
from reports.models import Attachment
print(type(Attachment._meta.get_field("file").storage).__name__)
"""
    environment = os.environ | {
        "DEBUG": "1",
        "ATTACHMENT_STORAGE": "django.core.files.storage.InMemoryStorage",
        "ATTACHMENT_STORAGE_OPTIONS": '{"location": "elsewhere"}',
    }
    found = subprocess.run(
        [sys.executable, "-c", code], env=environment, cwd=project.BASE_DIR, capture_output=True, text=True, check=True
    )
    assert found.stdout.strip() == "InMemoryStorage"


def test_files_are_kept_outside_what_the_web_server_serves():
    kept = Path(project.STORAGES["attachments"]["OPTIONS"]["location"])
    served = [Path(project.STATIC_ROOT), *map(Path, project.STATICFILES_DIRS)]
    assert not any(kept == folder or folder in kept.parents for folder in served)


# Versions, locks, copies


def test_a_replaced_file_is_an_earlier_version_and_a_removed_one_is_gone_from_the_list(user, django_assert_num_queries):
    submission, by = submission_of("akimat-akt"), user("reporter.akt")
    activity = owed_activity(submission, 14).activity
    first = attach(submission, by)
    second = attach(submission, by, name="есеп-2.pdf", replaces=first)
    third = attach(submission, by, name="есеп-3.pdf", replaces=second)
    gone = attach(submission, by, name="артық.pdf")
    filing.detach(attachment=gone, by=by)
    attach(submission, by, ordinal=18, name="басқа.pdf")
    with django_assert_num_queries(1):
        [current] = current_files(submission, activity)
        assert current.uploaded_by.username == "reporter.akt"
    assert (current, current.earlier) == (third, [second, first])
    gone.refresh_from_db()
    assert gone.removed_by == by
    assert content_of(gone) == PDF


def test_files_are_locked_with_the_report(user):
    submission, by = submission_of("akimat-akt"), user("reporter.akt")
    write_all(submission, by)
    attachment = attach(submission, by)
    copy = file_report(submission, by)
    for attempt in (
        lambda: attach(submission, by, name="кеш.pdf"),
        lambda: attach(submission, by, name="кеш.pdf", replaces=attachment),
        lambda: filing.detach(attachment=attachment, by=by),
    ):
        with pytest.raises(Refused, match="locked"):
            attempt()
    assert list(copy.attachments.all()) == [attachment]
    [entry] = [entry for entry in copy.data["entries"] if entry["activity"] == 14]
    assert entry["attachments"] == [{"name": "есеп.pdf", "size": len(PDF), "sha256": attachment.sha256}]


@pytest.mark.parametrize("change", [{"sha256": "0" * 64}, {"name": "x.pdf"}, {"file": "other"}])
def test_the_database_refuses_to_change_a_file(user, change):
    attachment = attach(submission_of("akimat-akt"), user("reporter.akt"))
    with pytest.raises(IntegrityError), transaction.atomic():
        Attachment.objects.filter(pk=attachment.pk).update(**change)


# What a form asks


def post(user, submission, by="reporter.akt", ordinal=14, **data) -> list[str]:
    request = RequestFactory().post("/", data)
    request.user = user(by)
    return keep_uploads(request, submission, owed_activity(submission, ordinal).activity)


def file_of(name="есеп.pdf", content=PDF) -> SimpleUploadedFile:
    # What the browser says of the type is not asked.
    return SimpleUploadedFile(name, content, content_type="text/html")


def names(submission) -> list[str]:
    return sorted(attachment.name for attachment in submission.attachments.current())


def test_several_files_at_once_are_kept_each_for_itself(user):
    submission = submission_of("akimat-akt")
    files = [file_of("а.pdf"), file_of("жалған.png"), file_of("бос.pdf", b""), file_of("ә.pdf", PDF + b"\n")]
    errors = post(user, submission, files=files)
    assert names(submission) == ["а.pdf", "ә.pdf"]
    assert [error.partition("”")[0] for error in errors] == ["“жалған.png", "“бос.pdf"]


def test_a_form_replaces_and_removes(user):
    submission = submission_of("akimat-akt")
    post(user, submission, files=[file_of("а.pdf"), file_of("ә.pdf")])
    first, second = submission.attachments.order_by("name")
    assert post(user, submission, remove=str(second.pk), **{f"replace_{first.pk}": file_of("б.pdf")}) == []
    assert names(submission) == ["б.pdf"]
    assert submission.attachments.get(name="б.pdf").replaces == first


@pytest.mark.parametrize("pk", ["", "0", "x", "-1", "9" * 40, "١"])
def test_an_unknown_file_to_remove_or_replace_gets_an_answer(user, pk):
    submission = submission_of("akimat-akt")
    meanwhile = ["This file has been replaced or removed meanwhile."]
    assert post(user, submission, remove=pk) == meanwhile
    assert post(user, submission, **{f"replace_{pk}": file_of()}) == meanwhile
    assert names(submission) == []


def test_the_files_of_others_and_of_other_activities_are_out_of_reach(user):
    foreign = attach(submission_of("akimat-kus"), user("reporter.kus"))
    other_activity = attach(submission_of("akimat-akt"), user("reporter.akt"), ordinal=18)
    for attachment in (foreign, other_activity):
        errors = post(user, submission_of("akimat-akt"), remove=attachment.pk)
        assert errors == ["This file has been replaced or removed meanwhile."]
        assert attachment in Attachment.objects.current()


def test_a_locked_report_is_answered_once_for_all_files(user):
    submission = filed("akimat-akt", user("reporter.akt"))
    errors = post(user, submission, files=[file_of("а.pdf"), file_of("ә.pdf")])
    assert errors == ["The report has been filed and is locked. It can be changed only after it is returned."]
    assert names(submission) == []


def test_a_storage_that_fails_is_an_answer_and_not_a_broken_page(user, monkeypatch, caplog):
    storage = Attachment._meta.get_field("file").storage
    monkeypatch.setattr(storage, "save", Mock(side_effect=OSError("No space left on device")))
    [error] = post(user, submission_of("akimat-akt"), files=[file_of()])
    assert error.startswith("The file could not be stored.")
    assert "No space left" in caplog.text
    assert not Attachment.objects.exists()


def test_the_answer_is_in_the_users_language(user):
    with translation.override("kk"):
        [error] = post(user, submission_of("akimat-akt"), files=[file_of("бос.pdf", b"")])
    assert error == "«бос.pdf» файлы бос."


def test_a_form_without_files_asks_the_database_nothing(user, django_assert_num_queries):
    request = RequestFactory().post("/", {"narrative": "x"})
    request.user = user("reporter.akt")
    submission = submission_of("akimat-akt")
    with django_assert_num_queries(0):
        assert keep_uploads(request, submission, activity=None) == []


# Too large to keep


class Body(io.RawIOBase):
    """A posted form with a file of `size` bytes between two texts, made as it is read."""

    EDGE = "edge"

    def __init__(self, size: int, name: str = "үлкен.pdf"):
        part = f'\r\n--{self.EDGE}\r\nContent-Disposition: form-data; name="%s"'
        before = (part % "narrative").lstrip() + "\r\n\r\nмәтін" + part % "files" + f'; filename="{name}"\r\n\r\n'
        after = part % "reason" + f"\r\n\r\nсебеп\r\n--{self.EDGE}--\r\n"
        self.pieces = [before.encode(), size, after.encode()]
        self.length = len(self.pieces[0]) + size + len(self.pieces[2])

    def read(self, size=-1):
        while self.pieces:
            if isinstance(self.pieces[0], bytes):
                return self.pieces.pop(0)
            if self.pieces[0]:
                amount = min(size, self.pieces[0])
                self.pieces[0] -= amount
                return PDF[:amount].ljust(amount, b" ")
            self.pieces.pop(0)
        return b""


def parse(body: Body):
    """The request as the portal's own upload handlers leave it."""
    request = RequestFactory().post("/")
    handlers = [load_handler(handler, request) for handler in project.FILE_UPLOAD_HANDLERS]
    meta = {"CONTENT_TYPE": f"multipart/form-data; boundary={Body.EDGE}", "CONTENT_LENGTH": str(body.length)}
    request._post, request._files = MultiPartParser(meta, body, handlers, "utf-8").parse()
    return request


def test_a_file_of_500_megabytes_is_not_kept_and_the_text_around_it_is(user, tmp_path, settings, stored):
    settings.FILE_UPLOAD_TEMP_DIR = tmp_path / "incoming"
    settings.FILE_UPLOAD_TEMP_DIR.mkdir()
    submission = submission_of("akimat-akt")
    tracemalloc.start()
    request = parse(Body(500 * 2**20))
    _now, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 2 * 2**20
    assert stored() == list(settings.FILE_UPLOAD_TEMP_DIR.iterdir()) == []
    assert (request.POST["narrative"], request.POST["reason"], len(request.FILES)) == ("мәтін", "себеп", 0)
    request.user = user("reporter.akt")
    [error] = keep_uploads(request, submission, owed_activity(submission, 14).activity)
    assert error.startswith("“үлкен.pdf” is larger than 20 MB.")
    assert not Attachment.objects.exists()


def test_a_file_of_exactly_20_megabytes_reaches_the_storage(user, stored):
    submission = submission_of("akimat-akt")
    request = parse(Body(MAX_SIZE))
    request.user = user("reporter.akt")
    assert keep_uploads(request, submission, owed_activity(submission, 14).activity) == []
    [attachment] = submission.attachments.all()
    request.close()
    assert attachment.size == attachment.file.size == MAX_SIZE
    assert stored() == [attachment.file.name]


# Who may take it


def fetch(browser, attachment):
    return browser.get(f"/attachments/{attachment.pk}/")


def test_a_file_is_served_as_a_file_to_keep_and_nothing_else(browse, user):
    name = 'Әкімнің "шешімі".docx'
    attachment = attach(submission_of("akimat-akt"), user("reporter.akt"), name=name, content=uploads.word())
    response = fetch(browse("reporter.akt"), attachment)
    assert response.streaming
    assert hashlib.sha256(response.getvalue()).hexdigest() == attachment.sha256
    assert response["Content-Type"] == uploads.REAL["шешім.docx"][1]
    assert response["Content-Length"] == str(attachment.size)
    assert response["Content-Disposition"] == f"attachment; filename*=utf-8''{quote(name)}"
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Content-Security-Policy"] == "sandbox; default-src 'none'"


DRAFT, FILED = (200, 200, 404, 404, 404, 404), (200, 200, 404, 200, 200, 200)
READERS = ("reporter.akt", "signatory.akt", "reporter.kus", "coordinator", "analyst", "administrator")


def statuses(browse, attachment) -> tuple[int, ...]:
    return tuple(fetch(browse(username), attachment).status_code for username in READERS)


def test_a_drafts_file_is_the_agencys_own_and_a_filed_one_stays_readable(browse, user):
    submission, by = submission_of("akimat-akt"), user("reporter.akt")
    write_all(submission, by)
    passing = attach(submission, by, name="жоба.pdf")
    kept = attach(submission, by, name="түпкі.pdf", replaces=passing)
    assert statuses(browse, kept) == DRAFT
    file_report(submission, by)
    assert statuses(browse, kept) == FILED
    assert statuses(browse, passing) == DRAFT
    review.return_for_rework(submission=submission, by=user("coordinator"), reason="Қайта қараңыз.")
    newer = attach(submission, by, name="жаңа.pdf", replaces=kept)
    assert statuses(browse, newer) == DRAFT
    filing.detach(attachment=newer, by=by)
    assert statuses(browse, kept) == FILED
    assert statuses(browse, newer) == DRAFT


def test_a_file_missing_from_the_storage_is_not_found_and_logged(browse, user, caplog):
    attachment = attach(submission_of("akimat-akt"), user("reporter.akt"))
    attachment.file.storage.delete(attachment.file.name)
    assert fetch(browse("reporter.akt"), attachment).status_code == 404
    assert f"Attachment {attachment.pk} is not in the storage" in caplog.text


# On the page


def shown(user, locked=False) -> str:
    submission = submission_of("akimat-akt")
    files = current_files(submission, owed_activity(submission, 14).activity)
    return render_to_string("reports/_attachments.html", {"attachments": files, "locked": locked})


def test_the_entry_page_lists_files_with_their_versions_and_ways_to_change_them(user):
    submission, by = submission_of("akimat-akt"), user("reporter.akt")
    first = attach(submission, by, name="<b>ескі</b>.pdf", content=PDF.ljust(13_517))
    second = attach(submission, by, name="жаңа.pdf", content=PDF.ljust(2 * 2**20), replaces=first)
    page = shown(user)
    assert "<b>" not in page
    assert re.search(rf'href="/attachments/{second.pk}/">жаңа.pdf.*2.0\xa0MB.*reporter.akt', page, re.DOTALL)
    assert re.search(rf'Earlier versions.*href="/attachments/{first.pk}/">.*13.2\xa0KB', page, re.DOTALL)
    inputs = set(re.findall(r'<input type="\w+" name="(\w+)"', page))
    assert inputs == {"files", "remove", f"replace_{second.pk}"}
    for identifier in re.findall(r'<input [^>]*id="(\w+)"', page):
        assert f'<label for="{identifier}">' in page
    assert set(re.findall(r'accept="([^"]+)"', page)) == {",".join(f".{name}" for name in ACCEPTED)}


def test_a_locked_page_lists_files_and_changes_nothing(user):
    assert "No files are attached." in shown(user, locked=True)
    attach(submission_of("akimat-akt"), user("reporter.akt"))
    page = shown(user, locked=True)
    assert "есеп.pdf" in page
    assert "<input" not in page
