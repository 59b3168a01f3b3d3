"""Handed over, finalised by another, sent, supplemented: every rule, and that nothing changes afterwards."""

import datetime

import pytest
from django.db import IntegrityError, transaction
from django.utils import translation

from reports import filing, review
from reports.canonical import canonical_json, sha256_of
from reports.consolidation import texts
from reports.consolidation.building import build, consolidate, latest_accepted
from reports.consolidation.finalising import (
    digest_of,
    finalise,
    finalised_on,
    give_back,
    has_changed,
    propose,
    send,
    withdraw,
)
from reports.models import ConsolidatedReport, Dispatch, Period, Proposal, ReportDocument, ReportEvent
from reports.transitions import Refused

from .scenes import accepted, at, file_report, filed, finalised, sent, write_all

TO = "Қазақстан Республикасының Үкіметіне"
DAY = datetime.date(2009, 7, 6)


@pytest.fixture(autouse=True)
def _in_english():
    with translation.override("en"):
        yield


@pytest.fixture
def period(programme):
    return Period.objects.select_related("programme__lead_agency").get(code="2009-H1")


@pytest.fixture
def coordinators(user):
    """Who hands over, and who finalises."""
    return user("coordinator"), user("coordinator2")


@pytest.fixture
def third(coordinators):
    """One more coordinator."""
    person = coordinators[0]
    person.pk, person.username = None, "coordinator3"
    person.save()
    return person


def write(period, user, text="Қорытынды мәтін"):
    row = period.report_texts.filter(part="conclusion", language="kk").first()
    return texts.save(
        period=period, part="conclusion", language="kk", by=user("coordinator"), version=row.version if row else 0,
        text=text,
    )  # fmt: skip


def refile(submission, user, **entry):
    """Reopened, filed with something else, and accepted again."""
    review.reopen(submission=submission, by=user("coordinator"), reason="Нақтылау қажет")
    submission.refresh_from_db()
    reporter = user(f"reporter.{submission.agency.code.removeprefix('akimat-')}")
    write_all(submission, reporter, **entry)
    file_report(submission, reporter)
    review.accept(submission=submission, by=user("coordinator"))


def actions(period):
    return list(period.report_events.values_list("action", flat=True))


# Who may


@pytest.mark.parametrize("username", ["reporter.moes", "analyst", "administrator"])
def test_only_coordinators_act(period, user, coordinators, username):
    accepted("akimat-akt", user)
    other = user(username)
    with pytest.raises(Refused, match="Only coordinators"):
        propose(period=period, by=other)
    propose(period=period, by=coordinators[0])
    for act in (withdraw, finalise):
        with pytest.raises(Refused, match="Only coordinators"):
            act(period=period, by=other)
    with pytest.raises(Refused, match="Only coordinators"):
        give_back(period=period, by=other, reason="Себеп")
    frozen = finalise(period=period, by=coordinators[1])
    with pytest.raises(Refused, match="Only coordinators"):
        send(report=frozen, by=other, number="1", dated=DAY, addressee=TO)
    assert actions(period) == ["proposed", "finalised"]


def test_nobody_finalises_what_he_handed_over(period, user, coordinators):
    accepted("akimat-akt", user)
    propose(period=period, by=coordinators[0])
    with pytest.raises(Refused, match="another coordinator must finalise"):
        finalise(period=period, by=coordinators[0])
    assert Proposal.objects.exists()
    assert not ConsolidatedReport.objects.exists()


def test_only_the_proposer_takes_back_and_only_another_gives_back(period, user, coordinators):
    accepted("akimat-akt", user)
    first, second = coordinators
    propose(period=period, by=first)
    with pytest.raises(Refused, match="give it back"):
        withdraw(period=period, by=second)
    with pytest.raises(Refused, match="take it back"):
        give_back(period=period, by=first, reason="Себеп")
    assert Proposal.objects.get().by == first


# Handing over


def test_a_proposal_stands_for_what_was_handed_over(period, user, coordinators):
    accepted("akimat-akt", user)
    proposal = propose(period=period, by=coordinators[0], seen=digest_of(consolidate(period)))
    assert proposal.digest == digest_of(consolidate(period))
    event = period.report_events.get()
    assert (event.action, event.by, event.at, event.report) == ("proposed", coordinators[0], proposal.at, None)


@pytest.mark.parametrize("earlier", [False, True])
def test_nothing_accepted_cannot_be_handed_over(period, user, coordinators, earlier):
    """What was accepted for an earlier half-year is no report of this one."""
    filed("akimat-kus", user("reporter.kus"))
    if earlier:
        accepted("akimat-akt", user, "2008-H2")
    with pytest.raises(Refused, match="nothing to consolidate"):
        propose(period=period, by=coordinators[0])
    assert not Proposal.objects.exists()
    assert actions(period) == []


