"""How regions stand: only what was filed counts, no data is not zero, and the figures are those of the filed copies."""

import datetime
from collections import Counter
from dataclasses import dataclass
from decimal import Decimal

import pytest
from django.db import transaction
from django.utils import translation

from accounts.models import User
from analysis.figures.classes import classes_of, middle, ranks, short
from analysis.figures.regions import MEASURES, RegionFigures, region_figures, region_values
from analysis.writing import Kind
from budget.models import BudgetLine, Clarification
from programme.models import LegalAct, Programme
from reports import review
from reports.models import IndicatorValue, Period, Submission, SubmissionCopy

from ..reports.scenes import accepted, at, file_report, filed, submission_of, write_all

pytestmark = pytest.mark.django_db

AKT, KUS, YUZ = "KZ-AKT", "KZ-KUS", "KZ-YUZ"
INDICATOR = "rehabilitation-centres-1.22"


def until(code: str) -> Period:
    return Period.objects.select_related("programme").get(code=code)


def figures_of(code: str) -> RegionFigures:
    return region_figures(Programme.objects.get(), until(code))


def latest_copies(year: int) -> list[SubmissionCopy]:
    """Of the reports that stand as filed, on the half-years of a year."""
    submissions = Submission.objects.filter(state__in=Submission.FILED, period__year=year, agency__region__isnull=False)
    return [submission.copies.order_by("-number").first() for submission in submissions]


@dataclass
class Found:
    """The figures at several moments, and what the copies say beside them."""

    second_half: RegionFigures
    first_half: RegionFigures
    now: RegionFigures
    next_stage: RegionFigures
    returned: RegionFigures
    spent_in_copies: dict[str, Decimal]
    counted_in_copies: Counter
    printed: Decimal


@pytest.fixture(scope="module")
def found(django_db_setup, django_db_blocker) -> Found:
    """Aktobe was accepted for 2008-H2 and has a draft for 2009-H1; Kostanay filed 2008-H2 late, answering nothing."""
    with django_db_blocker.unblock(), transaction.atomic(), at(2009, 7, 6, 12):
        people = {one.username: one for one in User.objects.select_related("agency")}
        with at(2009, 1, 8, 9):
            akt = submission_of("akimat-akt", "2008-H2")
            write_all(akt, people["reporter.akt"], spent="1.250")
            IndicatorValue.objects.filter(entry__submission=akt, indicator__code="rehabilitation-centres-1").update(
                value=1
            )
            file_report(akt, people["reporter.akt"])
            review.accept(submission=akt, by=people["coordinator"])
        with at(2009, 1, 15, 9):
            filed("akimat-kus", people["reporter.kus"], "2008-H2", spent="0.500")
        write_all(submission_of("akimat-akt", "2009-H1"), people["reporter.akt"], spent="7.000", status="no_data")
        clarified = BudgetLine.objects.get(region__code=AKT, year=2008, activity__ordinal=22)
        act = LegalAct.objects.create(
            programme=Programme.objects.get(), kind="amends", number="7", date=datetime.date(2008, 6, 1)
        )
        Clarification.objects.create(
            line=clarified, amount=clarified.amount + 10, act=act, effective_on=datetime.date(2008, 8, 1)
        )
        copies = latest_copies(2008)
        spent, counted = Counter(), Counter()
        for copy in copies:
            for (_ordinal, region, year, _source), amount in copy.spending.items():
                spent[region] += amount if year == 2008 else 0
            for key, value in copy.indicator_values.items():
                counted[copy.submission.agency.region.code, key] += value
        kept = {
            "second_half": figures_of("2008-H2"),
            "first_half": figures_of("2008-H1"),
            "now": figures_of("2009-H1"),
            "next_stage": figures_of("2010-H1"),
        }
        review.return_for_rework(
            submission=submission_of("akimat-kus", "2008-H2"), by=people["coordinator"], reason="Толықтырыңыз"
        )
        result = Found(
            **kept,
            returned=figures_of("2008-H2"),
            spent_in_copies=dict(spent),
            counted_in_copies=counted,
            printed=sum(line.amount for line in BudgetLine.objects.filter(region__code=AKT, year=2008)),
        )
        transaction.set_rollback(True)
    return result


