"""Official reminders to bodies that missed the date: numbered, dated, kept exactly as they were written."""

import hashlib
from contextlib import suppress
from zoneinfo import ZoneInfo

from django.db import IntegrityError, transaction
from django.db.models import Max, QuerySet
from django.utils.translation import gettext as _

from accounts.models import User
from programme import calendar
from programme.models import LegalAct

from .documents.letter import render
from .documents.letter_text import Matter, letter_text
from .mail import link
from .models import Letter, Submission, SubmissionEvent
from .timeliness import Timing, timeliness
from .transitions import Refused, lock

RETRIES = 5

Action = SubmissionEvent.Action


def letters_to(submission: Submission) -> QuerySet[Letter]:
    """The letters to the body about the half-year, newest first, without their documents. One query."""
    return submission.letters.defer("document").select_related("by")


def write_letter(*, submission: Submission, by: User, language: str) -> Letter:
    """Write the next letter of the year to a body that is overdue today; `language` is kk or ru.

    The document is made once and stored with its SHA-256. Two letters at once get two numbers. Raises Refused with a
    message in the active language, and has then stored nothing.
    """
    for _attempt in range(RETRIES):
        # Refused by the database when somebody else takes the number meanwhile.
        with suppress(IntegrityError):
            return _write(submission, by, language)
    return _write(submission, by, language)


@transaction.atomic
def _write(submission: Submission, by: User, language: str) -> Letter:
    if not by.coordinates:
        raise Refused(_("Only a coordinator may write an official letter."))
    locked = lock(submission)
    period = locked.period
    stands = timeliness(locked)
    if stands.timing != Timing.OVERDUE:
        raise Refused(_("This body is not overdue: a reminder letter is written only after the date was missed."))
    dated = calendar.today(period.programme.time_zone)
    if locked.letters.filter(dated=dated, language=language).exists():
        raise Refused(_("A letter in this language was already written to this body today."))
    act = period.programme.legal_acts.filter(kind=LegalAct.Kind.APPROVES).exclude(date=None).first()
    if act is None:
        raise Refused(_("The portal does not hold the act that approves the programme, so no letter can cite it."))
    number = _next_number(dated.year)
    letter = Letter(
        submission=locked,
        year=dated.year,
        number=number,
        dated=dated,
        language=language,
        days_overdue=stands.days,
        by=by,
        at=calendar.now(),
    )
    letter.document = render(letter_text(_matter(letter, act), language), dated)
    letter.sha256 = hashlib.sha256(letter.document).hexdigest()
    letter.save(force_insert=True)
    return letter


def _next_number(year: int) -> int:
    return (Letter.objects.filter(year=year).aggregate(last=Max("number"))["last"] or 0) + 1


def _matter(letter: Letter, act: LegalAct) -> Matter:
    submission = letter.submission
    programme = submission.period.programme
    given_back = submission.events.filter(action__in=(Action.RETURNED, Action.REOPENED)).last()
    return Matter(
        submission=submission,
        act=act,
        rule=programme.reporting_rules.get(half=submission.period.half),
        extension=submission.extensions.last(),
        returned_on=given_back.at.astimezone(ZoneInfo(programme.time_zone)).date() if given_back else None,
        days_overdue=letter.days_overdue,
        number=str(letter),
        dated=letter.dated,
        by=letter.by,
        address=link("submission", submission.pk),
    )
