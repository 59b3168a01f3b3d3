"""What was sent about a half-year: reminders by e-mail, official letters."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from .periods import Period
from .submissions import Submission


class ReminderQuerySet(models.QuerySet):
    def visible_to(self, user):
        return self if user.reads_everything else self.none()


class Reminder(models.Model):
    """An e-mail that was sent about a half-year; without a submission it is the coordinators' digest.

    `offset` is the day it was meant for, counted from `due_on`; no recipient gets two for one day.
    """

    period = models.ForeignKey(Period, models.PROTECT, related_name="reminders", verbose_name=_("half-year"))
    submission = models.ForeignKey(
        Submission, models.PROTECT, null=True, related_name="reminders", verbose_name=_("submission")
    )
    recipient = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="reminders", verbose_name=_("recipient")
    )
    address = models.EmailField(_("address"))
    due_on = models.DateField(_("due on"))
    offset = models.SmallIntegerField(_("days from the due day"))
    sent_at = models.DateTimeField(_("sent at"))

    objects = ReminderQuerySet.as_manager()

    class Meta:
        verbose_name = _("reminder")
        verbose_name_plural = _("reminders")
        ordering = ["-sent_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["submission", "recipient", "due_on", "offset"], name="one_reminder_per_offset"
            ),
            models.UniqueConstraint(
                fields=["period", "recipient", "due_on", "offset"],
                condition=Q(submission=None),
                name="one_digest_per_offset",
            ),
        ]

    def __str__(self):
        return f"{self.address} {self.offset:+d}"

    @property
    def occasion(self) -> str:
        """The day it was meant for, in the active language."""
        days = abs(self.offset)
        if self.offset < 0:
            text = ngettext("%(days)s day before the due day", "%(days)s days before the due day", days)
        elif self.offset > 0:
            text = ngettext("%(days)s day after the due day", "%(days)s days after the due day", days)
        else:
            text = gettext("on the due day")
        return text % {"days": days}


class LetterQuerySet(models.QuerySet):
    def visible_to(self, user):
        return self.filter(submission__in=Submission.objects.visible_to(user).values("pk"))


class Letter(models.Model):
    """An official reminder to a body that missed the date. Numbered within the year; rows never change."""

    class Language(models.TextChoices):
        KAZAKH = "kk", "Қазақша"
        RUSSIAN = "ru", "Русский"

    submission = models.ForeignKey(Submission, models.PROTECT, related_name="letters", verbose_name=_("submission"))
    year = models.PositiveSmallIntegerField(_("year"))
    number = models.PositiveIntegerField(_("number"))
    dated = models.DateField(_("date"))
    language = models.CharField(_("language"), max_length=2, choices=Language)
    days_overdue = models.PositiveSmallIntegerField(_("days overdue"))
    document = models.BinaryField(_("document"))
    sha256 = models.CharField(max_length=64)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("by"))
    at = models.DateTimeField(_("at"))

    objects = LetterQuerySet.as_manager()

    class Meta:
        verbose_name = _("letter")
        verbose_name_plural = _("letters")
        ordering = ["-year", "-number"]
        constraints = [models.UniqueConstraint(fields=["year", "number"], name="one_letter_per_number")]

    def __str__(self):
        return f"{self.number}/{self.year}"
