"""The signature itself, by pyHanko: CMS, detached, in an invisible field (PAdES).

A module of its own because pyHanko takes long to load, and most work of the portal needs nothing of it.
"""

import datetime
import io

from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign import fields, signers

FIELD = "Signature"


def signed(pdf: bytes, *, key: bytes, passphrase: bytes | None, name: str, reason: str, at: datetime.datetime) -> bytes:
    """The PDF with the signature appended; what was there stays as it is. `key`: PKCS#12.

    Raises ValueError, among others, for a key of a kind that cannot sign here.
    """
    meta = signers.PdfSignatureMetadata(
        field_name=FIELD,
        name=name,
        reason=reason,
        subfilter=fields.SigSeedSubFilter.PADES,
        md_algorithm="sha256",
    )
    # Outside the page: PDF/UA wants a field on the page to be tagged, and PDF/A forbids to hide it.
    field = fields.SigFieldSpec(FIELD, invis_sig_settings=fields.InvisSigSettings(box_out_of_bounds=True))
    key_holder = signers.SimpleSigner.load_pkcs12_data(key, other_certs=[], passphrase=passphrase)
    return _Signer(meta, key_holder, field, at).sign_pdf(_Appended(io.BytesIO(pdf))).getvalue()


class _Signer(signers.PdfSigner):
    """States a given time as that of the signing."""

    def __init__(self, meta, key_holder, field, at: datetime.datetime):
        super().__init__(meta, signer=key_holder, new_field_spec=field)
        self._at = at

    def init_signing_session(self, *args, **kwargs):
        session = super().init_signing_session(*args, **kwargs)
        session.system_time = self._at
        return session


class _Appended(IncrementalPdfFileWriter):
    """Leaves the document's own properties alone: rewritten, they lose the prefixes that PDF/A prescribes."""

    def _update_meta(self):
        pass
