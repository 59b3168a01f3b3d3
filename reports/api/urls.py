"""What an agency and a coordinator do with one report: `submissions/<pk>/…`."""

from django.urls import path

from .attachments import AttachmentContentViewSet, AttachmentViewSet, EntryAttachmentViewSet
from .comments import CommentViewSet
from .entries import WrittenEntryViewSet
from .filing import EventViewSet, ReceiptViewSet, SigningViewSet
from .owed import OwedViewSet
from .review import ReviewViewSet


def _post(viewset, action: str):
    return viewset.as_view({"post": action})


urlpatterns = [
    path("owed/", OwedViewSet.as_view({"get": "retrieve"}), name="api-owed"),
    path(
        "entries/<int:ordinal>/",
        WrittenEntryViewSet.as_view({"get": "retrieve", "put": "update", "patch": "partial_update"}),
        name="api-entry",
    ),
    path(
        "entries/<int:ordinal>/attachments/",
        EntryAttachmentViewSet.as_view({"get": "list", "post": "create"}, basename="api-attachments"),
        name="api-attachments",
    ),
    path("attachments/<int:attachment>/", AttachmentViewSet.as_view({"delete": "destroy"}), name="api-attachment"),
    path(
        "attachments/<int:attachment>/content/",
        AttachmentContentViewSet.as_view({"get": "retrieve"}),
        name="api-attachment-content",
    ),
    path("check/", OwedViewSet.as_view({"get": "check"}), name="api-check"),
    path("send-for-signature/", _post(SigningViewSet, "send"), name="api-send-for-signature"),
    path("recall/", _post(SigningViewSet, "recall"), name="api-recall"),
    path("send-back/", _post(SigningViewSet, "send_back"), name="api-send-back"),
    path("file/", _post(SigningViewSet, "file"), name="api-file"),
    path("receipts/", ReceiptViewSet.as_view({"get": "list"}, basename="api-receipts"), name="api-receipts"),
    path("receipts/<int:number>/", ReceiptViewSet.as_view({"get": "retrieve"}), name="api-receipt"),
    path("events/", EventViewSet.as_view({"get": "list"}, basename="api-events"), name="api-events"),
    path(
        "comments/",
        CommentViewSet.as_view({"get": "list", "post": "create"}, basename="api-comments"),
        name="api-comments",
    ),
    path("comments/<int:comment>/answers/", _post(CommentViewSet, "answer"), name="api-comment-answers"),
    path("comments/<int:comment>/resolve/", _post(CommentViewSet, "resolve"), name="api-comment-resolve"),
    path("accept/", _post(ReviewViewSet, "accept"), name="api-accept"),
    path("return/", _post(ReviewViewSet, "send_back"), name="api-return"),
    path("reopen/", _post(ReviewViewSet, "reopen"), name="api-reopen"),
    path("extend/", _post(ReviewViewSet, "extend"), name="api-extend"),
    path("waive/", _post(ReviewViewSet, "waive"), name="api-waive"),
]
