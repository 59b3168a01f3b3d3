"""Typing a report in: one activity, all on one page, autosave; what is said when it fails, and that no word is lost."""

import html
import json
from decimal import Decimal

import pytest
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext

from activities.models import Activity
from budget.models import BudgetLine
from reports import filing, review
from reports.duty import owed_activities, owed_activity
from reports.forms.entry import typed_texts
from reports.models import Entry, EntryRevision, Spending

from .scenes import filed, submission_of, write_all

AKT = "akimat-akt"


def url(name, submission, *rest):
    return reverse(name, args=[submission.pk, *rest])


def entry_data(**values):
    return {
        "status": "in_progress",
        "narrative": "Жұмыс жүріп жатыр.",
        "reason": "",
        "next_step": "",
        "version": 0,
    } | values


def row_data(ordinal, **values):
    return {f"a{ordinal}-{name}": value for name, value in entry_data(**values).items()}


def page_data(page):
    """What a browser would send back from the whole-period page as it is."""
    return {
        f"{row.key}-{name}": field.value() if field.value() is not None else ""
        for row in page.context["rows"]
        for name, field in ((name, row.form[name]) for name in row.form.fields)
        if name != "overwrite"
    }


def line_field(submission, ordinal=14):
    return f"spent_{owed_activity(submission, ordinal).lines[0].line.pk}"


def entry_of(submission, ordinal=17):
    return Entry.objects.get(submission=submission, activity__ordinal=ordinal)


def autosave(browser, submission, ordinal, data, writer=None):
    data = {"writer": writer or browser.session["_auth_user_id"]} | data
    return browser.post(url("entry", submission, ordinal), data, headers={"accept": "application/json"})


# One activity


@pytest.mark.parametrize("language", ["kk", "ru", "en"])
@pytest.mark.parametrize("typed", ["1 218,5", "1218.5", "1\xa0218,500"])
def test_an_amount_is_taken_as_typed_in_every_language(browse, language, typed):
    submission = submission_of(AKT)
    field = line_field(submission)
    page = browse("reporter.akt", language).post(url("entry", submission, 14), entry_data(**{field: typed}))
    assert page.status_code == 302
    assert str(Entry.objects.get(submission=submission).spending.get().amount) == "1218.500"


@pytest.mark.parametrize("typed", ["1.218,5", "1,218.5", "-3", "0,0005", "көп", "1e3"])
def test_a_wrong_amount_is_said_at_its_field_and_nothing_is_lost(browse, typed):
    submission = submission_of(AKT)
    field = line_field(submission)
    data = entry_data(narrative="Ұзақ терілген мәтін", **{field: typed})
    page = browse("reporter.akt").post(url("entry", submission, 14), data)
    assert page.status_code == 200
    assert page.context["form"].errors.keys() == {field}
    assert f'href="#id_{field}"' in page.text
    assert "Ұзақ терілген мәтін" in page.text
    assert f'value="{typed}"' in page.text
    assert not Entry.objects.exists()


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"status": "finished"}, "status"),
        ({"narrative": "ә" * 20_001}, "narrative"),
        ({"narrative": "мәтін\x00"}, "narrative"),
        ({"document_number": "12\x00"}, "document_number"),
        ({"completed_on": "31.02.2009"}, "completed_on"),
        ({"version": "x"}, "version"),
        ({"version": ""}, "version"),
    ],
)
def test_a_wrong_field_is_named(browse, values, field):
    submission = submission_of(AKT)
    page = browse("reporter.akt").post(url("entry", submission, 17), entry_data(**values))
    assert page.status_code == 200
    assert field in page.context["form"].errors
    assert not Entry.objects.exists()


def test_completion_document_and_indicators_are_saved(browse):
    submission = submission_of(AKT)
    counted = owed_activity(submission, 14).indicators[0].indicator
    data = {
        "status": "done",
        "completed_on": "30.06.2009",
        "document_kind": "decision",
        "document_number": "145-ө",
        "document_date": "2009-06-29",
        f"indicator_{counted.pk}": "1 200",
    }
    browse("reporter.akt").post(url("entry", submission, 14), entry_data(**data))
    saved = entry_of(submission, 14)
    assert (saved.completed_on.isoformat(), saved.document_date.isoformat()) == ("2009-06-30", "2009-06-29")
    assert (saved.document_kind, saved.document_number) == ("decision", "145-ө")
    assert saved.indicator_values.get().value == 1200


