"""What coordinators do with a report: who may, when it is refused, what it leaves behind."""

import datetime

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone, translation

from reports import filing, review
from reports.duty import owed_activity
from reports.models import Comment, Extension, Rule, Submission, Waiver
from reports.threads import open_threads, threads
from reports.timeliness import Timeliness, Timing, timeliness
from reports.transitions import Refused

from .scenes import at, file_report, filed, submission_of, write_all

pytestmark = pytest.mark.django_db

OTHERS = ["reporter.akt", "signatory.akt", "reporter.kus", "analyst", "administrator"]
EXTENSION = {"due_on": datetime.date(2009, 7, 14), "reason": "Су тасқыны", "act": "2009 жылғы 3 шілдедегі № 12 хат"}


@pytest.fixture(autouse=True)
def _english():
    with translation.override("en"):
        yield


@pytest.fixture
def waiting(user):
    return filed("akimat-akt", user("reporter.akt"))


@pytest.fixture
def draft():
    return submission_of("akimat-akt")


def activity(submission, ordinal=17):
    return owed_activity(submission, ordinal).activity


def last_event(submission):
    event = submission.events.last()
    return event.action, event.from_state, event.to_state, event.by.username, event.reason


def made(submission, user, **details):
    return review.comment(submission=submission, by=user("coordinator"), text="Санын нақтылаңыз", **details)


def test_accepting_leaves_an_event_with_the_copy(user, waiting):
    review.accept(submission=waiting, by=user("coordinator"))
    waiting.refresh_from_db()
    assert waiting.state == Submission.State.ACCEPTED
    assert last_event(waiting) == ("accepted", "submitted", "accepted", "coordinator", "")
    assert waiting.events.last().copy == waiting.copies.get()


def test_returning_and_reopening_leave_their_reasons(user, waiting):
    review.return_for_rework(submission=waiting, by=user("coordinator"), reason=" 17-жол ")
    assert last_event(waiting) == ("returned", "submitted", "returned", "coordinator", "17-жол")
    file_report(waiting, user("reporter.akt"))
    review.accept(submission=waiting, by=user("coordinator"))
    review.reopen(submission=waiting, by=user("coordinator2"), reason="Сома қате")
    assert last_event(waiting) == ("reopened", "accepted", "returned", "coordinator2", "Сома қате")


@pytest.mark.parametrize("action", [review.return_for_rework, review.reopen])
def test_nothing_is_unlocked_without_a_reason(user, waiting, action):
    if action is review.reopen:
        review.accept(submission=waiting, by=user("coordinator"))
    with pytest.raises(Refused, match="Say what has to be corrected"):
        action(submission=waiting, by=user("coordinator"), reason=" \n")
    assert waiting.events.count() == (2 if action is review.reopen else 1)


@pytest.mark.parametrize("username", OTHERS)
def test_only_coordinators_review(user, waiting, username):
    by, comment = user(username), made(waiting, user)
    attempts = [
        (review.accept, {"submission": waiting}),
        (review.accept_clean, {"submission": waiting, "seen": 1}),
        (review.return_for_rework, {"submission": waiting, "reason": "x"}),
        (review.reopen, {"submission": waiting, "reason": "x"}),
        (review.comment, {"submission": waiting, "text": "x"}),
        (review.resolve, {"comment": comment}),
        (review.extend, {"submission": submission_of("akimat-akm")} | EXTENSION),
        (
            review.waive,
            {
                "submission": submission_of("akimat-akm"),
                "activity": activity(waiting),
                "rule": Rule.REASON_MISSING,
                "reason": "x",
            },
        ),
    ]
    for action, details in attempts:
        with pytest.raises(Refused):
            action(by=by, **details)
    waiting.refresh_from_db()
    assert waiting.state == Submission.State.SUBMITTED
    assert not Extension.objects.exists()
    assert not Waiver.objects.exists()
    assert Comment.objects.open().get() == comment


def test_a_decision_in_another_state_is_refused(user, draft):
    for action in (review.return_for_rework, review.reopen):
        with pytest.raises(Refused, match="another state"):
            action(submission=draft, by=user("coordinator"), reason="x")
    with pytest.raises(Refused, match="another state"):
        review.accept(submission=draft, by=user("coordinator"))


