"""What the programme says: acts, passport, tasks, directions, results, money, statistics."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from ..money import MoneyField
from .bodies import Agency
from .programme import Programme
from .sourced import Sourced


class FundingSource(models.TextChoices):
    REPUBLICAN = "republican", _("republican budget")
    LOCAL = "local", _("local budgets")
    OFF_BUDGET = "off_budget", _("off-budget funds")


class TotalSource(models.TextChoices):
    """What a printed total counts: one source, or the two budgets together."""

    ALL = "all", _("republican and local budgets")
    REPUBLICAN = "republican", _("republican budget")
    LOCAL = "local", _("local budgets")
    OFF_BUDGET = "off_budget", _("off-budget funds")


class Clause(Sourced):
    """A part of the resolution itself: heading, preamble, clauses, signature."""

    programme = models.ForeignKey(Programme, models.CASCADE, related_name="clauses")
    ordinal = models.PositiveSmallIntegerField()
    number = models.CharField(_("number"), max_length=10, blank=True)
    text = models.TextField(_("text"))

    class Meta:
        ordering = ["ordinal"]
        constraints = [models.UniqueConstraint(fields=["programme", "ordinal"], name="one_clause_per_ordinal")]

    def __str__(self):
        return self.number or self.place


class LegalAct(Sourced):
    class Kind(models.TextChoices):
        BASIS = "basis", _("basis")
        APPROVES = "approves", _("approves the programme")
        REPEALED_ACT = "repealed_act", _("repealed by the resolution")
        AMENDS = "amends", _("amends the programme")
        REPEALS = "repeals", _("repeals the programme")

    programme = models.ForeignKey(Programme, models.CASCADE, related_name="legal_acts")
    kind = models.CharField(_("kind"), max_length=15, choices=Kind)
    number = models.CharField(_("number"), max_length=20, blank=True)
    date = models.DateField(_("date"), null=True, blank=True)
    effective_on = models.DateField(_("effective on"), null=True, blank=True)
    issuer = models.TextField(_("issued by"), blank=True)
    title = models.TextField(_("title"), blank=True)
    note = models.TextField(_("note"), blank=True)

    class Meta:
        verbose_name = _("legal act")
        verbose_name_plural = _("legal acts")
        ordering = ["date", "number"]
        constraints = [models.UniqueConstraint(fields=["programme", "kind", "number"], name="one_legal_act_per_number")]

    def __str__(self):
        return f"№ {self.number}"


class PassportRow(Sourced):
    programme = models.ForeignKey(Programme, models.CASCADE, related_name="passport_rows")
    ordinal = models.PositiveSmallIntegerField()
    label = models.TextField(_("label"), blank=True)
    text = models.TextField(_("text"))

    class Meta:
        ordering = ["ordinal"]
        constraints = [models.UniqueConstraint(fields=["programme", "ordinal"], name="one_passport_row_per_ordinal")]

    def __str__(self):
        return self.label or self.place


class Paragraph(Sourced):
    """Running text of a section of the programme; ordinal 0 is the section's heading."""

    programme = models.ForeignKey(Programme, models.CASCADE, related_name="paragraphs")
    section = models.CharField(_("section"), max_length=5)
    ordinal = models.PositiveSmallIntegerField()
    text = models.TextField(_("text"))

    class Meta:
        ordering = ["section", "ordinal"]
        constraints = [
            models.UniqueConstraint(fields=["programme", "section", "ordinal"], name="one_paragraph_per_ordinal")
        ]

    def __str__(self):
        return f"{self.section}/{self.ordinal}"


class Stage(Sourced):
    programme = models.ForeignKey(Programme, models.CASCADE, related_name="stages")
    number = models.PositiveSmallIntegerField(_("number"))
    first_year = models.PositiveSmallIntegerField(_("first year"))
    last_year = models.PositiveSmallIntegerField(_("last year"))
    title = models.TextField(_("title"))

    class Meta:
        verbose_name = _("stage")
        verbose_name_plural = _("stages")
        ordering = ["number"]
        constraints = [models.UniqueConstraint(fields=["programme", "number"], name="one_stage_per_number")]

    def __str__(self):
        return self.title


