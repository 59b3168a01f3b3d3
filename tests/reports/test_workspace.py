"""Compiling the report: what the page shows, saving with and without scripts, versions, two coordinators at once."""

import datetime
import html

import pytest
from django.urls import reverse
from django.utils import translation

from programme import calendar
from reports import review
from reports.consolidation import texts
from reports.forms.workspace import typed_texts
from reports.models import Period, Proposal, ReportText

from ..conftest import ALMATY
from .scenes import at, filed, submission_of
from .test_texts import dispatch, freeze

SLUG, CODE = "children-2007-2011", "2009-H1"


@pytest.fixture
def period(programme):
    return Period.objects.select_related("programme__lead_agency").get(code=CODE)


@pytest.fixture
def write(period, user):
    def store(part, text, language="en", version=0, by="coordinator2"):
        return texts.save(period=period, part=part, language=language, text=text, version=version, by=user(by))

    return store


def url(language="en"):
    return reverse("workspace", args=[SLUG, CODE]) + f"?text={language}"


def text_url(part, language="en"):
    return reverse("report-text", args=[SLUG, CODE, part]) + f"?text={language}"


def all_boxes(page):
    context = page.context
    yield context["introduction"]
    for box, activities in context["sections"]:
        yield box
        yield from (one for one, _activity in activities)
    yield context["conclusion"]


def box_of(page, part):
    return next(box for box in all_boxes(page) if box.part == part)


def page_data(page):
    """What a browser would send back from the page as it is."""
    return {
        f"{box.part}-{name}": box.form[name].value() for box in all_boxes(page) for name in ("text", "version", "shown")
    }


def activity_of(page, ordinal):
    return next(
        activity
        for _box, activities in page.context["sections"]
        for _one, activity in activities
        if activity.ordinal == ordinal
    )


def autosave(browser, part, data, language="en", writer=None):
    data = {"writer": writer or browser.session["_auth_user_id"]} | data
    return browser.post(text_url(part, language), data, headers={"accept": "application/json"})


# What the page shows


def test_the_page_costs_a_fixed_number_of_queries(browse, user, write, django_assert_num_queries):
    browser = browse("coordinator")
    with django_assert_num_queries(27):
        browser.get(url())
    for agency in ("akimat-akt", "akimat-kus", "moh"):
        submission = filed(agency, user(f"reporter.{agency.removeprefix('akimat-')}"), CODE)
        review.accept(submission=submission, by=user("coordinator"))
    for part in ("introduction", "section-1", "section-2", "activity-14"):
        write(part, "Text")
    with django_assert_num_queries(27):
        browser.get(url())


def test_it_says_who_is_missing_how_late_and_who_waits(browse, user):
    with at(2009, 7, 13, 9):
        review.accept(submission=filed("akimat-akt", user("reporter.akt")), by=user("coordinator"))
        filed("akimat-kus", user("reporter.kus"))
        page = browse("coordinator").get(url())
    arrivals = page.context["arrivals"]
    assert arrivals.counts == {
        "expected": 22, "filed": 2, "missing": 20, "waiting": 1, "accepted": 1, "returned": 0, "late": 2, "overdue": 20,
    }  # fmt: skip
    assert [body.name for body in arrivals.waiting] == ["Kostanay oblast"]
    assert len(arrivals.missing) == 20
    assert arrivals.missing[0].note == "overdue by 3 days"
    assert "7 days left" in page.text


def test_a_returned_report_is_not_among_those_that_never_came(browse, user):
    submission = filed("akimat-akt", user("reporter.akt"))
    review.return_for_rework(submission=submission, by=user("coordinator"), reason="Толықтырыңыз")
    arrivals = browse("coordinator").get(url()).context["arrivals"]
    assert [body.url for body in arrivals.returned] == [reverse("submission", args=[submission.pk])]
    assert "Aktobe oblast" not in [body.name for body in arrivals.missing]


def test_once_sent_nothing_is_overdue(browse, period, user):
    with at(2009, 7, 25, 9):
        dispatch(freeze(period, user), user)
        page = browse("coordinator").get(url())
    assert "sent under No. 1-1, 20 July 2009" in page.text
    assert page.context["time_left"] is None


