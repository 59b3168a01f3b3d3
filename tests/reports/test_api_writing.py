"""A report written, checked, signed, filed and reviewed by a machine: the same functions and checks as on the pages."""

import json
from decimal import Decimal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import translation

from accounts.models import User
from reports import review
from reports.canonical import sha256_of_data
from reports.copies import digest_of, entries_content
from reports.duty import owed_activities, owed_activity
from reports.forms.entry import EntryForm
from reports.models import Attachment, Entry, EntryRevision, Spending

from .scenes import at, file_report, filed, submission_of, write_all
from .uploads import PDF, attach

AKT = "akimat-akt"
LINE = {"region": "KZ-AKT", "year": 2009, "source": "local"}
CORRECTIONAL = [
    {"indicator": "correctional-institutions-1", "value": 1},
    {"indicator": "correctional-children-1", "value": 40},
]
WHOLE = {
    "status": "in_progress",
    "narrative": "Құрылыс басталды.",
    "reason": "",
    "next_step": "",
    "completed_on": None,
    "document": None,
    "spending": [{"line": LINE, "amount": "12.500"}],
    "indicators": CORRECTIONAL,
}


class Machine:
    """Speaks to one report as one of the cast."""

    def __init__(self, browser, submission):
        self.browser = browser
        self.root = f"/api/v1/submissions/{submission.pk}/"

    def get(self, path="", **headers):
        return self.browser.get(self.root + path, headers=headers)

    def send(self, method, path, body=None, **headers):
        data = b"" if body is None else json.dumps(body)
        return getattr(self.browser, method)(self.root + path, data, content_type="application/json", headers=headers)

    def post(self, path, body=None, **headers):
        return self.send("post", path, body, **headers)

    def put(self, body, version=0, ordinal=14):
        return self.send("put", f"entries/{ordinal}/", body, **{"If-Match": f'"{version}"'})

    def patch(self, body, version, ordinal=14):
        return self.send("patch", f"entries/{ordinal}/", body, **{"If-Match": f'"{version}"'})

    def attach(self, name="есеп.pdf", content=PDF, ordinal=14, **fields):
        data = {"file": SimpleUploadedFile(name, content), **fields}
        return self.browser.post(f"{self.root}entries/{ordinal}/attachments/", data)

    def file(self, key="2009-07-06/1", body=None):
        return self.post("file/", body, **{"Idempotency-Key": key})


@pytest.fixture
def draft(db):
    return submission_of(AKT)


@pytest.fixture
def machine(browse):
    """`machine("reporter.akt", submission, "ru")`."""
    return lambda username, submission, language="en": Machine(browse(username, language), submission)


@pytest.fixture
def reporter(machine, draft):
    return machine("reporter.akt", draft)


@pytest.fixture
def no_signatory(db):
    """The reporter files himself."""
    User.objects.filter(username="signatory.akt").update(is_active=False)


@pytest.fixture
def complete(draft, user):
    write_all(draft, user("reporter.akt"))
    return draft


@pytest.fixture
def waiting(user):
    """Filed, and not reviewed yet."""
    return filed(AKT, user("reporter.akt"))


def pointers(response) -> list[str]:
    assert response.status_code == 400, response.content.decode()
    assert response.json()["code"] == "invalid"
    return [error["pointer"] for error in response.json()["errors"]]


def entry_of(submission, ordinal=14) -> Entry:
    return Entry.objects.get(submission=submission, activity__ordinal=ordinal)


# What is owed


def test_owed_is_what_the_page_lists(reporter, draft):
    answer = reporter.get("owed/").json()

    assert (answer["agency"], answer["period"], answer["state"], answer["due_on"], answer["locked"]) == (
        AKT, "2009-H1", "draft", "2009-07-10", None,
    )  # fmt: skip
    assert [row["activity"] for row in answer["activities"]] == [
        item.activity.ordinal for item in owed_activities(draft)
    ]


def test_owed_names_money_and_indicators_by_their_natural_keys(reporter, draft, user):
    review_of_last = filed(AKT, user("reporter.akt"), "2008-H2", narrative="Былтыр басталды.")
    review.accept(submission=review_of_last, by=user("coordinator"))
    reporter.put(WHOLE)

    row = reporter.get("owed/").json()["activities"][0]

    assert row["activity"] == 14
    assert row["title"]["en"] == "Opening (reconstruction) of special correctional educational organisations"
    assert (row["complete"], row["problems"], row["version"], row["status"]) == (True, [], 1, "in_progress")
    assert row["accepted_before"] == {"period": "2008-H2", "narrative": "Былтыр басталды."}
    assert row["lines"] == [
        {
            "line": LINE, "planned": "726.247", "in_force": "726.247", "before": "0.000", "last": None,
            "spent": "12.500", "own": True,
        }
    ]  # fmt: skip
    [first, _second] = row["indicators"]
    assert (first["indicator"], first["target"], first["value"]) == ("correctional-institutions-1", 3, 1)