def test_the_document_stands_open_where_the_completion_form_asks_for_one(browse):
    submission = submission_of("moes")
    browser = browse("reporter.moes")
    for owed in owed_activities(submission):
        page = browser.get(url("entry", submission, owed.activity.ordinal))
        assert ("Needed when the activity is done:" in page.text) is bool(owed.document), owed.activity


def test_money_on_a_line_that_is_not_the_agencys_own_is_said_at_its_field(browse, user):
    submission = submission_of(AKT)
    browser = browse("reporter.akt")
    browser.post(url("entry", submission, 17), entry_data())
    foreign = BudgetLine.objects.exclude(region__code="KZ-AKT").filter(year=2009, activity__ordinal=14).first()
    Spending.objects.create(entry=entry_of(submission), line=foreign, amount=Decimal("5"))
    assert "(not a line of your agency)" in browser.get(url("entry", submission, 17)).text
    browser.post(url("entry", submission, 17), entry_data(version=1, **{f"spent_{foreign.pk}": ""}))
    assert not entry_of(submission).spending.exists()


def test_save_and_next_goes_to_the_next_unfinished(browse):
    submission = submission_of(AKT)
    page = browse("reporter.akt").post(url("entry", submission, 17), entry_data(next=""))
    assert page.url == url("entry", submission, 18)


def test_saving_says_what_is_still_missing(browse):
    submission = submission_of(AKT)
    page = browse("reporter.akt").post(url("entry", submission, 17), entry_data(narrative=""), follow=True)
    assert "activity 17 is not complete yet. Write what was done." in page.text


def test_an_activity_that_is_not_owed_is_not_found(browse):
    assert browse("reporter.akt").get(url("entry", submission_of(AKT), 1)).status_code == 404


def test_a_page_that_may_be_old_is_never_taken_from_the_browsers_store(browse):
    submission = submission_of(AKT)
    for address in (url("entry", submission, 17), url("entries", submission)):
        assert "no-store" in browse("reporter.akt").get(address)["Cache-Control"]


# Starting from the text accepted before


@pytest.fixture
def accepted(user):
    earlier = filed(AKT, user("reporter.akt"), "2008-H2", narrative="Өткен жартыжылдықтың мәтіні")
    review.accept(submission=earlier, by=user("coordinator"))
    return submission_of(AKT)


def test_an_entry_can_start_from_the_text_accepted_before(browse, accepted):
    address = url("entry", accepted, 17)
    browser = browse("reporter.akt")
    assert not browser.get(address).context["form"]["narrative"].value()
    assert browser.get(f"{address}?start=before").context["form"]["narrative"].value() == "Өткен жартыжылдықтың мәтіні"
    assert not Entry.objects.filter(submission=accepted).exists()


def test_starting_from_the_accepted_text_destroys_nothing_typed(browse, accepted):
    data = entry_data(start="before", narrative="Терілген", reason="Себеп")
    page = browse("reporter.akt").post(url("entry", accepted, 17), data)
    assert page.context["form"]["narrative"].value() == "Терілген\n\nӨткен жартыжылдықтың мәтіні"
    assert page.context["form"]["reason"].value() == "Себеп"
    assert "It is not saved yet" in page.text
    assert not Entry.objects.filter(submission=accepted).exists()


def test_a_row_can_start_from_the_accepted_text_and_the_others_stay_as_typed(browse, accepted):
    data = row_data(17, narrative="") | row_data(18, narrative="Терілген") | {"a17-start": "before"}
    page = browse("reporter.akt").post(url("entries", accepted), data)
    rows = {row.key: row.form["narrative"].value() for row in page.context["rows"]}
    assert rows["a17"] == "Өткен жартыжылдықтың мәтіні"
    assert rows["a18"] == "Терілген"
    assert not Entry.objects.filter(submission=accepted).exists()


# Two people in one draft


def test_the_loser_of_two_saves_sees_both_texts(browse):
    submission = submission_of(AKT)
    browse("signatory.akt").post(url("entry", submission, 17), entry_data(narrative="Бірінші сақталған"))
    page = browse("reporter.akt").post(url("entry", submission, 17), entry_data(narrative="Екінші терілген"))
    assert page.status_code == 409
    assert "Saved by signatory.akt" in page.text
    [difference] = page.context["differences"]
    assert (difference.mine, difference.theirs) == ("Екінші терілген", "Бірінші сақталған")
    assert 'name="version" value="0"' in page.text
    assert entry_of(submission).narrative == "Бірінші сақталған"