class Task(Sourced):
    """A task of the programme, as section 4 words it; `passport_text` is the wording of section 1 (Kazakh)."""

    programme = models.ForeignKey(Programme, models.CASCADE, related_name="tasks")
    ordinal = models.PositiveSmallIntegerField()
    text = models.TextField(_("text"))
    passport_text = models.TextField(_("wording of section 1"), blank=True)

    class Meta:
        verbose_name = _("task")
        verbose_name_plural = _("tasks")
        ordering = ["ordinal"]
        constraints = [models.UniqueConstraint(fields=["programme", "ordinal"], name="one_task_per_ordinal")]

    def __str__(self):
        return self.text


class Direction(Sourced):
    programme = models.ForeignKey(Programme, models.CASCADE, related_name="directions")
    code = models.CharField(_("number"), max_length=5)
    task = models.ForeignKey(
        Task, models.PROTECT, null=True, blank=True, related_name="directions", verbose_name=_("task")
    )
    title = models.TextField(_("title"))
    intro = models.TextField(_("introduction"), blank=True)

    class Meta:
        verbose_name = _("direction")
        verbose_name_plural = _("directions")
        ordering = ["code"]
        constraints = [models.UniqueConstraint(fields=["programme", "code"], name="one_direction_per_code")]

    def __str__(self):
        return f"{self.code}. {self.title}"


class Measure(Sourced):
    direction = models.ForeignKey(Direction, models.CASCADE, related_name="measures")
    stage = models.ForeignKey(Stage, models.PROTECT, related_name="measures")
    ordinal = models.PositiveSmallIntegerField()
    text = models.TextField(_("text"))

    class Meta:
        verbose_name = _("measure")
        verbose_name_plural = _("measures")
        ordering = ["direction__code", "stage__number", "ordinal"]
        constraints = [
            models.UniqueConstraint(fields=["direction", "stage", "ordinal"], name="one_measure_per_ordinal")
        ]

    def __str__(self):
        return self.text


class ExpectedResult(Sourced):
    """An expected result as section 7 words it; `passport_text` is the wording of section 1 (Kazakh)."""

    programme = models.ForeignKey(Programme, models.CASCADE, related_name="expected_results")
    stage = models.ForeignKey(Stage, models.PROTECT, null=True, blank=True, related_name="expected_results")
    ordinal = models.PositiveSmallIntegerField()
    text = models.TextField(_("text"))
    passport_text = models.TextField(_("wording of section 1"), blank=True)
    passport_place = models.CharField(_("place in section 1"), max_length=20, blank=True)

    class Meta:
        verbose_name = _("expected result")
        verbose_name_plural = _("expected results")
        ordering = [models.F("stage__number").asc(nulls_first=True), "ordinal"]
        constraints = [models.UniqueConstraint(fields=["programme", "stage", "ordinal"], name="one_result_per_ordinal")]

    def __str__(self):
        return self.text


class ResultTarget(Sourced):
    """A number that an expected result promises, as section 7 and as section 1 print it."""

    class Quantity(models.TextChoices):
        INSTITUTIONS = "institutions", _("institutions")
        OBLASTS = "oblasts", _("oblasts")
        CHILDREN = "children", _("children covered")
        GRADUATES = "graduates", _("graduates of children's homes")
        PERCENT = "percent", _("per cent")

    result = models.ForeignKey(ExpectedResult, models.CASCADE, related_name="targets")
    quantity = models.CharField(_("quantity"), max_length=15, choices=Quantity)
    value = models.DecimalField(_("section 7"), max_digits=12, decimal_places=1, null=True, blank=True)
    passport_value = models.DecimalField(_("section 1"), max_digits=12, decimal_places=1, null=True, blank=True)
    passport_place = models.CharField(_("place in section 1"), max_length=20, blank=True)

    class Meta:
        verbose_name = _("target")
        verbose_name_plural = _("targets")
        ordering = ["result", "quantity"]
        constraints = [models.UniqueConstraint(fields=["result", "quantity"], name="one_target_per_quantity")]

    def __str__(self):
        return f"{self.get_quantity_display()}: {self.value}"


