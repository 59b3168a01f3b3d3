"""Home for each role: what is owed, what has to be done, what moved. Leadership gets the overview."""

from django.shortcuts import redirect, render
from django.urls import reverse

from accounts.context import PortalFrame
from accounts.models import Role, User
from activities.models import Deadline
from programme import calendar
from programme.models import Programme, Region
from reports.duty import OwedActivity
from reports.models import Period, Submission
from reports.periods import current_period
from reports.since import since_last
from reports.standing import counts
from reports.timeliness import timeliness
from reports.views.submission import duty_context

from ..datasets import DATASETS
from ..exhibits import page_or_file
from ..figures.activities import answers
from ..figures.half_year import due_days, filings, report_standing, waiting
from ..figures.money import planned_lines
from ..figures.moved import movements
from ..figures.regions import region_figures
from ..figures.risk import at_risk, money_matters
from ..figures.standing_of_body import lines_paid_by, places_of_central_body, places_of_region, years_of_money
from ..models import Job, SavedView
from ..showing.home import moved_exhibits, own_money_exhibit, places_exhibit, standing_exhibit
from ..summary.forms import SummaryForm
from .jobs import Standing
from .overview import overview_page

MOST_AT_RISK = 5


def home(request):
    """The reader's own page. A head of a region is led to the region's."""
    frame = PortalFrame(request)
    if not frame.programme:
        return render(request, "analysis/home_empty.html")
    # The page's frame finds its programme once, for the page too.
    context = {"portal": frame, "programme": frame.programme, "section": "home"}
    user = request.user
    if user.files_for_agency:
        return _agency(request, context)
    if user.role == Role.LEADERSHIP:
        if region := user.agency and Region.objects.filter(agencies=user.agency).first():
            return redirect("region", frame.programme.slug, region.code)
        return overview_page(request, context)
    return _analyst(request, context) if user.role == Role.ANALYST else _coordinator(request, context)


def _agency(request, context: dict):
    user, programme = request.user, context["programme"]
    period = current_period(programme)
    context |= {"period": period} | _own_duty(user, period)
    if period is None:
        return render(request, "analysis/home_agency.html", context | _first_half_year(programme))
    shown = []
    if user.agency.region_id:
        figures = region_figures(programme, period, with_indicators=False)
        region = next((one for one in figures.regions if one.pk == user.agency.region_id), None)
        places = places_of_region(figures, region.code) if region else []
        lines = figures.lines[region.code] if region else []
    else:
        region, places = None, places_of_central_body(programme, period, user.agency)
        lines = lines_paid_by(user.agency, period)
    money = years_of_money(lines)
    context |= {
        "region": region,
        "places": [place for place in places if place.own is not None],
        "money": [one for one in money if one.year == period.year],
    }
    if places:
        shown.append(places_exhibit(places, user.agency))
    if money:
        shown.append(own_money_exhibit(money, user.agency, region, period))
    return page_or_file(request, "analysis/home_agency.html", context, shown)


def _own_duty(user: User, period: Period | None) -> dict:
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


def _coordinator(request, context: dict):
    """Of those who review; the administrator sees the same without its actions."""
    programme, user = context["programme"], request.user
    period = current_period(programme)
    if period is None:
        return render(request, "analysis/home_coordinator.html", context | _first_half_year(programme))
    today = calendar.today(programme.time_zone)
    rows = filings(period, user)
    said = answers(programme, period)
    lines = planned_lines(period, user) if money_matters(period, today) else []
    risks = at_risk(said, period, today, lines)
    board = reverse("period", args=[programme.slug, period.code])
    context |= {
        "period": period,
        "days": due_days(period),
        "counts": counts(rows),
        "board": board,
        "waiting": waiting(rows),
        "report": report_standing(period, user),
        "risks": risks[:MOST_AT_RISK],
        "more_risks": len(risks) - MOST_AT_RISK,
    }
    shown = [standing_exhibit(rows, board)] if rows else []
    return page_or_file(request, "analysis/home_coordinator.html", context, shown)


def _first_half_year(programme: Programme) -> dict:
    return {"period": None, "first": programme.periods.first()}


def _analyst(request, context: dict):
    programme, user = context["programme"], request.user
    summaries = SummaryForm()
    # Newest first: the half-years that can be or could be reported on.
    opened = [period for period in summaries.periods.values() if period.programme_id == programme.pk]
    under_way = Job.objects.visible_to(user).exclude(state__in=Job.ENDED).order_by("created_at", "pk")
    context |= {
        "datasets": DATASETS.values(),
        "summaries": summaries,
        "saved": [(view, DATASETS[view.dataset]) for view in SavedView.objects.visible_to(user)],
        "jobs": [Standing(job) for job in under_way],
        "period": opened[0] if opened else None,
    }
    if not opened:
        return render(request, "analysis/home_analyst.html", context | _first_half_year(programme))
    period, before = opened[0], opened[1] if len(opened) > 1 else None
    moved = movements(period, before, answers(programme, period))
    shown = [exhibit for exhibit in moved_exhibits(moved) if exhibit.rows]
    return page_or_file(request, "analysis/home_analyst.html", context | {"before": before}, shown)
