"""The process that reads an uploaded file is killed, as where memory runs out: whoever sent the file is told."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from analysis.models import Job
from programme.models import Agency
from reports import foreign_files

from ..reports.scenes import submission_of
from ..reports.workbooks import Filled

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _killed(monkeypatch):
    monkeypatch.setattr(foreign_files, "_LIMITED", "import os, signal; os.kill(os.getpid(), signal.SIGKILL)")


def test_while_it_reads_an_import(browse):
    file = SimpleUploadedFile("agencies.csv", b"code;name_kk\nnew;New\n")
    page = browse("coordinator").post(reverse("import", args=["agencies"]), {"file": file})
    assert page.status_code == 422
    assert "takes more time or memory" in page.text
    assert not Job.objects.exists()
    assert not Agency.objects.filter(code="new").exists()


def test_while_it_reads_a_workbook(browse):
    submission = submission_of("akimat-kus")
    file = SimpleUploadedFile("book.xlsx", Filled.of(submission).bytes())
    page = browse("reporter.kus").post(reverse("workbook-upload", args=[submission.pk]), {"file": file})
    assert page.status_code == 422
    assert "takes more time or memory" in page.text
    assert not submission.workbooks.exists()