def test_differences_are_told_in_words(browse):
    submission = submission_of(AKT)
    money = line_field(submission)
    counted = f"indicator_{owed_activity(submission, 14).indicators[0].indicator.pk}"
    theirs = {"completed_on": "2009-06-30", money: "1,5", counted: "3", "status": "done"}
    browse("signatory.akt").post(url("entry", submission, 14), entry_data(**theirs))
    page = browse("reporter.akt").post(url("entry", submission, 14), entry_data())
    found = {difference.theirs: difference.mine for difference in page.context["differences"]}
    assert found == {"done": "in progress", "30 June 2009": "", "1.500": "", "3": ""}


def test_mine_is_kept_with_one_click_and_only_over_what_was_seen(browse):
    submission = submission_of(AKT)
    address = url("entry", submission, 17)
    mine, theirs = browse("reporter.akt"), browse("signatory.akt")
    theirs.post(address, entry_data(narrative="Бірінші"))
    page = mine.post(address, entry_data(narrative="Менікі"))
    assert 'name="overwrite" value="1"' in page.text
    assert mine.post(address, entry_data(narrative="Менікі")).status_code == 409
    theirs.post(address, entry_data(narrative="Үшінші", version=1))
    assert mine.post(address, entry_data(narrative="Менікі", overwrite=1)).status_code == 409
    assert entry_of(submission).narrative == "Үшінші"
    assert mine.post(address, entry_data(narrative="Менікі", overwrite=2)).status_code == 302
    assert entry_of(submission).narrative == "Менікі"
    assert entry_of(submission).version == 3


def test_a_second_click_on_save_is_no_conflict(browse):
    submission = submission_of(AKT)
    browser = browse("reporter.akt")
    for _click in range(2):
        assert browser.post(url("entry", submission, 17), entry_data()).status_code == 302
    assert entry_of(submission).version == 1
    assert EntryRevision.objects.count() == 1


def test_a_page_on_which_nothing_was_typed_takes_nothing_back(browse):
    submission = submission_of(AKT)
    browse("reporter.akt").post(url("entry", submission, 17), entry_data(narrative="Бірінші"))
    browse("signatory.akt").post(url("entry", submission, 17), entry_data(narrative="Екінші", version=1))
    old = entry_data(narrative="Бірінші", version=1)
    assert browse("reporter.akt").post(url("entry", submission, 17), old).status_code == 302
    assert entry_of(submission).narrative == "Екінші"


# All activities on one page


def test_every_changed_row_is_saved_and_the_others_are_not_touched(browse, user):
    submission = submission_of(AKT)
    write_all(submission, user("reporter.akt"))
    browser = browse("reporter.akt")
    data = page_data(browser.get(url("entries", submission)))
    data |= {"a17-narrative": "Жаңа мәтін", "a18-status": "delayed"}
    page = browser.post(url("entries", submission), data, follow=True)
    assert "2 activities were saved" in page.text
    changed = Entry.objects.filter(submission=submission, version=2).values_list("activity__ordinal", flat=True)
    assert sorted(changed) == [17, 18]
    again = browser.post(url("entries", submission), page_data(page), follow=True)
    assert "Everything is saved" in again.text


def test_a_row_with_an_error_keeps_its_text_and_the_others_are_saved(browse):
    submission = submission_of(AKT)
    field = line_field(submission)
    data = row_data(14, narrative="Қате жол", **{field: "көп"}) | row_data(17, narrative="Дұрыс жол")
    page = browse("reporter.akt").post(url("entries", submission), data)
    assert page.status_code == 200
    assert "1 activity was saved" in page.text
    assert "Not saved: 14." in page.text
    assert f'href="#id_a14-{field}"' in page.text
    assert "Қате жол" in page.text
    assert entry_of(submission).narrative == "Дұрыс жол"
    assert not Entry.objects.filter(activity__ordinal=14).exists()
    versions = {row.key: row.form["version"].value() for row in page.context["rows"]}
    assert versions["a17"] == 1


