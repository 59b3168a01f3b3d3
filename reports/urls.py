from django.urls import path

from .views import consolidated, periods, review, submission
from .views.activity import activity
from .views.entry import entry

PERIOD = "programmes/<slug:slug>/periods/<str:code>/"
SUBMISSION = "submissions/<int:pk>/"

urlpatterns = [
    path("programmes/<slug:slug>/plan/<int:ordinal>/", activity, name="activity"),
    path("programmes/<slug:slug>/periods/", periods.period_list, name="periods"),
    path(PERIOD, periods.period_board, name="period"),
    path(f"{PERIOD}reminders/", periods.reminders, name="reminders"),
    path(f"{PERIOD}consolidated/", consolidated.preview, name="consolidated"),
    path(f"{PERIOD}consolidated.<str:fmt>", consolidated.document, name="consolidated-document"),
    path(SUBMISSION, submission.submission, name="submission"),
    path(f"{SUBMISSION}activities/<int:ordinal>/", entry, name="entry"),
    path(f"{SUBMISSION}file/", submission.file_submission, name="file-submission"),
    path(f"{SUBMISSION}sign-off/", submission.sign_off, name="sign-off"),
    path(f"{SUBMISSION}receipt/", submission.receipt, name="receipt"),
    path(f"{SUBMISSION}review/", review.review, name="review"),
]
