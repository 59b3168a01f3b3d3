"""What the portal proposes for the texts of the report: made from the structure alone, in three languages."""

import re

import pytest

from reports import review
from reports.consolidation.building import consolidate
from reports.consolidation.drafting import draft, drafts, parts_of
from reports.models import Period

from .scenes import at, filed


@pytest.fixture
def period(programme):
    return Period.objects.select_related("programme__lead_agency").get(code="2009-H1")


@pytest.fixture
def accepted(user):
    """`accepted("akimat-akt", narrative="…")`: a filed report that the other coordinator has accepted."""

    def accept(agency, period="2009-H1", **entry):
        submission = filed(agency, user(f"reporter.{agency.removeprefix('akimat-')}"), period, **entry)
        review.accept(submission=submission, by=user("coordinator2"))
        return submission

    return accept


def activity(report, ordinal):
    return next(part for section in report["sections"] for part in section["activities"] if part["ordinal"] == ordinal)


def paragraphs(text):
    return text.split("\n\n")


def test_parts_stand_in_the_order_of_the_report(period):
    parts = parts_of(consolidate(period))
    assert len(parts) == 2 + 6 + 43
    assert parts[:3] == ["introduction", "section-1", "activity-1"]
    assert parts[-2:] == ["activity-43", "conclusion"]
    assert parts.index("section-2") == parts.index("activity-5") + 1


@pytest.mark.parametrize("language", ["kk", "ru", "en"])
def test_no_part_is_empty_even_if_nothing_was_accepted(period, language):
    report = consolidate(period)
    found = drafts(report, language)
    assert list(found) == parts_of(report)
    assert all(text.strip() for text in found.values())
    assert not [part for part, text in found.items() if re.search(r"%\(|\{\w+\}|None", text)]


def test_one_draft_is_that_of_all(period, accepted):
    accepted("akimat-akt")
    report = consolidate(period)
    assert {part: draft(report, part, "ru") for part in parts_of(report)} == drafts(report, "ru")


@pytest.mark.parametrize("language", ["kk", "ru", "en"])
def test_an_activity_is_drafted_from_the_leads_text_in_its_own_language(period, accepted, language):
    accepted("moh", narrative="Денсаулық сақтау министрлігінің мәтіні")
    accepted("moes", narrative="  Мәтін\x0bжетекшінікі ")
    assert draft(consolidate(period), "activity-1", language) == "Мәтін\nжетекшінікі"


def test_without_a_lead_it_counts_and_names_the_body_whose_text_it_takes(period, accepted):
    accepted("akimat-kus", status="not_applicable", narrative="")
    accepted("akimat-akt", narrative="Жоба әзірленді.")
    text = draft(consolidate(period), "activity-14", "en")
    assert paragraphs(text)[1] == "Akimat of Aktobe oblast: Жоба әзірленді."
    assert "2 of 14 obliged bodies: in progress – 1, not applicable here – 1" in text
    assert "Kyzylorda oblast" in text


def test_where_nobody_wrote_it_says_who_says_what(period, accepted):
    accepted("akimat-akt", status="not_applicable", narrative=" ")
    text = draft(consolidate(period), "activity-14", "en")
    assert text.startswith("Information has been accepted from 1 of 14 obliged bodies: not applicable here – 1.")
    assert "Aktobe" not in text


def test_done_before_is_no_text_of_this_half_year(period, accepted):
    accepted("akimat-akt", "2008-H2", status="done", narrative="Бұрын жазылған.")
    report = consolidate(period)
    assert "Done in an earlier half-year: 1. No accepted information: " in draft(report, "activity-18", "en")
    activity(report, 18)["missing"] = []
    assert draft(report, "activity-18", "en") == (
        "The activity was done in an earlier half-year. Reported by: Aktobe oblast."
    )


def test_where_nobody_is_obliged_it_says_so(period):
    assert draft(consolidate(period), "activity-7", "en") == "The plan obliges no body to report on this activity."


def test_a_section_counts_states_and_money_and_names_what_lags(period, accepted):
    accepted("akimat-akt", spent="3.125")
    report = consolidate(period)
    activity(report, 10)["status"] = "delayed"
    states, money, lagging = paragraphs(draft(report, "section-3", "en"))
    assert states == "The section has 5 activities: in progress – 1, delayed – 1, no information received – 3."
    assert "planned for 2009 – 2,489.822 million tenge, spent in the half-year – 3.125 million tenge" in money
    assert lagging == (
        "Delayed: No. 10. Completion date missed: No. 11, 12, 13. No accepted information: No. 11, 12, 13."
    )


def test_a_section_in_which_nothing_lags_says_so(period):
    report = consolidate(period)
    for one in report["sections"][2]["activities"]:
        one |= {"status": "done", "deadlines": []}
    text = draft(report, "section-3", "en")
    assert text.endswith("No activity of the section is delayed, and no completion date has been missed.")


def test_a_section_without_money_says_nothing_of_money(period):
    assert "million tenge" not in draft(consolidate(period), "section-1", "en")


def test_the_introduction_counts_who_filed_and_not_the_days_that_pass(period, accepted):
    accepted("akimat-akt")
    with at(2009, 7, 12, 9):
        accepted("akimat-kus")
        first = draft(consolidate(period), "introduction", "en")
    with at(2009, 7, 19, 9):
        later = draft(consolidate(period), "introduction", "en")
    assert first == later
    assert "“Children of Kazakhstan”" in first
    assert "first half of 2009 (1 January 2009 – 30 June 2009)" in first
    assert "№\u00a01245" in first
    assert "By 10 July 2009 22 bodies were obliged" in first
    assert "from 2 bodies: 1 on time, 1 late" in first
    assert "submitted no information: 20." in first
    assert "compiled from 2 accepted submissions" in first


def test_the_introduction_tells_returned_from_never_filed(period, accepted, user):
    submission = accepted("akimat-akt")
    review.reopen(submission=submission, by=user("coordinator2"), reason="Түзету қажет")
    text = draft(consolidate(period), "introduction", "en")
    assert "Returned for rework and not submitted again: 1." in text
    assert "submitted no information: 21." in text
    assert "No submission on this half-year has been accepted." in text


def test_the_conclusion_sums_up(period, accepted):
    accepted("akimat-akt", spent="3.125")
    text = draft(consolidate(period), "conclusion", "en")
    states, money, lagging, targets, ahead = paragraphs(text)
    assert states.startswith("The plan has 43 activities:")
    assert [line.split(":")[0] for line in money.split("\n")] == ["Republican budget", "Local budgets", "Total"]
    assert "Local budgets: planned for 2009 – 3,653.600 million tenge, spent in the half-year – 12.500" in money
    assert "No accepted information: No. 1, 2, 3" in lagging
    assert targets.startswith("Targets of the stage reached by the end of the half-year: 0 of 10.\n– ")
    assert ahead.startswith("Activities that remain to be completed: 41. Completion dates ahead: ")
    assert "31 December 2009 – No. 14" in ahead


def test_figures_and_dates_are_those_of_the_language(period, accepted):
    accepted("akimat-akt", spent="3.125")
    report = consolidate(period)
    for language, amount in (("kk", "2\xa0489,822"), ("ru", "2\xa0489,822"), ("en", "2,489.822")):
        assert amount in draft(report, "section-3", language)
    assert "2009 жылғы 10 шілде" in draft(report, "introduction", "kk")
    assert "10 июля 2009 г." in draft(report, "introduction", "ru")
