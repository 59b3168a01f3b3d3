"""Every number of the consolidated report opens to the entries behind it, and their total is the number."""

import datetime
from decimal import Decimal

import pytest
from django.contrib.messages import get_messages
from django.urls import reverse

from budget.models import BudgetLine, Clarification
from programme.models import LegalAct
from programme.money import format_money
from reports import review
from reports.canonical import canonical_json, sha256_of
from reports.consolidation import building, tracing
from reports.consolidation.tracing import REPUBLICAN, Measure, behind
from reports.models import ConsolidatedReport, Period, SubmissionCopy

from .scenes import at, file_report, filed, submission_of, write_all

SLUG = "children-2007-2011"


@pytest.fixture
def period(programme):
    return Period.objects.select_related("programme__lead_agency").get(code="2009-H1")


@pytest.fixture
def accepted(user):
    def accept(agency, period="2009-H1", **entry):
        submission = filed(agency, user(f"reporter.{agency.removeprefix('akimat-')}"), period, **entry)
        review.accept(submission=submission, by=user("coordinator"))
        return submission

    return accept


def address(query: str, code="2009-H1") -> str:
    return reverse("behind", args=[SLUG, code]) + f"?{query}"


def freeze(period, user) -> ConsolidatedReport:
    report, copies = building.build(period)
    content = canonical_json(report)
    frozen = ConsolidatedReport.objects.create(
        period=period,
        content=content,
        sha256=sha256_of(content),
        finalised_at=datetime.datetime(2009, 7, 6, 8, tzinfo=datetime.UTC),
        finalised_by=user("coordinator2"),
    )
    frozen.copies.set(copies)
    return frozen


# The query


def test_the_query_is_sorted_and_leaves_out_what_is_not_asked():
    query = behind(Measure.PLANNED, year=2009, source="local", region=None, activity=14)
    assert query == "activity=14&measure=planned&source=local&year=2009"


@pytest.mark.parametrize(
    ("measure", "where"),
    [
        (Measure.PLANNED, {"agency": "moes"}),
        (Measure.SPENT_YEAR, {"year": 2009}),
        (Measure.STATE, {"activity": 14}),
        (Measure.INDICATOR, {"activity": 14}),
        (Measure.FILING, {"anything": 1}),
    ],
)
def test_a_filter_that_makes_no_sense_is_a_mistake_of_the_caller(measure, where):
    with pytest.raises(ValueError, match=measure.value):
        behind(measure, **where)


# The page


def test_spending_leads_to_the_body_the_field_and_the_copy(accepted, browse):
    submission = accepted("akimat-akt", spent="2.500")
    copy = SubmissionCopy.objects.get(submission=submission)
    query = behind(Measure.SPENT_HALF_YEAR, activity=14, region="KZ-AKT", year=2009)
    page = browse("analyst").get(address(query))
    row = page.context["rows"][0]
    assert (row.agency, row.period, row.ordinal, row.value) == ("Akimat of Aktobe oblast", "2009-H1", 14, "2.500")
    assert row.name == "Aktobe oblast, local budgets, 2009"
    assert page.context["total"] == "2.500 million tenge"
    text = page.content.decode()
    assert f"{reverse('submission', args=[submission.pk])}#activity-14" in text
    assert copy.receipt in text
    assert copy.sha256[:12] in text


def test_spending_since_the_start_takes_earlier_half_years_and_of_the_half_year_does_not(accepted, period, browse):
    with at(2009, 1, 8, 12):
        accepted("akimat-akt", "2008-H2", spent="1.000")
    accepted("akimat-akt", spent="2.000")
    report, copies = building.build(period)

    def total(measure, **where):
        return tracing.trace(report, copies, [], tracing.Where(measure, **where)).total

    half_year = total(Measure.SPENT_HALF_YEAR)
    since_2008 = total(Measure.SPENT, year=2008)
    assert half_year > 0 < since_2008
    assert total(Measure.SPENT) == half_year + since_2008
    assert total(Measure.SPENT_YEAR) == total(Measure.SPENT, year=2009) == half_year
    assert total(Measure.SPENT, region=REPUBLICAN) == 0
    assert total(Measure.SPENT, region="KZ-AKT") == total(Measure.SPENT, agency="akimat-akt") == total(Measure.SPENT)
    assert total(Measure.SPENT, region="KZ-KUS") == total(Measure.SPENT, source="republican") == 0


