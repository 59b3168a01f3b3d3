"""What an agency owes for a half-year, and what would keep its report from being filed."""

from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.response import Response

from activities.api import INDICATOR_CODE, ROW
from activities.models import DocumentKind
from programme.api import Money, TextInLanguages

from .. import filing
from ..copies import digest_of, entries_content
from ..duty import OwedActivity, owed_activities
from ..entering import accepted_before
from ..models import Entry, Rule, Submission
from ..transitions import Refused
from .door import ReportViewSet, own_report
from .pointers import pointed
from .reading import AGENCY_CODE, PERIOD_CODE, LineKeySerializer

VERSION = _("Version of the entry, for If-Match; 0: not begun.")
COMPLETE = _("True: it can be filed as it is.")
SEEN = _("Stands for the whole content: given with the filing, nothing else is filed than what was read.")


def in_languages(instance, name: str) -> dict[str, str]:
    return {code: getattr(instance, f"{name}_{code}") or "" for code in ("kk", "ru", "en")}


class EntryProblemSerializer(serializers.Serializer):
    rule = serializers.ChoiceField(choices=Rule.choices, help_text=_("The rule that it does not meet."))
    pointer = serializers.CharField(help_text=_("Where in the entry it is mended, such as #/spending/0/amount."))
    detail = serializers.CharField(help_text=_("What to do, in the user's language."))


class CheckedSerializer(serializers.Serializer):
    activity = serializers.IntegerField(source="activity.ordinal", help_text=ROW)
    complete = serializers.BooleanField(source="is_complete", help_text=COMPLETE)
    problems = serializers.SerializerMethodField(help_text=_("What keeps it from being filed."))
    warnings = serializers.SerializerMethodField(help_text=_("What asks for an explanation, given or not."))
    waived = serializers.SerializerMethodField(help_text=_("Rules that do not count for the next filing."))

    @extend_schema_field(EntryProblemSerializer(many=True))
    def get_problems(self, owed: OwedActivity):
        return EntryProblemSerializer(pointed(owed, owed.problems), many=True).data

    @extend_schema_field(EntryProblemSerializer(many=True))
    def get_warnings(self, owed: OwedActivity):
        return EntryProblemSerializer(pointed(owed, owed.warnings), many=True).data

    @extend_schema_field(serializers.ListField(child=serializers.ChoiceField(choices=Rule.choices)))
    def get_waived(self, owed: OwedActivity):
        return [waiver.rule for waiver in owed.waivers]


class OwedLineSerializer(serializers.Serializer):
    line = LineKeySerializer(help_text=_("The budget line of the activity."))
    planned = Money(source="line.amount", help_text=_("As the plan prints it, million tenge."))
    in_force = Money(help_text=_("The year's plan as clarified by the end of the half-year, million tenge."))
    before = Money(help_text=_("Spent in the year's first half-year, as filed, million tenge."))
    last = Money(
        allow_null=True, help_text=_("Spent on the same purpose in the half-year before, million tenge; null: unknown.")
    )
    spent = Money(allow_null=True, help_text=_("Spent in this half-year, million tenge; null: nothing entered."))
    own = serializers.BooleanField(
        source="is_own", help_text=_("False: a line of another body, on which an amount was entered; clear it.")
    )


class OwedIndicatorSerializer(serializers.Serializer):
    indicator = serializers.CharField(source="indicator.code", help_text=INDICATOR_CODE)
    title = serializers.SerializerMethodField()
    unit = serializers.SerializerMethodField()
    target = serializers.IntegerField(
        source="indicator.target",
        allow_null=True,
        help_text=_("For the whole country and the whole stage; null where the decree gives none."),
    )
    last = serializers.IntegerField(
        allow_null=True, help_text=_("What the half-year before added, as filed; null: unknown.")
    )
    value = serializers.IntegerField(allow_null=True, help_text=_("What this half-year added; null: nothing entered."))

    @extend_schema_field(TextInLanguages(help_text=_("What is counted.")))
    def get_title(self, owed):
        return in_languages(owed.indicator, "title")

    @extend_schema_field(TextInLanguages(help_text=_("The unit of its values.")))
    def get_unit(self, owed):
        return in_languages(owed.indicator, "unit")