def test_every_region_has_every_measure(found):
    assert len(found.second_half.regions) == 16
    for values in found.second_half.values.values():
        assert values.keys() == found.second_half.measures.keys()
    assert [code for code in found.second_half.measures if code in MEASURES] == list(MEASURES)
    assert sum(bool(measure.indicator) for measure in found.second_half.measures.values()) == 10


def test_on_time_is_the_share_of_the_due_half_years_filed_by_their_day(found):
    values = found.second_half.values
    # Three half-years were due by 10 January 2009; Aktobe filed one of them in time, Kostanay one late.
    assert values[AKT]["on_time"] == Decimal("0.3333")
    assert values[KUS]["on_time"] == 0
    assert found.second_half.country["on_time"] == Decimal("0.0208")  # 1 of 48


def test_a_half_year_counts_once_its_day_has_passed_and_for_everybody_alike(user):
    with at(2007, 12, 31, 12):
        assert figures_of("2007-H2").values[AKT]["on_time"] is None
    filed("akimat-akt", user("reporter.akt"))
    assert figures_of("2009-H1").values[AKT]["on_time"] == 0
    with at(2009, 7, 11):
        assert figures_of("2009-H1").values[AKT]["on_time"] == Decimal("0.25")
        assert figures_of("2009-H1").values[KUS]["on_time"] == 0


def test_completeness_leaves_out_answers_without_data_and_knows_nothing_of_silent_bodies(found, user):
    assert found.second_half.values[AKT]["completeness"] == 1
    assert found.second_half.values[YUZ]["completeness"] is None
    # The two that filed owe 17 each, all sixteen 270.
    assert found.second_half.country["completeness"] == Decimal("0.1259")
    submission = submission_of("akimat-kus", "2008-H2")
    write_all(submission, user("reporter.kus"))
    answer = submission.entries.order_by("pk").first()
    answer.status, answer.reason = "no_data", "Есеп алынған жоқ"
    answer.save()
    answer.spending.all().delete()
    answer.indicator_values.all().delete()
    file_report(submission, user("reporter.kus"))
    assert figures_of("2008-H2").values[KUS]["completeness"] == Decimal("0.9412")  # 16 of 17


def test_money_is_what_the_filed_copies_say_of_what_is_in_force(found):
    values = found.second_half.values
    assert values[AKT]["planned"] == found.printed + 10
    assert values[AKT]["spent"] == found.spent_in_copies[AKT] == Decimal("3.750")
    assert values[KUS]["spent"] == found.spent_in_copies[KUS]
    assert values[AKT]["share_spent"] == (Decimal("3.750") / (found.printed + 10)).quantize(Decimal("0.0001"))
    assert found.second_half.country["spent"] == sum(found.spent_in_copies.values())


def test_a_clarified_amount_counts_from_its_day(found):
    assert found.first_half.values[AKT]["planned"] == found.printed


def test_no_data_is_never_zero(found):
    silent = found.second_half.values[YUZ]
    assert {code for code, value in silent.items() if value is None} == silent.keys() - {"on_time"}
    assert found.first_half.values[AKT]["spent"] is None
    assert found.first_half.country["spent"] is None


def test_a_draft_moves_no_figure(found):
    with_draft = found.now.values[AKT]
    assert (with_draft["completeness"], with_draft["spent"]) == (None, None)
    assert with_draft["spent_whole"] == Decimal("3.750")


def test_a_returned_report_no_longer_counts(found):
    assert found.second_half.values[KUS]["spent"] is not None
    assert found.returned.values[KUS]["spent"] is None
    assert found.returned.values[KUS]["completeness"] is None


def test_an_indicator_is_counted_from_the_beginning_of_its_stage(found):
    assert (
        found.second_half.values[AKT][INDICATOR] == found.counted_in_copies[AKT, (22, "rehabilitation-centres-1")] == 1
    )
    assert found.second_half.values[KUS][INDICATOR] == 0
    assert found.second_half.country[INDICATOR] == 1
    measure = found.second_half.measures[INDICATOR]
    assert measure.share_of_target(1) == measure.indicator.target == 1


