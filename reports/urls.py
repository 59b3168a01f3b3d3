from django.urls import path

from .views import consolidated, filing, periods, review
from .views.activity import activity

PERIOD = "programmes/<slug:slug>/periods/<str:code>/"
SUBMISSION = "submissions/<int:pk>/"

urlpatterns = [
    path("programmes/<slug:slug>/plan/<int:ordinal>/", activity, name="activity"),
    path("programmes/<slug:slug>/periods/", periods.period_list, name="periods"),
    path(PERIOD, periods.period_board, name="period"),
    path(f"{PERIOD}reminders/", periods.reminders, name="reminders"),
    path(f"{PERIOD}consolidated/", consolidated.preview, name="consolidated"),
    path(f"{PERIOD}consolidated.<str:fmt>", consolidated.document, name="consolidated-document"),
    path(SUBMISSION, filing.submission, name="submission"),
    path(f"{SUBMISSION}activities/<int:ordinal>/", filing.entry, name="entry"),
    path(f"{SUBMISSION}file/", filing.file_submission, name="file-submission"),
    path(f"{SUBMISSION}receipt/", filing.receipt, name="receipt"),
    path(f"{SUBMISSION}review/", review.review, name="review"),
]
