"""The PDF signed with the ministry's certificate: what signing keeps, what validation tells, what stands in the way."""

import datetime
import io
import re

import pypdf
import pytest
from django.utils import translation
from pypdf.annotations import FreeText

from reports import documents, foreign_files
from reports.consolidation import signing
from reports.consolidation.signing import Signature, Unavailable, check_certificate, sign, validate

from .certificates import NAME, PASSPHRASE, pem_file, pkcs12_file
from .scenes import at

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def pdf(demo) -> bytes:
    return documents.render(demo.report, "pdf", "kk")


@pytest.fixture(autouse=True)
def certificate(settings, tmp_path):
    """The portal has a certificate that is valid in 2009."""
    settings.SIGNING_CERTIFICATE = pkcs12_file(tmp_path)
    settings.SIGNING_PASSPHRASE = PASSPHRASE
    settings.SIGNING_TRUST = ""


def refusal() -> str:
    with pytest.raises(Unavailable) as caught, translation.override("en"):
        sign(b"%PDF-")
    return str(caught.value)


def added_note(signed: bytes) -> bytes:
    """As a reader's program adds one: appended, with everything before it untouched."""
    writer = pypdf.PdfWriter(io.BytesIO(signed), incremental=True)
    writer.add_annotation(0, FreeText(text="1 000 000", rect=(50, 550, 200, 650)))
    buffer = io.BytesIO()
    writer.write(buffer)
    assert buffer.getvalue().startswith(signed)
    return buffer.getvalue()


def test_a_signature_tells_who_and_when_and_that_nothing_has_changed(pdf):
    with at(2009, 7, 14, 10, 30):
        signed = sign(pdf)
    (signature,) = validate(signed)
    assert signature == Signature(
        signer=NAME,
        signed_at=datetime.datetime(2009, 7, 14, 4, 30, tzinfo=datetime.UTC),
        is_intact=True,
        covers_whole_document=True,
        is_changed_afterwards=False,
        is_trusted=True,
    )


def test_signing_only_appends(pdf):
    signed = sign(pdf)
    assert signed.startswith(pdf)
    appended = signed[len(pdf) :]
    # Properties stay as PDF/A wants them, and the field lies outside the page, where PDF/UA wants no tag for it.
    assert b"/Metadata" not in re.sub(rb"/Metadata \d+ 0 R", b"", appended)
    assert b"/Rect [ -9999 -9999 -9999 -9999 ]" in appended
    assert b"/SubFilter /ETSI.CAdES.detached" in appended
    before, after = (pypdf.PdfReader(io.BytesIO(content)) for content in (pdf, signed))
    assert after.metadata == before.metadata
    assert after.trailer["/Root"]["/Lang"] == "kk"
    assert after.trailer["/Root"]["/MarkInfo"]["/Marked"]
    trees = [reader.trailer["/Root"].raw_get("/StructTreeRoot").idnum for reader in (before, after)]
    assert trees[0] == trees[1]
    assert len(after.pages) == len(before.pages)


def test_the_signature_names_signer_and_reason(pdf):
    with translation.override("en"):
        fields = pypdf.PdfReader(io.BytesIO(sign(pdf))).get_fields()
    signature = fields["Signature"]["/V"]
    assert signature["/Name"] == NAME
    assert signature["/Reason"] == "The consolidated information is approved."


@pytest.mark.parametrize("position", [2_000, -2_000], ids=["in the report", "in the signature"])
def test_one_changed_byte_breaks_the_signature(pdf, position):
    tampered = bytearray(sign(pdf))
    at_byte = position if position > 0 else tampered.index(b"/Contents <") + 400
    tampered[at_byte] = ord("7") if tampered[at_byte] != ord("7") else ord("8")
    (signature,) = validate(bytes(tampered))
    assert not signature.is_intact
    assert not signature.is_trusted


def test_something_added_after_signing_is_told(pdf):
    (signature,) = validate(added_note(sign(pdf)))
    assert signature.is_intact
    assert not signature.covers_whole_document
    assert signature.is_changed_afterwards
    assert not signature.is_good


