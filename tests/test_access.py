"""Who may open what: one table over every URL, in every role. A URL that is missing here fails."""

import json

import pytest
from django.core.files.base import ContentFile
from django.urls import get_resolver, reverse

from accounts import tokens
from analysis import jobs
from analysis.models import Job, SavedView
from programme import calendar
from reports import review
from reports.models import ConsolidatedReport, Letter, Period, WorkbookUpload
from reports.workbook.layout import Header

from .look.pages import PAGES
from .reports.scenes import at, filed, submission_of, write_all
from .reports.uploads import attach

ROLES = (
    "anonymous",
    "reporter.akt",
    "signatory.akt",
    "reporter.kus",
    "reporter.moes",
    "coordinator",
    "analyst",
    "leader",
    "akim.akt",
    "administrator",
)
SIGN_IN, NONE, NO, OK, MOVED = 302, 404, 403, 200, 302

SLUG = "children-2007-2011"
EVERYBODY = (SIGN_IN, OK, OK, OK, OK, OK, OK, OK, OK, OK)
READERS = (SIGN_IN, NO, NO, NO, NO, OK, OK, OK, NO, OK)
IMPORTERS = (SIGN_IN, NO, NO, NO, NO, OK, NO, NO, NO, OK)
API = (401, OK, OK, OK, OK, OK, OK, OK, OK, OK)

