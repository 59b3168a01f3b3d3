"""The reporter's and the coordinator's pages: what they show, what they refuse, and what survives a refusal."""

import pytest
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext

from reports import review
from reports.models import Entry

from .scenes import file_report, filed, submission_of, write_all

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
    browser = browse("signatory.akt")
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
    file_report(submission, user("reporter.akt"))
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
        (reporter, url("submission", moes)): TASKS,
        (reporter, url("file-submission", moes)): CHECK,
    }
    for (browser, target), count in expected.items():
        with django_assert_num_queries(count):
            assert browser.get(target).status_code == 200


@pytest.mark.parametrize("agency", ["akt", "moes"])
def test_the_receipt_costs_a_fixed_number_of_queries(browse, user, agency, django_assert_num_queries):
    submission = filed("moes" if agency == "moes" else "akimat-akt", user(f"reporter.{agency}"))
    browser = browse("coordinator")
    with django_assert_num_queries(RECEIPT):
        assert browser.get(url("receipt", submission)).status_code == 200


# Four of each are the frame's: session, user with his agency, the programme, whether there is demonstration data.
HOME_READER, HOME_AGENCY, PERIODS = 15, 22, 7
TASKS, CHECK, RECEIPT = 16, 18, 6
