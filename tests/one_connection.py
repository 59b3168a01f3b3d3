"""Requests that are made in other ways than through Django's test client, on the database connection of the test."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.core.signals import request_finished, request_started
from django.db import close_old_connections

_ENDS = (request_started, request_finished)


@contextmanager
def kept_open() -> Iterator[None]:
    """Django would close the connection with each request, and what the test has done would be gone."""
    for signal in _ENDS:
        signal.disconnect(close_old_connections)
    try:
        yield
    finally:
        for signal in _ENDS:
            signal.connect(close_old_connections)