# URL name, arguments, method: status for each of ROLES.
# `filed` is Aktobe's filed report of 2008-H2, `draft` its draft of 2009-H1.
TABLE = {
    # The head of a region is led to its page.
    ("home", (), "get"): (SIGN_IN, OK, OK, OK, OK, OK, OK, OK, MOVED, OK),
    ("login", (), "get"): (OK, MOVED, MOVED, MOVED, MOVED, MOVED, MOVED, MOVED, MOVED, MOVED),
    ("logout", (), "post"): (MOVED,) * 10,
    ("set_language", (), "post"): (MOVED,) * 10,
    ("passport", (SLUG,), "get"): EVERYBODY,
    ("programme-text", (SLUG,), "get"): EVERYBODY,
    ("source", (SLUG,), "get"): EVERYBODY,
    ("findings", (SLUG,), "get"): EVERYBODY,
    ("plan", (SLUG,), "get"): EVERYBODY,
    ("activity", (SLUG, 14), "get"): EVERYBODY,
    ("budget", (SLUG,), "get"): EVERYBODY,
    ("reconciliation", (SLUG,), "get"): EVERYBODY,
    ("periods", (SLUG,), "get"): EVERYBODY,
    ("period", (SLUG, "2009-H1"), "get"): EVERYBODY,
    ("reminders", (SLUG, "2009-H1"), "get"): READERS,
    ("workspace", (SLUG, "2008-H2"), "get"): (SIGN_IN, NO, NO, NO, NO, OK, NO, NO, NO, NO),
    ("workspace", (SLUG, "2008-H2"), "post"): (SIGN_IN, NO, NO, NO, NO, MOVED, NO, NO, NO, NO),
    ("report-text", (SLUG, "2008-H2", "activity-14"), "get"): (SIGN_IN, NO, NO, NO, NO, OK, NO, NO, NO, NO),
    ("report-text", (SLUG, "2008-H2", "activity-14"), "post"): (SIGN_IN, NO, NO, NO, NO, NONE, NO, NO, NO, NO),
    ("consolidated", (SLUG, "2008-H2"), "get"): READERS,
    ("consolidated", (SLUG, "2008-H2"), "post"): (SIGN_IN, NO, NO, NO, NO, MOVED, NO, NO, NO, NO),
    ("consolidated-document", (SLUG, "2008-H2", "json"), "get"): READERS,
    ("consolidated-report", (SLUG, "2008-H2", 1), "get"): READERS,
    ("consolidated-report", (SLUG, "2008-H2", 1), "post"): (SIGN_IN, NO, NO, NO, NO, MOVED, NO, NO, NO, NO),
    ("consolidated-report", (SLUG, "2008-H2", 2), "get"): (SIGN_IN, NO, NO, NO, NO, NONE, NONE, NONE, NO, NONE),
    ("consolidated-report-document", (SLUG, "2008-H2", 1, "json"), "get"): READERS,
    ("send-consolidated", (SLUG, "2007-H2", 1), "post"): (SIGN_IN, NO, NO, NO, NO, 422, NO, NO, NO, NO),
    ("behind", (SLUG, "2008-H2"), "get"): (SIGN_IN, NO, NO, NO, NO, 400, 400, 400, NO, 400),
    ("submission", ("draft",), "get"): (SIGN_IN, OK, OK, NONE, NONE, OK, OK, OK, OK, OK),
    ("submission", ("filed",), "get"): (SIGN_IN, OK, OK, NONE, NONE, OK, OK, OK, OK, OK),
    ("entry", ("draft", 14), "get"): (SIGN_IN, OK, OK, NONE, NONE, NO, NO, NO, NO, NO),
    ("entry", ("draft", 14), "post"): (SIGN_IN, OK, OK, NONE, NONE, NO, NO, NO, NO, NO),
    ("entries", ("draft",), "get"): (SIGN_IN, OK, OK, NONE, NONE, NO, NO, NO, NO, NO),
    ("entries", ("draft",), "post"): (SIGN_IN, MOVED, MOVED, NONE, NONE, NO, NO, NO, NO, NO),
    ("workbook", ("draft",), "get"): (SIGN_IN, OK, OK, NONE, NONE, NO, NO, NO, NO, NO),
    ("workbook-upload", ("draft",), "get"): (SIGN_IN, OK, OK, NONE, NONE, NO, NO, NO, NO, NO),
    ("workbook-upload", ("draft",), "post"): (SIGN_IN, 422, 422, NONE, NONE, NO, NO, NO, NO, NO),
    ("workbook-preview", ("workbook",), "get"): (SIGN_IN, OK, NONE, NONE, NONE, NONE, NONE, NONE, NONE, NONE),
    ("workbook-preview", ("workbook",), "post"): (SIGN_IN, MOVED, NONE, NONE, NONE, NONE, NONE, NONE, NONE, NONE),
    ("workbook-marked", ("workbook",), "get"): (SIGN_IN, MOVED, NONE, NONE, NONE, NONE, NONE, NONE, NONE, NONE),
    ("file-submission", ("draft",), "get"): (SIGN_IN, OK, OK, NONE, NONE, NO, NO, NO, NO, NO),
    ("file-submission", ("draft",), "post"): (SIGN_IN, MOVED, MOVED, NONE, NONE, NO, NO, NO, NO, NO),
    ("sign-off", ("draft",), "post"): (SIGN_IN, 422, 422, NONE, NONE, NO, NO, NO, NO, NO),
    ("receipt", ("filed",), "get"): (SIGN_IN, OK, OK, NONE, NONE, OK, OK, OK, OK, OK),
    ("receipt", ("draft",), "get"): (SIGN_IN, NONE, NONE, NONE, NONE, NONE, NONE, NONE, NONE, NONE),
    ("letters", ("draft",), "get"): (SIGN_IN, NO, NO, NONE, NONE, OK, OK, OK, NO, OK),
    ("letters", ("draft",), "post"): (SIGN_IN, NO, NO, NONE, NONE, 422, NO, NO, NO, NO),
    ("letter", ("letter",), "get"): (SIGN_IN, OK, OK, NONE, NONE, OK, OK, OK, OK, OK),
    ("history", ("filed",), "get"): (SIGN_IN, OK, OK, NONE, NONE, OK, OK, OK, OK, OK),
    ("attachment", ("filed_file",), "get"): (SIGN_IN, OK, OK, NONE, NONE, OK, OK, OK, OK, OK),
    ("attachment", ("draft_file",), "get"): (SIGN_IN, OK, OK, NONE, NONE, NONE, NONE, NONE, NONE, NONE),
    ("review", ("filed",), "post"): (SIGN_IN, NO, NO, NONE, NONE, 422, NO, NO, NO, NO),
    ("accept-selected", (SLUG, "2009-H1"), "post"): (SIGN_IN, NO, NO, NO, NO, MOVED, NO, NO, NO, NO),
    ("comment", ("filed",), "post"): (SIGN_IN, NO, NO, NONE, NONE, 422, NO, NO, NO, NO),
    ("answer", ("comment",), "post"): (SIGN_IN, 422, 422, NONE, NONE, 422, NO, NO, NO, NO),
    ("resolve", ("comment",), "post"): (SIGN_IN, NO, NO, NONE, NONE, MOVED, NO, NO, NO, NO),
    ("extend", ("draft",), "get"): (SIGN_IN, NO, NO, NONE, NONE, OK, NO, NO, NO, NO),
    ("extend", ("draft",), "post"): (SIGN_IN, NO, NO, NONE, NONE, 422, NO, NO, NO, NO),
    ("waive", ("draft",), "get"): (SIGN_IN, NO, NO, NONE, NONE, OK, NO, NO, NO, NO),
    ("waive", ("draft",), "post"): (SIGN_IN, NO, NO, NONE, NONE, 422, NO, NO, NO, NO),
    ("verify", (), "get"): (OK,) * 10,
    ("verify", (), "post"): (422,) * 10,
    ("overview", (SLUG,), "get"): EVERYBODY,
    ("map", (SLUG,), "get"): EVERYBODY,
    ("region", (SLUG, "KZ-AKT"), "get"): EVERYBODY,
    ("compare", (SLUG,), "get"): EVERYBODY,
    ("timeline", (SLUG,), "get"): EVERYBODY,
    ("progress", (SLUG,), "get"): EVERYBODY,
    ("calendar", (SLUG,), "get"): EVERYBODY,
    ("calendar", (SLUG,), "post"): (SIGN_IN, 422, 422, 422, 422, 422, 422, 422, 422, 422),
    ("calendar-file", (SLUG,), "get"): EVERYBODY,
    ("calendar-feed", ("unknown",), "get"): (NONE,) * 10,
    ("money", (SLUG,), "get"): EVERYBODY,
    ("results", (SLUG,), "get"): EVERYBODY,
    ("search", (), "get"): EVERYBODY,
    ("help", (), "get"): EVERYBODY,
    ("glossary", (), "get"): EVERYBODY,
    ("components", (), "get"): (SIGN_IN, *(NONE,) * 9),
    ("theme", (), "post"): (MOVED,) * 10,
    ("datasets", (), "get"): EVERYBODY,
    ("dataset", ("timeliness", "csv"), "get"): API,
    ("dataset-page", ("timeliness",), "get"): EVERYBODY,
    ("save-view", (), "post"): (SIGN_IN, NONE, NONE, NONE, NONE, NONE, NONE, NONE, NONE, NONE),
    ("saved-view", ("view",), "get"): EVERYBODY,
    ("saved-view-file", ("view", "csv"), "get"): API,
    ("delete-view", ("view",), "post"): (SIGN_IN, NONE, NONE, NONE, NONE, NONE, MOVED, NONE, NONE, NONE),
    ("jobs", (), "get"): EVERYBODY,
    ("job", ("job",), "get"): (SIGN_IN, NONE, NONE, NONE, NONE, OK, NONE, NONE, NONE, NONE),
    ("job-result", ("job",), "get"): (SIGN_IN, NONE, NONE, NONE, NONE, OK, NONE, NONE, NONE, NONE),
    ("job-cancel", ("job",), "post"): (SIGN_IN, NONE, NONE, NONE, NONE, MOVED, NONE, NONE, NONE, NONE),
    ("job-again", ("job",), "post"): (SIGN_IN, NONE, NONE, NONE, NONE, MOVED, NONE, NONE, NONE, NONE),
    ("job-delete", ("job",), "post"): (SIGN_IN, NONE, NONE, NONE, NONE, MOVED, NONE, NONE, NONE, NONE),
    ("summary", ("print",), "get"): READERS,
    ("imports", (), "get"): IMPORTERS,
    ("import", ("users",), "get"): IMPORTERS,
    ("import", ("users",), "post"): (SIGN_IN, NO, NO, NO, NO, 422, NO, NO, NO, 422),
    ("import-template", ("users", "xlsx"), "get"): IMPORTERS,
    ("import-current", ("users", "csv"), "get"): IMPORTERS,
    ("import-job", ("check",), "get"): (SIGN_IN, NO, NO, NO, NO, OK, NO, NO, NO, NONE),
    ("import-job", ("check",), "post"): (SIGN_IN, NO, NO, NO, NO, OK, NO, NO, NO, NONE),
    ("choose-password", ("MQ", "a-b"), "get"): (OK,) * 10,
    ("healthz", (), "get"): (OK,) * 10,
    ("readyz", (), "get"): (OK,) * 10,
    ("tokens", (), "get"): EVERYBODY,
    ("tokens", (), "post"): (SIGN_IN, 422, 422, 422, 422, 422, 422, 422, 422, 422),
    ("revoke-token", ("token",), "post"): (SIGN_IN, MOVED, MOVED, NONE, NONE, NONE, NONE, NONE, NONE, NONE),
    ("api-reference", (), "get"): EVERYBODY,
    ("api-schema", (), "get"): API,
    ("api-activities-list", (), "get"): API,
    ("api-indicators-list", (), "get"): API,
    ("api-financing-list", (), "get"): API,
    ("api-reconciliation-list", (), "get"): API,
    ("api-findings-list", (), "get"): API,
    ("api-expected-results-list", (), "get"): API,
    ("api-agencies-list", (), "get"): API,
    ("api-regions-list", (), "get"): API,
    ("api-periods-list", (), "get"): API,
    ("api-submissions-list", (), "get"): API,
    ("api-submissions-detail", ("filed",), "get"): (401, OK, OK, NONE, NONE, OK, OK, OK, OK, OK),
    ("api-owed", ("draft",), "get"): (401, OK, OK, NONE, NONE, NO, NO, NO, NO, NO),
    ("api-check", ("draft",), "get"): (401, OK, OK, NONE, NONE, NO, NO, NO, NO, NO),
    ("api-entry", ("draft", 14), "get"): (401, OK, OK, NONE, NONE, NO, NO, NO, NO, NO),
    ("api-entry", ("draft", 14), "put"): (401, 428, 428, NONE, NONE, NO, NO, NO, NO, NO),
    ("api-attachments", ("draft", 14), "get"): (401, OK, OK, NONE, NONE, OK, OK, OK, OK, OK),
    ("api-attachments", ("draft", 14), "post"): (401, 400, 400, NONE, NONE, NO, NO, NO, NO, NO),
    ("api-attachment", ("draft", "draft_file"), "delete"): (401, 204, 409, NONE, NONE, NO, NO, NO, NO, NO),
    ("api-attachment-content", ("filed", "filed_file"), "get"): (401, OK, OK, NONE, NONE, OK, OK, OK, OK, OK),
    ("api-attachment-content", ("draft", "draft_file"), "get"): (401, OK, OK, NONE, NONE, NONE, NONE, NONE, NONE, NONE),
    ("api-send-for-signature", ("draft",), "post"): (401, 409, 409, NONE, NONE, NO, NO, NO, NO, NO),
    ("api-recall", ("draft",), "post"): (401, 409, 409, NONE, NONE, NO, NO, NO, NO, NO),
    ("api-send-back", ("draft",), "post"): (401, 415, 415, NONE, NONE, NO, NO, NO, NO, NO),
    ("api-file", ("draft",), "post"): (401, 400, 400, NONE, NONE, NO, NO, NO, NO, NO),
    ("api-receipts", ("filed",), "get"): (401, OK, OK, NONE, NONE, OK, OK, OK, OK, OK),
    ("api-receipt", ("filed", 1), "get"): (401, OK, OK, NONE, NONE, OK, OK, OK, OK, OK),
    ("api-events", ("filed",), "get"): (401, OK, OK, NONE, NONE, OK, OK, OK, OK, OK),
    ("api-comments", ("filed",), "get"): (401, OK, OK, NONE, NONE, OK, OK, OK, OK, OK),
    ("api-comments", ("filed",), "post"): (401, NO, NO, NONE, NONE, 415, NO, NO, NO, NO),
    ("api-comment-answers", ("filed", "comment"), "post"): (401, 415, 415, NONE, NONE, 415, NO, NO, NO, NO),
    ("api-comment-resolve", ("filed", "comment"), "post"): (401, NO, NO, NONE, NONE, OK, NO, NO, NO, NO),
    ("api-accept", ("filed",), "post"): (401, NO, NO, NONE, NONE, 415, NO, NO, NO, NO),
    ("api-return", ("filed",), "post"): (401, NO, NO, NONE, NONE, 415, NO, NO, NO, NO),
    ("api-reopen", ("filed",), "post"): (401, NO, NO, NONE, NONE, 415, NO, NO, NO, NO),
    ("api-extend", ("draft",), "post"): (401, NO, NO, NONE, NONE, 415, NO, NO, NO, NO),
    ("api-waive", ("draft",), "post"): (401, NO, NO, NONE, NONE, 415, NO, NO, NO, NO),
    ("api-entries-list", (), "get"): API,
    ("api-consolidated-reports-list", (), "get"): API,
    ("api-root", (), "get"): API,
}


