"""The structure of the consolidated report."""

import datetime
from decimal import Decimal

import pytest

from budget.models import BudgetLine
from programme.models import LegalAct
from reports.consolidation.building import consolidate
from reports.consolidation.rolling_up import roll_up
from reports.consolidation.structure import Rollup
from reports.models import Period
from reports.transitions import Refused

from .scenes import accepted, at, filed


@pytest.fixture
def period(programme):
    return Period.objects.select_related("programme__lead_agency").get(code="2009-H1")


def activity(report, ordinal):
    return next(part for section in report["sections"] for part in section["activities"] if part["ordinal"] == ordinal)


@pytest.mark.parametrize(
    ("statuses", "missing", "expected"),
    [
        ([], 0, Rollup.NOBODY_OBLIGED),
        ([], 3, Rollup.NO_INFORMATION),
        (["done", "done"], 0, Rollup.DONE),
        (["done", "not_applicable"], 0, Rollup.DONE),
        (["done"], 1, Rollup.IN_PROGRESS),
        (["done", "in_progress"], 0, Rollup.IN_PROGRESS),
        (["done", "not_due"], 0, Rollup.IN_PROGRESS),
        (["done", "delayed"], 2, Rollup.DELAYED),
        (["not_due", "no_data"], 0, Rollup.NOT_DUE),
        (["not_applicable"], 0, Rollup.NOTHING_TO_REPORT),
        (["no_data", "not_applicable"], 5, Rollup.NOTHING_TO_REPORT),
    ],
)
def test_roll_up(statuses, missing, expected):
    assert roll_up(statuses, missing) == expected


def test_structure_has_all_activities_in_their_sections(period):
    report = consolidate(period)
    assert [len(section["activities"]) for section in report["sections"]] == [5, 4, 5, 8, 15, 6]
    assert sum(report["statuses"].values()) == 43
    assert report["statuses"] == {"no_information": 41, "nobody_obliged": 2}


def test_only_accepted_filings_count(period, user):
    filed("akimat-kus", user("reporter.kus"), narrative="Қабылданбаған мәтін")
    accepted("akimat-akt", user, narrative="Қабылданған мәтін", spent="2.500")
    part = activity(consolidate(period), 14)
    assert [(entry["agency"], entry["narrative"], entry["spent_half_year"]) for entry in part["entries"]] == [
        ("akimat-akt", "Қабылданған мәтін", "2.500")
    ]
    assert "akimat-kus" in part["missing"]
    assert part["status"] == "in_progress"


def test_money_by_source_and_year_runs_from_the_start(period, user):
    accepted("akimat-akt", user, "2008-H2", spent="20.000")
    accepted("akimat-akt", user, spent="3.125")
    report = consolidate(period)
    assert activity(report, 14)["money"] == [
        {"source": "local", "year": 2009, "planned": "2484.747", "spent_half_year": "3.125", "spent": "3.125"}
    ]
    # Aktobe's lines of 2008: rows 22, 30, 31 (a printed zero).
    of_2008 = next(row for row in report["money"] if (row["source"], row["year"]) == ("local", 2008))
    assert of_2008 == {
        "source": "local", "year": 2008, "planned": "525.259", "spent_half_year": "0.000", "spent": "60.000",
    }  # fmt: skip
    aktobe = next(row for row in report["regions"] if row["region"] == "KZ-AKT")
    assert (aktobe["planned"], aktobe["spent_half_year"]) == ("761.087", "12.500")


def test_planned_is_the_amount_in_force_at_the_end_of_the_half_year(period):
    line = BudgetLine.objects.get(activity__ordinal=14, region__code="KZ-AKT")
    act = LegalAct.objects.first()
    line.clarifications.create(amount=Decimal("700.000"), act=act, effective_on=datetime.date(2009, 4, 1))
    line.clarifications.create(amount=Decimal("650.000"), act=act, effective_on=datetime.date(2009, 7, 1))
    assert activity(consolidate(period), 14)["money"][0]["planned"] == "2458.500"


def test_done_in_an_earlier_half_year_stays_done(period, user):
    accepted("akimat-akt", user, "2008-H2", status="done", narrative="Аяқталды.")
    entry = next(e for e in activity(consolidate(period), 18)["entries"] if e["agency"] == "akimat-akt")
    assert (entry["status"], entry["period"], entry["narrative"]) == ("done", "2008-H2", "Аяқталды.")


def test_lead_compiler_comes_first(period, user):
    accepted("moh", user)
    accepted("moes", user)
    assert [entry["agency"] for entry in activity(consolidate(period), 1)["entries"]] == ["moes", "moh"]


def test_missing_bodies_are_named_with_how_late_they_are(period, user):
    with at(2009, 7, 13, 9):
        accepted("akimat-akt", user)
        filings = {filing["agency"]: filing for filing in consolidate(period)["filings"]}
    assert len(filings) == 22
    assert (filings["akimat-akt"]["timing"], filings["akimat-akt"]["days"]) == ("late", 3)
    assert (filings["akimat-kus"]["timing"], filings["akimat-kus"]["days"], filings["akimat-kus"]["receipt"]) == (
        "overdue", 3, None,
    )  # fmt: skip


@pytest.mark.parametrize("code", ["2011-H1", "2009-H2"])
def test_lapsed_and_future_half_years_are_refused(programme, code):
    with pytest.raises(Refused):
        consolidate(Period.objects.select_related("programme__lead_agency").get(code=code))


@pytest.mark.parametrize("agencies", [[], ["akimat-akt", "akimat-kus", "moes"]])
def test_consolidate_costs_the_same_queries_however_much_was_filed(period, user, agencies, django_assert_num_queries):
    for agency in agencies:
        accepted(agency, user)
    with django_assert_num_queries(19):
        consolidate(period)