def test_owed_says_why_a_filed_report_cannot_be_written_in(machine, waiting):
    answer = machine("reporter.akt", waiting).get("owed/").json()

    assert answer["state"] == "submitted"
    assert "has been filed and is locked" in answer["locked"]


@pytest.mark.parametrize("path", ["owed/", "check/", "entries/14/"])
def test_work_in_progress_is_for_the_agency_alone(machine, draft, user, path):
    write_all(draft, user("reporter.akt"), narrative="Құпия жоба мәтіні")

    assert machine("reporter.kus", draft).get(path).status_code == 404
    for reader in ("coordinator", "analyst", "administrator"):
        answer = machine(reader, draft).get(path)
        assert (answer.status_code, answer.json()["code"]) == (403, "permission_denied")
        assert "Құпия" not in answer.content.decode()


@pytest.mark.parametrize("path", ["entries/14/", "file/", "accept/", "comments/", "send-for-signature/"])
def test_of_a_report_outside_ones_scope_nothing_exists(machine, draft, path):
    outsider = machine("reporter.kus", draft)

    assert outsider.put(WHOLE).status_code == 404
    assert outsider.post(path, {}).status_code in (404, 405)
    assert outsider.attach().status_code == 404
    assert not Entry.objects.exists()


@pytest.mark.parametrize("username", ["coordinator", "analyst", "administrator"])
def test_readers_write_nothing(machine, draft, username):
    reader = machine(username, draft)

    answers = [reader.put(WHOLE), reader.patch(WHOLE, 0), reader.attach(), reader.file(), reader.post("recall/")]

    assert {answer.status_code for answer in answers} == {403}
    assert not Entry.objects.exists()


def test_an_activity_that_is_not_owed_does_not_exist(reporter):
    assert reporter.get("entries/1/").status_code == 404
    assert reporter.put(WHOLE, ordinal=1).status_code == 404
    assert reporter.get("entries/99999999999999999999/").status_code == 404


# Entries and versions


def test_an_entry_not_begun_has_version_0_and_lists_what_to_fill(reporter):
    answer = reporter.get("entries/14/")

    assert (answer.status_code, answer["ETag"]) == (200, '"0"')
    body = answer.json()
    assert body["spending"] == [{"line": LINE, "amount": None}]
    assert body["indicators"] == [row | {"value": None} for row in CORRECTIONAL]
    assert [problem["pointer"] for problem in body["problems"]] == ["#/status"]
    assert (body["updated_at"], body["updated_by"], body["document"]) == (None, None, None)


def test_put_stores_the_entry_and_says_what_it_lacks(reporter, draft):
    answer = reporter.put(WHOLE | {"indicators": CORRECTIONAL[:1]})

    assert (answer.status_code, answer["ETag"]) == (200, '"1"')
    body = answer.json()
    assert (body["complete"], body["version"], body["updated_by"]) == (False, 1, "reporter.akt")
    assert [(problem["rule"], problem["pointer"]) for problem in body["problems"]] == [
        ("indicator_missing", "#/indicators/1/value")
    ]
    entry = entry_of(draft)
    assert (entry.narrative, entry.status) == ("Құрылыс басталды.", "in_progress")
    assert entry.spending.get().amount == Decimal("12.500")
    assert entry.indicator_values.get().value == 1


def test_what_put_answers_is_what_get_answers_and_can_be_put_back(reporter, draft):
    written = reporter.put(WHOLE)
    read = reporter.get("entries/14/")
    again = reporter.put(read.json(), version=1)

    assert written.json() == read.json() == again.json()
    assert again["ETag"] == '"1"'
    assert EntryRevision.objects.filter(entry__submission=draft).count() == 1


def test_the_same_content_put_twice_is_no_conflict(reporter):
    reporter.put(WHOLE)

    again = reporter.put(WHOLE)

    assert (again.status_code, again["ETag"]) == (200, '"1"')


def test_put_replaces_everything_and_patch_only_what_it_names(reporter, draft):
    reporter.put(WHOLE | {"reason": "Себеп"})

    patched = reporter.patch({"narrative": "Толықтырылды.", "indicators": [CORRECTIONAL[1] | {"value": 55}]}, 1).json()
    assert (patched["reason"], patched["narrative"], patched["version"]) == ("Себеп", "Толықтырылды.", 2)
    assert [row["value"] for row in patched["indicators"]] == [1, 55]
    assert patched["spending"] == WHOLE["spending"]

    replaced = reporter.put(WHOLE | {"spending": [], "indicators": []}, 2).json()
    assert replaced["reason"] == ""
    assert replaced["spending"] == [{"line": LINE, "amount": None}]
    assert [row["value"] for row in replaced["indicators"]] == [None, None]


