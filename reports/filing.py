"""Every change of a submission goes through one of these functions.

All are atomic and take the submission's row lock first; each says which event it leaves. They raise Refused with a
message in the active language, and have then changed nothing.
"""

from decimal import Decimal
from zoneinfo import ZoneInfo

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from activities.models import Activity
from programme import calendar

from .canonical import canonical_json, sha256_of
from .duty import OwedActivity, owed_activities
from .models import Entry, Spending, Submission, SubmissionCopy, SubmissionEvent

COPY_VERSION = 1


class Refused(Exception):
    """The action is not possible now; the text says why, for the person who tried it."""


class Conflict(Refused):
    """Somebody else saved the entry meanwhile; `theirs` is what they saved."""

    def __init__(self, theirs: Entry):
        super().__init__(
            _("Somebody else saved this entry while you were writing. Your text stands below and was not saved.")
        )
        self.theirs = theirs


@transaction.atomic
def save_entry(
    *,
    submission: Submission,
    activity: Activity,
    by: User,
    version: int,
    values: dict[str, str],
    spending: dict[int, Decimal | None],
) -> Entry:
    """Store an entry of a draft or returned submission; incomplete is fine until it is filed.

    `version` is that of the entry the writer saw, 0 for none; `values` are status, narrative, reason, next_step;
    `spending` maps budget line ids to million tenge, None removes the amount. The caller has checked both against
    `duty.owed_activities`. Raises Conflict when the entry changed meanwhile. Leaves no event.
    """
    locked = _lock(submission)
    _require_agency(locked, by)
    if not locked.is_editable:
        raise Refused(_("The report has been filed and is locked. It can be changed only after it is returned."))
    entry = Entry.objects.filter(submission=locked, activity=activity).first()
    if (entry.version if entry else 0) != version:
        raise Conflict(entry)
    entry = entry or Entry(submission=locked, activity=activity, version=0)
    for name, value in values.items():
        setattr(entry, name, value)
    entry.version += 1
    entry.updated_at, entry.updated_by = calendar.now(), by
    entry.save()
    for line_id, amount in spending.items():
        if amount is None:
            Spending.objects.filter(entry=entry, line=line_id).delete()
        else:
            Spending.objects.update_or_create(entry=entry, line_id=line_id, defaults={"amount": amount})
    return entry


@transaction.atomic
def submit(*, submission: Submission, by: User) -> SubmissionCopy:
    """File the report: an immutable copy with hash and receipt number, the first filing date, a lock, an event."""
    locked = _lock(submission)
    _require_agency(locked, by)
    if not locked.is_editable:
        raise Refused(_("This report has already been filed."))
    _require_filing_time(locked)
    owed = owed_activities(locked)
    unfinished = [item for item in owed if not item.is_complete]
    if unfinished:
        raise Refused(
            _("The report cannot be filed yet. Activities to complete: %(rows)s.")
            % {"rows": ", ".join(str(item.activity.ordinal) for item in unfinished)}
        )
    moment = calendar.now().astimezone(ZoneInfo(locked.period.programme.time_zone))
    number = locked.copies.count() + 1
    content = canonical_json(_copy_content(locked, owed, number=number, at=moment, by=by))
    digest = sha256_of(content)
    copy = SubmissionCopy.objects.create(
        submission=locked,
        number=number,
        filed_at=moment,
        filed_by=by,
        content=content,
        sha256=digest,
        receipt=f"{locked.period.code}-{locked.agency.code}-{number:02d}-{digest[:8]}".upper(),
    )
    locked.first_submitted_at = locked.first_submitted_at or moment
    _move(locked, Submission.State.SUBMITTED, by=by, at=moment, copy=copy)
    return copy


@transaction.atomic
def accept(*, submission: Submission, by: User) -> None:
    """Accept what was filed; leaves an event. Nobody accepts a report that he filed himself."""
    locked = _require_review(submission, by, Submission.State.SUBMITTED)
    copy = locked.copies.last()
    if copy.filed_by_id == by.pk:
        raise Refused(_("You filed this report yourself; another coordinator must accept it."))
    _move(locked, Submission.State.ACCEPTED, by=by, at=calendar.now(), copy=copy)


@transaction.atomic
def return_for_rework(*, submission: Submission, by: User, reason: str) -> None:
    """Unlock a report that waits for review, with the reason; leaves an event."""
    _unlock(submission, by, reason, Submission.State.SUBMITTED)


@transaction.atomic
def reopen(*, submission: Submission, by: User, reason: str) -> None:
    """Unlock a report that was accepted, with the reason; leaves an event. Consolidated reports keep their copies."""
    _unlock(submission, by, reason, Submission.State.ACCEPTED)


def _unlock(submission: Submission, by: User, reason: str, state: str) -> None:
    locked = _require_review(submission, by, state)
    if not reason.strip():
        raise Refused(_("Say what has to be corrected."))
    _move(
        locked,
        Submission.State.RETURNED,
        by=by,
        at=calendar.now(),
        copy=locked.copies.last(),
        reason=reason.strip(),
    )


def _lock(submission: Submission) -> Submission:
    return Submission.objects.select_for_update(of=("self",)).with_context().get(pk=submission.pk)


def _require_agency(submission: Submission, by: User) -> None:
    if not by.files_for_agency or by.agency_id != submission.agency_id:
        raise Refused(_("Only the agency's own reporters and signatories may change its report."))


def _require_filing_time(submission: Submission) -> None:
    period = submission.period
    if period.is_lapsed:
        raise Refused(_("The duty to report on this half-year has lapsed."))
    if calendar.today(period.programme.time_zone) < period.opens_on:
        raise Refused(_("The half-year has not ended yet."))


def _require_review(submission: Submission, by: User, state: str) -> Submission:
    if not by.coordinates:
        raise Refused(_("Only a coordinator may review a report."))
    locked = _lock(submission)
    if locked.state != state:
        raise Refused(_("The report is in another state; somebody else may have decided meanwhile."))
    return locked


def _move(submission: Submission, state: str, *, by: User, at, copy: SubmissionCopy, reason: str = "") -> None:
    SubmissionEvent.objects.create(
        submission=submission,
        at=at,
        by=by,
        from_state=submission.state,
        to_state=state,
        reason=reason,
        copy=copy,
    )
    submission.state = state
    submission.save(update_fields=["state", "first_submitted_at"])


def _copy_content(submission: Submission, owed: list[OwedActivity], *, number: int, at, by: User) -> dict:
    """What the copy holds: natural keys only, so that it reads the same without the database."""
    return {
        "version": COPY_VERSION,
        "programme": submission.period.programme.slug,
        "period": submission.period.code,
        "agency": submission.agency.code,
        "number": number,
        "filed_at": at.isoformat(),
        "filed_by": str(by),
        "demonstration": by.is_demonstration,
        "entries": [
            {
                "activity": item.activity.ordinal,
                "status": item.entry.status,
                "narrative": item.entry.narrative,
                "reason": item.entry.reason,
                "next_step": item.entry.next_step,
                "deviations": [deviation.value for _line, deviation in item.deviations],
                "spending": [
                    {
                        "region": owed_line.line.region.code if owed_line.line.region else None,
                        "year": owed_line.line.year,
                        "source": owed_line.line.source,
                        "amount": str(owed_line.spent),
                    }
                    for owed_line in item.lines
                    if owed_line.spent is not None
                ],
            }
            for item in owed
        ],
    }
