"""The reporter's and the coordinator's pages: what they show, what they refuse, and what survives a refusal."""

import pytest
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext

from reports import filing, review
from reports.models import Entry, Submission

from .scenes import at, filed, submission_of, write_all

SLUG = "children-2007-2011"


def url(name, submission, *rest):
    return reverse(name, args=[submission.pk, *rest])


def entry_data(owed=None, **values):
    return {
        "status": "in_progress",
        "narrative": "Жұмыс жүріп жатыр.",
        "reason": "",
        "next_step": "",
        "version": 0,
    } | values


def line_field(submission, ordinal=14):
    from reports.duty import owed_activity

    return f"spent_{owed_activity(submission, ordinal).lines[0].line.pk}"


@pytest.mark.parametrize("language", ["kk", "ru", "en"])
@pytest.mark.parametrize("typed", ["1 218,5", "1218.5", "1\xa0218,500"])
def test_an_amount_is_taken_as_typed_in_every_language(browse, language, typed):
    submission = submission_of("akimat-akt")
    field = line_field(submission)
    page = browse("reporter.akt", language).post(url("entry", submission, 14), entry_data(**{field: typed}))
    assert page.status_code == 302
    assert str(Entry.objects.get(submission=submission).spending.get().amount) == "1218.500"


@pytest.mark.parametrize("typed", ["1.218,5", "1,218.5", "-3", "0,0005", "көп", "1e3"])
def test_a_wrong_amount_is_said_at_its_field_and_nothing_is_lost(browse, typed):
    submission = submission_of("akimat-akt")
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
        ({"version": "x"}, "version"),
    ],
)
def test_a_wrong_field_is_named(browse, values, field):
    submission = submission_of("akimat-akt")
    page = browse("reporter.akt").post(url("entry", submission, 17), entry_data(**values))
    assert page.status_code == 200
    assert field in page.context["form"].errors
    assert not Entry.objects.exists()


def test_a_line_of_another_region_is_not_taken(browse):
    submission = submission_of("akimat-akt")
    theirs = line_field(submission_of("akimat-man"))
    browse("reporter.akt").post(url("entry", submission, 14), entry_data(**{theirs: "5"}))
    assert not Entry.objects.get(submission=submission).spending.exists()


def test_save_and_next_goes_to_the_next_unfinished(browse, user):
    submission = submission_of("akimat-akt")
    page = browse("reporter.akt").post(url("entry", submission, 17), entry_data(next=""))
    assert page.url == url("entry", submission, 18)


def test_an_activity_that_is_not_owed_is_not_found(browse):
    assert browse("reporter.akt").get(url("entry", submission_of("akimat-akt"), 1)).status_code == 404


def test_the_loser_of_two_saves_sees_both_texts(browse):
    submission = submission_of("akimat-akt")
    browse("signatory.akt").post(url("entry", submission, 17), entry_data(narrative="Бірінші сақталған"))
    page = browse("reporter.akt").post(url("entry", submission, 17), entry_data(narrative="Екінші терілген"))
    assert page.status_code == 409
    assert "Бірінші сақталған" in page.text
    assert "Екінші терілген" in page.text
    assert 'name="version" value="0"' in page.text
    assert Entry.objects.get(submission=submission).narrative == "Бірінші сақталған"


def test_an_entry_can_start_from_the_text_accepted_before(browse, user):
    earlier = filed("akimat-akt", user("reporter.akt"), "2008-H2", narrative="Өткен жартыжылдықтың мәтіні")
    review.accept(submission=earlier, by=user("coordinator"))
    address = url("entry", submission_of("akimat-akt"), 17)
    browser = browse("reporter.akt")
    assert not browser.get(address).context["form"]["narrative"].value()
    assert browser.get(f"{address}?start=before").context["form"]["narrative"].value() == "Өткен жартыжылдықтың мәтіні"
    assert not Entry.objects.filter(submission__period__code="2009-H1").exists()


def test_task_list_tells_complete_from_started(browse, user):
    submission = submission_of("akimat-akt")
    browse("reporter.akt").post(url("entry", submission, 17), entry_data())
    browse("reporter.akt").post(url("entry", submission, 18), entry_data(narrative=""))
    page = browse("reporter.akt").get(url("submission", submission))
    assert "1 of 17 activities complete" in page.text
    assert page.text.count("incomplete") == 1
    assert page.text.count("not started") == 15


