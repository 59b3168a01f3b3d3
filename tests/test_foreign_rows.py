"""Nobody reads or changes what is another's: every id of Aktobe's rows, through every address and every field.

What only some may read has a word in it that stands nowhere else. Every role asks for everything, and is told none of
the words that are not for it; those who may write nothing of Aktobe's leave all of its rows as they were.
"""

import io
import json
import zipfile
from collections.abc import Iterator
from contextlib import suppress
from html.parser import HTMLParser
from itertools import product
from uuid import UUID

import pytest
from allauth.usersessions.models import UserSession
from django.core.files.base import ContentFile
from django.urls import NoReverseMatch, get_resolver, reverse

from accounts import tokens
from accounts.models import ApiToken
from analysis import jobs
from analysis.models import Job, SavedView
from programme import calendar
from reports import filing, review
from reports.duty import owed_activity
from reports.models import (
    Attachment,
    Comment,
    Entry,
    EntryRevision,
    IndicatorValue,
    Letter,
    Spending,
    Submission,
    SubmissionCopy,
    SubmissionEvent,
    WorkbookUpload,
)
from reports.workbook.layout import Header

from .reports.scenes import at, file_report, submission_of, write_all
from .reports.uploads import PDF, upload_of
from .test_access import SLUG, url_names

OUTSIDERS = ("anonymous", "reporter.kus", "reporter.moes")
READERS = ("coordinator", "analyst", "leader", "administrator")
# A word that can be searched for stands beside each that must not be found.
SEARCHABLE = "пілдерқоршауы"
FILED, DRAFT, OWN = "құпия-ұсынылған-71", "құпия-жоба-72", "құпия-жеке-73"
# Half-years, parts of addresses, kinds and formats that are nobody's in particular.
WORDS = {
    "slug": [SLUG], "code": ["2008-H2", "KZ-AKT"], "ordinal": [14], "number": [1], "part": ["activity-14"],
    "fmt": ["json"], "kind": ["users"], "layout": ["print"],
    "uidb64": ["MQ"], "token": ["a-b"], "provider_id": ["none"],
    "name": ["entries", "spending"],
    "secret": ["none"],
}  # fmt: skip
# Sign oneself out, and what says nothing of reports.
LEFT_ALONE = {"logout", "account_login", "login", "metrics", "readyz", "healthz", "end-every-session"}


@pytest.fixture
def aktobe(user) -> dict[str, list]:
    """Ids of all that is Aktobe's, or one of its people's, by the folder under which addresses take them."""
    clerk = user("reporter.akt")
    with at(2009, 1, 5, 9):
        done = submission_of("akimat-akt", "2008-H2")
        write_all(done, clerk, narrative=f"{SEARCHABLE} {FILED}")
        filed_file = _attach(done, clerk, FILED)
        copy = file_report(done, clerk)
    comment = review.comment(submission=done, by=user("coordinator"), text=FILED)
    draft = submission_of("akimat-akt")
    write_all(draft, clerk, narrative=f"{SEARCHABLE} {DRAFT}")
    draft_file = _attach(draft, clerk, DRAFT)
    letter = Letter.objects.create(
        submission=draft, year=2009, number=1, dated="2009-07-11", language="kk", days_overdue=1,
        document=FILED.encode(), by=user("coordinator"), at=calendar.now(),
    )  # fmt: skip
    header = Header(SLUG, "akimat-akt", "2009-H1", "kk", "2009-07-06", entries={})
    cells = json.dumps({"headers": [header.to_text()], "date1904": False, "sheets": []})
    workbook = WorkbookUpload.objects.create(
        submission=draft, by=clerk, at=calendar.now(), name=f"{DRAFT}.xlsx", cells=cells
    )
    token, _secret = tokens.make(by=clerk, name=OWN, scopes=["read"], expires_on=calendar.today())
    session = UserSession.objects.create(user=clerk, ip="127.0.0.1", session_key="s", user_agent=OWN)
    job = jobs.enqueue(Job.Kind.EXPORT, title=OWN, by=clerk, arguments={"dataset": "entries", "query": ""})
    job.result.save("result", ContentFile(OWN.encode()))
    check = jobs.enqueue(Job.Kind.CHECK_IMPORT, title=OWN, by=clerk, arguments={"kind": "users"})
    # Whoever has the address of a view may open it, and sees his own rows through it.
    view = SavedView.objects.create(by=clerk, name="Кесте", dataset="entries", created_at=calendar.now())
    money = Spending.objects.filter(entry__submission=draft, line__region__code="KZ-AKT")
    return {
        "submissions": [done.pk, draft.pk],
        "attachments": [filed_file.pk, draft_file.pk],
        "letters": [letter.pk],
        "comments": [comment.pk],
        "workbooks": [workbook.pk],
        "access": [token.pk],
        "account": [session.pk],
        "jobs": [job.pk],
        "imports": [check.pk],
        "datasets": [view.key],
        "copies": [copy.pk],
        "entries": list(Entry.objects.filter(submission=draft).values_list("pk", flat=True)[:1]),
        "lines": list(money.values_list("line_id", flat=True)[:1]),
    }


