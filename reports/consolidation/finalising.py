"""From the live report to the Government's desk: handed over, finalised by another coordinator, sent.

All actions are atomic. They lock the half-year first and then, where they read reports, every submission that a report
is built from, so that nothing is accepted, reopened or filed anew meanwhile. They raise Refused with a message in the
active language, and have then changed nothing. What is finalised can only be followed by a supplement.
"""

import datetime
from zoneinfo import ZoneInfo

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from accounts.models import User
from programme import calendar

from ..canonical import canonical_json, sha256_of
from ..models import ConsolidatedReport, Dispatch, Period, Proposal, ReportEvent, Submission
from ..transitions import Refused
from .building import build, latest_accepted
from .structure import Report

Action = ReportEvent.Action


def digest_of(report: Report) -> str:
    """Stands for what a person read before handing over or finalising it.

    It covers the texts, the accepted copies (receipt and SHA-256) with all that they say and sum up to, and the plan
    with its amounts. It leaves out what moves with the clock alone: the day of compiling, how late missing bodies are,
    how deadlines stand, and the differences, which follow from the rest and from the hashes of the earlier reports.
    """
    return sha256_of(
        canonical_json(
            {
                "number": report["number"],
                "supplements": report["supplements"],
                "previous": report["previous"] and report["previous"]["sha256"],
                "texts": report["texts"],
                "copies": [
                    {name: filing[name] for name in ("agency", "receipt", "sha256")}
                    for filing in report["filings"]
                    if filing["receipt"]
                ],
                "activities": [
                    {name: part for name, part in activity.items() if name != "deadlines"}
                    for section in report["sections"]
                    for activity in section["activities"]
                ],
            }
        )
    )


def has_changed(report: ConsolidatedReport) -> bool:
    """Whether other copies count now than those that the report pins. Two small queries."""
    pinned = set(report.copies.values_list("pk", flat=True))
    return pinned != set(latest_accepted(report.period).values_list("pk", flat=True))


def require_supplement(report: ConsolidatedReport) -> None:
    """Raises Refused where no supplement to the latest report is due. Two queries at most."""
    if not hasattr(report, "dispatch"):
        raise Refused(_("The report has been finalised and not sent yet. A supplement follows a report that was sent."))
    if not has_changed(report):
        raise Refused(_("Nothing has been accepted or withdrawn since the report was finalised."))


@transaction.atomic
def propose(*, period: Period, by: User, seen: str | None = None) -> Proposal:
    """Hand the report, or the supplement to the one that was sent, over to another coordinator; leaves an event.

    From then on nobody changes its texts. `seen`: the digest of what the person read (`digest_of`); if the report is
    different now, it is not handed over.
    """
    locked = _lock(period, by)
    if Proposal.objects.filter(period=locked).exists():
        raise Refused(_("The report has already been handed over for finalising."))
    report, copies = build(locked, after=_after(locked))
    if not any(copy.submission.period_id == locked.pk for copy in copies):
        raise Refused(_("No report of this half-year has been accepted yet, so there is nothing to consolidate."))
    digest = digest_of(report)
    if seen is not None and seen != digest:
        raise Refused(
            _("Something was filed, accepted, withdrawn or written after you opened this page. Read it again.")
        )
    now = calendar.now()
    proposal = Proposal.objects.create(period=locked, at=now, by=by, digest=digest)
    _record(locked, Action.PROPOSED, by=by, at=now)
    return proposal


@transaction.atomic
def withdraw(*, period: Period, by: User) -> None:
    """Take back what one handed over oneself; leaves an event."""
    locked = _lock(period, by)
    proposal = _proposal(locked)
    if proposal.by_id != by.pk:
        raise Refused(_("Another coordinator handed the report over: give it back with a reason."))
    proposal.delete()
    _record(locked, Action.WITHDRAWN, by=by, at=calendar.now())


@transaction.atomic
def give_back(*, period: Period, by: User, reason: str) -> None:
    """Give the report back to whoever handed it over, with the reason; leaves an event."""
    locked = _lock(period, by)
    proposal = _proposal(locked)
    if proposal.by_id == by.pk:
        raise Refused(_("You handed this report over yourself: take it back."))
    if not reason.strip():
        raise Refused(_("Say what has to be corrected."))
    proposal.delete()
    _record(locked, Action.GIVEN_BACK, by=by, at=calendar.now(), reason=reason.strip())


