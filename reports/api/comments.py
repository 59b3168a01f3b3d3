"""Comments on a filed report, with their answers."""

from django.db.models import Prefetch
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from drf_spectacular.utils import extend_schema
from rest_framework import exceptions, serializers
from rest_framework.response import Response

from activities.api import ROW
from programme.api import ListViewSet, ReadOnlySerializer
from programme.problems import FieldError

from .. import review
from ..forms.review import AnswerForm, CommentForm
from ..models import Comment, Submission
from ..reading import activities_by_ordinal
from ..views.submission import get_submission
from .bodies import Body, Count, JSONBody, Text, checked, invalid
from .door import DECIDES, WRITES, report_to_review

TEXT = gettext_lazy("5,000 characters at most.")
ABOUT_FIELD = gettext_lazy("The part of the entry that it is about; empty: the whole entry.")


class AnswerSerializer(ReadOnlySerializer):
    by = serializers.CharField(read_only=True, help_text=gettext_lazy("Who wrote it."))

    class Meta:
        model = Comment
        fields = ["id", "text", "at", "by"]
        help_texts = {
            "id": gettext_lazy("For the address of this comment."),
            "text": gettext_lazy("What is said."),
            "at": gettext_lazy("When it was written."),
        }


class CommentSerializer(AnswerSerializer):
    activity = serializers.IntegerField(
        source="activity.ordinal",
        read_only=True,
        allow_null=True,
        help_text=gettext_lazy("Row of the plan that it is about; null: the whole report."),
    )
    field = serializers.ChoiceField(
        choices=Comment.Field.choices, allow_blank=True, read_only=True, help_text=ABOUT_FIELD
    )
    filing = serializers.IntegerField(
        source="copy.number", read_only=True, help_text=gettext_lazy("Number of the filing that it is about.")
    )
    open = serializers.SerializerMethodField(help_text=gettext_lazy("True: nobody has said that it is settled."))
    resolved_by = serializers.CharField(
        read_only=True, allow_null=True, help_text=gettext_lazy("Who said that it is settled; null while it is open.")
    )
    answers = AnswerSerializer(many=True, read_only=True, help_text=gettext_lazy("Oldest first."))

    class Meta(AnswerSerializer.Meta):
        fields = [
            *AnswerSerializer.Meta.fields, "activity", "field", "filing", "open", "resolved_at", "resolved_by",
            "answers",
        ]  # fmt: skip
        help_texts = AnswerSerializer.Meta.help_texts | {
            "resolved_at": gettext_lazy("When it was settled; null while it is open.")
        }

    def get_open(self, comment) -> bool:
        return comment.resolved_at is None


class NewCommentSerializer(Body):
    text = Text(help_text=TEXT)
    activity = Count(required=False, allow_null=True, help_text=ROW)
    field = serializers.ChoiceField(
        choices=Comment.Field.choices, required=False, allow_blank=True, help_text=ABOUT_FIELD
    )


class NewAnswerSerializer(Body):
    text = Text(help_text=TEXT)


class CommentViewSet(ListViewSet):
    queryset = Comment.objects.none()  # for the schema; rows come from get_queryset
    serializer_class = CommentSerializer
    ordering_fields = {"at": "at", "activity": "activity__ordinal"}
    parser_classes = [JSONBody]
    problems = {
        "create": WRITES,
        "answer": WRITES,
        "resolve": DECIDES,
    }

    def get_queryset(self):
        submission = get_submission(self.request, self.kwargs["pk"])
        return (
            Comment.objects.visible_to(self.request.user)
            .filter(submission=submission, answers_to=None)
            .select_related("by", "resolved_by", "activity", "copy")
            .defer("copy__content")
            .prefetch_related(Prefetch("answers", Comment.objects.select_related("by")))
            .order_by("at", "pk")
        )

    @extend_schema(summary=gettext_lazy("Comments on the report with their answers, oldest first"))
    def list(self, request, *args, **kwargs):
        return super().list(request, *args, **kwargs)

    @extend_schema(
        summary=gettext_lazy("Comment on the report, on an entry or on a part of it"),
        request=NewCommentSerializer,
        responses={201: CommentSerializer},
    )
    def create(self, request, pk):
        submission = report_to_review(request, pk)
        body = NewCommentSerializer(data=request.data)
        body.is_valid(raise_exception=True)
        form = CommentForm(body.validated_data, activities=_filed_activities(submission))
        said = checked(form)
        if "field" not in said and body.validated_data.get("field"):
            raise invalid([FieldError("#/field", _("Say of which activity this is a part."))])
        made = review.comment(
            submission=submission,
            by=request.user,
            text=said["text"],
            activity=said["activity"],
            field=said.get("field", ""),
        )
        return self._thread(made.pk, status=201)

    @extend_schema(
        summary=gettext_lazy("Answer a comment"), request=NewAnswerSerializer, responses={201: CommentSerializer}
    )
    def answer(self, request, pk, comment):
        root = get_object_or_404(self.get_queryset(), pk=comment)
        if not (request.user.coordinates or request.user.files_for_agency):
            raise exceptions.PermissionDenied
        body = NewAnswerSerializer(data=request.data)
        body.is_valid(raise_exception=True)
        review.answer(comment=root, by=request.user, text=checked(AnswerForm(body.validated_data))["text"])
        return self._thread(root.pk, status=201)

    @extend_schema(summary=gettext_lazy("Say that a comment is settled"), request=None, responses=CommentSerializer)
    def resolve(self, request, pk, comment):
        report_to_review(request, pk)
        root = get_object_or_404(self.get_queryset(), pk=comment)
        review.resolve(comment=root, by=request.user)
        return self._thread(root.pk)

    def _thread(self, pk: int, status: int = 200) -> Response:
        return Response(CommentSerializer(self.get_queryset().get(pk=pk)).data, status=status)


def _filed_activities(submission: Submission) -> dict:
    """Those that the latest filing has an entry on, by ordinal."""
    copy = submission.copies.last()
    filed = {entry["activity"] for entry in copy.data["entries"]} if copy else set()
    activities = activities_by_ordinal(submission.period.programme_id)
    return {ordinal: activities[ordinal] for ordinal in filed}
