"""The programme itself: its identity, reporting rule and source text."""

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from .sourced import Sourced


class Programme(Sourced):
    slug = models.SlugField(unique=True)
    title = models.TextField(_("title"))
    short_title = models.CharField(_("short title"), max_length=200)
    goal = models.TextField(_("goal"))
    first_year = models.PositiveSmallIntegerField(_("first year"))
    last_year = models.PositiveSmallIntegerField(_("last year"))
    plan_first_year = models.PositiveSmallIntegerField(_("first year of the plan"))
    plan_last_year = models.PositiveSmallIntegerField(_("last year of the plan"))
    adopted_on = models.DateField(_("adopted on"))
    repealed_on = models.DateField(_("repealed on"), null=True, blank=True)
    time_zone = models.CharField(_("time zone"), max_length=40, default="Asia/Almaty")
    lead_agency = models.ForeignKey(
        "Agency", models.PROTECT, related_name="led_programmes", verbose_name=_("lead agency")
    )

    class Meta:
        verbose_name = _("programme")
        verbose_name_plural = _("programmes")
        ordering = ["-first_year", "slug"]
        constraints = [
            models.CheckConstraint(
                name="programme_years_in_order",
                condition=models.Q(first_year__lte=models.F("last_year"))
                & models.Q(plan_first_year__lte=models.F("plan_last_year")),
                violation_error_message=_("The first year must not be after the last year."),
            ),
        ]

    def __str__(self):
        return self.short_title

    @property
    def years(self) -> range:
        return range(self.first_year, self.last_year + 1)

    @property
    def plan_years(self) -> range:
        return range(self.plan_first_year, self.plan_last_year + 1)


class SourceText(models.Model):
    """The text that the records were taken from, byte for byte; lines are split at the line feed only."""

    programme = models.OneToOneField(Programme, models.CASCADE, related_name="source")
    text = models.TextField()
    sha256 = models.CharField(max_length=64)

    def __str__(self):
        return self.sha256

    @property
    def lines(self) -> list[str]:
        return self.text.split("\n")


class ReportingRule(Sourced):
    """When the information on one half of every year is due (clauses 2 and 3 of the resolution)."""

    programme = models.ForeignKey(Programme, models.CASCADE, related_name="reporting_rules")
    half = models.PositiveSmallIntegerField(_("half-year"), validators=[MinValueValidator(1), MaxValueValidator(2)])
    submissions_month = models.PositiveSmallIntegerField(_("month for submissions"))
    submissions_day = models.PositiveSmallIntegerField(_("day for submissions"))
    consolidated_month = models.PositiveSmallIntegerField(_("month for the consolidated report"))
    consolidated_day = models.PositiveSmallIntegerField(_("day for the consolidated report"))
    first_year = models.PositiveSmallIntegerField(_("first year"))
    last_year = models.PositiveSmallIntegerField(_("last year"))
    text = models.TextField(_("text"))
    consolidated_text = models.TextField(_("text on the consolidated report"))
    consolidated_place = models.CharField(_("place of that text"), max_length=20)

    class Meta:
        verbose_name = _("reporting rule")
        verbose_name_plural = _("reporting rules")
        ordering = ["half"]
        constraints = [models.UniqueConstraint(fields=["programme", "half"], name="one_rule_per_half")]

    def __str__(self):
        return f"H{self.half}"