def test_patch_empties_what_is_given_as_null(reporter, draft):
    reporter.put(WHOLE)

    answer = reporter.patch({"spending": [{"line": LINE, "amount": None}]}, 1)

    assert answer.json()["spending"][0]["amount"] is None
    assert not Spending.objects.filter(entry__submission=draft).exists()


def test_put_needs_every_field(reporter):
    assert sorted(pointers(reporter.put({}))) == sorted(f"#/{name}" for name in WHOLE)


def test_a_write_needs_the_version_that_was_read(reporter):
    answer = reporter.send("put", "entries/14/", WHOLE)

    assert answer.status_code == 428
    assert answer["Content-Type"] == "application/problem+json"
    problem = answer.json()
    assert (problem["code"], [error["pointer"] for error in problem["errors"]]) == ("version_required", ["If-Match"])
    assert not Entry.objects.exists()


@pytest.mark.parametrize("header", ["3", 'W/"3"', "*", '"3", "4"', '"-1"', '"03"', '""', '"9999999999"', "“3”"])
def test_if_match_is_one_strong_version(reporter, header):
    answer = reporter.send("put", "entries/14/", WHOLE, **{"If-Match": header})

    assert pointers(answer) == ["If-Match"]


def test_the_loser_of_two_writers_gets_the_others_words_and_no_version(reporter, machine, draft, user):
    reporter.put(WHOLE)
    colleague = machine("signatory.akt", draft)

    answer = colleague.put(WHOLE | {"narrative": "Басқа мәтін"}, version=0)

    assert answer.status_code == 412
    assert not answer.has_header("ETag")
    problem = answer.json()
    assert problem["code"] == "changed_meanwhile"
    assert problem["theirs"].items() >= {
        "narrative": "Құрылыс басталды.", "updated_by": "reporter.akt", "spending": WHOLE["spending"],
    }.items()  # fmt: skip
    assert "version" not in json.dumps(problem["theirs"])
    assert entry_of(draft).narrative == "Құрылыс басталды."
    assert colleague.put(WHOLE | {"narrative": "Басқа мәтін"}, version=1)["ETag"] == '"2"'


def test_a_version_that_is_not_there_yet_is_a_conflict(reporter):
    answer = reporter.put(WHOLE, version=7)

    assert (answer.status_code, answer.json()["theirs"]["updated_by"]) == (412, None)


def test_a_locked_report_is_refused_with_the_reason(machine, waiting):
    reporter = machine("reporter.akt", waiting)

    answer = reporter.put(WHOLE, version=1)

    assert (answer.status_code, answer.json()["code"]) == (409, "refused")
    assert "has been filed and is locked" in answer.json()["detail"]
    assert reporter.attach().status_code == 409


def test_while_the_signatory_reads_nobody_writes(reporter, complete):
    assert reporter.post("send-for-signature/").status_code == 200

    answer = reporter.patch({"narrative": "Тағы"}, 1)

    assert answer.status_code == 409
    assert "awaits signature" in answer.json()["detail"]


# What is refused, and where it stands in the request


def spending(*rows) -> dict:
    return {"spending": [{"line": LINE | changed, "amount": amount} for changed, amount in rows]}


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ({"narative": "x"}, ["#/narative"]),
        ({"a/b~c": 1}, ["#/a~1b~0c"]),
        ({"status": "finished"}, ["#/status"]),
        ({"status": ["done"]}, ["#/status"]),
        ({"narrative": 12}, ["#/narrative"]),
        ({"narrative": None}, ["#/narrative"]),
        ({"narrative": "а" * 20_001}, ["#/narrative"]),
        ({"narrative": "а\x00"}, ["#/narrative"]),
        ({"completed_on": "31.12.2008"}, ["#/completed_on"]),
        ({"completed_on": "2009-02-30"}, ["#/completed_on"]),
        ({"completed_on": 20090101}, ["#/completed_on"]),
        ({"document": "order"}, ["#/document"]),
        ({"document": {"number": "5"}}, ["#/document/kind"]),
        ({"document": {"kind": "order", "number": "5" * 101}}, ["#/document/number"]),
        ({"document": {"kind": "order", "date": "2009"}}, ["#/document/date"]),
        (spending(({}, 12.5)), ["#/spending/0/amount"]),
        (spending(({}, 12)), ["#/spending/0/amount"]),
        (spending(({}, "1.2345")), ["#/spending/0/amount"]),
        (spending(({}, "-1")), ["#/spending/0/amount"]),
        (spending(({}, "=1+1")), ["#/spending/0/amount"]),
        (spending(({}, "NaN")), ["#/spending/0/amount"]),
        (spending(({}, "1e3")), ["#/spending/0/amount"]),
        (spending(({"region": "KZ-KUS"}, "1"), ({}, "x")), ["#/spending/0/line"]),
        (spending(({"year": 2008}, "1")), ["#/spending/0/line"]),
        (spending(({"source": "moon"}, "1")), ["#/spending/0/line/source"]),
        (spending(({}, "1"), ({}, "2")), ["#/spending/1/line"]),
        ({"spending": [{"amount": "1"}]}, ["#/spending/0/line"]),
        ({"spending": [{"line": LINE}]}, ["#/spending/0/amount"]),
        ({"spending": {"line": LINE}}, ["#/spending"]),
        ({"spending": [spending(({}, "1"))["spending"][0]] * 201}, ["#/spending"]),
        ({"indicators": [{"indicator": "nothing", "value": 1}]}, ["#/indicators/0/indicator"]),
        ({"indicators": [CORRECTIONAL[0] | {"value": -1}]}, ["#/indicators/0/value"]),
        ({"indicators": [CORRECTIONAL[0] | {"value": 1.0}]}, ["#/indicators/0/value"]),
        ({"indicators": [CORRECTIONAL[0] | {"value": True}]}, ["#/indicators/0/value"]),
        ({"indicators": [CORRECTIONAL[0], CORRECTIONAL[1] | {"value": 10**9}]}, ["#/indicators/1/value"]),
        ({"indicators": [CORRECTIONAL[0], CORRECTIONAL[1] | {"value": 10**30}]}, ["#/indicators/1/value"]),
        ([], ["#"]),
        ("text", ["#"]),
    ],
    ids=lambda value: json.dumps(value, ensure_ascii=False)[:60],
)  # fmt: skip
def test_what_is_wrong_is_named_with_its_place(reporter, body, expected):
    assert pointers(reporter.patch(body, 0)) == expected
    assert not Entry.objects.exists()


