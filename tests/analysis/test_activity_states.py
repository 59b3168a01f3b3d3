"""Where activities and bodies stand, half-year by half-year; and how the deadlines of the plan ended."""

import datetime
from collections import Counter
from dataclasses import dataclass

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from activities.models import Deadline
from analysis.figures.activities import answers, reports_owed, standing_by_body, states
from analysis.figures.deadlines import outcomes, sent_on
from programme.models import Programme
from reports import review
from reports.consolidation.building import consolidate
from reports.consolidation.structure import Outcome, Rollup
from reports.models import Period
from reports.timeliness import Timeliness, Timing

from ..reports.scenes import accepted, at, filed, finalised, sent

pytestmark = pytest.mark.django_db


def period(code: str) -> Period:
    return Period.objects.select_related("programme").get(code=code)


def counted(found: dict, code: str) -> Counter:
    return Counter(state for (_ordinal, of), state in found.items() if of == code)


@dataclass
class Found:
    """What is found once the ministry had all accepted as done for 2008-H1, and Aktobe is at it, late, in 2008-H2."""

    states: dict
    bodies: dict
    queries: tuple[int, int]
    consolidated: dict[str, dict[int, str]]
    ended: dict
    ended_for_aktobe: dict


@pytest.fixture(scope="module")
def found(django_db_setup, django_db_blocker) -> Found:
    """The database is as before afterwards."""
    with django_db_blocker.unblock(), transaction.atomic(), at(2009, 7, 6, 12):
        programme = Programme.objects.get(slug="children-2007-2011")
        people = {one.username: one for one in User.objects.select_related("agency")}
        with at(2008, 7, 5, 9):
            accepted("moes", people.get, "2008-H1", status="done")
        with at(2009, 1, 12, 9):
            accepted("akimat-akt", people.get, "2008-H2")
        until = period("2008-H2")
        with CaptureQueriesContext(connection) as of_states:
            found = states(programme, until)
        with CaptureQueriesContext(connection) as of_bodies:
            bodies = standing_by_body(programme)
        made = Found(
            states=found,
            bodies=bodies,
            queries=(len(of_states), len(of_bodies)),
            consolidated={code: in_report(code) for code in ("2007-H2", "2008-H1", "2008-H2")},
            ended=ended(programme),
            ended_for_aktobe=ended(programme, of=people["reporter.akt"].agency),
        )
        transaction.set_rollback(True)
    return made


def in_report(code: str) -> dict[int, str]:
    """States of activities in the consolidated report, by ordinal."""
    report = consolidate(period(code))
    return {part["ordinal"]: part["status"] for section in report["sections"] for part in section["activities"]}


def test_nothing_filed_is_no_information(programme):
    found = states(programme, period("2008-H1"))

    assert len(found) == 43 * 2
    assert counted(found, "2008-H1") == {Rollup.NO_INFORMATION: 41, Rollup.NOBODY_OBLIGED: 2}


def test_an_activity_is_done_when_every_obliged_body_is(found):
    # The ministry alone answers for 11 rows, together with others for 12; nobody for rows 7 and 25.
    assert counted(found.states, "2008-H1") == {
        Rollup.DONE: 11, Rollup.IN_PROGRESS: 12, Rollup.NO_INFORMATION: 18, Rollup.NOBODY_OBLIGED: 2,
    }  # fmt: skip
    assert found.states[11, "2008-H1"] == Rollup.DONE
    assert found.states[7, "2008-H1"] == Rollup.NOBODY_OBLIGED


def test_what_was_accepted_as_done_counts_in_later_half_years(found):
    assert found.states[11, "2007-H2"] == Rollup.NO_INFORMATION
    assert found.states[11, "2008-H2"] == Rollup.DONE


def test_where_all_that_was_filed_is_accepted_the_consolidated_report_says_the_same(found):
    assert len(found.consolidated) == 3
    for code, said in found.consolidated.items():
        assert said == {ordinal: state for (ordinal, of), state in found.states.items() if of == code}


def test_what_waits_for_review_counts_for_its_half_year_but_meets_no_deadline_and_what_is_returned_says_nothing(
    programme, user
):
    with at(2008, 7, 5, 9):
        submission = filed("moes", user("reporter.moes"), "2008-H1", status="done")
    waiting = states(programme, period("2008-H2"))
    assert (waiting[11, "2008-H1"], waiting[11, "2008-H2"]) == (Rollup.DONE, Rollup.NO_INFORMATION)
    assert ended(programme)[11, "2008-12-31"] == (Outcome.MISSED, None)

    review.return_for_rework(submission=submission, by=user("coordinator"), reason="Толықтырыңыз")

    assert states(programme, period("2008-H1"))[11, "2008-H1"] == Rollup.NO_INFORMATION


def test_lapsed_half_years_have_neither_states_nor_reports(programme):
    assert {code for _ordinal, code in states(programme, period("2011-H2"))} == {
        "2007-H2", "2008-H1", "2008-H2", "2009-H1", "2009-H2", "2010-H1", "2010-H2",
    }  # fmt: skip
    assert not [code for _agency, code in standing_by_body(programme) if code.startswith("2011")]


def test_states_cost_the_same_whatever_was_filed(programme, found, django_assert_num_queries):
    assert found.queries == (4, 2)
    until = period("2008-H2")
    with django_assert_num_queries(4):
        states(programme, until)
    with django_assert_num_queries(2):
        standing_by_body(programme)


def test_how_bodies_stand(found):
    assert len(found.bodies) == 22 * 7
    assert found.bodies["moes", "2008-H1"] == Timeliness(Timing.ON_TIME)
    assert found.bodies["akimat-akt", "2008-H2"] == Timeliness(Timing.LATE, 2)
    assert found.bodies["akimat-kus", "2008-H2"] == Timeliness(Timing.OVERDUE, 177)
    assert found.bodies["akimat-kus", "2009-H1"] == Timeliness(Timing.OPEN, 4)
    assert found.bodies["akimat-kus", "2009-H2"] == Timeliness(Timing.NOT_YET_DUE)
    assert next(iter(found.bodies)) == ("moes", "2007-H2")


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


def test_a_completion_is_met_by_the_day_that_the_last_body_names(found):
    # Done on 30 June 2008, which its document says; row 40 asks for none, and the half-year began in time.
    assert found.ended[11, "2008-12-31"] == (Outcome.MET, datetime.date(2008, 6, 30))
    assert found.ended[29, "2007-12-31"] == (Outcome.LATE, datetime.date(2008, 6, 30))
    assert found.ended[40, "2008-01-20"] == (Outcome.MET, None)
    assert found.ended[1, "2008-09-30"] == (Outcome.MISSED, None)
    assert found.ended[14, "2009-12-31"] == (Outcome.AHEAD, None)


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


def test_a_report_to_the_lead_ministry_is_met_by_every_obliged_body(found):
    assert found.ended[30, "2009-01-10"] == (Outcome.MISSED, None)
    assert found.ended_for_aktobe[30, "2009-01-10"] == (Outcome.LATE, None)
    assert found.ended_for_aktobe[30, "2008-07-10"] == (Outcome.MISSED, None)
