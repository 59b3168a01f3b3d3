"""The pages of jobs: one's own alone, how far each is, what came out, and what can be done with it."""

import datetime

import pytest
from django.core.files.base import ContentFile
from django.urls import reverse
from django.utils import timezone

from analysis import jobs
from analysis.models import Job

from ..reports.scenes import at

pytestmark = pytest.mark.django_db

JSON = {"Accept": "application/json"}


@pytest.fixture
def job(user):
    """Put one in line for somebody, in a state."""

    def put(username="analyst", *, kind=Job.Kind.EXPORT, result=b"", **fields) -> Job:
        put_in_line = jobs.enqueue(kind, title=f"Spending of {username}", by=user(username), arguments={})
        if result:
            put_in_line.result.save("random", ContentFile(result), save=False)
            fields |= {"state": "done", "result_name": "шығыс.csv"}
        if fields.get("state") in Job.ENDED:
            fields |= {"ended_at": put_in_line.created_at}
        for name, value in fields.items():
            setattr(put_in_line, name, value)
        put_in_line.save()
        return put_in_line

    return put


def silent_for(job: Job, **time) -> None:
    Job.objects.filter(pk=job.pk).update(alive_at=timezone.now() - datetime.timedelta(**time))


def test_the_list_shows_the_readers_own_jobs_newest_first(browse, job):
    with at(2009, 7, 6, 9):
        job(title="The older one")
    job(title="The newer one")
    job("coordinator")
    page = browse("analyst").get(reverse("jobs")).text
    assert page.index("The newer one") < page.index("The older one")
    assert "Spending of coordinator" not in page


def test_the_check_of_a_file_and_its_import_are_told_apart(browse, job):
    job(kind=Job.Kind.CHECK_IMPORT)
    job(kind=Job.Kind.IMPORT)
    page = browse("analyst").get(reverse("jobs")).text
    assert page.count('<div class="muted">Check of an import</div>') == 1
    assert page.count('<div class="muted">Import</div>') == 1


@pytest.mark.parametrize("number", [1, 3])
def test_the_list_costs_the_same_for_one_job_and_for_three(browse, job, number, django_assert_num_queries):
    for _number in range(number):
        job(result=b"x")
    browser = browse("analyst")
    with django_assert_num_queries(5):
        browser.get(reverse("jobs"))


def test_an_empty_list_says_where_jobs_come_from(browse):
    assert reverse("datasets") in browse("analyst").get(reverse("jobs")).text


@pytest.mark.parametrize("name", ["job", "job-result", "job-cancel", "job-again", "job-delete"])
def test_other_peoples_jobs_do_not_exist(browse, job, name):
    theirs = job(result=b"x")
    browser = browse("coordinator")
    ask = browser.get if name in ("job", "job-result") else browser.post
    assert ask(reverse(name, args=[theirs.pk])).status_code == 404
    assert Job.objects.get().state == "done"


def test_a_waiting_job_says_its_place_in_line(browse, job, django_assert_num_queries):
    with at(2009, 7, 6, 9):
        job("coordinator")
    mine = job()
    browser = browse("analyst")
    with django_assert_num_queries(6):
        page = browser.get(reverse("job", args=[mine.pk])).text
    assert "Place in line: 2" in page
    assert "No worker is running" not in page


def test_a_job_that_waits_in_vain_says_that_no_worker_runs(browse, job):
    mine = job()
    silent_for(mine, minutes=2)
    assert "No worker is running" in browse("analyst").get(reverse("job", args=[mine.pk])).text


def test_a_job_that_waits_behind_a_long_one_does_not(browse, job):
    mine, running = job(), job("coordinator", state="running")
    silent_for(mine, minutes=20)
    silent_for(running, seconds=2)
    assert "No worker is running" not in browse("analyst").get(reverse("job", args=[mine.pk])).text