@pytest.mark.parametrize(
    ("agencies", "rule"),
    [
        ({"akimat-akt": "done"}, "work has begun, but not every body"),
        ({"akimat-akt": "not_applicable"}, "the bodies say only that it does not concern them"),
        ({"akimat-akt": "not_due", "akimat-kus": "not_applicable"}, "no body has begun"),
        ({}, "no information of an obliged body has been accepted"),
    ],
)
def test_the_state_of_an_activity_comes_with_its_rule_and_who_says_what(browse, user, agencies, rule):
    for agency, status in agencies.items():
        submission = filed(agency, user(f"reporter.{agency.removeprefix('akimat-')}"), status=status)
        review.accept(submission=submission, by=user("coordinator"))
    activity = activity_of(browse("coordinator").get(url()), 18)
    assert activity.rule.startswith(rule)
    assert sum(len(said.names) for said in activity.said) == 16
    assert activity.said[-1].label == "No information received"


def test_bodies_stand_side_by_side_the_lead_first_with_their_receipts(browse, user):
    for agency, text in (("moh", "Орындаушының мәтіні"), ("moes", "Жетекшінің мәтіні")):
        submission = filed(agency, user(f"reporter.{agency}"), narrative=text)
        review.accept(submission=submission, by=user("coordinator2"))
    page = browse("coordinator").get(url())
    voices = activity_of(page, 1).voices
    assert [(voice.is_lead, voice.texts[0]) for voice in voices] == [
        (True, ("", "Жетекшінің мәтіні", "kk")),
        (False, ("", "Орындаушының мәтіні", "kk")),
    ]
    (body,) = voices[1].bodies
    assert body.note == submission_of("moh").copies.get().receipt
    assert body.url == reverse("submission", args=[submission_of("moh").pk])


def test_akimats_that_say_the_same_are_one_voice_unless_they_spent(browse, user):
    for agency in ("akimat-akt", "akimat-kus"):
        submission = filed(agency, user(f"reporter.{agency[-3:]}"), spent="1.000")
        review.accept(submission=submission, by=user("coordinator"))
    page = browse("coordinator").get(url())
    assert [[body.name for body in voice.bodies] for voice in activity_of(page, 17).voices] == [
        ["Aktobe oblast", "Kostanay oblast"]
    ]
    assert [len(voice.bodies) for voice in activity_of(page, 14).voices] == [1, 1]


def test_money_stands_by_source_and_by_region_beside_what_was_counted(browse, user):
    review.accept(submission=filed("akimat-akt", user("reporter.akt"), spent="3.125"), by=user("coordinator"))
    activity = activity_of(browse("coordinator").get(url()), 14)
    assert [(row.what, str(row.planned), str(row.half_year)) for row in activity.money] == [
        ("Local budgets, 2009", "2484.747", "3.125")
    ]
    assert [(line.money.what, str(line.money.planned), str(line.money.half_year)) for line in activity.regions] == [
        ("Aktobe oblast", "726.247", "3.125"),
        ("Kostanay oblast", "540.000", "0.000"),
        ("Mangystau oblast", "1218.500", "0.000"),
    ]
    assert [(one["target"], one["total"]) for one in activity.indicators] == [(3, 0), (520, 0)]


def test_deadlines_say_how_they_stand(browse):
    (due,) = activity_of(browse("coordinator").get(url()), 18).due
    assert (due.date, due.outcome, due.tone) == (datetime.date(2008, 9, 30), "deadline missed", "bad")


def test_who_else_is_writing_is_shown_for_a_quarter_of_an_hour(browse, write, user, period):
    browser = browse("coordinator")
    noon = datetime.datetime(2009, 7, 6, 12, 0, tzinfo=ALMATY)
    with calendar.pretend(noon):
        write("activity-3", "Text", by="coordinator2")
        write("section-4", "My own", by="coordinator")
    for minutes, expected in ((15, ["activity-3"]), (16, [])):
        with calendar.pretend(noon + datetime.timedelta(minutes=minutes)):
            page = browser.get(url())
        assert [box.part for _row, box, _language in page.context["others"]] == expected


def test_written_texts_are_counted_by_language(browse, write):
    write("activity-3", "Text", language="ru")
    write("activity-4", "Text", language="ru")
    write("activity-4", "", language="ru", version=1)
    page = browse("coordinator").get(url("kk"))
    assert [(code, written) for code, _name, written in page.context["languages"]] == [("kk", 0), ("ru", 1), ("en", 0)]
    assert page.context["parts"] == 51


