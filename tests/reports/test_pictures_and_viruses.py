"""Pictures are made anew before they are kept; files are shown to a virus scanner, if there is one."""

import io
import socketserver
import struct
import threading

import pytest
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from PIL import Image

from reports.attachments import check_upload
from reports.forms.workbook import WorkbookForm

ORIENTATION, GPS, CAMERA = 0x0112, 0x8825, 0x0110
INFECTED = b"%PDF-1.4 the signature that the test's scanner knows"


def picture(kind: str, **options) -> bytes:
    buffer = io.BytesIO()
    Image.effect_noise((64, 48), 80).convert("RGB").save(buffer, kind, **options)
    return buffer.getvalue()


def photograph() -> bytes:
    exif = Image.Exif()
    exif[ORIENTATION], exif[CAMERA] = 6, "Nikon"
    exif.get_ifd(GPS)[2] = (51.0, 10.0, 0.0)
    return picture("JPEG", exif=exif, comment=b"<script>", quality=80)


def kept(name: str, content: bytes) -> bytes:
    return check_upload(ContentFile(content, name)).file.read()


def test_a_photograph_loses_place_and_camera_and_keeps_its_side_and_its_pixels():
    before = photograph()
    after = Image.open(io.BytesIO(kept("сурет.jpg", before + b"MZ a program after the end")))
    assert dict(after.getexif()) == {ORIENTATION: 6}
    assert "comment" not in after.info
    assert Image.open(io.BytesIO(before)).quantization == after.quantization


@pytest.mark.parametrize(("name", "kind"), [("a.png", "PNG"), ("a.jpg", "JPEG"), ("a.tif", "TIFF")])
def test_nothing_that_hangs_on_a_picture_is_kept(name, kind):
    content = picture(kind)
    assert b"<?php" not in kept(name, content + b"<?php")
    assert Image.open(io.BytesIO(kept(name, content))).size == (64, 48)


def test_a_scan_keeps_all_its_pages_and_its_compression():
    pages = [Image.new("1", (80, 100), colour) for colour in (0, 1, 0)]
    buffer = io.BytesIO()
    pages[0].save(buffer, "TIFF", save_all=True, append_images=pages[1:], compression="group4")
    after = Image.open(io.BytesIO(kept("скан.tif", buffer.getvalue())))
    assert (after.n_frames, after.info["compression"]) == (3, "group4")


def test_the_same_picture_gives_the_same_file():
    content = photograph()
    assert kept("a.jpg", content) == kept("b.jpg", content)


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(b"\x89PNG\r\n\x1a\n" + bytes(200), id="damaged"),
        pytest.param(picture("PNG")[:300], id="cut"),
        pytest.param(
            b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR" + struct.pack(">II", 60_000, 60_000) + b"\x08\x02\0\0\0" + bytes(40),
            id="a bomb",
        ),
    ],
)
def test_a_picture_that_cannot_be_made_anew_is_refused(content):
    with pytest.raises(ValidationError) as refused:
        kept("сурет.png", content)
    assert refused.value.code == "picture"
    assert "сурет.png" in refused.value.message


class Scanner(socketserver.StreamRequestHandler):
    """Speaks clamd's protocol, as far as INSTREAM goes."""

    def handle(self):
        assert self.rfile.readline() == b"nINSTREAM\n"
        content = b""
        while size := struct.unpack("!L", self.rfile.read(4))[0]:
            content += self.rfile.read(size)
        self.wfile.write(b"stream: Test.Virus FOUND\n" if INFECTED in content else b"stream: OK\n")


@pytest.fixture
def scanner(settings):
    with socketserver.TCPServer(("127.0.0.1", 0), Scanner) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        settings.CLAMAV = f"tcp://127.0.0.1:{server.server_address[1]}"
        yield
        server.shutdown()


def test_an_infected_file_is_not_kept_and_its_name_is_said(scanner):
    with pytest.raises(ValidationError) as refused:
        kept("хат.pdf", INFECTED)
    assert refused.value.code == "virus"
    assert "хат.pdf" in refused.value.message
    assert kept("хат.pdf", b"%PDF-1.4 honest") == b"%PDF-1.4 honest"


def test_a_workbook_is_scanned_too(scanner):
    form = WorkbookForm({}, {"file": ContentFile(INFECTED, "толтырылды.xlsx")})
    assert not form.is_valid()
    assert form.errors.as_data()["file"][0].code == "virus"


def test_while_the_scanner_is_away_nothing_is_taken(settings):
    settings.CLAMAV = "tcp://127.0.0.1:9"
    with pytest.raises(ValidationError) as refused:
        kept("хат.pdf", b"%PDF-1.4")
    assert refused.value.code == "unchecked"


def test_without_a_scanner_files_are_taken(settings):
    settings.CLAMAV = ""
    assert kept("хат.pdf", b"%PDF-1.4") == b"%PDF-1.4"