@transaction.atomic
def finalise(*, period: Period, by: User, seen: str | None = None) -> ConsolidatedReport:
    """Freeze what another coordinator handed over, with its hash, and pin the copies it was built from.

    Nobody finalises what he handed over himself. `seen`: the digest of what the person read (`digest_of`). If the
    report is no longer what was handed over and read, it is not finalised. Leaves an event.
    """
    locked = _lock(period, by)
    proposal = _proposal(locked)
    if proposal.by_id == by.pk:
        raise Refused(_("You handed this report over yourself; another coordinator must finalise it."))
    after = _after(locked)
    report, copies = build(locked, after=after)
    if {digest_of(report)} != {proposal.digest, proposal.digest if seen is None else seen}:
        raise Refused(
            _("Since the report was handed over, something was filed, accepted, withdrawn or written. Read it again.")
        )
    content = canonical_json(report)
    frozen = ConsolidatedReport.objects.create(
        period=locked,
        number=report["number"],
        content=content,
        sha256=sha256_of(content),
        compiled_by=proposal.by,
        finalised_at=calendar.now(),
        finalised_by=by,
    )
    frozen.copies.set(copies)
    proposal.delete()
    _record(locked, Action.FINALISED, by=by, at=frozen.finalised_at, report=frozen)
    return frozen


@transaction.atomic
def send(*, report: ConsolidatedReport, by: User, number: str, dated: datetime.date, addressee: str) -> Dispatch:
    """Record how a finalised report went out; once. Leaves an event.

    The outgoing date lies between the day of finalising and today, in the programme's zone.
    """
    locked = _lock(report.period, by)
    if Dispatch.objects.filter(report=report).exists():
        raise Refused(_("The report has already been sent."))
    number, addressee = number.strip(), addressee.strip()
    if not number or not addressee:
        raise Refused(_("Give the outgoing number and the addressee."))
    if dated > calendar.today(locked.programme.time_zone):
        raise Refused(_("The outgoing date lies in the future."))
    if dated < finalised_on(report):
        raise Refused(_("The report cannot have gone out before it was finalised."))
    now = calendar.now()
    try:
        with transaction.atomic():
            dispatch = Dispatch.objects.create(
                report=report, number=number, dated=dated, addressee=addressee, at=now, by=by
            )
    except IntegrityError:
        raise Refused(_("Another report went out under this number on this day.")) from None
    _record(locked, Action.SENT, by=by, at=now, report=report)
    return dispatch


def finalised_on(report: ConsolidatedReport) -> datetime.date:
    """The day in the programme's zone."""
    return report.finalised_at.astimezone(ZoneInfo(report.period.programme.time_zone)).date()


def last_report(period: Period) -> ConsolidatedReport | None:
    """The report or its latest supplement, with how it went out; None while nothing is finalised."""
    reports = ConsolidatedReport.objects.filter(period=period).defer("content")
    return reports.select_related("dispatch", "period__programme", "compiled_by", "finalised_by").last()


def _lock(period: Period, by: User) -> Period:
    """The half-year, its row locked until the transaction ends."""
    if not by.coordinates:
        raise Refused(_("Only coordinators compile, finalise and send the consolidated report."))
    periods = Period.objects.select_for_update(of=("self",)).select_related("programme__lead_agency")
    return periods.get(pk=period.pk)


def _proposal(period: Period) -> Proposal:
    proposal = Proposal.objects.filter(period=period).select_related("by").first()
    if proposal:
        return proposal
    last = last_report(period)
    if last and not hasattr(last, "dispatch"):
        raise Refused(_("The report has already been finalised by %(by)s.") % {"by": last.finalised_by})
    raise Refused(_("The report is not handed over for finalising; it may have been taken back meanwhile."))


def _after(period: Period) -> ConsolidatedReport | None:
    """The sent report that a supplement is due to; None for a first report.

    Locks what reports of this half-year are built from.
    """
    submissions = Submission.objects.filter(
        period__programme=period.programme_id, period__starts_on__lte=period.starts_on
    )
    list(submissions.select_for_update(of=("self",)).order_by("pk").values_list("pk", flat=True))
    last = last_report(period)
    if last:
        require_supplement(last)
    return last


def _record(
    period: Period,
    action: str,
    *,
    by: User,
    at: datetime.datetime,
    reason: str = "",
    report: ConsolidatedReport | None = None,
) -> None:
    ReportEvent.objects.create(period=period, at=at, by=by, action=action, reason=reason, report=report)