class AcceptedBeforeSerializer(serializers.Serializer):
    period = serializers.CharField(help_text=PERIOD_CODE)
    narrative = serializers.CharField(allow_blank=True, help_text=_("What was done."))


class OwedActivitySerializer(CheckedSerializer):
    title = serializers.SerializerMethodField()
    completion_form = serializers.SerializerMethodField()
    document = serializers.ChoiceField(
        choices=DocumentKind.choices,
        allow_null=True,
        help_text=_("The document to name when the activity is done; null: none is asked for."),
    )
    version = serializers.SerializerMethodField(help_text=VERSION)
    status = serializers.SerializerMethodField(help_text=_("Empty: not chosen yet."))
    lines = OwedLineSerializer(many=True, help_text=_("The budget lines of the year that the agency answers for."))
    indicators = OwedIndicatorSerializer(many=True, help_text=_("What is counted for the activity."))
    accepted_before = serializers.SerializerMethodField(
        help_text=_("What the agency last had accepted on the activity; null: nothing.")
    )

    @extend_schema_field(TextInLanguages(help_text=_("The activity, as the plan words it.")))
    def get_title(self, owed):
        return in_languages(owed.activity, "title")

    @extend_schema_field(TextInLanguages(help_text=_("What the activity ends with.")))
    def get_completion_form(self, owed):
        return in_languages(owed.activity, "completion_form")

    def get_version(self, owed) -> int:
        return owed.entry.version if owed.entry else 0

    @extend_schema_field(serializers.ChoiceField(choices=Entry.Status.choices, allow_blank=True))
    def get_status(self, owed):
        return owed.entry.status if owed.entry else ""

    @extend_schema_field(AcceptedBeforeSerializer(allow_null=True))
    def get_accepted_before(self, owed):
        before = self.context["before"]
        entry = before and before.entries.get(owed.activity.ordinal)
        return entry and {"period": before.period.code, "narrative": entry["narrative"]}


class OwedSerializer(serializers.Serializer):
    agency = serializers.CharField(source="agency.code", help_text=AGENCY_CODE)
    period = serializers.CharField(source="period.code", help_text=PERIOD_CODE)
    due_on = serializers.DateField(help_text=_("Last day on which this body's report is on time, with its extensions."))
    state = serializers.ChoiceField(choices=Submission.State.choices)
    locked = serializers.SerializerMethodField(help_text=_("Why it cannot be written in; null: it can."))
    activities = serializers.SerializerMethodField(help_text=_("What is owed, in the order of the plan."))

    def get_locked(self, submission) -> str | None:
        return None if submission.is_editable else filing.why_locked(submission)

    @extend_schema_field(OwedActivitySerializer(many=True))
    def get_activities(self, submission):
        context = {"before": accepted_before(submission)}
        return OwedActivitySerializer(owed_activities(submission), many=True, context=context).data


class CheckSerializer(serializers.Serializer):
    can_be_filed = serializers.BooleanField(help_text=_("True: you can file it now."))
    why_not = serializers.CharField(allow_null=True, help_text=_("Why you cannot file it now; null: you can."))
    has_signatory = serializers.BooleanField(
        help_text=_("True: the agency has a signatory. Its reporters send the report for signature, he files it.")
    )
    seen = serializers.CharField(help_text=SEEN)
    activities = CheckedSerializer(many=True, help_text=_("What is owed, in the order of the plan."))


class OwedViewSet(ReportViewSet):
    problems = {"retrieve": (403,), "check": (403,)}

    @extend_schema(summary=_("What the agency owes: activities, money, indicators"), responses=OwedSerializer)
    def retrieve(self, request, pk):
        return Response(OwedSerializer(own_report(request, pk)).data)

    @extend_schema(
        operation_id="submissions_check_retrieve",
        summary=_("What keeps the report from being filed"),
        responses=CheckSerializer,
    )
    def check(self, request, pk):
        submission = own_report(request, pk)
        owed = owed_activities(submission)
        try:
            filing.require_ready(submission, owed, by=request.user)
            why_not = None
        except Refused as refused:
            why_not = str(refused)
        found = {
            "can_be_filed": why_not is None,
            "why_not": why_not,
            "has_signatory": filing.has_signatory(submission.agency),
            "seen": digest_of(entries_content(owed, list(submission.attachments.current()))),
            "activities": owed,
        }
        return Response(CheckSerializer(found).data)