def test_nobody_accepts_what_he_filed_himself(user):
    submission = filed("moes", user("reporter.moes"))
    filer = user("reporter.moes")
    filer.role = "coordinator"
    filer.save()
    with pytest.raises(Refused, match="filed this report yourself"):
        review.accept(submission=submission, by=filer)
    review.accept(submission=submission, by=user("coordinator"))


def test_a_filing_that_was_not_read_is_not_accepted(user, waiting):
    review.return_for_rework(submission=waiting, by=user("coordinator2"), reason="17-жол")
    file_report(waiting, user("reporter.akt"))
    with pytest.raises(Refused, match="filed anew"):
        review.accept(submission=waiting, by=user("coordinator"), seen=1)
    review.accept(submission=waiting, by=user("coordinator"), seen=2)


def test_a_filing_with_warnings_waivers_or_open_comments_is_not_accepted_unread(user, waiting):
    warned = filed("akimat-kus", user("reporter.kus"), spent="99999.000")
    commented = filed("moh", user("reporter.moh"))
    comment = made(commented, user)
    for submission in (warned, commented):
        with pytest.raises(Refused, match="read it before"):
            review.accept_clean(submission=submission, by=user("coordinator"), seen=1)
    review.resolve(comment=comment, by=user("coordinator"))
    review.accept_clean(submission=commented, by=user("coordinator"), seen=1)
    review.accept_clean(submission=waiting, by=user("coordinator"), seen=1)


def test_a_comment_hangs_on_the_report_an_entry_or_a_field_of_the_filed_copy(user, waiting):
    whole, on_entry = made(waiting, user), made(waiting, user, activity=activity(waiting))
    on_field = made(waiting, user, activity=activity(waiting), field=Comment.Field.NARRATIVE)
    assert (whole.activity, whole.field) == (None, "")
    assert (on_entry.activity.ordinal, on_entry.field) == (17, "")
    assert on_field.get_field_display() == "what was done"
    assert {comment.copy for comment in (whole, on_entry, on_field)} == {waiting.copies.get()}


def test_a_comment_needs_a_text_and_something_filed(user, waiting):
    with pytest.raises(Refused, match="Write the comment"):
        review.comment(submission=waiting, by=user("coordinator"), text=" \n ")
    with pytest.raises(Refused, match="Nothing has been filed"):
        review.comment(submission=submission_of("akimat-akm"), by=user("coordinator"), text="x")
    assert not Comment.objects.exists()


def test_both_sides_answer_until_it_is_resolved(user, waiting):
    comment = made(waiting, user, activity=activity(waiting), field=Comment.Field.REASON)
    first = review.answer(comment=comment, by=user("reporter.akt"), text="Нақтыланды")
    second = review.answer(comment=first, by=user("coordinator2"), text="Рақмет")
    assert (first.answers_to, second.answers_to) == (comment, comment)
    assert (second.activity, second.field) == (comment.activity, comment.field)
    with pytest.raises(Refused, match="Write the answer"):
        review.answer(comment=comment, by=user("reporter.akt"), text=" ")
    review.resolve(comment=comment, by=user("coordinator2"))
    comment.refresh_from_db()
    assert comment.resolved_by.username == "coordinator2"
    for username in ("reporter.akt", "coordinator"):
        with pytest.raises(Refused, match="resolved already"):
            review.answer(comment=comment, by=user(username), text="x")
    with pytest.raises(Refused, match="resolved already"):
        review.resolve(comment=comment, by=user("coordinator"))


@pytest.mark.parametrize("outsider", ["reporter.kus", "reporter.moes", "analyst", "administrator"])
def test_others_do_not_answer(user, waiting, outsider):
    comment = made(waiting, user)
    with pytest.raises(Refused):
        review.answer(comment=comment, by=user(outsider), text="x")
    assert Comment.objects.count() == 1


