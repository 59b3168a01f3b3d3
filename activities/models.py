"""The plan of activities: rows, who answers for them, and by when."""

import datetime

from django.db import models
from django.db.models import Prefetch, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from programme import searching
from programme.models import Agency, ExpectedResult, Programme, Sourced, Stage
from programme.words import WordsField


class DocumentKind(models.TextChoices):
    """Documents that a completion form asks for."""

    PROPOSALS = "proposals", _("proposals to the Government")
    BILL = "bill", _("draft law")
    DECISION = "decision", _("decision of the akim")
    RESOLUTION = "resolution", _("resolution of the akimat")
    ORDER = "order", pgettext_lazy("document", "order")
    PLAN = "plan", _("plan")
    SPECIFICATION = "specification", _("technical specification")
    PUBLICATION = "publication", _("publication")
    MEDIA = "media", _("film or album")
    OTHER = "other", _("other document")

    @property
    def has_number(self) -> bool:
        """Official documents are numbered; what is printed or filmed need not be."""
        return self not in (DocumentKind.PUBLICATION, DocumentKind.MEDIA)


class Section(Sourced):
    programme = models.ForeignKey(Programme, models.CASCADE, related_name="plan_sections")
    number = models.PositiveSmallIntegerField(_("number"))
    title = models.TextField(_("title"))

    class Meta:
        verbose_name = _("section of the plan")
        verbose_name_plural = _("sections of the plan")
        ordering = ["number"]
        constraints = [models.UniqueConstraint(fields=["programme", "number"], name="one_section_per_number")]

    def __str__(self):
        return self.title


class Heading(Sourced):
    """The head of the plan table: column 0 is its title, 8 the line of column numbers."""

    programme = models.ForeignKey(Programme, models.CASCADE, related_name="plan_headings")
    column = models.PositiveSmallIntegerField(_("column"))
    title = models.TextField(_("title"))

    class Meta:
        ordering = ["column"]
        constraints = [models.UniqueConstraint(fields=["programme", "column"], name="one_heading_per_column")]

    def __str__(self):
        return self.title


class ActivityQuerySet(models.QuerySet):
    def for_plan(self):
        """Activities with section, responsibilities and deadlines: 3 queries."""
        return self.select_related("section").prefetch_related(
            Prefetch("responsibilities", Responsibility.objects.select_related("agency")), "deadlines"
        )

    def search(self, words: str):
        """Rows with every word in any of the three languages: the word itself, its beginning or another form of it."""
        return self.filter(searching.matching(searching.terms(words)))

    def of_agency(self, agency: Agency):
        return self.filter(responsibilities__agency=agency)


class Activity(Sourced):
    """A row of the plan. `*_text` fields are the printed cells, verbatim Kazakh."""

    class Funding(models.TextChoices):
        REPUBLICAN = "republican", _("republican budget")
        LOCAL = "local", _("local budgets")
        OFF_BUDGET = "off_budget", _("off-budget funds")
        NOT_REQUIRED = "not_required", _("not required")
        UNSTATED = "unstated", _("not stated")

    programme = models.ForeignKey(Programme, models.CASCADE, related_name="activities")
    section = models.ForeignKey(Section, models.PROTECT, related_name="activities", verbose_name=_("section"))
    ordinal = models.PositiveSmallIntegerField(_("row"))
    printed_number = models.PositiveSmallIntegerField(_("printed number"), null=True, blank=True)
    title = models.TextField(_("activity"))
    completion_form = models.TextField(_("completion form"))
    # Our reading of the completion form; empty where the report itself is the form.
    document = models.CharField(_("document of completion"), max_length=15, choices=DocumentKind, blank=True)
    responsible_text = models.TextField(_("responsible, as printed"), blank=True)
    deadline_text = models.TextField(_("deadline, as printed"), blank=True)
    cost_text = models.TextField(_("estimated cost, as printed"), blank=True)
    funding_text = models.TextField(_("funding source, as printed"), blank=True)
    funding = models.CharField(_("funding"), max_length=15, choices=Funding)
    title_words = WordsField(of=("ordinal", "title_kk", "title_ru", "title_en"))
    words = WordsField(
        of=(
            "ordinal", "title_kk", "title_ru", "title_en",
            "completion_form_kk", "completion_form_ru", "completion_form_en",
            "responsible_text", "deadline_text", "cost_text", "funding_text",
        ),
    )  # fmt: skip

    objects = ActivityQuerySet.as_manager()

    class Meta:
        verbose_name = _("activity")
        verbose_name_plural = _("activities")
        ordering = ["ordinal"]
        constraints = [
            models.UniqueConstraint(fields=["programme", "ordinal"], name="one_activity_per_ordinal"),
            models.UniqueConstraint(fields=["programme", "printed_number"], name="one_activity_per_printed_number"),
        ]

    def __str__(self):
        return f"{self.ordinal}. {self.title}"


