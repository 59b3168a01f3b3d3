"""What the decree plans: activities, who answers for them, by when, with which money. Every reader sees all of it."""

from django.db.models import Count, DateField, F, Max, Min, OuterRef, Q, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce, Greatest
from django.utils.translation import gettext_lazy as _

from activities.models import Activity, Deadline, DocumentKind, Responsibility
from activities.queries import narrow
from budget.models import BudgetLine, Clarification
from programme import calendar
from programme.models import Agency

from ..writing.table import Kind
from .columns import Column, codes
from .shared import OfActivity, OfAgency, OfLine, OfPlan


def _lead(path: str) -> Subquery:
    lead = Responsibility.objects.filter(activity=OuterRef(path), role=Responsibility.Role.LEAD)
    return Subquery(lead.values("agency__code")[:1])


def _one(found: QuerySet, path: str, aggregate) -> Subquery:
    """One figure over the rows that `found` has for an outer row."""
    return Subquery(found.order_by().values(path).annotate(figure=aggregate).values("figure"))


class Activities(OfPlan, OfActivity):
    name = "activities"
    title = _("Plan of activities")
    description = _("One row for each row of the plan, with the cells as the decree prints them.")
    keys = {"activity": "pk"}
    filters = {
        "programme": "programme__slug",
        "section": "section__number",
        "agency": lambda code: Q(pk__in=narrow(Activity.objects.all(), agency=code).values("pk")),
        "region": lambda code: Q(pk__in=_in_region(code).values("pk")),
        "funding": "funding",
    }

    printed_number = Column(
        _("Printed number"),
        _("Number that the decree prints; empty where it prints none."),
        Kind.INTEGER,
        of="activity",
    )
    completion_form = Column(_("Completion form"), _("What must exist once the activity is done."), of="activity")
    document = Column(
        _("Document, code"), _("The document that the completion form asks for, as the portal reads it."), of="activity"
    )
    document_name = Column(
        _("Document"), _("The same in words; empty where the report itself is the form."), of="activity",
        attribute="document", labels=DocumentKind,
    )  # fmt: skip
    responsible_text = Column(_("Responsible, as printed"), _("The printed cell, in Kazakh."), of="activity")
    deadline_text = Column(_("Deadline, as printed"), _("The printed cell, in Kazakh."), of="activity")
    cost_text = Column(_("Estimated cost, as printed"), _("The printed cell, in Kazakh."), of="activity")
    funding = Column(_("Funding source, code"), codes(Activity.Funding), of="activity")
    funding_name = Column(
        _("Funding source"),
        _("The funding source in words."),
        of="activity",
        attribute="funding",
        labels=Activity.Funding,
    )  # fmt: skip
    first_due_on = Column(_("First due date"), _("The first date that the deadline means."), Kind.DATE)
    due_on = Column(_("Last due date"), _("The last date that the deadline means."), Kind.DATE)
    lead = Column(_("Lead compiler, code"), _("Code of the agency that compiles; empty where none is named."))
    agencies = Column(
        _("Agencies"), _("How many agencies must report on it, without those by agreement."), Kind.INTEGER
    )
    planned = Column(
        _("Planned, million tenge"), _("Sum of its printed budget lines, all years; empty: it has none."), Kind.MONEY
    )

    def visible(self):
        own = {"activity": OuterRef("pk")}
        deadlines = Deadline.objects.filter(**own)
        obliged = Responsibility.objects.filter(**own, by_agreement=False)
        return Activity.objects.annotate(
            first_due_on=_one(deadlines, "activity", Min("date")),
            due_on=_one(deadlines, "activity", Max("date")),
            lead=_lead("pk"),
            agencies=Coalesce(_one(obliged, "activity", Count("pk")), 0),
            planned=_one(BudgetLine.objects.filter(**own), "activity", Sum("amount")),
        ).order_by("programme__slug", "ordinal")


def _in_region(code: str) -> QuerySet[Activity]:
    return narrow(Activity.objects.all(), region=code)


class Responsibilities(OfPlan, OfActivity, OfAgency):
    name = "responsibilities"
    title = _("Responsibilities")
    description = _("One row for each agency that answers for an activity; printed groups of agencies are expanded.")
    keys = {"activity": "activity", "agency": "agency"}
    filters = {
        "programme": "activity__programme__slug",
        "section": "activity__section__number",
        "agency": "agency__code",
        "region": "agency__region__code",
        "role": "role",
    }

    agency_kind = Column(_("Kind of agency"), codes(Agency.Kind), of="agency", attribute="kind")
    role = Column(_("Role, code"), codes(Responsibility.Role))
    role_name = Column(_("Role"), _("The role in words."), attribute="role", labels=Responsibility.Role)
    by_agreement = Column(_("By agreement"), _("Yes: the agency is invited and owes no report."), Kind.BOOLEAN)
    files_reports = Column(
        _("Files reports"), _("No: a class of bodies or an invited one; never overdue."), Kind.BOOLEAN, of="agency"
    )
    wording = Column(_("Agency, as printed"), _("The phrase of the decree that names it, in Kazakh."))

    def visible(self):
        return Responsibility.objects.order_by(
            "activity__programme__slug", "activity__ordinal", "ordinal", "agency__ordinal", "pk"
        )