def test_a_row_with_a_conflict_shows_both_texts_and_the_others_are_saved(browse):
    submission = submission_of(AKT)
    browse("signatory.akt").post(url("entry", submission, 17), entry_data(narrative="Бірінші сақталған"))
    data = row_data(17, narrative="Екінші терілген") | row_data(18, narrative="Басқа жол")
    page = browse("reporter.akt").post(url("entries", submission), data)
    assert page.status_code == 409
    assert "Бірінші сақталған" in page.text
    assert "Екінші терілген" in page.text
    assert 'name="a17-overwrite" value="1"' in page.text
    assert entry_of(submission, 18).narrative == "Басқа жол"
    kept = row_data(17, narrative="Екінші терілген") | {"a17-overwrite": 1}
    assert browse("reporter.akt").post(url("entries", submission), kept).status_code == 302
    assert entry_of(submission).narrative == "Екінші терілген"


def test_a_row_that_another_saved_and_i_did_not_touch_is_left_alone(browse):
    submission = submission_of(AKT)
    browser = browse("reporter.akt")
    data = page_data(browser.get(url("entries", submission)))
    browse("signatory.akt").post(url("entry", submission, 17), entry_data(narrative="Олардікі"))
    page = browser.post(url("entries", submission), data | {"a18-narrative": "Менікі"}, follow=True)
    assert page.status_code == 200
    assert entry_of(submission).narrative == "Олардікі"
    assert entry_of(submission, 18).narrative == "Менікі"


def test_a_row_of_an_activity_that_is_not_owed_is_ignored(browse):
    submission = submission_of(AKT)
    browse("reporter.akt").post(url("entries", submission), row_data(1, narrative="Бөтен"))
    assert not Entry.objects.exists()


# Autosave


@pytest.mark.parametrize("language", ["kk", "ru", "en"])
def test_autosave_saves_and_says_what_is_missing(browse, language):
    submission = submission_of(AKT)
    browser = browse("reporter.akt", language)
    answer = autosave(browser, submission, 17, entry_data(narrative=""))
    assert answer.status_code == 200
    with translation.override(language):
        missing = [{"field": "narrative", "message": gettext("Write what was done.")}]
    assert answer.json() == {
        "version": 1,
        "saved_at": "2009-07-06T12:00:00+06:00",
        "saved_at_text": "12:00",
        "complete": False,
        "problems": missing,
        "errors": {},
    }
    answer = autosave(browser, submission, 17, entry_data(version=1)).json()
    assert (answer["version"], answer["complete"], answer["problems"]) == (2, True, [])


def test_autosave_keeps_the_good_fields_beside_a_bad_one(browse):
    submission = submission_of(AKT)
    browser, field = browse("reporter.akt"), line_field(submission)
    autosave(browser, submission, 14, entry_data(**{field: "5"}))
    data = entry_data(version=1, narrative="Жаңа мәтін", completed_on="2009-06-30", **{field: "көп"})
    answer = autosave(browser, submission, 14, data)
    assert answer.json()["errors"].keys() == {field}
    saved = entry_of(submission, 14)
    assert saved.narrative == "Жаңа мәтін"
    assert saved.spending.get().amount == 5


def test_autosave_of_an_untouched_form_saves_nothing(browse):
    submission = submission_of("moes")
    browser = browse("reporter.moes")
    owed = next(owed for owed in owed_activities(submission) if owed.document)
    data = {"status": "", "narrative": "", "document_kind": owed.document, "version": 0}
    assert autosave(browser, submission, owed.activity.ordinal, data).json()["version"] == 0
    assert not Entry.objects.exists()


def test_a_conflict_in_autosave_gives_no_token_away(browse):
    submission = submission_of(AKT)
    browse("signatory.akt").post(url("entry", submission, 17), entry_data(narrative="Бірінші"))
    answer = autosave(browse("reporter.akt"), submission, 17, entry_data(narrative="Екінші", overwrite=1))
    assert answer.status_code == 409
    assert answer.json() == {"message": "Somebody else saved this entry while you were writing."}
    assert entry_of(submission).narrative == "Бірінші"


def test_a_request_that_is_repeated_is_answered_as_the_first_time(browse):
    submission = submission_of(AKT)
    browser = browse("reporter.akt")
    first, second = (autosave(browser, submission, 17, entry_data()) for _time in range(2))
    assert first.json() == second.json()


def test_autosave_refuses_in_json_and_in_the_readers_language(browse, user):
    submission = submission_of(AKT)
    refusals = {
        401: autosave(browse(None, "ru"), submission, 17, entry_data(), writer=1),
        404: autosave(browse("reporter.kus", "ru"), submission, 17, entry_data()),
        403: autosave(browse("coordinator", "ru"), submission, 17, entry_data()),
        400: autosave(browse("reporter.akt", "ru"), submission, 17, entry_data(version="x")),
    }
    write_all(submission, user("reporter.akt"))
    filing.send_for_signature(submission=submission, by=user("reporter.akt"))
    refusals[423] = autosave(browse("reporter.akt", "ru"), submission, 17, entry_data(version=1))
    for status, answer in refusals.items():
        assert answer.status_code == status
        assert answer["Content-Language"] == "ru"
        assert answer.json().keys() == {"message"}
    assert entry_of(submission).version == 1


