"""What the structure of the consolidated report holds besides states and sums: deadlines, indicators, differences."""

import datetime
from decimal import Decimal

import pytest

from reports import filing, review
from reports.consolidation.building import build, consolidate
from reports.consolidation.differences import differences, is_empty
from reports.duty import owed_activities
from reports.models import Period

from .scenes import at, file_report, filed, submission_of, write_all

pytestmark = pytest.mark.django_db


@pytest.fixture
def period(programme):
    return Period.objects.select_related("programme__lead_agency").get(code="2009-H1")


def activity(report, ordinal):
    return next(part for section in report["sections"] for part in section["activities"] if part["ordinal"] == ordinal)


def accept(submission, user):
    review.accept(submission=submission, by=user("coordinator"))
    return submission


def accepted(agency, user, period="2009-H1", **entry):
    return accept(filed(agency, user(f"reporter.{agency.removeprefix('akimat-')}"), period, **entry), user)


def count(submission, user, ordinal, *values):
    """Let the agency's entry on an activity count so much."""
    owed = next(item for item in owed_activities(submission) if item.activity.ordinal == ordinal)
    entry = owed.entry
    filing.save_entry(
        submission=submission, activity=owed.activity, by=user("reporter.akt"), version=entry.version,
        values={"status": entry.status, "narrative": entry.narrative, "reason": entry.reason, "next_step": ""},
        spending={line.line.pk: line.spent for line in owed.lines},
        indicators={item.indicator.pk: value for item, value in zip(owed.indicators, values, strict=True)},
    )  # fmt: skip


def outcomes(report, ordinal):
    return [(day["date"], day["outcome"]) for day in activity(report, ordinal)["deadlines"]]


# Indicators


def test_indicators_count_from_the_start_of_the_stage_and_by_region(period, user):
    for code, values in (("2008-H2", (1, 40)), ("2009-H1", (2, 55))):
        submission = submission_of("akimat-akt", code)
        write_all(submission, user("reporter.akt"))
        count(submission, user, 14, *values)
        file_report(submission, user("reporter.akt"))
        submission.refresh_from_db()
        accept(submission, user)
    first, second = activity(consolidate(period), 14)["indicators"]
    assert (first["half_year"], first["total"], first["target"], first["baseline"]) == (2, 3, 3, 101)
    assert (second["half_year"], second["total"], second["target"]) == (55, 95, 520)
    assert second["regions"] == [{"region": "KZ-AKT", "half_year": 55, "total": 95}]


def test_only_indicators_of_the_stage_are_there(period):
    assert [one["code"] for one in activity(consolidate(period), 14)["indicators"]] == [
        "correctional-institutions-1", "correctional-children-1",
    ]  # fmt: skip


def test_results_carry_both_printed_targets(period):
    results = consolidate(period)["results"]
    rehabilitation = next(one for one in results if (one["stage"], one["ordinal"]) == (1, 9))
    children = next(one for one in rehabilitation["targets"] if one["quantity"] == "children")
    assert (children["value"], children["passport_value"]) == ("450", "250")
    assert len(results) == 26


# Deadlines


def test_a_date_of_completion_is_missed_or_still_ahead_while_bodies_are_not_done(period):
    for agency in ("moes", "moh", "mia", "mlsp"):
        assert agency in activity(consolidate(period), 1)["missing"]
    assert outcomes(consolidate(period), 1) == [("2008-09-30", "missed")]
    assert outcomes(consolidate(period), 6) == [("2009-07-20", "ahead")]


def test_what_is_done_in_the_half_year_of_its_date_is_in_time(programme, user):
    """Row 40 falls due on 20 January 2008 and concerns БҒМ alone."""
    early = Period.objects.select_related("programme__lead_agency").get(code="2008-H1")
    with at(2008, 7, 5, 12):
        accepted_by_other("moes", user, "2008-H1")
        assert outcomes(consolidate(early), 40) == [("2008-01-20", "met")]


def accepted_by_other(agency, user, code):
    submission = filed(agency, user(f"reporter.{agency}"), code, status="done")
    review.accept(submission=submission, by=user("coordinator2"))


def test_done_in_a_later_half_year_is_late(period, user):
    with at(2009, 7, 6, 12):
        accepted_by_other("moes", user, "2009-H1")
        assert outcomes(consolidate(period), 40) == [("2008-01-20", "late")]


