"""Texts go out compressed, whatever is compressed already as it is, and versions stay what If-Match takes."""

import gzip

import brotli
import pytest
from django.urls import reverse

from config.compression import compress

from ..reports.scenes import submission_of
from ..reports.uploads import attach

pytestmark = pytest.mark.django_db

SLUG = "children-2007-2011"
BOTH = {"Accept-Encoding": "gzip, deflate, br"}
GZIP = {"Accept-Encoding": "gzip, deflate"}


@pytest.mark.parametrize(
    ("accepted", "encoding", "unpack"), [(BOTH, "br", brotli.decompress), (GZIP, "gzip", gzip.decompress)]
)
def test_a_page_is_compressed_for_who_can_read_that(browse, accepted, encoding, unpack):
    browser = browse("analyst")
    plain = browser.get(reverse("plan", args=[SLUG]))
    packed = browser.get(reverse("plan", args=[SLUG]), headers=accepted)
    assert not plain.has_header("Content-Encoding")
    assert (packed["Content-Encoding"], packed["Content-Length"]) == (encoding, str(len(packed.content)))
    assert unpack(packed.content).count(b"<tr") == plain.content.count(b"<tr")
    assert len(packed.content) * 4 < len(plain.content)
    assert "Accept-Encoding" in packed["Vary"]


def test_the_length_of_an_answer_says_nothing_about_it():
    content = "Қазақстан балалары ".encode() * 1000
    packed = [compress(content) for _time in range(200)]
    assert all(brotli.decompress(one) == content for one in packed)
    assert len({len(one) for one in packed}) > 30


def test_an_answer_of_a_few_words_goes_as_it_is(client):
    assert not client.get("/healthz", headers=BOTH).has_header("Content-Encoding")


@pytest.mark.parametrize("address", ["/datasets/timeliness.csv", "/api/v1/activities/?format=csv"])
def test_a_table_is_compressed_row_by_row_as_it_is_streamed(browse, address):
    browser = browse("analyst")
    plain, packed = browser.get(address), browser.get(address, headers=BOTH)
    assert packed.streaming
    assert packed["Content-Encoding"] == "gzip"
    assert gzip.decompress(b"".join(packed.streaming_content)) == b"".join(plain.streaming_content)


def test_json_is_compressed(browse):
    packed = browse("analyst").get(reverse("api-activities-list"), headers=BOTH)
    assert packed["Content-Encoding"] == "br"
    assert b'"results"' in brotli.decompress(packed.content)


def test_files_that_are_compressed_already_go_as_they_are(browse, user):
    browser = browse("analyst")
    workbook = browser.get("/datasets/timeliness.xlsx", headers=BOTH)
    file = attach(submission_of("akimat-akt"), user("reporter.akt"))
    attached = browse("reporter.akt").get(reverse("attachment", args=[file.pk]), headers=BOTH)
    for answer in (workbook, attached):
        assert not answer.has_header("Content-Encoding")
        assert int(answer["Content-Length"]) == len(b"".join(answer.streaming_content))


def test_the_version_of_an_entry_is_what_if_match_takes_though_the_program_reads_compressed_answers(browse):
    program, address = browse("reporter.akt"), reverse("api-entry", args=[submission_of("akimat-akt").pk, 14])
    read = program.get(address, headers=BOTH)
    changed = {"narrative": "Құрылыс басталды. " * 50}
    for version in ('"0"', '"1"'):
        assert read["ETag"] == version
        read = program.patch(
            address, changed, content_type="application/json", headers=BOTH | {"If-Match": read["ETag"]}
        )
        assert read.status_code == 200
