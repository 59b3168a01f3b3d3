"""Files that belong to nothing: a process that was killed between storing a file and its row leaves one behind."""

import datetime
import logging
import re
from collections.abc import Callable
from contextlib import suppress

from django.core.files.storage import Storage
from django.utils import timezone

from .models import Attachment

# An upload has its row within seconds.
KEPT = datetime.timedelta(days=1)
# Nothing else is touched, whatever lies in the folder.
_OUR_NAME = re.compile(r"[0-9a-f]{32}")
log = logging.getLogger(__name__)


def forget(
    storage: Storage, known: Callable[[], set[str]], *, older_than: datetime.timedelta, has_some: bool = False
) -> int:
    """Delete the portal's files that are so old and not among the `known`; returns how many.

    `has_some`: where none at all is known, the database is taken for another portal's, and nothing is deleted.
    """
    old = _old(storage, older_than)
    # Asked last: what has its row by now is no orphan.
    orphans = old - known() if old else old
    if has_some and old and orphans == old:
        log.error("The database knows none of %s files in the storage: nothing is deleted", len(old))
        return 0
    for name in orphans:
        storage.delete(name)
    return len(orphans)


def forget_attachments() -> int:
    """As `forget`."""
    rows = Attachment.objects.order_by().values_list("file", flat=True)
    storage = Attachment._meta.get_field("file").storage
    return forget(storage, lambda: set(rows), older_than=KEPT, has_some=True)


def _old(storage: Storage, age: datetime.timedelta) -> set[str]:
    before = timezone.now() - age
    # Some storages cannot list; one that was never used has no folder.
    with suppress(NotImplementedError, FileNotFoundError):
        names = [name for name in storage.listdir("")[1] if _OUR_NAME.fullmatch(name)]
        return {name for name in names if storage.get_modified_time(name) < before}
    return set()
