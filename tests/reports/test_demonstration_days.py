"""Any day of the programme as a demonstration, and the commands that show it."""

import datetime

import pytest
from django.core.management import CommandError, call_command
from django.db import transaction

from accounts.models import User
from reports.consolidation.building import consolidate
from reports.demonstration import PASSWORD, Demonstration
from reports.models import ConsolidatedReport, Period, SubmissionEvent

from .scenes import at


def test_two_demonstrations_of_one_day_are_the_same(programme):
    hashes = []
    for _round in range(2):
        with transaction.atomic():
            Demonstration(programme, datetime.date(2008, 7, 21)).fill()
            hashes.append(list(ConsolidatedReport.objects.values_list("sha256", flat=True)))
            transaction.set_rollback(True)
    assert hashes[0] == hashes[1]
    assert len(hashes[0]) == 2


@pytest.mark.parametrize("day", ["2007-12-25", "2008-01-05", "2008-08-01"])
def test_any_day_of_the_programme_can_be_shown(programme, day):
    """Also after its repeal, here in March 2008: what was due later has lapsed."""
    programme.repealed_on = datetime.date(2008, 3, 18)
    programme.save(update_fields=["repealed_on"])
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
    call_command("demo", "--as-of", "2007-12-25")
    call_command("welcome", "--port", "8080")
    said = capsys.readouterr().out
    for words in ("http://127.0.0.1:8080", PASSWORD, "reporter.zap", "signatory.zap", "admin"):
        assert words in said
