"""One byte sequence for one structure, so that a hash can stand for it."""

import hashlib
import json
from collections.abc import Iterator


def canonical_json(data: dict) -> str:
    """JSON with sorted keys and no spaces; amounts must be strings, so that no float ever gets in."""
    return json.dumps(data, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False)


def sha256_of(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def sha256_of_data(data: dict) -> str:
    """The same as `sha256_of(canonical_json(data))`; a large structure's JSON is never in memory as a whole."""
    digest = hashlib.sha256()
    for piece in _pieces(data):
        digest.update(piece.encode())
    return digest.hexdigest()


def _pieces(data, depth: int = 4) -> Iterator[str]:
    """The canonical JSON in pieces, cut between the parts of dicts and lists down to a depth."""
    if not depth or not isinstance(data, dict | list) or not data:
        yield canonical_json(data)
        return
    is_dict = isinstance(data, dict)
    for number, key in enumerate(sorted(data) if is_dict else range(len(data))):
        yield "," if number else "{" if is_dict else "["
        if is_dict:
            yield f"{canonical_json(key)}:"
        yield from _pieces(data[key], depth - 1)
    yield "}" if is_dict else "]"
