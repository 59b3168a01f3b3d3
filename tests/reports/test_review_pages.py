"""The coordinators' pages: the board, reading, comments, decisions, extensions, waivers."""

import datetime

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from programme.models import Agency
from reports import filing, review
from reports.duty import owed_activity
from reports.models import Comment, Reminder, Rule, Submission

from .scenes import at, file_report, filed, submission_of, write_all

pytestmark = pytest.mark.django_db

SLUG = "children-2007-2011"
BOARD = reverse("period", args=[SLUG, "2009-H1"])
ACCEPT = reverse("accept-selected", args=[SLUG, "2009-H1"])
EXTENSION = {"due_on": datetime.date(2009, 7, 14), "reason": "Су тасқыны", "act": "№ 12 хат"}


def url(name, submission):
    return reverse(name, args=[submission.pk])


def activity(submission, ordinal=17):
    return owed_activity(submission, ordinal).activity


def codes(page):
    return [row.submission.agency.code for row in page.context["rows"]]


@pytest.fixture
def waiting(user):
    return filed("akimat-akt", user("reporter.akt"), narrative="Оқылатын мәтін")


@pytest.fixture
def comment(user, waiting):
    return review.comment(
        submission=waiting, by=user("coordinator"), text="Санын нақтылаңыз", activity=activity(waiting)
    )


# Deciding


def test_coordinator_accepts(browse, waiting):
    browser = browse("coordinator")
    assert "Оқылатын мәтін" in browser.get(url("submission", waiting)).text
    page = browser.post(url("review", waiting), {"accept": "", "filing": "1"}, follow=True)
    assert page.redirect_chain[-1][0] == BOARD
    waiting.refresh_from_db()
    assert waiting.state == Submission.State.ACCEPTED


def test_open_comments_stand_beside_accept_and_do_not_hinder_it(browse, waiting, comment):
    page = browse("coordinator").get(url("submission", waiting))
    assert "Accept with open comments" in page.text
    assert f'href="#comment-{comment.pk}"' in page.text
    browse("coordinator").post(url("review", waiting), {"accept": "", "filing": "1"})
    waiting.refresh_from_db()
    assert waiting.state == Submission.State.ACCEPTED


def test_a_filing_that_came_after_the_page_was_opened_is_not_accepted(browse, user, waiting):
    review.return_for_rework(submission=waiting, by=user("coordinator2"), reason="17-жол")
    file_report(waiting, user("reporter.akt"))
    page = browse("coordinator").post(url("review", waiting), {"accept": "", "filing": "1"}, follow=True)
    assert "was filed anew after you opened it" in page.text
    waiting.refresh_from_db()
    assert waiting.state == Submission.State.SUBMITTED


def test_coordinator_returns_with_a_reason_that_the_reporter_reads(browse, waiting, comment):
    refused = browse("coordinator").post(url("review", waiting), {"return": "", "reason": " "})
    assert refused.status_code == 422
    assert "Санын нақтылаңыз" in refused.text
    browse("coordinator").post(url("review", waiting), {"return": "", "reason": "17-жолды толықтырыңыз"})
    for target in (reverse("home"), url("submission", waiting)):
        assert "17-жолды толықтырыңыз" in browse("reporter.akt").get(target).text


def test_coordinator_reopens_an_accepted_report_with_a_reason(browse, user, waiting):
    review.accept(submission=waiting, by=user("coordinator"))
    browser = browse("coordinator")
    assert 'name="reopen"' in browser.get(url("submission", waiting)).text
    assert browser.post(url("review", waiting), {"reopen": "", "reason": ""}).status_code == 422
    browser.post(url("review", waiting), {"reopen": "", "reason": "Сома қате"})
    waiting.refresh_from_db()
    assert waiting.state == Submission.State.RETURNED
    assert "Сома қате" in browse("reporter.akt").get("/").text


def test_a_decision_made_meanwhile_is_said_and_the_reason_is_not_lost(browse, user, waiting):
    review.accept(submission=waiting, by=user("coordinator2"))
    page = browse("coordinator").post(url("review", waiting), {"return": "", "reason": "Ұзақ терілген себеп"})
    assert page.status_code == 422
    assert "somebody else may have decided" in page.text
    assert "Ұзақ терілген себеп" in page.text


# Reading


