"""Finalising while others finalise or reopen: real requests to two workers at once, on the database of the tests."""

import json
import re

import pytest

from .test_at_once import Person, at_once

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]
PERIODS = "/programmes/children-2007-2011/periods/"


def reopen(coordinator, code, agency):
    """Returns a function that does it, with the page already loaded."""
    [found] = json.loads(coordinator.get(f"/api/v1/submissions/?period={code}&agency={agency}"))["results"]
    address = f"/submissions/{found['id']}/"
    page = coordinator.get(address)
    return lambda: coordinator.post(f"{address}review/", {"reopen": "", "reason": "Нақтылау қажет"}, page)


def handed_over(coordinator, address):
    page = coordinator.get(address)
    coordinator.post(address, {"propose": "", "seen": seen(page)}, page)


def seen(page):
    return re.search(r'name="seen" value="(\w+)"', page)[1]


def supplements(person, code):
    listed = json.loads(person.get(f"/api/v1/consolidated-reports/?period={code}"))["results"]
    return [report for report in listed if report["number"] > 1]


def test_of_three_finalisings_at_once_one_makes_the_report(portal):
    address = f"{PERIODS}2008-H2/consolidated/2/"
    coordinator = Person(portal, "coordinator")
    reopen(coordinator, "2008-H2", "akimat-sev")()
    handed_over(coordinator, address)
    others = [Person(portal, "coordinator2") for _each in range(3)]
    pages = [other.get(address) for other in others]

    def finalise(number):
        return others[number].post(address, {"finalise": "", "seen": seen(pages[number])}, pages[number])

    answers = at_once(*[lambda number=number: finalise(number) for number in range(3)])
    assert {(status, url) for status, url, _text in answers} == {(200, f"{portal}{address}")}
    [report] = supplements(coordinator, "2008-H2")
    tones = sorted(
        re.search(r'class="notice notice-(\w+)" role="(?:alert|status)"', text)[1] for *_rest, text in answers
    )
    assert tones == ["bad", "bad", "good"]
    assert all(report["sha256"] in text for _status, _url, text in answers)


def test_a_report_reopened_at_the_same_moment_is_pinned_or_nothing_is_finalised(portal):
    address = f"{PERIODS}2008-H1/consolidated/2/"
    coordinator, other = Person(portal, "coordinator"), Person(portal, "coordinator2")
    reopen(coordinator, "2008-H1", "akimat-sev")()
    handed_over(coordinator, address)
    page = other.get(address)
    answers = at_once(
        lambda: other.post(address, {"finalise": "", "seen": seen(page)}, page),
        reopen(coordinator, "2008-H1", "akimat-pav"),
    )
    assert [status for status, _url, _text in answers] == [200, 200]
    made = supplements(other, "2008-H1")
    if made:
        assert "akimat-pav" in [copy["agency"] for copy in made[0]["copies"] if "2008-H1" in copy["receipt"]]
    else:
        assert "notice-bad" in answers[0][2]
