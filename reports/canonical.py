"""One byte sequence for one structure, so that a hash can stand for it."""

import hashlib
import json


def canonical_json(data: dict) -> str:
    """JSON with sorted keys and no spaces; amounts must be strings, so that no float ever gets in."""
    return json.dumps(data, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False)


def sha256_of(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