def test_a_first_filing_is_read_beside_the_half_year_accepted_last(browse, user):
    earlier = filed("akimat-akt", user("reporter.akt"), "2008-H2", narrative="Өткен жартыжылда екі семинар өтті")
    review.accept(submission=earlier, by=user("coordinator"))
    submission = filed("akimat-akt", user("reporter.akt"), narrative="Өткен жартыжылда үш семинар өтті")
    browser = browse("coordinator")
    page = browser.get(url("submission", submission))
    assert page.context["chosen"] == "last"
    assert '<del><span class="visually-hidden">removed: </span>екі</del>' in page.text
    assert '<ins><span class="visually-hidden">added: </span>үш</ins>' in page.text
    alone = browser.get(url("submission", submission), {"with": "nothing"})
    assert "<del>" not in alone.text
    assert "Өткен жартыжылда үш семинар өтті" in alone.text
    assert browser.get(url("submission", submission), {"with": "filing"}).context["chosen"] == "last"
    assert browser.get(url("submission", submission), {"with": "<script>"}).context["chosen"] == "last"


def test_a_refiling_is_read_beside_the_filing_before(browse, user, waiting):
    review.return_for_rework(submission=waiting, by=user("coordinator"), reason="17-жол")
    write_all(waiting, user("reporter.akt"), narrative="Түзетілген оқылатын мәтін")
    file_report(waiting, user("reporter.akt"))
    page = browse("reporter.akt").get(url("submission", waiting))
    assert page.context["chosen"] == "filing"
    assert "Filing 1 of this report" in page.text
    assert "Түзетілген" in page.text


def test_what_the_check_noticed_and_what_was_waived_is_read(browse, user):
    submission = submission_of("akimat-akt")
    write_all(submission, user("reporter.akt"), spent="800.000", reason="Құрылыс ерте басталды.")
    submission.entries.filter(activity__ordinal=17).update(status="delayed")
    review.waive(
        submission=submission,
        by=user("coordinator2"),
        activity=activity(submission),
        rule=Rule.NEXT_STEP_MISSING,
        reason="Бекітілген хат",
    )
    file_report(submission, user("reporter.akt"))
    page = browse("coordinator").get(url("submission", submission), {"with": "nothing"})
    assert "Explained by the body: Құрылыс ерте басталды." in page.text
    assert "more was spent than is planned for the year" in page.text
    assert "no next step" in page.text
    assert "Бекітілген хат" in page.text


def test_an_activity_that_was_waived_without_an_entry_is_named(browse, user):
    submission = submission_of("akimat-akt")
    review.waive(
        submission=submission,
        by=user("coordinator"),
        activity=activity(submission),
        rule=Rule.STATUS_MISSING,
        reason="Іс-шара тоқтатылды",
    )
    write_all(submission, user("reporter.akt"))
    entry = submission.entries.get(activity__ordinal=17)
    entry.spending.all().delete()
    entry.revisions.all().delete()
    entry.delete()
    file_report(submission, user("reporter.akt"))
    page = browse("coordinator").get(url("submission", submission))
    assert [waiver["activity"] for waiver in page.context["unwritten"]] == [17]
    assert "Іс-шара тоқтатылды" in page.text


def test_what_was_typed_is_shown_and_never_run(browse, user):
    hostile = "<script>alert(1)</script> мәтін осында тұр"
    submission = filed("akimat-akt", user("reporter.akt"), narrative=hostile)
    review.comment(submission=submission, by=user("coordinator"), text=hostile)
    review.return_for_rework(submission=submission, by=user("coordinator"), reason=hostile)
    write_all(submission, user("reporter.akt"), narrative=f"{hostile} тағы")
    file_report(submission, user("reporter.akt"))
    for choice in ("filing", "nothing"):
        page = browse("coordinator").get(url("submission", submission), {"with": choice})
        assert "<script>alert" not in page.text
        assert "&lt;script&gt;alert" in page.text


# Comments


def test_a_comment_is_made_where_one_reads_and_one_comes_back_to_it(browse, waiting):
    back = f"{url('submission', waiting)}?with=nothing"
    data = {"activity": "17", "field": "narrative", "text": "Неше адам?", "next": back}
    page = browse("coordinator").post(url("comment", waiting), data)
    made = Comment.objects.get()
    assert page.url == f"{back}#comment-{made.pk}"
    assert (made.activity.ordinal, made.field, made.text) == (17, "narrative", "Неше адам?")
    read = browse("reporter.akt").get(url("submission", waiting)).text
    assert f'id="comment-{made.pk}"' in read
    assert "Неше адам?" in read
    assert 'name="activity"' not in read


