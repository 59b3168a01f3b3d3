"""The calendar of due dates: the page, the file, and the secret address to subscribe to."""

import datetime
import re

import icalendar
import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from accounts import tokens
from accounts.models import ApiToken, Scope, User
from activities.models import Activity
from programme import calendar
from reports import review

from ..reports.scenes import accepted, at, filed, submission_of

SLUG = "children-2007-2011"
PAGE = reverse("calendar", args=[SLUG])
FILE = reverse("calendar-file", args=[SLUG])
A_YEAR = datetime.date(2010, 7, 6)


@pytest.fixture
def address(user):
    """`address("reporter.akt")`: the path of a feed, and its token."""

    def make(username: str, **changes) -> tuple[str, ApiToken]:
        wanted = {"name": "Outlook", "expires_on": A_YEAR} | changes
        token, secret = tokens.make_for_calendar(by=user(username), **wanted)
        return reverse("calendar-feed", args=[secret]), token

    return make


def extend(agency: str, user, day: datetime.date) -> None:
    review.extend(
        submission=submission_of(agency), by=user("coordinator"), due_on=day, reason="Су тасқыны", act="№ 5 бұйрық"
    )


def events(content: bytes) -> dict[str, icalendar.Event]:
    """By what the UID begins with, before the portal's host."""
    found = icalendar.Calendar.from_ical(content).events
    return {str(event["uid"]).partition("@")[0].removeprefix(f"{SLUG}-"): event for event in found}


# The page


def test_a_reporter_sees_his_own_dates_the_next_first(browse):
    page = browse("reporter.akt").get(PAGE).text

    ahead, past = page.split('id="past"')
    assert "Information is due: first half of 2009" in ahead
    assert "4 days left" in ahead
    assert "Report to the lead ministry on activities: 30, 31, 32, 33, 35, 36, 37, 42" in ahead
    assert "Information is due: second half of 2008" in past
    assert "overdue by 177 days" in past
    assert "Information of all bodies" not in page
    assert "Consolidated information is due" not in page


def test_who_reads_everything_sees_the_dates_of_all(browse, user):
    extend("akimat-kus", user, datetime.date(2009, 7, 15))

    page = browse("analyst").get(PAGE).text

    assert "Information of all bodies is due: first half of 2009" in page
    assert "0 of 22 filed" in page
    assert "Consolidated information is due: first half of 2009" in page
    assert "14 days left" in page
    assert "Kostanay oblast: information is due, first half of 2009" in page
    assert "the half-year&#x27;s own date is 10 July 2009" in page


def test_nobody_sees_the_date_of_another_body(browse, user, address):
    extend("akimat-kus", user, datetime.date(2009, 7, 27))
    extend("akimat-akt", user, datetime.date(2009, 7, 14))

    for username in ("reporter.akt", "akim.akt"):
        seen = [browse(username).get(PAGE).text, browse(username).get(FILE).text]
        seen.append(Client().get(address(username)[0]).text)
        for content in seen:
            assert "Extended" in content
            assert "Kostanay" not in content
            assert not re.search(r"20090727|2009-07-27", content)
        assert "20090714" in seen[1]
        assert "20090714" in seen[2]


def test_a_body_has_the_plan_s_dates_of_its_own_activities_and_how_they_ended_for_it(browse, user):
    with at(2009, 1, 5, 9):
        accepted("akimat-akt", user, "2008-H2")

    page = browse("reporter.akt").get(PAGE).text
    of_ministry = browse("analyst").get(PAGE).text

    # Row 11 is the ministry's alone.
    assert reverse("activity", args=[SLUG, 14]) in page
    assert reverse("activity", args=[SLUG, 11]) not in page
    assert reverse("activity", args=[SLUG, 11]) in of_ministry
    january = page[page.index("due_from=2009-01-10") :]
    assert january.index("deadline met") < january.index("deadline missed")


def test_a_date_before_the_decree_stands_where_it_is_printed(browse):
    page = browse("analyst").get(PAGE).text

    assert '<time datetime="2007-06-30">' in page
    assert page.count("Lies before the decree itself; counts from the decree&#x27;s date, 21 December 2007") == 2


def test_months_are_named_as_each_language_does(browse):
    assert "<h3>2009 жылғы шілде</h3>" in browse("analyst", "kk").get(PAGE).text
    assert "<h3>Июль 2009 г.</h3>" in browse("analyst", "ru").get(PAGE).text


def test_the_page_costs_the_same_whatever_was_filed(browse, user, django_assert_num_queries):
    browsers = [browse(username) for username in ("reporter.akt", "coordinator")]
    for browser in browsers:
        with django_assert_num_queries(13):
            browser.get(PAGE)
    filed("akimat-akt", user("reporter.akt"))
    for browser in browsers:
        with django_assert_num_queries(13):
            browser.get(PAGE)


# The file


