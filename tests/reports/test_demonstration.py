"""The demonstration: every state, every mark, and nothing that was entered lost."""

import datetime
from collections import Counter

import pytest
from django.core.management import CommandError, call_command
from django.db import transaction

from accounts.models import User
from reports.consolidation.building import consolidate
from reports.consolidation.finalising import finalised_on
from reports.demonstration import PASSWORD, Demonstration
from reports.models import ConsolidatedReport, Dispatch, Entry, Period, ReportEvent, Submission, SubmissionEvent
from reports.timeliness import timeliness

from .scenes import at, submission_of

DAY = datetime.date(2009, 7, 6)


@pytest.fixture
def demonstration(programme):
    Demonstration(programme, DAY).fill()


def standing(code):
    with at(2009, 7, 6, 12):
        return Counter(
            (submission.state, timeliness(submission).timing.value)
            for submission in Submission.objects.with_context().filter(period__code=code)
        )


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


def test_two_demonstrations_of_one_day_are_the_same(programme):
    hashes = []
    for _round in range(2):
        with transaction.atomic():
            Demonstration(programme, DAY).fill()
            hashes.append(list(ConsolidatedReport.objects.values_list("sha256", flat=True)))
            transaction.set_rollback(True)
    assert hashes[0] == hashes[1]
    assert len(hashes[0]) == 3


@pytest.mark.parametrize("day", ["2007-12-25", "2008-01-05", "2010-02-01", "2011-05-01"])
def test_any_day_of_the_programme_can_be_shown(programme, day):
    Demonstration(programme, datetime.date.fromisoformat(day)).fill()
    moment = datetime.datetime.fromisoformat(f"{day}T23:59+06:00")
    assert not SubmissionEvent.objects.filter(at__gt=moment).exists()
    with at(*moment.timetuple()[:3], 12):
        for period in Period.objects.select_related("programme__lead_agency").filter(ends_on__lt=moment.date()):
            if not period.is_lapsed:
                assert consolidate(period)["period"]["code"] == period.code


def test_the_command_is_refused_without_debug(db, settings):
    settings.DEBUG = False
    with pytest.raises(CommandError, match="DEBUG=1"):
        call_command("demo")
    assert not User.objects.filter(is_demonstration=True).exists()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--as-of", "6 July"], "--as-of: “6 July” is not a date"),
        (["--programme", "nothing"], "no programme “nothing”"),
    ],
)
def test_wrong_arguments_are_named(db, settings, monkeypatch, arguments, message):
    settings.DEBUG = True
    monkeypatch.setenv("LC_ALL", "en_US.UTF-8")
    with pytest.raises(CommandError, match=message):
        call_command("demo", *arguments)


def test_welcome_names_address_accounts_and_day(programme, settings, capsys, monkeypatch):
    monkeypatch.setenv("LC_ALL", "en_US.UTF-8")
    settings.DEBUG = True
    call_command("demo", "--as-of", "2009-07-06")
    call_command("welcome", "--port", "8080")
    said = capsys.readouterr().out
    for words in ("http://127.0.0.1:8080", "6 July 2009", PASSWORD, "reporter.zap", "signatory.zap", "admin"):
        assert words in said
