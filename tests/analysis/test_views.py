"""Home for each role."""

from programme.models import Programme

from ..reports.scenes import at, filed


def test_home_of_a_reporter_says_what_is_owed_and_how_long_it_takes(browse):
    page = browse("reporter.akt").get("/")
    assert "4 days left" in page.text
    assert "0 of 17 activities complete" in page.text
    assert "10 July 2009" in page.text


def test_home_of_a_reporter_on_the_last_day_and_after(browse):
    with at(2009, 7, 10, 23, 59, 59):
        assert "due today" in browse("reporter.akt").get("/").text
    with at(2009, 7, 11, 0, 0, 0):
        assert "overdue by 1 day<" in browse("reporter.akt").get("/").text


def test_home_of_a_coordinator_says_who_waits_and_who_is_missing(browse, user):
    filed("akimat-kus", user("reporter.kus"))
    page = browse("coordinator").get("/")
    assert [one.submission.agency.code for one in page.context["waiting"].to_review] == ["akimat-kus"]
    assert (page.context["counts"]["filed"], page.context["counts"]["missing"]) == (1, 21)


def test_home_before_the_first_half_year_ends(browse):
    with at(2007, 12, 25, 9):
        assert browse("coordinator").get("/").status_code == 200
        assert "No half-year has ended yet" in browse("reporter.akt").get("/").text


def test_home_without_a_programme(browse, monkeypatch):
    browser = browse("analyst")
    monkeypatch.setattr(Programme.objects, "all", Programme.objects.none)
    assert "load_programme" in browser.get("/").text
