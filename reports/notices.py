"""E-mails to those whom a change of a report concerns. They leave after the change is stored and cannot undo it."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import partial

from django.core.mail import EmailMessage
from django.db import transaction

from accounts.models import AGENCY_ROLES, Role, User

from .mail import compose, link, reachable, send
from .models import Comment, Submission, SubmissionEvent
from .timeliness import timeliness

Action = SubmissionEvent.Action

# Which mail goes to whom in the agency; actions that are not here need none.
_NOTICES = {
    Action.SENT: ("sent", (Role.SIGNATORY,)),
    Action.SENT_BACK: ("sent_back", (Role.REPORTER,)),
    Action.FILED: ("filed", AGENCY_ROLES),
    Action.ACCEPTED: ("accepted", AGENCY_ROLES),
    Action.RETURNED: ("returned", AGENCY_ROLES),
    Action.REOPENED: ("returned", AGENCY_ROLES),
    Action.EXTENDED: ("extended", AGENCY_ROLES),
}

_held: ContextVar[bool] = ContextVar("notices_held", default=False)


@contextmanager
def held() -> Iterator[None]:
    """Send nothing about what happens inside the block."""
    token = _held.set(True)
    try:
        yield
    finally:
        _held.reset(token)


def announce(event: SubmissionEvent) -> None:
    """Tell the agency, and of a filing the coordinators too, once the transaction is committed."""
    if event.action in _NOTICES and not _held.get():
        transaction.on_commit(partial(_tell, event), robust=True)


def announce_answer(answer: Comment) -> None:
    """Tell the coordinator who asked what the agency answered, once the transaction is committed."""
    if answer.by.files_for_agency and not _held.get():
        transaction.on_commit(partial(_tell_who_asked, answer), robust=True)


def _tell(event: SubmissionEvent) -> None:
    template, roles = _NOTICES[event.action]
    submission = event.submission
    context = _context(submission) | {"event": event, "timeliness": timeliness(submission)}
    if event.action in (Action.RETURNED, Action.REOPENED):
        context["comments"] = list(submission.comments.open().select_related("activity"))
    messages = _compose(template, reachable(role__in=roles, agency=submission.agency_id), context)
    if event.action == Action.FILED:
        coordinators = reachable(role=Role.COORDINATOR, agency=submission.period.programme.lead_agency_id)
        messages += _compose(template, coordinators, context)
    send(messages)


def _tell_who_asked(answer: Comment) -> None:
    context = _context(answer.submission) | {"answer": answer}
    send(_compose("answered", reachable(pk=answer.answers_to.by_id), context))


def _context(submission: Submission) -> dict:
    return {
        "submission": submission,
        "period": submission.period,
        "link": link("submission", submission.pk),
        "receipt_link": link("receipt", submission.pk),
        "signing_link": link("file-submission", submission.pk),
    }


def _compose(template: str, recipients: Iterable[User], context: dict) -> list[EmailMessage]:
    return [compose(template, recipient, context) for recipient in recipients]