def test_comments_survive_the_second_and_the_third_round(user, waiting):
    first = made(waiting, user, activity=activity(waiting))
    review.answer(comment=first, by=user("reporter.akt"), text="Келесі нұсқада")
    for number in (2, 3):
        review.return_for_rework(submission=waiting, by=user("coordinator"), reason="17-жол")
        write_all(waiting, user("reporter.akt"), narrative=f"{number}-нұсқа")
        file_report(waiting, user("reporter.akt"))
        made(waiting, user)
    review.resolve(comment=first, by=user("coordinator"))
    found = threads(waiting, user("reporter.akt"))
    assert [(thread.root.copy.number, thread.is_open) for thread in found] == [(1, False), (2, True), (3, True)]
    assert [answer.text for answer in found[0].answers] == ["Келесі нұсқада"]
    assert [thread.root.copy.number for thread in open_threads(waiting, user("reporter.akt"))] == [2, 3]


def test_threads_are_read_in_ones_own_scope(user, waiting, django_assert_num_queries):
    made(waiting, user)
    made(waiting, user, activity=activity(waiting))
    coordinator, reporter, outsider = (user(name) for name in ("coordinator", "reporter.akt", "reporter.kus"))
    with django_assert_num_queries(2):
        found = threads(waiting, reporter)
        assert [(one.root.by.username, one.can_answer, one.can_resolve) for one in found] == [
            ("coordinator", True, False)
        ] * 2
    assert [one.can_resolve for one in threads(waiting, coordinator, activity(waiting))] == [True]
    assert [one.can_answer for one in threads(waiting, user("analyst"))] == [False, False]
    assert threads(waiting, outsider) == []
    assert open_threads(waiting, outsider) == []


def test_an_extension_is_recorded_with_reason_and_act(user, draft):
    extension = review.extend(submission=draft, by=user("coordinator"), **EXTENSION)
    draft.refresh_from_db()
    assert (draft.extended_to, draft.due_on, draft.period.submissions_due) == (
        datetime.date(2009, 7, 14),
        datetime.date(2009, 7, 14),
        datetime.date(2009, 7, 10),
    )
    assert (extension.by.username, extension.act) == ("coordinator", EXTENSION["act"])
    action, *_states, reason = last_event(draft)
    assert (action, reason) == ("extended", EXTENSION["reason"])


@pytest.mark.parametrize(
    "wrong",
    [{"due_on": datetime.date(2009, 7, 10)}, {"due_on": datetime.date(2009, 7, 1)}, {"reason": " "}, {"act": ""}],
)
def test_an_extension_needs_a_later_date_a_reason_and_an_act(user, draft, wrong):
    with pytest.raises(Refused):
        review.extend(submission=draft, by=user("coordinator"), **EXTENSION | wrong)
    draft.refresh_from_db()
    assert draft.extended_to is None
    assert not Extension.objects.exists()
    assert not draft.events.exists()


def test_a_second_extension_goes_beyond_the_first(user, draft):
    review.extend(submission=draft, by=user("coordinator"), **EXTENSION)
    with pytest.raises(Refused, match="later than the due date in force"):
        review.extend(submission=draft, by=user("coordinator"), **EXTENSION)
    review.extend(submission=draft, by=user("coordinator"), **EXTENSION | {"due_on": datetime.date(2009, 7, 16)})
    assert [one.due_on.day for one in draft.extensions.all()] == [14, 16]


def test_what_is_filed_is_not_extended(user, waiting):
    with pytest.raises(Refused, match="already been filed"):
        review.extend(submission=waiting, by=user("coordinator"), **EXTENSION)


@pytest.mark.parametrize("zone", ["UTC", "Asia/Almaty"])
@pytest.mark.parametrize(
    ("when", "expected"),
    [
        ((2009, 7, 10, 23, 59, 59), Timeliness(Timing.ON_TIME)),
        ((2009, 7, 11, 0, 0, 0), Timeliness(Timing.ON_TIME)),
        ((2009, 7, 14, 23, 59, 59), Timeliness(Timing.ON_TIME)),
        ((2009, 7, 15, 0, 0, 0), Timeliness(Timing.LATE, 1)),
    ],
)
def test_the_extended_day_counts_to_its_last_second_in_almaty(user, draft, zone, when, expected):
    review.extend(submission=draft, by=user("coordinator"), **EXTENSION)
    with timezone.override(zone), at(*when):
        submission = filed("akimat-akt", user("reporter.akt"))
        assert timeliness(submission) == expected
    assert submission.copies.get().data["due_on"] == "2009-07-14"


