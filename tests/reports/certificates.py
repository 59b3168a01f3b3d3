"""Certificates made on the spot, as PKCS#12 files."""

import datetime
from functools import cache

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import BestAvailableEncryption, Encoding, pkcs12
from cryptography.x509.oid import NameOID

PASSPHRASE = "құпия сөз"
NAME = "БҒМ мөрі"


@cache
def _made(name: str, begins: datetime.date, ends: datetime.date):
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    usage = dict.fromkeys(
        [
            "key_encipherment",
            "data_encipherment",
            "key_agreement",
            "key_cert_sign",
            "crl_sign",
            "encipher_only",
            "decipher_only",
        ],
        False,
    )
    certificate = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(datetime.datetime.combine(begins, datetime.time()))
        .not_valid_after(datetime.datetime.combine(ends, datetime.time()))
        .add_extension(x509.KeyUsage(digital_signature=True, content_commitment=True, **usage), critical=True)
        .sign(key, hashes.SHA256())
    )
    return key, certificate


def pkcs12_file(folder, name=NAME, *, begins=datetime.date(2009, 1, 1), ends=datetime.date(2010, 1, 1)) -> str:
    """The path of a file that PASSPHRASE opens. The same arguments give the same certificate."""
    key, certificate = _made(name, begins, ends)
    path = folder / "certificate.p12"
    encryption = BestAvailableEncryption(PASSPHRASE.encode())
    path.write_bytes(pkcs12.serialize_key_and_certificates(b"portal", key, certificate, None, encryption))
    return str(path)


def pem_file(folder, name=NAME) -> str:
    _key, certificate = _made(name, datetime.date(2009, 1, 1), datetime.date(2010, 1, 1))
    path = folder / "trust.pem"
    path.write_bytes(certificate.public_bytes(Encoding.PEM))
    return str(path)
