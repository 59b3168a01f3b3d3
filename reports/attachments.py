"""Files that people attach: PDF, pictures and office files up to 20 MB, known by their content and never by their name.

Each is stored under a random name in the storage "attachments" and served through the portal alone.
"""

import hashlib
import struct
import uuid
import zipfile
import zlib
from collections.abc import Iterable
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import PurePath

from django.core.exceptions import ValidationError
from django.core.files.base import File
from django.core.files.uploadhandler import FileUploadHandler, SkipFile
from django.utils.translation import gettext as _

from activities.models import Activity

from .models import Attachment, Submission
from .models.entries import attachment_storage

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
# Members and streams that hold programs.
_MACRO_MEMBERS = ("vbaproject.bin", "/macrosheets/", "basic/", "scripts/")
_MACRO_STREAM = "_VBA_PROJECT"
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
        undo.callback(attachment_storage().delete, name)
        return attachment_storage().save(name, self.file)


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
    if extension in ARCHIVES:
        content_type = ARCHIVES[extension]
        parts = _parts_of_archive(file, content_type)
    elif extension in SIGNATURES:
        content_type = SIGNATURES[extension][0]
        parts = _parts_of_file(file, extension)
    else:
        raise ValidationError(
            _("“%(name)s” cannot be attached. Accepted are PDF, pictures and office files: %(accepted)s.")
            % {"name": name, "accepted": ", ".join(ACCEPTED)},
            code="type",
        )
    if parts is None:
        raise ValidationError(
            _(
                "“%(name)s” is damaged, locked with a password, or not a file of the type %(type)s. "
                "Save it anew and attach it again."
            )
            % {"name": name, "type": extension.upper()},
            code="content",
        )
    if any(macro in part.lower() for part in parts for macro in _MACROS):
        raise ValidationError(
            _("“%(name)s” contains macros. Save it without them and attach it again.") % {"name": name}, code="macros"
        )
    return Upload(file, name, content_type, file.size, _sha256(file))