def test_a_second_signature_is_no_change(pdf, settings, tmp_path):
    once = sign(pdf)
    settings.SIGNING_TRUST = pem_file(tmp_path)
    settings.SIGNING_CERTIFICATE = pkcs12_file(tmp_path, "Вице-министр")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("reports.consolidation.pades.FIELD", "Second")
        twice = sign(once)
    first, second = validate(twice)
    assert (first.signer, first.is_trusted, first.covers_whole_document) == (NAME, True, False)
    assert not first.is_changed_afterwards
    assert (second.signer, second.is_trusted, second.covers_whole_document) == ("Вице-министр", False, True)


def test_a_foreign_signature_is_intact_and_not_trusted(pdf, settings, tmp_path):
    settings.SIGNING_CERTIFICATE = pkcs12_file(tmp_path, "Бөтен адам")
    signed = sign(pdf)
    settings.SIGNING_CERTIFICATE = pkcs12_file(tmp_path)
    (signature,) = validate(signed)
    assert (signature.signer, signature.is_intact, signature.is_trusted) == ("Бөтен адам", True, False)


def test_a_signature_stays_trusted_when_the_certificate_has_run_out_since(pdf):
    signed = sign(pdf)
    with at(2011, 1, 1):
        assert validate(signed)[0].is_trusted


def test_a_signature_from_outside_the_certificates_time_is_not_trusted(pdf, monkeypatch):
    usable = signing._usable_certificate()
    monkeypatch.setattr(signing, "_usable_certificate", lambda: usable)
    with at(2010, 6, 1):
        signed = sign(pdf)
    (signature,) = validate(signed)
    assert (signature.is_intact, signature.is_trusted) == (True, False)


def test_listed_certificates_are_trusted_without_one_to_sign_with(pdf, settings, tmp_path):
    signed = sign(pdf)
    settings.SIGNING_CERTIFICATE = ""
    assert not validate(signed)[0].is_trusted
    settings.SIGNING_TRUST = pem_file(tmp_path)
    assert validate(signed)[0].is_trusted


def test_without_a_certificate_the_portal_says_so(settings):
    settings.SIGNING_CERTIFICATE = ""
    assert not signing.is_configured()
    assert refusal() == "The portal has no certificate to sign with. The PDF can be used without a signature."
    assert check_certificate(None) == []


def test_a_missing_file_is_told(settings):
    settings.SIGNING_CERTIFICATE = "/nowhere/certificate.p12"
    assert refusal() == "The file of the signing certificate cannot be read. Tell the administrator."
    (warning,) = check_certificate(None)
    assert warning.id == "reports.W001"
    assert "/nowhere/certificate.p12" in warning.hint


@pytest.mark.parametrize("passphrase", ["", "басқа"])
def test_a_wrong_passphrase_is_told(settings, passphrase):
    settings.SIGNING_PASSPHRASE = passphrase
    assert refusal().startswith("The passphrase does not open the signing certificate")


def test_a_damaged_file_is_told(settings, tmp_path):
    (tmp_path / "certificate.p12").write_bytes(b"not a certificate")
    assert "or its file is damaged" in refusal()


@pytest.mark.parametrize(
    ("day", "text"),
    [
        ((2010, 1, 2), "has expired (valid until 1 January 2010)"),
        ((2008, 12, 31), "is not valid yet (valid from 1 January 2009)"),
    ],
)
def test_a_certificate_out_of_its_time_is_told(day, text):
    with at(*day):
        assert text in refusal()
        assert [warning.id for warning in check_certificate(None)] == ["reports.W001"]


def test_a_usable_certificate_needs_no_warning():
    assert check_certificate(None) == []


def test_an_unreadable_list_of_trusted_certificates_is_told(settings, tmp_path):
    settings.SIGNING_TRUST = str(tmp_path / "missing.pem")
    assert [warning.id for warning in check_certificate(None)] == ["reports.W002"]


@pytest.mark.parametrize(
    "content", [b"", b"%PDF-1.7", b"garbage", b"%PDF-1.7 /ByteRange [0 1 2 3]", b"\x00" * 5_000 + b"/ByteRange"]
)
def test_garbage_never_counts_as_signed(content):
    assert not any(signature.is_intact for signature in validate(content))


def test_an_unsigned_pdf_has_no_signature_and_costs_no_process(pdf, monkeypatch):
    monkeypatch.setattr(foreign_files, "signatures", None)
    assert validate(pdf) == []
