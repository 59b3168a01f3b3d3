"""The consolidated report: texts that coordinators write, the frozen report, its files, its way to the Government."""

import json
from functools import cached_property

from django.conf import settings
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from .periods import Period
from .submissions import SubmissionCopy


class ReportText(models.Model):
    """What coordinators wrote for a part of a half-year's report, in one language.

    `part`: introduction, conclusion, section-3, activity-14. `draft` is the portal's proposal that the text was begun
    from or last compared with. A part without a row, or with an empty text, stands as its draft.
    """

    period = models.ForeignKey(Period, models.PROTECT, related_name="report_texts", verbose_name=_("half-year"))
    part = models.CharField(_("part"), max_length=20)
    language = models.CharField(_("language"), max_length=2, choices=settings.LANGUAGES)
    text = models.TextField(_("text"))
    draft = models.TextField(_("draft"))
    version = models.PositiveIntegerField(_("version"), default=1)
    updated_at = models.DateTimeField(_("updated at"))
    updated_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("updated by")
    )

    class Meta:
        verbose_name = _("text of the report")
        verbose_name_plural = _("texts of the report")
        ordering = ["period", "part", "language"]
        constraints = [
            models.UniqueConstraint(fields=["period", "part", "language"], name="one_report_text_per_language")
        ]

    def __str__(self):
        return f"{self.part} ({self.language})"


class ReportTextRevision(models.Model):
    """A text as one save left it. The database refuses any change of a row."""

    text = models.ForeignKey(ReportText, models.PROTECT, related_name="revisions", verbose_name=_("text"))
    version = models.PositiveIntegerField(_("version"))
    at = models.DateTimeField(_("at"))
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("by"))
    content = models.TextField(_("content"))

    class Meta:
        verbose_name = _("revision of a text")
        verbose_name_plural = _("revisions of texts")
        ordering = ["text", "version"]
        constraints = [models.UniqueConstraint(fields=["text", "version"], name="one_report_text_revision_per_version")]

    def __str__(self):
        return f"{self.text_id}/{self.version}"


class Proposal(models.Model):
    """The report stands handed over to another coordinator: while the row exists, nobody changes the texts."""

    period = models.OneToOneField(Period, models.PROTECT, related_name="proposal", verbose_name=_("half-year"))
    at = models.DateTimeField(_("at"))
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("by"))
    # Stands for what was handed over: consolidation.finalising.digest_of.
    digest = models.CharField(max_length=64)

    class Meta:
        verbose_name = _("handed-over report")
        verbose_name_plural = _("handed-over reports")

    def __str__(self):
        return self.digest


class ConsolidatedReportQuerySet(models.QuerySet):
    def visible_to(self, user):
        return self if user.reads_everything else self.none()

    def with_demonstration(self):
        """Adds `is_demonstration`: it pins a copy that a demonstration account filed."""
        pinned = SubmissionCopy.objects.filter(consolidated_reports=OuterRef("pk"), filed_by__is_demonstration=True)
        return self.annotate(is_demonstration=Exists(pinned))


class ConsolidatedReport(models.Model):
    """A finalised report of a half-year: the frozen structure and the copies it pins. The database refuses any change.

    Number 1 is the report, 2 and up are its supplements. Until it is finalised there is no row;
    `reports.consolidation.consolidate` builds the live structure.
    """

    period = models.ForeignKey(Period, models.PROTECT, related_name="consolidated_reports", verbose_name=_("half-year"))
    number = models.PositiveSmallIntegerField(_("number"), default=1)
    content = models.TextField(_("content, canonical JSON"))
    sha256 = models.CharField(max_length=64)
    # Null where it was finalised before the portal asked for two people.
    compiled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("compiled by")
    )
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
        ordering = ["period__starts_on", "number"]
        constraints = [
            models.UniqueConstraint(fields=["period", "number"], name="one_consolidated_report_per_number"),
        ]

    def __str__(self):
        return self.sha256

    @cached_property
    def data(self) -> dict:
        """As it was frozen, in the version of its day; `consolidation.read` gives it today's shape."""
        return json.loads(self.content)

    @property
    def is_supplement(self) -> bool:
        return self.number > 1

    @property
    def supplement_number(self) -> int:
        """Supplements are counted on their own: the first has the number 2."""
        return self.number - 1


class Dispatch(models.Model):
    """How a report went out. The database refuses any change of a row."""

    report = models.OneToOneField(
        ConsolidatedReport, models.PROTECT, related_name="dispatch", verbose_name=_("consolidated report")
    )
    number = models.CharField(_("outgoing number"), max_length=40)
    dated = models.DateField(_("outgoing date"))
    addressee = models.CharField(_("addressee"), max_length=200)
    at = models.DateTimeField(_("at"))
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("by"))

    class Meta:
        verbose_name = _("dispatch")
        verbose_name_plural = _("dispatches")
        ordering = ["dated", "number"]
        constraints = [models.UniqueConstraint(fields=["number", "dated"], name="one_dispatch_per_outgoing_number")]

    def __str__(self):
        return self.number

    @property
    def days_late(self) -> int:
        """Calendar days from the last day for the report to the outgoing date; 0: sent on time."""
        return max((self.dated - self.report.period.consolidated_due).days, 0)


class ReportDocument(models.Model):
    """A file of a finalised report as it was first rendered, and as it is given out ever since.

    The database refuses any change of a row. `format`: docx, pdf, signed.pdf, xlsx.
    """

    report = models.ForeignKey(
        ConsolidatedReport, models.PROTECT, related_name="documents", verbose_name=_("consolidated report")
    )
    format = models.CharField(_("format"), max_length=10)
    language = models.CharField(_("language"), max_length=2, choices=settings.LANGUAGES)
    content = models.BinaryField(_("content"))
    sha256 = models.CharField(max_length=64, db_index=True)
    made_at = models.DateTimeField(_("made at"))

    class Meta:
        verbose_name = _("file of the report")
        verbose_name_plural = _("files of the report")
        ordering = ["report", "format", "language"]
        constraints = [
            models.UniqueConstraint(fields=["report", "format", "language"], name="one_file_per_format_and_language")
        ]

    def __str__(self):
        return f"{self.format} ({self.language})"


class ReportEvent(models.Model):
    """What happened to a half-year's consolidated report. The database refuses any change of a row."""

    class Action(models.TextChoices):
        PROPOSED = "proposed", _("handed over for finalising")
        WITHDRAWN = "withdrawn", _("taken back")
        GIVEN_BACK = "given_back", _("given back")
        FINALISED = "finalised", _("finalised")
        SENT = "sent", _("sent")

    period = models.ForeignKey(Period, models.PROTECT, related_name="report_events", verbose_name=_("half-year"))
    at = models.DateTimeField(_("at"))
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("by"))
    action = models.CharField(_("action"), max_length=10, choices=Action)
    reason = models.TextField(_("reason"), blank=True)
    report = models.ForeignKey(ConsolidatedReport, models.PROTECT, null=True, blank=True, related_name="events")

    class Meta:
        verbose_name = _("event of the report")
        verbose_name_plural = _("events of the report")
        ordering = ["at", "pk"]
        constraints = [
            models.CheckConstraint(
                name="given_back_with_its_reason", condition=~Q(action="given_back") | ~Q(reason="")
            ),
        ]

    def __str__(self):
        return self.action
