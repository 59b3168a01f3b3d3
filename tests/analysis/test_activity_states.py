"""Where activities and bodies stand, half-year by half-year; and how the deadlines of the plan ended."""

import datetime
from collections import Counter

import pytest

from activities.models import Deadline
from analysis.figures.activities import answers, reports_owed, standing_by_body, states
from analysis.figures.deadlines import outcomes, sent_on
from reports import review
from reports.consolidation.building import consolidate
from reports.consolidation.structure import Outcome, Rollup
from reports.models import Period
from reports.timeliness import Timeliness, Timing

from ..reports.scenes import accepted, at, filed, finalised, sent


def period(code: str) -> Period:
    return Period.objects.select_related("programme").get(code=code)


def counted(found: dict, code: str) -> Counter:
    return Counter(state for (_ordinal, of), state in found.items() if of == code)


@pytest.fixture
def ministry_done(user, db):
    """The ministry had everything accepted as done for the first half of 2008; Aktobe is at it in the second."""
    with at(2008, 7, 5, 9):
        accepted("moes", user, "2008-H1", status="done")
    with at(2009, 1, 12, 9):
        accepted("akimat-akt", user, "2008-H2")


def test_nothing_filed_is_no_information(programme):
    found = states(programme, period("2008-H1"))

    assert len(found) == 43 * 2
    assert counted(found, "2008-H1") == {Rollup.NO_INFORMATION: 41, Rollup.NOBODY_OBLIGED: 2}


def test_an_activity_is_done_when_every_obliged_body_is(programme, ministry_done):
    found = states(programme, period("2008-H2"))

    # The ministry alone answers for 11 rows, together with others for 12; nobody for rows 7 and 25.
    assert counted(found, "2008-H1") == {
        Rollup.DONE: 11, Rollup.IN_PROGRESS: 12, Rollup.NO_INFORMATION: 18, Rollup.NOBODY_OBLIGED: 2,
    }  # fmt: skip
    assert found[11, "2008-H1"] == Rollup.DONE
    assert found[7, "2008-H1"] == Rollup.NOBODY_OBLIGED


def test_what_was_accepted_as_done_counts_in_later_half_years(programme, ministry_done):
    found = states(programme, period("2008-H2"))

    assert found[11, "2007-H2"] == Rollup.NO_INFORMATION
    assert found[11, "2008-H2"] == Rollup.DONE


@pytest.mark.parametrize("code", ["2007-H2", "2008-H1", "2008-H2"])
def test_where_all_that_was_filed_is_accepted_the_consolidated_report_says_the_same(programme, ministry_done, code):
    report = consolidate(period(code))
    said = {part["ordinal"]: part["status"] for section in report["sections"] for part in section["activities"]}

    found = states(programme, period("2008-H2"))

    assert said == {ordinal: state for (ordinal, of), state in found.items() if of == code}


def test_what_waits_for_review_counts_for_its_half_year_but_is_not_done_for_good(programme, user):
    with at(2008, 7, 5, 9):
        filed("moes", user("reporter.moes"), "2008-H1", status="done")

    found = states(programme, period("2008-H2"))

    assert (found[11, "2008-H1"], found[11, "2008-H2"]) == (Rollup.DONE, Rollup.NO_INFORMATION)


def test_a_returned_report_says_nothing(programme, user):
    with at(2008, 7, 5, 9):
        submission = filed("moes", user("reporter.moes"), "2008-H1", status="done")
        review.return_for_rework(submission=submission, by=user("coordinator"), reason="Толықтырыңыз")

    assert states(programme, period("2008-H1"))[11, "2008-H1"] == Rollup.NO_INFORMATION


def test_lapsed_half_years_have_neither_states_nor_reports(programme):
    assert {code for _ordinal, code in states(programme, period("2011-H2"))} == {
        "2007-H2", "2008-H1", "2008-H2", "2009-H1", "2009-H2", "2010-H1", "2010-H2",
    }  # fmt: skip
    assert not [code for _agency, code in standing_by_body(programme) if code.startswith("2011")]


