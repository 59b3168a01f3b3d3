"""The worker's loop: does the jobs in line until it is told to stop."""

import logging
import time

from django.db import Error, close_old_connections

from . import jobs

SECONDS_BETWEEN_LOOKS = 1
SECONDS_BETWEEN_SWEEPS = 3600
SECONDS_WITHOUT_DATABASE = 5
log = logging.getLogger(__name__)


def work(stop: jobs.Stop, *, once: bool = False) -> int:
    """Do jobs until `stop` is set, or, `once`, until none waits. Returns how many were taken.

    Outlives a database that is away for a while: what was being done then is taken up again like a dead worker's.
    """
    taken, next_sweep = 0, 0.0
    while not stop.is_set:
        try:
            close_old_connections()
            if time.monotonic() >= next_sweep:
                next_sweep = time.monotonic() + SECONDS_BETWEEN_SWEEPS
                jobs.sweep()
            job = jobs.run_next(stop)
        except Error:
            if once:
                raise
            log.exception("The database does not answer")
            time.sleep(SECONDS_WITHOUT_DATABASE)
            continue
        if job:
            taken += 1
        elif once:
            break
        else:
            time.sleep(SECONDS_BETWEEN_LOOKS)
    return taken
