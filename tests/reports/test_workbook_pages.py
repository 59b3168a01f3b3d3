"""Filling in off-line: download, upload, preview, confirm all or nothing, errors marked in one's own file."""

import datetime
import io
import json
from decimal import Decimal
from pathlib import Path
from unittest import mock

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.urls import reverse
from django.utils import translation
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from programme import calendar
from reports import entering, filing, foreign_files
from reports.attachments import MAX_SIZE
from reports.duty import owed_activities, owed_activity
from reports.filing import Conflict
from reports.models import Entry, EntryRevision, Submission, WorkbookUpload
from reports.transitions import Refused
from reports.workbook import marking, uploads
from reports.workbook.layout import Part, indicator_key, spending_key
from reports.workbook.looks import YELLOW

from .scenes import at, file_report, submission_of, write_all
from .uploads import excel
from .workbooks import Filled, read_here

pytestmark = pytest.mark.django_db

AKT = "akimat-akt"
RESAVED = Path(__file__).parent / "files" / "saved-by-libreoffice.xlsx"
LINE, COUNTED = "14/KZ-AKT/2009/local", "14/correctional-institutions-1"


@pytest.fixture(autouse=True)
def _here():
    with read_here():
        yield


@pytest.fixture
def submission():
    return submission_of(AKT)


def url(name: str, pk: int) -> str:
    return reverse(name, args=[pk])


def upload(browser, submission, content: bytes, name="есеп.xlsx"):
    return browser.post(url("workbook-upload", submission.pk), {"file": SimpleUploadedFile(name, content)})


def confirm(browser, page, **choices):
    """As the browser does with the page as it is."""
    address = url("workbook-preview", page.context["upload"].pk)
    return browser.post(address, {"seen": page.context["comparison"].seen} | choices)


def filled(submission, **cells) -> Filled:
    """Activity 14, by field; `spent` and `value` too."""
    book = Filled.of(submission)
    for name, value in cells.items():
        place = {"spent": (Part.SPENDING, LINE), "value": (Part.INDICATORS, COUNTED)}.get(name, (Part.PROGRESS, "14"))
        book[*place, name] = value
    return book


def preview(browser, submission, book: Filled | bytes):
    content = book if isinstance(book, bytes) else book.bytes()
    return browser.get(upload(browser, submission, content).url)


def entry(submission, ordinal=14) -> Entry:
    return Entry.objects.get(submission=submission, activity__ordinal=ordinal)


# Down and up


def test_the_task_list_offers_the_workbook_and_its_upload(browse, submission):
    page = browse("reporter.akt").get(url("submission", submission.pk)).text
    assert url("workbook", submission.pk) in page
    assert url("workbook-upload", submission.pk) in page


@pytest.mark.parametrize("language", ["kk", "ru", "en"])
def test_the_workbook_comes_in_the_readers_language(browse, submission, language):
    with translation.override(language):
        sheet = translation.gettext("Instructions")
    answer = browse("reporter.akt", language).get(url("workbook", submission.pk))
    assert 'filename="akimat-akt-2009-H1.xlsx"' in answer["Content-Disposition"]
    book = openpyxl.load_workbook(io.BytesIO(b"".join(answer.streaming_content)))
    assert book.sheetnames[0] == sheet


def test_an_upload_shows_what_would_change_and_saves_nothing(browse, submission):
    browser = browse("reporter.akt")
    page = preview(browser, submission, filled(submission, status="done", narrative="Жаңа <b>мәтін</b>", spent=1218.5))
    assert "Жаңа &lt;b&gt;мәтін&lt;/b&gt;" in page.text
    assert "1,218.500" in page.text
    assert "3 changes" in page.text
    assert "Save all of this" in page.text
    assert not Entry.objects.exists()


def test_confirming_saves_everything_and_says_what_is_left(browse, submission):
    browser = browse("reporter.akt")
    page = preview(browser, submission, filled(submission, status="done", narrative="Бітті", spent="1 218,5", value=3))
    answer = confirm(browser, page)
    assert answer.url == url("submission", submission.pk)
    saved = entry(submission)
    assert (saved.status, saved.narrative, saved.version) == ("done", "Бітті", 1)
    assert saved.spending.get().amount == Decimal("1218.500")
    assert saved.indicator_values.get().value == 3
    text = browser.get(answer.url).text
    assert "Saved from the workbook: activity 14." in text
    assert "Still to be completed: 14, 17, 18" in text