def test_the_next_stage_has_its_own_indicators(found):
    assert INDICATOR not in found.next_stage.measures
    assert found.next_stage.values[AKT]["rehabilitation-centres-2.22"] is None


def test_only_what_was_accepted_is_done(user):
    with at(2009, 1, 5, 9):
        filed("akimat-kus", user("reporter.kus"), "2008-H2", status="done")
        accepted("akimat-akt", user, "2008-H2", status="done")
    values = region_values(Programme.objects.get(), until("2008-H2"))
    assert values[AKT]["done"] == 1
    assert values[KUS]["done"] is None
    # Nothing is owed any more in the next half-year.
    assert region_values(Programme.objects.get(), until("2009-H1"))[AKT]["completeness"] is None


def test_the_figures_cost_six_queries_whatever_was_filed(programme, user, django_assert_num_queries):
    period = until("2009-H1")
    for body in ("akt", "kus"):
        filed(f"akimat-{body}", user(f"reporter.{body}"))
        with django_assert_num_queries(6):
            region_figures(programme, period)


@pytest.fixture
def english():
    with translation.override("en"):
        yield


def money(*amounts: str) -> list[Decimal]:
    return [Decimal(amount) for amount in amounts]


def test_classes_of_shares_are_the_same_on_every_map(english):
    classes = classes_of([Decimal("0.24"), Decimal("0.25"), Decimal("0.9999"), Decimal(1), None], Kind.SHARE)
    assert classes.labels == ["under 25%", "25 to 50%", "50 to 75%", "75 to 100%", "100%"]
    assert [classes.of(Decimal(value)) for value in ("0.24", "0.25", "0.9999", "1")] == [0, 1, 3, 4]
    assert classes_of([Decimal("1.2")], Kind.SHARE).labels[-1] == "100% and more"


@pytest.mark.parametrize(
    "amounts",
    [
        money("0.061", "0.071", "10.5", "25", "46.7", "106", "194", "213", "554", "761", "1229.9"),
        money("0.059", "0.060", "0.061", "0.061", "0.061", "307.061"),
        money("0", "0", "0", "41"),
        money("5", "5", "5"),
    ],
)
def test_classes_of_amounts_have_rounded_bounds_and_none_is_empty(amounts):
    classes = classes_of(amounts, Kind.MONEY)
    assert {classes.of(amount) for amount in amounts} == set(range(len(classes.labels)))
    assert len(classes.labels) == len(classes.bounds) + 1 <= 5
    assert all(len(Decimal(bound).normalize().as_tuple().digits) == 1 for bound in classes.bounds)


def test_counts_are_told_in_whole_numbers(english):
    assert classes_of([0, 1, 1, 3, 12], Kind.INTEGER).labels == ["0", "1 to 2", "3 to 9", "10 and more"]


def test_without_any_value_there_is_no_class():
    classes = classes_of([None, None], Kind.SHARE)
    assert (classes.bounds, classes.labels, classes.of(None)) == ([], [], None)


def test_equal_values_share_a_rank_and_no_data_has_none():
    assert ranks({"a": 2, "b": 5, "c": 5, "d": None, "e": 0}) == {"b": 1, "c": 1, "a": 3, "e": 4}


def test_the_median_is_of_what_is_known():
    assert middle([None, 1, 2, 4]) == 2
    assert middle([1, 2]) == Decimal("1.5")
    assert middle([None]) is None


def test_a_figure_is_not_rounded_into_the_next_class(english):
    assert [short(Decimal(value), Kind.SHARE) for value in ("0.6667", "0.9999", "1")] == ["66.7%", "99.9%", "100%"]
    amounts = ("0.061", "9.96", "46.796", "199.6", "818.678")
    assert [short(Decimal(amount), Kind.MONEY) for amount in amounts] == ["0.061", "9.9", "46.8", "199", "819"]