@pytest.mark.parametrize(
    "body",
    [
        b"", b"{", b"nonsense", b'{"reason": NaN}', b'{"reason": "\xff"}', b'{"reason": "\\ud800"}', b"[" * 200_000,
        b'{"version": 1' + b"0" * 5_000 + b"}",
    ],
    ids=["empty", "cut", "text", "NaN", "not UTF-8", "half a character", "deep", "long number"],
)  # fmt: skip
def test_what_is_no_json_is_refused(reporter, body):
    answer = reporter.browser.patch(
        f"{reporter.root}entries/14/", body, content_type="application/json", headers={"If-Match": '"0"'}
    )

    # An empty body changes nothing.
    assert (answer.status_code, answer.json().get("code")) == ((400, "malformed") if body else (200, None))


def test_a_byte_order_mark_is_no_error(reporter):
    answer = reporter.browser.patch(
        f"{reporter.root}entries/14/", b'\xef\xbb\xbf{"reason": "x"}', content_type="application/json",
        headers={"If-Match": '"0"'},
    )  # fmt: skip

    assert answer.json()["reason"] == "x"


def test_a_request_larger_than_a_page_may_send_is_not_read(reporter, settings):
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 100

    answer = reporter.patch({"narrative": "а" * 200}, 0)

    assert (answer.status_code, answer.json()["code"]) == (413, "too_large")


def test_a_form_is_no_entry(reporter):
    answer = reporter.browser.put(
        f"{reporter.root}entries/14/", "status=done", content_type="application/x-www-form-urlencoded",
        headers={"If-Match": '"0"'},
    )  # fmt: skip

    assert (answer.status_code, answer.json()["code"]) == (415, "unsupported_media_type")


def test_messages_are_those_of_the_page_in_the_users_language(machine, draft):
    owed = owed_activity(draft, 14)
    field = f"spent_{owed.lines[0].line.pk}"

    answer = machine("reporter.akt", draft, "ru").patch(spending(({}, "1.234,5")), 0)

    assert answer["Content-Language"] == "ru"
    with translation.override("ru"):
        [message] = EntryForm({field: "1.234,5", "version": 0}, owed=owed).errors[field]
    assert answer.json()["errors"] == [{"pointer": "#/spending/0/amount", "detail": message}]


def test_text_is_cleaned_as_on_the_page(reporter):
    answer = reporter.patch({"narrative": "  бір\r\nекі\u200b\x07 "}, 0)

    assert answer.json()["narrative"] == "бір\nекі"


@pytest.mark.parametrize("amount", ["12,5", "12.5", "12.500", " 12,500 "])
def test_an_amount_is_read_as_on_the_page(reporter, amount):
    assert reporter.patch(spending(({}, amount)), 0).json()["spending"] == WHOLE["spending"]


def test_the_document_of_a_done_activity_is_kept_whole(reporter, draft):
    ordinal = next(item.activity.ordinal for item in owed_activities(draft) if not item.lines and not item.indicators)
    document = {"kind": "order", "number": "12-3", "date": "2009-06-30"}
    body = WHOLE | {"status": "done", "completed_on": "2009-06-30", "document": document}
    body |= {"spending": [], "indicators": []}

    assert reporter.put(body, ordinal=ordinal).json()["document"] == document
    assert reporter.patch({"document": None}, 1, ordinal=ordinal).json()["document"] is None
    assert reporter.patch({"document": {"kind": "order"}}, 2, ordinal=ordinal).json()["document"] == {
        "kind": "order", "number": "", "date": None,
    }  # fmt: skip


