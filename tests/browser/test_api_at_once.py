"""Programs that write at the same moment: real requests to two workers at once."""

import json
import urllib.error
import urllib.request

import pytest

from .test_at_once import Person, at_once

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]


class Program(Person):
    """Speaks JSON within a signed-in session, to its agency's report for a half-year."""

    def __init__(self, portal, username, period="2009-H1"):
        super().__init__(portal, username)
        self.root = f"{portal}/api/v1/submissions/"
        [report] = self.read(f"?period={period}")["results"]
        self.root += f"{report['id']}/"

    def read(self, path) -> dict:
        return json.load(self.opener.open(self.root + path))

    def send(self, method, path, body, **headers) -> tuple[int, dict]:
        token = next(cookie.value for cookie in self.cookies if cookie.name == "csrftoken")
        headers |= {"Content-Type": "application/json", "X-CSRFToken": token, "Referer": self.portal}
        request = urllib.request.Request(self.root + path, json.dumps(body).encode(), headers, method=method)
        try:
            answer = self.opener.open(request)
        except urllib.error.HTTPError as error:
            answer = error
        return answer.status, json.load(answer)

    def complete(self) -> None:
        for row in self.read("check/")["activities"]:
            if row["complete"]:
                continue
            path = f"entries/{row['activity']}/"
            entry = self.read(path)
            entry |= {"status": "no_data", "reason": "Мәлімет түскен жоқ.", "spending": [], "indicators": []}
            status, _saved = self.send("PUT", path, entry, **{"If-Match": f'"{entry["version"]}"'})
            assert status == 200


def test_the_same_filing_sent_at_once_is_filed_once(portal):
    signatory = Program(portal, "signatory.man", "2008-H1")
    signatory.complete()

    answers = at_once(*[lambda: signatory.send("POST", "file/", {}, **{"Idempotency-Key": "2008-H1"})] * 4)

    assert sorted(status for status, _body in answers) == [200, 200, 200, 201]
    assert len({body["receipt"] for _status, body in answers}) == 1


def test_of_two_programs_at_once_one_is_told_of_the_other(portal):
    programs = [Program(portal, name) for name in ("reporter.ala", "signatory.ala")]
    version = programs[0].read("entries/17/")["version"]

    def save(number):
        body = {"narrative": f"Бағдарлама {number}"}
        return programs[number].send("PATCH", "entries/17/", body, **{"If-Match": f'"{version}"'})

    answers = at_once(lambda: save(0), lambda: save(1))

    (won, winner), (lost, loser) = sorted(answers, key=lambda answer: answer[0])
    assert (won, lost) == (200, 412)
    assert loser["theirs"]["narrative"] == winner["narrative"]