def _attach(submission, by, name: str) -> Attachment:
    activity = owed_activity(submission, 14).activity
    upload = upload_of(f"{name}.pdf", PDF + f"% {name}".encode())
    return filing.attach(submission=submission, activity=activity, by=by, upload=upload)


def addresses() -> Iterator[tuple[str, list[str]]]:
    """Every address of the portal by name, with the names of its parts."""
    for name in dict.fromkeys(url_names()):
        if name not in LEFT_ALONE:
            [(_template, parts), *_others] = get_resolver().reverse_dict.getlist(name)[0][0]
            yield name, parts


# Some number or key, until it is known which folder the address is in.
ANY = {"pk": (1, UUID(int=1)), "key": (UUID(int=1),), "attachment": (1,), "comment": (1,)}


def urls(ids: dict[str, list]) -> list[str]:
    """Every address, with every id of its kind in each place that takes one."""
    found = []
    for name, parts in addresses():
        folder = folder_of(name, parts)
        of = {"pk": ids.get(folder, [1]), "key": ids["datasets"]}
        of |= {"attachment": ids["attachments"], "comment": ids["comments"]} | WORDS
        found += [
            reverse(name, kwargs=dict(zip(parts, values, strict=True))) for values in product(*map(of.get, parts))
        ]
    return found


def folder_of(name: str, parts: list[str]) -> str:
    """The first part of the address, of an API's after its version."""
    for values in product(*(ANY.get(part) or WORDS[part] for part in parts)):
        with suppress(NoReverseMatch):
            return reverse(name, kwargs=dict(zip(parts, values, strict=True))).replace("/api/v1/", "/").split("/")[1]
    raise LookupError(name)


def said(answer) -> bytes:
    """All that an answer says, unpacked where it is an archive, and its headers."""
    content = b"".join(answer.streaming_content) if answer.streaming else answer.content
    if content.startswith(b"PK"):
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            content = b"".join(archive.read(name) for name in archive.namelist())
    return content + str(answer.headers).encode()


def rows_of_aktobe() -> dict[str, list]:
    """As they stand in the database."""
    of = {"submission__agency__code": "akimat-akt"}
    found = {
        Submission: Submission.objects.filter(agency__code="akimat-akt"),
        Spending: Spending.objects.filter(entry__submission__agency__code="akimat-akt"),
        IndicatorValue: IndicatorValue.objects.filter(entry__submission__agency__code="akimat-akt"),
        EntryRevision: EntryRevision.objects.filter(entry__submission__agency__code="akimat-akt"),
        ApiToken: ApiToken.objects.filter(user__username="reporter.akt"),
        UserSession: UserSession.objects.filter(user__username="reporter.akt"),
        Job: Job.objects.filter(by__username="reporter.akt"),
        SavedView: SavedView.objects.filter(by__username="reporter.akt"),
    }
    for model in (Entry, Attachment, Comment, Letter, SubmissionCopy, SubmissionEvent, WorkbookUpload):
        found[model] = model.objects.filter(**of)
    return {model.__name__: list(rows.order_by("pk").values()) for model, rows in found.items()}


def hidden_from(role: str) -> tuple[str, ...]:
    return (FILED, DRAFT, OWN) if role in OUTSIDERS else (DRAFT, OWN)


def leaks(role: str, answer, what: str) -> list[str]:
    text = said(answer)
    return [f"{role} {what}: {word}" for word in hidden_from(role) if word.encode() in text]


@pytest.mark.parametrize("role", OUTSIDERS + READERS)
def test_no_address_tells_what_is_not_for_the_reader(browse, aktobe, role):
    client = browse(None if role == "anonymous" else role, "kk")
    query = f"?agency=akimat-akt&region=KZ-AKT&activity=14&q={SEARCHABLE}&period_from=2008-H2&period_to=2009-H1"
    found = [leak for url in urls(aktobe) for leak in leaks(role, client.get(url), url)]
    lists = [
        reverse(name, kwargs={p: WORDS[p][0] for p in parts}) for name, parts in addresses() if set(parts) <= set(WORDS)
    ]
    found += [leak for url in lists for leak in leaks(role, client.get(url + query), url + query)]
    assert found == []