class Deadlines(OfPlan, OfActivity):
    name = "deadlines"
    title = _("Deadlines of the plan")
    description = _("One row for each date that the printed deadline of an activity means.")
    keys = {"activity": "activity"}
    filters = {
        "programme": "activity__programme__slug",
        "section": "activity__section__number",
        "agency": lambda code: Q(activity__in=narrow(Activity.objects.all(), agency=code).values("pk")),
        "region": lambda code: Q(activity__in=_in_region(code).values("pk")),
        "kind": "kind",
        "due_year": "date__year",
    }

    due_on = Column(_("Due date"), _("The date as the wording means it."), Kind.DATE, attribute="date")
    counts_from = Column(
        _("Counts from"),
        _("The same, but the decree's own date where the due date lies before it."),
        Kind.DATE,
    )
    kind = Column(_("Kind, code"), codes(Deadline.Kind))
    kind_name = Column(_("Kind"), _("The kind in words."), attribute="kind", labels=Deadline.Kind)
    deadline_text = Column(_("Deadline, as printed"), _("The printed cell, in Kazakh."), of="activity")
    completion_form = Column(_("Completion form"), _("What must exist once the activity is done."), of="activity")
    responsible_text = Column(_("Responsible, as printed"), _("The printed cell, in Kazakh."), of="activity")
    lead = Column(_("Lead compiler, code"), _("Code of the agency that compiles; empty where none is named."))

    def visible(self):
        adopted = F("activity__programme__adopted_on")
        return Deadline.objects.annotate(
            counts_from=Greatest("date", adopted, output_field=DateField()), lead=_lead("activity")
        ).order_by("activity__programme__slug", "activity__ordinal", "date", "pk")


class BudgetLines(OfPlan, OfActivity, OfLine):
    name = "budget-lines"
    title = _("Budget lines")
    description = _("One row for each amount that the plan prints, with what later acts made of it.")
    keys = {"line": "pk", "activity": ("line", "activity_id"), "region": ("line", "region_id")}
    filters = {
        "programme": "activity__programme__slug",
        "section": "activity__section__number",
        "region": "region__code",
        "year": "year",
        "year_to": "year__lte",
        "source": "source",
    }

    source_printed = Column(
        _("The source is printed"),
        _("No: the row prints an amount without a source, and the portal supplied it."),
        Kind.BOOLEAN,
        of="line",
    )
    printed = Column(
        _("Printed, million tenge"),
        _("As the decree prints it; sums up over all rows."),
        Kind.MONEY,
        of="line",
        attribute="amount",
    )
    in_force = Column(
        _("In force, million tenge"),
        _("Today: the latest clarified amount in effect, else the printed one; sums up over all rows."),
        Kind.MONEY,
    )
    clarified = Column(
        _("Clarified, million tenge"),
        _("As the latest act sets it, also one that is not in effect yet; empty: never clarified."),
        Kind.MONEY,
    )
    clarified_by = Column(_("Clarified by"), _("Number of that act."))
    clarified_by_date = Column(_("Date of the act"), _("Date of that act."), Kind.DATE)
    clarified_from = Column(_("In effect from"), _("From when that act's amount counts."), Kind.DATE)
    clarifications = Column(
        _("Clarifications"), _("How often the amount was clarified."), Kind.INTEGER, attribute="how_often"
    )
    note = Column(_("Note"), _("What the cell says beside the amount."), of="line")
    place = Column(_("Place in the source"), _("Place code in the source, such as plan.14.6."), of="line")

    def visible(self):
        made = Clarification.objects.filter(line=OuterRef("pk"))
        latest = made.order_by("-effective_on")
        in_effect = latest.filter(effective_on__lte=calendar.today())
        return BudgetLine.objects.annotate(
            in_force=Coalesce(Subquery(in_effect.values("amount")[:1]), F("amount")),
            clarified=Subquery(latest.values("amount")[:1]),
            clarified_by=Subquery(latest.values("act__number")[:1]),
            clarified_by_date=Subquery(latest.values("act__date")[:1]),
            clarified_from=Subquery(latest.values("effective_on")[:1]),
            how_often=Coalesce(_one(made, "line", Count("pk")), 0),
        ).order_by("activity__programme__slug", "activity__ordinal", "ordinal", "pk")
