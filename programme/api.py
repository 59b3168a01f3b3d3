"""The programme's part of the API, and the pieces that the other apps' endpoints are built from."""

from django import forms
from django.utils.translation import gettext_lazy as _
from django_filters import rest_framework as filters
from drf_spectacular.utils import extend_schema
from rest_framework import serializers

from .listing import ListViewSet
from .models import Agency, ExpectedResult, Financing, Finding, Programme, Region, ResultTarget

MILLION_TENGE = _("Million tenge, three decimals.")
YEAR = _("Calendar year.")
PLACE = _("Place code in the source, such as plan.14.6.")
PROGRAMME_SLUG = _("Slug of the programme.")


# These classes have comments instead of docstrings, which the schema would show to its readers.


# An amount as a string: "726.247".
class Money(serializers.DecimalField):
    def __init__(self, **kwargs):
        kwargs = {"help_text": MILLION_TENGE} | kwargs
        super().__init__(**kwargs, max_digits=15, decimal_places=3, read_only=True)


# A reference to another record by its natural key, null where there is none.
class Code(serializers.SlugRelatedField):
    def __init__(self, slug_field="code", **kwargs):
        super().__init__(slug_field=slug_field, read_only=True, **kwargs)


class Strings(serializers.ListField):
    def __init__(self, **kwargs):
        super().__init__(**kwargs, child=serializers.CharField(), read_only=True)


# A translated field, named as in the model, in all its languages.
class TextInLanguages(serializers.Serializer):
    kk = serializers.CharField(read_only=True, help_text=_("Kazakh, the decree's own wording."))
    ru = serializers.CharField(read_only=True, help_text=_("Russian, a working translation; may be empty."))
    en = serializers.CharField(read_only=True, help_text=_("English, a working translation; may be empty."))

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs, source="*", read_only=True)

    def to_representation(self, instance):
        return {code: getattr(instance, f"{self.field_name}_{code}") or "" for code in self.fields}


# Takes the descriptions of fields from `Meta.help_texts`.
class ReadOnlySerializer(serializers.ModelSerializer):
    def get_extra_kwargs(self):
        help_texts = getattr(self.Meta, "help_texts", {})
        return {
            name: {"read_only": True} | ({"help_text": help_texts[name]} if name in help_texts else {})
            for name in self.Meta.fields
        }


class KnownValueField(forms.CharField):
    """A natural key. One that no record has is an error: a misspelt code must not look like an empty list."""

    default_error_messages = {"unknown": _("“%(value)s” is not known.")}

    def __init__(self, *args, queryset, to_field, **kwargs):
        super().__init__(*args, **kwargs)
        self.queryset = queryset
        self.to_field = to_field

    def validate(self, value):
        super().validate(value)
        if value and not self._is_known(value):
            raise forms.ValidationError(self.error_messages["unknown"], "unknown", {"value": value})

    def _is_known(self, value: str) -> bool:
        try:
            return self.queryset.filter(**{self.to_field: value}).exists()
        except ValueError:  # not a number where the key is one
            return False


class KnownValueFilter(filters.CharFilter):
    field_class = KnownValueField


def programme_filter(field_name="programme__slug") -> KnownValueFilter:
    return KnownValueFilter(
        field_name=field_name,
        queryset=Programme.objects.all(),
        to_field="slug",
        help_text=_("Slug of a programme; all programmes unless given."),
    )


class ProgrammeFilter(filters.FilterSet):
    programme = programme_filter()


class FinancingSerializer(ReadOnlySerializer):
    programme = Code("slug", help_text=PROGRAMME_SLUG)

    class Meta:
        model = Financing
        fields = ["programme", "source", "year", "amount"]
        help_texts = {"year": _("Null: the sum over the programme's years."), "amount": MILLION_TENGE}


@extend_schema(summary=_("Amounts that the passport prints"))
class FinancingViewSet(ListViewSet):
    queryset = Financing.objects.select_related("programme").order_by("programme__slug", *Financing._meta.ordering)
    serializer_class = FinancingSerializer
    filterset_class = ProgrammeFilter
    ordering_fields = {"source": "source", "year": "year", "amount": "amount"}


