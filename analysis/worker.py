"""The worker's loop: does the jobs in line, and sends e-mails beside them, until it is told to stop."""

import logging
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

from django.db import Error, close_old_connections, connection

from reports import outbox

from . import jobs

SECONDS_BETWEEN_LOOKS = 1
SECONDS_BETWEEN_SWEEPS = 3600
SECONDS_WITHOUT_DATABASE = 5
log = logging.getLogger(__name__)


def work(stop: jobs.Stop, *, once: bool = False) -> int:
    """Do jobs until `stop` is set, or, `once`, until none waits. Returns how many were taken.

    Outlives a database that is away for a while: what was being done then is taken up again like a dead worker's.
    """
    if once:
        taken = _do_jobs(stop, once=True)
        outbox.deliver(goes_on=lambda: not stop.is_set)
        return taken
    with _postman(stop):
        return _do_jobs(stop)


def _do_jobs(stop: jobs.Stop, *, once: bool = False) -> int:
    taken, next_sweep = 0, 0.0
    while not stop.is_set:
        try:
            close_old_connections()
            if time.monotonic() >= next_sweep:
                next_sweep = time.monotonic() + SECONDS_BETWEEN_SWEEPS
                jobs.sweep()
            job = jobs.run_next(stop)
        except (Error, OSError):
            if once:
                raise
            log.exception("The database or the storage of files does not answer")
            time.sleep(SECONDS_WITHOUT_DATABASE)
            continue
        if job:
            taken += 1
        elif once and not jobs.is_watching():
            break
        else:
            time.sleep(SECONDS_BETWEEN_LOOKS)
    return taken


@contextmanager
def _postman(stop: jobs.Stop) -> Iterator[None]:
    """Meanwhile a thread sends e-mails: they wait neither for a long job, nor a job for a slow mail server."""
    ended = threading.Event()
    thread = threading.Thread(target=_send_until, args=[stop, ended], daemon=True)
    thread.start()
    try:
        yield
    finally:
        ended.set()
        # So that an e-mail that is leaving just now is known to have left.
        thread.join(outbox.CLAIM.total_seconds())


def _send_until(stop: jobs.Stop, ended: threading.Event) -> None:
    pause = SECONDS_BETWEEN_LOOKS
    while not ended.wait(pause):
        try:
            close_old_connections()
            outbox.deliver(goes_on=lambda: not stop.is_set and not ended.is_set())
            pause = SECONDS_BETWEEN_LOOKS
        except Error:
            log.exception("The database does not answer")
            pause = SECONDS_WITHOUT_DATABASE
    connection.close()
