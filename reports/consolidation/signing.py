"""Signs the report's PDF with the ministry's certificate, and says who signed a PDF and whether it has changed since.

Without a certificate (SIGNING_CERTIFICATE) nothing is signed and everything else works. No network is used: whether a
certificate was revoked is not asked.
"""

import datetime
import logging
from dataclasses import dataclass
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding, pkcs12
from cryptography.x509.oid import NameOID
from django.conf import settings
from django.core import checks
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from programme import calendar

from .. import foreign_files
from ..transitions import Refused

log = logging.getLogger(__name__)


class Unavailable(Refused):
    """Nothing can be signed; the text says why, for the person who tried it."""


@dataclass(frozen=True)
class Signature:
    """One signature of a PDF.

    `signer` and `signed_at` are what the signature itself states, or empty where it cannot be read. `is_intact`: what
    it covers is as it was signed. `is_changed_afterwards`: something else than another signature was added to it.
    `is_trusted`: intact, and by a certificate that the portal knows and that was valid at the time stated.
    """

    signer: str = ""
    signed_at: datetime.datetime | None = None
    is_intact: bool = False
    covers_whole_document: bool = False
    is_changed_afterwards: bool = False
    is_trusted: bool = False

    @property
    def is_good(self) -> bool:
        return self.is_trusted and not self.is_changed_afterwards


def is_configured() -> bool:
    return bool(settings.SIGNING_CERTIFICATE)


def sign(pdf: bytes) -> bytes:
    """The PDF with an invisible signature appended; what was there stays, tags and PDF/A too. Raises Unavailable."""
    certificate, key = _usable_certificate()
    from . import pades

    try:
        return pades.signed(
            pdf,
            key=key,
            passphrase=_passphrase(),
            name=_name(certificate),
            reason=_("The consolidated information is approved."),
            at=calendar.now(),
        )
    except (ValueError, NotImplementedError) as error:
        log.exception("The signing certificate does not sign")
        raise Unavailable(_("The portal cannot sign with this kind of key. Tell the administrator.")) from error


def validate(pdf: bytes) -> list[Signature]:
    """The signatures in the order in which they were made. A damaged PDF that has some gives one that is not intact.

    Raises foreign_files.Busy.
    """
    # Every signature says in the clear which bytes it covers.
    if b"/ByteRange" not in pdf:
        return []
    try:
        found = foreign_files.signatures(pdf, _trusted())
    except foreign_files.Unreadable:
        return [Signature()]
    return [Signature(**one | {"signed_at": _moment(one["signed_at"])}) for one in found]


def check_certificate(app_configs, **kwargs) -> list[checks.CheckMessage]:
    """For `manage.py check`: a configured certificate that cannot be used."""
    messages = []
    if is_configured():
        try:
            _usable_certificate()
        except Unavailable as unavailable:
            hint = f"SIGNING_CERTIFICATE={settings.SIGNING_CERTIFICATE}"
            messages.append(checks.Warning(str(unavailable), hint=hint, id="reports.W001"))
    if settings.SIGNING_TRUST:
        try:
            _listed_certificates()
        except (OSError, ValueError) as error:
            hint = f"SIGNING_TRUST={settings.SIGNING_TRUST}"
            messages.append(checks.Warning(f"No certificate can be read: {error}", hint=hint, id="reports.W002"))
    return messages


def _usable_certificate() -> tuple[x509.Certificate, bytes]:
    """The certificate that signs, and the PKCS#12 that it is in with its key."""
    if not is_configured():
        raise Unavailable(_("The portal has no certificate to sign with. The PDF can be used without a signature."))
    try:
        stored = Path(settings.SIGNING_CERTIFICATE).read_bytes()
    except OSError as error:
        log.warning("SIGNING_CERTIFICATE cannot be read: %s", error)
        raise Unavailable(_("The file of the signing certificate cannot be read. Tell the administrator.")) from error
    try:
        key, certificate, _others = pkcs12.load_key_and_certificates(stored, _passphrase())
    except ValueError as error:
        raise Unavailable(
            _("The passphrase does not open the signing certificate, or its file is damaged. Tell the administrator.")
        ) from error
    if key is None or certificate is None:
        raise Unavailable(_("The file of the signing certificate holds no key. Tell the administrator."))
    now = calendar.now()
    if now > certificate.not_valid_after_utc:
        text = _("Tell the administrator that the signing certificate has expired (valid until %(date)s).")
        raise Unavailable(text % {"date": _day(certificate.not_valid_after_utc)})
    if now < certificate.not_valid_before_utc:
        text = _("Tell the administrator that the signing certificate is not valid yet (valid from %(date)s).")
        raise Unavailable(text % {"date": _day(certificate.not_valid_before_utc)})
    return certificate, stored


def _trusted() -> list[bytes]:
    """What a signature must go back to: the listed certificates, or else the portal's own alone.

    Not those that issued it, though they may lie beside it: they issue certificates to half the country.
    """
    try:
        certificates = _listed_certificates() if settings.SIGNING_TRUST else _own_certificate()
    except (OSError, ValueError) as error:
        log.warning("No certificate to validate signatures against: %s", error)
        certificates = []
    return [certificate.public_bytes(Encoding.DER) for certificate in certificates]


def _listed_certificates() -> list[x509.Certificate]:
    return x509.load_pem_x509_certificates(Path(settings.SIGNING_TRUST).read_bytes())


def _own_certificate() -> list[x509.Certificate]:
    if not is_configured():
        return []
    stored = Path(settings.SIGNING_CERTIFICATE).read_bytes()
    _key, certificate, _others = pkcs12.load_key_and_certificates(stored, _passphrase())
    return [certificate] if certificate else []


def _passphrase() -> bytes | None:
    return settings.SIGNING_PASSPHRASE.encode() or None


def _name(certificate: x509.Certificate) -> str:
    names = certificate.subject.get_attributes_for_oid(NameOID.COMMON_NAME)
    return str(names[0].value) if names else certificate.subject.rfc4514_string()


def _day(moment: datetime.datetime) -> str:
    return date_format(timezone.localtime(moment), "DATE_FORMAT")


def _moment(text: str | None) -> datetime.datetime | None:
    return datetime.datetime.fromisoformat(text) if text else None