@pytest.fixture
def places(user):
    with at(2009, 1, 5, 9):
        filed_file = attach(submission_of("akimat-akt", "2008-H2"), user("reporter.akt"))
        done = filed("akimat-akt", user("reporter.akt"), "2008-H2")
    draft = submission_of("akimat-akt")
    letter = Letter.objects.create(
        submission=draft,
        year=2009,
        number=1,
        dated="2009-07-11",
        language="kk",
        days_overdue=1,
        document=b"",
        by=user("coordinator"),
        at=calendar.now(),
    )
    comment = review.comment(submission=done, by=user("coordinator"), text="Санын нақтылаңыз")
    ConsolidatedReport.objects.create(
        period=Period.objects.get(code="2007-H2"),
        content="{}",
        sha256="0" * 64,
        finalised_at=calendar.now(),
        finalised_by=user("coordinator"),
    )
    view = SavedView.objects.create(
        by=user("analyst"), name="Әкімдіктер", dataset="timeliness", created_at=calendar.now()
    )
    job = jobs.enqueue(Job.Kind.EXPORT, title="Export", by=user("coordinator"), arguments={})
    job.result.save("result", ContentFile(b"x"))
    check = jobs.enqueue(Job.Kind.CHECK_IMPORT, title="Users", by=user("coordinator"), arguments={"kind": "users"})
    header = Header(SLUG, "akimat-akt", "2009-H1", "kk", "2009-07-06", entries={})
    workbook = WorkbookUpload.objects.create(
        submission=draft,
        by=user("reporter.akt"),
        at=calendar.now(),
        name="есеп.xlsx",
        cells=json.dumps({"headers": [header.to_text()], "date1904": False, "sheets": []}),
    )
    token, _secret = tokens.make(by=user("reporter.akt"), name="Excel", scopes=["read"], expires_on=calendar.today())
    return {
        "token": token.pk,
        "workbook": workbook.pk,
        "check": check.pk,
        "job": job.pk,
        "filed": done.pk,
        "view": view.key,
        "draft": draft.pk,
        "letter": letter.pk,
        "comment": comment.pk,
        "filed_file": filed_file.pk,
        "draft_file": attach(draft, user("reporter.akt")).pk,
    }


