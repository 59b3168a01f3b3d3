"""Small real files of every accepted kind, made on the spot, and a short way to attach one."""

import base64
import io
import struct
import zipfile
import zlib

import docx
import xlsxwriter
from django.core.files.base import ContentFile
from pypdf import PdfWriter

from reports import filing
from reports.attachments import Upload, check_upload
from reports.duty import owed_activity
from reports.models import Attachment

CONTENT_TYPES = "[Content_Types].xml"
JPEG = base64.b64decode(
    "/9j/4AAQSkZJRgABAQEASABIAAD/2wBDAP//////////////////////////////////////////////////////////////////////////////"
    "////////wgALCAABAAEBAREA/8QAFBABAAAAAAAAAAAAAAAAAAAAAP/aAAgBAQABPxA="
)


def archive(members: dict[str, str | bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, content in members.items():
            packed.writestr(name, content)
    return buffer.getvalue()


def ooxml(main_type: str, *others: str) -> bytes:
    types = f'<Types><Override PartName="/part.xml" ContentType="{main_type}.main+xml"/></Types>'
    return archive({CONTENT_TYPES: types} | dict.fromkeys(others, "<x/>"))


def open_document(kind: str, *others: str) -> bytes:
    mimetype = f"application/vnd.oasis.opendocument.{kind}"
    return archive({"mimetype": mimetype, "content.xml": "<x/>"} | dict.fromkeys(others, "<x/>"))


def ole(*streams: str) -> bytes:
    """An old office file: header, one sector of the allocation table, one of the directory."""
    header = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16) + struct.pack("<HHHHH", 0x3E, 3, 0xFFFE, 9, 6)
    header += (
        bytes(6) + struct.pack("<IIIIIIIII", 0, 1, 1, 0, 4096, 0xFFFFFFFE, 0, 0xFFFFFFFE, 0) + struct.pack("<I", 0)
    )
    table = struct.pack("<II", 0xFFFFFFFD, 0xFFFFFFFE).ljust(512, b"\xff")
    names = ("Root Entry", *streams)
    entries = b"".join(
        name.encode("utf-16-le").ljust(64, b"\0") + struct.pack("<H", 2 * len(name) + 2) + bytes(62) for name in names
    )
    return header.ljust(512, b"\xff") + table + entries.ljust(512, b"\0")


def pdf() -> bytes:
    writer, buffer = PdfWriter(), io.BytesIO()
    writer.add_blank_page(width=72, height=72)
    writer.write(buffer)
    return buffer.getvalue()


def png() -> bytes:
    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    size = struct.pack(">IIBBBBB", 1, 1, 8, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", size) + chunk(b"IDAT", zlib.compress(b"\0\0")) + chunk(b"IEND", b"")


def tiff() -> bytes:
    return b"II*\x00" + struct.pack("<IHHHII", 8, 1, 256, 3, 1, 1) + bytes(4)


def word() -> bytes:
    document, buffer = docx.Document(), io.BytesIO()
    document.add_paragraph("Әкімнің шешімі")
    document.save(buffer)
    return buffer.getvalue()


def excel() -> bytes:
    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer, {"in_memory": True}) as workbook:
        workbook.add_worksheet("Қаражат").write(0, 0, 726.247)
    return buffer.getvalue()


_OFFICE = "application/vnd.openxmlformats-officedocument"
# name: content, content type
REAL = {
    "есеп.pdf": (pdf(), "application/pdf"),
    "сурет.png": (png(), "image/png"),
    "сурет.jpg": (JPEG, "image/jpeg"),
    "сурет.JPEG": (JPEG, "image/jpeg"),
    "скан.tif": (tiff(), "image/tiff"),
    "шешім.docx": (word(), f"{_OFFICE}.wordprocessingml.document"),
    "қаражат.xlsx": (excel(), f"{_OFFICE}.spreadsheetml.sheet"),
    "слайд.pptx": (ooxml(f"{_OFFICE}.presentationml.presentation"), f"{_OFFICE}.presentationml.presentation"),
    "шешім.odt": (open_document("text"), "application/vnd.oasis.opendocument.text"),
    "қаражат.ods": (open_document("spreadsheet"), "application/vnd.oasis.opendocument.spreadsheet"),
    "слайд.odp": (open_document("presentation"), "application/vnd.oasis.opendocument.presentation"),
    "шешім.doc": (ole("WordDocument"), "application/msword"),
    "қаражат.xls": (ole("Workbook"), "application/vnd.ms-excel"),
    "ескі.xls": (ole("Book"), "application/vnd.ms-excel"),
    "слайд.ppt": (ole("PowerPoint Document"), "application/vnd.ms-powerpoint"),
}
PDF = pdf()


def upload_of(name: str = "есеп.pdf", content: bytes = PDF) -> Upload:
    return check_upload(ContentFile(content, name=name))


def attach(submission, by, *, name="есеп.pdf", content=PDF, ordinal=14, replaces=None) -> Attachment:
    return filing.attach(
        submission=submission,
        activity=owed_activity(submission, ordinal).activity,
        by=by,
        upload=upload_of(name, content),
        replaces=replaces,
    )