def test_a_comment_on_the_whole_report(browse, waiting):
    browse("coordinator").post(url("comment", waiting), {"text": "Жалпы ескерту"})
    assert Comment.objects.get().activity is None
    assert "on the whole report" in browse("reporter.akt").get(url("submission", waiting)).text


@pytest.mark.parametrize(
    ("wrong", "kept"),
    [
        ({"text": " "}, 'value="17"'),
        ({"text": "Мәтін\x00"}, "Мәтін"),
        ({"text": "ә" * 5_001}, "ә" * 5_001),
        ({"activity": "1", "text": "Басқаның жолы"}, "Басқаның жолы"),
        ({"activity": "x", "text": "Терілген мәтін"}, "Терілген мәтін"),
        ({"field": "sha256", "text": "Терілген мәтін"}, "Терілген мәтін"),
    ],
)
def test_a_wrong_comment_is_said_and_nothing_is_lost(browse, waiting, wrong, kept):
    data = {"activity": "17", "field": "narrative", "text": "x"} | wrong
    page = browse("coordinator").post(url("comment", waiting), data)
    assert page.status_code == 422
    assert kept in page.text
    assert page.context["form"].errors
    assert not Comment.objects.exists()


def test_nothing_filed_nothing_to_comment_on(browse):
    page = browse("coordinator").post(url("comment", submission_of("akimat-akt")), {"text": "Мәтін"})
    assert page.status_code == 422
    assert "Nothing has been filed yet" in page.text


def test_the_reporter_answers_and_the_coordinator_resolves(browse, waiting, comment):
    assert 'name="next"' in browse("reporter.akt").get(url("submission", waiting)).text
    data = {"text": "Нақтыланды", "next": "/"}
    assert browse("reporter.akt").post(url("answer", comment), data).url == f"/#comment-{comment.pk}"
    browser = browse("coordinator")
    assert "Нақтыланды" in browser.get(url("submission", waiting)).text
    browser.post(url("resolve", comment))
    read = browser.get(url("submission", waiting)).text
    assert "Resolved by coordinator" in read
    assert url("answer", comment) not in read
    late = browse("reporter.akt").post(url("answer", comment), {"text": "Кешіккен жауап"})
    assert late.status_code == 422
    assert "Кешіккен жауап" in late.text
    assert "has been resolved already" in browser.post(url("resolve", comment), follow=True).text


def test_an_empty_answer_is_said_at_its_place(browse, comment):
    page = browse("reporter.akt").post(url("answer", comment), {"text": "\n"})
    assert page.status_code == 422
    assert 'href="#id_text"' in page.text
    assert "Санын нақтылаңыз" in page.text


@pytest.mark.parametrize("foreign", ["https://evil.example/", "//evil.example", "javascript:alert(1)", ""])
def test_one_comes_back_to_the_portal_alone(browse, waiting, comment, foreign):
    target = browse("reporter.akt").post(url("answer", comment), {"text": "x", "next": foreign}).url
    assert target == f"{url('submission', waiting)}#comment-{comment.pk}"
    page = browse("coordinator").post(ACCEPT, {"next": foreign})
    assert page.url == BOARD


def test_an_answer_is_no_thread_of_its_own(browse, user, comment):
    answer = review.answer(comment=comment, by=user("reporter.akt"), text="Нақтыланды")
    assert browse("coordinator").post(url("resolve", answer)).status_code == 404
    assert browse("coordinator").post(url("answer", answer), {"text": "x"}).status_code == 404


# The board


def test_board_shows_who_has_filed_and_who_has_not(browse, waiting):
    with at(2009, 7, 13, 9):
        page = browse("coordinator").get(BOARD)
    assert page.context["counts"] == {
        "expected": 22, "filed": 1, "missing": 21, "waiting": 1, "accepted": 0, "returned": 0, "late": 0, "overdue": 21,
    }  # fmt: skip
    assert [row.timeliness.in_words for row in page.context["rows"]].count("overdue by 3 days") == 21


def test_board_shows_an_akimat_its_own_row_only(browse, user):
    filed("akimat-kus", user("reporter.kus"))
    page = browse("reporter.akt").get(BOARD)
    assert codes(page) == ["akimat-akt"]
    assert page.context["chase"] == page.context["acceptable"] == []
    assert "Kostanay" not in page.text