def test_planned_leads_to_the_lines_with_what_clarified_them(programme, period, browse):
    line = BudgetLine.objects.filter(activity__ordinal=14, year=2009).first()
    act = LegalAct.objects.create(programme=programme, number="1", date="2009-01-09", kind="amends")
    Clarification.objects.create(line=line, amount="7.125", act=act, effective_on="2009-01-10")
    Clarification.objects.create(line=line, amount="9.000", act=act, effective_on="2009-07-01")
    query = behind(Measure.PLANNED, activity=14, region=line.region.code, year=2009)
    page = browse("analyst").get(address(query))
    (row,) = page.context["found"].lines
    assert (row.line, row.in_force) == (line, Decimal("7.125"))
    text = page.content.decode()
    assert format_money(line.amount) in text
    assert "7.125" in text
    assert "9.000" in text
    assert reverse("activity", args=[SLUG, 14]) in text


def test_activities_of_a_state_come_with_what_each_body_says(accepted, browse):
    accepted("akimat-akt", status="no_data")
    page = browse("coordinator").get(address(behind(Measure.STATE, state="nothing_to_report")))
    rows = page.context["rows"]
    owed = len({row.ordinal for row in rows})
    assert page.context["found"].total == owed > 10
    said = [row for row in rows if row.copy]
    assert {(row.agency, row.value) for row in said} == {("Akimat of Aktobe oblast", "No data")}
    assert {row.value for row in rows if not row.copy} == {"No information received"}


def test_an_activity_that_nobody_is_obliged_to_report_on_has_a_row_of_its_own(programme, browse):
    page = browse("coordinator").get(address(behind(Measure.STATE, state="nobody_obliged")))
    assert [(row.agency, row.copy) for row in page.context["rows"]] == [("—", None)] * 2
    assert "2 activities" in page.content.decode()


def test_answers_and_silence_on_an_activity_make_up_all_obliged_bodies(accepted, programme, period):
    accepted("akimat-akt", status="in_progress")
    report, copies = building.build(period)

    def total(measure, **where):
        return tracing.trace(report, copies, [], tracing.Where(measure, activity=14, **where)).total

    assert total(Measure.ANSWER, status="in_progress") == total(Measure.ANSWER) == 1
    assert total(Measure.ANSWER, status="done") == total(Measure.ANSWER, region="KZ-KUS") == 0
    assert total(Measure.MISSING) == programme.activities.get(ordinal=14).responsibilities.count() - 1
    assert total(Measure.MISSING, region="KZ-AKT") == 0
    # Akimats alone are obliged to report on it.
    assert total(Measure.MISSING, region=REPUBLICAN) == 0
    assert total(Measure.MISSING, region="KZ-KUS") == total(Measure.MISSING, agency="akimat-kus") == 1


def test_what_was_done_before_leads_to_the_copy_that_said_so(accepted, browse):
    with at(2009, 1, 8, 12):
        earlier = accepted("akimat-akt", "2008-H2", status="done")
    page = browse("coordinator").get(address(behind(Measure.ANSWER, activity=14, status="done")))
    (row,) = page.context["rows"]
    assert (row.period, row.copy.submission_id) == ("2008-H2", earlier.pk)


def test_bodies_by_filing_lead_to_their_reports(accepted, browse):
    submission = accepted("akimat-akt")
    page = browse("analyst").get(address(behind(Measure.FILING, timing="on_time", state="accepted")))
    (filing,) = page.context["filings"]
    assert filing["submission"] == submission.pk
    assert reverse("submission", args=[submission.pk]) in page.content.decode()
    others = browse("analyst").get(address(behind(Measure.FILING, timing=tracing.NOT_FILED)))
    assert others.context["found"].total == len(others.context["filings"]) == 21


def test_indicators_lead_to_who_counted_them(accepted, period, browse):
    submission = submission_of("akimat-akt")
    accepted("akimat-akt")
    (part, indicator) = next(
        (part, part["indicators"][0])
        for section in building.consolidate(period)["sections"]
        for part in section["activities"]
        if part["indicators"] and any(entry["agency"] == "akimat-akt" for entry in part["entries"])
    )
    query = behind(Measure.INDICATOR, activity=part["ordinal"], indicator=indicator["code"])
    page = browse("analyst").get(address(query))
    assert [(row.copy.submission_id, row.name) for row in page.context["rows"]] == [
        (submission.pk, indicator["title"]["en"])
    ]


def test_a_number_behind_which_nothing_stands_says_so(programme, browse):
    page = browse("analyst").get(address(behind(Measure.SPENT)))
    assert "Nothing stands behind this number" in page.content.decode()


# A frozen report


