"""What the plan counts: indicators with their targets."""

from django.utils.translation import gettext_lazy as _
from django_filters import rest_framework as filters
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers

from programme.api import (
    PROGRAMME_SLUG,
    KnownValueFilter,
    ReadOnlySerializer,
    TextInLanguages,
    programme_filter,
)
from programme.listing import ListViewSet

from .models import Activity, Indicator

INDICATOR_CODE = _("Code of the indicator, unique within its activity.")
ROW = _("Row of the plan, counted from 1.")


def activity_filter(field_name: str) -> KnownValueFilter:
    """By the row of the plan."""
    return extend_schema_field({"type": "integer", "description": _("Row of the plan.")})(
        KnownValueFilter(field_name=field_name, queryset=Activity.objects.all(), to_field="ordinal")
    )


class IndicatorSerializer(ReadOnlySerializer):
    programme = serializers.CharField(source="activity.programme.slug", read_only=True, help_text=PROGRAMME_SLUG)
    activity = serializers.IntegerField(source="activity.ordinal", read_only=True, help_text=ROW)
    title = TextInLanguages(help_text=_("What is counted."))
    unit = TextInLanguages()
    stage = serializers.IntegerField(
        source="stage.number", read_only=True, help_text=_("Number of the stage that the target is for.")
    )

    class Meta:
        model = Indicator
        fields = ["programme", "activity", "code", "title", "unit", "stage", "target", "baseline", "baseline_place"]
        help_texts = {
            "code": INDICATOR_CODE,
            "target": _("For the whole country and the whole stage; null where the decree gives none."),
            "baseline": _(
                "What the decree counts before the programme began; null where it counts nothing of the kind."
            ),
            "baseline_place": _("Where it stands in the decree; empty without a baseline."),
        }


class IndicatorFilter(filters.FilterSet):
    programme = programme_filter("activity__programme__slug")
    activity = activity_filter("activity__ordinal")


@extend_schema(summary=_("What is counted for the activities, and the targets of the stages"))
class IndicatorViewSet(ListViewSet):
    queryset = Indicator.objects.select_related("activity__programme", "stage").order_by(
        "activity__programme__slug", "activity__ordinal", "ordinal", "code"
    )
    serializer_class = IndicatorSerializer
    filterset_class = IndicatorFilter
    ordering_fields = {
        "activity": "activity__ordinal", "stage": "stage__number", "target": "target", "baseline": "baseline",
    }  # fmt: skip