class Financing(Sourced):
    """An amount that sections 6 and 1 print for the whole programme; year null is a sum over years."""

    programme = models.ForeignKey(Programme, models.CASCADE, related_name="financing")
    source = models.CharField(_("source"), max_length=10, choices=TotalSource)
    year = models.PositiveSmallIntegerField(_("year"), null=True, blank=True)
    amount = MoneyField(_("amount, million tenge"))
    passport_amount = MoneyField(_("amount in section 1, million tenge"), null=True, blank=True)
    passport_place = models.CharField(_("place in section 1"), max_length=20, blank=True)

    class Meta:
        verbose_name = _("financing")
        verbose_name_plural = _("financing")
        ordering = ["source", models.F("year").asc(nulls_last=True)]
        constraints = [
            models.UniqueConstraint(fields=["programme", "source", "year"], name="one_financing_per_year"),
            models.UniqueConstraint(
                fields=["programme", "source"], condition=models.Q(year=None), name="one_financing_total"
            ),
        ]

    def __str__(self):
        return f"{self.source} {self.year or ''}: {self.amount}"


class Abbreviation(Sourced):
    programme = models.ForeignKey(Programme, models.CASCADE, related_name="abbreviations")
    ordinal = models.PositiveSmallIntegerField()
    short = models.CharField(_("abbreviation"), max_length=40)
    text = models.TextField(_("full text"))
    agency = models.ForeignKey(Agency, models.PROTECT, null=True, blank=True, verbose_name=_("agency"))

    class Meta:
        verbose_name = _("abbreviation")
        verbose_name_plural = _("abbreviations")
        ordering = ["ordinal"]
        constraints = [models.UniqueConstraint(fields=["programme", "ordinal"], name="one_abbreviation_per_ordinal")]

    def __str__(self):
        return self.short


class BaselineTable(Sourced):
    """A statistical table of section 3."""

    programme = models.ForeignKey(Programme, models.CASCADE, related_name="baseline_tables")
    code = models.SlugField(_("code"))
    ordinal = models.PositiveSmallIntegerField()
    title = models.TextField(_("title"))
    row_heading = models.TextField(_("heading of the rows"), blank=True)

    class Meta:
        verbose_name = _("baseline table")
        verbose_name_plural = _("baseline tables")
        ordering = ["ordinal"]
        constraints = [models.UniqueConstraint(fields=["programme", "code"], name="one_baseline_table_per_code")]

    def __str__(self):
        return self.title


class BaselineValue(Sourced):
    table = models.ForeignKey(BaselineTable, models.CASCADE, related_name="values")
    row = models.PositiveSmallIntegerField()
    row_label = models.TextField(_("row"))
    column = models.PositiveSmallIntegerField()
    column_label = models.TextField(_("column"))
    value = models.DecimalField(_("value"), max_digits=12, decimal_places=1)
    printed = models.CharField(_("as printed"), max_length=20)

    class Meta:
        verbose_name = _("baseline value")
        verbose_name_plural = _("baseline values")
        ordering = ["table__ordinal", "row", "column"]
        constraints = [models.UniqueConstraint(fields=["table", "row", "column"], name="one_baseline_value_per_cell")]

    def __str__(self):
        return self.printed


class Finding(models.Model):
    """Something in the source that does not add up: where, what, with which figures, and how the portal treats it."""

    class Kind(models.TextChoices):
        SUM = "sum", _("sums")
        MISSING = "missing", _("missing cells")
        CONTRADICTION = "contradiction", _("sections disagree")
        DATE = "date", _("dates")
        BODY = "body", _("bodies")
        NAMING = "naming", _("names and abbreviations")
        TEXT = "text", _("state of the text")

    programme = models.ForeignKey(Programme, models.CASCADE, related_name="findings")
    code = models.CharField(_("code"), max_length=10)
    ordinal = models.PositiveSmallIntegerField()
    kind = models.CharField(_("kind"), max_length=15, choices=Kind)
    statement = models.TextField(_("what does not add up"))
    treatment = models.TextField(_("how the portal treats it"))
    printed = models.CharField(_("printed"), max_length=100, blank=True)
    found = models.CharField(_("found"), max_length=100, blank=True)
    difference = models.CharField(_("difference"), max_length=40, blank=True)
    places = models.JSONField(_("places"), default=list)
    lines = models.JSONField(_("lines of the source"), default=list)

    class Meta:
        verbose_name = _("finding")
        verbose_name_plural = _("findings")
        ordering = ["ordinal"]
        constraints = [models.UniqueConstraint(fields=["programme", "code"], name="one_finding_per_code")]

    def __str__(self):
        return self.code