@pytest.mark.parametrize(("asked", "expected"), [("ru", "ru"), ("", "kk"), ("de", "kk")])
def test_texts_come_in_the_language_asked_for_else_in_the_readers(browse, asked, expected):
    page = browse("coordinator", "kk").get(url(asked))
    assert page.context["language"] == expected
    assert f'lang="{expected}"' in str(page.context["introduction"].form["text"])


def test_a_box_without_a_text_of_its_own_shows_what_stands_in_the_report_and_says_from_where(browse, write):
    write("section-1", "Қазақша мәтін", language="kk")
    page = browse("coordinator").get(url("ru"))
    box = box_of(page, "section-1")
    assert box.form["text"].value() == "Қазақша мәтін"
    assert box.borrowed_from == "Қазақша"
    assert not box.is_written
    assert page.text.count("Nobody has written this part in this language") == 1


def test_a_draft_that_has_changed_since_is_shown_until_somebody_has_compared(browse, write, user):
    write("activity-14", "My text")
    browser = browse("coordinator")
    assert "has changed since" not in browser.get(url()).text
    review.accept(submission=filed("akimat-akt", user("reporter.akt"), narrative="Жаңа"), by=user("coordinator"))
    page = browser.get(url())
    assert page.text.count("has changed since") == 1
    assert "Akimat of Aktobe oblast: Жаңа" in box_of(page, "activity-14").draft
    answer = browser.post(url(), page_data(page) | {"compared": "activity-14"})
    assert answer.status_code == 302
    page = browser.get(url())
    assert "has changed since" not in page.text
    assert box_of(page, "activity-14").stands == "My text"


def test_a_half_year_that_has_not_ended_leads_back_with_the_reason(browse):
    answer = browse("coordinator").get(reverse("workspace", args=[SLUG, "2009-H2"]), follow=True)
    assert answer.redirect_chain[-1][0] == reverse("period", args=[SLUG, "2009-H2"])
    assert "The half-year has not ended yet." in answer.text


def test_coordinators_find_it_on_the_board(browse):
    board, address = reverse("period", args=[SLUG, CODE]), reverse("workspace", args=[SLUG, CODE])
    assert address in browse("coordinator").get(board).text
    assert address not in browse("analyst").get(board).text


# Saving by the form


def test_the_page_sent_back_as_it_is_stores_nothing(browse):
    browser = browse("coordinator")
    answer = browser.post(url(), page_data(browser.get(url())), follow=True)
    assert "Everything is saved." in answer.text
    assert not ReportText.objects.exists()


def test_a_draft_that_moved_on_between_opening_and_saving_is_no_ones_text(browse, user):
    browser = browse("coordinator")
    data = page_data(browser.get(url()))
    review.accept(submission=filed("akimat-akt", user("reporter.akt")), by=user("coordinator"))
    browser.post(url(), data | {"section-1-text": "Only this was typed"})
    assert [row.part for row in ReportText.objects.all()] == ["section-1"]


def test_every_changed_text_is_saved_and_one_comes_back_to_its_place(browse):
    browser = browse("coordinator")
    data = page_data(browser.get(url())) | {
        "introduction-text": "Begin\r\nning",
        "activity-14-text": "Fourteen",
        "at": "activity-14",
    }
    answer = browser.post(url(), data)
    assert answer.url == f"{url()}#activity-14"
    assert dict(ReportText.objects.values_list("part", "text")) == {
        "introduction": "Begin\nning",
        "activity-14": "Fourteen",
    }
    assert "2 texts were saved." in browser.get(answer.url).text


def test_a_place_that_is_none_is_left_out_of_the_address(browse):
    answer = browse("coordinator").post(url(), {"at": "//evil.example"})
    assert answer.url == url()


def test_text_from_word_stays_plain_text(browse):
    browser = browse("coordinator")
    typed = "Бірінші\x0bекінші\r\n\u2022\xa0\u201cтырнақша\u201d \ufeff<b>қалың</b>\x07 & <script>alert(1)</script>"
    browser.post(url(), page_data(browser.get(url())) | {"section-1-text": typed})
    kept = "Бірінші\nекінші\n\u2022\xa0\u201cтырнақша\u201d <b>қалың</b> & <script>alert(1)</script>"
    assert ReportText.objects.get().text == kept
    page = browser.get(url()).text
    assert "<script>alert" not in page
    assert html.escape("<b>қалың</b>") in page
    browser.post(url(), page_data(browser.get(url())))
    assert ReportText.objects.get().version == 1


