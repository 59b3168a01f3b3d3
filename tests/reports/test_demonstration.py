"""The demonstration: every state, every mark, and nothing that was entered lost."""

import datetime
from collections import Counter
from urllib.parse import parse_qsl

import pytest
from django.db import transaction
from django.utils import translation

from accounts.models import User
from budget.models import BudgetLine
from programme import calendar
from programme.models import Programme
from programme.money import parse_money
from reports.consolidation import building, structure, tracing
from reports.consolidation.finalising import finalised_on
from reports.consolidation.tracing import Measure
from reports.demonstration import Demonstration
from reports.documents.blocks import Cell, Plan, Table, Voices
from reports.documents.outline import outline
from reports.documents.wording import Wording
from reports.forms.tracing import BehindForm
from reports.models import ConsolidatedReport, Dispatch, Entry, Period, ReportEvent, Submission, SubmissionEvent
from reports.timeliness import timeliness

from ..conftest import ALMATY
from .scenes import at, submission_of

pytestmark = pytest.mark.xdist_group("demonstration")
DAY = datetime.date(2009, 7, 6)


@pytest.fixture(scope="module")
def filled(django_db_setup, django_db_blocker):
    """The demonstration, for the whole module; each test has a transaction of its own within this one."""
    with django_db_blocker.unblock(), transaction.atomic():
        with calendar.pretend(datetime.datetime(2009, 7, 6, 12, 0, tzinfo=ALMATY)):
            Demonstration(Programme.objects.get(slug="children-2007-2011"), DAY).fill()
        yield
        transaction.set_rollback(True)


@pytest.fixture
def demonstration(filled, db):
    pass


def standing(code):
    with at(2009, 7, 6, 12):
        return Counter(
            (submission.state, timeliness(submission).timing.value)
            for submission in Submission.objects.with_context().filter(period__code=code)
        )


def numbers(report):
    """All cells that open, with the name of their table."""
    for part in outline(report, "kk").parts:
        for block in part.blocks:
            if isinstance(block, Table):
                yield from ((block.name, cell) for row in block.rows for cell in row.cells if cell.behind)
            if isinstance(block, Plan):
                for line in (line for row in block.rows for line in row.money):
                    yield from (("plan", cell) for cell in (line.planned, line.spent_half_year, line.spent))
                for figure in (figure for row in block.rows for figure in row.counts):
                    yield "counts", Cell(int(figure.text.rsplit(": ", 1)[1]), figure.text, True, figure.behind)
            if isinstance(block, Voices):
                for figure in (answer.spent for voice in block.voices for answer in voice.answers if answer.spent.text):
                    yield "voices", Cell(parse_money(figure.text), figure.text, True, figure.behind)


def check_numbers(report, copies, lines) -> Counter:
    """Traces all numbers of the report; returns how many there are of each measure."""
    with translation.override("kk"):
        words = Wording(report, "kk")
        found = Counter()
        for table, cell in numbers(report):
            form = BehindForm(dict(parse_qsl(cell.behind)), report=report, words=words)
            assert form.is_valid(), (table, cell, form.errors)
            assert tracing.trace(report, copies, lines, form.where).total == cell.value, (table, cell)
            found[form.where.measure] += 1
    return found


@pytest.mark.usefixtures("demonstration")
def test_past_half_years_are_filed_accepted_and_consolidated_but_for_one_body():
    assert standing("2008-H1") == {("accepted", "on_time"): 19, ("accepted", "late"): 2, ("draft", "overdue"): 1}
    assert standing("2008-H2") == {("accepted", "on_time"): 18, ("accepted", "late"): 3, ("draft", "overdue"): 1}
    reports = ConsolidatedReport.objects.order_by("period__starts_on")
    assert [report.period.code for report in reports] == ["2007-H2", "2008-H1", "2008-H2"]
    assert [report.copies.filter(submission__period=report.period).count() for report in reports] == [21, 21, 21]
    assert all(report.data["demonstration"] for report in reports)