def url_names(resolver=None):
    """Every name of the portal's own URLs; the admin guards itself and is asked separately."""
    for pattern in (resolver or get_resolver()).url_patterns:
        if hasattr(pattern, "url_patterns"):
            if getattr(pattern, "app_name", None) != "admin":
                yield from url_names(pattern)
        elif pattern.name:
            yield pattern.name


def test_every_url_is_in_the_table():
    assert set(url_names()) == {name for name, _arguments, _method in TABLE}


@pytest.mark.parametrize(("name", "arguments", "method"), TABLE, ids=str)
def test_status_for_every_role(browse, places, name, arguments, method):
    url = reverse(name, args=[places.get(argument, argument) for argument in arguments])
    found, pages = {}, set()
    for role in ROLES:
        answer = getattr(browse(None if role == "anonymous" else role), method)(url)
        found[role] = answer.status_code
        if method == "get" and answer.status_code == OK and answer["Content-Type"].startswith("text/html"):
            pages.add(name)
    assert found == dict(zip(ROLES, TABLE[name, arguments, method], strict=True))
    assert pages <= {page.url for page in PAGES}, "tests/look/pages.py does not look at it"


@pytest.mark.parametrize("role", ROLES)
def test_admin_is_for_staff(browse, role):
    status = browse(None if role == "anonymous" else role).get("/admin/").status_code
    assert status == (OK if role == "administrator" else MOVED)


