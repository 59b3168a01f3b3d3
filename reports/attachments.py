"""Files that people attach: PDF, pictures and office files up to 20 MB, known by their content and never by their name.

Each is stored under a random name in the storage "attachments" and served through the portal alone.
"""

import hashlib
import re
import struct
import uuid
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import PurePath

from django.core.exceptions import ValidationError
from django.core.files.base import File
from django.core.files.uploadhandler import FileUploadHandler, SkipFile
from django.utils.translation import gettext as _

from activities.models import Activity

from .models import Attachment, Submission

MAX_SIZE = 20 * 2**20
MAX_NAME = 150
# What an archive may unpack to, as its directory says: honest office files stay far below.
MAX_UNPACKED = 512 * 2**20
# An archive says in a small member what it is.
_MAX_DECLARATION = 2**20

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
# Extension: content type, and what the file begins with.
SIGNATURES = {
    "pdf": ("application/pdf", b"%PDF-"),
    "png": ("image/png", b"\x89PNG\r\n\x1a\n"),
    "jpg": ("image/jpeg", b"\xff\xd8\xff"),
    "tif": ("image/tiff", (b"II*\x00", b"MM\x00*")),
    "doc": ("application/msword", _OLE),
    "xls": ("application/vnd.ms-excel", _OLE),
    "ppt": ("application/vnd.ms-powerpoint", _OLE),
}
# Extension: content type, which a ZIP archive of the kind names itself.
ARCHIVES = {
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "pptx": "application/vnd.openxmlformats-officedocument.presentationml.presentation",
    "odt": "application/vnd.oasis.opendocument.text",
    "ods": "application/vnd.oasis.opendocument.spreadsheet",
    "odp": "application/vnd.oasis.opendocument.presentation",
}
# The stream that each kind of old office file has, as its directory names it.
_STREAMS = {"doc": ("WordDocument",), "xls": ("Workbook", "Book"), "ppt": ("PowerPoint Document",)}
_SAME = {"jpeg": "jpg", "tiff": "tif"}
ACCEPTED = sorted({*SIGNATURES, *ARCHIVES, *_SAME})
# Programs: members of archives (how they begin, or what they contain), and a stream of old office files.
_PROGRAM_FOLDERS = ("basic/", "scripts/")
_PROGRAMS = ("vbaproject.bin", "/macrosheets/")
_PROGRAM_STREAM = "_VBA_PROJECT"
# All that reading a damaged or hostile archive may raise.
_UNREADABLE = (zipfile.BadZipFile, zlib.error, struct.error, EOFError, KeyError, ValueError, OSError, RuntimeError)


class LimitedUploadHandler(FileUploadHandler):
    """Stops keeping a file once it is too large, however large it is; `request.oversized` then names it."""

    def new_file(self, *args, **kwargs):
        super().new_file(*args, **kwargs)
        self.received = 0

    def receive_data_chunk(self, raw_data, start):
        self.received += len(raw_data)
        if self.received > MAX_SIZE:
            self.request.oversized = [*getattr(self.request, "oversized", []), self.file_name]
            raise SkipFile
        return raw_data

    def file_complete(self, file_size):
        return None


@dataclass(frozen=True)
class Upload:
    """A file that passed the check."""

    file: File
    name: str
    content_type: str
    size: int
    sha256: str

    def store(self, undo: ExitStack) -> str:
        """Write the file; its name in the storage. `undo` takes it away again, in whole or in part."""
        name = uuid.uuid4().hex
        storage = Attachment._meta.get_field("file").storage
        undo.callback(storage.delete, name)
        return storage.save(name, self.file)


def too_large(name: str) -> ValidationError:
    return ValidationError(
        _("“%(name)s” is larger than 20 MB. Compress it or attach it in parts.") % {"name": _shown_name(name)},
        code="too_large",
    )


