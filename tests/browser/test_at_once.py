"""Several people, or one impatient person, at the same moment: real requests to two workers at once."""

import http.cookiejar
import re
import urllib.error
import urllib.parse
import urllib.request
from concurrent.futures import ThreadPoolExecutor

import pytest

from .conftest import PASSWORD

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]


class Person:
    """A signed-in client that can press the same button twice at once."""

    def __init__(self, portal, username):
        self.portal = portal
        self.cookies = http.cookiejar.CookieJar()
        self.opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(self.cookies))
        page = self.get("/sign-in/")
        self.post("/sign-in/", {"username": username, "password": PASSWORD}, page)

    def get(self, path) -> str:
        return self.opener.open(self.portal + path).read().decode()

    def post(self, path, fields, page) -> tuple[int, str, str]:
        """Status, final address and text of the answer; `page` is where the token comes from."""
        token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', page)[1]
        body = urllib.parse.urlencode(fields | {"csrfmiddlewaretoken": token}).encode()
        request = urllib.request.Request(self.portal + path, body, {"Referer": self.portal + path})
        try:
            answer = self.opener.open(request)
        except urllib.error.HTTPError as error:
            answer = error
        return answer.status, answer.url, answer.read().decode()

    def report(self) -> str:
        return re.search(r'href="(/submissions/\d+/)', self.get("/"))[1]


def at_once(*actions):
    with ThreadPoolExecutor(len(actions)) as pool:
        return [future.result() for future in [pool.submit(action) for action in actions]]


def test_two_filings_at_once_leave_one_receipt(portal):
    signatory = Person(portal, "signatory.yuz")
    report = signatory.report()
    page = signatory.get(f"{report}file/")
    seen = re.search(r'name="seen" value="(\w+)"', page)[1]
    answers = at_once(*[lambda: signatory.post(f"{report}file/", {"seen": seen}, page)] * 4)
    receipts = {re.search(r"2009-H1-AKIMAT-YUZ-\d\d-[0-9A-F]{8}", text)[0] for _status, _url, text in answers}
    assert {(status, url.removeprefix(portal)) for status, url, _text in answers} == {(200, f"{report}receipt/")}
    assert len(receipts) == 1
    assert receipts.pop().startswith("2009-H1-AKIMAT-YUZ-01-")


def test_of_two_saves_at_once_one_is_told_of_the_other(portal):
    people = [Person(portal, name) for name in ("reporter.ast", "signatory.ast")]
    address = f"{people[0].report()}activities/17/"
    fields = {"status": "in_progress", "reason": "", "next_step": "", "version": "0"}
    pages = [person.get(address) for person in people]

    def save(number):
        return people[number].post(address, fields | {"narrative": f"Мәтін {number}"}, pages[number])

    answers = at_once(lambda: save(0), lambda: save(1))
    assert sorted(status for status, _url, _text in answers) == [200, 409]
    loser = next(text for status, _url, text in answers if status == 409)
    assert "Мәтін 0" in loser
    assert "Мәтін 1" in loser


def test_a_double_click_on_accept_is_one_acceptance(portal):
    coordinator = Person(portal, "coordinator")
    board = coordinator.get("/programmes/children-2007-2011/periods/2009-H1/")
    clerk = Person(portal, "reporter.kar")
    report = clerk.report()
    assert report in board
    page = coordinator.get(report)
    hidden = dict(re.findall(r'type="hidden" name="(?!csrf)(\w+)" value="([^"]*)"', page))
    answers = at_once(*[lambda: coordinator.post(f"{report}review/", hidden | {"accept": ""}, page)] * 3)
    assert {status for status, _url, _text in answers} == {200}
    assert coordinator.get(report).count('class="tl-good"') == 1
