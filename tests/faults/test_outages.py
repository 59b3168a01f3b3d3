"""The database goes away and comes back, the disk is full or read-only: in a serving process, with real connections."""

import pytest
from django.conf import settings

from . import names

pytestmark = [pytest.mark.django_db, pytest.mark.xdist_group("faults")]


is_file = settings.DATABASES["default"]["ENGINE"].endswith("sqlite3")
OUTAGES = [*names.OUTAGES, *(names.OUTAGES_OF_FILES if is_file else ())]


@pytest.fixture
def suffer(laboratory):
    """Let a process of its own go through a function of `outages`; what was wrong."""

    def go_through(name: str) -> list[str]:
        laboratory.start_anew()
        return laboratory.done("outages", name)

    return go_through


@pytest.mark.parametrize("outage", OUTAGES)
def test_nothing_is_lost_and_the_next_request_works(suffer, outage):
    assert suffer(outage) == []
