"""Every change of a submission, who may make it, and what stays as it was when it is refused."""

import json
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction

from reports import filing, review
from reports.canonical import sha256_of
from reports.duty import owed_activities
from reports.filing import Conflict
from reports.models import Entry, Spending, SubmissionCopy
from reports.transitions import Refused

from .scenes import at, filed, submission_of, write_all

VALUES = {"status": "in_progress", "narrative": "Ашық сабақтар өтті.", "reason": "", "next_step": ""}


def save(submission, by, owed, *, version=None, **values):
    return filing.save_entry(
        submission=submission,
        activity=owed.activity,
        by=by,
        version=(owed.entry.version if owed.entry else 0) if version is None else version,
        values=VALUES | values,
        spending={item.line.pk: Decimal("1.250") for item in owed.lines},
    )


def test_save_entry_stores_text_and_money(user):
    submission = submission_of("akimat-akt")
    owed = next(item for item in owed_activities(submission) if item.activity.ordinal == 14)
    entry = save(submission, user("reporter.akt"), owed)
    assert entry.version == 1
    assert entry.narrative == "Ашық сабақтар өтті."
    assert [spending.amount for spending in entry.spending.all()] == [Decimal("1.250")]


def test_save_entry_with_an_older_version_is_a_conflict_and_keeps_what_is_stored(user):
    submission = submission_of("akimat-akt")
    owed = owed_activities(submission)[0]
    save(submission, user("reporter.akt"), owed)
    with pytest.raises(Conflict) as caught:
        save(submission, user("signatory.akt"), owed, version=0, narrative="Басқа мәтін")
    assert caught.value.theirs.narrative == "Ашық сабақтар өтті."
    assert Entry.objects.get(submission=submission).narrative == "Ашық сабақтар өтті."


@pytest.mark.parametrize("outsider", ["reporter.kus", "coordinator", "analyst", "administrator"])
def test_save_and_submit_are_for_the_agency_alone(user, outsider):
    submission = submission_of("akimat-akt")
    write_all(submission, user("reporter.akt"))
    owed = owed_activities(submission)[0]
    with pytest.raises(Refused):
        save(submission, user(outsider), owed)
    with pytest.raises(Refused):
        filing.submit(submission=submission, by=user(outsider))
    assert not SubmissionCopy.objects.exists()


def test_submit_makes_copy_receipt_event_and_lock(user):
    submission = filed("akimat-akt", user("reporter.akt"), spent="0.500")
    copy = submission.copies.get()
    assert submission.state == "submitted"
    assert copy.sha256 == sha256_of(copy.content)
    assert copy.receipt == f"2009-H1-AKIMAT-AKT-01-{copy.sha256[:8].upper()}"
    assert submission.first_submitted_at == copy.filed_at
    event = submission.events.get()
    assert (event.from_state, event.to_state, event.copy, event.by.username) == (
        "draft",
        "submitted",
        copy,
        "signatory.akt",
    )
    row = next(entry for entry in copy.data["entries"] if entry["activity"] == 14)
    assert row["narrative"] == "Жұмыс жүргізілді."
    assert row["spending"] == [{"region": "KZ-AKT", "year": 2009, "source": "local", "amount": "0.500"}]
    with pytest.raises(Refused):
        save(submission, user("reporter.akt"), owed_activities(submission)[0])


def test_submit_names_what_is_incomplete_and_changes_nothing(user):
    submission = submission_of("akimat-akt")
    write_all(submission, user("reporter.akt"))
    Entry.objects.filter(submission=submission, activity__ordinal=18).update(status="delayed")
    Spending.objects.filter(entry__submission=submission, line__activity__ordinal=14).delete()
    with pytest.raises(Refused, match="14, 18"):
        filing.submit(submission=submission, by=user("signatory.akt"))
    submission.refresh_from_db()
    assert submission.state == "draft"
    assert not submission.copies.exists()
    assert not submission.events.exists()


@pytest.mark.parametrize("status", ["not_due", "not_applicable", "no_data"])
def test_a_blank_needs_a_reason_and_neither_text_nor_money(user, status):
    submission = submission_of("akimat-akt")
    owed = next(item for item in owed_activities(submission) if item.activity.ordinal == 14)
    filing.save_entry(
        submission=submission, activity=owed.activity, by=user("reporter.akt"), version=0,
        values={"status": status, "narrative": "", "reason": "", "next_step": ""}, spending={},
    )  # fmt: skip
    owed = next(item for item in owed_activities(submission) if item.activity.ordinal == 14)
    assert [problem.field for problem in owed.problems] == ["reason"]
    owed.entry.reason = "Құрылыс басталған жоқ."
    assert owed.is_complete


