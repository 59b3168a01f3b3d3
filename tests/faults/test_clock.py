"""The clock of the machine is set back or forward while people work: order stays order, what is due stays due."""

import datetime
import time

import pytest
from django.urls import reverse
from django.utils import timezone
from rest_framework.throttling import SimpleRateThrottle

from analysis import jobs
from analysis.models import Job
from config.api import ReadThrottle
from reports import filing, review
from reports.consolidation import finalising
from reports.models import Period
from reports.timeliness import timeliness

from ..reports.scenes import accepted, at, filed, submission_of, write_all

pytestmark = pytest.mark.django_db


def test_what_happened_to_a_report_stays_in_its_order(user):
    submission = submission_of("akimat-akt")
    write_all(submission, user("reporter.akt"))
    with at(2009, 7, 8, 12, 0):
        filing.send_for_signature(submission=submission, by=user("reporter.akt"))
        filing.send_back(submission=submission, by=user("signatory.akt"), reason="Қате")
    with at(2009, 7, 8, 11, 30):
        filing.send_for_signature(submission=submission, by=user("reporter.akt"))
    with at(2009, 7, 8, 11, 0):
        filing.submit(submission=submission, by=user("signatory.akt"))
    with at(2009, 7, 8, 10, 0):
        review.return_for_rework(submission=submission, by=user("coordinator"), reason="Толықтырыңыз")
    actions = [event.action for event in submission.events.all()]
    assert actions == ["sent", "sent_back", "sent", "filed", "returned"]
    assert submission.events.last().action == "returned"
    submission.refresh_from_db()
    assert submission.state == "returned"
    assert submission.copies.get().data["prepared_by"] == "reporter.akt"


def test_what_happened_to_the_consolidated_report_stays_in_its_order(user):
    with at(2009, 7, 15, 12, 0):
        accepted("akimat-kus", user)
        period = Period.objects.select_related("programme").get(code="2009-H1")
        finalising.propose(period=period, by=user("coordinator"))
    with at(2009, 7, 15, 11, 0):
        finalising.finalise(period=period, by=user("coordinator2"))
    assert [event.action for event in period.report_events.all()] == ["proposed", "finalised"]


def test_comments_and_extensions_stay_in_their_order(user):
    submission = filed("akimat-kus", user("reporter.kus"))
    with at(2009, 7, 8, 12, 0):
        asked = review.comment(submission=submission, by=user("coordinator"), text="Сколько детей?")
    with at(2009, 7, 8, 11, 0):
        review.answer(comment=asked, by=user("reporter.kus"), text="Сорок два")
    assert [comment.text for comment in submission.comments.all()] == ["Сколько детей?", "Сорок два"]


@pytest.mark.parametrize(("noted", "timing"), [((10, 23, 59), "on_time"), ((11, 0, 1), "late")])
def test_lateness_goes_by_the_clock_of_the_filing_whatever_it_said_before(user, noted, timing):
    """A clock that was wrong for a while makes nobody late afterwards."""
    submission = submission_of("akimat-akt")
    write_all(submission, user("reporter.akt"))
    with at(2009, 8, 1, 12, 0):
        filing.send_for_signature(submission=submission, by=user("reporter.akt"))
    day, hour, minute = noted
    with at(2009, 7, day, hour, minute):
        filing.submit(submission=submission, by=user("signatory.akt"))
    submission.refresh_from_db()
    assert timeliness(submission).timing == timing


def test_a_clock_that_was_set_forward_takes_no_job_from_a_living_worker(user, monkeypatch):
    job = jobs.enqueue(Job.Kind.EXPORT, title="Export", by=user("analyst"), arguments={})
    hour = datetime.timedelta(hours=1)
    Job.objects.filter(pk=job.pk).update(state="running", attempts=1, alive_at=timezone.now() - hour)
    assert jobs.run_next() is None
    assert jobs.is_watching()
    # The worker gives a sign, by the new clock or still by the old one.
    Job.objects.filter(pk=job.pk).update(alive_at=timezone.now() - hour + datetime.timedelta(seconds=1))
    monkeypatch.setattr(time, "monotonic", lambda clock=time.monotonic: clock() + jobs.SURE_AFTER)
    assert jobs.run_next() is None
    job.refresh_from_db()
    assert (job.state, job.attempts) == ("running", 1)
    Job.objects.filter(pk=job.pk).update(state="done")
    jobs.run_next()
    assert not jobs.is_watching()


@pytest.mark.parametrize("hours", [-2, 2])
def test_nobody_is_signed_out(browse, monkeypatch, hours):
    browser = browse("reporter.akt")
    now = timezone.now
    monkeypatch.setattr(timezone, "now", lambda: now() + datetime.timedelta(hours=hours))
    assert browser.get(reverse("home")).status_code == 200


def test_who_asked_often_before_the_clock_was_set_back_may_ask_again(browse, monkeypatch):
    browser, address = browse("analyst"), "/api/v1/regions/"
    monkeypatch.setitem(SimpleRateThrottle.THROTTLE_RATES, "reads", "2/minute")
    clock = [100_000.0]
    monkeypatch.setattr(ReadThrottle, "timer", lambda self: clock[0])
    assert [browser.get(address).status_code for _request in range(3)] == [200, 200, 429]
    clock[0] -= 3600
    assert [browser.get(address).status_code for _request in range(3)] == [200, 200, 429]