@pytest.mark.parametrize(
    ("when", "expected"),
    [
        ((2009, 7, 11, 0, 0, 0), Timeliness(Timing.DUE_SOON, 3)),
        ((2009, 7, 14, 23, 59, 59), Timeliness(Timing.DUE_SOON, 0)),
        ((2009, 7, 15, 0, 0, 0), Timeliness(Timing.OVERDUE, 1)),
    ],
)
def test_a_draft_is_overdue_after_the_extended_day(user, draft, when, expected):
    review.extend(submission=draft, by=user("coordinator"), **EXTENSION)
    with at(*when):
        assert timeliness(submission_of("akimat-akt")) == expected
        assert timeliness(submission_of("akimat-akm")).timing == Timing.OVERDUE


def waive(submission, user, **details):
    given = {"activity": activity(submission, 17), "rule": Rule.NEXT_STEP_MISSING, "reason": "Бекітілген хат"}
    return review.waive(submission=submission, by=user("coordinator"), **given | details)


def test_a_waiver_lets_one_filing_through_and_stays_with_it(user, draft):
    write_all(draft, user("reporter.akt"))
    draft.entries.filter(activity__ordinal=17).update(status="delayed")
    with pytest.raises(Refused, match="17"):
        file_report(draft, user("reporter.akt"))
    waiver = waive(draft, user)
    assert last_event(draft)[0] == "waived"
    assert last_event(draft)[-1] == "Бекітілген хат"
    copy = file_report(draft, user("reporter.akt"))
    waiver.refresh_from_db()
    assert waiver.copy == copy
    assert [(one["activity"], one["rule"], one["by"]) for one in copy.data["waivers"]] == [
        (17, "next_step_missing", "coordinator")
    ]
    review.return_for_rework(submission=draft, by=user("coordinator"), reason="17-жол")
    with pytest.raises(Refused, match="17"):
        file_report(draft, user("reporter.akt"))
    waive(draft, user)
    assert file_report(draft, user("reporter.akt")).number == 2


def test_a_waiver_needs_a_reason_a_blocking_rule_and_a_draft(user, draft):
    for wrong in ({"reason": " "}, {"rule": Rule.OVER_PLAN}, {"rule": Rule.FAR_FROM_LAST}):
        with pytest.raises(Refused):
            waive(draft, user, **wrong)
    waive(draft, user)
    with pytest.raises(Refused, match="already been waived"):
        waive(draft, user)
    assert draft.waivers.count() == draft.events.count() == 1
    done = filed("akimat-kus", user("reporter.kus"))
    with pytest.raises(Refused, match="already been filed"):
        waive(done, user)


@pytest.mark.parametrize("name", ["comment", "extension", "waiver", "event"])
def test_the_database_refuses_to_change_what_was_recorded(user, draft, name):
    review.extend(submission=draft, by=user("coordinator"), **EXTENSION)
    waiver = waive(draft, user)
    submission = filed("akimat-kus", user("reporter.kus"))
    rows, change = {
        "comment": (Comment.objects.filter(pk=made(submission, user).pk), {"text": "Басқа"}),
        "extension": (draft.extensions, {"due_on": datetime.date(2009, 8, 1)}),
        "waiver": (Waiver.objects.filter(pk=waiver.pk), {"reason": "Басқа"}),
        "event": (draft.events, {"reason": "Басқа"}),
    }[name]
    with pytest.raises(IntegrityError, match="immutable"), transaction.atomic():
        rows.update(**change)


def test_a_report_that_awaits_signature_can_still_be_extended(user, draft):
    write_all(draft, user("reporter.akt"))
    filing.send_for_signature(submission=draft, by=user("reporter.akt"))
    review.extend(submission=draft, by=user("coordinator"), **EXTENSION)
    draft.refresh_from_db()
    assert draft.awaits_signature
    assert draft.extended_to == EXTENSION["due_on"]
