"""A backup holds every row and every file of one moment, and comes back only as it was, into an empty portal alone."""

import datetime
import io
import json
import re
import shutil
from pathlib import Path

import pytest
from django.core.files.storage import storages
from django.core.management import CommandError, call_command
from django.utils import translation

from accounts.models import AuditRecord, User
from analysis.models import Job
from config.backup import archive, making, restoring, rows, sealing
from config.backup.making import make
from config.backup.restoring import restore, verify
from config.backup.sealing import CHUNK, Opener, Sealer, Unreadable
from reports.models import Attachment, SubmissionCopy, WorkbookUpload

from ..reports.scenes import filed, submission_of
from ..reports.uploads import REAL, attach
from .whole_portal import contents_of_database, empty_the_portal, files_in

KEY = "a key of more than twenty signs"


@pytest.fixture(autouse=True)
def _in_english(monkeypatch):
    monkeypatch.setenv("LC_ALL", "C.UTF-8")
    with translation.override("en"):
        yield


@pytest.fixture
def folder(settings, monkeypatch, tmp_path):
    """Puts all files into a folder: `folder("before")`."""

    def use(name: str) -> Path:
        place = {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": {"location": tmp_path / name}}
        settings.STORAGES = settings.STORAGES | {"attachments": place, "passing": place}
        for model, field in ((Attachment, "file"), (WorkbookUpload, "file"), (Job, "source"), (Job, "result")):
            kind = "attachments" if model is Attachment else "passing"
            monkeypatch.setattr(model._meta.get_field(field), "storage", storages[kind])
        return tmp_path / name

    return use


@pytest.mark.django_db
def test_everything_comes_back_row_by_row_and_file_by_file(user, folder, settings, tmp_path):
    settings.BACKUP_KEY = KEY
    before_folder = folder("before")
    filed("akimat-kus", user("reporter.kus"))
    for name, (content, _type) in REAL.items():
        attach(submission_of("akimat-akt"), user("reporter.akt"), name=name, content=content)
    before, files_before = contents_of_database(), files_in(before_folder)
    assert len(files_before) >= len(REAL)
    assert SubmissionCopy.objects.exists()

    made = make(tmp_path / "portal.backup")

    assert (made.files, made.missing) == (len(files_before), [])
    assert "Әкім".encode() not in (tmp_path / "portal.backup").read_bytes()
    empty_the_portal()
    shutil.rmtree(before_folder)
    assert not User.objects.exists()

    restore(tmp_path / "portal.backup")

    after = contents_of_database()
    for table in ("accounts_auditrecord", "accounts_audithead"):
        # The portal notes that it was restored, and nothing else has changed.
        assert len(set(after[table]) - set(before[table])) == 1
        after.pop(table), before.pop(table)
    assert {table: (after[table], before[table]) for table in before if after[table] != before[table]} == {}
    assert AuditRecord.objects.filter(action="operation.restored").count() == 1
    assert files_in(before_folder) == files_before
    call_command("verify_audit", stdout=io.StringIO())


@pytest.mark.django_db
def test_a_restoring_that_fails_leaves_nothing(user, folder, tmp_path, monkeypatch):
    folder("before")
    attach(submission_of("akimat-akt"), user("reporter.akt"))
    make(tmp_path / "portal.backup")
    empty_the_portal()
    place = folder("after")

    def refuse(*args):
        raise Unreadable("refused")

    monkeypatch.setattr(restoring, "_compare", refuse)
    with pytest.raises(Unreadable, match="refused"):
        restore(tmp_path / "portal.backup")

    assert not User.objects.exists()
    assert not Attachment.objects.exists()
    assert files_in(place) == {}


@pytest.mark.django_db
def test_a_portal_in_use_is_never_overwritten(folder, tmp_path):
    folder("before")
    make(tmp_path / "portal.backup")
    before = contents_of_database()

    with pytest.raises(CommandError, match="empty database"):
        call_command("restore", tmp_path / "portal.backup")

    assert contents_of_database() == before


@pytest.mark.django_db
def test_a_file_that_the_storage_has_lost_is_named_and_stops_no_backup(user, folder, tmp_path, capsys):
    place = folder("before")
    lost = attach(submission_of("akimat-akt"), user("reporter.akt"))
    (place / lost.file.name).unlink()

    call_command("backup", tmp_path / "portal.backup")

    said = capsys.readouterr()
    assert f"reports.attachment.file/{lost.file.name}" in said.err
    assert "not encrypted" in said.err
    assert verify(tmp_path / "portal.backup").manifest["missing_files"] == [f"reports.attachment.file/{lost.file.name}"]


@pytest.mark.django_db
def test_a_backup_that_breaks_off_leaves_no_file(tmp_path, monkeypatch):
    def break_off(*args):
        raise OSError("No space left on device")

    monkeypatch.setattr(making, "_write_files", break_off)
    (tmp_path / ".killed.backup.partial").write_bytes(b"what a killed process left")

    with pytest.raises(CommandError, match="No space left"):
        call_command("backup", tmp_path / "portal.backup")

    assert list(tmp_path.iterdir()) == []


def test_a_backup_replaces_no_file(tmp_path):
    (tmp_path / "portal.backup").write_bytes(b"yesterday's")

    with pytest.raises(CommandError, match="is there already"):
        call_command("backup", tmp_path / "portal.backup")

    assert (tmp_path / "portal.backup").read_bytes() == b"yesterday's"


def small(path: Path, key: str = "", **header) -> Path:
    """An archive of one table of three rows, and a file."""
    digest, index = archive.Digest(), archive.Digest()
    with path.open("wb") as target, archive.writing(target, key) as writer:
        content = {"format": 1, "version": "0.1.0", "made_at": "", "migrations": [], "tables": {"t": ["id"]}} | header
        writer.json("header.json", content)
        lines = [b"[1]", b"[2]", b"[3]"]
        for line in lines:
            digest.add(line)
        writer.lines("tables/t", lines)
        sha256 = writer.file("files/a.b.c/name", io.BytesIO(b"x" * 100_000), 100_000)
        index.add(json.dumps(["a.b.c", "name", 100_000, sha256]).encode())
        writer.lines("index", [json.dumps(["a.b.c", "name", 100_000, sha256]).encode()])
        writer.json("manifest.json", {"tables": {"t": digest.as_json()}, "files": index.as_json()})
    return path


@pytest.mark.parametrize("key", ["", KEY])
def test_whatever_is_cut_off_or_changed_is_found(tmp_path, settings, key):
    settings.BACKUP_KEY = key
    whole = small(tmp_path / "whole", key).read_bytes()
    assert verify(tmp_path / "whole").rows == 3
    damaged = tmp_path / "damaged"
    # Beyond what names the kind of file, its salt and its key.
    for place in range(60, len(whole), len(whole) // 4):
        damaged.write_bytes(whole[:place])
        with pytest.raises(Unreadable, match="damaged"):
            verify(damaged)
        damaged.write_bytes(whole[:place] + bytes([whole[place] ^ 1]) + whole[place + 1 :])
        with pytest.raises(Unreadable, match="damaged"):
            verify(damaged)
    damaged.write_bytes(whole + whole)
    with pytest.raises(Unreadable, match="damaged"):
        verify(damaged)


@pytest.mark.parametrize(
    ("key", "other", "message"),
    [(KEY, KEY + "!", "not the key"), (KEY, "", "is encrypted: set BACKUP_KEY"), ("", KEY, None)],
)
def test_the_key_is_asked_for_and_has_to_be_the_right_one(tmp_path, settings, key, other, message):
    path = small(tmp_path / "portal.backup", key)
    settings.BACKUP_KEY = other

    if message is None:
        assert verify(path).rows == 3
        return
    with pytest.raises(CommandError, match=message):
        call_command("restore", path, "--verify-only")


def test_a_short_key_is_refused(tmp_path):
    with pytest.raises(Unreadable, match="at least 20"):
        small(tmp_path / "portal.backup", "short")


@pytest.mark.parametrize(
    ("header", "message"),
    [
        ({"version": "99.0.0"}, "of version 99.0.0"),
        ({"migrations": [["reports", "0999_from_the_future"]]}, "install that version"),
        ({"format": 2}, "does not know the format"),
    ],
)
@pytest.mark.django_db
def test_what_a_newer_portal_wrote_is_refused(tmp_path, header, message):
    path = small(tmp_path / "portal.backup", **header)

    with pytest.raises(CommandError, match=re.escape(message)):
        call_command("restore", path)


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04 something else"])
def test_what_is_no_backup_is_called_so(tmp_path, content):
    (tmp_path / "else").write_bytes(content)

    with pytest.raises(Unreadable, match="not a backup"):
        verify(tmp_path / "else")


@pytest.mark.parametrize("size", [0, 1, CHUNK - 1, CHUNK, CHUNK + 1, 3 * CHUNK])
def test_a_sealed_stream_opens_to_what_it_was(size):
    plain, sealed = bytes(range(256)) * (size // 256) + b"x" * (size % 256), io.BytesIO()
    sealer = Sealer(sealed, KEY)
    for start in range(0, size, 10_000):
        sealer.write(plain[start : start + 10_000])
    sealer.finish()
    sealed.seek(0)

    assert io.BufferedReader(Opener(sealed, KEY)).read() == plain
    assert len(sealed.getvalue()) - size == len(sealing.MAGIC) + 32 + 16 * max(1, -(-size // CHUNK))


@pytest.mark.django_db
def test_large_rows_are_read_one_by_one_and_small_ones_in_their_hundreds(user):
    by = user("analyst")
    for number in range(40):
        Job.objects.create(
            by=by, created_at=datetime.datetime.now(datetime.UTC), message="я" * (300_000 if number < 20 else 1)
        )

    lists = [len(lines) for lines in rows.read(Job, "default")]

    assert sum(lists) == 40
    assert all(sum(map(len, lines)) <= 4 * rows.MOST_BYTES for lines in rows.read(Job, "default"))
