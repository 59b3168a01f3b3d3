"""A workbook that was filled in off-line and uploaded: kept until its content is confirmed, a week at most."""

import json
from functools import cached_property

from django.conf import settings
from django.core.files.storage import storages
from django.db import models
from django.utils.translation import gettext_lazy as _

from .submissions import Submission


def passing_storage():
    return storages["passing"]


class WorkbookUploadQuerySet(models.QuerySet):
    def visible_to(self, user):
        """A person's own uploads, as long as he acts for the agency."""
        return self.filter(by=user, submission__in=Submission.objects.visible_to(user).values("pk"))

    def with_context(self):
        """The report, its agency and half-year in the same query."""
        return self.select_related("submission__agency__region", "submission__period__programme")


class WorkbookUpload(models.Model):
    """`cells`: what was read from the file, as JSON (see `workbook.reading`); the file is for marking errors in it."""

    submission = models.ForeignKey(Submission, models.PROTECT, related_name="workbooks", verbose_name=_("submission"))
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("by"))
    at = models.DateTimeField(_("at"))
    name = models.CharField(_("name"), max_length=200)
    sha256 = models.CharField(max_length=64)
    file = models.FileField(_("file"), storage=passing_storage, max_length=100)
    cells = models.TextField(_("cells, JSON"))
    confirmed_at = models.DateTimeField(_("confirmed at"), null=True, blank=True)

    objects = WorkbookUploadQuerySet.as_manager()

    class Meta:
        verbose_name = _("uploaded workbook")
        verbose_name_plural = _("uploaded workbooks")
        ordering = ["at", "pk"]

    def __str__(self):
        return self.name

    @cached_property
    def read(self) -> dict:
        return json.loads(self.cells)
