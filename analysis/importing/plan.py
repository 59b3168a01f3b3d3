"""Imports of the plan: activities with those who answer for them, budget lines, indicators with targets.

What the decree prints stays letter for letter: its Kazakh texts, who answers for a row and by when, amounts, targets of
section 7. Working translations and what the portal adds may change; so may rows that an import added.
"""

from collections import defaultdict

from django.conf import settings
from django.db.models import F, Max
from django.utils import translation
from django.utils.functional import Promise, cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from activities.models import Activity, Deadline, DocumentKind, Indicator, Responsibility, Section
from budget.models import BudgetLine
from programme.models import Agency, FundingSource, Programme, Stage

from .bodies import NO_AGENCY, agencies, owe_reports, region_column
from .columns import Choice, Code, Column, Days, Money, Reference, References, Text, Whole, in_three_languages
from .resource import ImportResource

ROLES = ("lead", "executors", "by_agreement")


def programme_column() -> Column:
    return Column(
        "programme_id",
        gettext_lazy("Programme"),
        Reference(
            lambda: Programme.objects.values_list("pk", "slug", "short_title"),
            gettext_lazy("There is no programme “%(value)s”."),
        ),
        needed=True,
        hint=gettext_lazy("The programme's code, as in addresses of its pages."),
        example="children-2007-2011",
    )


def activity_column() -> Column:
    return Column(
        "activity_id",
        gettext_lazy("Activity"),
        Reference(
            lambda: Activity.objects.values_list("pk", "ordinal", "title", "programme"),
            gettext_lazy("The programme has no activity “%(value)s”."),
            within="programme",
        ),
        needed=True,
        hint=gettext_lazy("Its row in the plan."),
        example="14",
    )


def bodies(attribute: str, heading: str | Promise, hint: str | Promise, example: str) -> Column:
    return Column(attribute, heading, References(agencies, NO_AGENCY), hint=hint, example=example, printed=True)


def printed_cell(name: str, heading: str | Promise) -> Column:
    return Column(name, heading, Text(5_000), hint=gettext_lazy("In Kazakh."), printed=True)


class ActivityImport(ImportResource):
    title = gettext_lazy("Activities")
    about = gettext_lazy(
        "Adds rows to the plan. For rows that the decree prints, only the working translations and the document of "
        "completion may change. Of rows that an import added, bodies and dates may be added to, but not taken away."
    )
    programme = programme_column()
    ordinal = Column("ordinal", gettext_lazy("Row of the plan"), Whole(), needed=True, example="44")
    section = Column(
        "section_id",
        gettext_lazy("Section"),
        Reference(
            lambda: Section.objects.values_list("pk", "number", "title", "programme"),
            gettext_lazy("The plan has no section “%(value)s”."),
            within="programme",
        ),
        needed=True,
        printed=True,
        hint=gettext_lazy("Its number."),
        example="2",
    )
    title_kk, title_ru, title_en = in_three_languages(gettext_lazy("Title"), lambda: Text(5_000), "title", printed=True)
    completion_form_kk, completion_form_ru, completion_form_en = in_three_languages(
        gettext_lazy("Completion form"), lambda: Text(5_000), "completion_form", printed=True
    )
    document = Column("document", gettext_lazy("Document of completion"), Choice(DocumentKind.choices))
    funding = Column("funding", gettext_lazy("Funding"), Choice(Activity.Funding.choices), needed=True, printed=True)
    lead = Column(
        "lead_id",
        gettext_lazy("Lead compiler"),
        Reference(agencies, NO_AGENCY),
        hint=gettext_lazy("The agency's code."),
        example="moes",
        printed=True,
    )
    executors = bodies("executor_ids", gettext_lazy("Executors"), gettext_lazy("Codes of agencies."), "moh; ngo")
    by_agreement = bodies(
        "by_agreement_ids",
        gettext_lazy("By agreement"),
        gettext_lazy("Which of the executors are invited, not obliged."),
        "ngo",
    )
    due_dates = Column("due_dates", gettext_lazy("Due dates"), Days(), printed=True, example="31.12.2009")
    responsible_text = printed_cell("responsible_text", gettext_lazy("Responsible, as printed"))
    deadline_text = printed_cell("deadline_text", gettext_lazy("Deadline, as printed"))
    cost_text = printed_cell("cost_text", gettext_lazy("Estimated cost, as printed"))
    funding_text = printed_cell("funding_text", gettext_lazy("Funding source, as printed"))
    beside = ("lead_id", "executor_ids", "by_agreement_ids", "due_dates")
    derived = ("title_words", "words")

    class Meta:
        model = Activity
        import_id_fields = ("programme", "ordinal")

    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        self.written: list[Activity] = []

    def get_queryset(self):
        return Activity.objects.prefetch_related("responsibilities", "deadlines")

    def load(self, instance):
        load_bodies(instance)

    def refusal(self, column, instance, new):
        if not instance.pk or column.attribute not in self.beside:
            return None
        old = column.get_value(instance)
        lost = {old} - {new} if column.name == "lead" else set(old) - set(new)
        if lost - {None}:
            kept = old if column.name == "lead" else sorted(lost)
            return _("An import takes nothing away: %(lost)s must stay.") % {"lost": column.widget.render(kept)}
        return None

    def check_row(self, instance, row, is_new):
        lead, executors, invited = (getattr(instance, name, None) for name in self.beside[:3])
        executors, invited = set(executors or ()), set(invited or ())
        if lead in executors:
            row.refuse("executors", _("The lead compiler is no executor too."))
        if invited - executors:
            row.refuse("by_agreement", _("Only executors can be invited by agreement."))

    def complete(self, instance, is_new):
        self.written.append(instance)

    def after_import(self, dataset, result, **kwargs):
        if not self.is_dry_run:
            store_bodies(self.written)
            owe_reports()


