"""What every change of a submission has in common: the lock, who may, the event it leaves."""

import datetime

from django.utils.translation import gettext as _

from accounts.models import User

from .models import Submission, SubmissionCopy, SubmissionEvent


class Refused(Exception):
    """The action is not possible now; the text says why, for the person who tried it. Nothing has been changed."""


def lock(submission: Submission) -> Submission:
    """The submission as it is now, its row locked until the transaction ends."""
    return Submission.objects.select_for_update(of=("self",)).with_context().get(pk=submission.pk)


def require_agency(submission: Submission, by: User) -> None:
    if not by.files_for_agency or by.agency_id != submission.agency_id:
        raise Refused(_("Only the agency's own reporters and signatories may change its report."))


def require_coordinator(by: User) -> None:
    if not by.coordinates:
        raise Refused(_("Only a coordinator may review a report."))


def record(
    submission: Submission,
    action: str,
    *,
    by: User,
    at: datetime.datetime,
    to_state: str | None = None,
    copy: SubmissionCopy | None = None,
    reason: str = "",
) -> SubmissionEvent:
    """Leave the event and store the submission, in `to_state` if that is given."""
    event = SubmissionEvent.objects.create(
        submission=submission,
        at=at,
        by=by,
        action=action,
        from_state=submission.state,
        to_state=to_state or submission.state,
        reason=reason,
        copy=copy,
    )
    submission.state = event.to_state
    submission.save(update_fields=["state", "first_submitted_at", "awaits_signature", "extended_to"])
    return event