def test_a_running_job_shows_how_far_it_is_and_refreshes_itself_without_a_script(browse, job):
    mine = job(state="running", done=12_000, total=100_000)
    page = browse("analyst").get(reverse("job", args=[mine.pk])).text
    assert '<progress class="bar" aria-label="Spending of analyst" value="12000" max="100000">' in page
    assert "12,000 of 100,000 rows" in page
    assert '<noscript><meta http-equiv="refresh" content="5"></noscript>' in page


def test_scripts_get_the_same_as_json(browse, job):
    url = reverse("job", args=[job(state="running", done=12_000, total=100_000).pk])
    response = browse("analyst", "ru").get(url, headers=JSON)
    assert response.json() == {"state": "running", "text": response.json()["text"], "value": 12_000, "max": 100_000}
    assert "12\xa0000" in response.json()["text"]
    assert "Accept" in response["Vary"]


def test_while_it_is_not_known_how_far_a_job_is_there_is_no_value(browse, job):
    url = reverse("job", args=[job(state="running", done=500).pk])
    browser = browse("analyst")
    answer = browser.get(url, headers=JSON).json()
    assert (answer["value"], answer["text"]) == (None, "Rows: 500")
    assert '<progress class="bar" aria-label="Spending of analyst">' in browser.get(url).text


def test_the_result_is_handed_out_under_its_name_and_to_nobodys_cache(browse, job):
    mine = job(result="мәтін".encode())
    browser = browse("analyst")
    page = browser.get(reverse("job", args=[mine.pk])).text
    assert reverse("job-result", args=[mine.pk]) in page
    assert "refresh" not in page
    response = browser.get(reverse("job-result", args=[mine.pk]))
    assert b"".join(response.streaming_content).decode() == "мәтін"
    assert "attachment" in response["Content-Disposition"]
    assert response["Cache-Control"] == "private, no-store"


def test_a_result_that_the_storage_has_lost_is_not_found(browse, job):
    mine = job(result=b"x")
    mine.result.storage.delete(mine.result.name)
    browser = browse("analyst")
    assert browser.get(reverse("job", args=[mine.pk])).status_code == 200
    assert browser.get(reverse("job-result", args=[mine.pk])).status_code == 404


def test_a_job_is_cancelled_and_says_so(browse, job):
    mine = job(state="running")
    page = browse("analyst").post(reverse("job-cancel", args=[mine.pk]), follow=True).text
    assert "It is being cancelled." in page
    assert reverse("job-cancel", args=[mine.pk]) not in page


def test_a_failed_job_says_why_and_can_be_started_again(browse, job):
    mine = job(state="failed", message="The filters name something that is gone.")
    browser = browse("analyst")
    assert "The filters name something that is gone." in browser.get(reverse("job", args=[mine.pk])).text
    response = browser.post(reverse("job-again", args=[mine.pk]))
    new = Job.objects.get()
    assert new.state == "queued"
    assert response.url == reverse("job", args=[new.pk])


def test_a_job_that_is_done_is_not_started_again(browse, job):
    mine = job(result=b"x")
    page = browse("analyst").post(reverse("job-again", args=[mine.pk]), follow=True).text
    assert "can be started again" in page
    assert Job.objects.get().state == "done"


def test_a_job_that_has_ended_is_deleted_with_its_file(browse, job):
    mine = job(result=b"x")
    browse("analyst").post(reverse("job-delete", args=[mine.pk]))
    assert not Job.objects.exists()
    assert mine.result.storage.listdir("")[1] == []


def test_a_running_job_is_not_deleted(browse, job):
    mine = job(state="running")
    page = browse("analyst").post(reverse("job-delete", args=[mine.pk]), follow=True).text
    assert "Cancel the work before you delete it." in page
    assert Job.objects.get() == mine


def test_an_import_has_a_page_of_its_own(browse, job):
    mine = job("coordinator", kind=Job.Kind.CHECK_IMPORT, state="done")
    response = browse("coordinator").get(reverse("job", args=[mine.pk]))
    assert response.url == reverse("import-job", args=[mine.pk])
