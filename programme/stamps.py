"""Parts of pages are kept for as long as nothing that they show has changed, and not a moment longer.

What a part is made of has a stamp, a random value that triggers change in the transaction of the write. The stamp is
part of the key under which the part is kept, so that nobody has to throw anything away. It is read before the content:
whoever is overtaken by a write keeps the newer content under the older key, where nobody will look.
"""

import hashlib
from uuid import uuid4

from django.core.cache import caches
from django.db import connection

from .models import Stamp

PLAN = "plan"
SECONDS = 24 * 3600


def stamp_of(programme_id: int) -> str:
    """Of a programme's plan and reports together. One query.

    In a transaction a new one each time: what is read there may never have happened.
    """
    if connection.in_atomic_block:
        return uuid4().hex
    found = Stamp.objects.filter(subject__in=[PLAN, f"reports:{programme_id}"]).order_by("subject")
    return ":".join(found.values_list("value", flat=True))


def kept(key: tuple[str, ...], make):
    """What `make()` gives, from the cache if it was made before under the same key."""
    parts = caches["parts"]
    name = hashlib.sha256("\x1f".join(key).encode()).hexdigest()
    found = parts.get(name)
    if found is None:
        found = make()
        parts.set(name, found, SECONDS)
    return found