def test_the_file_is_taken_once_and_not_kept(browse):
    response = browse("reporter.akt").get(FILE)

    assert response["Content-Type"] == "text/calendar; charset=utf-8"
    assert response["Content-Disposition"] == 'attachment; filename="due-dates.ics"'
    assert "no-store" in response["Cache-Control"]
    # Seven reports, six completions, five reporting dates to the ministry and three to the Government.
    assert len(events(response.content)) == 21


def test_lines_are_folded_as_the_standard_asks_with_kazakh_letters_too(browse):
    content = browse("coordinator", "kk").get(FILE).content

    lines = content.split(b"\r\n")
    assert lines[-1] == b""
    assert b"\n" not in content.replace(b"\r\n", b"")
    assert max(map(len, lines)) <= 75
    assert any(line.startswith(b" ") for line in lines)
    for line in lines:
        line.decode()
    unfolded = content.replace(b"\r\n ", b"").decode()
    assert "SUMMARY:" in unfolded
    assert Activity.objects.get(ordinal=21).title_kk in unfolded


def test_an_event_says_what_the_standard_asks_for(browse, settings):
    settings.PORTAL_URL = "https://portal.example/"

    content = browse("reporter.akt").get(FILE).content

    feed = icalendar.Calendar.from_ical(content)
    assert [feed[name] for name in ("VERSION", "METHOD", "X-PUBLISHED-TTL")] == ["2.0", "PUBLISH", "PT12H"]
    assert feed["REFRESH-INTERVAL"].dt == datetime.timedelta(hours=12)
    assert feed["REFRESH-INTERVAL"].params["VALUE"] == "DURATION"
    assert feed["X-WR-CALNAME"] == feed["NAME"] == "Due dates: Children of Kazakhstan"
    assert len({str(event["UID"]) for event in feed.events}) == len(feed.events)
    due = events(content)["submission-2009-H1-akimat-akt"]
    assert due["UID"] == f"{SLUG}-submission-2009-H1-akimat-akt@portal.example"
    assert due["DTSTART"].params["VALUE"] == "DATE"
    assert (due["DTSTART"].dt, due["DTEND"].dt) == (datetime.date(2009, 7, 10), datetime.date(2009, 7, 11))
    assert due["DTSTAMP"].dt == due["LAST-MODIFIED"].dt == datetime.datetime(2007, 12, 21, tzinfo=datetime.UTC)
    assert (due["SEQUENCE"], due["TRANSP"], due["STATUS"]) == (0, "TRANSPARENT", "CONFIRMED")
    assert due.categories == ["Information on the half-year"]
    link = f"https://portal.example/submissions/{submission_of('akimat-akt').pk}/"
    assert due["URL"] == link
    assert link in due["DESCRIPTION"]
    assert not feed.errors
    assert not any(event.errors for event in feed.events)


def test_an_extension_moves_the_same_event(browse, user):
    before = events(browse("reporter.akt").get(FILE).content)
    with at(2009, 7, 6, 15):
        extend("akimat-akt", user, datetime.date(2009, 7, 14))
    with at(2009, 7, 7, 9):
        extend("akimat-akt", user, datetime.date(2009, 7, 17))
    after = events(browse("reporter.akt").get(FILE).content)

    assert before.keys() == after.keys()
    moved = after["submission-2009-H1-akimat-akt"]
    assert moved["UID"] == before["submission-2009-H1-akimat-akt"]["UID"]
    assert (moved["DTSTART"].dt, moved["SEQUENCE"]) == (datetime.date(2009, 7, 17), 2)
    assert moved["LAST-MODIFIED"].dt == moved["DTSTAMP"].dt == datetime.datetime(2009, 7, 7, 3, tzinfo=datetime.UTC)
    assert "10 July 2009" in moved["DESCRIPTION"]
    others = before.keys() - {"submission-2009-H1-akimat-akt"}
    assert all(before[key] == after[key] for key in others)


def test_demonstration_data_says_so(browse):
    User.objects.filter(username="reporter.kus").update(is_demonstration=True)

    feed = icalendar.Calendar.from_ical(browse("reporter.akt").get(FILE).content)

    assert feed["X-WR-CALNAME"].startswith("Demonstration. ")
    assert all("Demonstration data" in event.categories for event in feed.events)
    assert all(event["DESCRIPTION"].startswith("Demonstration data") for event in feed.events)


# The secret address


def test_an_address_is_made_and_shown_once(browse):
    browser = browse("reporter.akt")

    response = browser.post(PAGE, {"name": "Outlook", "days": "365"})

    assert response.status_code == 200
    assert "no-store" in response["Cache-Control"]
    shown = re.search(r"http://testserver(/calendar/portal_[\w-]{43}\.ics)", response.text)
    assert Client().get(shown[1]).status_code == 200
    token = ApiToken.objects.get()
    assert (token.scopes, token.expires_on, token.user.username) == (["calendar"], A_YEAR, "reporter.akt")
    assert "portal_" not in browser.get(PAGE).text
    listed = browser.get(reverse("tokens")).text
    assert "read the calendar of due dates" in listed
    assert shown[1] not in listed

    browser.post(reverse("revoke-token", args=[token.pk]))

    assert Client().get(shown[1]).status_code == 404