def test_two_coordinators_in_different_parts_both_succeed(browse):
    first, second = browse("coordinator"), browse("coordinator2")
    data = page_data(first.get(url()))
    others = page_data(second.get(url()))
    first.post(url(), data | {"section-1-text": "First"})
    assert second.post(url(), others | {"section-2-text": "Second"}).status_code == 302
    assert dict(ReportText.objects.values_list("part", "text")) == {"section-1": "First", "section-2": "Second"}


def conflict(browse):
    """The second coordinator's page after both typed in one part, and he in another as well."""
    first, second = browse("coordinator"), browse("coordinator2")
    data = page_data(second.get(url()))
    first.post(url(), page_data(first.get(url())) | {"section-1-text": "The first one's"})
    page = second.post(url(), data | {"section-1-text": "The second one's", "section-2-text": "Beside it"})
    return second, page


def test_in_the_same_part_the_second_sees_both_texts_and_loses_none(browse):
    _second, page = conflict(browse)
    assert page.status_code == 409
    assert [box.part for box in page.context["failed"]] == ["section-1"]
    assert "The first one" in page.text
    assert box_of(page, "section-1").form["text"].value() == "The second one's"
    assert ReportText.objects.get(part="section-1").text == "The first one's"
    assert ReportText.objects.get(part="section-2").text == "Beside it"
    assert box_of(page, "section-2").form["text"].value() == "Beside it"


def test_a_conflict_gives_no_fresh_token(browse):
    second, page = conflict(browse)
    assert box_of(page, "section-1").form["version"].value() == "0"
    again = second.post(url(), page_data(page))
    assert again.status_code == 409
    assert ReportText.objects.get(part="section-1").text == "The first one's"


def test_after_a_conflict_mine_can_be_kept(browse):
    second, page = conflict(browse)
    answer = second.post(url(), page_data(page) | {"section-1-overwrite": "1"})
    assert answer.status_code == 302
    row = ReportText.objects.get(part="section-1")
    assert (row.text, row.version) == ("The second one's", 2)


def test_after_a_conflict_theirs_can_be_taken_without_losing_other_text(browse):
    second, page = conflict(browse)
    answer = second.post(url(), page_data(page) | {"take_theirs": "section-1", "section-5-text": "Also typed"})
    assert answer.status_code == 302
    assert ReportText.objects.get(part="section-1").text == "The first one's"
    assert ReportText.objects.get(part="section-5").text == "Also typed"


def test_too_long_a_text_is_said_at_its_box_and_stays_as_typed(browse):
    browser = browse("coordinator")
    long = "ә" * (texts.LIMIT + 1)
    page = browser.post(url(), page_data(browser.get(url())) | {"section-1-text": long, "section-2-text": "Short"})
    assert page.status_code == 422
    assert 'href="#id_section-1-text"' in page.text
    assert box_of(page, "section-1").form["text"].value() == long
    assert [row.part for row in ReportText.objects.all()] == ["section-2"]


def test_while_the_report_is_handed_over_texts_are_read_only_and_typed_text_is_handed_back(browse, period, user):
    browser = browse("coordinator")
    data = page_data(browser.get(url()))
    Proposal.objects.create(period=period, at=calendar.now(), by=user("coordinator2"), digest="")
    answer = browser.post(url(), data | {"section-1-text": "Typed too late"})
    assert answer.status_code == 423
    assert "Typed too late" in answer.text
    assert answer.text.count("<textarea") == 1
    page = browser.get(url())
    assert page.status_code == 200
    assert "<textarea" not in page.text
    assert "has been handed over" in page.text
    assert not ReportText.objects.exists()


def test_what_was_typed_is_named_for_pages_that_can_only_hand_it_back(browse):
    data = page_data(browse("coordinator").get(url())) | {"activity-14-text": "Typed", "csrfmiddlewaretoken": "x"}
    with translation.override("en"):
        assert typed_texts(list(data.items())) == [("Summary of activity 14", "Typed")]


# Saving as one types


def test_autosave_says_version_time_and_state(browse):
    browser = browse("coordinator")
    answer = autosave(browser, "section-1", {"text": "Typed", "version": 0})
    assert answer.status_code == 200
    body = answer.json()
    assert (body["version"], body["saved_at_text"], body["complete"]) == (1, "12:00", True)
    assert (body["problems"], body["errors"]) == ([], {})
    emptied = autosave(browser, "section-1", {"text": "", "version": 1}).json()
    assert (emptied["version"], emptied["complete"]) == (2, False)


