"""Half-years from the reporting rule."""

import datetime

import pytest
from django.utils import translation

from reports.models import Period, Submission
from reports.periods import current_period, generate_periods

from .scenes import at

DATES = {
    "2007-H2": ("2008-01-10", "2008-01-20", "closed"),
    "2008-H1": ("2008-07-10", "2008-07-20", "closed"),
    "2008-H2": ("2009-01-10", "2009-01-20", "closed"),
    "2009-H1": ("2009-07-10", "2009-07-20", "open"),
    "2009-H2": ("2010-01-10", "2010-01-20", "upcoming"),
    "2010-H1": ("2010-07-10", "2010-07-20", "upcoming"),
    "2010-H2": ("2011-01-10", "2011-01-20", "upcoming"),
    "2011-H1": ("2011-07-10", "2011-07-20", "lapsed"),
    "2011-H2": ("2012-01-10", "2012-01-20", "lapsed"),
}


def test_periods_run_from_2007_h2_to_2011_h2_and_the_last_two_lapsed(programme):
    assert {
        period.code: (period.submissions_due.isoformat(), period.consolidated_due.isoformat(), period.state)
        for period in programme.periods.select_related("programme")
    } == DATES


def test_lapsed_periods_ask_nobody_for_a_report(programme):
    assert not Submission.objects.filter(period__code__in=["2011-H1", "2011-H2"]).exists()
    assert Submission.objects.filter(period__code="2010-H2").count() == 22


def test_generating_again_makes_no_second_period_or_submission(programme):
    before = (Period.objects.count(), Submission.objects.count())
    programme.reporting_rules.filter(half=1).update(submissions_day=12)
    generate_periods(programme)
    assert (Period.objects.count(), Submission.objects.count()) == before
    assert Period.objects.get(code="2009-H1").submissions_due == datetime.date(2009, 7, 12)


@pytest.mark.parametrize(
    ("day", "code"),
    [
        ((2007, 12, 31), None),
        ((2008, 1, 1), "2007-H2"),
        ((2009, 6, 30), "2008-H2"),
        ((2009, 7, 1), "2009-H1"),
        ((2026, 1, 1), "2010-H2"),
    ],
)
def test_current_period_is_the_latest_that_has_ended_and_not_lapsed(programme, day, code):
    with at(*day, 0, 0, 1):
        period = current_period(programme)
    assert (period.code if period else None) == code


@pytest.mark.parametrize(("language", "title"), [("en", "first half of 2009")])
def test_title_is_in_the_readers_language(programme, language, title):
    with translation.override(language):
        assert programme.periods.get(code="2009-H1").title == title