def test_states_cost_the_same_whatever_was_filed(programme, ministry_done, django_assert_num_queries):
    until = period("2008-H2")
    with django_assert_num_queries(4):
        states(programme, until)
    with django_assert_num_queries(2):
        standing_by_body(programme)


def test_how_bodies_stand(programme, ministry_done):
    found = standing_by_body(programme)

    assert len(found) == 22 * 7
    assert found["moes", "2008-H1"] == Timeliness(Timing.ON_TIME)
    assert found["akimat-akt", "2008-H2"] == Timeliness(Timing.LATE, 2)
    assert found["akimat-kus", "2008-H2"] == Timeliness(Timing.OVERDUE, 177)
    assert found["akimat-kus", "2009-H1"] == Timeliness(Timing.OPEN, 4)
    assert found["akimat-kus", "2009-H2"] == Timeliness(Timing.NOT_YET_DUE)
    assert next(iter(found)) == ("moes", "2007-H2")


# Deadlines


def ended(programme, of=None) -> dict[tuple[int, str], tuple[Outcome, datetime.date | None]]:
    """By row and date."""
    deadlines = list(Deadline.objects.filter(activity__programme=programme).select_related("activity"))
    reports = [one for one in reports_owed(programme) if of is None or one.submission.agency == of]
    found = outcomes(programme, deadlines, found=answers(programme, of=of), reports=reports, sent=sent_on(programme))
    return {
        (one.deadline.activity.ordinal, one.deadline.date.isoformat()): (one.outcome, one.met_on)
        for one in found.values()
    }


def test_a_completion_is_met_by_the_day_that_the_last_body_names(programme, ministry_done):
    found = ended(programme)

    # Done on 30 June 2008, which its document says; row 40 asks for none, and the half-year began in time.
    assert found[11, "2008-12-31"] == (Outcome.MET, datetime.date(2008, 6, 30))
    assert found[29, "2007-12-31"] == (Outcome.LATE, datetime.date(2008, 6, 30))
    assert found[40, "2008-01-20"] == (Outcome.MET, None)
    assert found[1, "2008-09-30"] == (Outcome.MISSED, None)
    assert found[14, "2009-12-31"] == (Outcome.AHEAD, None)


def test_a_completion_that_is_only_filed_is_not_met(programme, user):
    with at(2008, 7, 5, 9):
        filed("moes", user("reporter.moes"), "2008-H1", status="done")

    assert ended(programme)[11, "2008-12-31"] == (Outcome.MISSED, None)


def test_what_nobody_is_obliged_to_do_is_missed(programme):
    assert ended(programme)[7, "2007-06-30"] == (Outcome.MISSED, None)


@pytest.mark.parametrize(("day", "outcome"), [(20, Outcome.AHEAD), (21, Outcome.MISSED)])
def test_the_last_day_of_a_deadline_is_in_time(programme, day, outcome):
    with at(2009, 7, day, 23, 59, 59):
        assert ended(programme)[6, "2009-07-20"][0] == outcome


@pytest.mark.parametrize(("day", "outcome"), [(20, Outcome.MET), (21, Outcome.LATE)])
def test_a_report_to_the_government_is_met_when_the_consolidated_report_is_sent(programme, user, day, outcome):
    with at(2008, 7, 5, 9):
        accepted("moes", user, "2008-H1", status="done")
    with at(2008, 7, day, 9):
        sent(finalised(period("2008-H1"), user), user)

    found = ended(programme)

    assert found[3, "2008-07-20"] == (outcome, datetime.date(2008, 7, day))
    assert found[9, "2008-01-20"] == (Outcome.MISSED, None)


def test_a_report_to_the_lead_ministry_is_met_by_every_obliged_body(programme, user, ministry_done):
    aktobe = user("reporter.akt").agency

    assert ended(programme)[30, "2009-01-10"] == (Outcome.MISSED, None)
    assert ended(programme, of=aktobe)[30, "2009-01-10"] == (Outcome.LATE, None)
    assert ended(programme, of=aktobe)[30, "2008-07-10"] == (Outcome.MISSED, None)
