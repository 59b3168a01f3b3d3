"""Half-years, what each agency files for them, and the consolidated report."""

import datetime
import json
from decimal import Decimal
from functools import cached_property

from django.conf import settings
from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from activities.models import Activity
from budget.models import BudgetLine, LineKey
from programme import calendar
from programme.models import Agency, Programme
from programme.money import MoneyField


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


class SubmissionQuerySet(models.QuerySet):
    def visible_to(self, user):
        """The one door to submissions: one's own agency's, or all for those who read everything."""
        if user.reads_everything:
            return self
        if user.files_for_agency:
            return self.filter(agency=user.agency)
        return self.none()

    def with_context(self):
        """Agency, period and programme in the same query."""
        return self.select_related("agency__region", "period__programme__lead_agency")

    def with_demonstration(self):
        """Adds `is_demonstration`: a demonstration account filed it."""
        filed = SubmissionCopy.objects.filter(submission=OuterRef("pk"), filed_by__is_demonstration=True)
        return self.annotate(is_demonstration=Exists(filed))


class Submission(models.Model):
    """What one agency files for one half-year."""

    class State(models.TextChoices):
        DRAFT = "draft", _("draft")
        SUBMITTED = "submitted", _("submitted")
        RETURNED = "returned", _("returned for rework")
        ACCEPTED = "accepted", _("accepted")

    EDITABLE = (State.DRAFT, State.RETURNED)
    FILED = (State.SUBMITTED, State.ACCEPTED)

    agency = models.ForeignKey(Agency, models.PROTECT, related_name="submissions", verbose_name=_("agency"))
    period = models.ForeignKey(Period, models.PROTECT, related_name="submissions", verbose_name=_("half-year"))
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.DRAFT)
    first_submitted_at = models.DateTimeField(_("first submitted"), null=True, blank=True)

    objects = SubmissionQuerySet.as_manager()

    class Meta:
        verbose_name = _("submission")
        verbose_name_plural = _("submissions")
        ordering = ["period__starts_on", "agency__ordinal"]
        constraints = [
            models.UniqueConstraint(fields=["agency", "period"], name="one_submission_per_agency_and_period"),
            models.CheckConstraint(
                name="filed_submission_has_first_date",
                condition=Q(state="draft") | Q(first_submitted_at__isnull=False),
            ),
        ]

    def __str__(self):
        return f"{self.agency_id}/{self.period_id}"

    @property
    def is_editable(self) -> bool:
        return self.state in self.EDITABLE


class EntryQuerySet(models.QuerySet):
    def visible_to(self, user):
        """Entries of visible submissions; work in progress only for the agency that writes it."""
        visible = self.filter(submission__in=Submission.objects.visible_to(user).values("pk"))
        return visible.filter(submission__state__in=Submission.FILED) if user.reads_everything else visible


class Entry(models.Model):
    """One activity within a submission."""

    class Status(models.TextChoices):
        DONE = "done", _("done")
        IN_PROGRESS = "in_progress", _("in progress")
        DELAYED = "delayed", _("delayed")
        NOT_DUE = "not_due", _("not yet due")
        NOT_APPLICABLE = "not_applicable", _("not applicable here")
        NO_DATA = "no_data", _("no data")

    # Typed answers that there is nothing to report; each needs a reason.
    BLANKS = (Status.NOT_DUE, Status.NOT_APPLICABLE, Status.NO_DATA)
    NEEDS_REASON = (*BLANKS, Status.DELAYED)

    submission = models.ForeignKey(Submission, models.PROTECT, related_name="entries", verbose_name=_("submission"))
    activity = models.ForeignKey(Activity, models.PROTECT, related_name="entries", verbose_name=_("activity"))
    status = models.CharField(_("status"), max_length=15, choices=Status, blank=True)
    narrative = models.TextField(_("what was done"), blank=True, max_length=20_000)
    reason = models.TextField(_("reason"), blank=True, max_length=5_000)
    next_step = models.TextField(_("next step"), blank=True, max_length=5_000)
    version = models.PositiveIntegerField(_("version"), default=1)
    updated_at = models.DateTimeField(_("updated at"))
    updated_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("updated by")
    )

    objects = EntryQuerySet.as_manager()

    class Meta:
        verbose_name = _("entry")
        verbose_name_plural = _("entries")
        ordering = ["submission", "activity__ordinal"]
        constraints = [
            models.UniqueConstraint(fields=["submission", "activity"], name="one_entry_per_activity"),
        ]

    def __str__(self):
        return f"{self.submission_id}/{self.activity_id}"


class Spending(models.Model):
    """What was spent in the half-year on one budget line, million tenge."""

    entry = models.ForeignKey(Entry, models.CASCADE, related_name="spending", verbose_name=_("entry"))
    line = models.ForeignKey(BudgetLine, models.PROTECT, related_name="spending", verbose_name=_("budget line"))
    amount = MoneyField(_("spent, million tenge"))

    class Meta:
        verbose_name = _("spending")
        verbose_name_plural = _("spending")
        ordering = ["line__activity__ordinal", "line__ordinal"]
        constraints = [
            models.UniqueConstraint(fields=["entry", "line"], name="one_spending_per_line"),
            models.CheckConstraint(name="spending_not_negative", condition=Q(amount__gte=0)),
        ]

    def __str__(self):
        return f"{self.amount}"


