"""The line of jobs within one process; `test_worker.py` has real workers."""

import datetime
import io

import pytest
from django.core.files.base import ContentFile
from django.db.models import F
from django.utils import timezone, translation

from analysis import jobs
from analysis.models import Job

from ..reports.scenes import at

pytestmark = pytest.mark.django_db

WEEK = datetime.timedelta(days=7)


@pytest.fixture
def runs(monkeypatch):
    """Let a function be what jobs of every kind do: `runs(function)`."""
    place = []

    def run(job, progress, result):
        return place[-1](job, progress, result)

    monkeypatch.setattr(jobs, "import_string", lambda path: run)
    return place.append


@pytest.fixture
def export(user):
    """Put an export of the analyst in line."""

    def put(**fields) -> Job:
        values = {"title": "Export", "by": user("analyst"), "arguments": {}} | fields
        return jobs.enqueue(Job.Kind.EXPORT, **values)

    return put


def unchanged_for(job: Job, **age) -> None:
    Job.objects.filter(pk=job.pk).update(alive_at=timezone.now() - datetime.timedelta(**age))


def write(text: str, name: str = "a.csv"):
    def run(job, progress, result):
        result.write(text.encode())
        return jobs.Outcome(name)

    return run


def test_jobs_are_done_in_the_order_of_the_line(runs, export):
    runs(write("x"))
    with at(2009, 7, 6, 12, 2):
        second = export()
    with at(2009, 7, 6, 12, 1):
        first = export()
    assert [jobs.place_in_line(first), jobs.place_in_line(second)] == [1, 2]
    assert [jobs.run_next(), jobs.run_next(), jobs.run_next()] == [first, second, None]


def test_the_result_is_kept_under_a_random_name_and_handed_out_under_its_own(runs, export):
    runs(write("мәтін", "жоспар.csv"))
    job = export()
    jobs.run_next()
    job.refresh_from_db()
    assert (job.state, job.result_name) == ("done", "жоспар.csv")
    assert "жоспар" not in job.result.name
    assert job.result.read().decode() == "мәтін"


def test_a_job_without_a_file_keeps_what_it_found(runs, export):
    runs(lambda job, progress, result: jobs.Outcome(data={"rows": 3}))
    job = export()
    jobs.run_next()
    job.refresh_from_db()
    assert (job.state, job.outcome, job.result.name) == ("done", {"rows": 3}, "")


def test_a_job_has_its_source_and_speaks_its_owners_language(runs, export):
    seen = []

    def run(job, progress, result):
        seen.extend([translation.get_language(), job.source.read()])
        raise jobs.Failed("себебі")

    runs(run)
    with translation.override("kk"):
        job = export(source=ContentFile(b"a;b"))
    jobs.run_next()
    job.refresh_from_db()
    assert seen == ["kk", b"a;b"]
    assert (job.state, job.message) == ("failed", "себебі")


def test_a_mistake_of_ours_fails_the_job_and_is_logged(runs, export, caplog):
    runs(lambda job, progress, result: 1 / 0)
    with translation.override("en"):
        job = export()
    jobs.run_next()
    job.refresh_from_db()
    assert job.state == "failed"
    assert "our side" in job.message
    assert "division by zero" not in job.message
    assert "ZeroDivisionError" in caplog.text


def test_progress_is_stored_while_the_job_runs(runs, export):
    seen = []

    def run(job, progress, result):
        progress(10, 40)
        seen.append(Job.objects.values_list("done", "total", "state").get(pk=job.pk))
        return jobs.Outcome()

    runs(run)
    job = export()
    jobs.run_next()
    job.refresh_from_db()
    assert seen == [(10, 40, "running")]
    assert (job.done, job.total) == (40, 40)


def test_signs_of_life_go_by_the_real_clock_even_where_the_day_stands_still(runs, export, settings):
    settings.PORTAL_TODAY = datetime.date(2009, 7, 6)
    runs(write("x"))
    before = timezone.now()
    job = export()
    jobs.run_next()
    job.refresh_from_db()
    assert job.ended_at.year == 2009
    assert before <= job.alive_at <= timezone.now()


def test_a_waiting_job_is_cancelled_at_once(export):
    job = export()
    jobs.cancel(job)
    job.refresh_from_db()
    assert job.state == "cancelled"
    assert job.ended_at
    assert jobs.run_next() is None


