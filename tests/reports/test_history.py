"""History: who changed what, when, from what to what and why; and what nobody outside the agency learns of a draft."""

import datetime
import re
from decimal import Decimal

import pytest
from django.utils import translation

from activities.models import Activity
from reports import filing, review
from reports.changes import changes
from reports.duty import owed_activity
from reports.models import EntryRevision

from .scenes import at, file_report, filed, submission_of, write_all
from .uploads import attach

READERS_OF_ALL = ["coordinator", "analyst", "administrator"]


@pytest.fixture(autouse=True)
def _in_english():
    with translation.override("en"):
        yield


def save(submission, by, *, ordinal=14, spent=None, counted=None, **values) -> None:
    owed = owed_activity(submission, ordinal)
    filing.save_entry(
        submission=submission,
        activity=owed.activity,
        by=by,
        version=owed.entry.version if owed.entry else 0,
        values=values,
        spending={item.line.pk: Decimal(spent) for item in owed.lines if spent},
        indicators={item.indicator.pk: counted for item in owed.indicators if counted},
    )


def plain(html: str) -> str:
    """As it is read aloud."""
    return " ".join(re.sub(r"<[^>]+>", "", html).split())


def facts(change) -> dict[str, tuple[str, str]]:
    return {fact.label: (plain(fact.before), plain(fact.now)) for fact in change.facts}


def titles(submission, reader) -> list[str]:
    return [change.title for change in changes(submission, reader)]


# Entries, for those who write them


def test_the_first_save_of_an_entry_shows_what_was_written(user):
    submission, by = submission_of("akimat-akt"), user("reporter.akt")
    save(submission, by, status="in_progress", narrative="Ашық сабақтар өтті.", spent="1.250", counted=2)
    [change] = changes(submission, by)
    assert (change.title, change.by, change.activity.ordinal, change.is_new) == ("Entry begun", by, 14, True)
    assert facts(change) == {
        "Status": ("", "in progress"),
        "What was done in the half-year": ("", "Ашық сабақтар өтті."),
        "Spent in the half-year: local budgets, 2009": ("", "1.250 million tenge"),
        "Special correctional educational institutions opened": ("", "2 institutions"),
        "Children with disabilities covered by special correctional institutions": ("", "2 children"),
    }


def test_a_later_save_shows_only_what_differs_with_before_and_after(user):
    submission, by = submission_of("akimat-akt"), user("reporter.akt")
    save(submission, by, status="in_progress", narrative="Екі сабақ өтті.", reason="Су тасқыны", spent="1.250")
    with at(2009, 7, 6, 12, 10):
        save(
            submission, by, narrative="Үш сабақ өтті.", reason="", spent="1.300",
            completed_on=datetime.date(2009, 6, 20), document_kind="decision", document_number="12",
        )  # fmt: skip
    change = changes(submission, by)[0]
    assert change.title == "Entry changed"
    assert facts(change) == {
        "What was done in the half-year": ("removed: Екі сабақ өтті.", "added: Үш сабақ өтті."),
        "Completion date": ("", "20 June 2009"),
        "Document": ("", "decision of the akim, № 12"),
        "Spent in the half-year: local budgets, 2009": ("removed: 1.250 million tenge", "added: 1.300 million tenge"),
        "Reason": ("Су тасқыны", ""),
    }


def test_a_document_without_its_kind_is_shown_too(user):
    submission, by = submission_of("akimat-akt"), user("reporter.akt")
    save(submission, by, document_number="12")
    [change] = changes(submission, by)
    assert facts(change) == {"Document": ("", "№ 12")}


