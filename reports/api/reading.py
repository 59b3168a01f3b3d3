"""Half-years and what was filed for them. Rows come through `visible_to`, as on the pages."""

from django.db.models import OuterRef, Prefetch, QuerySet, Subquery, TextChoices
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _
from django_filters import rest_framework as filters
from drf_spectacular.utils import extend_schema, extend_schema_field, extend_schema_view
from rest_framework import mixins, serializers

from activities.api import INDICATOR_CODE, ROW, activity_filter
from activities.models import DocumentKind
from budget.models import BudgetLine
from programme.api import (
    MILLION_TENGE,
    PROGRAMME_SLUG,
    YEAR,
    Code,
    KnownValueFilter,
    ListViewSet,
    ProgrammeFilter,
    ReadOnlySerializer,
    programme_filter,
)
from programme.models import Agency

from ..models import (
    ConsolidatedReport,
    Dispatch,
    Entry,
    IndicatorValue,
    Period,
    ReportDocument,
    Spending,
    Submission,
    SubmissionCopy,
)
from ..timeliness import Timing, timeliness

AGENCY_CODE = _("Code of the agency.")
PERIOD_CODE = _("Code of the half-year, such as 2009-H1.")
DEMONSTRATION = _("Made-up data of a demonstration account.")


def period_filter(field_name: str) -> KnownValueFilter:
    return KnownValueFilter(
        field_name=field_name, queryset=Period.objects.all(), to_field="code", help_text=PERIOD_CODE
    )


def agency_filter(field_name: str) -> KnownValueFilter:
    return KnownValueFilter(
        field_name=field_name, queryset=Agency.objects.all(), to_field="code", help_text=AGENCY_CODE
    )


def demonstration_mark(source: str = "is_demonstration") -> serializers.BooleanField:
    return serializers.BooleanField(source=source, read_only=True, help_text=DEMONSTRATION)


def key_of(source: str, help_text) -> serializers.CharField:
    """The natural key of a record further away, such as "period.programme.slug"."""
    return serializers.CharField(source=source, read_only=True, help_text=help_text)


class PeriodSerializer(ReadOnlySerializer):
    programme = Code("slug", help_text=PROGRAMME_SLUG)
    state = serializers.ChoiceField(
        choices=Period.State.choices,
        read_only=True,
        help_text=_("As of today. Lapsed: the programme was repealed before reports were due."),
    )

    class Meta:
        model = Period
        fields = ["programme", "code", "starts_on", "ends_on", "submissions_due", "consolidated_due", "state"]
        help_texts = {
            "code": PERIOD_CODE,
            "starts_on": _("First day."),
            "ends_on": _("Last day."),
            "submissions_due": _("Last day on which a report is on time."),
            "consolidated_due": _("Last day on which the consolidated report is on time."),
        }


@extend_schema(summary=_("Half-years"))
class PeriodViewSet(ListViewSet):
    queryset = Period.objects.select_related("programme").order_by("starts_on", "programme__slug")
    serializer_class = PeriodSerializer
    filterset_class = ProgrammeFilter
    ordering_fields = {"code": "code", "starts_on": "starts_on", "submissions_due": "submissions_due"}


class SubmissionSerializer(ReadOnlySerializer):
    programme = key_of("period.programme.slug", PROGRAMME_SLUG)
    agency = Code(help_text=AGENCY_CODE)
    period = Code(help_text=PERIOD_CODE)
    timeliness = serializers.SerializerMethodField(help_text=_("As of today; the first filing decides."))
    days_late = serializers.SerializerMethodField(
        help_text=_("Calendar days after the due day; 0: filed on time; null: not filed and not overdue.")
    )
    receipt = serializers.CharField(
        read_only=True, allow_null=True, help_text=_("Receipt of the latest filing; null before the first.")
    )
    sha256 = serializers.CharField(
        read_only=True,
        allow_null=True,
        help_text=_("SHA-256 of the latest filing; null before the first."),
    )
    due_on = serializers.DateField(
        read_only=True, help_text=_("Last day on which this body's report is on time, with its extensions.")
    )
    extended = serializers.SerializerMethodField(
        help_text=_("True: the body was given a later date than the half-year's own.")
    )
    filings = serializers.IntegerField(read_only=True, help_text=_("How often it was filed; 0: never."))
    demonstration = demonstration_mark()

    class Meta:
        model = Submission
        fields = [
            "id", "programme", "agency", "period", "state", "awaits_signature", "due_on", "extended", "timeliness",
            "first_submitted_at", "days_late", "filings", "receipt", "sha256", "demonstration",
        ]  # fmt: skip
        help_texts = {
            "id": _("For the address of this submission alone."),
            "awaits_signature": _("True: the signatory has it; nobody changes it meanwhile."),
            "first_submitted_at": _("Null before the first filing."),
        }

    def get_extended(self, submission) -> bool:
        return submission.extended_to is not None

    @extend_schema_field(serializers.ChoiceField(choices=Timing.choices))
    def get_timeliness(self, submission):
        return timeliness(submission).timing

    def get_days_late(self, submission) -> int | None:
        standing = timeliness(submission)
        if standing.is_filed or standing.timing == Timing.OVERDUE:
            return standing.days
        return None