@pytest.mark.parametrize("role", ["anonymous", "reporter.kus", "analyst", "administrator"])
def test_no_address_changes_what_is_anothers(browse, aktobe, role):
    client = browse(None if role == "anonymous" else role, "kk")
    before, found = rows_of_aktobe(), []
    body = json.dumps({"text": "x", "reason": "x", "entries": []})
    for url in urls(aktobe):
        is_api = url.startswith("/api/")
        for method in ("post", "put", "patch", "delete") if is_api else ("post",):
            options = {"content_type": "application/json", "data": body} if is_api else {}
            found += leaks(role, getattr(client, method)(url, **options), f"{method} {url}")
    assert found == []
    assert rows_of_aktobe() == before


class Forms(HTMLParser):
    """The forms of a page: each with where it is sent and the values of its fields."""

    def __init__(self, page: str, url: str):
        super().__init__()
        self.url, self.forms = url, []
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        given = dict(attrs)
        if tag == "form":
            self.forms.append((given.get("action") or self.url, given.get("method", "get").lower(), {}))
        elif tag in ("input", "select", "textarea", "button") and given.get("name") and self.forms:
            self.forms[-1][2][given["name"]] = given.get("value") or ""


OWN_PAGES = ("submission", "entry", "entries", "workbook-upload", "file-submission", "history")


def own_pages(submission: Submission) -> list[str]:
    arguments = {"entry": [submission.pk, 14]}
    pages = [reverse(name, args=arguments.get(name, [submission.pk])) for name in OWN_PAGES]
    return [*pages, reverse("tokens"), reverse("datasets"), reverse("dataset-page", args=["entries"]), reverse("jobs")]


def with_foreign(fields: dict[str, str], value) -> dict[str, str]:
    """The id in every field, and in the names of fields that have a number in them."""
    renamed = {}
    for name in fields:
        stem, dash, number = name.rpartition("_")
        renamed[f"{stem}_{value}" if dash and number.isdigit() else name] = str(value)
    return renamed | {"remove": str(value), "answers_to": str(value), "submission": str(value), f"replace_{value}": ""}


def test_no_field_of_ones_own_forms_reaches_what_is_anothers(browse, user, aktobe):
    mine = submission_of("akimat-kus")
    write_all(mine, user("reporter.kus"))
    client, before, found = browse("reporter.kus", "kk"), rows_of_aktobe(), []
    seen = set()
    for url in own_pages(mine):
        for action, method, fields in Forms(client.get(url).text, url).forms:
            place = (action, method, tuple(fields))
            if place in seen or "/sign-out/" in action:
                continue
            seen.add(place)
            for value in dict.fromkeys(value for values in aktobe.values() for value in values):
                answer = getattr(client, method)(action, with_foreign(fields, value))
                found += leaks("reporter.kus", answer, f"{method} {action} {value}")
    assert len(seen) > len(OWN_PAGES)
    assert found == []
    assert rows_of_aktobe() == before


def filled(schema: dict, schemas: dict, value):
    """A body of the schema's shape with `value` wherever a number or a text stands."""
    if "$ref" in schema:
        return filled(schemas[schema["$ref"].rpartition("/")[2]], schemas, value)
    for choice in ("allOf", "oneOf", "anyOf"):
        if choice in schema:
            return filled(schema[choice][0], schemas, value)
    if schema.get("enum"):
        return schema["enum"][0]
    if "properties" in schema:
        return {name: filled(part, schemas, value) for name, part in schema["properties"].items()}
    if schema.get("items"):
        return [filled(schema["items"], schemas, value)]
    return value if schema.get("type") == "integer" else str(value)


def test_no_field_of_a_programs_request_reaches_what_is_anothers(browse, user, aktobe):
    mine = submission_of("akimat-kus")
    write_all(mine, user("reporter.kus"))
    client, before, found, asked = browse("reporter.kus", "kk"), rows_of_aktobe(), [], 0
    schema = client.get("/api/v1/schema/?format=json").json()
    places = {"id": mine.pk, "submission": mine.pk, "ordinal": 14, "activity": 14, "number": 1}
    places |= {"attachment": aktobe["attachments"][0], "comment": aktobe["comments"][0]}
    for path, operations in schema["paths"].items():
        for method, operation in operations.items():
            body = operation.get("requestBody", {}).get("content", {}).get("application/json")
            for value in (aktobe["lines"][0], *aktobe["attachments"], *aktobe["submissions"]):
                url = path.format_map(places)
                sent = filled(body["schema"], schema["components"]["schemas"], value) if body else None
                options = {"data": json.dumps(sent), "content_type": "application/json"} if body else {}
                headers = {"If-Match": "*", "Idempotency-Key": str(value)}
                answer = getattr(client, method)(url, headers=headers, **options)
                found += leaks("reporter.kus", answer, f"{method} {url} {value}")
                asked += 1
    assert asked > len(schema["paths"])
    assert found == []
    assert rows_of_aktobe() == before