class Responsibility(models.Model):
    """A body that answers for an activity. Group cells are expanded; `wording` keeps the printed phrase."""

    class Role(models.TextChoices):
        LEAD = "lead", _("lead compiler")
        EXECUTOR = "executor", _("executor")

    activity = models.ForeignKey(Activity, models.CASCADE, related_name="responsibilities")
    agency = models.ForeignKey(Agency, models.PROTECT, related_name="responsibilities", verbose_name=_("agency"))
    ordinal = models.PositiveSmallIntegerField(_("order"))
    role = models.CharField(_("role"), max_length=10, choices=Role)
    by_agreement = models.BooleanField(_("by agreement"), default=False)
    wording = models.TextField(_("as printed"))

    class Meta:
        verbose_name = _("responsibility")
        verbose_name_plural = _("responsibilities")
        ordering = ["ordinal", "agency__ordinal"]
        constraints = [
            models.UniqueConstraint(fields=["activity", "agency"], name="one_responsibility_per_agency"),
            models.UniqueConstraint(fields=["activity"], condition=Q(role="lead"), name="one_lead_per_activity"),
        ]

    def __str__(self):
        return self.wording


class Deadline(models.Model):
    """A date that the printed wording means.

    One-off dates are met by the completion form; reporting dates by the half-year's report (design of the duty:
    10 January and July to the lead agency, 20 January and July to the Government).
    """

    class Kind(models.TextChoices):
        ONE_OFF = "one_off", _("to be completed")
        REPORT_TO_LEAD = "report_to_lead", _("report to the lead ministry")
        REPORT_TO_GOVERNMENT = "report_to_government", _("report to the Government")

    activity = models.ForeignKey(Activity, models.CASCADE, related_name="deadlines")
    date = models.DateField(_("date"))
    kind = models.CharField(_("kind"), max_length=20, choices=Kind)

    class Meta:
        verbose_name = _("deadline")
        verbose_name_plural = _("deadlines")
        ordering = ["date"]
        constraints = [models.UniqueConstraint(fields=["activity", "date"], name="one_deadline_per_date")]

    def __str__(self):
        return self.date.isoformat()

    def counts_from(self, programme: Programme) -> datetime.date:
        """A date before the decree's own counts from the decree's date."""
        return max(self.date, programme.adopted_on)


class Indicator(models.Model):
    """What bodies count for an activity against a target of section 7, over one stage of the programme."""

    activity = models.ForeignKey(Activity, models.CASCADE, related_name="indicators", verbose_name=_("activity"))
    code = models.SlugField(_("code"))
    ordinal = models.PositiveSmallIntegerField(_("order"))
    title = models.CharField(_("title"), max_length=300)
    unit = models.CharField(_("unit"), max_length=60)
    stage = models.ForeignKey(Stage, models.PROTECT, related_name="indicators", verbose_name=_("stage"))
    result = models.ForeignKey(
        ExpectedResult, models.PROTECT, null=True, blank=True, related_name="indicators",
        verbose_name=_("expected result"),
    )  # fmt: skip
    target = models.PositiveIntegerField(_("target"), null=True, blank=True)
    # What the programme's own description of the situation counts, where it counts the same thing.
    baseline = models.PositiveIntegerField(_("baseline"), null=True, blank=True)
    baseline_place = models.CharField(_("place of the baseline"), max_length=20, blank=True)

    class Meta:
        verbose_name = _("indicator")
        verbose_name_plural = _("indicators")
        ordering = ["activity__ordinal", "ordinal"]
        constraints = [models.UniqueConstraint(fields=["activity", "code"], name="one_indicator_per_code")]

    def __str__(self):
        return self.title
