"""Signing off and filing, the receipts, and what has happened to a report."""

import re

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import exceptions, serializers
from rest_framework.response import Response

from accounts.models import Scope
from programme.api import ListViewSet, ReadOnlySerializer
from programme.problems import FieldError, Problem

from .. import filing
from ..forms.review import ReturnForm
from ..models import SubmissionCopy, SubmissionEvent
from ..views.submission import get_submission
from .bodies import Body, JSONBody, Text, checked
from .door import DECIDES, WRITES, ReportViewSet, own_report
from .reading import SubmissionSerializer, demonstration_mark, described_submissions, key_of

_KEY = re.compile(r"[\x20-\x7e]{1,100}")
IDEMPOTENCY_KEY = OpenApiParameter(
    "Idempotency-Key",
    location=OpenApiParameter.HEADER,
    required=True,
    description=gettext_lazy(
        "Names this filing, 100 printable ASCII characters at most. Sent again, it gets the same receipt and files "
        "nothing anew."
    ),
)
FILING = gettext_lazy("Number of the filing, counted from 1.")


class ReasonSerializer(Body):
    reason = Text(help_text=gettext_lazy("What has to be corrected; 5,000 characters at most."))


class FileSerializer(Body):
    seen = Text(
        required=False,
        allow_blank=False,
        help_text=gettext_lazy("As `check` gave it: if the report is different now, it is not filed."),
    )


class ReceiptSerializer(ReadOnlySerializer):
    filed_by = serializers.CharField(read_only=True, help_text=gettext_lazy("Who filed it."))
    time_zone = key_of("submission.period.programme.time_zone", gettext_lazy("Where deadlines are counted."))
    demonstration = demonstration_mark("filed_by.is_demonstration")

    class Meta:
        model = SubmissionCopy
        fields = ["number", "receipt", "sha256", "filed_at", "filed_by", "time_zone", "demonstration"]
        help_texts = {
            "number": FILING,
            "receipt": gettext_lazy("Receipt number."),
            "sha256": gettext_lazy("SHA-256 of the filed copy."),
            "filed_at": gettext_lazy("When it was filed."),
        }


class FiledSerializer(ReceiptSerializer):
    content = serializers.DictField(
        source="data",
        read_only=True,
        help_text=gettext_lazy(
            "What was filed. As JSON with sorted keys, without spaces, in UTF-8 it has the hash `sha256`."
        ),
    )

    class Meta(ReceiptSerializer.Meta):
        fields = [*ReceiptSerializer.Meta.fields, "content"]


class EventSerializer(ReadOnlySerializer):
    by = serializers.CharField(read_only=True, help_text=gettext_lazy("Who did it."))
    filing = serializers.IntegerField(
        source="copy.number",
        read_only=True,
        allow_null=True,
        help_text=gettext_lazy("Number of the filing that it is about; null: of none."),
    )

    class Meta:
        model = SubmissionEvent
        fields = ["at", "by", "action", "from_state", "to_state", "reason", "filing"]
        help_texts = {
            "at": gettext_lazy("When it happened."),
            "reason": gettext_lazy("Why; empty where no reason is asked for."),
        }


def as_it_is_now(request, pk: int) -> Response:
    """The report after something was done with it."""
    return Response(SubmissionSerializer(described_submissions(request.user).get(pk=pk)).data)


class SigningViewSet(ReportViewSet):
    """What reporters and signatories do with the report as a whole."""

    scope_of = dict.fromkeys(("send", "recall", "send_back", "file"), Scope.FILE)
    serializer_class = SubmissionSerializer
    problems = {
        "send": DECIDES,
        "recall": DECIDES,
        "send_back": WRITES,
        "file": WRITES,
    }

    @extend_schema(summary=gettext_lazy("Give the complete report to the signatory"), request=None)
    def send(self, request, pk):
        filing.send_for_signature(submission=own_report(request, pk), by=request.user)
        return as_it_is_now(request, pk)

    @extend_schema(summary=gettext_lazy("Take the report back from the signatory"), request=None)
    def recall(self, request, pk):
        filing.recall(submission=own_report(request, pk), by=request.user)
        return as_it_is_now(request, pk)

    @extend_schema(summary=gettext_lazy("The signatory gives the report back"), request=ReasonSerializer)
    def send_back(self, request, pk):
        submission = own_report(request, pk)
        filing.send_back(submission=submission, by=request.user, reason=reason_of(request))
        return as_it_is_now(request, pk)

    @extend_schema(
        summary=gettext_lazy("File the report"),
        parameters=[IDEMPOTENCY_KEY],
        request=FileSerializer,
        responses={201: ReceiptSerializer, 200: ReceiptSerializer},
    )
    def file(self, request, pk):
        submission = own_report(request, pk)
        key = _key_of(request)
        body = FileSerializer(data=request.data)
        body.is_valid(raise_exception=True)
        copy, is_new = filing.submit_once(
            submission=submission, by=request.user, request_key=key, seen=body.validated_data.get("seen")
        )
        return Response(ReceiptSerializer(copy).data, status=201 if is_new else 200)


class ReceiptViewSet(ListViewSet):
    queryset = SubmissionCopy.objects.none()  # for the schema; rows come from get_queryset
    serializer_class = ReceiptSerializer
    ordering_fields = {"number": "number", "filed_at": "filed_at"}
    parser_classes = [JSONBody]

    def get_queryset(self):
        submission = get_submission(self.request, self.kwargs["pk"])
        return (
            submission.copies.select_related("filed_by", "submission__period__programme")
            .defer("content")
            .order_by("number")
        )

    @extend_schema(summary=gettext_lazy("Receipts of all filings of the report"))
    def list(self, request, *args, **kwargs):
        return super().list(request, *args, **kwargs)

    @extend_schema(
        operation_id="submissions_receipts_retrieve",
        summary=gettext_lazy("One receipt, with what was filed"),
        responses=FiledSerializer,
    )
    def retrieve(self, request, pk, number):
        copy = self.get_queryset().filter(number=number).defer(None).first()
        if copy is None:
            raise exceptions.NotFound(_("The report has no filing with this number."))
        return Response(FiledSerializer(copy).data)


@extend_schema(summary=gettext_lazy("What has happened to the report: filed, returned, accepted, by whom and why"))
class EventViewSet(ListViewSet):
    queryset = SubmissionEvent.objects.none()  # for the schema; rows come from get_queryset
    serializer_class = EventSerializer
    ordering_fields = {"at": "at"}

    def get_queryset(self):
        submission = get_submission(self.request, self.kwargs["pk"])
        return submission.events.select_related("by", "copy").defer("copy__content").order_by("at", "pk")


def reason_of(request) -> str:
    body = ReasonSerializer(data=request.data)
    body.is_valid(raise_exception=True)
    return checked(ReturnForm(body.validated_data))["reason"]


def _key_of(request) -> str:
    key = request.headers.get("Idempotency-Key", "").strip()
    if not _KEY.fullmatch(key):
        text = _(
            "Name this filing in the header Idempotency-Key, in 1 to 100 printable ASCII characters: "
            "sent again, it gets the same receipt."
        )
        raise Problem(400, "invalid", text, errors=[FieldError("Idempotency-Key", text)])
    return key