def test_a_date_before_the_decree_counts_from_the_decree(period):
    day = activity(consolidate(period), 12)["deadlines"][0]
    assert (day["date"], day["counts_from"]) == ("2007-09-30", "2007-12-21")


def test_a_reporting_date_is_met_by_the_filing_of_every_body(programme, user):
    """Row 16 asks БҒМ and ДСМ for a report to the Government by 20 July, row 33 all akimats for one by 10 July."""
    period = Period.objects.select_related("programme__lead_agency").get(code="2009-H1")
    assert outcomes(consolidate(period), 33) == [("2009-07-10", "ahead")]
    with at(2009, 7, 11, 9):
        assert outcomes(consolidate(period), 33) == [("2009-07-10", "missed")]


# Regions


def test_money_of_an_activity_stands_by_region(period, user):
    accepted("akimat-akt", user, spent="3.125")
    rows = {row["region"]: row for row in activity(consolidate(period), 14)["regions"]}
    assert rows["KZ-AKT"]["spent_half_year"] == rows["KZ-AKT"]["spent"] == "3.125"
    assert sum(Decimal(row["planned"]) for row in rows.values()) == Decimal("2484.747")


def test_regions_without_a_line_stand_with_zeros(period):
    akmola = next(row for row in consolidate(period)["regions"] if row["region"] == "KZ-AKM")
    assert (akmola["spent_half_year"], len(consolidate(period)["regions"])) == ("0.000", 16)


# Differences


def test_the_half_year_before_is_compared(period, user):
    accepted("akimat-akt", user, "2008-H2", spent="20.000")
    accepted("akimat-akt", user, spent="3.125")
    accepted("moh", user)
    previous = consolidate(period)["previous"]
    assert (previous["period"], previous["sha256"], previous["entries"]) == ("2008-H2", None, [])
    assert {"activity": 19, "before": "no_information", "now": "in_progress"} in previous["activities"]
    money = {(row["source"], row["year"]): row for row in previous["money"]}
    assert money["local", 2008]["half_year_before"] == "60.000"
    assert money["local", 2008]["half_year"] == "0.000"
    assert money["local", 2009]["half_year"] == "12.500"


def test_the_first_half_year_has_none_before(programme):
    first = Period.objects.select_related("programme__lead_agency").get(code="2007-H2")
    assert consolidate(first)["previous"] is None


def test_a_report_does_not_differ_from_itself_on_another_day(period, user):
    accepted("akimat-akt", user)
    before = consolidate(period)
    with at(2009, 8, 1, 12):
        found = differences(before, consolidate(period))
    # The bodies that have not filed have become overdue, and that is all.
    assert {change["now"]["timing"] for change in found["filings"]} == {"overdue"}
    assert not any(found[name] for name in ("activities", "money", "indicators", "entries"))
    with at(2009, 8, 2, 12):
        first = consolidate(period)
    with at(2009, 8, 9, 12):
        assert is_empty(differences(first, consolidate(period)))


def test_a_new_filing_of_a_body_shows_where_it_says_something_else(period, user):
    submission = accepted("akimat-akt", user)
    before = consolidate(period)
    review.reopen(submission=submission, by=user("coordinator"), reason="Толықтыру қажет")
    submission.refresh_from_db()
    write_all(submission, user("reporter.akt"), narrative="Жаңа мәтін", spent="1.000")
    file_report(submission, user("reporter.akt"))
    submission.refresh_from_db()
    accept(submission, user)
    found = differences(before, consolidate(period))
    assert {change["agency"] for change in found["entries"]} == {"akimat-akt"}
    assert found["money"][0]["half_year"] == "4.000"
    assert [change["now"]["receipt"].rsplit("-", 2)[-2] for change in found["filings"]] == ["02"]


def test_copies_are_those_that_the_structure_is_built_from(period, user):
    submission = accepted("akimat-akt", user)
    filed("akimat-kus", user("reporter.kus"))
    report, copies = build(period)
    assert [copy.submission for copy in copies] == [submission]
    assert {filing["receipt"] for filing in report["filings"]} == {None, copies[0].receipt}


def test_the_day_it_is_compiled_is_the_programmes_own(period):
    with at(2009, 7, 19, 23, 59):
        assert consolidate(period)["compiled_on"] == datetime.date(2009, 7, 19).isoformat()