def test_the_admin_says_which_day_it_pretends_to_be(browse):
    page = browse("administrator", "kk").get("/admin/").text
    assert "2009 жылғы 6 шілде" in page


def test_a_draft_is_read_by_its_own_agency_alone(browse, user):
    submission = submission_of("akimat-akt")
    write_all(submission, user("reporter.akt"), narrative="Құпия жоба мәтіні")
    url = reverse("submission", args=[submission.pk])
    assert "Құпия жоба мәтіні" in browse("reporter.akt").get(reverse("entry", args=[submission.pk, 14])).text
    for reader in ("coordinator", "analyst", "administrator"):
        assert "Құпия жоба мәтіні" not in browse(reader).get(url).text


def test_a_returned_report_shows_coordinators_the_filed_copy_not_the_rework(browse, user):
    submission = filed("akimat-akt", user("reporter.akt"), narrative="Ұсынылған мәтін")
    review.return_for_rework(submission=submission, by=user("coordinator"), reason="Толықтырыңыз")
    write_all(submission, user("reporter.akt"), narrative="Өңделіп жатқан мәтін")
    page = browse("coordinator").get(reverse("submission", args=[submission.pk])).text
    assert "Ұсынылған мәтін" in page
    assert "Өңделіп жатқан мәтін" not in page
