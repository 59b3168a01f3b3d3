"""What the datasets hold: columns that stay, rows that one may see, words in the reader's language."""

import datetime
from decimal import Decimal

import pytest
from django.utils import translation

from accounts.models import User
from activities.models import Indicator
from analysis.datasets import DATASETS, Selection, dataset_table
from reports import filing, review
from reports.duty import owed_activities

from ..reports.scenes import at, file_report, filed, submission_of, write_all
from .dataset_rows import rows

pytestmark = pytest.mark.django_db

# What machines rely on: a name may come, none may go or change.
COLUMNS = {
    "activities": """programme activity activity_title section section_title printed_number completion_form document
        document_name responsible_text deadline_text cost_text funding funding_name first_due_on due_on lead agencies
        planned""",
    "responsibilities": """programme activity activity_title section section_title agency agency_name region
        region_name agency_kind role role_name by_agreement files_reports wording""",
    "deadlines": """programme activity activity_title section section_title due_on counts_from kind kind_name
        deadline_text completion_form responsible_text lead""",
    "budget-lines": """programme activity activity_title section section_title region region_name year source
        source_name source_printed printed in_force clarified clarified_by clarified_by_date clarified_from
        clarifications note place""",
    "entries": """programme period period_title agency agency_name region region_name activity activity_title section
        section_title state state_name status status_name narrative reason next_step completed_on document
        document_name document_number document_date spent updated_at demonstration""",
    "spending": """programme period period_title agency agency_name activity activity_title section section_title
        region region_name year source source_name state state_name planned in_force spent year_to_date cumulative
        demonstration""",
    "indicators": """programme period period_title agency agency_name region region_name activity activity_title
        section section_title state state_name indicator indicator_title unit stage value cumulative target share
        baseline demonstration""",
    "timeliness": """programme period period_title agency agency_name region region_name state state_name due_on
        extended_to timing timing_name days_late first_filed_at filings receipt demonstration""",
    "events": """programme period period_title agency agency_name region region_name at by action action_name
        from_state from_state_name to_state to_state_name reason receipt demonstration""",
}


def test_machine_names_stay_what_they_are():
    assert {name: " ".join(dataset.fields) for name, dataset in DATASETS.items()} == {
        name: " ".join(columns.split()) for name, columns in COLUMNS.items()
    }


def test_headings_are_in_the_readers_language_and_no_two_are_alike(user):
    with translation.override("ru"):
        russian = dataset_table(DATASETS["spending"], user("analyst"))
    assert "Регион" in russian.headings
    for dataset in DATASETS.values():
        headings = [str(column.heading) for column in dataset.fields.values()]
        assert len(set(headings)) == len(headings)


def test_the_heading_row_holds_machine_names_if_one_asks_for_them(user):
    table = dataset_table(DATASETS["events"], user("analyst"), "headings=names&columns=action&columns=period")
    assert table.headings == ["period", "action"]


def test_moments_are_in_the_portals_own_time(user):
    with at(2009, 7, 5, 23, 30):
        filed("akimat-akt", user("reporter.akt"))
    for name, column in (("timeliness", "first_filed_at"), ("events", "at"), ("entries", "updated_at")):
        found = rows(name, user("reporter.akt"), "period_from=2009-H1&period_to=2009-H1")
        assert found[0][column] == datetime.datetime.fromisoformat("2009-07-05T23:30"), name


def test_indicators_count_from_the_beginning_of_their_stage(user):
    indicator = Indicator.objects.filter(activity__responsibilities__agency__code="akimat-akt").exclude(target=None)[0]
    for day, period, value in (((2009, 1, 5), "2008-H2", 3), ((2009, 7, 6), "2009-H1", 4)):
        submission = submission_of("akimat-akt", period)
        with at(*day, 9):
            write_all(submission, user("reporter.akt"))
            owed = next(item for item in owed_activities(submission) if item.activity == indicator.activity)
            filing.save_entry(
                submission=submission, activity=owed.activity, by=user("reporter.akt"), version=owed.entry.version,
                values={}, spending={}, indicators={indicator.pk: value},
            )  # fmt: skip
            file_report(submission, user("reporter.akt"))
    found = [row for row in rows("indicators", user("analyst")) if row["indicator"] == indicator.code]
    assert [(row["period"], row["value"], row["cumulative"]) for row in found] == [
        ("2008-H2", 3, 3),
        ("2009-H1", 4, 7),
    ]
    assert found[1]["target"] == indicator.target
    assert found[1]["share"] == (Decimal(7) / indicator.target).quantize(Decimal("0.0001"))


def test_timeliness_says_what_the_pages_say(user):
    with at(2009, 7, 13, 9):
        filed("akimat-akt", user("reporter.akt"))
    review.extend(
        submission=submission_of("akimat-kus"), by=user("coordinator"), due_on=datetime.date(2009, 7, 20),
        reason="Су тасқыны", act="№ 5",
    )  # fmt: skip
    with at(2009, 7, 14, 9):
        stands = {
            row["agency"]: row for row in rows("timeliness", user("analyst"), "period_from=2009-H1&period_to=2009-H1")
        }
    assert (stands["akimat-akt"]["timing"], stands["akimat-akt"]["days_late"]) == ("late", 3)
    assert (stands["akimat-akt"]["filings"], stands["akimat-akt"]["receipt"][:8]) == (1, "2009-H1-")
    assert (stands["moh"]["timing"], stands["moh"]["days_late"], stands["moh"]["region"]) == ("overdue", 4, None)
    assert (stands["akimat-kus"]["due_on"], stands["akimat-kus"]["days_late"]) == (datetime.date(2009, 7, 20), None)
    assert stands["akimat-kus"]["timing"] == "open"