def test_a_second_click_changes_nothing_and_says_so(browse, submission):
    browser = browse("reporter.akt")
    page = preview(browser, submission, filled(submission, narrative="Бір рет"))
    confirm(browser, page)
    revisions = EntryRevision.objects.count()
    answer = confirm(browser, page)
    assert "has been confirmed already" in browser.get(answer.url).text
    assert browser.get(url("workbook-preview", page.context["upload"].pk)).url == answer.url
    assert EntryRevision.objects.count() == revisions


def test_a_workbook_in_which_nothing_was_touched_says_so(browse, submission, user):
    write_all(submission, user("reporter.akt"))
    page = preview(browse("reporter.akt"), submission, Filled.of(submission))
    assert "The workbook changes nothing" in page.text
    assert "Save all of this" not in page.text


def test_what_was_emptied_is_shown_as_such(browse, submission, user):
    write_all(submission, user("reporter.akt"))
    browser = browse("reporter.akt")
    page = preview(browser, submission, filled(submission, reason=None))
    assert '<del><span class="visually-hidden">' not in page.text
    assert "pill-warn" in page.text
    confirm(browser, page)
    assert entry(submission).reason == ""


def test_a_file_saved_by_libreoffice_is_read(browse, submission):
    browser = browse("reporter.akt")
    page = preview(browser, submission, RESAVED.read_bytes())
    assert page.context["comparison"].flaws == []
    assert "result of a formula" in page.text
    confirm(browser, page)
    first, second = entry(submission, 14), entry(submission, 17)
    assert (first.status, first.completed_on) == ("in_progress", datetime.date(2009, 6, 30))
    assert first.narrative == "Екі мекеме ашылды:\nбірі Ақтөбеде, бірі Ембіде. = 100 %"
    assert (second.status, second.reason, second.document_number) == ("delayed", "- құжаттар келісілуде", "12-3")
    assert second.document_date == datetime.date(2009, 6, 30)
    amounts = {n: str(entry(submission, n).spending.get().amount) for n in (14, 30, 31)}
    assert amounts == {14: "0.300", 30: "1234.500", 31: "3.500"}
    assert first.indicator_values.get().value == 2


# What is wrong


def test_a_wrong_file_keeps_the_page_and_says_why(browse, submission):
    browser = browse("reporter.akt")
    address = url("workbook-upload", submission.pk)
    for content, said in (
        (b"a;b", "not an Excel workbook"),
        (excel(), "not a workbook of this portal"),
        (Filled.of(submission_of("akimat-kus")).bytes(), "made for another body"),
        (b"", "empty"),
    ):
        page = upload(browser, submission, content)
        assert page.status_code == 422
        assert said in page.text
        assert 'href="#id_file"' in page.text
        assert address in page.text
    assert browser.post(address).status_code == 422
    assert not WorkbookUpload.objects.exists()


def test_a_file_that_is_too_large_is_said(browse, submission):
    page = upload(browse("reporter.akt"), submission, b"\0" * (MAX_SIZE + 1))
    assert page.status_code == 422
    assert "larger than 20 MB" in page.text


def test_busy_readers_and_a_failing_storage_are_said(browse, submission, monkeypatch):
    content = Filled.of(submission).bytes()

    def fails(*_args, **_kwargs):
        raise OSError

    monkeypatch.setattr(WorkbookUpload._meta.get_field("file").storage, "save", fails)
    page = upload(browse("reporter.akt"), submission, content)
    assert (page.status_code, WorkbookUpload.objects.count()) == (503, 0)
    assert "could not be stored" in page.text

    def is_busy(*_args, **_kwargs):
        raise foreign_files.Busy("Try again in a minute.")

    with mock.patch.object(foreign_files, "_run", is_busy):
        page = upload(browse("reporter.akt"), submission, content)
    assert page.status_code == 503
    assert "Try again in a minute." in page.text


def test_with_an_error_nothing_can_be_confirmed(browse, submission):
    browser = browse("reporter.akt")
    book = filled(submission, status="done", spent=1.2345)
    page = preview(browser, submission, book)
    sheet, cell = book.address(Part.SPENDING, LINE, "spent")
    assert "1 thing to correct" in page.text
    assert f">{cell}</td>" in page.text
    assert f">{sheet}</th>" in page.text
    assert "at most three decimals" in page.text
    assert "Save all of this" not in page.text
    assert url("workbook-marked", page.context["upload"].pk) in page.text
    answer = confirm(browser, page)
    assert answer.status_code == 422
    assert not Entry.objects.exists()


