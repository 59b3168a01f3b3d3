"""Killed at any step, an operation leaves behind nothing half-done, and a second attempt gets through.

At every statement that writes, every commit, file and e-mail; `make faults` adds the reads, the operations that take
minutes, and another attempt after every single death.
"""

import pytest

from .laboratory import kill_everywhere
from .names import LONG, OPERATIONS

pytestmark = [pytest.mark.django_db, pytest.mark.xdist_group("faults")]


@pytest.mark.parametrize("operation", [name for name in OPERATIONS if name not in LONG])
def test_killed_at_any_step(laboratory, operation):
    killed = kill_everywhere(laboratory, operation)
    assert killed.problems == []
    assert killed.steps >= 6
    assert killed.found["nothing"] >= 1
    assert killed.found["all"] >= 1