@pytest.mark.parametrize(("code", "why"), [("2011-H1", "lapsed"), ("2009-H2", "not ended")])
def test_a_half_year_that_owes_nothing_cannot_be_handed_over(programme, coordinators, code, why):
    with pytest.raises(Refused, match=why):
        propose(period=programme.periods.get(code=code), by=coordinators[0])


def test_it_is_handed_over_once(period, user, coordinators):
    accepted("akimat-akt", user)
    propose(period=period, by=coordinators[0])
    with pytest.raises(Refused, match="already been handed over"):
        propose(period=period, by=coordinators[1])
    assert Proposal.objects.get().by == coordinators[0]


def test_what_is_not_what_was_read_is_not_handed_over(period, user, coordinators):
    accepted("akimat-akt", user)
    seen = digest_of(consolidate(period))
    accepted("akimat-kus", user)
    with pytest.raises(Refused, match="after you opened this page"):
        propose(period=period, by=coordinators[0], seen=seen)
    assert not Proposal.objects.exists()


def test_taken_back_it_can_be_written_and_handed_over_anew(period, user, coordinators):
    accepted("akimat-akt", user)
    propose(period=period, by=coordinators[0])
    with pytest.raises(Refused, match="handed over"):
        write(period, user)
    withdraw(period=period, by=coordinators[0])
    write(period, user)
    propose(period=period, by=coordinators[1])
    assert actions(period) == ["proposed", "withdrawn", "proposed"]


def test_it_is_given_back_with_a_reason(period, user, coordinators):
    accepted("akimat-akt", user)
    propose(period=period, by=coordinators[0])
    with pytest.raises(Refused, match="corrected"):
        give_back(period=period, by=coordinators[1], reason="  ")
    give_back(period=period, by=coordinators[1], reason=" 14-жолды нақтылаңыз ")
    assert not Proposal.objects.exists()
    event = period.report_events.last()
    assert (event.action, event.by, event.reason) == ("given_back", coordinators[1], "14-жолды нақтылаңыз")


@pytest.mark.parametrize("act", [withdraw, finalise])
def test_what_was_not_handed_over_cannot_be_taken_back_or_finalised(period, user, coordinators, act):
    accepted("akimat-akt", user)
    with pytest.raises(Refused, match="not handed over"):
        act(period=period, by=coordinators[1])
    with pytest.raises(Refused, match="not handed over"):
        give_back(period=period, by=coordinators[1], reason="Себеп")


# Finalising


def test_finalising_freezes_structure_hash_and_copies(period, user, coordinators):
    earlier = accepted("akimat-akt", user, "2008-H2")
    own = accepted("akimat-akt", user, narrative="Қатырылған мәтін")
    filed("akimat-kus", user("reporter.kus"))
    write(period, user, "Қолмен жазылған қорытынды")
    propose(period=period, by=coordinators[0])
    frozen = finalise(period=period, by=coordinators[1], seen=digest_of(consolidate(period)))
    assert frozen.sha256 == sha256_of(frozen.content)
    assert frozen.content == canonical_json(frozen.data)
    assert "Қатырылған мәтін" in frozen.content
    assert frozen.data["texts"]["conclusion"]["kk"] == "Қолмен жазылған қорытынды"
    assert {copy.submission for copy in frozen.copies.all()} == {earlier, own}
    assert (frozen.number, frozen.compiled_by, frozen.finalised_by) == (1, *coordinators)
    assert not Proposal.objects.exists()
    event = period.report_events.last()
    assert (event.action, event.by, event.report) == ("finalised", coordinators[1], frozen)


def accept_another(submission, user):
    accepted("akimat-kus", user)


def withdraw_the_submission(submission, user):
    review.reopen(submission=submission, by=user("coordinator"), reason="Нақтылау қажет")


def file_anew(submission, user):
    refile(submission, user, narrative="Басқа мәтін")


@pytest.mark.parametrize("change", [accept_another, withdraw_the_submission, file_anew])
@pytest.mark.parametrize("seen_after", [False, True])
def test_what_changed_after_the_handing_over_is_not_finalised(period, user, coordinators, change, seen_after):
    """Not even by somebody who has read it as it is now: the proposer has not."""
    submission = accepted("akimat-akt", user)
    accepted("moes", user)
    proposal = propose(period=period, by=coordinators[0])
    change(submission, user)
    seen = digest_of(consolidate(period)) if seen_after else proposal.digest
    with pytest.raises(Refused, match="Since the report was handed over"):
        finalise(period=period, by=coordinators[1], seen=seen)
    assert not ConsolidatedReport.objects.exists()
    assert Proposal.objects.exists()
    assert actions(period) == ["proposed"]


