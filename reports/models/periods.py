"""Half-years."""

import datetime

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from programme import calendar
from programme.models import Programme


class PeriodQuerySet(models.QuerySet):
    def opened(self, today: datetime.date):
        """Periods whose half-year has ended: the filing window begins on the next day."""
        return self.filter(ends_on__lt=today)


class Period(models.Model):
    """A half-year. Rows are made from the reporting rule by `reports.periods.generate_periods`."""

    class State(models.TextChoices):
        LAPSED = "lapsed", _("lapsed")
        UPCOMING = "upcoming", _("upcoming")
        OPEN = "open", _("open")
        CLOSED = "closed", _("closed")

    programme = models.ForeignKey(Programme, models.CASCADE, related_name="periods")
    code = models.CharField(_("code"), max_length=7)
    year = models.PositiveSmallIntegerField(_("year"))
    half = models.PositiveSmallIntegerField(_("half-year"))
    starts_on = models.DateField(_("starts on"))
    ends_on = models.DateField(_("ends on"))
    submissions_due = models.DateField(_("submissions due"))
    consolidated_due = models.DateField(_("consolidated report due"))

    objects = PeriodQuerySet.as_manager()

    class Meta:
        verbose_name = _("half-year")
        verbose_name_plural = _("half-years")
        ordering = ["starts_on"]
        constraints = [
            models.UniqueConstraint(fields=["programme", "code"], name="one_period_per_code"),
            models.CheckConstraint(
                name="period_dates_in_order",
                condition=Q(starts_on__lt=F("ends_on"))
                & Q(ends_on__lt=F("submissions_due"))
                & Q(submissions_due__lt=F("consolidated_due")),
            ),
        ]

    def __str__(self):
        return self.title

    @property
    def title(self) -> str:
        if self.half == 1:
            return _("first half of %(year)s") % {"year": self.year}
        return _("second half of %(year)s") % {"year": self.year}

    @property
    def opens_on(self) -> datetime.date:
        """The first day on which the half-year can be reported."""
        return self.ends_on + datetime.timedelta(days=1)

    @property
    def is_lapsed(self) -> bool:
        """The duty ended with the programme's repeal before the submissions were due."""
        repealed_on = self.programme.repealed_on
        return repealed_on is not None and self.submissions_due > repealed_on

    def state_at(self, today: datetime.date | None = None) -> State:
        today = today or calendar.today(self.programme.time_zone)
        if self.is_lapsed:
            return self.State.LAPSED
        if today < self.opens_on:
            return self.State.UPCOMING
        return self.State.OPEN if today <= self.consolidated_due else self.State.CLOSED

    @property
    def state(self) -> State:
        return self.state_at()
