"""Parts of pages are kept for as long as nothing that they show has changed, and not a moment longer.

What a part is made of has a stamp, a random value that triggers change in the transaction of the write. The stamp is
part of the key under which the part is kept, so that nobody has to throw anything away. It is read before the content:
whoever is overtaken by a write keeps the newer content under the older key, where nobody will look.
"""

import hashlib
from uuid import uuid4

from django.core.cache import caches
from django.db import connection
from django.db.models import CharField, OuterRef, QuerySet, Subquery, Value
from django.db.models.functions import Cast, Concat

from .models import Stamp

PLAN = "plan"
SECONDS = 24 * 3600


def stamp_of(programme_id: int) -> str:
    """Of a programme's plan, of what was filed about it, and of all else that is written about reports. One query.

    In a transaction a new one each time: what is read there may never have happened.
    """
    if connection.in_atomic_block:
        return uuid4().hex
    reports, filed = f"reports:{programme_id}", f"filed:{programme_id}"
    found = dict(Stamp.objects.filter(subject__in=[PLAN, filed, reports]).values_list("subject", "value"))
    return _joined(found.get(PLAN), found.get(filed), found.get(reports))


def with_stamp(rows: QuerySet, programme: str) -> QuerySet:
    """Rows that bring the stamp of their programme in the same query; `programme`: the path to its key.

    See `stamp_with`.
    """
    if connection.in_atomic_block:
        return rows

    def value(subject) -> Subquery:
        return Subquery(Stamp.objects.filter(subject=subject).values("value"))

    key = Cast(OuterRef(programme), CharField())
    return rows.annotate(
        plan_stamp=value(PLAN),
        filed_stamp=value(Concat(Value("filed:"), key)),
        reports_stamp=value(Concat(Value("reports:"), key)),
    )


def stamp_with(row) -> str:
    """What `stamp_of` gives, of a row that was read `with_stamp`. No query."""
    if connection.in_atomic_block:
        return uuid4().hex
    return _joined(row.plan_stamp, row.filed_stamp, row.reports_stamp)


def _joined(plan: str | None, filed: str | None, reports: str | None) -> str:
    # Before anything was filed the whole stands for it.
    return "/".join([plan or "", filed or reports or "", reports or ""])


def of_plan(stamp: str) -> str:
    """The part of a programme's stamp that stands for its plan alone."""
    return stamp.partition("/")[0]


def of_filed(stamp: str) -> str:
    """The part that stands for the plan and what was filed: it outlives comments, texts and reminders."""
    return "/".join(stamp.split("/")[:2])


def kept(key: tuple[str, ...], make):
    """What `make()` gives, from the cache if it was made before under the same key."""
    parts, name = caches["parts"], _name(key)
    found = parts.get(name)
    if found is None:
        found = make()
        parts.set(name, found, SECONDS)
    return found


def kept_rows(key: tuple[str, ...], versions: dict, make) -> dict:
    """Of rows that change one by one, each as `make(keys)` gave it under its present version.

    `make` is asked once, for those rows alone that have another version than when they were kept.
    """
    parts, name = caches["parts"], _name(key)
    found = parts.get(name) or {}
    others = [row for row, version in versions.items() if row not in found or found[row][0] != version]
    if others:
        made = make(others)
        found = found | {row: (versions[row], made[row]) for row in others}
        parts.set(name, found, SECONDS)
    return {row: found[row][1] for row in versions}


def _name(key: tuple[str, ...]) -> str:
    return hashlib.sha256("\x1f".join(key).encode()).hexdigest()