def test_submit_twice_is_refused_and_leaves_one_copy(user):
    submission = filed("akimat-akt", user("reporter.akt"))
    with pytest.raises(Refused):
        filing.submit(submission=submission, by=user("signatory.akt"))
    assert submission.copies.count() == 1


def test_submit_before_the_half_year_ends_is_refused(user):
    submission = submission_of("akimat-akt")
    write_all(submission, user("reporter.akt"))
    with at(2009, 6, 30, 23, 59, 59), pytest.raises(Refused, match="has not ended"):
        filing.submit(submission=submission, by=user("signatory.akt"))


def test_return_unlocks_and_refiling_keeps_the_first_date(user):
    submission = filed("akimat-akt", user("reporter.akt"))
    first = submission.first_submitted_at
    with at(2009, 7, 8, 10):
        review.return_for_rework(submission=submission, by=user("coordinator"), reason="14-жолды нақтылаңыз.")
    with at(2009, 7, 9, 10):
        write_all(submission, user("reporter.akt"), narrative="Нақтыланды.")
        filing.submit(submission=submission, by=user("signatory.akt"))
    submission.refresh_from_db()
    assert submission.first_submitted_at == first
    assert [copy.number for copy in submission.copies.all()] == [1, 2]
    assert "Жұмыс жүргізілді." in submission.copies.first().content
    assert [event.to_state for event in submission.events.all()] == ["submitted", "returned", "submitted"]


def test_return_without_a_reason_is_refused_by_action_and_database(user):
    submission = filed("akimat-akt", user("reporter.akt"))
    with pytest.raises(Refused):
        review.return_for_rework(submission=submission, by=user("coordinator"), reason="  ")
    with pytest.raises(IntegrityError), transaction.atomic():
        submission.events.create(
            at=submission.first_submitted_at,
            by=user("coordinator"),
            action="returned",
            from_state="submitted",
            to_state="returned",
        )


@pytest.mark.parametrize("username", ["reporter.akt", "reporter.kus", "analyst", "administrator"])
def test_only_coordinators_review(user, username):
    submission = filed("akimat-akt", user("reporter.akt"))
    with pytest.raises(Refused):
        review.accept(submission=submission, by=user(username))
    with pytest.raises(Refused):
        review.return_for_rework(submission=submission, by=user(username), reason="x")
    submission.refresh_from_db()
    assert submission.state == "submitted"


def test_nobody_accepts_what_he_filed_himself(user):
    filer = user("reporter.moes")
    submission = filed("moes", filer)
    filer.role = "coordinator"
    filer.save()
    with pytest.raises(Refused):
        review.accept(submission=submission, by=filer)
    review.accept(submission=submission, by=user("coordinator2"))


def test_accepted_stays_locked_and_cannot_be_decided_again(user):
    submission = filed("akimat-akt", user("reporter.akt"))
    review.accept(submission=submission, by=user("coordinator"))
    with pytest.raises(Refused):
        review.accept(submission=submission, by=user("coordinator2"))
    with pytest.raises(Refused):
        review.return_for_rework(submission=submission, by=user("coordinator2"), reason="x")
    with pytest.raises(Refused):
        save(submission, user("reporter.akt"), owed_activities(submission)[0])


def test_reopening_unlocks_an_accepted_report_and_leaves_an_event(user):
    submission = filed("akimat-akt", user("reporter.akt"))
    with pytest.raises(Refused):
        review.reopen(submission=submission, by=user("coordinator"), reason="әлі қабылданған жоқ")
    review.accept(submission=submission, by=user("coordinator"))
    for by, reason in (("reporter.akt", "x"), ("analyst", "x"), ("coordinator", " ")):
        with pytest.raises(Refused):
            review.reopen(submission=submission, by=user(by), reason=reason)
    review.reopen(submission=submission, by=user("coordinator"), reason="Сома қате")
    submission.refresh_from_db()
    event = submission.events.last()
    assert (submission.state, event.from_state, event.reason) == ("returned", "accepted", "Сома қате")
    assert submission.copies.count() == 1


@pytest.mark.parametrize("manager", ["copies", "events"])
def test_the_database_refuses_to_change_what_was_filed(user, manager):
    submission = filed("akimat-akt", user("reporter.akt"))
    change = {"copies": {"content": "{}"}, "events": {"reason": "x"}}[manager]
    with pytest.raises(IntegrityError), transaction.atomic():
        getattr(submission, manager).update(**change)


def test_copy_holds_no_database_keys(user):
    copy = filed("akimat-akt", user("reporter.akt")).copies.get()
    assert set(json.loads(copy.content)) == {
        "version", "programme", "period", "agency", "number", "due_on", "filed_at", "filed_by", "prepared_by",
        "demonstration", "waivers", "entries",
    }  # fmt: skip
    assert copy.data["filed_at"].startswith("2009-07-06T12:00:00+0")
