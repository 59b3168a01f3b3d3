"""Short ways to bring a report into a state, through the portal's own actions."""

import datetime
from decimal import Decimal

from accounts.models import User
from programme import calendar
from reports import filing, review
from reports.consolidation import finalising
from reports.duty import owed_activities
from reports.models import ConsolidatedReport, Dispatch, Period, Submission, SubmissionCopy

from ..conftest import ALMATY


def at(*when: int) -> calendar.pretend:
    """The portal's day inside a `with`: `with at(2009, 7, 10, 23, 59, 59):`."""
    return calendar.pretend(datetime.datetime(*when, tzinfo=ALMATY))


def submission_of(agency: str, period: str = "2009-H1") -> Submission:
    return Submission.objects.with_context().get(agency__code=agency, period__code=period)


def write_all(
    submission: Submission,
    by,
    *,
    status="in_progress",
    spent="0.000",
    narrative="Жұмыс жүргізілді.",
    reason="Мерзім нақтыланды.",
) -> None:
    """A complete entry for every activity owed."""
    for owed in owed_activities(submission):
        completion = _completion(owed) if status == "done" else {}
        filing.save_entry(
            submission=submission,
            activity=owed.activity,
            by=by,
            version=owed.entry.version if owed.entry else 0,
            values={"status": status, "narrative": narrative, "reason": reason, "next_step": ""} | completion,
            spending={item.line.pk: Decimal(spent) for item in owed.lines},
            indicators={item.indicator.pk: 0 for item in owed.indicators},
        )


def _completion(owed) -> dict:
    if not owed.document:
        return {}
    day = owed.period.ends_on
    return {"completed_on": day, "document_kind": owed.document, "document_number": "1", "document_date": day}


def file_report(submission: Submission, by) -> SubmissionCopy:
    """Filed by `by`, or by the signatory of his agency if it has one."""
    signatory = User.objects.filter(agency=by.agency, role="signatory").first()
    return filing.submit(submission=submission, by=signatory or by)


def filed(agency: str, by, period: str = "2009-H1", **entry) -> Submission:
    submission = submission_of(agency, period)
    write_all(submission, by, **entry)
    file_report(submission, by)
    submission.refresh_from_db()
    return submission


def accepted(agency: str, user, period: str = "2009-H1", **entry) -> Submission:
    """Filed by the body's reporter and accepted by `coordinator`; `user` is the fixture."""
    submission = filed(agency, user(f"reporter.{agency.removeprefix('akimat-')}"), period, **entry)
    review.accept(submission=submission, by=user("coordinator"))
    return submission


def finalised(period: Period, user) -> ConsolidatedReport:
    """What stands, handed over by `coordinator` and finalised by `coordinator2`."""
    finalising.propose(period=period, by=user("coordinator"))
    return finalising.finalise(period=period, by=user("coordinator2"))


def sent(report: ConsolidatedReport, user, number: str = "12-3/1045") -> Dispatch:
    return finalising.send(
        report=report,
        by=user("coordinator"),
        number=number,
        dated=finalising.finalised_on(report),
        addressee="Қазақстан Республикасының Үкіметіне",
    )
