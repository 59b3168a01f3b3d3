"""What browsers complained about."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class PolicyViolation(models.Model):
    """Something that the content security policy forbids and a browser met with: one row for each kind of it."""

    directive = models.CharField(_("rule"), max_length=40)
    blocked = models.CharField(_("what was blocked"), max_length=100)
    # By the name of its URL: addresses may hold secrets.
    page = models.CharField(_("page"), max_length=100, blank=True)
    count = models.PositiveIntegerField(_("how often"), default=1)
    first_at = models.DateTimeField(_("first seen"))
    last_at = models.DateTimeField(_("last seen"))

    class Meta:
        verbose_name = _("violation of the content security policy")
        verbose_name_plural = _("violations of the content security policy")
        ordering = ["-last_at", "pk"]
        constraints = [models.UniqueConstraint(fields=["directive", "blocked", "page"], name="one_row_per_violation")]

    def __str__(self):
        return f"{self.directive}: {self.blocked}"
