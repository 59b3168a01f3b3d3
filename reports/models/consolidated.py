"""The finalised consolidated report."""

import json
from functools import cached_property

from django.conf import settings
from django.db import models
from django.db.models import Exists, OuterRef
from django.utils.translation import gettext_lazy as _

from .periods import Period
from .submissions import SubmissionCopy


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