def described_submissions(user) -> QuerySet:
    """What the serializer needs: those that the user may see, with their latest filings. One query."""
    latest = SubmissionCopy.objects.filter(submission=OuterRef("pk")).order_by("-number")
    return (
        Submission.objects.visible_to(user)
        .with_context()
        .with_demonstration()
        .annotate(
            receipt=Subquery(latest.values("receipt")[:1]),
            sha256=Subquery(latest.values("sha256")[:1]),
            filings=Coalesce(Subquery(latest.values("number")[:1]), 0),
        )
        .order_by("period__starts_on", "agency__ordinal", "pk")
    )


class SubmissionFilter(filters.FilterSet):
    programme = programme_filter("period__programme__slug")
    period = period_filter("period__code")
    agency = agency_filter("agency__code")
    state = filters.ChoiceFilter(choices=Submission.State.choices)


@extend_schema_view(
    list=extend_schema(summary=_("What each agency owes or has filed, one row for each half-year")),
    retrieve=extend_schema(summary=_("One agency's submission for one half-year")),
)
class SubmissionViewSet(mixins.RetrieveModelMixin, ListViewSet):
    queryset = Submission.objects.none()  # for the schema; rows come from get_queryset
    serializer_class = SubmissionSerializer
    filterset_class = SubmissionFilter
    ordering_fields = {
        "agency": "agency__ordinal",
        "period": "period__starts_on",
        "state": "state",
        "first_submitted_at": "first_submitted_at",
        "filings": "filings",
    }
    lookup_value_converter = "int"

    def get_queryset(self):
        return described_submissions(self.request.user)


class LineKeySerializer(ReadOnlySerializer):
    region = Code(allow_null=True, help_text=_("Code of the region; null: the republican level."))

    class Meta:
        model = BudgetLine
        fields = ["region", "year", "source"]
        help_texts = {"year": YEAR}


class SpendingSerializer(ReadOnlySerializer):
    line = LineKeySerializer(read_only=True, help_text=_("The budget line of the activity."))

    class Meta:
        model = Spending
        fields = ["line", "amount"]
        help_texts = {"amount": MILLION_TENGE}


class IndicatorValueSerializer(ReadOnlySerializer):
    indicator = Code(help_text=INDICATOR_CODE)

    class Meta:
        model = IndicatorValue
        fields = ["indicator", "value"]
        help_texts = {"value": _("What this half-year added.")}


class DocumentSerializer(ReadOnlySerializer):
    kind = serializers.ChoiceField(source="document_kind", choices=DocumentKind.choices, read_only=True)
    number = serializers.CharField(
        source="document_number", read_only=True, help_text=_("Empty where the document has none.")
    )
    date = serializers.DateField(source="document_date", read_only=True, allow_null=True, help_text=_("Its date."))

    class Meta:
        model = Entry
        fields = ["kind", "number", "date"]

    def to_representation(self, entry):
        return super().to_representation(entry) if entry.document_kind else None


class EntrySerializer(ReadOnlySerializer):
    programme = key_of("submission.period.programme.slug", PROGRAMME_SLUG)
    period = key_of("submission.period.code", PERIOD_CODE)
    agency = key_of("submission.agency.code", AGENCY_CODE)
    activity = serializers.IntegerField(source="activity.ordinal", read_only=True, help_text=ROW)
    status = serializers.ChoiceField(
        choices=Entry.Status.choices, allow_blank=True, read_only=True, help_text=_("Empty only in a draft.")
    )
    demonstration = demonstration_mark("updated_by.is_demonstration")
    document = DocumentSerializer(
        source="*",
        read_only=True,
        allow_null=True,
        help_text=_("The document that shows the completion; null where none is named."),
    )
    spending = SpendingSerializer(many=True, read_only=True, help_text=_("Spent in this half-year, by line."))
    indicators = IndicatorValueSerializer(
        source="indicator_values", many=True, read_only=True, help_text=_("What was counted in this half-year.")
    )

    class Meta:
        model = Entry
        fields = [
            "programme", "period", "agency", "activity", "status", "narrative", "reason", "next_step",
            "completed_on", "document", "spending", "indicators", "updated_at", "demonstration",
        ]  # fmt: skip
        help_texts = {
            "narrative": _("What was done."),
            "reason": _("Why there is nothing to report, or why it is delayed."),
            "next_step": _("What will be done next."),
            "completed_on": _("When it was completed; null where that is not said."),
            "updated_at": _("When it was last changed."),
        }