def load_bodies(activity: Activity) -> None:
    answering = activity.responsibilities.all()
    executors = [one for one in answering if one.role == Responsibility.Role.EXECUTOR]
    activity.lead_id = next((one.agency_id for one in answering if one.role == Responsibility.Role.LEAD), None)
    activity.executor_ids = tuple(sorted(one.agency_id for one in executors))
    activity.by_agreement_ids = tuple(sorted(one.agency_id for one in executors if one.by_agreement))
    activity.due_dates = tuple(sorted(deadline.date for deadline in activity.deadlines.all()))


def store_bodies(activities: list[Activity]) -> None:
    """Add the bodies and dates that are not there yet; one that is invited now is marked so."""
    there = {
        activity.pk: activity
        for activity in Activity.objects.filter(pk__in=[activity.pk for activity in activities]).prefetch_related(
            "responsibilities", "deadlines"
        )
    }
    agencies = Agency.objects.in_bulk()
    bodies, dates, invited = [], [], []
    for activity in activities:
        old = there[activity.pk]
        answering = {one.agency_id: one for one in old.responsibilities.all()}
        known_dates = {deadline.date for deadline in old.deadlines.all()}
        ordinal = max((one.ordinal for one in answering.values()), default=0)
        invited_ids = set(getattr(activity, "by_agreement_ids", ()))
        wanted = [getattr(activity, "lead_id", None), *getattr(activity, "executor_ids", ())]
        for agency_id in filter(None, wanted):
            is_lead, by_agreement = agency_id == wanted[0], agency_id in invited_ids
            if (one := answering.get(agency_id)) is not None:
                if by_agreement and not one.by_agreement:
                    one.by_agreement = True
                    invited.append(one)
                continue
            ordinal += 1
            bodies.append(
                Responsibility(
                    activity=activity,
                    agency_id=agency_id,
                    ordinal=ordinal,
                    role=Responsibility.Role.LEAD if is_lead else Responsibility.Role.EXECUTOR,
                    by_agreement=by_agreement,
                    wording=wording(agencies[agency_id], is_lead=is_lead, by_agreement=by_agreement),
                )
            )
        dates += [
            Deadline(activity=activity, date=date, kind=Deadline.Kind.ONE_OFF)
            for date in getattr(activity, "due_dates", ())
            if date not in known_dates
        ]
    Responsibility.objects.bulk_create(bodies)
    Responsibility.objects.bulk_update(invited, ["by_agreement"])
    Deadline.objects.bulk_create(dates)


def wording(agency: Agency, *, is_lead: bool, by_agreement: bool) -> str:
    """As the decree words it, in Kazakh."""
    with translation.override(settings.LANGUAGE_CODE):
        note = _("lead compiler") if is_lead else _("by agreement") if by_agreement else ""
    return f"{agency.short_name_kk} ({note})" if note else agency.short_name_kk