def marked(browser, page) -> Filled:
    answer = browser.get(url("workbook-marked", page.context["upload"].pk))
    return Filled(b"".join(answer.streaming_content))


def test_errors_come_back_marked_in_ones_own_workbook_and_old_marks_vanish(browse, submission):
    browser = browse("reporter.akt", "kk")
    book = filled(submission, status="бітті", narrative="=SUM(A1)", completed_on="ертең", reason="Өз себебім")
    place = Part.PROGRESS, "14"
    sheet = book.sheet(Part.PROGRESS)
    sheet["AA5"], sheet["AA6"] = "Өз бағаным", 5
    comment = openpyxl.comments.Comment("Менің ескертпем", "мен")
    book.cell(*place, "completed_on").comment = comment
    back = marked(browser, preview(browser, submission, book))
    status, day, reason = (back.cell(*place, name) for name in ("status", "completed_on", "reason"))
    with translation.override("kk"):
        prefix = str(marking._PREFIX)
    assert status.fill.fgColor.rgb == day.fill.fgColor.rgb == marking.COLOUR
    assert status.comment.text.startswith(prefix)
    assert day.comment.text.startswith(prefix)
    assert day.comment.text.endswith("Менің ескертпем")
    assert reason.comment is None
    assert (reason.value, back[*place, "narrative"]) == ("Өз себебім", "=SUM(A1)")
    own = back.sheet(Part.PROGRESS)
    assert (own["AA5"].value, own["AA6"].value, own.protection.sheet) == ("Өз бағаным", 5, True)
    errors = back.book.worksheets[0]
    assert [[cell.value for cell in row][1] for row in errors.iter_rows(min_row=3)] == [
        status.coordinate,
        day.coordinate,
    ]

    # One is corrected, in another language.
    back[*place, "status"] = "done"
    browser = browse("reporter.akt", "ru")
    back = marked(browser, preview(browser, submission, back))
    status, day = (back.cell(*place, name) for name in ("status", "completed_on"))
    assert status.comment is None
    assert status.fill.fgColor.rgb == YELLOW.replace("#", "FF")
    assert day.comment.text.count("Менің ескертпем") == 1
    assert day.fill.fgColor.rgb == marking.COLOUR
    assert len(back.book.worksheets[0]["A"]) == 3
    assert sum(str(sheet["A1"].value).startswith("portal:errors") for sheet in back.book) == 1

    back[*place, "completed_on"] = "30.06.2009"
    page = preview(browser, submission, back)
    assert page.context["comparison"].flaws == []
    assert browser.get(url("workbook-marked", page.context["upload"].pk)).status_code == 302


def test_a_file_that_is_gone_or_cannot_be_marked_is_said(browse, submission, monkeypatch):
    browser = browse("reporter.akt")
    page = preview(browser, submission, filled(submission, spent="көп"))
    address = url("workbook-marked", page.context["upload"].pk)

    def is_costly(*_args, **_kwargs):
        raise foreign_files.Unreadable("Too much.")

    with monkeypatch.context() as patch:
        patch.setattr(marking, "marked_workbook", is_costly)
        answer = browser.get(address)
    assert "Too much." in browser.get(answer.url).text
    page.context["upload"].file.storage.delete(page.context["upload"].file.name)
    assert "not kept any more" in browser.get(browser.get(address).url).text


# Others who write at the same time


def save(submission, by, **values):
    owed = owed_activity(submission, 14)
    version = owed.entry.version if owed.entry else 0
    filing.save_entry(
        submission=submission, activity=owed.activity, by=by, version=version, values=values, spending={}, indicators={}
    )


def test_a_conflict_has_to_be_decided_before_anything_is_saved(browse, submission, user):
    browser = browse("reporter.akt")
    book = filled(submission, narrative="Кітаптағы", status="done")
    save(submission, user("signatory.akt"), narrative="Беттегі")
    page = preview(browser, submission, book)
    assert "Changed on the page too" in page.text
    assert " checked" not in page.text
    refused = confirm(browser, page)
    assert refused.status_code == 422
    assert 'href="#choice-14-narrative-workbook"' in refused.text
    assert entry(submission).status == ""
    confirm(browser, page, **{"choice-14-narrative": "workbook"})
    assert (entry(submission).narrative, entry(submission).status) == ("Кітаптағы", "done")