def test_a_lapsed_half_year_says_so(browse):
    page = browse("coordinator", "en").get(reverse("period", args=[SLUG, "2011-H1"]))
    assert "lapsed with the repeal of the programme on 18 March 2011" in page.text


def test_board_counts_what_is_complete_and_reads_no_draft(browse, user, waiting):
    draft = submission_of("akimat-kus")
    write_all(draft, user("reporter.kus"), narrative="Құпия жоба мәтіні", reason="Құпия себеп")
    draft.entries.filter(activity__ordinal=17).update(narrative="")
    page = browse("coordinator").get(BOARD)
    rows = {row.submission.agency.code: (row.complete, row.owed) for row in page.context["rows"]}
    assert rows["akimat-kus"] == (16, 17)
    assert rows["akimat-akt"] == (17, 17)
    assert rows["akimat-akm"] == (0, 17)
    assert "16 of 17" in page.text
    assert "Құпия" not in page.text


def test_board_says_who_did_what_last_and_who_signs(browse, user):
    draft = submission_of("akimat-akt")
    write_all(draft, user("reporter.akt"))
    filing.send_for_signature(submission=draft, by=user("reporter.akt"))
    page = browse("coordinator").get(BOARD)
    row = next(row for row in page.context["rows"] if row.submission == draft)
    assert (row.event.action, row.event.by.username) == ("sent", "reporter.akt")
    assert "awaits signature" in page.text
    assert "sent for signature" in page.text


def test_the_original_date_stays_beside_the_extended_one(browse, user):
    draft = submission_of("akimat-akt")
    review.extend(submission=draft, by=user("coordinator"), **EXTENSION)
    said = "Due on 10 July 2009, extended to 14 July 2009 on the basis of: № 12 хат"
    for target in (BOARD, url("submission", draft), url("extend", draft)):
        assert said in browse("coordinator").get(target).text
    with at(2009, 7, 15, 0, 0, 0), timezone.override("UTC"):
        page = browse("coordinator").get(BOARD)
        row = next(row for row in page.context["rows"] if row.submission == draft)
        assert row.timeliness.in_words == "overdue by 1 day"
        assert said in page.text


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({"state": "submitted"}, ["moh", "akimat-akt"]),
        ({"state": "submitted", "kind": "akimat"}, ["akimat-akt"]),
        ({"state": "awaits_signature"}, []),
        ({"state": "returned"}, ["akimat-kus"]),
        ({"commented": "on"}, ["akimat-akt"]),
        ({"timing": "on_time", "commented": "on"}, ["akimat-akt"]),
        ({"timing": "overdue"}, []),
    ],
)
def test_board_is_filtered(browse, user, comment, query, expected):
    filed("moh", user("reporter.moh"))
    returned = filed("akimat-kus", user("reporter.kus"))
    review.return_for_rework(submission=returned, by=user("coordinator"), reason="17-жол")
    page = browse("coordinator").get(BOARD, query)
    assert codes(page) == expected
    assert page.context["counts"]["expected"] == 22


def test_a_filter_that_makes_no_sense_shows_all_and_says_so(browse):
    page = browse("coordinator").get(BOARD, {"state": "finished"})
    assert len(page.context["rows"]) == 22
    assert page.context["filter"].errors.keys() == {"state"}


def test_the_filter_stays_after_accepting(browse, waiting):
    target = f"{BOARD}?state=submitted"
    page = browse("coordinator").get(target)
    assert f'name="next" value="{target}"' in page.text
    assert browse("coordinator").post(ACCEPT, {"next": target}).url == target


def test_clean_filings_are_accepted_together_each_on_its_own(browse, user, waiting):
    warned = filed("akimat-kus", user("reporter.kus"), spent="99999.000")
    taken = filed("moh", user("reporter.moh"))
    refiled = filed("moes", user("reporter.moes"))
    browser = browse("coordinator")
    offered = browser.get(BOARD).context["acceptable"]
    copies = {one: one.copies.get() for one in (waiting, warned, taken, refiled)}
    assert set(offered) == {copies[one].pk for one in (waiting, taken, refiled)}

    review.accept(submission=taken, by=user("coordinator2"))
    review.return_for_rework(submission=refiled, by=user("coordinator2"), reason="1-жол")
    file_report(refiled, user("reporter.moes"))
    page = browser.post(ACCEPT, {"copy": [*(copy.pk for copy in copies.values()), "x", "9" * 30]}, follow=True)
    states = {one: Submission.objects.get(pk=one.pk).state for one in copies}
    assert states == {waiting: "accepted", warned: "submitted", taken: "accepted", refiled: "submitted"}
    assert "Accepted: Aktobe oblast." in page.text
    assert "Kostanay oblast was not accepted: It has warnings" in page.text
    assert "MoH was not accepted: The report is in another state" in page.text
    assert "MoES was not accepted: The report was filed anew" in page.text
    assert taken.events.last().by.username == "coordinator2"