def test_what_one_person_typed_is_not_saved_by_another_who_signed_in_meanwhile(browse, user):
    submission = submission_of(AKT)
    answer = autosave(browse("signatory.akt"), submission, 17, entry_data(), writer=user("reporter.akt").pk)
    assert answer.status_code == 401
    assert not Entry.objects.exists()


# A report that is locked


@pytest.fixture(params=["signing", "filed"])
def locked(request, user):
    submission = submission_of(AKT)
    write_all(submission, user("reporter.akt"))
    if request.param == "signing":
        filing.send_for_signature(submission=submission, by=user("reporter.akt"))
    else:
        filing.submit(submission=submission, by=user("signatory.akt"))
    return submission, "awaits signature" if request.param == "signing" else "has been filed"


@pytest.mark.parametrize("name", ["entry", "entries"])
def test_a_locked_report_sends_readers_to_it_and_says_why(browse, locked, name):
    submission, why = locked
    address = url("entry", submission, 17) if name == "entry" else url("entries", submission)
    page = browse("reporter.akt").get(address, follow=True)
    assert page.redirect_chain == [(url("submission", submission), 302)]
    assert f"The report {why} and is locked." in page.text


@pytest.mark.parametrize("name", ["entry", "entries"])
def test_text_sent_to_a_locked_report_is_handed_back(browse, locked, name):
    submission, why = locked
    typed = {"narrative": "Кеш қалған мәтін", "version": 1}
    if name == "entry":
        page = browse("reporter.akt").post(url("entry", submission, 17), entry_data(**typed))
    else:
        page = browse("reporter.akt").post(url("entries", submission), row_data(17, **typed))
    assert page.status_code == 423
    assert f"The report {why} and is locked." in page.text
    assert "Кеш қалған мәтін</textarea>" in page.text
    assert "What was done in the half-year" in page.text
    assert entry_of(submission).version == 1


# Bad input


@pytest.mark.parametrize("language", ["kk", "ru", "en"])
@pytest.mark.parametrize("text", ["ә" * 1_000_000, "мәтін\x00 соңы"], ids=["a million letters", "NUL"])
def test_text_that_cannot_be_saved_is_said_and_stays_on_the_page(browse, language, text):
    submission = submission_of(AKT)
    page = browse("reporter.akt", language).post(url("entry", submission, 17), entry_data(narrative=text))
    assert page.status_code == 200
    [message] = page.context["form"].errors["narrative"]
    assert message in html.unescape(page.text)
    assert (language == "en") is message.startswith(("Ensure", "Null"))
    assert text in page.text
    assert not Entry.objects.exists()
    row = browse("reporter.akt", language).post(url("entries", submission), row_data(17, narrative=text))
    assert text in row.text
    answer = autosave(browse("reporter.akt", language), submission, 17, entry_data(narrative=text))
    assert answer.json()["errors"] == {"narrative": [message]}
    assert entry_of(submission).narrative == ""


def test_a_browser_does_not_cut_a_long_paste_short(browse):
    page = browse("reporter.akt").get(url("entry", submission_of(AKT), 17))
    for name in ("narrative", "reason", "next_step"):
        assert "maxlength" not in str(page.context["form"][name])


@pytest.mark.parametrize(
    ("pasted", "stored"),
    [
        ("Бірінші\r\nекінші\x0bүшінші\u2028төртінші", "Бірінші\nекінші\nүшінші\nтөртінші"),
        ("Word\x07 мен\u200b PDF\ufeff", "Word мен PDF"),
        ("<p class=MsoNormal>Мәтін<o:p></o:p></p>", "<p class=MsoNormal>Мәтін<o:p></o:p></p>"),
        ("Балалар 👧🏽👦🏼 — «тырнақша» ₸", "Балалар 👧🏽👦🏼 — «тырнақша» ₸"),
        ("  қиыстырылған  \n\n", "қиыстырылған"),
    ],
)
def test_pasted_text_is_stored_as_people_see_it(browse, pasted, stored):
    submission = submission_of(AKT)
    browser = browse("reporter.akt")
    browser.post(url("entry", submission, 17), entry_data(narrative=pasted))
    assert entry_of(submission).narrative == stored
    page = browser.get(url("entry", submission, 17)).text
    assert html.escape(stored, quote=False) in page


