"""What each agency owes."""

import pytest

from reports import filing
from reports.duty import owed_activities
from reports.periods import filers

from .scenes import filed, submission_of


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
    filing.accept(submission=before, by=user("coordinator"))
    assert ordinals(submission_of("akimat-akt")) == []
    assert 18 in ordinals(submission_of("akimat-kus"))


@pytest.mark.parametrize("agency", ["akimat-ast", "moes"])
def test_owed_activities_costs_the_same_queries_for_any_agency(db, agency, django_assert_num_queries):
    submission = submission_of(agency)
    with django_assert_num_queries(5):
        for owed in owed_activities(submission):
            assert owed.problems