def test_autosave_writes_in_the_language_of_the_page(browse):
    autosave(browse("coordinator"), "section-1", {"text": "По-русски", "version": 0}, language="ru")
    assert ReportText.objects.get().language == "ru"


def test_autosave_names_an_error_and_keeps_the_token(browse, write):
    write("section-1", "Before")
    answer = autosave(browse("coordinator"), "section-1", {"text": "ә" * (texts.LIMIT + 1), "version": 0})
    assert answer.json()["version"] == 0
    assert list(answer.json()["errors"]) == ["text"]
    assert ReportText.objects.get().text == "Before"


def test_autosave_refuses_with_a_reason_and_no_token(browse, period, user, write):
    write("section-1", "Theirs")
    browser = browse("coordinator")
    data = {"text": "Mine", "version": 0}
    refused = {
        409: autosave(browser, "section-1", data),
        401: autosave(browser, "section-1", data, writer=user("coordinator2").pk),
        400: autosave(browser, "section-1", data | {"version": "x"}),
        404: autosave(browser, "section-9", data),
        403: autosave(browse("analyst"), "section-1", data),
    }
    Proposal.objects.create(period=period, at=calendar.now(), by=user("coordinator2"), digest="")
    refused[423] = autosave(browser, "section-1", data)
    assert {code: answer.status_code for code, answer in refused.items()} == {code: code for code in refused}
    assert all(list(answer.json()) == ["message"] and answer.json()["message"] for answer in refused.values())
    assert ReportText.objects.get().text == "Theirs"


def test_what_was_autosaved_meets_no_conflict_when_the_page_is_sent(browse):
    browser = browse("coordinator")
    data = page_data(browser.get(url()))
    autosave(browser, "section-1", {"text": "Typed", "version": 0})
    answer = browser.post(url(), data | {"section-1-text": "Typed", "section-1-version": 1}, follow=True)
    assert "Everything is saved." in answer.text
    assert ReportText.objects.get().version == 1


# Versions


def test_versions_are_shown_newest_first_and_one_can_be_taken_up_again(browse, write):
    write("activity-14", "First wording")
    write("activity-14", "Second wording", version=1, by="coordinator")
    browser = browse("coordinator")
    page = browser.get(text_url("activity-14"))
    assert [row.version for row in page.context["revisions"]] == [2, 1]
    assert "First wording" in page.text
    answer = browser.post(text_url("activity-14"), {"use": 1, "version": 2})
    assert answer.url == text_url("activity-14")
    row = ReportText.objects.get()
    assert (row.text, row.version, row.updated_by.username) == ("First wording", 3, "coordinator")


def test_an_old_page_of_versions_overwrites_nothing(browse, write):
    write("activity-14", "First")
    write("activity-14", "Second", version=1)
    write("activity-14", "Third", version=2)
    answer = browse("coordinator").post(text_url("activity-14"), {"use": 1, "version": 2}, follow=True)
    assert "Somebody else saved this text meanwhile" in answer.text
    assert ReportText.objects.get().text == "Third"


@pytest.mark.parametrize("data", [{}, {"use": "x", "version": 1}, {"use": 9, "version": 1}, {"use": 1}])
def test_a_version_that_is_none_is_not_found(browse, write, data):
    write("activity-14", "First")
    assert browse("coordinator").post(text_url("activity-14"), data).status_code == 404


def test_versions_of_a_locked_text_are_for_reading(browse, write, period, user):
    write("activity-14", "First")
    write("activity-14", "Second", version=1)
    Proposal.objects.create(period=period, at=calendar.now(), by=user("coordinator2"), digest="")
    browser = browse("coordinator")
    assert "Use this version" not in browser.get(text_url("activity-14")).text
    assert browser.post(text_url("activity-14"), {"use": 1, "version": 2}).status_code == 423
    assert ReportText.objects.get().text == "Second"


def test_versions_cost_a_fixed_number_of_queries(browse, write, django_assert_num_queries):
    browser = browse("coordinator")
    with django_assert_num_queries(26):
        browser.get(text_url("activity-14"))
    for version, text in enumerate(["One", "Two", "Three"]):
        write("activity-14", text, version=version)
    with django_assert_num_queries(26):
        browser.get(text_url("activity-14"))