class BudgetLineImport(ImportResource):
    title = gettext_lazy("Budget lines")
    about = gettext_lazy(
        "Amounts in million tenge. A printed amount is not changed by an import: later budgets clarify it, and the "
        "clarification is entered with its act in the administration."
    )
    programme = programme_column()
    activity = activity_column()
    region = region_column(hint=gettext_lazy("The region's code; empty at the republican level."))
    year = Column("year", gettext_lazy("Year"), Whole(1991, 2100), needed=True, example="2009")
    source = Column("source", gettext_lazy("Funding source"), Choice(FundingSource.choices), needed=True)
    amount = Column(
        "amount", gettext_lazy("Amount, million tenge"), Money(), needed=True, printed=True, example="1234,5"
    )
    note_kk, note_ru, note_en = in_three_languages(
        gettext_lazy("Note"), lambda: Text(2_000), "note", needed=False, printed=True
    )
    beside = ("programme_id",)

    class Meta:
        model = BudgetLine
        import_id_fields = ("programme", "activity", "region", "year", "source")

    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        self.last: dict[int, int] | None = None

    @cached_property
    def years(self) -> dict[int, range]:
        return {programme.pk: programme.years for programme in Programme.objects.all()}

    def get_queryset(self):
        # The programme is the activity's; the column is there to find it.
        return BudgetLine.objects.annotate(programme_id=F("activity__programme_id"))

    def existing_keys(self):
        return keys_within_programmes(BudgetLine, "activity_id", "region_id", "year", "source")

    def check_row(self, instance, row, is_new):
        years = self.years.get(row.values.get("programme"))
        if years and instance.year and instance.year not in years:
            row.refuse(
                "year",
                _("The programme runs from %(first)s to %(last)s.") % {"first": years[0], "last": years[-1]},
            )
        if instance.source == FundingSource.LOCAL and instance.region_id is None and "region" not in row.errors:
            row.refuse("region", _("A line of the local budgets needs a region."))

    def complete(self, instance, is_new):
        if is_new:
            self.last = self.last or last_ordinals(BudgetLine)
            self.last[instance.activity_id] += 1
            instance.ordinal = self.last[instance.activity_id]


class IndicatorImport(ImportResource):
    title = gettext_lazy("Indicators and targets")
    about = gettext_lazy(
        "Stage and target of indicators that count an expected result are printed, and stay as they are."
    )
    programme = programme_column()
    activity = activity_column()
    code = Column("code", gettext_lazy("Code"), Code(50), needed=True, example="children-covered-1")
    title_kk, title_ru, title_en = in_three_languages(gettext_lazy("Title"), lambda: Text(300), "title")
    unit_kk, unit_ru, unit_en = in_three_languages(gettext_lazy("Unit"), lambda: Text(60), "unit")
    stage = Column(
        "stage_id",
        gettext_lazy("Stage"),
        Reference(
            lambda: Stage.objects.values_list("pk", "number", "title", "programme"),
            gettext_lazy("The programme has no stage “%(value)s”."),
            within="programme",
        ),
        needed=True,
        printed=True,
        hint=gettext_lazy("Its number."),
        example="1",
    )
    target = Column("target", gettext_lazy("Target"), Whole(0, 2_147_483_647), printed=True, example="520")
    beside = ("programme_id",)

    class Meta:
        model = Indicator
        import_id_fields = ("programme", "activity", "code")

    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        self.last: dict[int, int] | None = None

    def get_queryset(self):
        # The programme is the activity's; the column is there to find it.
        return Indicator.objects.annotate(programme_id=F("activity__programme_id"))

    def existing_keys(self):
        return keys_within_programmes(Indicator, "activity_id", "code")

    def is_printed(self, instance):
        return instance.result_id is not None

    def complete(self, instance, is_new):
        if is_new:
            self.last = self.last or last_ordinals(Indicator)
            self.last[instance.activity_id] += 1
            instance.ordinal = self.last[instance.activity_id]


def keys_within_programmes(model, *attributes: str) -> dict[tuple, int]:
    stored = model.objects.order_by().values_list("pk", "activity__programme_id", *attributes)
    return {tuple(key): pk for pk, *key in stored.iterator()}


def last_ordinals(model) -> dict[int, int]:
    """By activity, for every one that has any."""
    found = model.objects.order_by().values_list("activity").annotate(last=Max("ordinal"))
    return defaultdict(int, found)
