"""What coordinators add to a submission: comments, extensions, waivers."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from activities.models import Activity

from .submissions import Submission, SubmissionCopy


class Rule(models.TextChoices):
    """What a report is checked for before it is filed. `WARNINGS` ask for an explanation; all others block."""

    STATUS_MISSING = "status_missing", _("no status")
    NARRATIVE_MISSING = "narrative_missing", _("nothing said about what was done")
    REASON_MISSING = "reason_missing", _("no reason")
    NEXT_STEP_MISSING = "next_step_missing", _("no next step")
    COMPLETION_DATE_MISSING = "completion_date_missing", _("no completion date")
    DOCUMENT_MISSING = "document_missing", _("the document of the completion form is not named")
    SPENDING_MISSING = "spending_missing", _("spending is not stated")
    INDICATOR_MISSING = "indicator_missing", _("an indicator has no value")
    FUTURE_DATE = "future_date", _("a date lies in the future")
    SPENDING_WITHOUT_LINE = "spending_without_line", _("spending on a line that is not the body's own")
    SPENDING_ON_NOTHING = "spending_on_nothing", _("spending although there is nothing to report")
    OVER_PLAN = "over_plan", _("more was spent than is planned for the year")
    NOTHING_SPENT = "nothing_spent", _("nothing of the year's plan was spent by its end")
    DONE_BEFORE_START = "done_before_start", _("completed before the half-year began")
    FAR_FROM_LAST = "far_from_last", _("a value far from that of the half-year before")


WARNINGS = (Rule.OVER_PLAN, Rule.NOTHING_SPENT, Rule.DONE_BEFORE_START, Rule.FAR_FROM_LAST)


class CommentQuerySet(models.QuerySet):
    def visible_to(self, user):
        return self.filter(submission__in=Submission.objects.visible_to(user).values("pk"))

    def open(self):
        """Roots of threads that nobody has resolved."""
        return self.filter(answers_to=None, resolved_at=None)


class Comment(models.Model):
    """A coordinator's comment on a report, an entry or one of its fields, or an answer to one. Texts never change."""

    class Field(models.TextChoices):
        STATUS = "status", _("status")
        NARRATIVE = "narrative", _("what was done")
        REASON = "reason", _("reason")
        NEXT_STEP = "next_step", _("next step")
        DOCUMENT = "document", _("completion and document")
        SPENDING = "spending", _("spending")
        INDICATORS = "indicators", _("indicators")
        ATTACHMENTS = "attachments", _("attachments")

    submission = models.ForeignKey(Submission, models.PROTECT, related_name="comments", verbose_name=_("submission"))
    activity = models.ForeignKey(
        Activity, models.PROTECT, null=True, blank=True, related_name="comments", verbose_name=_("activity")
    )
    field = models.CharField(_("field"), max_length=15, choices=Field, blank=True)
    copy = models.ForeignKey(SubmissionCopy, models.PROTECT, related_name="comments", verbose_name=_("filed copy"))
    answers_to = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="answers")
    text = models.TextField(_("text"), max_length=5_000)
    at = models.DateTimeField(_("at"))
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("by"))
    resolved_at = models.DateTimeField(_("resolved at"), null=True, blank=True)
    resolved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("resolved by")
    )

    objects = CommentQuerySet.as_manager()

    class Meta:
        verbose_name = _("comment")
        verbose_name_plural = _("comments")
        ordering = ["at", "pk"]
        constraints = [
            models.CheckConstraint(name="comment_says_something", condition=~Q(text="")),
            models.CheckConstraint(
                name="comment_on_a_field_names_its_entry", condition=Q(field="") | Q(activity__isnull=False)
            ),
        ]

    def __str__(self):
        return self.text[:60]


class Extension(models.Model):
    """A later due date for one body. The half-year's own date stays what it was. Rows never change."""

    submission = models.ForeignKey(Submission, models.PROTECT, related_name="extensions", verbose_name=_("submission"))
    due_on = models.DateField(_("new due date"))
    reason = models.TextField(_("reason"), max_length=5_000)
    act = models.CharField(_("on the basis of"), max_length=300)
    at = models.DateTimeField(_("at"))
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("by"))

    class Meta:
        verbose_name = _("extension")
        verbose_name_plural = _("extensions")
        ordering = ["at", "pk"]

    def __str__(self):
        return self.due_on.isoformat()


class Waiver(models.Model):
    """A blocking rule that does not count for one filing of one entry; `copy` is the filing that used it."""

    submission = models.ForeignKey(Submission, models.PROTECT, related_name="waivers", verbose_name=_("submission"))
    activity = models.ForeignKey(Activity, models.PROTECT, related_name="waivers", verbose_name=_("activity"))
    rule = models.CharField(_("rule"), max_length=25, choices=Rule)
    reason = models.TextField(_("reason"), max_length=5_000)
    at = models.DateTimeField(_("at"))
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("by"))
    copy = models.ForeignKey(
        SubmissionCopy, models.PROTECT, null=True, blank=True, related_name="waivers", verbose_name=_("used by")
    )

    class Meta:
        verbose_name = _("waiver")
        verbose_name_plural = _("waivers")
        ordering = ["at", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["submission", "activity", "rule"], condition=Q(copy=None), name="one_unused_waiver_per_rule"
            ),
        ]

    def __str__(self):
        return f"{self.submission_id}/{self.activity_id}: {self.rule}"