def test_the_pages_text_can_be_kept(browse, submission, user):
    browser = browse("reporter.akt")
    book = filled(submission, narrative="Кітаптағы")
    save(submission, user("signatory.akt"), narrative="Беттегі")
    answer = confirm(browser, preview(browser, submission, book), **{"choice-14-narrative": "page"})
    assert "Everything stays as it is on the page" in browser.get(answer.url).text
    assert entry(submission).version == 1


def test_what_was_saved_between_preview_and_confirmation_is_shown_first(browse, submission, user):
    browser = browse("reporter.akt")
    page = preview(browser, submission, filled(submission, narrative="Кітаптағы"))
    save(submission, user("signatory.akt"), narrative="Беттегі")
    answer = confirm(browser, page)
    assert answer.status_code == 409
    assert "was changed after you opened this page" in answer.text
    assert entry(submission).narrative == "Беттегі"
    assert [a.field for a in answer.context["comparison"].undecided] == ["narrative"]


def test_when_the_last_entry_cannot_be_saved_none_is(browse, submission, monkeypatch):
    browser = browse("reporter.akt")
    book = filled(submission, narrative="Бірінші")
    book[Part.PROGRESS, "17", "narrative"] = "Екінші"
    page = preview(browser, submission, book)
    save_typed = entering.save_typed

    def fails_at_the_last(form, **kwargs):
        if form.owed.activity.ordinal == 17:
            raise Conflict(Entry(version=7))
        return save_typed(form, **kwargs)

    monkeypatch.setattr(entering, "save_typed", fails_at_the_last)
    assert confirm(browser, page).status_code == 409
    assert not Entry.objects.exists()


def test_a_report_that_was_locked_meanwhile_is_left_alone(browse, submission, user):
    browser = browse("reporter.akt")
    content = filled(submission, narrative="Кеш").bytes()
    page = preview(browser, submission, content)
    write_all(submission, user("reporter.akt"))
    filing.send_for_signature(submission=submission, by=user("reporter.akt"))
    revisions = EntryRevision.objects.count()
    for ask in (
        lambda: confirm(browser, page),
        lambda: browser.get(url("workbook-preview", page.context["upload"].pk)),
        lambda: browser.get(url("workbook", submission.pk)),
        lambda: browser.get(url("workbook-upload", submission.pk)),
        lambda: upload(browser, submission, content),
    ):
        answer = ask()
        assert answer.url == url("submission", submission.pk)
        assert "awaits signature and is locked" in browser.get(answer.url).text
    file_report(submission, user("reporter.akt"))
    assert "has been filed and is locked" in browser.get(confirm(browser, page).url, follow=True).text
    assert EntryRevision.objects.count() == revisions


def test_the_lock_is_asked_inside_the_transaction(submission, user):
    found = uploads.receive(
        submission=submission, by=user("reporter.akt"), name="x.xlsx", content=filled(submission, reason="Р").bytes()
    )
    Submission.objects.filter(pk=submission.pk).update(awaits_signature=True)
    with pytest.raises(Refused, match="is locked"), translation.override("en"):
        uploads.confirm(upload=found, by=user("reporter.akt"), choices={}, seen="14:0")
    assert not Entry.objects.exists()


# Whose, how long, how much


def test_an_upload_is_its_owners_alone(browse, submission):
    page = preview(browse("reporter.akt"), submission, filled(submission, reason="Р"))
    for name in ("workbook-preview", "workbook-marked"):
        address = url(name, page.context["upload"].pk)
        for other in ("signatory.akt", "reporter.kus", "coordinator"):
            assert browse(other).get(address).status_code == 404


def test_uploads_are_forgotten_after_a_week_with_their_files(submission, user):
    storage = WorkbookUpload._meta.get_field("file").storage
    content = Filled.of(submission).bytes()

    def receive():
        return uploads.receive(submission=submission, by=user("reporter.akt"), name="x.xlsx", content=content)

    with at(2009, 7, 1, 12):
        old, gone = receive(), receive()
    storage.delete(gone.file.name)
    with at(2009, 7, 4, 12):
        new = receive()
    with at(2009, 7, 8, 12, 0, 1):
        assert uploads.forget_old() == 2
    assert list(WorkbookUpload.objects.all()) == [new]
    assert storage.exists(new.file.name)
    assert not storage.exists(old.file.name)


