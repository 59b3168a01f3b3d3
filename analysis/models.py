"""What analysts and coordinators leave behind: saved views of datasets, and jobs that take longer than a page may."""

import datetime
import uuid

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from reports.models.workbooks import passing_storage


class OwnQuerySet(models.QuerySet):
    def visible_to(self, user):
        return self.filter(by=user)


class Job(models.Model):
    """Work that a worker process does (`manage.py work`); the page shows how far it is. See `jobs`."""

    class Kind(models.TextChoices):
        EXPORT = "export", _("export")
        CHECK_IMPORT = "check_import", _("check of an import")
        IMPORT = "import", _("import")

    class State(models.TextChoices):
        QUEUED = "queued", _("waiting")
        RUNNING = "running", _("running")
        DONE = "done", _("done")
        FAILED = "failed", _("failed")
        CANCELLED = "cancelled", _("cancelled")

    ENDED = (State.DONE, State.FAILED, State.CANCELLED)
    KEPT = datetime.timedelta(days=7)

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    kind = models.CharField(_("kind"), max_length=15, choices=Kind)
    title = models.CharField(_("title"), max_length=200)
    arguments = models.JSONField(default=dict)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="jobs", verbose_name=_("by"))
    language = models.CharField(_("language"), max_length=2)
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.QUEUED)
    # Rows done, of so many; None while that is not known.
    done = models.PositiveIntegerField(default=0)
    total = models.PositiveIntegerField(null=True, blank=True)
    is_to_be_cancelled = models.BooleanField(default=False)
    attempts = models.PositiveSmallIntegerField(default=0)
    created_at = models.DateTimeField(_("created"))
    started_at = models.DateTimeField(null=True, blank=True)
    # A running job whose worker has died is known by it.
    alive_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(_("ended"), null=True, blank=True)
    # The file that it works on, and the one that it made.
    source = models.FileField(storage=passing_storage, max_length=100, blank=True)
    result = models.FileField(storage=passing_storage, max_length=100, blank=True)
    result_name = models.CharField(max_length=200, blank=True)
    # What it found, and why it failed, in the language of who asked.
    outcome = models.JSONField(default=dict)
    message = models.TextField(blank=True)

    objects = OwnQuerySet.as_manager()

    class Meta:
        verbose_name = _("job")
        verbose_name_plural = _("jobs")
        ordering = ["-created_at", "pk"]
        indexes = [models.Index(fields=["state", "created_at"], name="jobs_in_line")]

    def __str__(self):
        return self.title

    @property
    def has_ended(self) -> bool:
        return self.state in self.ENDED

    @property
    def kept_until(self) -> datetime.datetime:
        return (self.ended_at or self.created_at) + self.KEPT


class SavedView(models.Model):
    """A choice of dataset, columns and filters under a name. Who has the link sees it with his own rows."""

    key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="saved_views", verbose_name=_("by"))
    name = models.CharField(_("name"), max_length=100)
    dataset = models.SlugField(_("dataset"))
    # The page's own query string.
    query = models.TextField(blank=True)
    created_at = models.DateTimeField(_("created"))

    objects = OwnQuerySet.as_manager()

    class Meta:
        verbose_name = _("saved view")
        verbose_name_plural = _("saved views")
        ordering = ["name", "pk"]
        constraints = [models.UniqueConstraint(fields=["by", "name"], name="one_saved_view_per_name")]

    def __str__(self):
        return self.name
