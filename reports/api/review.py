"""What a coordinator decides about a report."""

from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers

from accounts.models import Scope
from activities.api import ROW

from .. import review
from ..duty import owed_activities
from ..forms.review import ExtensionForm, WaiverForm
from ..models import WARNINGS, Rule
from .bodies import Body, Count, Text, checked
from .door import WRITES, ReportViewSet, report_to_review
from .filing import ReasonSerializer, as_it_is_now, reason_of
from .reading import SubmissionSerializer

_ACTIONS = ("accept", "send_back", "reopen", "extend", "waive")
WAIVABLE = [(rule.value, rule.label) for rule in Rule if rule not in WARNINGS]
WHY = _("5,000 characters at most.")


class AcceptSerializer(Body):
    filing = Count(help_text=_("Number of the filing that was read: a newer one is not accepted unread."))


class ExtendSerializer(Body):
    due_on = serializers.DateField(help_text=_("New due date. The whole day still counts as on time."))
    act = Text(help_text=_("Kind, number and date of the act or letter; 300 characters at most."))
    reason = Text(help_text=WHY)


class WaiveSerializer(Body):
    activity = Count(help_text=ROW)
    rule = serializers.ChoiceField(
        choices=WAIVABLE,
        help_text=_("Rule that shall not count for the next filing."),
    )
    reason = Text(help_text=WHY)


class ReviewViewSet(ReportViewSet):
    """All answer with the report as it is afterwards."""

    serializer_class = SubmissionSerializer
    scope_of = dict.fromkeys(_ACTIONS, Scope.FILE)
    problems = dict.fromkeys(_ACTIONS, WRITES)

    @extend_schema(summary=_("Accept what was filed"), request=AcceptSerializer)
    def accept(self, request, pk):
        submission = report_to_review(request, pk)
        body = _read(AcceptSerializer, request)
        review.accept(submission=submission, by=request.user, seen=body["filing"])
        return as_it_is_now(request, pk)

    @extend_schema(summary=_("Return what was filed for rework"), request=ReasonSerializer)
    def send_back(self, request, pk):
        submission = report_to_review(request, pk)
        review.return_for_rework(submission=submission, by=request.user, reason=reason_of(request))
        return as_it_is_now(request, pk)

    @extend_schema(summary=_("Reopen what was accepted"), request=ReasonSerializer)
    def reopen(self, request, pk):
        submission = report_to_review(request, pk)
        review.reopen(submission=submission, by=request.user, reason=reason_of(request))
        return as_it_is_now(request, pk)

    @extend_schema(summary=_("Give the body a later due date"), request=ExtendSerializer)
    def extend(self, request, pk):
        submission = report_to_review(request, pk)
        form = ExtensionForm(_read(ExtendSerializer, request), submission=submission)
        review.extend(submission=submission, by=request.user, **checked(form))
        return as_it_is_now(request, pk)

    @extend_schema(summary=_("Let a blocking rule not count for the next filing"), request=WaiveSerializer)
    def waive(self, request, pk):
        submission = report_to_review(request, pk)
        owed = [item.activity for item in owed_activities(submission)]
        form = WaiverForm(_read(WaiveSerializer, request), activities=owed)
        review.waive(submission=submission, by=request.user, **checked(form))
        return as_it_is_now(request, pk)


def _read(serializer_class: type[Body], request) -> dict:
    body = serializer_class(data=request.data)
    body.is_valid(raise_exception=True)
    return body.validated_data
