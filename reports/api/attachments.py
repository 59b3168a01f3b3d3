"""Files of a report: listed, attached, taken out, and given out as the page gives them out."""

import logging

from django.core.exceptions import ValidationError
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import negotiation, parsers, serializers
from rest_framework.response import Response

from activities.api import ROW
from activities.models import Activity
from programme.api import ListViewSet, ReadOnlySerializer
from programme.problems import FieldError, Problem

from .. import filing
from ..attachments import Upload, check_upload, current_files, too_large
from ..models import Attachment, Submission
from ..views.attachments import attachment as attachment_page
from ..views.submission import get_submission
from .bodies import invalid
from .door import DECIDES, WRITES, ReportViewSet, activity_or_404, owed_or_404, own_report

log = logging.getLogger(__name__)


class AttachmentSerializer(ReadOnlySerializer):
    activity = serializers.IntegerField(source="activity.ordinal", read_only=True, help_text=ROW)
    uploaded_by = serializers.CharField(read_only=True, help_text=gettext_lazy("Who attached it."))
    replaces = serializers.IntegerField(
        source="replaces_id",
        read_only=True,
        allow_null=True,
        help_text=gettext_lazy("The file that it is the next version of; null: none."),
    )

    class Meta:
        model = Attachment
        fields = [
            "id", "activity", "name", "content_type", "size", "sha256", "uploaded_at", "uploaded_by", "replaces",
        ]  # fmt: skip
        help_texts = {
            "id": gettext_lazy("For the address of this file."),
            "name": gettext_lazy("As people know it."),
            "content_type": gettext_lazy("What its content is."),
            "size": gettext_lazy("Bytes."),
            "sha256": gettext_lazy("SHA-256 of the file."),
            "uploaded_at": gettext_lazy("When it was attached."),
        }


class UploadSerializer(serializers.Serializer):
    file = serializers.FileField(help_text=gettext_lazy("PDF, picture or office file, 20 MB at most."))
    replaces = serializers.IntegerField(
        required=False, help_text=gettext_lazy("The file that this is the next version of.")
    )


class AnyType(negotiation.BaseContentNegotiation):
    """What is asked for is a file of a type of its own; errors are JSON."""

    def select_parser(self, request, parsers):
        return parsers[0]

    def select_renderer(self, request, renderers, format_suffix=None):
        return renderers[0], renderers[0].media_type


class EntryAttachmentViewSet(ListViewSet):
    """The files of one activity."""

    queryset = Attachment.objects.none()  # for the schema; rows come from get_rows
    serializer_class = AttachmentSerializer
    parser_classes = [parsers.MultiPartParser]
    problems = {"create": (*WRITES, 503)}

    def get_rows(self):
        submission = get_submission(self.request, self.kwargs["pk"])
        return _files(submission, activity_or_404(submission, self.kwargs["ordinal"]), self.request.user)

    @extend_schema(
        summary=gettext_lazy("The files of an activity: for its agency as they stand, for readers as last filed")
    )
    def list(self, request, *args, **kwargs):
        return super().list(request, *args, **kwargs)

    @extend_schema(
        summary=gettext_lazy("Attach a file"),
        request={"multipart/form-data": UploadSerializer},
        responses={201: AttachmentSerializer},
    )
    def create(self, request, pk, ordinal):
        submission = own_report(request, pk)
        owed = owed_or_404(submission, ordinal)
        upload = _upload(request)
        try:
            kept = filing.attach(
                submission=submission,
                activity=owed.activity,
                by=request.user,
                upload=upload,
                replaces=_replaced(submission, owed.activity, request.data.get("replaces")),
            )
        except OSError as error:
            log.exception("The storage of attachments failed")
            text = _("The file could not be stored. Try again later; if it fails again, tell the administrator.")
            raise Problem(503, "storage", text) from error
        return Response(
            AttachmentSerializer(kept).data,
            status=201,
            headers={"Location": reverse("api-attachment-content", args=[pk, kept.pk])},
        )


class AttachmentViewSet(ReportViewSet):
    """One file, whatever its activity."""

    serializer_class = AttachmentSerializer
    problems = {"destroy": DECIDES}

    @extend_schema(summary=gettext_lazy("Take a file out of the report"))
    def destroy(self, request, pk, attachment):
        submission = own_report(request, pk)
        filing.detach(attachment=_get(request, submission, attachment), by=request.user)
        return Response(status=204)


class AttachmentContentViewSet(ReportViewSet):
    content_negotiation_class = AnyType

    @extend_schema(summary=gettext_lazy("A file as it was attached"), responses={(200, "*/*"): OpenApiTypes.BINARY})
    def retrieve(self, request, pk, attachment):
        found = _get(request, get_submission(request, pk), attachment)
        return attachment_page(request._request, found.pk)


def _get(request, submission: Submission, pk: int) -> Attachment:
    return get_object_or_404(Attachment.objects.visible_to(request.user).filter(submission=submission), pk=pk)


def _files(submission: Submission, activity: Activity, user) -> list[Attachment]:
    if user.files_for_agency:
        files = current_files(submission, activity)
    else:
        copy = submission.copies.defer("content").last()
        files = copy.attachments.filter(activity=activity).select_related("uploaded_by") if copy else []
    for file in files:
        file.activity = activity
    return files


def _upload(request) -> Upload:
    """The file of the request, checked as on the page."""
    files = request.FILES.getlist("file")
    try:
        if oversized := getattr(request, "oversized", []):
            raise too_large(oversized[0])
        if len(files) != 1:
            raise ValidationError(_("Send one file, in the part called “file”."))
        return check_upload(files[0])
    except ValidationError as error:
        raise invalid([FieldError("#/file", message) for message in error.messages]) from error


def _replaced(submission: Submission, activity: Activity, pk: str | None) -> Attachment | None:
    if not pk:
        return None
    known = {str(file.pk): file for file in submission.attachments.filter(activity=activity)}
    if pk not in known:
        raise invalid([FieldError("#/replaces", _("The activity has no such file."))])
    return known[pk]