def test_a_running_job_is_cancelled_at_its_next_step(runs, export):
    steps = []

    def run(job, progress, result):
        jobs.cancel(job)
        progress(1)
        steps.append("one more")

    runs(run)
    job = export()
    jobs.run_next()
    job.refresh_from_db()
    assert (job.state, steps) == ("cancelled", [])


def test_a_job_that_went_back_into_the_line_while_it_was_cancelled_is_not_begun_again(runs, export):
    runs(write("x"))
    job = export()
    Job.objects.filter(pk=job.pk).update(is_to_be_cancelled=True)
    jobs.run_next()
    job.refresh_from_db()
    assert (job.state, job.result.name) == ("cancelled", "")


def test_a_job_that_has_ended_cannot_be_cancelled(runs, export):
    runs(write("x"))
    job = export()
    jobs.run_next()
    jobs.cancel(job)
    job.refresh_from_db()
    assert (job.state, job.is_to_be_cancelled) == ("done", False)


def test_what_an_attempt_writes_that_does_not_count_any_more_is_dropped(runs, export):
    def run(job, progress, result):
        Job.objects.filter(pk=job.pk).update(attempts=F("attempts") + 1)
        result.write(b"old")
        return jobs.Outcome("old.csv")

    runs(run)
    job = export()
    jobs.run_next()
    job.refresh_from_db()
    assert (job.state, job.result.name) == ("running", "")
    assert job.result.storage.listdir("")[1] == []


def test_a_job_ends_when_it_has_broken_off_too_often(runs, export):
    runs(write("x"))
    with translation.override("ru"):
        job = export()
    Job.objects.filter(pk=job.pk).update(state="running", attempts=jobs.MOST_ATTEMPTS)
    unchanged_for(job, minutes=6)
    assert jobs.run_next() is None
    job.refresh_from_db()
    assert job.state == "failed"
    assert str(jobs.MOST_ATTEMPTS) in job.message


@pytest.mark.parametrize(("minutes", "state"), [(4, "running"), (6, "done")])
def test_only_a_job_without_signs_of_life_for_long_is_taken_up_again(runs, export, minutes, state):
    runs(write("x"))
    job = export()
    Job.objects.filter(pk=job.pk).update(state="running", attempts=1)
    unchanged_for(job, minutes=minutes)
    jobs.run_next()
    job.refresh_from_db()
    assert job.state == state


def test_started_again_a_new_job_takes_the_place_of_the_failed_one(runs, export):
    def fail(job, progress, result):
        raise jobs.Failed("no")

    runs(fail)
    failed = export(arguments={"a": 1}, source=ContentFile(b"source"))
    jobs.run_next()
    new = jobs.again(Job.objects.get(pk=failed.pk))
    assert list(Job.objects.all()) == [new]
    assert (new.state, new.attempts, new.arguments, new.source.read()) == ("queued", 0, {"a": 1}, b"source")


def test_jobs_and_their_files_are_forgotten_after_a_week(runs, export):
    runs(write("x"))
    old, recent, waiting = export(), export(), export(source=ContentFile(b"x"))
    jobs.run_next()
    jobs.run_next()
    unchanged_for(old, days=7, minutes=1)
    unchanged_for(recent, days=6, hours=23)
    unchanged_for(waiting, days=9)
    jobs.sweep()
    assert set(Job.objects.all()) == {recent, waiting}
    recent.refresh_from_db()
    assert set(waiting.source.storage.listdir("")[1]) == {recent.result.name, waiting.source.name}


def test_uploads_of_workbooks_are_forgotten_with_them(monkeypatch):
    asked = []
    monkeypatch.setattr(jobs.uploads, "forget_old", lambda: asked.append(True))
    jobs.sweep()
    assert asked == [True]


def test_a_file_that_belongs_to_nothing_is_forgotten_when_it_is_old(export, monkeypatch):
    job = export(source=ContentFile(b"x"))
    storage = job.source.storage
    storage.save("orphan", io.BytesIO(b"x"))
    jobs.sweep()
    assert storage.exists("orphan")
    monkeypatch.setattr(storage, "get_modified_time", lambda name: timezone.now() - WEEK - WEEK)
    jobs.sweep()
    assert storage.listdir("")[1] == [job.source.name]