def test_a_page_that_is_reloaded_makes_no_second_address(browse):
    browser = browse("reporter.akt")
    browser.post(PAGE, {"name": "Outlook", "days": "365"})

    response = browser.post(PAGE, {"name": "Outlook", "days": "365"})

    assert response.status_code == 422
    assert "You have a token of this name." in response.text
    assert ApiToken.objects.count() == 1


def test_the_form_of_tokens_makes_no_calendar(browse):
    browser = browse("analyst")

    assert 'value="calendar"' not in browser.get(reverse("tokens")).text
    assert browser.post(reverse("tokens"), {"name": "x", "scopes": ["calendar"], "days": "30"}).status_code == 422


def test_the_feed_speaks_the_language_of_its_person(address):
    User.objects.filter(username="reporter.akt").update(language="ru")

    response = Client().get(address("reporter.akt")[0], headers={"Accept-Language": "en"})

    assert response["Content-Language"] == "ru"
    assert "первое полугодие 2009 года" in response.content.replace(b"\r\n ", b"").decode()
    assert not response.cookies


def test_the_feed_is_the_file(address, browse):
    file = browse("coordinator").get(FILE).content

    assert Client().get(address("coordinator")[0]).content == file


def test_whatever_is_wrong_with_a_secret_there_is_no_such_page(address, user):
    revoked, token = address("reporter.akt", name="a")
    tokens.revoke(token, by=user("reporter.akt"))
    run_out = address("reporter.akt", name="b", expires_on=datetime.date(2009, 7, 5))[0]
    left = address("reporter.kus", name="c")[0]
    User.objects.filter(username="reporter.kus").update(agency=user("reporter.akt").agency)
    inactive = address("analyst", name="d")[0]
    User.objects.filter(username="analyst").update(is_active=False)
    of_api = tokens.make(by=user("coordinator"), name="e", scopes=[*Scope], expires_on=A_YEAR)[1]
    unknown = reverse("calendar-feed", args=["portal_0"])

    answers = [
        Client().get(path)
        for path in (revoked, run_out, left, inactive, reverse("calendar-feed", args=[of_api]), unknown)
    ]

    assert {answer.status_code for answer in answers} == {404}
    echoed = r'portal_[\w-]*|(?<=name="csrfmiddlewaretoken" value=")\w+'
    assert len({re.sub(echoed, "", answer.text) for answer in answers}) == 1


def test_the_secret_of_a_calendar_opens_nothing_else(address):
    secret = address("coordinator")[0].removeprefix("/calendar/").removesuffix(".ics")

    for path in ("/api/v1/regions/", "/api/v1/schema/", "/datasets/timeliness.csv", "/access/", PAGE, FILE):
        refused = Client().get(path, headers={"Authorization": f"Bearer {secret}"})
        assert refused.status_code in (401, 302), path
        assert b"BEGIN:VCALENDAR" not in refused.content


def test_who_guesses_is_not_listened_to_for_a_while(address):
    path = address("reporter.akt")[0]
    wrong = reverse("calendar-feed", args=["portal_0"])

    assert [Client().get(wrong).status_code for _ in range(20)] == [404] * 20
    response = Client().get(path)

    assert response.status_code == 429
    assert 0 < int(response["Retry-After"]) <= 61
    cache.clear()
    assert Client().get(path).status_code == 200


def test_what_has_not_changed_is_not_sent_again(address, user):
    path = address("reporter.akt")[0]
    first = Client().get(path)
    again = {"If-None-Match": first["ETag"]}

    response = Client().get(path, headers=again)
    assert (response.status_code, response.content, response["ETag"]) == (304, b"", first["ETag"])
    with calendar.pretend(calendar.now() + datetime.timedelta(days=1)):
        assert Client().get(path, headers=again).status_code == 304
    extend("akimat-akt", user, datetime.date(2009, 7, 14))
    assert Client().get(path, headers=again).status_code == 200


def test_the_feed_is_cheap(address, user, django_assert_num_queries):
    path = address("reporter.akt")[0]
    Client().get(path)
    with django_assert_num_queries(6):
        Client().get(path)
    extend("akimat-akt", user, datetime.date(2009, 7, 14))
    with django_assert_num_queries(6):
        Client().get(path)


@pytest.mark.parametrize("method", ["post", "put", "delete"])
def test_a_feed_is_only_read(address, method):
    assert getattr(Client(), method)(address("reporter.akt")[0]).status_code == 405
