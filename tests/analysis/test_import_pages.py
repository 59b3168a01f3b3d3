"""The pages of imports: files to start from, the upload, the preview, the result."""

import io
from html import unescape

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from analysis.importing import KINDS, running
from analysis.models import Job
from programme.models import Agency
from reports import foreign_files

from .imports import AGENCY, as_csv, as_xlsx, in_memory, in_process


@pytest.fixture(autouse=True)
def _files_in_memory(monkeypatch):
    monkeypatch.setattr(foreign_files, "table_rows", in_process)
    with in_memory():
        yield


def upload(browser, kind: str, content: bytes, name: str = "a.csv"):
    return browser.post(reverse("import", args=[kind]), {"file": SimpleUploadedFile(name, content)}, follow=True)


def text_of(response) -> str:
    return unescape(" ".join(response.text.split()))


def test_lists_and_kinds_cost_few_queries(browse, django_assert_num_queries):
    browser = browse("coordinator")
    with django_assert_num_queries(4):
        page = browser.get(reverse("imports"))
    assert all(str(kind.title) in page.text for kind in KINDS.values())
    with django_assert_num_queries(5):
        page = browser.get(reverse("import", args=["users"]))
    assert "<code>username</code>" in page.text
    assert "reporter, signatory, analyst" in page.text


def test_what_is_wrong_with_a_file_stands_at_its_field(browse):
    browser = browse("coordinator")
    page = browser.post(reverse("import", args=["agencies"]), {})
    assert page.status_code == 422
    page = upload(browser, "agencies", b"a,b\n1,2\n")
    assert page.status_code == 422
    assert "none of them is known here" in page.text
    large = upload(browser, "agencies", b"x" * (20 * 2**20 + 1))
    assert "is larger than 20 MB" in large.text


def test_a_preview_shows_cells_old_and_new_and_writes_when_confirmed(browse, django_assert_num_queries):
    browser = browse("coordinator")
    changed = {"code": "moh", "kind": "ministry", "name_kk": "Жаңа атау", "short_name_kk": "ДСМ", "hobby": ""}
    page = upload(
        browser, "agencies", as_xlsx(AGENCY | {"region": "", "hobby": "1"}, changed | {"region": ""}), "a.xlsx"
    )
    assert "Columns that are not known here were left out: hobby" in text_of(page)
    assert "<ins>Жаңа атау</ins>" in page.text
    assert "<del>" in page.text
    address = page.redirect_chain[-1][0]
    with django_assert_num_queries(5):
        browser.get(address)
    written = browser.post(address, follow=True)
    assert "All of it is written" in written.text
    assert Agency.objects.get(code="moh").name_kk == "Жаңа атау"
    assert Agency.objects.filter(code="sport").exists()
    again = browser.post(written.redirect_chain[-1][0], follow=True)
    assert "There is nothing to write" in again.text


def test_errors_name_row_letter_and_column_and_cannot_be_confirmed(browse):
    browser = browse("coordinator")
    page = upload(browser, "agencies", as_xlsx(AGENCY | {"kind": "circus"}), "a.xlsx")
    assert "Row 2" in page.text
    assert "B · Kind" in text_of(page)
    assert "“circus” cannot be chosen here" in text_of(page)
    assert "Write all of this" not in page.text
    browser.post(page.redirect_chain[-1][0])
    assert not Agency.objects.filter(code="sport").exists()


def test_a_check_belongs_to_who_asked_for_it(browse):
    page = upload(browse("coordinator"), "agencies", as_csv(AGENCY))
    assert browse("coordinator2").get(page.redirect_chain[-1][0]).status_code == 404


def test_the_page_of_a_large_file_says_how_far_it_is(browse, monkeypatch, django_assert_num_queries):
    monkeypatch.setattr(running, "SMALL", 0)
    browser = browse("coordinator")
    page = upload(browser, "agencies", as_csv(AGENCY))
    assert "Place in line: 1" in page.text
    assert "Write all of this" not in page.text
    with django_assert_num_queries(6):
        browser.get(page.redirect_chain[-1][0])
    Job.objects.update(state=Job.State.FAILED, message="Nobody knows")
    assert "Nobody knows" in browser.get(page.redirect_chain[-1][0]).text


def test_a_template_has_headings_drop_downs_and_instructions(browse):
    page = browse("coordinator", "en").get(reverse("import-template", args=["users", "xlsx"]))
    book = openpyxl.load_workbook(io.BytesIO(b"".join(page.streaming_content)))
    table, instructions, choices = book.worksheets
    assert [cell.value for cell in table[1]][:2] == ["User name *", "First name"]
    assert table.max_row == 1
    dropped = {str(one.sqref).split(":")[0] for one in table.data_validations.dataValidation}
    assert dropped == {"E2", "F2", "G2", "H2"}
    assert "username" in [cell.value for cell in instructions["B"]]
    assert "akimat-akt" in [cell.value for column in choices.columns for cell in column]


def test_what_is_there_now_never_becomes_a_formula(browse):
    Agency.objects.filter(code="moh").update(name_en="=1+1")
    browser = browse("coordinator", "en")
    text = b"".join(browser.get(reverse("import-current", args=["agencies", "csv"])).streaming_content).decode()
    assert ";'=1+1;" in text
    workbook = b"".join(browser.get(reverse("import-current", args=["agencies", "xlsx"])).streaming_content)
    cells = [cell for row in openpyxl.load_workbook(io.BytesIO(workbook)).worksheets[0] for cell in row]
    assert [cell.data_type for cell in cells if cell.value == "=1+1"] == ["s"]
    assert "changes nothing" in upload(browser, "agencies", text.encode()).text
