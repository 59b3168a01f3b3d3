"""Files that people attach: PDF, pictures and office files up to 20 MB, known by their content and never by their name.

Each is stored under a random name in the storage "attachments" and served through the portal alone.
"""

import hashlib
import uuid
import zipfile
from dataclasses import dataclass
from pathlib import PurePath

from django.core.exceptions import ValidationError
from django.core.files.base import File
from django.core.files.uploadhandler import FileUploadHandler, SkipFile
from django.db import transaction
from django.utils.translation import gettext as _

from .models import Attachment

MAX_SIZE = 20 * 2**20
MAX_NAME = 150
# Extension: content type, and what the file begins with.
SIGNATURES = {
    "pdf": ("application/pdf", b"%PDF-"),
    "png": ("image/png", b"\x89PNG\r\n\x1a\n"),
    "jpg": ("image/jpeg", b"\xff\xd8\xff"),
    "tif": ("image/tiff", (b"II*\x00", b"MM\x00*")),
    "doc": ("application/msword", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"),
    "xls": ("application/vnd.ms-excel", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"),
}
# Extension: content type, and a member that the ZIP archive must have.
ARCHIVES = {
    "docx": ("application/vnd.openxmlformats-officedocument.wordprocessingml.document", "word/document.xml"),
    "xlsx": ("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "xl/workbook.xml"),
    "pptx": ("application/vnd.openxmlformats-officedocument.presentationml.presentation", "ppt/presentation.xml"),
    "odt": ("application/vnd.oasis.opendocument.text", "content.xml"),
    "ods": ("application/vnd.oasis.opendocument.spreadsheet", "content.xml"),
}
# A stream of each kind of old office file, as its directory names it.
_STREAMS = {"doc": "WordDocument", "xls": "Workbook"}
_SAME = {"jpeg": "jpg", "tiff": "tif"}
ACCEPTED = sorted({*SIGNATURES, *ARCHIVES, *_SAME})


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

    def store(self, attachment: Attachment) -> None:
        """Write the file and its row; without the row there is no file."""
        attachment.file.save(uuid.uuid4().hex, self.file, save=False)
        try:
            with transaction.atomic():
                attachment.save()
        except Exception:
            attachment.file.delete(save=False)
            raise


def too_large(name: str) -> ValidationError:
    return ValidationError(
        _("“%(name)s” is larger than 20 MB. Compress it or attach it in parts.") % {"name": name}, code="too_large"
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
    if not _is_what_it_says(file, extension):
        raise ValidationError(
            _("“%(name)s” is damaged or is not a file of the type %(type)s. Save it anew and attach it again.")
            % {"name": name, "type": extension.upper()},
            code="content",
        )
    content_type = (SIGNATURES.get(extension) or ARCHIVES[extension])[0]
    return Upload(file, name, content_type, file.size, _sha256(file))


def _shown_name(name: str | None) -> str:
    """As people know it, without folders or characters that cannot be seen."""
    base = "".join(letter for letter in PurePath((name or "").replace("\\", "/")).name if letter.isprintable())
    stem, dot, extension = base.rpartition(".")
    return base if len(base) <= MAX_NAME else f"{stem[: MAX_NAME - len(extension) - 1]}{dot}{extension}"


def _is_what_it_says(file: File, extension: str) -> bool:
    file.seek(0)
    if extension in ARCHIVES:
        return _is_archive_with(file, ARCHIVES[extension][1])
    content = file.read()
    if extension == "pdf":
        return b"%PDF-" in content[:1024]
    if not content.startswith(SIGNATURES[extension][1]):
        return False
    return extension not in _STREAMS or _STREAMS[extension].encode("utf-16-le") in content


def _is_archive_with(file: File, member: str) -> bool:
    """Only the archive's directory is read, so that nothing hostile is unpacked."""
    try:
        with zipfile.ZipFile(file) as archive:
            names = set(archive.namelist())
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError):
        return False
    return member in names and not any(name.endswith("vbaProject.bin") for name in names)


def _sha256(file: File) -> str:
    file.seek(0)
    digest = hashlib.sha256()
    for chunk in file.chunks():
        digest.update(chunk)
    file.seek(0)
    return digest.hexdigest()
