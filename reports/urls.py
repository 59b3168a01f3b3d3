from django.urls import path

from .views import attachments, comments, consolidated, letters, periods, review, submission, workbook
from .views.activity import activity
from .views.entries import entries
from .views.entry import entry
from .views.history import history
from .views.tracing import behind
from .views.verification import verify
from .views.workspace import report_text, workspace

PERIOD = "programmes/<slug:slug>/periods/<str:code>/"
SUBMISSION = "submissions/<int:pk>/"

urlpatterns = [
    path("programmes/<slug:slug>/plan/<int:ordinal>/", activity, name="activity"),
    path("programmes/<slug:slug>/periods/", periods.period_list, name="periods"),
    path(PERIOD, periods.period_board, name="period"),
    path(f"{PERIOD}accept/", review.accept_selected, name="accept-selected"),
    path(f"{PERIOD}reminders/", letters.reminders, name="reminders"),
    path(f"{PERIOD}workspace/", workspace, name="workspace"),
    path(f"{PERIOD}workspace/<str:part>/", report_text, name="report-text"),
    path(f"{PERIOD}consolidated/", consolidated.preview, name="consolidated"),
    path(f"{PERIOD}consolidated/behind/", behind, name="behind"),
    path(f"{PERIOD}consolidated.<str:fmt>", consolidated.document, name="consolidated-document"),
    path(f"{PERIOD}consolidated/<int:number>/", consolidated.preview, name="consolidated-report"),
    path(f"{PERIOD}consolidated/<int:number>/send/", consolidated.send, name="send-consolidated"),
    path(f"{PERIOD}consolidated/<int:number>.<str:fmt>", consolidated.document, name="consolidated-report-document"),
    path("attachments/<int:pk>/", attachments.attachment, name="attachment"),
    path(SUBMISSION, submission.submission, name="submission"),
    path(f"{SUBMISSION}activities/<int:ordinal>/", entry, name="entry"),
    path(f"{SUBMISSION}all/", entries, name="entries"),
    path(f"{SUBMISSION}workbook.xlsx", workbook.workbook, name="workbook"),
    path(f"{SUBMISSION}workbook/", workbook.upload, name="workbook-upload"),
    path("workbooks/<int:pk>/", workbook.preview, name="workbook-preview"),
    path("workbooks/<int:pk>/marked.xlsx", workbook.marked, name="workbook-marked"),
    path(f"{SUBMISSION}file/", submission.file_submission, name="file-submission"),
    path(f"{SUBMISSION}sign-off/", submission.sign_off, name="sign-off"),
    path(f"{SUBMISSION}receipt/", submission.receipt, name="receipt"),
    path(f"{SUBMISSION}history/", history, name="history"),
    path(f"{SUBMISSION}review/", review.review, name="review"),
    path(f"{SUBMISSION}extension/", review.extend, name="extend"),
    path(f"{SUBMISSION}waivers/", review.waive, name="waive"),
    path(f"{SUBMISSION}letters/", letters.letters, name="letters"),
    path("letters/<int:pk>.docx", letters.letter, name="letter"),
    path(f"{SUBMISSION}comments/", comments.comment, name="comment"),
    path("comments/<int:pk>/answer/", comments.answer, name="answer"),
    path("comments/<int:pk>/resolve/", comments.resolve, name="resolve"),
    path("verify/", verify, name="verify"),
]