def test_filing_through_the_pages_ends_at_the_receipt(browse, user):
    submission = submission_of("akimat-akt")
    write_all(submission, user("reporter.akt"))
    browser = browse("reporter.akt")
    page = browser.post(url("file-submission", submission), follow=True)
    copy = submission.copies.get()
    assert page.redirect_chain == [(url("receipt", submission), 302)]
    assert copy.receipt in page.text
    assert copy.sha256 in page.text
    assert "Asia/Almaty" in page.text
    again = browser.post(url("file-submission", submission), follow=True)
    assert "already been filed" in again.text
    assert submission.copies.count() == 1


def test_an_incomplete_report_lists_what_is_missing_with_links(browse, user):
    submission = submission_of("akimat-akt")
    write_all(submission, user("reporter.akt"))
    Entry.objects.filter(submission=submission, activity__ordinal=18).update(status="")
    page = browse("reporter.akt").get(url("file-submission", submission))
    assert f'href="{url("entry", submission, 18)}#id_status"' in page.text
    assert "File the report" not in page.text


def test_money_that_differs_from_the_plan_is_explained_and_read(browse, user):
    submission = submission_of("akimat-akt")
    write_all(submission, user("reporter.akt"), spent="800.000", reason="")
    page = browse("reporter.akt").get(url("file-submission", submission))
    assert f'href="{url("entry", submission, 14)}#id_reason"' in page.text
    assert "more was spent than is planned for the year (800.000 of 726.247 million tenge)" in page.text
    write_all(submission, user("reporter.akt"), spent="800.000", reason="Құрылыс ерте басталды.")
    filing.submit(submission=submission, by=user("reporter.akt"))
    page = browse("coordinator").get(url("submission", submission))
    assert "more was spent than is planned for the year" in page.text
    assert "Құрылыс ерте басталды." in page.text


@pytest.mark.parametrize(("language", "marked"), [("kk", False), ("ru", True), ("en", True)])
def test_titles_from_the_decree_are_marked_as_working_translations(browse, user, language, marked):
    draft = submission_of("akimat-akt")
    done = filed("akimat-kus", user("reporter.kus"))
    review.accept(submission=done, by=user("coordinator"))
    pages = [("reporter.akt", reverse("home")), ("coordinator", url("submission", done))]
    pages += [("reporter.akt", url(name, draft)) for name in ("submission", "file-submission")]
    pages += [
        ("reporter.akt", url("entry", draft, 14)),
        ("coordinator", reverse("consolidated", args=[SLUG, "2009-H1"])),
    ]
    with translation.override(language):
        note = gettext("Texts of the decree are working translations; Kazakh is the official text.")
    for reader, address in pages:
        assert (note in browse(reader, language).get(address).text) is marked, address


def test_a_filed_report_cannot_be_entered(browse, user):
    submission = filed("akimat-akt", user("reporter.akt"))
    page = browse("reporter.akt").post(url("entry", submission, 17), entry_data(version=1), follow=True)
    assert "has been filed and is locked" in page.text
    assert Entry.objects.get(submission=submission, activity__ordinal=17).version == 1


def test_coordinator_accepts(browse, user):
    submission = filed("akimat-akt", user("reporter.akt"), narrative="Оқылатын мәтін")
    browser = browse("coordinator")
    assert "Оқылатын мәтін" in browser.get(url("submission", submission)).text
    page = browser.post(url("review", submission), {"accept": ""}, follow=True)
    assert page.redirect_chain[-1][0] == reverse("period", args=[SLUG, "2009-H1"])
    submission.refresh_from_db()
    assert submission.state == Submission.State.ACCEPTED


def test_coordinator_returns_with_a_reason_that_the_reporter_reads(browse, user):
    submission = filed("akimat-akt", user("reporter.akt"))
    refused = browse("coordinator").post(url("review", submission), {"return": "", "reason": " "})
    assert refused.status_code == 422
    browse("coordinator").post(url("review", submission), {"return": "", "reason": "17-жолды толықтырыңыз"})
    for page in ("home", "submission"):
        target = reverse(page) if page == "home" else url(page, submission)
        assert "17-жолды толықтырыңыз" in browse("reporter.akt").get(target).text


def test_coordinator_reopens_an_accepted_report_with_a_reason(browse, user):
    submission = filed("akimat-akt", user("reporter.akt"))
    review.accept(submission=submission, by=user("coordinator"))
    browser = browse("coordinator")
    assert 'name="reopen"' in browser.get(url("submission", submission)).text
    assert browser.post(url("review", submission), {"reopen": "", "reason": ""}).status_code == 422
    browser.post(url("review", submission), {"reopen": "", "reason": "Сома қате"})
    submission.refresh_from_db()
    assert submission.state == Submission.State.RETURNED
    assert "Сома қате" in browse("reporter.akt").get("/").text