def test_events_say_who_did_what_and_why(user):
    User.objects.filter(username="coordinator").update(first_name="Айгүл", last_name="Серікова")
    submission = filed("akimat-akt", user("reporter.akt"))
    review.return_for_rework(submission=submission, by=user("coordinator"), reason="Толықтырыңыз")
    found = rows("events", user("analyst"))
    assert [(row["by"], row["action"], row["from_state"], row["to_state"], row["reason"]) for row in found] == [
        ("signatory.akt", "filed", "draft", "submitted", ""),
        ("Айгүл Серікова", "returned", "submitted", "returned", "Толықтырыңыз"),
    ]
    assert [row["action"] for row in rows("events", user("analyst"), "action=returned")] == ["returned"]


def test_the_plan_has_real_dates_printed_text_and_sums(user):
    plan = {row["activity"]: row for row in rows("activities", user("analyst"))}
    assert len(plan) == 43
    assert plan[14]["due_on"] == datetime.date(2009, 12, 31)
    assert plan[14]["deadline_text"] == "2009 жылғы IV тоқсан"
    assert plan[43]["printed_number"] is None
    lines = rows("budget-lines", user("analyst"))
    assert plan[30]["planned"] == sum(row["printed"] for row in lines if row["activity"] == 30)
    assert sum(row["printed"] for row in lines) == Decimal("5584.489")
    assert len(rows("responsibilities", user("analyst"), "role=lead")) == sum(
        bool(row["lead"]) for row in plan.values()
    )


def test_a_deadline_before_the_decree_counts_from_the_decree(user, programme):
    early = [row for row in rows("deadlines", user("analyst")) if row["due_on"] < programme.adopted_on]
    assert early
    assert {row["counts_from"] for row in early} == {programme.adopted_on}


def test_activities_are_found_by_agency_and_by_region(user):
    by_agency = {row["activity"] for row in rows("activities", user("analyst"), "agency=akimat-akt")}
    answered = {row["activity"] for row in rows("responsibilities", user("analyst"), "agency=akimat-akt")}
    assert by_agency == answered
    in_region = {row["activity"] for row in rows("activities", user("analyst"), "region=KZ-AKT")}
    assert in_region >= answered
    assert {row["activity"] for row in rows("deadlines", user("analyst"), "agency=akimat-akt")} <= answered


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("period_from=2009-H9", "period_from"),
        ("agency=akimat-xyz", "agency"),
        ("columns=password", "columns"),
        ("period_from=2009-H1&period_to=2008-H2", "period_to"),
        ("section=\x00", "section"),
    ],
)
def test_what_is_not_known_is_an_error_at_its_field(user, query, field):
    selection = Selection(DATASETS["entries"], user("analyst"), query)
    assert not selection.is_valid
    assert list(selection.form.errors) == [field]
    with pytest.raises(ValueError, match=field):
        dataset_table(DATASETS["entries"], user("analyst"), query)


def test_demonstration_data_is_marked_in_its_row(user):
    for username, demonstration in (("reporter.akt", True), ("reporter.kus", False)):
        reporter = user(username)
        User.objects.filter(agency=reporter.agency).update(is_demonstration=demonstration)
        reporter.refresh_from_db()
        filed(reporter.agency.code, reporter, spent="1.000")
    for name in ("timeliness", "entries", "spending", "indicators", "events"):
        for agency, is_made_up in (("akimat-akt", True), ("akimat-kus", False)):
            query = f"agency={agency}&period_from=2009-H1&period_to=2009-H1"
            assert {row["demonstration"] for row in rows(name, user("analyst"), query)} == {is_made_up}, name
            with translation.override("en"):
                about = dict(dataset_table(DATASETS[name], user("analyst"), query).about)
            assert about["Demonstration data"].startswith("yes" if is_made_up else "none")


# What the filters know (programmes, half-years, bodies, regions, sections), the count, demonstration, the rows, and
# what they point to beyond that: activities, lines, indicators, clarifications.
QUERIES = {
    "activities": 7, "responsibilities": 7, "deadlines": 7, "budget-lines": 7, "entries": 9, "spending": 11,
    "indicators": 10, "timeliness": 7, "events": 7,
}  # fmt: skip


def test_a_dataset_costs_the_same_queries_for_any_number_of_rows(user, django_assert_num_queries):
    reader = user("analyst")
    for agency in ("akimat-akt", "akimat-kus"):
        filed(agency, user(f"reporter.{agency[-3:]}"), spent="1.000")
        for name, dataset in DATASETS.items():
            with django_assert_num_queries(QUERIES[name]):
                list(dataset_table(dataset, reader).rows)