def test_an_amount_on_a_foreign_line_is_shown_and_can_be_cleared(reporter, draft, user):
    reporter.put(WHOLE)
    foreign = entry_of(draft).activity.lines.exclude(region__code="KZ-AKT").first()
    Spending.objects.create(entry=entry_of(draft), line=foreign, amount=Decimal(3))

    body = reporter.get("entries/14/").json()
    assert [row["amount"] for row in body["spending"]] == ["12.500", "3.000"]
    assert [problem["pointer"] for problem in body["problems"]] == ["#/spending/1/amount"]
    body["spending"][1]["amount"] = None
    cleared = reporter.put(body, 1).json()
    assert (len(cleared["spending"]), cleared["complete"]) == (1, True)


def test_warnings_stand_beside_problems_until_they_are_explained(reporter):
    answer = reporter.put(WHOLE | {"spending": [{"line": LINE, "amount": "900"}]}).json()

    assert [(p["rule"], p["pointer"]) for p in answer["problems"]] == [("over_plan", "#/reason")]
    assert [(p["rule"], p["pointer"]) for p in answer["warnings"]] == [("over_plan", "#/spending/0/amount")]
    explained = reporter.patch({"reason": "Баға өсті."}, 1).json()
    assert (explained["complete"], len(explained["warnings"])) == (True, 1)


# Check


def test_check_names_what_is_missing_and_who_files(reporter, draft, user):
    reporter.put(WHOLE)

    answer = reporter.get("check/").json()

    assert (answer["can_be_filed"], answer["has_signatory"]) == (False, True)
    assert "send the report for signature" in answer["why_not"]
    complete = [row["activity"] for row in answer["activities"] if row["complete"]]
    assert complete == [14]


def test_check_gives_the_digest_with_which_the_report_is_filed(complete, machine):
    signatory = machine("signatory.akt", complete)

    answer = signatory.get("check/").json()

    assert (answer["can_be_filed"], answer["why_not"]) == (True, None)
    assert answer["seen"] == digest_of(entries_content(owed_activities(complete), []))
    assert signatory.file(body={"seen": answer["seen"]}).status_code == 201


def test_check_names_waived_rules(draft, machine, user):
    activity = owed_activities(draft)[0].activity
    review.waive(submission=draft, by=user("coordinator"), activity=activity, rule="status_missing", reason="x")

    [row] = [row for row in machine("reporter.akt", draft).get("check/").json()["activities"] if row["waived"]]

    assert (row["activity"], row["waived"], row["complete"]) == (14, ["status_missing"], True)


def test_check_before_the_half_year_ends_says_so(machine, user):
    early = submission_of(AKT, "2009-H2")

    answer = machine("signatory.akt", early).get("check/").json()

    assert (answer["can_be_filed"], answer["why_not"]) == (False, "The half-year has not ended yet.")


# Attachments


def test_a_file_is_attached_listed_given_out_and_taken_out(reporter, draft):
    attached = reporter.attach()
    assert attached.status_code == 201
    [listed] = reporter.get("entries/14/attachments/").json()["results"]
    assert listed == attached.json()
    assert (listed["name"], listed["content_type"], listed["size"]) == ("есеп.pdf", "application/pdf", len(PDF))

    content = reporter.browser.get(attached["Location"])
    assert b"".join(content.streaming_content) == PDF
    assert (content["Content-Type"], content["Content-Disposition"][:10]) == ("application/pdf", "attachment")

    assert reporter.send("delete", f"attachments/{listed['id']}/").status_code == 204
    assert reporter.get("entries/14/attachments/").json()["results"] == []
    assert reporter.send("delete", f"attachments/{listed['id']}/").status_code == 409


def test_the_same_file_twice_is_one(reporter):
    assert reporter.attach().json() == reporter.attach().json()
    assert Attachment.objects.count() == 1


def test_a_file_becomes_the_next_version_of_another(reporter):
    first = reporter.attach().json()["id"]

    second = reporter.attach("түзетілген.pdf", PDF + b"\n", replaces=first)

    assert second.json()["replaces"] == first
    [standing] = reporter.get("entries/14/attachments/").json()["results"]
    assert standing["id"] == second.json()["id"]
    again = reporter.attach("тағы.pdf", PDF + b"\n\n", replaces=first)
    assert (again.status_code, again.json()["code"]) == (409, "refused")