class SubmissionCopy(models.Model):
    """What was filed, exactly. The database refuses any change of a row (migration 0002)."""

    submission = models.ForeignKey(Submission, models.PROTECT, related_name="copies", verbose_name=_("submission"))
    number = models.PositiveSmallIntegerField(_("filing"))
    filed_at = models.DateTimeField(_("filed at"))
    filed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("filed by"))
    content = models.TextField(_("content, canonical JSON"))
    sha256 = models.CharField(max_length=64)
    receipt = models.CharField(_("receipt number"), max_length=60, unique=True)

    class Meta:
        verbose_name = _("filed copy")
        verbose_name_plural = _("filed copies")
        ordering = ["submission", "number"]
        constraints = [models.UniqueConstraint(fields=["submission", "number"], name="one_copy_per_filing")]

    def __str__(self):
        return self.receipt

    @cached_property
    def data(self) -> dict:
        return json.loads(self.content)

    @property
    def spending(self) -> dict[LineKey, Decimal]:
        """Million tenge spent in the half-year, by budget line."""
        return {
            (entry["activity"], row["region"], row["year"], row["source"]): Decimal(row["amount"])
            for entry in self.data["entries"]
            for row in entry["spending"]
        }


class SubmissionEvent(models.Model):
    """A change of state: who, when, from, to, why."""

    submission = models.ForeignKey(Submission, models.PROTECT, related_name="events", verbose_name=_("submission"))
    at = models.DateTimeField(_("at"))
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("by"))
    from_state = models.CharField(_("from"), max_length=10, choices=Submission.State)
    to_state = models.CharField(_("to"), max_length=10, choices=Submission.State)
    reason = models.TextField(_("reason"), blank=True)
    copy = models.ForeignKey(SubmissionCopy, models.PROTECT, null=True, blank=True, related_name="events")

    class Meta:
        verbose_name = _("event")
        verbose_name_plural = _("events")
        ordering = ["at", "pk"]
        constraints = [
            models.CheckConstraint(name="return_has_a_reason", condition=~Q(to_state="returned") | ~Q(reason="")),
        ]

    def __str__(self):
        return f"{self.from_state} → {self.to_state}"


class ConsolidatedReportQuerySet(models.QuerySet):
    def visible_to(self, user):
        return self if user.reads_everything else self.none()

    def with_demonstration(self):
        """Adds `is_demonstration`: it pins a copy that a demonstration account filed."""
        pinned = SubmissionCopy.objects.filter(consolidated_reports=OuterRef("pk"), filed_by__is_demonstration=True)
        return self.annotate(is_demonstration=Exists(pinned))


class ConsolidatedReport(models.Model):
    """The finalised consolidated report of a period: the frozen structure and the copies it pins.

    Until it is finalised there is no row; `reports.consolidation.consolidate` builds the live structure.
    """

    period = models.OneToOneField(Period, models.PROTECT, related_name="consolidated_report")
    content = models.TextField(_("content, canonical JSON"))
    sha256 = models.CharField(max_length=64)
    finalised_at = models.DateTimeField(_("finalised at"))
    finalised_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("finalised by")
    )
    copies = models.ManyToManyField(
        SubmissionCopy, related_name="consolidated_reports", verbose_name=_("pinned copies")
    )

    objects = ConsolidatedReportQuerySet.as_manager()

    class Meta:
        verbose_name = _("consolidated report")
        verbose_name_plural = _("consolidated reports")
        ordering = ["period__starts_on"]

    def __str__(self):
        return self.sha256

    @cached_property
    def data(self) -> dict:
        return json.loads(self.content)


class ReminderQuerySet(models.QuerySet):
    def visible_to(self, user):
        return self if user.reads_everything else self.none()


class Reminder(models.Model):
    """An e-mail that was sent about a half-year; without a submission it is the coordinators' digest.

    `offset` is the day it was meant for, counted from the due day; no recipient gets two for one offset.
    """

    period = models.ForeignKey(Period, models.PROTECT, related_name="reminders", verbose_name=_("half-year"))
    submission = models.ForeignKey(
        Submission, models.PROTECT, null=True, related_name="reminders", verbose_name=_("submission")
    )
    recipient = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="reminders", verbose_name=_("recipient")
    )
    address = models.EmailField(_("address"))
    offset = models.SmallIntegerField(_("days from the due day"))
    sent_at = models.DateTimeField(_("sent at"))

    objects = ReminderQuerySet.as_manager()

    class Meta:
        verbose_name = _("reminder")
        verbose_name_plural = _("reminders")
        ordering = ["-sent_at", "-pk"]
        constraints = [
            models.UniqueConstraint(fields=["submission", "recipient", "offset"], name="one_reminder_per_offset"),
            models.UniqueConstraint(
                fields=["period", "recipient", "offset"], condition=Q(submission=None), name="one_digest_per_offset"
            ),
        ]

    def __str__(self):
        return f"{self.address} {self.offset:+d}"