def test_a_commented_filing_and_ones_own_are_not_offered(browse, user, comment):
    own = filed("moes", user("reporter.moes"))
    User.objects.filter(username="reporter.moes").update(role="coordinator")
    assert browse("reporter.moes").get(BOARD).context["acceptable"] == []
    assert browse("coordinator").get(BOARD).context["acceptable"] == [own.copies.get().pk]
    page = browse("reporter.moes").post(ACCEPT, {"copy": [own.copies.get().pk]}, follow=True)
    assert "filed this report yourself" in page.text


def test_nothing_selected_is_said(browse, waiting):
    assert "Select at least one report." in browse("coordinator").post(ACCEPT, follow=True).text


def test_an_analyst_reads_the_board_and_is_offered_nothing(browse, waiting):
    page = browse("analyst").get(BOARD)
    assert len(page.context["rows"]) == 22
    assert 'name="copy"' not in page.text
    assert "mailto:" not in page.text


def test_whom_to_chase(browse, user, waiting):
    User.objects.filter(username="reporter.kus").update(email="reporter.kus@portal.example")
    User.objects.create(username="gone.kus", role="reporter", agency=user("reporter.kus").agency, is_active=False)
    returned = filed("moh", user("reporter.moh"))
    review.return_for_rework(submission=returned, by=user("coordinator"), reason="1-жол")
    review.extend(submission=submission_of("akimat-man"), by=user("coordinator"), **EXTENSION)
    late = submission_of("akimat-kus")
    Reminder.objects.create(
        period=late.period,
        submission=late,
        recipient=user("reporter.kus"),
        address="reporter.kus@portal.example",
        due_on=late.period.submissions_due,
        offset=-3,
        sent_at=timezone.now(),
    )
    chased = {one.row.submission.agency.code: one for one in browse("coordinator").get(BOARD).context["chase"]}
    assert chased.keys() == {"moh"}, "on the 6th nothing presses but what was returned"
    with at(2009, 7, 8, 9):
        page = browse("coordinator").get(BOARD)
    chased = {one.row.submission.agency.code: one for one in page.context["chase"]}
    assert len(chased) == 20
    assert not {"akimat-akt", "akimat-man"} & chased.keys()
    assert [person.username for person in chased["akimat-kus"].people] == ["reporter.kus"]
    assert chased["akimat-kus"].reminded_at is not None
    assert 'href="mailto:reporter.kus@portal.example"' in page.text
    assert url("letters", late) in page.text
    assert url("extend", late) in page.text


# Extensions and waivers


def test_the_due_date_is_extended_from_the_page(browse):
    draft = submission_of("akimat-akt")
    data = {"due_on": "14.07.2009", "act": "№ 12 хат", "reason": "Су тасқыны"}
    page = browse("coordinator").post(url("extend", draft), data, follow=True)
    assert page.redirect_chain[-1][0] == url("submission", draft)
    history = browse("coordinator").get(url("extend", draft)).text
    assert "To 14 July 2009" in history
    assert "Су тасқыны" in history


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"due_on": ""}, "due_on"),
        ({"due_on": "2009-07-10"}, "due_on"),
        ({"due_on": "2019-07-14"}, "due_on"),
        ({"due_on": "31.02.2009"}, "due_on"),
        ({"act": " "}, "act"),
        ({"reason": ""}, "reason"),
    ],
)
def test_a_wrong_extension_is_said_at_its_field(browse, wrong, field):
    draft = submission_of("akimat-akt")
    data = {"due_on": "2009-07-14", "act": "№ 12 хат", "reason": "Су тасқыны"} | wrong
    page = browse("coordinator").post(url("extend", draft), data)
    assert page.status_code == 422
    assert page.context["form"].errors.keys() == {field}
    assert f'href="#id_{field}"' in page.text
    assert all(value in page.text for value in data.values())
    assert not draft.extensions.exists()