def test_the_only_report_reopened_after_the_handing_over_freezes_nothing(period, user, coordinators):
    submission = accepted("akimat-akt", user)
    propose(period=period, by=coordinators[0])
    withdraw_the_submission(submission, user)
    with pytest.raises(Refused, match="Since the report was handed over"):
        finalise(period=period, by=coordinators[1])
    assert not ConsolidatedReport.objects.exists()


def test_what_is_not_what_was_read_is_not_finalised(period, user, coordinators):
    """Handed over, taken back, changed and handed over again while the other coordinator's page stood open."""
    accepted("akimat-akt", user)
    seen = propose(period=period, by=coordinators[0]).digest
    withdraw(period=period, by=coordinators[0])
    write(period, user)
    propose(period=period, by=coordinators[0])
    with pytest.raises(Refused, match="Read it again"):
        finalise(period=period, by=coordinators[1], seen=seen)
    assert not ConsolidatedReport.objects.exists()


def test_of_two_who_finalise_the_second_is_told_who_was_first(period, user, coordinators, third):
    accepted("akimat-akt", user)
    seen = propose(period=period, by=third).digest
    frozen = finalise(period=period, by=coordinators[1], seen=seen)
    with pytest.raises(Refused, match="already been finalised by coordinator2"):
        finalise(period=period, by=coordinators[0], seen=seen)
    assert ConsolidatedReport.objects.get() == frozen
    assert actions(period) == ["proposed", "finalised"]


def test_half_a_freezing_leaves_nothing(period, user, coordinators, monkeypatch):
    accepted("akimat-akt", user)
    propose(period=period, by=coordinators[0])

    def fail(*args, **kwargs):
        raise OSError("the connection broke")

    monkeypatch.setattr("reports.consolidation.finalising._record", fail)
    with pytest.raises(OSError, match="broke"):
        finalise(period=period, by=coordinators[1])
    assert not ConsolidatedReport.objects.exists()
    assert Proposal.objects.exists()


# What the digest stands for


def test_the_digest_does_not_change_by_the_passing_of_days(period, user):
    accepted("akimat-akt", user)
    filed("akimat-kus", user("reporter.kus"))
    reports = []
    for day in (6, 10, 11, 20, 21, 31):
        with at(2009, 7, day, 12):
            reports.append(consolidate(period))
    assert len({digest_of(report) for report in reports}) == 1
    assert len({canonical_json(report) for report in reports}) == 6


@pytest.mark.parametrize("change", [accept_another, withdraw_the_submission, file_anew])
def test_the_digest_changes_with_what_was_accepted(period, user, change):
    submission = accepted("akimat-akt", user)
    before = digest_of(consolidate(period))
    change(submission, user)
    assert digest_of(consolidate(period)) != before


def test_the_digest_changes_with_a_text(period, user):
    accepted("akimat-akt", user)
    before = digest_of(consolidate(period))
    write(period, user)
    assert digest_of(consolidate(period)) != before


def test_the_digest_changes_with_an_amount_of_the_plan(period, user):
    from budget.models import BudgetLine
    from programme.models import LegalAct

    accepted("akimat-akt", user)
    before = digest_of(consolidate(period))
    line = BudgetLine.objects.get(activity__ordinal=14, region__code="KZ-AKT")
    line.clarifications.create(amount="700.000", act=LegalAct.objects.first(), effective_on=datetime.date(2009, 4, 1))
    assert digest_of(consolidate(period)) != before


# Sending


def test_sending_records_number_date_addressee_and_person(period, user, coordinators):
    accepted("akimat-akt", user)
    frozen = finalised(period, user)
    dispatch = send(report=frozen, by=coordinators[1], number=" 12-3/1045 ", dated=DAY, addressee=f" {TO} ")
    assert (dispatch.number, dispatch.dated, dispatch.addressee, dispatch.by) == (
        "12-3/1045", DAY, TO, coordinators[1],
    )  # fmt: skip
    event = period.report_events.last()
    assert (event.action, event.by, event.report) == ("sent", coordinators[1], frozen)