def test_a_line_of_another_region_is_not_taken(browse):
    submission = submission_of(AKT)
    theirs = line_field(submission_of("akimat-man"))
    browse("reporter.akt").post(url("entry", submission, 14), entry_data(**{theirs: "5"}))
    assert not Entry.objects.get(submission=submission).spending.exists()


@pytest.mark.parametrize("name", ["entry", "entries"])
def test_the_report_of_another_agency_is_not_found_and_the_text_is_handed_back(browse, name):
    theirs = submission_of("akimat-kus")
    address = url("entry", theirs, 17) if name == "entry" else url("entries", theirs)
    data = entry_data(narrative="Бөтен есепке") if name == "entry" else row_data(17, narrative="Бөтен есепке")
    page = browse("reporter.akt", "kk").post(address, data)
    assert page.status_code == 404
    assert "Бөтен есепке</textarea>" in page.text
    assert not Entry.objects.exists()


@pytest.mark.parametrize("language", ["kk", "ru", "en"])
@pytest.mark.parametrize("content_type", ["application/x-www-form-urlencoded", "multipart"])
def test_more_than_the_portal_takes_is_said(browse, settings, language, content_type):
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 10_000
    submission, browser = submission_of(AKT), browse("reporter.akt", language)
    browser.handler.enforce_csrf_checks, browser.cookies["csrftoken"] = True, "a" * 32
    data = entry_data(narrative="ә" * 20_000)
    if content_type == "multipart":
        page = browser.post(url("entry", submission, 17), data)
    else:
        page = browser.post(url("entry", submission, 17), "narrative=" + "a" * 20_000, content_type=content_type)
    assert page.status_code == 413
    with translation.override(language):
        assert gettext("You sent more than the portal takes at once: 12 MB of text. Nothing was saved.") in page.text
    assert not Entry.objects.exists()


def test_too_many_fields_are_said_to_a_script_in_json(browse, settings):
    settings.DATA_UPLOAD_MAX_NUMBER_FIELDS = 3
    browser = browse("reporter.akt")
    browser.handler.enforce_csrf_checks, browser.cookies["csrftoken"] = True, "a" * 32
    answer = autosave(browser, submission_of(AKT), 17, entry_data())
    assert (answer.status_code, json.loads(answer.content).keys()) == (413, {"message"})


def test_typed_texts_name_their_fields_without_the_database():
    posted = [("a14-narrative", "Мәтін"), ("status", "done"), ("spent_3", "5"), ("version", "2"), ("stay", "")]
    with translation.override("en"):
        found = typed_texts(posted)
    assert found == [
        ("14. What was done in the half-year", "Мәтін"),
        ("Status", "done"),
        ("Spent in the half-year, million tenge", "5"),
    ]


# Cost


@pytest.mark.parametrize("agency", [AKT, "moes"])
@pytest.mark.parametrize("written", [False, True])
def test_the_pages_cost_a_fixed_number_of_queries(browse, user, agency, written, django_assert_num_queries):
    reporter = "reporter.akt" if agency == AKT else "reporter.moes"
    submission = submission_of(agency)
    if written:
        write_all(submission, user(reporter))
    browser = browse(reporter)
    ordinal = Activity.objects.get(pk=owed_activities(submission)[0].activity.pk).ordinal
    for address, count in ((url("entry", submission, ordinal), ENTRY), (url("entries", submission), ENTRIES)):
        with django_assert_num_queries(count + 2 * written):
            assert browser.get(address).status_code == 200


@pytest.mark.parametrize("written", [False, True])
def test_autosave_costs_a_fixed_number_of_queries(browse, user, written, django_assert_num_queries):
    submission = submission_of(AKT)
    if written:
        write_all(submission, user("reporter.akt"))
    browser = browse("reporter.akt")
    data = entry_data(narrative="Жаңа мәтін", version=int(written))
    with django_assert_num_queries(AUTOSAVE + 4 * written):
        assert autosave(browser, submission, 17, data).status_code == 200


# Four are the frame's, two of them autosave's. Written entries bring their money and indicators: two more.
ENTRY, ENTRIES, AUTOSAVE = 17, 15, 18