@pytest.mark.parametrize("replaces", ["abc", "0", "99999999999999999999"])
def test_only_a_file_of_the_activity_can_be_replaced(reporter, replaces):
    assert pointers(reporter.attach(replaces=replaces)) == ["#/replaces"]
    assert not Attachment.objects.exists()


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [("a.exe", b"MZ", "cannot be attached"), ("a.pdf", b"text", "damaged"), ("a.pdf", b"", "empty")],
)
def test_a_file_that_the_page_would_refuse_is_refused(reporter, name, content, message):
    answer = reporter.attach(name, content)

    assert pointers(answer) == ["#/file"]
    assert message in answer.json()["errors"][0]["detail"]


def test_a_file_that_is_too_large_is_not_kept(reporter, monkeypatch):
    monkeypatch.setattr("reports.attachments.MAX_SIZE", 100)

    assert pointers(reporter.attach(content=PDF * 2)) == ["#/file"]


def test_a_form_without_a_file_or_with_two_is_refused(reporter):
    address = f"{reporter.root}entries/14/attachments/"

    assert pointers(reporter.browser.post(address, {"other": "x"})) == ["#/file"]
    two = {"file": [SimpleUploadedFile("a.pdf", PDF), SimpleUploadedFile("b.pdf", PDF)]}
    assert pointers(reporter.browser.post(address, two)) == ["#/file"]
    assert reporter.post("entries/14/attachments/", {"file": "x"}).status_code == 415
    broken = reporter.browser.post(address, b"--x", content_type="multipart/form-data; boundary=")
    assert (broken.status_code, broken.json()["code"]) == (400, "malformed")


def test_a_storage_that_fails_is_said_and_nothing_is_kept(reporter, monkeypatch):
    def fail(*_arguments, **_more):
        raise OSError("disk full")

    monkeypatch.setattr(Attachment._meta.get_field("file").storage, "save", fail)

    answer = reporter.attach()

    assert (answer.status_code, answer.json()["code"]) == (503, "storage")
    assert not Attachment.objects.exists()


def test_readers_get_the_files_that_were_filed_and_no_others(machine, complete, user):
    kept = attach(complete, user("reporter.akt"))
    coordinator = machine("coordinator", complete)
    assert coordinator.get("entries/14/attachments/").json()["results"] == []
    file_report(complete, user("reporter.akt"))
    review.return_for_rework(submission=complete, by=user("coordinator"), reason="x")
    later = attach(complete, user("reporter.akt"), name="кейін.pdf")

    assert [row["id"] for row in coordinator.get("entries/14/attachments/").json()["results"]] == [kept.pk]
    assert coordinator.get(f"attachments/{kept.pk}/content/").status_code == 200
    assert coordinator.get(f"attachments/{later.pk}/content/").status_code == 404


def test_a_file_is_found_only_under_its_own_report(reporter, machine, user):
    other = attach(submission_of(AKT, "2008-H2"), user("reporter.akt"))

    assert reporter.get(f"attachments/{other.pk}/content/").status_code == 404
    assert reporter.send("delete", f"attachments/{other.pk}/").status_code == 404


def test_a_file_is_given_out_whatever_type_is_asked_for(reporter):
    address = reporter.attach()["Location"]

    assert reporter.browser.get(address, headers={"Accept": "application/pdf"}).status_code == 200


# Filing


def test_filing_answers_with_the_receipt(no_signatory, complete, reporter):
    answer = reporter.file()

    assert answer.status_code == 201
    copy = complete.copies.get()
    assert answer.json() == {
        "number": 1,
        "receipt": copy.receipt,
        "sha256": copy.sha256,
        "filed_at": "2009-07-06T12:00:00+06:00",
        "filed_by": "reporter.akt",
        "time_zone": "Asia/Almaty",
        "demonstration": False,
    }
    assert copy.request_key == "2009-07-06/1"


def test_the_same_key_again_gives_the_same_receipt_and_files_nothing(no_signatory, complete, reporter):
    first = reporter.file()

    again = reporter.file()

    assert (again.status_code, again.json()) == (200, first.json())
    assert (complete.copies.count(), complete.events.count()) == (1, 1)


def test_the_same_key_after_a_return_still_names_the_first_filing(no_signatory, complete, reporter, user):
    first = reporter.file()
    review.return_for_rework(submission=complete, by=user("coordinator"), reason="x")

    assert (reporter.file().status_code, reporter.file().json()) == (200, first.json())
    second = reporter.file(key="2009-07-06/2")
    assert (second.status_code, second.json()["number"]) == (201, 2)


def test_another_key_does_not_file_twice(no_signatory, complete, reporter):
    reporter.file()

    answer = reporter.file(key="another")

    assert (answer.status_code, answer.json()["detail"]) == (409, "This report has already been filed.")


def test_the_same_key_of_another_report_is_another_filing(machine, user):
    for agency, username in (("akimat-kus", "reporter.kus"), ("moh", "reporter.moh")):
        submission = submission_of(agency)
        write_all(submission, user(username))
        assert machine(username, submission).file(key="1").status_code == 201