def test_the_pages_cost_a_fixed_number_of_queries(browse, submission, user, django_assert_num_queries):
    browser = browse("reporter.akt")
    with django_assert_num_queries(5):
        browser.get(url("workbook-upload", submission.pk))
    one = upload(browser, submission, filled(submission, narrative="Бір").bytes()).url
    with django_assert_num_queries(14):
        browser.get(one)
    book = Filled.of(submission)
    for owed in owed_activities(submission):
        book[Part.PROGRESS, str(owed.activity.ordinal), "narrative"] = "Көп"
        book[Part.PROGRESS, str(owed.activity.ordinal), "completed_on"] = "қате"
    many = upload(browser, submission, book.bytes()).url
    with django_assert_num_queries(14):
        browser.get(many)
    write_all(submission, user("signatory.akt"))
    with django_assert_num_queries(16):
        assert "Changed on the page too" in browser.get(many).text


# Round trips

TEXTS = st.text(
    st.characters(codec="utf-8", exclude_categories=["Cs", "Cc", "Cn", "Co"], include_characters="\n"), max_size=200
)
DAYS = st.dates(datetime.date(1990, 1, 1), datetime.date(2030, 12, 31))
MONEY = st.decimals(0, 999_999_999, places=3).map(abs)
ANSWERS = st.fixed_dictionaries(
    {},
    optional={
        "status": st.sampled_from(Entry.Status.values),
        "narrative": TEXTS,
        "reason": st.sampled_from(["=1+1", "+7 (7132)", "-", "@", "'", "<r>a</r>", "12-3", "\t a \r\n b"]),
        "document_number": st.sampled_from(["145-ө", "007", "1e5", "12/3"]),
        "completed_on": DAYS,
        "document_date": DAYS,
        "spent": MONEY,
        "value": st.integers(0, 999_999_999),
    },
)
LANGUAGES = st.sampled_from(["kk", "ru", "en"])


@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(first=ANSWERS, then=ANSWERS, language=LANGUAGES)
def test_what_is_filled_in_and_confirmed_is_what_is_stored(user, first, then, language):
    """Twice: the second workbook is made from what the first one left, and is filled in on top of it."""
    submission, by = submission_of(AKT), user("reporter.akt")
    with transaction.atomic(), translation.override(language):
        expected = {}
        for answers in (first, then):
            book = Filled.of(submission, language)
            _fill(book, answers)
            found = uploads.receive(submission=submission, by=by, name="x.xlsx", content=book.bytes())
            comparison = uploads.compare_upload(found)
            assert not comparison.flaws
            uploads.confirm(upload=found, by=by, choices={}, seen=comparison.seen)
            expected |= {name: _stored(value) for name, value in answers.items()}
        assert _as_stored(submission, expected) == expected
        again = uploads.receive(submission=submission, by=by, name="x.xlsx", content=Filled.of(submission).bytes())
        assert uploads.compare_upload(again).answers == []
        transaction.set_rollback(True)


def _fill(book: Filled, answers: dict) -> None:
    for name, value in answers.items():
        place = {"spent": (Part.SPENDING, LINE), "value": (Part.INDICATORS, COUNTED)}.get(name, (Part.PROGRESS, "14"))
        shown = str(Entry.Status(value).label) if name == "status" else value
        # As Excel writes it.
        book[*place, name] = shown.replace("\r", "_x000D_") if isinstance(shown, str) else shown


def _stored(value):
    return value.replace("\r\n", "\n").strip() if isinstance(value, str) else value


def _as_stored(submission, expected: dict) -> dict:
    owed = owed_activity(submission, 14)
    found = {name: getattr(owed.entry, name, "") for name in expected} if owed.entry else dict.fromkeys(expected, "")
    if "spent" in expected:
        found["spent"] = next(item.spent for item in owed.lines if spending_key(item) == LINE)
    if "value" in expected:
        found["value"] = next(item.value for item in owed.indicators if indicator_key(owed, item) == COUNTED)
    return found


def test_what_was_read_is_kept_as_it_was_found(submission, user):
    found = uploads.receive(
        submission=submission, by=user("reporter.akt"), name="a\u202eb\0.xlsx", content=Filled.of(submission).bytes()
    )
    assert found.name == "ab.xlsx"
    assert json.loads(found.cells)["headers"] == found.read["headers"]
    assert found.at == calendar.now()
