"""Encryption of a stream: AES-256-GCM in chunks, each with its number, the last one marked (the STREAM construction).

So nothing can be changed, left out, moved or cut off unnoticed, and neither side ever holds more than a chunk.
"""

import hmac
import io
import os
from typing import BinaryIO

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt
from django.utils.translation import gettext as _

MAGIC = b"portal backup 1\n"
CHUNK, TAG, SALT, CHECK = 64 * 1024, 16, 16, 16
SHORTEST_KEY = 20


class Unreadable(Exception):
    """The archive cannot be used; the text says why, in the user's language."""


class Sealer(io.RawIOBase):
    """A file to write to; what is written arrives encrypted in `target`. Only `close` completes it."""

    def __init__(self, target: BinaryIO, key: str):
        if len(key) < SHORTEST_KEY:
            raise Unreadable(_("BACKUP_KEY is too short: take at least %(number)s signs.") % {"number": SHORTEST_KEY})
        salt = os.urandom(SALT)
        cipher, check = _derived(key, salt)
        self._target, self._cipher, self._header = target, cipher, MAGIC + salt + check
        self._pending, self._number = bytearray(), 0
        target.write(self._header)

    def writable(self):
        return True

    def write(self, data) -> int:
        self._pending += data
        # The last chunk is known by nothing following it.
        while len(self._pending) > CHUNK:
            self._write(bytes(self._pending[:CHUNK]), is_last=False)
            del self._pending[:CHUNK]
        return len(data)

    def finish(self) -> None:
        """What breaks off before leaves an archive that nobody takes for a whole one."""
        self._write(bytes(self._pending), is_last=True)

    def _write(self, chunk: bytes, *, is_last: bool) -> None:
        self._target.write(self._cipher.encrypt(_nonce(self._number, is_last), chunk, self._header))
        self._number += 1


class Opener(io.RawIOBase):
    """A file to read from: what `source` holds, decrypted. Raises Unreadable, also for the wrong key."""

    def __init__(self, source: BinaryIO, key: str):
        self._header = source.read(len(MAGIC) + SALT + CHECK)
        if len(self._header) < len(MAGIC) + SALT + CHECK:
            raise damaged()
        salt, check = self._header[len(MAGIC) : -CHECK], self._header[-CHECK:]
        self._cipher, expected = _derived(key, salt)
        if not hmac.compare_digest(check, expected):
            raise Unreadable(_("BACKUP_KEY is not the key that this backup was encrypted with."))
        self._source, self._number = source, 0
        self._ahead, self._plain = source.read(CHUNK + TAG), b""

    def readable(self):
        return True

    def readinto(self, buffer) -> int:
        while not self._plain and self._ahead is not None:
            self._plain = self._next()
        taken = self._plain[: len(buffer)]
        buffer[: len(taken)] = taken
        self._plain = self._plain[len(taken) :]
        return len(taken)

    def _next(self) -> bytes:
        chunk, self._ahead = self._ahead, self._source.read(CHUNK + TAG) or None
        try:
            plain = self._cipher.decrypt(_nonce(self._number, is_last=self._ahead is None), chunk, self._header)
        except InvalidTag:
            raise damaged() from None
        self._number += 1
        return plain


def is_sealed(beginning: bytes) -> bool:
    return beginning.startswith(MAGIC)


def damaged() -> Unreadable:
    return Unreadable(_("The backup is damaged: a part of it is missing or was changed."))


def _nonce(number: int, is_last: bool) -> bytes:
    return number.to_bytes(11, "big") + bytes([is_last])


def _derived(key: str, salt: bytes) -> tuple[AESGCM, bytes]:
    """The cipher, and what shows later whether a key is the right one without saying anything about it."""
    derived = Scrypt(salt=salt, length=32 + CHECK, n=2**15, r=8, p=1).derive(key.encode())
    return AESGCM(derived[:32]), derived[32:]
