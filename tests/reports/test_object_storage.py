"""Files in an S3 bucket, by settings: a real server on loopback, and the portal's own pages."""

import re
import urllib.error
import urllib.request

import boto3
import pytest
from django.core.exceptions import ImproperlyConfigured
from django.core.files.base import ContentFile
from django.utils.module_loading import import_string
from moto.server import ThreadedMotoServer

from analysis import jobs
from analysis.models import Job
from config import settings as configured
from reports.models import Attachment

from .scenes import submission_of
from .uploads import PDF, upload_of

pytestmark = pytest.mark.django_db

BUCKET = "portal-files"
REGION = "kz-astana-1"


@pytest.fixture(scope="module")
def server():
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0)
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()


@pytest.fixture
def bucket(server, monkeypatch):
    """Empty, and named by the environment as both of the portal's storages."""
    for name, value in {
        "S3_ENDPOINT": server,
        "S3_REGION": REGION,
        "AWS_ACCESS_KEY_ID": "portal",
        "AWS_SECRET_ACCESS_KEY": "secret",
        "ATTACHMENT_STORAGE": f"s3://{BUCKET}/attachments",
        "PASSING_STORAGE": f"s3://{BUCKET}/passing",
    }.items():
        monkeypatch.setenv(name, value)
    bucket = boto3.resource("s3", endpoint_url=server, region_name=REGION).Bucket(BUCKET)
    bucket.create(CreateBucketConfiguration={"LocationConstraint": REGION})
    passing = storage_of("PASSING_STORAGE")
    monkeypatch.setattr(Attachment._meta.get_field("file"), "storage", storage_of("ATTACHMENT_STORAGE"))
    for name in ("source", "result"):
        monkeypatch.setattr(Job._meta.get_field(name), "storage", passing)
    yield bucket
    bucket.objects.delete()
    bucket.delete()


def storage_of(name: str):
    found = configured._storage(name, folder="nowhere")
    return import_string(found["BACKEND"])(**found["OPTIONS"])


def keys(bucket) -> list[str]:
    return [found.key for found in bucket.objects.all()]


@pytest.fixture
def attached(bucket, user, browse) -> Attachment:
    """A file that the reporter attached on the page of an entry."""
    report = submission_of("akimat-akt")
    page = browse("reporter.akt").post(
        f"/submissions/{report.pk}/activities/14/", {"base_version": 0, "files": upload_of("act.pdf", PDF).file}
    )
    assert page.status_code in (200, 302)
    return Attachment.objects.get()


def test_an_attachment_is_kept_in_the_bucket_and_handed_out_by_the_portal(attached, bucket, browse):
    assert keys(bucket) == [f"attachments/{attached.file.name}"]
    assert re.fullmatch(r"[0-9a-f]{32}", attached.file.name)
    answer = browse("reporter.akt").get(f"/attachments/{attached.pk}/")
    assert b"".join(answer.streaming_content) == PDF
    assert "act.pdf" in answer["Content-Disposition"]
    assert int(answer["Content-Length"]) == len(PDF)


def test_nobody_gets_a_file_past_the_portal(attached, server):
    with pytest.raises(NotImplementedError):
        _ = attached.file.url
    with pytest.raises(urllib.error.HTTPError, match="403"):
        urllib.request.urlopen(f"{server}/{BUCKET}/attachments/{attached.file.name}")


def test_a_file_that_the_bucket_has_lost_is_not_found(attached, bucket, browse):
    bucket.objects.delete()
    assert browse("reporter.akt").get(f"/attachments/{attached.pk}/").status_code == 404


def test_a_storage_that_does_not_answer_is_a_page_that_says_what_to_do(attached, monkeypatch, browse):
    monkeypatch.setenv("S3_ENDPOINT", "http://127.0.0.1:9")
    monkeypatch.setattr(Attachment._meta.get_field("file"), "storage", storage_of("ATTACHMENT_STORAGE"))
    reader = browse("reporter.akt", "ru")
    reader.raise_request_exception = False
    answer = reader.get(f"/attachments/{attached.pk}/")
    assert (answer.status_code, answer["Retry-After"]) == (503, "30")


def test_the_result_of_a_job_is_kept_in_the_bucket_handed_out_and_forgotten(bucket, user, browse):
    arguments = {"dataset": "activities", "query": "", "format": "csv"}
    job = jobs.run_now(jobs.enqueue(Job.Kind.EXPORT, title="Plan", by=user("analyst"), arguments=arguments))
    assert keys(bucket) == [f"passing/{job.result.name}"]
    answer = browse("analyst").get(f"/jobs/{job.pk}/result")
    assert b"".join(answer.streaming_content).count(b"\n") > 43
    browse("analyst").post(f"/jobs/{job.pk}/delete/")
    assert keys(bucket) == []


def test_what_belongs_to_nothing_is_found_in_the_bucket(bucket):
    storage = Job._meta.get_field("result").storage
    name = storage.save("f" * 32, ContentFile(b"x"))
    assert storage.listdir("") == ([], [name])
    assert storage.exists(name)
    assert storage.size(name) == 1
    storage.delete(name)
    assert not storage.exists(name)


def test_a_bucket_without_what_talks_to_it_is_an_error_that_says_so(monkeypatch):
    monkeypatch.setenv("PASSING_STORAGE", "s3://somewhere")
    monkeypatch.setattr(configured, "find_spec", lambda name: None)
    with pytest.raises(ImproperlyConfigured, match=r"pip install '\.\[s3\]'"):
        storage_of("PASSING_STORAGE")
