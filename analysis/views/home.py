"""Home for each role."""

from django.shortcuts import render

from activities.models import Deadline
from programme.models import Programme
from reports.duty import OwedActivity
from reports.models import Period, Submission
from reports.periods import current_period
from reports.since import since_last
from reports.standing import counts, standings
from reports.timeliness import timeliness
from reports.views.submission import duty_context


def home(request):
    """Where the reader stands in the current half-year: his own duty, or everybody's."""
    programme = Programme.objects.select_related("lead_agency").first()
    if programme is None:
        return render(request, "analysis/home_empty.html")
    period = current_period(programme)
    context = {"programme": programme, "period": period}
    if request.user.files_for_agency:
        return render(request, "analysis/home_agency.html", context | _own_duty(request.user, period))
    return render(request, "analysis/home_reader.html", context | _everybody(request.user, period))


def _own_duty(user, period) -> dict:
    submission = Submission.objects.visible_to(user).with_context().filter(period=period).first()
    if submission is None:
        return {"submission": None}
    if submission.state in Submission.FILED:
        return {"submission": submission, "timeliness": timeliness(submission), "owed": None}
    duty = duty_context(submission, user)
    return duty | {
        "differences": since_last(submission, duty["owed"]),
        "deadlines": [deadline for deadline in _deadlines(duty["owed"]) if _falls_in(deadline, period)],
    }


def _deadlines(owed: list[OwedActivity]) -> list[Deadline]:
    activities = [item.activity for item in owed]
    return list(Deadline.objects.filter(activity__in=activities).select_related("activity"))


def _falls_in(deadline: Deadline, period: Period) -> bool:
    """Work is due within the half-year, a report on it in the weeks after."""
    if deadline.kind == Deadline.Kind.ONE_OFF:
        return period.starts_on <= deadline.date <= period.ends_on
    return period.opens_on <= deadline.date <= period.consolidated_due


def _everybody(user, period) -> dict:
    if period is None:
        return {}
    filings = standings(period, Submission.objects.visible_to(user).filter(period=period).select_related("agency"))
    return {
        "counts": counts(filings),
        "waiting": [one for one in filings if one.submission.state == Submission.State.SUBMITTED],
        "missing": [one for one in filings if not one.timeliness.is_filed],
    }
