"""Lateness: computed from the filing dates, the due date and the clock, never stored.

The due day itself is on time until midnight in the programme's zone. The first filing decides whether a submission
was on time; one that was returned and not filed again becomes overdue again. An extension moves one body's due date.
"""

import datetime
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from django.db import models
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from programme import calendar

from .models import Submission

DUE_SOON_DAYS = 3


class Timing(models.TextChoices):
    LAPSED = "lapsed", _("lapsed")
    NOT_YET_DUE = "not_yet_due", _("not yet due")
    OPEN = "open", _("open")
    DUE_SOON = "due_soon", _("due soon")
    OVERDUE = "overdue", _("overdue")
    ON_TIME = "on_time", _("filed on time")
    LATE = "late", _("filed late")


@dataclass(frozen=True)
class Timeliness:
    """`days`: days left while open, days late when overdue or filed late, else 0."""

    timing: Timing
    days: int = 0

    @property
    def is_filed(self) -> bool:
        return self.timing in (Timing.ON_TIME, Timing.LATE)

    @property
    def in_words(self) -> str:
        """In the active language, with the number of days."""
        match self.timing:
            case Timing.OVERDUE:
                text = ngettext("overdue by %(days)s day", "overdue by %(days)s days", self.days)
            case Timing.LATE:
                text = ngettext("filed %(days)s day late", "filed %(days)s days late", self.days)
            case Timing.OPEN | Timing.DUE_SOON if self.days:
                text = ngettext("%(days)s day left", "%(days)s days left", self.days)
            case Timing.OPEN | Timing.DUE_SOON:
                return gettext("due today")
            case _:
                return str(Timing(self.timing).label)
        return text % {"days": self.days}


def timeliness(submission: Submission, today: datetime.date | None = None) -> Timeliness:
    """How the submission stands on `today`, a date in the programme's zone. No query if the programme is loaded."""
    period = submission.period
    zone = ZoneInfo(period.programme.time_zone)
    today = today or calendar.today(period.programme.time_zone)
    if period.is_lapsed:
        return Timeliness(Timing.LAPSED)
    if submission.first_submitted_at and submission.state in Submission.FILED:
        days = (submission.first_submitted_at.astimezone(zone).date() - submission.due_on).days
        return Timeliness(Timing.LATE, days) if days > 0 else Timeliness(Timing.ON_TIME)
    if today < period.opens_on:
        return Timeliness(Timing.NOT_YET_DUE)
    days_left = (submission.due_on - today).days
    if days_left < 0:
        return Timeliness(Timing.OVERDUE, -days_left)
    return Timeliness(Timing.DUE_SOON if days_left <= DUE_SOON_DAYS else Timing.OPEN, days_left)