@pytest.mark.parametrize("key", ["", "x" * 101, "кілт", "a\tb"])
def test_filing_needs_a_printable_key(complete, machine, key):
    assert pointers(machine("signatory.akt", complete).file(key)) == ["Idempotency-Key"]


def test_filing_without_a_key_is_refused(machine, complete):
    assert pointers(machine("signatory.akt", complete).post("file/")) == ["Idempotency-Key"]


def test_a_report_that_changed_since_it_was_read_is_not_filed(machine, complete, user):
    signatory = machine("signatory.akt", complete)
    seen = signatory.get("check/").json()["seen"]
    machine("reporter.akt", complete).patch({"narrative": "Өзгерді"}, 1)

    answer = signatory.file(body={"seen": seen})

    assert answer.status_code == 409
    assert not complete.copies.exists()
    assert pointers(signatory.file(body={"sen": seen})) == ["#/sen"]


def test_an_incomplete_report_is_not_filed(machine, draft):
    answer = machine("signatory.akt", draft).file()

    assert answer.status_code == 409
    assert "Activities to complete: 14" in answer.json()["detail"]


def test_receipts_list_every_filing_and_give_out_what_was_filed(machine, waiting, user):
    review.return_for_rework(submission=waiting, by=user("coordinator"), reason="x")
    with at(2009, 7, 8, 9):
        file_report(waiting, user("reporter.akt"))
    for username in ("reporter.akt", "coordinator", "analyst"):
        reader = machine(username, waiting)
        assert [row["number"] for row in reader.get("receipts/").json()["results"]] == [1, 2]
        second = reader.get("receipts/2/").json()
        assert sha256_of_data(second["content"]) == second["sha256"]
        assert second["content"]["number"] == 2
        assert reader.get("receipts/3/").status_code == 404
    assert machine("reporter.kus", waiting).get("receipts/1/").status_code == 404


# Signing off


def test_a_report_is_sent_recalled_sent_back_and_signed(machine, complete):
    reporter, signatory = machine("reporter.akt", complete), machine("signatory.akt", complete)

    assert reporter.post("send-for-signature/").json()["awaits_signature"] is True
    assert reporter.post("recall/").json()["awaits_signature"] is False
    assert reporter.post("recall/").status_code == 409
    reporter.post("send-for-signature/")
    assert reporter.post("send-back/", {"reason": "x"}).status_code == 409
    assert pointers(signatory.post("send-back/", {"reason": " "})) == ["#/reason"]
    assert signatory.post("send-back/", {"reason": "14-жол"}).json()["awaits_signature"] is False
    reporter.post("send-for-signature/")
    assert signatory.file().status_code == 201

    events = reporter.get("events/").json()["results"]
    assert [event["action"] for event in events] == ["sent", "recalled", "sent", "sent_back", "sent", "filed"]
    assert (events[3]["reason"], events[3]["by"]) == ("14-жол", "signatory.akt")
    assert (events[-1]["from_state"], events[-1]["to_state"], events[-1]["filing"]) == ("draft", "submitted", 1)


# Review


def test_a_coordinator_returns_with_a_reason_accepts_what_was_read_and_reopens(machine, waiting, user):
    coordinator = machine("coordinator", waiting)

    assert pointers(coordinator.post("return/", {})) == ["#/reason"]
    assert coordinator.post("return/", {"reason": "Нақтылаңыз"}).json()["state"] == "returned"
    assert coordinator.post("return/", {"reason": "Нақтылаңыз"}).status_code == 409
    file_report(waiting, user("reporter.akt"))
    assert pointers(coordinator.post("accept/", {})) == ["#/filing"]
    assert coordinator.post("accept/", {"filing": 1}).status_code == 409
    assert coordinator.post("accept/", {"filing": 2}).json()["state"] == "accepted"
    assert coordinator.post("reopen/", {"reason": "Сома қате"}).json()["state"] == "returned"
    waiting.refresh_from_db()
    assert [event.by.username for event in waiting.events.exclude(action="filed")] == ["coordinator"] * 3


def test_a_due_date_is_extended_by_the_rules_of_the_page(machine, draft):
    coordinator = machine("coordinator", draft)
    body = {"due_on": "2009-07-20", "act": "№ 5 хат", "reason": "Су тасқыны"}

    assert pointers(coordinator.post("extend/", body | {"due_on": "2009-07-01"})) == ["#/due_on"]
    answer = coordinator.post("extend/", body).json()
    assert (answer["due_on"], answer["extended"]) == ("2009-07-20", True)


