"""The layout of a backup: a tar archive, compressed and perhaps sealed, that is written and read from end to end.

header.json          format, version, migrations, tables with their columns
tables/<table>/<n>   rows, a JSON list on each line
files/<field>/<name> as they are in the storage
index/<n>            of the files just before it: field, name, size, SHA-256
manifest.json        counts and digests of all tables and of the index: an archive without it is a part of one
"""

import gzip
import hashlib
import io
import json
import tarfile
import zlib
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO

from django.utils.translation import gettext as _

from .sealing import Opener, Sealer, Unreadable, damaged, is_sealed

FORMAT = 1
HEADER, MANIFEST = "header.json", "manifest.json"
# All that reading a damaged archive may raise.
DAMAGED = (tarfile.TarError, zlib.error, gzip.BadGzipFile, EOFError, ValueError, KeyError, TypeError)
_WHOLE = 2**256


@dataclass
class Digest:
    """Of lines in any order: how many, and the sum of their SHA-256."""

    lines: int = 0
    total: int = 0

    def add(self, line: bytes) -> None:
        self.lines += 1
        self.total = (self.total + int.from_bytes(hashlib.sha256(line).digest(), "big")) % _WHOLE

    def as_json(self) -> dict:
        return {"rows": self.lines, "sha256": f"{self.total:064x}"}


@dataclass
class Member:
    """A part of an archive that is being read. `file` must be read before the next part is asked for."""

    kind: str
    path: str
    size: int
    file: BinaryIO

    def lines(self) -> Iterator[bytes]:
        return (line.rstrip(b"\n") for line in self.file)


@dataclass
class Writer:
    """Writes the parts of an archive in their order."""

    tar: tarfile.TarFile
    numbers: dict[str, int] = field(default_factory=dict)

    def json(self, name: str, content: dict) -> None:
        self.bytes(name, json.dumps(content, ensure_ascii=False, indent=1).encode())

    def lines(self, folder: str, lines: list[bytes]) -> None:
        number = self.numbers[folder] = self.numbers.get(folder, 0) + 1
        self.bytes(f"{folder}/{number:06}", b"\n".join(lines) + b"\n")

    def bytes(self, name: str, content: bytes) -> None:
        self.file(name, io.BytesIO(content), len(content))

    def file(self, name: str, file: BinaryIO, size: int) -> str:
        """Returns the SHA-256 of what was written. Raises OSError if the file is shorter than `size`."""
        info = tarfile.TarInfo(name)
        info.size = size
        hashing = _Hashing(file)
        self.tar.addfile(info, hashing)
        return hashing.sha256.hexdigest()


class _Hashing:
    def __init__(self, file: BinaryIO):
        self._file, self.sha256 = file, hashlib.sha256()

    def read(self, size: int) -> bytes:
        data = self._file.read(size)
        self.sha256.update(data)
        return data


@contextmanager
def writing(target: BinaryIO, key: str) -> Iterator[Writer]:
    """An archive is whole only if the block ends without an exception. `key`: "" leaves it unencrypted."""
    with ExitStack() as stack:
        sealer = Sealer(target, key) if key else None
        packed = stack.enter_context(gzip.GzipFile(fileobj=sealer or target, mode="wb", compresslevel=3, mtime=0))
        yield Writer(stack.enter_context(tarfile.open(fileobj=packed, mode="w|", format=tarfile.PAX_FORMAT)))
        stack.close()
        if sealer:
            sealer.finish()


def reading(path: Path, key: str) -> Iterator[Member]:
    """The parts of an archive, one after the other. Raises Unreadable, or one of DAMAGED, at the latest at the end."""
    with path.open("rb") as source:
        yield from _members(source, key)


def _members(source: BinaryIO, key: str) -> Iterator[Member]:
    beginning = source.read(64)
    source.seek(0)
    if is_sealed(beginning):
        if not key:
            raise Unreadable(_("The backup is encrypted: set BACKUP_KEY."))
        source = io.BufferedReader(Opener(source, key), 2**18)
    elif beginning[:2] != b"\x1f\x8b":
        raise Unreadable(_("This file is not a backup of the portal."))
    with gzip.GzipFile(fileobj=source) as packed, tarfile.open(fileobj=packed, mode="r|") as tar:
        for info in tar:
            kind, _slash, path = info.name.partition("/")
            yield Member(kind, path, info.size, tar.extractfile(info))
        # To the end: only there it shows whether something was cut off or added.
        while rest := packed.read(2**20):
            if rest.strip(b"\0"):
                raise damaged()
