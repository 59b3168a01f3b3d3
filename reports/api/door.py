"""The way to a report: whose it is, and who may do what with it. Outside one's scope 404, without the right 403."""

from django.utils.translation import gettext as _
from rest_framework import exceptions, viewsets

from activities.models import Activity

from ..duty import OwedActivity, owed_activity
from ..models import Submission
from ..views.submission import get_submission
from .bodies import JSONBody

# What a request that changes a report can be answered beside 401 and 404; `problems` of a view names them by action.
DECIDES = (403, 409)
WRITES = (400, *DECIDES, 413, 415)


class ReportViewSet(viewsets.GenericViewSet):
    """Part of a report, at `submissions/<pk>/…`."""

    parser_classes = [JSONBody]
    pagination_class = None
    filter_backends = []


def own_report(request, pk: int) -> Submission:
    """For those who write it: work in progress is nobody else's to see."""
    submission = get_submission(request, pk)
    if not request.user.files_for_agency:
        raise exceptions.PermissionDenied(_("Your role may not write in this report."))
    return submission


def report_to_review(request, pk: int) -> Submission:
    submission = get_submission(request, pk)
    if not request.user.coordinates:
        raise exceptions.PermissionDenied(_("Only a coordinator may review a report."))
    return submission


def owed_or_404(submission: Submission, ordinal: int) -> OwedActivity:
    """The activity as the report owes it."""
    owed = owed_activity(submission, ordinal)
    if owed is None:
        raise exceptions.NotFound(_("The report owes no entry on this activity."))
    return owed


def activity_or_404(submission: Submission, ordinal: int) -> Activity:
    """The row of the plan, owed or not."""
    activity = Activity.objects.filter(programme=submission.period.programme_id, ordinal=ordinal).first()
    if activity is None:
        raise exceptions.NotFound(_("The plan has no such activity."))
    return activity