def check_upload(file: File) -> Upload:
    """The upload with its type and hash.

    Raises ValidationError for an empty or too large file, a type that is not accepted, a content that is not what the
    name says, and macros.
    """
    name = _shown_name(file.name)
    if not file.size:
        raise ValidationError(_("“%(name)s” is empty.") % {"name": name}, code="empty")
    if file.size > MAX_SIZE:
        raise too_large(name)
    extension = PurePath(name).suffix.lower().lstrip(".")
    extension = _SAME.get(extension, extension)
    if extension not in SIGNATURES and extension not in ARCHIVES:
        raise ValidationError(
            _("“%(name)s” cannot be attached. Accepted are PDF, pictures and office files: %(accepted)s.")
            % {"name": name, "accepted": ", ".join(ACCEPTED)},
            code="type",
        )
    flaw = _flaw_of_archive(file, extension) if extension in ARCHIVES else _flaw_of_file(file, extension)
    if flaw == "macros":
        raise ValidationError(
            _("“%(name)s” contains macros. Save it without them and attach it again.") % {"name": name}, code=flaw
        )
    if flaw:
        raise ValidationError(
            _(
                "“%(name)s” is damaged, locked with a password, or not a file of the type %(type)s. "
                "Save it anew and attach it again."
            )
            % {"name": name, "type": extension.upper()},
            code=flaw,
        )
    content_type = ARCHIVES.get(extension) or SIGNATURES[extension][0]
    return Upload(file, name, content_type, file.size, _sha256(file))


def current_files(submission: Submission, activity: Activity) -> list[Attachment]:
    """The files of an activity as they stand, each with its earlier versions, latest first, in `earlier`. One query."""
    kept = submission.attachments.filter(activity=activity).select_related("uploaded_by")
    by_id = {attachment.pk: attachment for attachment in kept}
    replaced = {attachment.replaces_id for attachment in by_id.values()}
    current = [a for a in by_id.values() if a.pk not in replaced and a.removed_at is None]
    for attachment in current:
        attachment.earlier = list(_earlier(attachment, by_id))
    return current


def _earlier(attachment: Attachment, by_id: dict[int, Attachment]) -> Iterator[Attachment]:
    while attachment.replaces_id:
        attachment = by_id[attachment.replaces_id]
        yield attachment


def _shown_name(name: str | None) -> str:
    """As people know it, without folders or characters that cannot be seen, not too long."""
    path = PurePath("".join(letter for letter in (name or "").replace("\\", "/") if letter.isprintable()))
    return path.name if len(path.name) <= MAX_NAME else f"{path.stem[: MAX_NAME - 10]}{path.suffix[:10]}"


def _flaw_of_file(file: File, extension: str) -> str | None:
    """“content” if the file is not what its name says, “macros” if it holds programs."""
    file.seek(0)
    # Some programs begin a PDF with an empty line.
    if not file.read(64).lstrip(b" \t\r\n").startswith(SIGNATURES[extension][1]):
        return "content"
    if extension not in _STREAMS:
        return None
    content = file.read()
    if not any(_stream(name) in content for name in _STREAMS[extension]):
        return "content"
    return "macros" if _stream(_PROGRAM_STREAM) in content else None


def _stream(name: str) -> bytes:
    return name.encode("utf-16-le")


def _flaw_of_archive(file: File, extension: str) -> str | None:
    """As `_flaw_of_file`. Reads the archive's directory and what it says of itself; unpacks nothing else."""
    try:
        with zipfile.ZipFile(file) as archive:
            members = archive.infolist()
            declaration = _declaration(archive)
    except _UNREADABLE:
        return "content"
    names = [member.filename.lower() for member in members]
    if any(name.startswith(_PROGRAM_FOLDERS) or any(part in name for part in _PROGRAMS) for name in names):
        return "macros"
    is_bomb = sum(member.file_size for member in members) > MAX_UNPACKED
    return "content" if is_bomb or ARCHIVES[extension] not in declaration else None


def _declaration(archive: zipfile.ZipFile) -> set[str]:
    """The content types that the archive gives itself: OpenDocument in `mimetype`, Office in its list of types."""
    if "mimetype" in archive.NameToInfo:
        with archive.open("mimetype") as member:
            return {member.read(_MAX_DECLARATION).decode().strip()}
    with archive.open("[Content_Types].xml") as member:
        types = re.findall(r"""["']([^"']+)\.main\+xml["']""", member.read(_MAX_DECLARATION).decode())
    return set(types)


def _sha256(file: File) -> str:
    file.seek(0)
    digest = hashlib.sha256()
    for chunk in file.chunks():
        digest.update(chunk)
    file.seek(0)
    return digest.hexdigest()
