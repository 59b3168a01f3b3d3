"""The rules an entry is checked by: each fires on its case, names its field, and falls silent when it is mended."""

import datetime
from decimal import Decimal

import pytest

from activities.models import Indicator
from budget.models import BudgetLine
from reports import filing, review
from reports.duty import owed_activity
from reports.models import Rule
from reports.transitions import Refused

from .scenes import filed, submission_of, write_all

pytestmark = pytest.mark.django_db
DAY = datetime.date(2009, 6, 20)
DOCUMENT = {"completed_on": DAY, "document_kind": "decision", "document_number": "17", "document_date": DAY}
REPORTED = {"status": "in_progress", "narrative": "Жұмыс жүрді.", "reason": "", "next_step": ""}


def save(user, ordinal, *, agency="akimat-akt", spent=None, counted=None, period="2009-H1", **values):
    """Write one entry and return what is owed then."""
    submission = submission_of(agency, period)
    owed = owed_activity(submission, ordinal)
    filing.save_entry(
        submission=submission,
        activity=owed.activity,
        by=user("reporter.akt"),
        version=owed.entry.version if owed.entry else 0,
        values=REPORTED | values,
        spending={line.line.pk: spent for line in owed.lines},
        indicators={item.indicator.pk: counted for item in owed.indicators},
    )
    return owed_activity(submission, ordinal)


def found(owed):
    return {(problem.rule, problem.field) for problem in owed.problems}


def test_completion_form_asks_for_date_and_document_when_done(user):
    figures = {"spent": Decimal(0), "counted": 0}
    owed = save(user, 35, status="done", **figures)
    assert found(owed) == {
        (Rule.COMPLETION_DATE_MISSING, "completed_on"),
        (Rule.DOCUMENT_MISSING, "document_kind"),
    }
    owed = save(user, 35, status="done", completed_on=DAY, document_kind="decision", **figures)
    assert found(owed) == {
        (Rule.DOCUMENT_MISSING, "document_number"),
        (Rule.DOCUMENT_MISSING, "document_date"),
    }
    assert found(save(user, 35, status="done", **DOCUMENT, **figures)) == set()


def test_a_completion_form_that_is_the_report_itself_asks_for_no_document(user):
    assert found(save(user, 17, status="done")) == set()


def test_of_several_bodies_the_lead_compiler_names_the_document(user, programme):
    lead = owed_activity(submission_of("moes"), 1)
    other = owed_activity(submission_of("moh"), 1)
    assert (lead.document, other.document) == ("proposals", None)


@pytest.mark.parametrize("name", ["completed_on", "document_date"])
def test_a_date_that_has_not_come_yet_blocks(user, name):
    tomorrow = datetime.date(2009, 7, 7)
    figures = {"spent": Decimal(0), "counted": 0}
    owed = save(user, 35, status="done", **DOCUMENT | {name: tomorrow}, **figures)
    assert found(owed) == {(Rule.FUTURE_DATE, name)}
    today = tomorrow - datetime.timedelta(days=1)
    assert found(save(user, 35, status="done", **DOCUMENT | {name: today}, **figures)) == set()


def test_done_before_the_half_year_began_asks_for_the_reason(user):
    early = {"completed_on": datetime.date(2008, 12, 31)}
    assert found(save(user, 17, status="done", **early)) == {(Rule.DONE_BEFORE_START, "reason")}
    explained = save(user, 17, status="done", reason="Құжат кеш келді.", **early)
    assert found(explained) == set()
    assert [warning.rule for warning in explained.warnings] == [Rule.DONE_BEFORE_START]


def test_an_indicator_needs_a_number(user):
    owed = save(user, 14, spent=Decimal(1))
    fields = {f"indicator_{item.indicator.pk}" for item in owed.indicators}
    assert len(fields) == 2
    assert found(owed) == {(Rule.INDICATOR_MISSING, field) for field in fields}
    assert found(save(user, 14, spent=Decimal(1), counted=0)) == set()


def test_spending_on_a_line_of_another_body_blocks_until_it_is_cleared(user):
    foreign = BudgetLine.objects.filter(activity__ordinal=14, year=2009).exclude(region__code="KZ-AKT").first()
    owed = save(user, 14, spent=Decimal(1), counted=0)
    owed.entry.spending.create(line=foreign, amount=Decimal(5))
    owed = owed_activity(submission_of("akimat-akt"), 14)
    assert found(owed) == {(Rule.SPENDING_WITHOUT_LINE, f"spent_{foreign.pk}")}
    assert found(save(user, 14, spent=None, counted=0)) == {
        (Rule.SPENDING_MISSING, f"spent_{line.line.pk}") for line in owed.lines if line.is_own
    }


def test_spending_although_there_is_nothing_to_report_blocks(user):
    owed = save(user, 14, status="no_data", reason="Дерек жоқ", spent=Decimal(3))
    assert {rule for rule, _field in found(owed)} == {Rule.SPENDING_ON_NOTHING}
    assert found(save(user, 14, status="no_data", reason="Дерек жоқ", spent=Decimal(0))) == set()


@pytest.mark.parametrize(
    ("last", "now", "asked"),
    [
        ("10.000", "49.999", False),
        ("10.000", "50.000", True),
        ("10.000", "2.000", True),
        ("10.000", "2.001", False),
        ("0.100", "0.900", False),
        ("0.000", "90.000", False),
    ],
)
def test_a_value_far_from_the_last_one_asks_for_the_reason(user, last, now, asked):
    filed("akimat-akt", user("reporter.akt"), "2009-H1", spent=last)
    owed = save(user, 14, period="2009-H2", spent=Decimal(now), counted=0)
    assert (Rule.FAR_FROM_LAST in {rule for rule, _field in found(owed)}) is asked


def test_a_waived_rule_does_not_block_the_next_filing_and_stays_with_it(user):
    submission = submission_of("akimat-akt")
    write_all(submission, user("reporter.akt"))
    owed = save(user, 18, narrative="")
    assert found(owed) == {(Rule.NARRATIVE_MISSING, "narrative")}
    waive = {"submission": submission, "activity": owed.activity, "rule": Rule.NARRATIVE_MISSING}
    with pytest.raises(Refused):
        review.waive(by=user("reporter.akt"), reason="Мәтін жоқ", **waive)
    review.waive(by=user("coordinator"), reason="Мәтін қағазда келді", **waive)
    copy = filing.submit(submission=submission, by=user("signatory.akt"))
    assert [(row["activity"], row["rule"], row["by"]) for row in copy.data["waivers"]] == [
        (18, "narrative_missing", "coordinator")
    ]
    review.return_for_rework(submission=submission, by=user("coordinator"), reason="Енді мәтін керек")
    assert found(owed_activity(submission_of("akimat-akt"), 18)) == {(Rule.NARRATIVE_MISSING, "narrative")}


def test_indicators_are_those_of_section_7_and_of_the_stage(programme):
    for indicator in Indicator.objects.select_related("result", "stage").prefetch_related("result__targets"):
        quantity = ("institutions",) if indicator.ordinal == 1 else ("children", "graduates")
        targets = [target.value for target in indicator.result.targets.all() if target.quantity in quantity]
        assert [indicator.target] == targets, indicator.code
    assert Indicator.objects.count() == 20
    owed = [owed_activity(submission_of("akimat-akt"), ordinal) for ordinal in (14, 17, 22)]
    assert [[item.indicator.stage.number for item in one.indicators] for one in owed] == [[1, 1], [], [1, 1]]