def test_a_rule_is_waived_for_an_owed_activity(machine, draft):
    coordinator = machine("coordinator", draft)
    body = {"activity": 14, "rule": "narrative_missing", "reason": "Мұрағат өртенді"}

    assert pointers(coordinator.post("waive/", body | {"activity": 1})) == ["#/activity"]
    assert pointers(coordinator.post("waive/", body | {"rule": "over_plan"})) == ["#/rule"]
    assert coordinator.post("waive/", body).status_code == 200
    assert coordinator.post("waive/", body).status_code == 409
    assert draft.waivers.get().rule == "narrative_missing"


# Comments


def test_comments_are_made_answered_and_resolved(machine, waiting):
    coordinator, reporter = machine("coordinator", waiting), machine("reporter.akt", waiting)

    made = coordinator.post("comments/", {"text": "Санын нақтылаңыз", "activity": 14, "field": "spending"})
    assert made.status_code == 201
    root = made.json()["id"]
    answered = reporter.post(f"comments/{root}/answers/", {"text": "Нақтыланды"})
    assert answered.status_code == 201
    assert reporter.post(f"comments/{root}/resolve/").status_code == 403
    resolved = coordinator.post(f"comments/{root}/resolve/").json()
    assert (resolved["open"], resolved["resolved_by"]) == (False, "coordinator")
    assert reporter.post(f"comments/{root}/answers/", {"text": "Тағы"}).status_code == 409

    [thread] = reporter.get("comments/").json()["results"]
    assert thread == resolved
    assert (thread["activity"], thread["field"], thread["filing"], thread["text"]) == (
        14, "spending", 1, "Санын нақтылаңыз",
    )  # fmt: skip
    [answer] = thread["answers"]
    assert (answer["by"], answer["text"]) == ("reporter.akt", "Нақтыланды")
    assert reporter.post(f"comments/{answer['id']}/answers/", {"text": "x"}).status_code == 404


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ({}, ["#/text"]),
        ({"text": "  "}, ["#/text"]),
        ({"text": "x", "activity": 1}, ["#/activity"]),
        ({"text": "x", "activity": "14"}, ["#/activity"]),
        ({"text": "x", "field": "spending"}, ["#/field"]),
        ({"text": "x", "activity": 14, "field": "colour"}, ["#/field"]),
    ],
)
def test_a_comment_without_text_or_place_is_refused(machine, waiting, body, expected):
    assert pointers(machine("coordinator", waiting).post("comments/", body)) == expected


def test_a_comment_may_be_on_the_whole_report(machine, waiting):
    answer = machine("coordinator", waiting).post("comments/", {"text": "Рахмет", "activity": None, "field": ""})

    assert (answer.json()["activity"], answer.json()["field"]) == (None, "")


def test_a_comment_needs_a_filing(machine, draft):
    assert machine("coordinator", draft).post("comments/", {"text": "x"}).status_code == 409


def test_comments_of_other_bodies_do_not_exist(machine, waiting, draft, user):
    other = filed("akimat-kus", user("reporter.kus"))
    comment = review.comment(submission=other, by=user("coordinator"), text="x")
    reporter = machine("reporter.akt", waiting)

    assert reporter.get("comments/").json()["results"] == []
    assert reporter.post(f"comments/{comment.pk}/answers/", {"text": "x"}).status_code == 404
    assert machine("coordinator", waiting).post(f"comments/{comment.pk}/resolve/").status_code == 404


def test_lists_of_a_report_are_given_out_as_csv_and_in_part(machine, waiting, user):
    review.comment(submission=waiting, by=user("coordinator"), text="=1+1")
    reader = machine("coordinator", waiting)

    csv = b"".join(reader.get("comments/?format=csv&fields=activity,text").streaming_content).decode("utf-8-sig")
    assert csv.splitlines() == ["activity,text", ",'=1+1"]
    assert reader.get("receipts/?fields=number&ordering=-number").json()["results"] == [{"number": 1}]


# Cost


def test_owed_check_and_entry_cost_the_same_however_much_is_written(
    reporter, complete, user, django_assert_num_queries
):
    with django_assert_num_queries(15):
        reporter.get("owed/")
    with django_assert_num_queries(17):
        reporter.get("check/")
    with django_assert_num_queries(15):
        reporter.get("entries/14/")
    with django_assert_num_queries(25):
        reporter.patch({"narrative": "Жаңа мәтін"}, 1)


def test_lists_of_a_report_cost_the_same_with_one_row_and_with_three(machine, waiting, user, django_assert_num_queries):
    reader = machine("coordinator", waiting)
    for more in (1, 2):
        for number in range(more):
            comment = review.comment(submission=waiting, by=user("coordinator"), text=f"{number}")
            review.answer(comment=comment, by=user("reporter.akt"), text="x")
        with django_assert_num_queries(6):
            reader.get("comments/")
        with django_assert_num_queries(5):
            reader.get("events/")
        with django_assert_num_queries(5):
            reader.get("receipts/")
        review.return_for_rework(submission=waiting, by=user("coordinator"), reason="x")
        file_report(waiting, user("reporter.akt"))