def test_a_filed_report_is_neither_extended_nor_waived(browse, waiting):
    browser = browse("coordinator")
    for name, data in (
        ("extend", {"due_on": "2009-07-14", "act": "№ 12 хат", "reason": "Су тасқыны"}),
        ("waive", {"activity": "17", "rule": "next_step_missing", "reason": "Хат"}),
    ):
        assert "<textarea" not in browser.get(url(name, waiting)).text
        page = browser.post(url(name, waiting), data)
        assert page.status_code == 422
        assert "already been filed" in page.text
    assert url("extend", waiting) not in browser.get(url("submission", waiting)).text


def test_a_rule_is_waived_from_the_page_and_the_filing_that_used_it_is_named(browse, user):
    draft = submission_of("akimat-akt")
    write_all(draft, user("reporter.akt"))
    draft.entries.filter(activity__ordinal=17).update(status="delayed")
    browser = browse("coordinator")
    data = {"activity": "17", "rule": "next_step_missing", "reason": "Бекітілген хат"}
    page = browser.post(url("waive", draft), data, follow=True)
    assert "not used yet" in page.text
    assert "Бекітілген хат" in page.text
    assert browser.post(url("waive", draft), data).status_code == 422
    copy = file_report(draft, user("reporter.akt"))
    assert copy.receipt in browser.get(url("waive", draft)).text


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"activity": "1"}, "activity"),
        ({"activity": ""}, "activity"),
        ({"rule": "over_plan"}, "rule"),
        ({"rule": "x"}, "rule"),
        ({"reason": " "}, "reason"),
    ],
)
def test_a_wrong_waiver_is_said_at_its_field(browse, wrong, field):
    draft = submission_of("akimat-akt")
    data = {"activity": "17", "rule": "next_step_missing", "reason": "Бекітілген хат"} | wrong
    page = browse("coordinator").post(url("waive", draft), data)
    assert page.status_code == 422
    assert page.context["form"].errors.keys() == {field}
    assert not draft.waivers.exists()


# What pages cost. Four of each are the frame's: session, user with his agency, the programme, demonstration data.
BOARD_READER, BOARD_AGENCY, READING, EXTENDING, WAIVING = 23, 20, 13, 6, 15


@pytest.mark.parametrize("filers", [["akt"], ["akt", "kus", "pav", "kar"]])
def test_the_board_costs_a_fixed_number_of_queries(browse, user, filers, django_assert_num_queries):
    for short in filers:
        agency = Agency.objects.get(code=f"akimat-{short}")
        by, _new = User.objects.get_or_create(
            username=f"reporter.{short}", defaults={"role": "reporter", "agency": agency}
        )
        submission = filed(agency.code, by)
        review.comment(submission=submission, by=user("coordinator"), text="Ескерту")
        review.return_for_rework(submission=submission, by=user("coordinator"), reason="17-жол")
        review.extend(submission=submission, by=user("coordinator"), **EXTENSION)
    coordinator, reporter = browse("coordinator"), browse("reporter.akt")
    with django_assert_num_queries(BOARD_READER):
        assert coordinator.get(BOARD).status_code == 200
    with django_assert_num_queries(BOARD_AGENCY):
        assert reporter.get(BOARD).status_code == 200


@pytest.mark.parametrize("rounds", [1, 3])
def test_reading_costs_a_fixed_number_of_queries(browse, user, waiting, comment, rounds, django_assert_num_queries):
    for _round in range(rounds):
        review.comment(submission=waiting, by=user("coordinator"), text="Ескерту", activity=activity(waiting, 14))
        review.answer(comment=comment, by=user("reporter.akt"), text="Жауап")
        review.return_for_rework(submission=waiting, by=user("coordinator"), reason="17-жол")
        file_report(waiting, user("reporter.akt"))
    browser = browse("coordinator")
    for choice in ("filing", "nothing"):
        with django_assert_num_queries(READING):
            assert browser.get(url("submission", waiting), {"with": choice}).status_code == 200
    with django_assert_num_queries(EXTENDING):
        browser.get(url("extend", waiting))


@pytest.mark.parametrize("number", [1, 3])
def test_waiving_costs_a_fixed_number_of_queries(browse, user, number, django_assert_num_queries):
    draft = submission_of("akimat-akt")
    for ordinal in (14, 17, 18)[:number]:
        review.waive(
            submission=draft,
            by=user("coordinator"),
            activity=activity(draft, ordinal),
            rule=Rule.REASON_MISSING,
            reason="Хат",
        )
    browser = browse("coordinator")
    with django_assert_num_queries(WAIVING):
        assert browser.get(url("waive", draft)).status_code == 200