def minutes(submission, *saves) -> None:
    """Each save: minute after ten o'clock, user, narrative."""
    for minute, by, narrative in saves:
        with at(2009, 7, 6, 10 + minute // 60, minute % 60):
            save(submission, by, narrative=narrative)


def passages(submission, reader) -> list[tuple[str, str]]:
    found = [facts(change) for change in changes(submission, reader)]
    return [pair["What was done in the half-year"] for pair in found if pair]


def test_saves_of_one_person_without_a_pause_are_one_change(user):
    submission, by = submission_of("akimat-akt"), user("reporter.akt")
    minutes(submission, (0, by, "а"), (9, by, "а ә"), (18, by, "а ә б"))
    assert passages(submission, by) == [("", "а ә б")]


def test_a_pause_of_ten_minutes_or_another_person_begins_a_new_change(user):
    submission, reporter, signatory = submission_of("akimat-akt"), user("reporter.akt"), user("signatory.akt")
    minutes(submission, (0, reporter, "бір екі"), (10, reporter, "бір үш"), (11, signatory, "бір төрт"))
    assert passages(submission, reporter) == [
        ("бір removed: үш", "бір added: төрт"),
        ("бір removed: екі", "бір added: үш"),
        ("", "бір екі"),
    ]
    assert [change.by for change in changes(submission, reporter)] == [signatory, reporter, reporter]


def test_a_step_of_the_report_parts_two_changes(user):
    submission, by = submission_of("akimat-akt"), user("reporter.akt")
    with at(2009, 7, 6, 9):
        write_all(submission, by, narrative="ұсынылған мәтін осы")
    with at(2009, 7, 6, 9, 1):
        file_report(submission, by)
    with at(2009, 7, 6, 9, 2):
        review.return_for_rework(submission=submission, by=user("coordinator"), reason="Толықтырыңыз")
    with at(2009, 7, 6, 9, 3):
        save(submission, by, narrative="ұсынылған мәтін жаңа")
    found = changes(submission, by, Activity.objects.get(ordinal=14))
    assert [change.title for change in found] == ["Entry changed", "Entry begun"]


def test_what_was_typed_and_taken_back_at_once_is_no_change(user):
    submission, by = submission_of("akimat-akt"), user("reporter.akt")
    minutes(submission, (0, by, "бір"), (20, by, "екі"), (21, by, " бір\n"))
    assert passages(submission, by) == [("", "бір")]
    assert EntryRevision.objects.count() == 3


# Files, comments, steps


def test_files_are_shown_as_they_come_and_go(user):
    submission, by = submission_of("akimat-akt"), user("reporter.akt")
    with at(2009, 7, 6, 10):
        first = attach(submission, by, name="бір.pdf")
    with at(2009, 7, 6, 10, 1):
        second = attach(submission, user("signatory.akt"), name="екі.pdf", replaces=first)
    with at(2009, 7, 6, 10, 2):
        filing.detach(attachment=second, by=by)
    shown = [(c.title, c.by.username, c.file_before, c.file, c.activity.ordinal) for c in changes(submission, by)]
    assert shown == [
        ("File removed", "reporter.akt", second, None, 14),
        ("File replaced", "signatory.akt", first, second, 14),
        ("File attached", "reporter.akt", None, first, 14),
    ]


@pytest.fixture
def worked_over(user):
    """Aktobe's report with two filings, a return between them, an extension, a waiver and a settled comment."""
    submission, by, coordinator = submission_of("akimat-akt"), user("reporter.akt"), user("coordinator")
    activity = Activity.objects.get(ordinal=14)
    with at(2009, 7, 1, 9):
        write_all(submission, by, narrative="Бірінші ұсынылған мәтін.")
    with at(2009, 7, 1, 10):
        attach(submission, by, name="құпия-жоба.pdf")
        kept = attach(submission, by, name="ұсынылған.pdf", replaces=submission.attachments.get())
        attach(submission, by, name="тұрақты.pdf", ordinal=18)
    with at(2009, 7, 2, 9):
        review.extend(
            submission=submission, by=coordinator, due_on=datetime.date(2009, 7, 20), reason="Су тасқыны", act="№ 45"
        )
    with at(2009, 7, 2, 10):
        review.waive(
            submission=submission, by=coordinator, activity=activity, rule="indicator_missing", reason="Дерек жоқ"
        )
    with at(2009, 7, 3, 9):
        filing.send_for_signature(submission=submission, by=by)
    with at(2009, 7, 3, 10):
        filing.submit(submission=submission, by=user("signatory.akt"))
    with at(2009, 7, 4, 9):
        comment = review.comment(
            submission=submission, by=coordinator, activity=activity, field="narrative", text="Қайдан алынды?"
        )
    with at(2009, 7, 4, 10):
        review.return_for_rework(submission=submission, by=coordinator, reason="Толықтырыңыз")
    with at(2009, 7, 5, 9):
        review.answer(comment=comment, by=by, text="Есептен.")
        save(submission, by, narrative="Құпия аралық мәтін.")
    with at(2009, 7, 5, 10):
        save(submission, by, narrative="Екінші ұсынылған мәтін.")
        between = attach(submission, by, name="аралық.pdf", replaces=kept)
        attach(submission, by, name="жаңа.pdf", replaces=between)
    with at(2009, 7, 5, 11):
        file_report(submission, by)
    with at(2009, 7, 6, 9):
        review.resolve(comment=comment, by=coordinator)
    return submission_of("akimat-akt")


COMMON = {
    "Comment resolved", "Answer to a comment", "Comment", "filed", "returned for rework", "sent for signature",
    "rule waived", "due date extended",
}  # fmt: skip


def test_the_agency_reads_every_step_newest_first(user, worked_over):
    found = changes(worked_over, user("reporter.akt"))
    assert {change.title for change in found} == COMMON | {
        "Entry begun", "Entry changed", "File attached", "File replaced",
    }  # fmt: skip
    assert [change.at for change in found] == sorted((change.at for change in found), reverse=True)


def step(submission, reader, title):
    return next(change for change in changes(submission, reader) if change.title == title)


@pytest.mark.parametrize("reader", ["reporter.akt", "analyst"])
def test_steps_name_the_states_the_reason_and_the_act(user, worked_over, reader):
    reader = user(reader)
    returned = step(worked_over, reader, "returned for rework")
    assert (returned.by.username, returned.text) == ("coordinator", "Толықтырыңыз")
    assert returned.details == [("State", "submitted → returned for rework")]
    filed_again = step(worked_over, reader, "filed")
    assert filed_again.details == [
        ("State", "returned for rework → submitted"), ("Receipt", worked_over.copies.last().receipt),
    ]  # fmt: skip
    extended = step(worked_over, reader, "due date extended")
    assert extended.details == [("Due date", "10 July 2009 → 20 July 2009"), ("On the basis of", "№ 45")]
    assert extended.text == "Су тасқыны"
    waived = step(worked_over, reader, "rule waived")
    assert (waived.activity.ordinal, waived.text) == (14, "Дерек жоқ")
    assert waived.details == [("Rule", "an indicator has no value")]
    answered = step(worked_over, reader, "Answer to a comment")
    assert (answered.text, answered.details) == (
        "Есептен.",
        [("Field", "what was done"), ("Comment", "Қайдан алынды?")],
    )
    resolved = step(worked_over, reader, "Comment resolved")
    assert (resolved.by.username, resolved.details[-1]) == ("coordinator", ("Comment", "Қайдан алынды?"))


def test_each_step_stands_once(user, worked_over):
    found = titles(worked_over, user("coordinator"))
    assert {title: found.count(title) for title in COMMON} == dict.fromkeys(COMMON, 1) | {"filed": 2}


def test_an_activitys_history_is_its_own(user, worked_over):
    found = changes(worked_over, user("reporter.akt"), Activity.objects.get(ordinal=18))
    assert [change.title for change in found] == ["File attached", "Entry begun"]


# What readers of everything learn


def test_readers_of_all_see_entries_change_from_filing_to_filing(user, worked_over):
    found = [change for change in changes(worked_over, user("analyst")) if change.title.startswith("Entry")]
    [change] = found
    assert change.at == worked_over.copies.last().filed_at
    assert facts(change) == {
        "What was done in the half-year": (
            "removed: Бірінші ұсынылған мәтін.",
            "added: Екінші ұсынылған мәтін.",
        )
    }


def test_readers_of_all_see_the_files_that_were_filed_alone(user, worked_over):
    shown = [
        (change.title, change.file_before and change.file_before.name, change.file.name, change.at.day)
        for change in changes(worked_over, user("analyst"))
        if change.file
    ]
    assert shown == [
        ("File replaced", "ұсынылған.pdf", "жаңа.pdf", 5),
        ("File attached", None, "ұсынылған.pdf", 3),
        ("File attached", None, "тұрақты.pdf", 3),
    ]


def test_a_file_taken_out_after_the_return_is_known_when_the_report_is_filed_again(user):
    submission, by = submission_of("akimat-akt"), user("reporter.akt")
    write_all(submission, by)
    attachment = attach(submission, by)
    file_report(submission, by)
    review.return_for_rework(submission=submission, by=user("coordinator"), reason="x")
    filing.detach(attachment=attachment, by=by)
    assert "File removed" not in titles(submission, user("analyst"))
    file_report(submission, by)
    assert "File removed" in titles(submission, user("analyst"))


@pytest.mark.parametrize("username", READERS_OF_ALL)
def test_nothing_of_a_draft_reaches_the_page_of_others(browse, worked_over, user, username):
    draft = submission_of("akimat-kus")
    write_all(draft, user("reporter.kus"), narrative="Құпия жоба")
    attach(draft, user("reporter.kus"), name="құпия.pdf")
    for submission in (draft, worked_over):
        page = browse(username).get(f"/submissions/{submission.pk}/history/").text
        assert not re.search("құпия|аралық", page, re.IGNORECASE)
    assert "Құпия аралық мәтін." in browse("reporter.akt").get(f"/submissions/{worked_over.pk}/history/").text


# The page


@pytest.mark.parametrize("language", ["kk", "ru", "en"])
def test_the_page_marks_differences_and_links_files(browse, worked_over, language):
    page = browse("analyst", language).get(f"/submissions/{worked_over.pk}/history/").text
    assert "Екінші</ins> ұсынылған мәтін." in page
    assert "Бірінші</del>" in page
    file = worked_over.attachments.get(name="жаңа.pdf")
    assert f'href="/attachments/{file.pk}/">жаңа.pdf</a>' in page
    assert file.sha256 in page


def test_the_page_escapes_what_people_wrote(browse, user):
    submission, by = submission_of("akimat-akt"), user("reporter.akt")
    minutes(submission, (0, by, "бір <b>екі</b> үш"), (30, by, "бір <i>екі</i> үш"))
    page = browse("reporter.akt").get(f"/submissions/{submission.pk}/history/").text
    assert "<b>" not in page
    assert "<i>" not in page
    assert "&lt;i&gt;екі&lt;/i&gt;</ins>" in page


def test_the_page_shows_one_activity_on_request(browse, worked_over):
    browser = browse("reporter.akt")
    page = browser.get(f"/submissions/{worked_over.pk}/history/?activity=18").text
    assert "тұрақты.pdf" in page
    assert "Толықтырыңыз" not in page
    assert '<option value="18" selected>' in page


def test_a_wrong_query_shows_the_whole_history(browse, worked_over):
    browser = browse("reporter.akt")
    for query in ("activity=1", "activity=x", "activity=99&page=x", "page=0", "page=9999"):
        response = browser.get(f"/submissions/{worked_over.pk}/history/?{query}")
        assert response.status_code == 200
        assert "Толықтырыңыз" in response.text


def test_the_page_of_a_report_that_nobody_touched_says_so(browse):
    page = browse("reporter.akt").get(f"/submissions/{submission_of('akimat-akt').pk}/history/").text
    assert "Nothing has been changed yet" in page


def test_a_long_history_has_pages_that_keep_the_filter(browse, user):
    submission, by = submission_of("akimat-akt"), user("reporter.akt")
    minutes(submission, *((11 * number, by, f"мәтін {number}") for number in range(60)))
    browser = browse("reporter.akt")
    first = browser.get(f"/submissions/{submission.pk}/history/?activity=14").text
    assert "Changes 1–50 of 60" in first
    assert "мәтін <ins>" in first
    assert 'rel="next" href="?activity=14&amp;page=2"' in first
    second = browser.get(f"/submissions/{submission.pk}/history/?activity=14&page=2").text
    assert "Changes 51–60 of 60" in second
    assert 'rel="prev" href="?activity=14&amp;page=1"' in second


def test_the_reports_page_leads_to_its_history(browse, user):
    draft = submission_of("akimat-akt")
    assert f'href="/submissions/{draft.pk}/history/"' in browse("reporter.akt").get(f"/submissions/{draft.pk}/").text
    done = filed("akimat-kus", user("reporter.kus"))
    assert f'href="/submissions/{done.pk}/history/"' in browse("analyst").get(f"/submissions/{done.pk}/").text


@pytest.mark.parametrize(("username", "queries"), [("reporter.akt", 16), ("analyst", 15)])
def test_the_page_costs_the_same_however_long_the_history(
    browse, user, worked_over, username, queries, django_assert_num_queries
):
    browser = browse(username)
    url = f"/submissions/{worked_over.pk}/history/"
    with django_assert_num_queries(queries):
        browser.get(url)
    review.return_for_rework(submission=worked_over, by=user("coordinator"), reason="Тағы")
    for number in range(5):
        with at(2009, 7, 7, 9 + number):
            write_all(worked_over, user("reporter.akt"), narrative=f"Мәтін {number}", spent=f"0.{number}00")
            for ordinal in (14, 18):
                attach(worked_over, user("reporter.akt"), name=f"{number}.pdf", ordinal=ordinal)
            file_report(worked_over, user("reporter.akt"))
            review.comment(submission=worked_over, by=user("coordinator"), text=f"Сұрақ {number}")
            review.return_for_rework(submission=worked_over, by=user("coordinator"), reason=f"Қайта {number}")
    with django_assert_num_queries(queries):
        browser.get(url)
