"""Money of the plan: printed lines, later clarifications, printed totals. All amounts are million tenge."""

import datetime
from decimal import Decimal

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from activities.models import Activity
from programme.models import FundingSource, LegalAct, Programme, Region, Sourced, TotalSource
from programme.money import MoneyField

# Activity ordinal, region code or None, year, source: the natural key of a budget line.
LineKey = tuple[int, str | None, int, str]


class BudgetLineQuerySet(models.QuerySet):
    def with_clarifications(self):
        """Loads what `amount_in_force` reads: 1 query more."""
        return self.prefetch_related("clarifications")

    def for_tables(self):
        """Lines with activity, section and region: 1 query."""
        return self.select_related("activity__section", "region").order_by("activity__ordinal", "ordinal")


class BudgetLine(Sourced):
    """An amount that column 6 of the plan prints; region null is the republican level."""

    activity = models.ForeignKey(Activity, models.CASCADE, related_name="lines", verbose_name=_("activity"))
    ordinal = models.PositiveSmallIntegerField(_("order"))
    region = models.ForeignKey(Region, models.PROTECT, null=True, blank=True, verbose_name=_("region"))
    year = models.PositiveSmallIntegerField(_("year"))
    source = models.CharField(_("funding source"), max_length=10, choices=FundingSource)
    source_printed = models.BooleanField(_("the source is printed"), default=True)
    amount = MoneyField(_("amount, million tenge"))
    note = models.TextField(_("note"), blank=True)

    objects = BudgetLineQuerySet.as_manager()

    class Meta:
        verbose_name = _("budget line")
        verbose_name_plural = _("budget lines")
        ordering = ["activity__ordinal", "ordinal"]
        constraints = [
            models.UniqueConstraint(
                fields=["activity", "region", "year", "source"], name="one_line_per_region_and_year"
            ),
            models.UniqueConstraint(
                fields=["activity", "year", "source"],
                condition=Q(region=None),
                name="one_republican_line_per_year",
            ),
            models.CheckConstraint(name="line_amount_not_negative", condition=Q(amount__gte=0)),
        ]

    def __str__(self):
        return f"{self.activity_id}/{self.year}: {self.amount}"

    @property
    def key(self) -> LineKey:
        """No query if activity and region are loaded."""
        return self.activity.ordinal, self.region.code if self.region else None, self.year, self.source

    def amount_in_force(self, on: datetime.date) -> Decimal:
        """The latest clarification effective by `on`, else the printed amount; needs `with_clarifications`."""
        effective = [clarified for clarified in self.clarifications.all() if clarified.effective_on <= on]
        return effective[-1].amount if effective else self.amount


class Clarification(models.Model):
    """The amount of a line as a later act sets it (notes under the plan: amounts are clarified with each budget)."""

    line = models.ForeignKey(BudgetLine, models.CASCADE, related_name="clarifications", verbose_name=_("budget line"))
    amount = MoneyField(_("amount, million tenge"))
    act = models.ForeignKey(LegalAct, models.PROTECT, verbose_name=_("legal act"))
    effective_on = models.DateField(_("effective on"))

    class Meta:
        verbose_name = _("clarification")
        verbose_name_plural = _("clarifications")
        ordering = ["effective_on"]
        constraints = [
            models.UniqueConstraint(fields=["line", "effective_on"], name="one_clarification_per_date"),
            models.CheckConstraint(name="clarified_amount_not_negative", condition=Q(amount__gte=0)),
        ]

    def __str__(self):
        return f"{self.amount}"


class PrintedTotal(Sourced):
    """A total that stands under the plan; year null is the sum over 2007–2009."""

    programme = models.ForeignKey(Programme, models.CASCADE, related_name="printed_totals")
    source = models.CharField(_("source"), max_length=10, choices=TotalSource)
    year = models.PositiveSmallIntegerField(_("year"), null=True, blank=True)
    amount = MoneyField(_("amount, million tenge"))

    class Meta:
        verbose_name = _("printed total")
        verbose_name_plural = _("printed totals")
        ordering = ["source", models.F("year").asc(nulls_last=True)]
        constraints = [
            models.UniqueConstraint(fields=["programme", "source", "year"], name="one_printed_total_per_year"),
            models.UniqueConstraint(
                fields=["programme", "source"], condition=Q(year=None), name="one_printed_grand_total"
            ),
        ]

    def __str__(self):
        return f"{self.source} {self.year or ''}: {self.amount}"


class PrintedNote(Sourced):
    """The words around the totals, and the notes under the plan."""

    programme = models.ForeignKey(Programme, models.CASCADE, related_name="printed_notes")
    ordinal = models.PositiveSmallIntegerField()
    text = models.TextField(_("text"))

    class Meta:
        ordering = ["ordinal"]
        constraints = [models.UniqueConstraint(fields=["programme", "ordinal"], name="one_printed_note_per_ordinal")]

    def __str__(self):
        return self.text