def test_a_frozen_report_shows_the_copies_that_it_pins(accepted, period, user, browse):
    submission = accepted("akimat-akt", spent="2.500")
    first = SubmissionCopy.objects.get(submission=submission)
    freeze(period, user)
    review.reopen(submission=submission, by=user("coordinator"), reason="Соманы түзету қажет")
    submission.refresh_from_db()
    write_all(submission, user("reporter.akt"), spent="9.000")
    file_report(submission, user("reporter.akt"))
    submission.refresh_from_db()
    review.accept(submission=submission, by=user("coordinator"))
    query = behind(Measure.SPENT, activity=14)
    frozen = browse("analyst").get(address(f"{query}&number=1"))
    live = browse("analyst").get(address(query))
    assert (frozen.context["total"], live.context["total"]) == ("2.500 million tenge", "9.000 million tenge")
    assert [row.copy for row in frozen.context["rows"]] == [first]
    assert first not in [row.copy for row in live.context["rows"]]


def test_a_plan_that_was_clarified_after_the_report_is_said_to_be(programme, accepted, period, user, browse):
    accepted("akimat-akt")
    freeze(period, user)
    line = BudgetLine.objects.filter(activity__ordinal=14, year=2009).first()
    queries = [
        behind(Measure.PLANNED, activity=14, year=2009) + "&number=1",
        behind(Measure.PLANNED, region=line.region.code, year=2009) + "&number=1",
    ]
    warning = "the plan was clarified after it was finalised"
    for query in queries:
        assert warning not in browse("analyst").get(address(query)).content.decode()
    act = LegalAct.objects.create(programme=programme, number="1", date="2009-01-09", kind="amends")
    Clarification.objects.create(line=line, amount=line.amount + 1, act=act, effective_on="2009-01-10")
    for query in queries:
        assert warning in browse("analyst").get(address(query)).content.decode()


# Bad addresses, cost


@pytest.mark.parametrize(
    "query",
    [
        "",
        "measure=profit",
        "measure=planned&region=KZ-XXX",
        "measure=planned&activity=99",
        "measure=planned&activity=%C2%B2",
        "measure=planned&year=MMIX",
        f"measure=planned&year={'9' * 5000}",
        "measure=planned&agency=moes",
        "measure=planned&colour=red",
        "measure=spent&agency=nobody",
        "measure=state&state=submitted",
        "measure=filing&state=delayed",
        "measure=filing&timing=never",
        "measure=indicator&activity=14",
        "measure=indicator&indicator=opened",
        "measure=indicator&activity=1&indicator=no-such",
        "measure=answer&status=late",
    ],
)
@pytest.mark.parametrize("language", ["kk", "en"])
def test_an_address_that_asks_for_no_number_is_told_so(programme, browse, query, language):
    page = browse("analyst", language).get(address(query))
    assert page.status_code == 400
    assert page.context["form"].errors
    assert 'role="alert"' in page.content.decode()


@pytest.mark.parametrize("number", ["2", "0", "-1", "x", "", "²", "9" * 30, "9" * 5000])
def test_a_report_that_does_not_exist_is_not_found(programme, accepted, period, user, browse, number):
    accepted("akimat-akt")
    freeze(period, user)
    assert browse("analyst").get(address(f"measure=spent&number={number}")).status_code == 404


def test_there_is_nothing_behind_a_half_year_that_has_not_ended(programme, browse):
    page = browse("analyst").get(address("measure=spent", "2009-H2"))
    assert page.status_code == 302
    assert [str(message) for message in get_messages(page.wsgi_request)] == ["The half-year has not ended yet."]


def test_only_those_who_read_everything_may_look(accepted, browse):
    accepted("akimat-akt", narrative="Басқаның мәтіні")
    page = browse("reporter.kus").get(address(behind(Measure.ANSWER, activity=14)))
    assert page.status_code == 403


@pytest.mark.parametrize("bodies", [["akimat-akt"], ["akimat-akt", "akimat-kus", "moh"]])
@pytest.mark.parametrize(
    ("query", "count"),
    [("measure=spent&number=1", 7), ("measure=planned&number=1", 9), ("measure=filing&number=1", 8)],
)
def test_a_frozen_number_costs_a_fixed_number_of_queries(
    accepted, period, user, browse, django_assert_num_queries, bodies, query, count
):
    for agency in bodies:
        accepted(agency, spent="1.000")
    freeze(period, user)
    browser = browse("analyst")
    with django_assert_num_queries(count):
        browser.get(address(query))


@pytest.mark.parametrize("bodies", [["akimat-akt"], ["akimat-akt", "akimat-kus", "moh"]])
def test_a_live_number_costs_a_fixed_number_of_queries(accepted, browse, django_assert_num_queries, bodies):
    for agency in bodies:
        accepted(agency, spent="1.000")
    browser = browse("analyst")
    with django_assert_num_queries(24):
        browser.get(address("measure=spent"))
