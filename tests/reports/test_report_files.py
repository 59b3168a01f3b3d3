"""The files of a finalised report: rendered once, the same bytes for everybody and for ever."""

import hashlib
import json
import subprocess
import sys

import pytest
from django.conf import settings

from reports import documents
from reports.consolidation import files, signing
from reports.consolidation.files import content_of, file_of
from reports.models import Period, ReportDocument

from .scenes import accepted, at, finalised, sent

pytestmark = pytest.mark.django_db

RENDER = """
import hashlib, json, os, sys
os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings"
import django
django.setup()
from reports import documents
report = json.load(sys.stdin)
for fmt in ("docx", "pdf", "xlsx"):
    for language in ("kk", "ru"):
        print(fmt, language, hashlib.sha256(documents.render(report, fmt, language)).hexdigest())
"""


@pytest.fixture
def period(programme):
    return Period.objects.select_related("programme__lead_agency").get(code="2009-H1")


@pytest.fixture
def report(period, user):
    accepted("akimat-akt", user, spent="1.250")
    return finalised(period, user)


@pytest.fixture
def rendered(monkeypatch):
    """What was rendered, call by call; the files are short."""
    calls = []

    def render(report, fmt, language):
        calls.append((fmt, language))
        return f"{fmt} {language} {len(calls)}".encode()

    monkeypatch.setattr(documents, "render", render)
    return calls


@pytest.mark.parametrize("fmt", ["docx", "pdf", "xlsx"])
def test_a_file_is_rendered_once_and_given_out_ever_after(report, rendered, fmt):
    first = file_of(report, fmt, "kk")
    with at(2011, 3, 1, 9):
        again = file_of(report, fmt, "kk")
    assert again == first
    assert bytes(again.content) == f"{fmt} kk 1".encode()
    assert again.sha256 == hashlib.sha256(again.content).hexdigest()
    assert rendered == [(fmt, "kk")]


def test_each_language_and_each_report_has_its_own_file(period, user, report, rendered):
    sent(report, user)
    accepted("akimat-kus", user)
    supplement = finalised(period, user)
    made = [file_of(one, "pdf", language) for one in (report, supplement) for language in ("kk", "ru")]
    assert len({document.pk for document in made}) == 4
    assert len(rendered) == 4


def test_a_later_filing_does_not_change_a_file(report, user):
    before = bytes(file_of(report, "docx", "kk").content)
    assert before == documents.render(report.data, "docx", "kk")
    accepted("akimat-kus", user, narrative="Кейінгі мәтін")
    assert bytes(file_of(report, "docx", "kk").content) == before


def test_who_renders_at_the_same_moment_gets_the_file_that_was_stored_first(report, monkeypatch):
    def somebody_was_faster(data, fmt, language):
        ReportDocument.objects.create(
            report=report, format=fmt, language=language, content=b"first", sha256="0" * 64, made_at=report.finalised_at
        )
        return b"second"

    monkeypatch.setattr(documents, "render", somebody_was_faster)
    assert bytes(file_of(report, "xlsx", "kk").content) == b"first"
    assert ReportDocument.objects.count() == 1


def test_the_json_is_the_frozen_content(report):
    content = content_of(report, "json", "ru")
    assert hashlib.sha256(content).hexdigest() == report.sha256
    assert not ReportDocument.objects.exists()


def test_the_signed_pdf_signs_the_stored_one_and_is_kept(report, rendered, monkeypatch):
    monkeypatch.setattr(signing, "sign", lambda pdf: pdf + b" signed")
    signed = file_of(report, files.SIGNED, "kk")
    monkeypatch.setattr(signing, "sign", lambda pdf: pdf + b" signed again")
    assert bytes(file_of(report, files.SIGNED, "kk").content) == bytes(signed.content) == b"pdf kk 1 signed"
    assert [document.format for document in ReportDocument.objects.all()] == ["pdf", "signed.pdf"]


def test_without_a_certificate_no_signed_file_is_kept(report, rendered):
    with pytest.raises(signing.Unavailable):
        file_of(report, files.SIGNED, "kk")
    assert not ReportDocument.objects.filter(format=files.SIGNED).exists()


def test_files_are_the_same_bytes_whoever_renders_them_and_whenever(report):
    """In two other processes, with other hash seeds, time zones and days."""
    said = []
    for seed, zone, day in (("1", "Asia/Almaty", "2009-07-06"), ("2", "America/New_York", "2010-12-31")):
        environment = {
            "PATH": "/usr/bin:/bin", "DEBUG": "1", "PYTHONHASHSEED": seed, "TZ": zone, "PORTAL_TODAY": day,
            "LANG": "C.UTF-8", "DATABASE_URL": "sqlite:///:memory:",
        }  # fmt: skip
        ran = subprocess.run(
            [sys.executable, "-c", RENDER], input=json.dumps(report.data), cwd=settings.BASE_DIR, env=environment,
            capture_output=True, text=True, check=True,
        )  # fmt: skip
        said.append(ran.stdout)
    assert len(said[0].splitlines()) == 6
    assert said[0] == said[1]
    assert f"docx kk {file_of(report, 'docx', 'kk').sha256}" in said[0].splitlines()
