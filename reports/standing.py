"""Who stands where in a half-year: the same for the board, the list of half-years and the home pages."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from .models import Period, Submission
from .timeliness import Timeliness, Timing, timeliness


@dataclass(frozen=True)
class Standing:
    submission: Submission
    timeliness: Timeliness


def standings(period: Period, submissions: Iterable[Submission]) -> list[Standing]:
    """`submissions` are the period's own; no query if the period's programme is loaded."""
    found = []
    for submission in submissions:
        submission.period = period
        found.append(Standing(submission, timeliness(submission)))
    return found


def counts(standing: list[Standing]) -> dict[str, int]:
    """How many bodies are in each state; `filed` are those submitted or accepted, `late` and `overdue` as of today."""
    states = Counter(one.submission.state for one in standing)
    timings = Counter(one.timeliness.timing for one in standing)
    return {
        "expected": len(standing),
        "filed": sum(states[state] for state in Submission.FILED),
        "missing": states[Submission.State.DRAFT],
        "waiting": states[Submission.State.SUBMITTED],
        "accepted": states[Submission.State.ACCEPTED],
        "returned": states[Submission.State.RETURNED],
        "late": timings[Timing.LATE],
        "overdue": timings[Timing.OVERDUE],
    }