@pytest.mark.usefixtures("demonstration")
def test_past_reports_were_handed_over_finalised_by_another_and_sent_on_the_last_day():
    for report in ConsolidatedReport.objects.select_related("period__programme", "dispatch"):
        first, second, third = report.period.report_events.select_related("by")
        assert [first.action, second.action, third.action] == ["proposed", "finalised", "sent"]
        assert [str(event.by) for event in (first, second, third)] == ["coordinator", "coordinator2", "coordinator"]
        assert first.at < second.at < third.at
        assert report.dispatch.dated == report.period.consolidated_due == finalised_on(report)
        assert report.dispatch.days_late == 0
        assert report.dispatch.addressee == "Қазақстан Республикасының Үкіметіне"
    numbers = set(Dispatch.objects.values_list("number", flat=True))
    assert len(numbers) == 3
    assert all(number.startswith("12-3/") for number in numbers)


@pytest.mark.usefixtures("demonstration")
def test_the_current_half_year_is_in_every_state():
    assert {state for state, _timing in standing("2009-H1")} == set(Submission.State.values)
    assert standing("2009-H2") == {("draft", "not_yet_due"): 22}


@pytest.mark.usefixtures("demonstration")
def test_nothing_happens_after_the_day_it_pretends_to_be():
    end = datetime.datetime(2009, 7, 6, 23, 59, tzinfo=datetime.UTC)
    assert not SubmissionEvent.objects.filter(at__gt=end).exists()
    assert not ReportEvent.objects.filter(at__gt=end).exists()
    assert not Entry.objects.filter(updated_at__gt=end).exists()


@pytest.mark.usefixtures("demonstration")
def test_texts_are_kazakh_and_russian_with_their_counts_filled_in():
    narratives = list(Entry.objects.exclude(narrative="").values_list("narrative", flat=True))
    assert not [text for text in narratives if "{" in text]
    assert any("ө" in text or "қ" in text for text in narratives)
    assert any("ы" in text and not set("әғқңөұүһі") & set(text) for text in narratives)


@pytest.mark.usefixtures("demonstration")
def test_the_reporter_of_aktobe_can_finish_and_file(browse):
    page = browse("reporter.akt").get("/")
    assert page.context["owed"]
    assert 0 < page.context["complete"] < len(page.context["owed"])


@pytest.mark.usefixtures("demonstration")
def test_running_again_keeps_what_was_entered(programme):
    entry = Entry.objects.filter(submission=submission_of("akimat-akt")).first()
    Entry.objects.filter(pk=entry.pk).update(narrative="Өз қолыммен жаздым")
    user = User.objects.get(username="reporter.zap")
    user.set_password("my own")
    user.save()
    before = (Entry.objects.count(), User.objects.count(), ConsolidatedReport.objects.count())
    assert Demonstration(programme, DAY).fill() is False
    assert (Entry.objects.count(), User.objects.count(), ConsolidatedReport.objects.count()) == before
    entry.refresh_from_db()
    assert entry.narrative == "Өз қолыммен жаздым"
    assert User.objects.get(username="reporter.zap").check_password("my own")


@pytest.mark.usefixtures("demonstration")
def test_every_number_of_the_reports_is_the_total_behind_it():
    """Of the frozen report on 2008-H2, from the copies that it pins, and of the live one on 2009-H1."""
    lines = list(BudgetLine.objects.with_clarifications().select_related("activity", "region"))
    frozen = ConsolidatedReport.objects.get(period__code="2008-H2", number=1)
    copies = list(frozen.copies.select_related("submission__agency__region", "submission__period"))
    found = check_numbers(structure.read(frozen.data), copies, lines)
    money = {Measure.PLANNED, Measure.SPENT_HALF_YEAR, Measure.SPENT}
    assert money | {Measure.STATE, Measure.INDICATOR, Measure.INDICATOR_HALF_YEAR} <= set(found)
    assert min(found.values()) > 3
    assert sum(found.values()) > 250
    period = Period.objects.select_related("programme__lead_agency").get(code="2009-H1")
    assert set(check_numbers(*building.build(period), lines)) == set(found)
