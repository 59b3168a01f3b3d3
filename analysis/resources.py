"""Datasets for analysts: what can be taken to Excel. Money is million tenge; headings are the reader's language."""

from django.utils import timezone
from django.utils.translation import gettext_lazy
from import_export import fields, resources, widgets

from activities.models import Activity
from budget.models import BudgetLine
from reports.models import Entry, Spending, Submission
from reports.timeliness import timeliness

FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


class Dataset(resources.Resource):
    """A resource with a name for the page. `rows(user)` is what the reader may see."""

    title = ""

    @classmethod
    def rows(cls, user):
        raise NotImplementedError

    def export_field(self, field, instance, **kwargs):
        """Text that a spreadsheet would take for a formula is marked as text with an apostrophe."""
        value = super().export_field(field, instance, **kwargs)
        return f"'{value}" if isinstance(value, str) and value.startswith(FORMULA_STARTS) else value

    def get_export_headers(self, selected_fields=None):
        return [str(HEADINGS[field.column_name]) for field in self.get_export_fields(selected_fields)]


class Native(widgets.Widget):
    """Numbers and dates stay what they are where the format knows them, and are plain text elsewhere."""

    def render(self, value, obj=None, **kwargs):
        if kwargs.get("force_native_type"):
            return value
        return "" if value is None else str(value)


def column(name: str, attribute: str | None = None) -> fields.Field:
    return fields.Field(attribute=attribute or name, column_name=name, readonly=True, widget=Native())


class ActivityDataset(Dataset):
    title = gettext_lazy("Plan of activities")
    ordinal = column("ordinal")
    printed_number = column("printed_number")
    section = column("section", "section__number")
    activity = column("activity", "title")
    completion_form = column("completion_form")
    responsible = column("responsible", "responsible_text")
    deadline = column("deadline", "deadline_text")
    due_on = column("due_on")
    funding = column("funding", "get_funding_display")

    @classmethod
    def rows(cls, user):
        return Activity.objects.select_related("section").prefetch_related("deadlines")

    def dehydrate_due_on(self, activity):
        """The last date that the deadline means."""
        return max((deadline.date for deadline in activity.deadlines.all()), default=None)


class BudgetDataset(Dataset):
    title = gettext_lazy("Budget lines")
    ordinal = column("ordinal", "activity__ordinal")
    activity = column("activity", "activity__title")
    region = column("region", "region__name")
    year = column("year")
    source = column("source", "get_source_display")
    amount = column("amount")
    note = column("note")

    @classmethod
    def rows(cls, user):
        return BudgetLine.objects.for_tables()


class TimelinessDataset(Dataset):
    title = gettext_lazy("Who filed when")
    period = column("period", "period__code")
    agency = column("agency", "agency__name")
    state = column("state", "get_state_display")
    timing = column("timing")
    days_late = column("days_late")
    first_filed = column("first_filed", "first_submitted_at")
    demonstration = column("demonstration", "is_demonstration")

    @classmethod
    def rows(cls, user):
        return Submission.objects.visible_to(user).with_context().with_demonstration()

    def dehydrate_timing(self, submission):
        return str(timeliness(submission).timing.label)

    def dehydrate_days_late(self, submission):
        stands = timeliness(submission)
        return stands.days if stands.timing in ("late", "overdue") else 0

    def dehydrate_first_filed(self, submission):
        """In the portal's own time; a workbook knows no zones."""
        first = submission.first_submitted_at
        return timezone.localtime(first).replace(tzinfo=None) if first else None


class EntryDataset(Dataset):
    title = gettext_lazy("Entries of reports")
    period = column("period", "submission__period__code")
    agency = column("agency", "submission__agency__name")
    ordinal = column("ordinal", "activity__ordinal")
    activity = column("activity", "activity__title")
    status = column("status", "get_status_display")
    narrative = column("narrative")
    reason = column("reason")
    next_step = column("next_step")
    demonstration = column("demonstration", "updated_by__is_demonstration")

    @classmethod
    def rows(cls, user):
        return (
            Entry.objects.visible_to(user)
            .select_related("submission__period", "submission__agency", "activity", "updated_by")
            .order_by("submission__period__starts_on", "submission__agency__ordinal", "activity__ordinal")
        )


class SpendingDataset(Dataset):
    title = gettext_lazy("Spending by budget line")
    period = column("period", "entry__submission__period__code")
    agency = column("agency", "entry__submission__agency__name")
    ordinal = column("ordinal", "line__activity__ordinal")
    region = column("region", "line__region__name")
    year = column("year", "line__year")
    source = column("source", "line__get_source_display")
    planned = column("planned", "line__amount")
    spent = column("spent", "amount")
    demonstration = column("demonstration", "entry__updated_by__is_demonstration")

    @classmethod
    def rows(cls, user):
        entries = Entry.objects.visible_to(user)
        return (
            Spending.objects.filter(entry__in=entries.values("pk"))
            .select_related(
                "entry__submission__period",
                "entry__submission__agency",
                "entry__updated_by",
                "line__activity",
                "line__region",
            )
            .order_by(
                "entry__submission__period__starts_on",
                "entry__submission__agency__ordinal",
                "line__activity__ordinal",
                "line__ordinal",
            )
        )


HEADINGS = {
    "ordinal": gettext_lazy("Row of the plan"),
    "printed_number": gettext_lazy("Printed number"),
    "section": gettext_lazy("Section"),
    "activity": gettext_lazy("Activity"),
    "completion_form": gettext_lazy("Completion form"),
    "responsible": gettext_lazy("Responsible, as printed"),
    "deadline": gettext_lazy("Deadline, as printed"),
    "due_on": gettext_lazy("Last due date"),
    "funding": gettext_lazy("Funding source"),
    "region": gettext_lazy("Region"),
    "year": gettext_lazy("Year"),
    "source": gettext_lazy("Funding source"),
    "amount": gettext_lazy("Amount, million tenge"),
    "note": gettext_lazy("Note"),
    "period": gettext_lazy("Half-year"),
    "agency": gettext_lazy("Agency"),
    "state": gettext_lazy("State"),
    "timing": gettext_lazy("Deadline kept"),
    "days_late": gettext_lazy("Days late"),
    "first_filed": gettext_lazy("First filed"),
    "status": gettext_lazy("Status"),
    "demonstration": gettext_lazy("Demonstration data"),
    "narrative": gettext_lazy("What was done"),
    "reason": gettext_lazy("Reason"),
    "next_step": gettext_lazy("Next step"),
    "planned": gettext_lazy("Planned, million tenge"),
    "spent": gettext_lazy("Spent in the half-year, million tenge"),
}

DATASETS: dict[str, type[Dataset]] = {
    "activities": ActivityDataset,
    "budget-lines": BudgetDataset,
    "timeliness": TimelinessDataset,
    "entries": EntryDataset,
    "spending": SpendingDataset,
}
