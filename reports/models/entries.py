"""What an agency writes about one activity: status, texts, money, indicators, files, and every change of them."""

import json
from functools import cached_property

from django.conf import settings
from django.core.files.storage import storages
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from activities.models import Activity, DocumentKind, Indicator
from budget.models import BudgetLine
from programme.money import MoneyField
from programme.words import WordsField

from .submissions import Submission, SubmissionCopy


class EntryQuerySet(models.QuerySet):
    def visible_to(self, user):
        """Entries of visible submissions; work in progress only for the agency that writes it."""
        visible = self.filter(submission__in=Submission.objects.visible_to(user).values("pk"))
        return visible if user.files_for_agency else visible.filter(submission__state__in=Submission.FILED)


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

    # What people write in an entry itself; money, indicators and files stand beside it.
    WRITTEN = (
        "status",
        "narrative",
        "reason",
        "next_step",
        "completed_on",
        "document_kind",
        "document_number",
        "document_date",
    )

    submission = models.ForeignKey(Submission, models.PROTECT, related_name="entries", verbose_name=_("submission"))
    activity = models.ForeignKey(Activity, models.PROTECT, related_name="entries", verbose_name=_("activity"))
    status = models.CharField(_("status"), max_length=15, choices=Status, blank=True)
    narrative = models.TextField(_("what was done"), blank=True, max_length=20_000)
    reason = models.TextField(_("reason"), blank=True, max_length=5_000)
    next_step = models.TextField(_("next step"), blank=True, max_length=5_000)
    completed_on = models.DateField(_("completion date"), null=True, blank=True)
    document_kind = models.CharField(_("document"), max_length=15, choices=DocumentKind, blank=True)
    document_number = models.CharField(_("number of the document"), max_length=100, blank=True)
    document_date = models.DateField(_("date of the document"), null=True, blank=True)
    words = WordsField(of=("narrative", "reason", "next_step"))
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


class IndicatorValue(models.Model):
    """What the half-year added to an indicator: so many opened, so many children covered."""

    entry = models.ForeignKey(Entry, models.CASCADE, related_name="indicator_values", verbose_name=_("entry"))
    indicator = models.ForeignKey(
        Indicator, models.PROTECT, related_name="indicator_values", verbose_name=_("indicator")
    )
    value = models.PositiveIntegerField(_("value"))

    class Meta:
        verbose_name = _("indicator value")
        verbose_name_plural = _("indicator values")
        ordering = ["indicator__activity__ordinal", "indicator__ordinal"]
        constraints = [models.UniqueConstraint(fields=["entry", "indicator"], name="one_value_per_indicator")]

    def __str__(self):
        return f"{self.value}"


class EntryRevision(models.Model):
    """The entry as one save left it, `content` as JSON. The database refuses any change of a row."""

    entry = models.ForeignKey(Entry, models.PROTECT, related_name="revisions", verbose_name=_("entry"))
    version = models.PositiveIntegerField(_("version"))
    at = models.DateTimeField(_("at"))
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("by"))
    content = models.TextField(_("content, canonical JSON"))

    class Meta:
        verbose_name = _("revision of an entry")
        verbose_name_plural = _("revisions of entries")
        ordering = ["entry", "version"]
        constraints = [models.UniqueConstraint(fields=["entry", "version"], name="one_revision_per_version")]

    def __str__(self):
        return f"{self.entry_id}/{self.version}"

    @cached_property
    def data(self) -> dict:
        return json.loads(self.content)


def attachment_storage():
    return storages["attachments"]


class AttachmentQuerySet(models.QuerySet):
    def visible_to(self, user):
        """Files of visible submissions; those who write none see what was filed, never a draft's."""
        visible = self.filter(submission__in=Submission.objects.visible_to(user).values("pk"))
        if not user.files_for_agency:
            visible = visible.filter(Exists(Attachment.copies.through.objects.filter(attachment=OuterRef("pk"))))
        return visible

    def current(self):
        """Neither replaced by a newer version nor removed."""
        return self.filter(replaced_by=None, removed_at=None)


class Attachment(models.Model):
    """A file to an activity of a submission. A replaced or removed file is kept; `replaces` is the version before."""

    submission = models.ForeignKey(Submission, models.PROTECT, related_name="attachments", verbose_name=_("submission"))
    activity = models.ForeignKey(Activity, models.PROTECT, related_name="attachments", verbose_name=_("activity"))
    name = models.CharField(_("name"), max_length=200)
    content_type = models.CharField(_("type"), max_length=100)
    size = models.PositiveIntegerField(_("size, bytes"))
    sha256 = models.CharField(max_length=64)
    file = models.FileField(_("file"), storage=attachment_storage, max_length=100)
    replaces = models.OneToOneField(
        "self", models.PROTECT, null=True, blank=True, related_name="replaced_by", verbose_name=_("replaces")
    )
    uploaded_at = models.DateTimeField(_("uploaded at"))
    uploaded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("uploaded by")
    )
    removed_at = models.DateTimeField(_("removed at"), null=True, blank=True)
    removed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("removed by")
    )

    copies = models.ManyToManyField(SubmissionCopy, related_name="attachments", verbose_name=_("filed copies"))

    objects = AttachmentQuerySet.as_manager()

    class Meta:
        verbose_name = _("attachment")
        verbose_name_plural = _("attachments")
        ordering = ["activity__ordinal", "uploaded_at", "pk"]

    def __str__(self):
        return self.name