def test_a_decision_made_meanwhile_is_said(browse, user):
    submission = filed("akimat-akt", user("reporter.akt"))
    review.accept(submission=submission, by=user("coordinator2"))
    page = browse("coordinator").post(url("review", submission), {"return": "", "reason": "Кеш"}, follow=True)
    assert "somebody else may have decided" in page.text


def test_board_shows_who_has_filed_and_who_has_not(browse, user):
    filed("akimat-akt", user("reporter.akt"))
    with at(2009, 7, 13, 9):
        page = browse("coordinator").get(reverse("period", args=[SLUG, "2009-H1"]))
    assert page.context["counts"] == {
        "expected": 22, "filed": 1, "waiting": 1, "accepted": 0, "returned": 0, "late": 0, "overdue": 21,
    }  # fmt: skip
    assert page.text.count("overdue by 3 days") == 21


def test_board_shows_an_akimat_its_own_row_only(browse, user):
    filed("akimat-kus", user("reporter.kus"))
    page = browse("reporter.akt").get(reverse("period", args=[SLUG, "2009-H1"]))
    assert [one.submission.agency.code for one in page.context["filings"]] == ["akimat-akt"]


def test_a_lapsed_half_year_says_so(browse):
    page = browse("coordinator", "en").get(reverse("period", args=[SLUG, "2011-H1"]))
    assert "lapsed with the repeal of the programme on 18 March 2011" in page.text


def test_copy_of_demonstration_data_is_marked(browse, user):
    reporter = user("reporter.akt")
    reporter.is_demonstration = True
    reporter.save()
    submission = filed("akimat-akt", reporter)
    assert "Demonstration data" in browse("coordinator").get(url("submission", submission)).text
    assert "Demonstration data" in browse("coordinator").get(url("receipt", submission)).text


@pytest.mark.parametrize("filers", [[], ["kus", "akt", "pav"]])
def test_pages_cost_a_fixed_number_of_queries(browse, user, filers, django_assert_num_queries):
    from accounts.models import User
    from programme.models import Agency

    for short in filers:
        agency = Agency.objects.get(code=f"akimat-{short}")
        by, _new = User.objects.get_or_create(
            username=f"reporter.{short}", defaults={"role": "reporter", "agency": agency}
        )
        filed(f"akimat-{short}", by)
    moes = submission_of("moes")
    coordinator, reporter = browse("coordinator"), browse("reporter.moes")
    expected = {
        (coordinator, reverse("home")): HOME_READER,
        (reporter, reverse("home")): HOME_AGENCY,
        (coordinator, reverse("periods", args=[SLUG])): PERIODS,
        (coordinator, reverse("period", args=[SLUG, "2009-H1"])): BOARD,
        (reporter, url("submission", moes)): TASKS,
        (reporter, url("entry", moes, 1)): ENTRY,
        (reporter, url("file-submission", moes)): CHECK,
    }
    for (browser, target), count in expected.items():
        with django_assert_num_queries(count):
            assert browser.get(target).status_code == 200


@pytest.mark.parametrize("agency", ["akt", "moes"])
def test_reading_and_receipt_cost_a_fixed_number_of_queries(browse, user, agency, django_assert_num_queries):
    submission = filed("moes" if agency == "moes" else "akimat-akt", user(f"reporter.{agency}"))
    browser = browse("coordinator")
    for name, count in (("submission", READING), ("receipt", RECEIPT)):
        with django_assert_num_queries(count):
            assert browser.get(url(name, submission)).status_code == 200


@pytest.mark.parametrize("filers", [["akt"], ["akt", "kus", "moes"]])
def test_the_consolidated_report_costs_a_fixed_number_of_queries(browse, user, filers, django_assert_num_queries):
    for short in filers:
        agency = "moes" if short == "moes" else f"akimat-{short}"
        submission = filed(agency, user(f"reporter.{short}"))
        review.accept(submission=submission, by=user("coordinator"))
    browser = browse("coordinator")
    address = reverse("consolidated", args=[SLUG, "2009-H1"])
    with django_assert_num_queries(LIVE):
        assert "SHA-256" not in browser.get(address).text
    browser.post(address)
    with django_assert_num_queries(FROZEN):
        assert "SHA-256" in browser.get(address).text


# Five of each are the frame's: session, user, his agency, the programme, whether there is demonstration data.
HOME_READER, HOME_AGENCY, PERIODS, BOARD = 8, 15, 8, 9
TASKS, ENTRY, CHECK, READING, RECEIPT = 14, 13, 12, 9, 7
LIVE, FROZEN = 17, 7