def test_a_report_is_sent_once(period, user):
    accepted("akimat-akt", user)
    frozen = finalised(period, user)
    sent(frozen, user)
    with pytest.raises(Refused, match="already been sent"):
        sent(frozen, user, "12-3/1046")
    assert Dispatch.objects.get().number == "12-3/1045"
    assert actions(period) == ["proposed", "finalised", "sent"]


@pytest.mark.parametrize(("number", "addressee"), [(" ", TO), ("12-3/1045", " ")])
def test_number_and_addressee_are_needed(period, user, coordinators, number, addressee):
    accepted("akimat-akt", user)
    frozen = finalised(period, user)
    with pytest.raises(Refused, match="outgoing number and the addressee"):
        send(report=frozen, by=coordinators[0], number=number, dated=DAY, addressee=addressee)
    assert not Dispatch.objects.exists()


@pytest.mark.parametrize(("day", "why"), [(6, "before it was finalised"), (9, "future")])
def test_the_outgoing_date_lies_between_finalising_and_today(period, user, coordinators, day, why):
    """Finalised half an hour after midnight in Almaty, when it is still the day before in UTC."""
    accepted("akimat-akt", user)
    with at(2009, 7, 7, 0, 30):
        frozen = finalised(period, user)
    assert finalised_on(frozen) == datetime.date(2009, 7, 7)
    with at(2009, 7, 8, 0, 30):
        with pytest.raises(Refused, match=why):
            send(report=frozen, by=coordinators[0], number="1", dated=datetime.date(2009, 7, day), addressee=TO)
        send(report=frozen, by=coordinators[0], number="1", dated=datetime.date(2009, 7, 8), addressee=TO)


def test_an_outgoing_number_is_used_once_a_day(programme, user, coordinators):
    accepted("akimat-akt", user, "2008-H2")
    accepted("akimat-akt", user)
    reports = [finalised(programme.periods.get(code=code), user) for code in ("2008-H2", "2009-H1")]
    sent(reports[0], user)
    with pytest.raises(Refused, match="under this number"):
        sent(reports[1], user)
    with at(2009, 7, 7, 12):
        send(report=reports[1], by=coordinators[0], number="12-3/1045", dated=datetime.date(2009, 7, 7), addressee=TO)
    assert Dispatch.objects.count() == 2


@pytest.mark.parametrize(("day", "late"), [(19, 0), (20, 0), (21, 1), (31, 11)])
def test_how_late_it_went_out_follows_from_the_outgoing_date(period, user, day, late):
    accepted("akimat-akt", user)
    with at(2009, 7, day, 23, 59, 59):
        assert sent(finalised(period, user), user).days_late == late


# Since then


def test_a_late_filing_changes_nothing_that_was_finalised(period, user):
    accepted("akimat-akt", user)
    frozen = finalised(period, user)
    before = (frozen.content, frozen.sha256, list(frozen.copies.values_list("pk", flat=True)))
    assert not has_changed(frozen)
    with at(2009, 7, 15, 9):
        accepted("akimat-kus", user, narrative="Кешіккен мәтін")
    stored = ConsolidatedReport.objects.get()
    assert (stored.content, stored.sha256, list(stored.copies.values_list("pk", flat=True))) == before
    assert has_changed(stored)
    assert "Кешіккен мәтін" in str(consolidate(period))


def test_filed_and_not_accepted_changes_nothing(period, user):
    accepted("akimat-akt", user)
    frozen = finalised(period, user)
    filed("akimat-kus", user("reporter.kus"))
    assert not has_changed(frozen)


def test_what_is_reopened_or_filed_anew_counts_also_of_an_earlier_half_year(period, user):
    earlier = accepted("akimat-akt", user, "2008-H2")
    accepted("akimat-akt", user)
    frozen = finalised(period, user)
    review.reopen(submission=earlier, by=user("coordinator"), reason="Нақтылау қажет")
    assert has_changed(frozen)


# Supplements


def test_a_supplement_follows_a_report_that_was_sent_and_something_that_changed(period, user, coordinators):
    submission = accepted("akimat-akt", user)
    frozen = finalised(period, user)
    with pytest.raises(Refused, match="not sent yet"):
        propose(period=period, by=coordinators[0])
    sent(frozen, user)
    with pytest.raises(Refused, match="Nothing has been accepted or withdrawn"):
        propose(period=period, by=coordinators[0])
    refile(submission, user, narrative="Нақтыланған мәтін")
    propose(period=period, by=coordinators[0])