class EntryFilter(filters.FilterSet):
    programme = programme_filter("submission__period__programme__slug")
    period = period_filter("submission__period__code")
    agency = agency_filter("submission__agency__code")
    activity = activity_filter("activity__ordinal")
    status = filters.ChoiceFilter(choices=Entry.Status.choices)


@extend_schema(summary=_("What was reported on each activity: filed entries, and drafts of one's own agency"))
class EntryViewSet(ListViewSet):
    queryset = Entry.objects.none()  # for the schema; rows come from get_queryset
    serializer_class = EntrySerializer
    filterset_class = EntryFilter
    ordering_fields = {
        "agency": "submission__agency__ordinal",
        "period": "submission__period__starts_on",
        "activity": "activity__ordinal",
        "updated_at": "updated_at",
    }

    def get_queryset(self):
        return (
            Entry.objects.visible_to(self.request.user)
            .select_related("activity", "submission__agency", "submission__period__programme", "updated_by")
            .prefetch_related(
                Prefetch("spending", Spending.objects.select_related("line__region")),
                Prefetch("indicator_values", IndicatorValue.objects.select_related("indicator")),
            )
            .order_by("submission__period__starts_on", "submission__agency__ordinal", "activity__ordinal", "pk")
        )


class ReportState(TextChoices):
    FINAL = "final", _("final")
    SENT = "sent", _("sent")


class PinnedCopySerializer(ReadOnlySerializer):
    agency = key_of("submission.agency.code", AGENCY_CODE)

    class Meta:
        model = SubmissionCopy
        fields = ["agency", "receipt", "sha256"]
        help_texts = {"receipt": _("Receipt number."), "sha256": _("SHA-256 of the filed copy.")}


class DispatchSerializer(ReadOnlySerializer):
    class Meta:
        model = Dispatch
        fields = ["number", "dated", "addressee"]
        help_texts = {
            "number": _("Outgoing number."),
            "dated": _("Outgoing date."),
            "addressee": _("To whom, as written."),
        }


class ReportDocumentSerializer(ReadOnlySerializer):
    class Meta:
        model = ReportDocument
        fields = ["format", "language", "sha256"]
        help_texts = {"format": "docx, pdf, signed.pdf, xlsx.", "sha256": _("SHA-256 of the file.")}


class ConsolidatedReportSerializer(ReadOnlySerializer):
    programme = key_of("period.programme.slug", PROGRAMME_SLUG)
    period = Code(help_text=PERIOD_CODE)
    state = serializers.SerializerMethodField(help_text=_("Drafts are not listed."))
    sent = DispatchSerializer(
        source="dispatch", read_only=True, allow_null=True, help_text=_("How it went out; null until it is sent.")
    )
    demonstration = demonstration_mark()
    copies = PinnedCopySerializer(many=True, read_only=True, help_text=_("What it was compiled from."))
    documents = ReportDocumentSerializer(
        many=True, read_only=True, help_text=_("Its files that have been given out; they never change.")
    )

    class Meta:
        model = ConsolidatedReport
        fields = [
            "programme", "period", "number", "state", "finalised_at", "sha256", "sent", "demonstration", "copies",
            "documents",
        ]  # fmt: skip
        help_texts = {
            "number": _("1: the report; 2 and up: its supplements."),
            "finalised_at": _("When it was frozen."),
            "sha256": _("SHA-256 of the frozen report."),
        }

    @extend_schema_field(serializers.ChoiceField(choices=ReportState.choices))
    def get_state(self, report):
        return ReportState.SENT if hasattr(report, "dispatch") else ReportState.FINAL


class ConsolidatedReportFilter(filters.FilterSet):
    programme = programme_filter("period__programme__slug")
    period = period_filter("period__code")


@extend_schema(summary=_("Finalised consolidated reports and supplements, with the copies that they pin"))
class ConsolidatedReportViewSet(ListViewSet):
    queryset = ConsolidatedReport.objects.none()  # for the schema; rows come from get_queryset
    serializer_class = ConsolidatedReportSerializer
    filterset_class = ConsolidatedReportFilter
    ordering_fields = {"period": "period__starts_on", "number": "number", "finalised_at": "finalised_at"}

    def get_queryset(self):
        pinned = SubmissionCopy.objects.defer("content").select_related("submission__agency")
        return (
            ConsolidatedReport.objects.visible_to(self.request.user)
            .with_demonstration()
            .defer("content")
            .select_related("period__programme", "dispatch")
            .prefetch_related(
                Prefetch("copies", pinned), Prefetch("documents", ReportDocument.objects.defer("content"))
            )
            .order_by("period__starts_on", "period__programme__slug", "number")
        )
