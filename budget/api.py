"""The plan with its money, and how the money adds up."""

from django.db.models import Prefetch
from django.utils.translation import gettext_lazy as _
from django_filters import rest_framework as filters
from drf_spectacular.utils import extend_schema
from rest_framework import serializers

from activities.models import Activity, Responsibility
from programme.api import (
    MILLION_TENGE,
    PLACE,
    PROGRAMME_SLUG,
    YEAR,
    Code,
    Money,
    ProgrammeFilter,
    ReadOnlySerializer,
    TextInLanguages,
    programme_filter,
)
from programme.listing import ListViewSet
from programme.models import Programme, TotalSource

from .models import BudgetLine
from .reconciliation import reconcile


class BudgetLineSerializer(ReadOnlySerializer):
    region = Code(allow_null=True, help_text=_("Code of the region; null: the republican level."))
    note = serializers.CharField(source="note_kk", read_only=True, help_text=_("As printed beside the amount, Kazakh."))

    class Meta:
        model = BudgetLine
        fields = ["region", "year", "source", "amount", "note"]
        help_texts = {"year": YEAR, "amount": MILLION_TENGE}


class ResponsibilitySerializer(ReadOnlySerializer):
    agency = Code(help_text=_("Code of the agency."))

    class Meta:
        model = Responsibility
        fields = ["agency", "role", "by_agreement", "wording"]
        help_texts = {
            "by_agreement": _("True: the body is invited and owes no report."),
            "wording": _("The printed phrase, Kazakh; one phrase may stand for many bodies."),
        }


class ActivitySerializer(ReadOnlySerializer):
    programme = Code("slug", help_text=PROGRAMME_SLUG)
    number = serializers.IntegerField(source="ordinal", read_only=True, help_text=_("Row of the plan, counted from 1."))
    section = serializers.IntegerField(
        source="section.number", read_only=True, help_text=_("Number of the plan's section.")
    )
    title = TextInLanguages()
    completion_form = TextInLanguages()
    responsibilities = ResponsibilitySerializer(many=True, read_only=True, help_text=_("Who answers for it."))
    due_dates = Code("date", source="deadlines", many=True, help_text=_("Dates that the deadline means."))
    lines = BudgetLineSerializer(many=True, read_only=True, help_text=_("The printed amounts, in print order."))

    class Meta:
        model = Activity
        fields = [
            "programme", "number", "printed_number", "section", "title", "completion_form",
            "responsible_text", "deadline_text", "cost_text", "funding_text",
            "responsibilities", "due_dates", "funding", "lines", "place",
        ]  # fmt: skip
        help_texts = {
            "printed_number": _("Null where the decree prints no number."),
            "responsible_text": _("The printed cell, Kazakh."),
            "deadline_text": _("The printed cell, Kazakh."),
            "cost_text": _("The printed cell, Kazakh."),
            "funding_text": _("The printed cell, Kazakh."),
            "place": PLACE,
        }


@extend_schema(summary=_("Rows of the plan, with who answers for them and the printed amounts"))
class ActivityViewSet(ListViewSet):
    queryset = (
        Activity.objects.for_plan()
        .select_related("programme")
        .prefetch_related(Prefetch("lines", BudgetLine.objects.select_related("region").order_by("ordinal", "pk")))
        .order_by("programme__slug", "ordinal")
    )
    serializer_class = ActivitySerializer
    filterset_class = ProgrammeFilter
    ordering_fields = {"number": "ordinal", "printed_number": "printed_number", "section": "section__number"}


class ReconciledSerializer(serializers.Serializer):
    programme = serializers.CharField(read_only=True, help_text=PROGRAMME_SLUG)
    source = serializers.ChoiceField(choices=TotalSource.choices, read_only=True)
    year = serializers.IntegerField(
        read_only=True, allow_null=True, help_text=_("Null: the total over the years of the plan.")
    )
    lines_total = Money(help_text=_("Sum of the lines, million tenge."))
    printed_total = Money(allow_null=True, help_text=_("As the plan prints it, million tenge; null if it does not."))
    difference = Money(allow_null=True, help_text=_("Lines less printed, million tenge; null if none is printed."))


class PlanFilter(filters.FilterSet):
    programme = programme_filter("slug")


@extend_schema(summary=_("Sums of the plan's lines beside the totals printed under the plan"))
class ReconciliationViewSet(ListViewSet):
    queryset = Programme.objects.order_by("slug")
    serializer_class = ReconciledSerializer
    filterset_class = PlanFilter

    def get_rows(self):
        return [
            {
                "programme": programme.slug,
                "source": row.source,
                "year": row.year,
                "lines_total": row.lines_total,
                "printed_total": row.printed_total,
                "difference": row.difference,
            }
            for programme in self.filter_queryset(self.get_queryset())
            for row in reconcile(programme)
        ]
