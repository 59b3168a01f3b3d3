"""Lateness at the edges of the day, in Almaty, whatever zone the server thinks in."""

import datetime

import pytest
from django.utils import timezone

from reports import filing, review
from reports.timeliness import Timeliness, Timing, timeliness

from .scenes import at, filed, submission_of


@pytest.fixture(params=["UTC", "Asia/Almaty"])
def _server_zone(request):
    with timezone.override(request.param):
        yield


@pytest.mark.usefixtures("_server_zone")
@pytest.mark.parametrize(
    ("when", "expected"),
    [
        ((2009, 6, 30, 23, 59, 59), Timeliness(Timing.NOT_YET_DUE)),
        ((2009, 7, 1, 0, 0, 0), Timeliness(Timing.OPEN, 9)),
        ((2009, 7, 6, 23, 59, 59), Timeliness(Timing.OPEN, 4)),
        ((2009, 7, 7, 0, 0, 0), Timeliness(Timing.DUE_SOON, 3)),
        ((2009, 7, 10, 23, 59, 59), Timeliness(Timing.DUE_SOON, 0)),
        ((2009, 7, 11, 0, 0, 0), Timeliness(Timing.OVERDUE, 1)),
        ((2009, 7, 21, 9, 0, 0), Timeliness(Timing.OVERDUE, 11)),
    ],
)
def test_draft(db, when, expected):
    with at(*when):
        assert timeliness(submission_of("akimat-akt")) == expected


@pytest.mark.usefixtures("_server_zone")
@pytest.mark.parametrize(
    ("when", "expected"),
    [
        ((2009, 7, 10, 23, 59, 59), Timeliness(Timing.ON_TIME)),
        ((2009, 7, 11, 0, 0, 0), Timeliness(Timing.LATE, 1)),
    ],
)
def test_filed_on_the_last_second_and_on_the_next(user, when, expected):
    with at(*when):
        submission = filed("akimat-akt", user("reporter.akt"))
    assert timeliness(submission_of("akimat-akt")) == expected
    assert submission.first_submitted_at.astimezone(datetime.UTC).tzinfo is datetime.UTC


def test_returned_becomes_overdue_again_and_refiled_is_on_time_as_at_first(user):
    submission = filed("akimat-akt", user("reporter.akt"))
    review.return_for_rework(submission=submission, by=user("coordinator"), reason="Толықтырыңыз.")
    with at(2009, 7, 10, 12):
        assert timeliness(submission_of("akimat-akt")) == Timeliness(Timing.DUE_SOON, 0)
    with at(2009, 7, 12, 12):
        assert timeliness(submission_of("akimat-akt")) == Timeliness(Timing.OVERDUE, 2)
        filing.submit(submission=submission, by=user("signatory.akt"))
        assert timeliness(submission_of("akimat-akt")) == Timeliness(Timing.ON_TIME)