def test_a_supplement_names_the_report_it_follows_and_what_changed(period, user, coordinators):
    accepted("akimat-akt", user)
    first = finalised(period, user)
    dispatch = sent(first, user)
    late = accepted("akimat-kus", user, spent="1.250")
    second = finalised(period, user)
    assert (second.number, second.data["number"]) == (2, 2)
    assert second.data["supplements"] == {
        "number": 1,
        "sha256": first.sha256,
        "outgoing_number": "12-3/1045",
        "outgoing_date": dispatch.dated.isoformat(),
    }
    since = second.data["since"]
    assert (since["number"], since["sha256"]) == (1, first.sha256)
    assert [(one["agency"], one["now"]["receipt"]) for one in since["filings"]] == [
        ("akimat-kus", late.copies.get().receipt)
    ]
    assert since["money"]
    assert {copy.submission.agency.code for copy in second.copies.all()} == {"akimat-akt", "akimat-kus"}
    assert first.data["supplements"] is None
    with pytest.raises(Refused, match="not sent yet"):
        propose(period=period, by=coordinators[0])


def test_supplements_are_counted_on(period, user):
    accepted("akimat-akt", user)
    for number, agency in enumerate(("akimat-kus", "moes", "moh"), start=1):
        report = finalised(period, user)
        assert report.number == number
        sent(report, user, f"12-3/{number}")
        accepted(agency, user)
    assert finalised(period, user).data["supplements"]["number"] == 3


def test_a_supplement_has_become_pointless_when_the_change_is_undone(period, user, coordinators):
    """The reopened report is accepted again as it was filed: impossible; but a late one can be reopened."""
    accepted("akimat-akt", user)
    sent(finalised(period, user), user)
    late = accepted("akimat-kus", user)
    propose(period=period, by=coordinators[0])
    review.reopen(submission=late, by=user("coordinator"), reason="Нақтылау қажет")
    with pytest.raises(Refused, match="Nothing has been accepted or withdrawn"):
        finalise(period=period, by=coordinators[1])
    withdraw(period=period, by=coordinators[0])
    assert ConsolidatedReport.objects.count() == 1


def test_the_next_half_year_compares_with_the_latest_supplement(programme, user):
    """As it was sent last, not as it is now."""
    before, period = (programme.periods.get(code=code) for code in ("2008-H2", "2009-H1"))
    accepted("akimat-akt", user, "2008-H2")
    sent(finalised(before, user), user)
    accepted("akimat-kus", user, "2008-H2")
    supplement = finalised(before, user)
    accepted("moes", user, "2008-H2")
    accepted("akimat-akt", user)
    assert build(period)[0]["previous"]["sha256"] == supplement.sha256


# The database itself


@pytest.fixture
def everything(period, user):
    accepted("akimat-akt", user)
    frozen = finalised(period, user)
    sent(frozen, user)
    ReportDocument.objects.create(
        report=frozen, format="pdf", language="kk", content=b"%PDF-", sha256="0" * 64, made_at=frozen.finalised_at
    )


@pytest.mark.usefixtures("everything")
@pytest.mark.parametrize(
    ("model", "change"),
    [
        (ConsolidatedReport, {"content": "{}"}),
        (ConsolidatedReport, {"compiled_by": None}),
        (Dispatch, {"number": "12-3/1"}),
        (ReportDocument, {"content": b"%PDF-2"}),
        (ReportEvent, {"reason": "Өзгертілді"}),
    ],
)
def test_the_database_refuses_to_change_what_was_recorded(model, change):
    with pytest.raises(IntegrityError, match="immutable"), transaction.atomic():
        model.objects.update(**change)


def test_a_pinned_copy_is_the_one_that_counts_not_a_later_one(period, user):
    submission = accepted("akimat-akt", user)
    frozen = finalised(period, user)
    refile(submission, user, narrative="Кейінгі мәтін")
    assert [copy.number for copy in frozen.copies.all()] == [1]
    assert [copy.number for copy in latest_accepted(period)] == [2]
    assert "Кейінгі мәтін" not in frozen.content


def test_a_reporter_s_draft_under_way_does_not_stop_finalising(period, user, coordinators):
    """Nothing of what is only written, sent for signature or returned gets into the report or into its way."""
    accepted("akimat-kus", user)
    draft = filed("akimat-akt", user("reporter.akt"))
    review.return_for_rework(submission=draft, by=coordinators[0], reason="Нақтылау қажет")
    propose(period=period, by=coordinators[0])
    draft.refresh_from_db()
    write_all(draft, user("reporter.akt"), narrative="Жазылып жатыр")
    filing.send_for_signature(submission=draft, by=user("reporter.akt"))
    assert "Жазылып жатыр" not in finalise(period=period, by=coordinators[1]).content
