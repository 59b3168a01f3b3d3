"""What each agency owes."""

import datetime
from decimal import Decimal

import pytest

from budget.models import BudgetLine
from programme.models import LegalAct
from reports import filing, review
from reports.duty import owed_activities, owed_by_submission
from reports.models import Rule
from reports.periods import filers
from reports.transitions import Refused

from .scenes import filed, submission_of, write_all


def ordinals(submission):
    return [owed.activity.ordinal for owed in owed_activities(submission)]


def test_an_akimat_owes_the_rows_that_name_it(db):
    assert ordinals(submission_of("akimat-akt")) == [
        14,
        17,
        18,
        22,
        26,
        28,
        30,
        31,
        32,
        33,
        34,
        35,
        36,
        37,
        41,
        42,
        43,
    ]


def test_a_city_does_not_owe_what_only_oblasts_owe(db):
    assert set(ordinals(submission_of("akimat-akt"))) - set(ordinals(submission_of("akimat-ast"))) == {
        14,
        22,
        37,
    }


def test_twenty_two_bodies_file(programme):
    codes = {agency.code for agency in filers(programme)}
    assert len(codes) == 22
    assert {"moes", "moh", "mia", "mlsp", "mfa", "mci"} <= codes
    assert not codes & {"unicef", "ngo", "gpo", "nhrc", "ilo", "mts"}


@pytest.mark.parametrize(
    ("agency", "ordinal", "amounts"),
    [
        ("akimat-akt", 14, ["726.247"]),
        ("akimat-man", 14, ["1218.500"]),
        ("akimat-pav", 14, []),
        ("moes", 9, ["468.700"]),
    ],
)
def test_lines_are_those_that_the_agency_answers_for(db, agency, ordinal, amounts):
    owed = next(item for item in owed_activities(submission_of(agency)) if item.activity.ordinal == ordinal)
    assert [str(item.line.amount) for item in owed.lines] == amounts


def test_republican_money_is_the_lead_compilers_alone(db):
    """Row 28 names БҒМ as lead compiler and Мәдениетмині beside it."""
    lines = {
        code: [len(owed.lines) for owed in owed_activities(submission_of(code)) if owed.activity.ordinal == 28]
        for code in ("moes", "mci")
    }
    assert lines == {"moes": [1], "mci": [0]}


def test_an_activity_accepted_as_done_is_not_owed_again(user):
    before = filed("akimat-akt", user("reporter.akt"), "2008-H2", status="done")
    assert 18 in ordinals(submission_of("akimat-akt"))
    review.accept(submission=before, by=user("coordinator"))
    assert ordinals(submission_of("akimat-akt")) == []
    assert 18 in ordinals(submission_of("akimat-kus"))


@pytest.mark.parametrize("agency", ["akimat-ast", "moes"])
def test_owed_activities_costs_the_same_queries_for_any_agency(db, agency, django_assert_num_queries):
    submission = submission_of(agency)
    with django_assert_num_queries(OWED):
        for owed in owed_activities(submission):
            assert owed.problems


@pytest.mark.parametrize("agencies", [["akimat-akt"], ["akimat-akt", "akimat-kus", "moes"]])
def test_what_many_agencies_owe_costs_as_much_as_what_one_owes(user, agencies, django_assert_num_queries):
    for agency in agencies:
        write_all(submission_of(agency), user(f"reporter.{agency.removeprefix('akimat-')}"))
    submissions = [submission_of(agency) for agency in agencies]
    with django_assert_num_queries(OWED + WRITTEN):
        owed = owed_by_submission(submissions[0].period, submissions)
        assert all(item.is_complete for items in owed.values() for item in items)


# Activities, responsibilities, done before, entries, lines, clarifications, indicators, the last copies, waivers; with
# entries also their spending and values.
OWED, WRITTEN = 9, 2


def deviations_of(submission, ordinal=14):
    owed = next(owed for owed in owed_activities(submission) if owed.activity.ordinal == ordinal)
    return [warning.rule for warning in owed.warnings]


@pytest.mark.parametrize(("spent", "expected"), [("726.247", []), ("726.248", [Rule.OVER_PLAN]), ("0.000", [])])
def test_spending_over_the_plan_is_warned_of(user, spent, expected):
    submission = submission_of("akimat-akt")
    write_all(submission, user("reporter.akt"), spent=spent)
    assert deviations_of(submission) == expected


@pytest.mark.parametrize(
    ("first", "second", "expected"),
    [
        ("500.000", "226.247", []),
        ("500.000", "226.248", [Rule.OVER_PLAN]),
        ("0.000", "0.000", [Rule.NOTHING_SPENT]),
        ("0.001", "0.000", []),
    ],
)
def test_the_second_half_year_counts_from_the_start_of_the_year(user, first, second, expected):
    filed("akimat-akt", user("reporter.akt"), "2009-H1", spent=first)
    submission = submission_of("akimat-akt", "2009-H2")
    write_all(submission, user("reporter.akt"), spent=second)
    assert deviations_of(submission) == expected


def test_the_plan_is_the_amount_in_force_at_the_end_of_the_half_year(user):
    line = BudgetLine.objects.get(activity__ordinal=14, region__code="KZ-AKT")
    act = LegalAct.objects.first()
    line.clarifications.create(amount=Decimal("100.000"), act=act, effective_on=datetime.date(2009, 6, 30))
    submission = submission_of("akimat-akt")
    write_all(submission, user("reporter.akt"), spent="100.001")
    assert deviations_of(submission) == [Rule.OVER_PLAN]


def test_a_warning_asks_for_the_reason_and_stays_with_the_filing(user):
    submission = submission_of("akimat-akt")
    reporter = user("reporter.akt")
    write_all(submission, reporter, spent="800.000", reason="")
    with pytest.raises(Refused, match="14"):
        filing.submit(submission=submission, by=user("signatory.akt"))
    write_all(submission, reporter, spent="800.000", reason="Құрылыс ерте басталды.")
    copy = filing.submit(submission=submission, by=user("signatory.akt"))
    entry = next(entry for entry in copy.data["entries"] if entry["activity"] == 14)
    assert (entry["deviations"], entry["reason"]) == (["over_plan"], "Құрылыс ерте басталды.")


def test_an_activity_with_nothing_to_report_is_not_warned_of(user):
    submission = submission_of("akimat-akt", "2009-H2")
    write_all(submission, user("reporter.akt"), status="not_applicable")
    assert deviations_of(submission) == []