class FindingSerializer(ReadOnlySerializer):
    programme = Code("slug", help_text=PROGRAMME_SLUG)
    statement = TextInLanguages(help_text=_("What does not add up."))
    treatment = TextInLanguages(help_text=_("How the portal treats it."))
    places = Strings(help_text=_("Place codes in the source, such as plan.14.6."))
    lines = Strings(help_text=_("Lines of the source text, such as 120-125."))

    class Meta:
        model = Finding
        fields = [
            "programme", "code", "kind", "statement", "treatment", "printed", "found", "difference",
            "places", "lines",
        ]  # fmt: skip
        help_texts = {
            "code": _("Number of the finding, such as F01."),
            "printed": _("What the source prints, with decimal comma; amounts in million tenge."),
            "found": _("What stands against it, with decimal comma; amounts in million tenge."),
            "difference": _("Found less printed, with decimal comma; empty where they are no figures."),
        }


@extend_schema(summary=_("What does not add up in the source"))
class FindingViewSet(ListViewSet):
    queryset = Finding.objects.select_related("programme").order_by("programme__slug", "ordinal", "code")
    serializer_class = FindingSerializer
    filterset_class = ProgrammeFilter
    ordering_fields = {"code": "ordinal", "kind": "kind"}


class ResultTargetSerializer(ReadOnlySerializer):
    class Meta:
        model = ResultTarget
        fields = ["quantity", "value", "passport_value"]
        help_texts = {
            "quantity": _("What is counted, and so the unit of both values."),
            "value": _("The figure of section 7, one decimal; null where that section gives none."),
            "passport_value": _("The figure of section 1, one decimal; null where that section gives none."),
        }


class ExpectedResultSerializer(ReadOnlySerializer):
    programme = Code("slug", help_text=PROGRAMME_SLUG)
    stage = serializers.IntegerField(
        source="stage.number",
        read_only=True,
        allow_null=True,
        help_text=_("Number of the stage; null: the programme as a whole."),
    )
    text = TextInLanguages(help_text=_("The wording of section 7."))
    targets = ResultTargetSerializer(many=True, read_only=True, help_text=_("The figures that it promises."))

    class Meta:
        model = ExpectedResult
        fields = ["programme", "stage", "ordinal", "text", "passport_text", "targets", "place"]
        help_texts = {
            "ordinal": _("Place among the results of the stage."),
            "passport_text": _("The wording of section 1, Kazakh; empty where it is not there."),
            "place": PLACE,
        }


@extend_schema(summary=_("Expected results with their targets"))
class ExpectedResultViewSet(ListViewSet):
    queryset = (
        ExpectedResult.objects.select_related("programme", "stage")
        .prefetch_related("targets")
        .order_by("programme__slug", *ExpectedResult._meta.ordering)
    )
    serializer_class = ExpectedResultSerializer
    filterset_class = ProgrammeFilter
    ordering_fields = {"stage": "stage__number", "ordinal": "ordinal"}


class AgencySerializer(ReadOnlySerializer):
    region = Code(allow_null=True, help_text=_("Code of the region; null for a central body."))
    name = TextInLanguages()
    short_name = TextInLanguages()

    class Meta:
        model = Agency
        fields = ["code", "kind", "region", "name", "short_name", "files_reports"]
        help_texts = {
            "code": _("Code of the agency."),
            "files_reports": _("False: invited, or a class of bodies; never overdue."),
        }


@extend_schema(summary=_("Bodies that answer for the plan"))
class AgencyViewSet(ListViewSet):
    queryset = Agency.objects.select_related("region").order_by("ordinal", "code")
    serializer_class = AgencySerializer
    ordering_fields = {"code": "code", "kind": "kind", "region": "region__ordinal"}


class RegionSerializer(ReadOnlySerializer):
    name = TextInLanguages()
    short_name = TextInLanguages()

    class Meta:
        model = Region
        fields = ["code", "kind", "name", "short_name"]
        help_texts = {"code": _("ISO 3166-2 code of 2007–2011.")}


@extend_schema(summary=_("Oblasts and cities, in the borders of 2007–2011"))
class RegionViewSet(ListViewSet):
    queryset = Region.objects.order_by("ordinal", "code")
    serializer_class = RegionSerializer
    ordering_fields = {"code": "code", "kind": "kind"}
