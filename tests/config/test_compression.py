"""Texts go out compressed, whatever is compressed already as it is, and versions stay what If-Match takes."""

import gzip

import pytest
from django.urls import reverse

from ..reports.scenes import submission_of
from ..reports.uploads import attach

pytestmark = pytest.mark.django_db

SLUG = "children-2007-2011"
GZIP = {"Accept-Encoding": "gzip, deflate, br"}


def test_a_page_is_compressed_for_who_can_read_that(browse):
    browser = browse("analyst")
    plain = browser.get(reverse("plan", args=[SLUG]))
    packed = browser.get(reverse("plan", args=[SLUG]), headers=GZIP)
    assert not plain.has_header("Content-Encoding")
    assert (packed["Content-Encoding"], packed["Content-Length"]) == ("gzip", str(len(packed.content)))
    assert gzip.decompress(packed.content).count(b"<tr") == plain.content.count(b"<tr")
    assert len(packed.content) * 4 < len(plain.content)
    assert "Accept-Encoding" in packed["Vary"]


@pytest.mark.parametrize("address", ["/datasets/timeliness.csv", "/api/v1/activities/?format=csv"])
def test_a_table_is_compressed_row_by_row_as_it_is_streamed(browse, address):
    browser = browse("analyst")
    plain, packed = browser.get(address), browser.get(address, headers=GZIP)
    assert packed.streaming
    assert packed["Content-Encoding"] == "gzip"
    assert gzip.decompress(b"".join(packed.streaming_content)) == b"".join(plain.streaming_content)


def test_json_is_compressed(browse):
    packed = browse("analyst").get(reverse("api-activities-list"), headers=GZIP)
    assert packed["Content-Encoding"] == "gzip"
    assert b'"results"' in gzip.decompress(packed.content)


def test_files_that_are_compressed_already_go_as_they_are(browse, user):
    browser = browse("analyst")
    workbook = browser.get("/datasets/timeliness.xlsx", headers=GZIP)
    file = attach(submission_of("akimat-akt"), user("reporter.akt"))
    attached = browse("reporter.akt").get(reverse("attachment", args=[file.pk]), headers=GZIP)
    for answer in (workbook, attached):
        assert not answer.has_header("Content-Encoding")
        assert int(answer["Content-Length"]) == len(b"".join(answer.streaming_content))


def test_the_version_of_an_entry_is_what_if_match_takes_though_the_program_reads_compressed_answers(browse):
    program, address = browse("reporter.akt"), reverse("api-entry", args=[submission_of("akimat-akt").pk, 14])
    read = program.get(address, headers=GZIP)
    changed = {"narrative": "Құрылыс басталды. " * 50}
    for version in ('"0"', '"1"'):
        assert read["ETag"] == version
        read = program.patch(
            address, changed, content_type="application/json", headers=GZIP | {"If-Match": read["ETag"]}
        )
        assert read.status_code == 200
