"""The steps of an operation, and its death at one of them."""

import os
import signal
from collections.abc import Callable, Iterator

from django.core.files.storage import FileSystemStorage
from django.core.mail.backends.base import BaseEmailBackend
from django.db import connection
from django.db.backends.base.base import BaseDatabaseWrapper

READS = ("SELECT", "PRAGMA", "EXPLAIN")


class Steps:
    """Counts what an operation does: statements, commits, files, e-mails; kills the process at step `kill_at`.

    Each has a step before and a step after it. Unless `is_thorough`, reads have none, and a write within a transaction
    has none after it: what a process leaves behind that dies there, it leaves behind at its next step too.
    """

    def __init__(self, kill_at: int | None, *, is_thorough: bool = False):
        self.names: list[str] = []
        self._kill_at, self._is_thorough = kill_at, is_thorough

    def __call__(self, name: str) -> None:
        self.names.append(name)
        if len(self.names) == self._kill_at:
            os.kill(os.getpid(), signal.SIGKILL)

    def watch(self) -> None:
        """From now on, in this process."""
        connection.execute_wrappers.append(self._statement)
        self._surround(BaseDatabaseWrapper, "_commit", "commit")
        self._surround(FileSystemStorage, "delete", "delete a file")
        self._surround(os, "rename", "rename a file")
        self._surround(os, "replace", "rename a file")
        _in_pieces(FileSystemStorage, self)
        Post.steps = self

    def _statement(self, execute, sql, params, many, context):
        what = " ".join(sql.split()[:3] if isinstance(sql, str) else ["statement"])
        if what.startswith(READS) and not self._is_thorough:
            return execute(sql, params, many, context)
        self(f"before {what}")
        result = execute(sql, params, many, context)
        if self._is_thorough or not connection.in_atomic_block:
            self(f"after {what}")
        return result

    def _surround(self, owner, name: str, what: str) -> None:
        original = getattr(owner, name)

        def surrounded(*args, **kwargs):
            self(f"before {what}")
            result = original(*args, **kwargs)
            self(f"after {what}")
            return result

        setattr(owner, name, surrounded)


def _in_pieces(storage: type[FileSystemStorage], steps: Callable[[str], None]) -> None:
    """A file is written in two pieces at least, with a step between them."""
    save = storage._save

    def _save(self, name, content):
        chunks = content.chunks

        def halves(*args) -> Iterator[bytes]:
            for chunk in chunks(*args):
                yield chunk[: len(chunk) // 2]
                steps("half a file written")
                yield chunk[len(chunk) // 2 :]

        content.chunks = halves
        steps("before storing a file")
        stored = save(self, name, content)
        steps("after storing a file")
        return stored

    storage._save = _save


class Post(BaseEmailBackend):
    """A mail server that takes everything: each e-mail is a line in the file `taken`, as soon as it is accepted."""

    taken = ""
    steps: Callable[[str], None] = staticmethod(lambda name: None)

    def send_messages(self, messages):
        for message in messages:
            self.steps("before the mail server takes an e-mail")
            with open(self.taken, "a", encoding="utf-8") as file:
                file.write(f"{message.to[0]} {message.extra_headers['Message-ID']} {message.subject}\n")
            self.steps("after the mail server took an e-mail")
        return len(messages)
