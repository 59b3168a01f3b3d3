"""What one agency files for one half-year: its state, its filed copies, its events."""

import datetime
import json
from decimal import Decimal
from functools import cached_property

from django.conf import settings
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from budget.models import LineKey
from programme.models import Agency

from .periods import Period


class SubmissionQuerySet(models.QuerySet):
    def visible_to(self, user):
        """The one door to submissions: one's own agency's, or all for those who read everything."""
        if user.reads_everything:
            return self
        if user.reads_agency:
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
    # While the signatory reads it, nobody changes it.
    awaits_signature = models.BooleanField(_("awaits signature"), default=False)
    # The date of the latest Extension; the half-year's own due date stands beside it.
    extended_to = models.DateField(_("extended to"), null=True, blank=True)

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
            models.CheckConstraint(
                name="filed_submission_awaits_no_signature",
                condition=Q(awaits_signature=False) | Q(state__in=("draft", "returned")),
            ),
        ]

    def __str__(self):
        return f"{self.agency_id}/{self.period_id}"

    @property
    def is_editable(self) -> bool:
        return self.state in self.EDITABLE and not self.awaits_signature

    @property
    def due_on(self) -> datetime.date:
        """The last day on which filing is on time. No query if the period is loaded."""
        return self.extended_to or self.period.submissions_due


class SubmissionCopyQuerySet(models.QuerySet):
    def before(self, submission: Submission):
        """Copies of the agency's reports for earlier half-years, oldest first, each with its half-year."""
        earlier = self.filter(
            submission__agency=submission.agency_id,
            submission__period__programme=submission.period.programme_id,
            submission__period__starts_on__lt=submission.period.starts_on,
        )
        return earlier.select_related("submission__period").order_by("submission__period__starts_on", "number")

    def last_accepted(self, submission: Submission):
        """What the agency last had accepted for an earlier half-year, None before the first. One query."""
        return self.before(submission).filter(submission__state=Submission.State.ACCEPTED).last()


class SubmissionCopy(models.Model):
    """What was filed, exactly. The database refuses any change of a row."""

    submission = models.ForeignKey(Submission, models.PROTECT, related_name="copies", verbose_name=_("submission"))
    number = models.PositiveSmallIntegerField(_("filing"))
    filed_at = models.DateTimeField(_("filed at"))
    filed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("filed by"))
    content = models.TextField(_("content, canonical JSON"))
    sha256 = models.CharField(max_length=64)
    receipt = models.CharField(_("receipt number"), max_length=60, unique=True)
    # The key that a machine sent with the filing: sent again, it gets the same copy.
    request_key = models.CharField(max_length=100, blank=True)

    objects = SubmissionCopyQuerySet.as_manager()

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

    @property
    def indicator_values(self) -> dict[tuple[int, str], int]:
        """What the half-year added, by activity ordinal and code of the indicator; none in copies of version 1."""
        return {
            (entry["activity"], row["indicator"]): row["value"]
            for entry in self.data["entries"]
            for row in entry.get("indicators", [])
        }


class SubmissionEvent(models.Model):
    """What happened to a submission: who, when, from, to, why. The database refuses any change of a row."""

    class Action(models.TextChoices):
        SENT = "sent", _("sent for signature")
        RECALLED = "recalled", _("recalled by the reporter")
        SENT_BACK = "sent_back", _("sent back by the signatory")
        FILED = "filed", _("filed")
        ACCEPTED = "accepted", _("accepted")
        RETURNED = "returned", _("returned for rework")
        REOPENED = "reopened", _("reopened")
        EXTENDED = "extended", _("due date extended")
        WAIVED = "waived", _("rule waived")

    submission = models.ForeignKey(Submission, models.PROTECT, related_name="events", verbose_name=_("submission"))
    at = models.DateTimeField(_("at"))
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("by"))
    action = models.CharField(_("action"), max_length=10, choices=Action)
    from_state = models.CharField(_("from"), max_length=10, choices=Submission.State)
    to_state = models.CharField(_("to"), max_length=10, choices=Submission.State)
    reason = models.TextField(_("reason"), blank=True)
    copy = models.ForeignKey(SubmissionCopy, models.PROTECT, null=True, blank=True, related_name="events")

    class Meta:
        verbose_name = _("event")
        verbose_name_plural = _("events")
        ordering = ["at", "pk"]
        constraints = [
            models.CheckConstraint(
                name="event_has_its_reason",
                condition=~Q(action__in=("sent_back", "returned", "reopened", "extended", "waived")) | ~Q(reason=""),
            ),
        ]

    def __str__(self):
        return f"{self.from_state} → {self.to_state}"
