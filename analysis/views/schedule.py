"""Time: the plan through the years, how far it is, and what is due when."""

import hashlib
from itertools import groupby

from django.contrib.auth.decorators import login_not_required
from django.db.models import prefetch_related_objects
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.cache import get_conditional_response
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from accounts import tokens
from accounts.api import FailedSignIns
from activities.models import Deadline
from activities.queries import narrow
from programme import calendar
from programme.models import Agency, Programme
from reports.models import Period, Submission

from ..calendar_feed import CONTENT_TYPE, feed
from ..exhibits import page_or_file
from ..figures.activities import Answers, answers, half_years, reports_owed, rollups
from ..figures.deadlines import outcomes, sent_on
from ..figures.due_dates import due_dates as dates_of
from ..figures.due_dates import states_of
from ..figures.schedule_forms import AddressForm, TimelineForm
from ..showing import progress as tables
from ..showing.timeline import Line, exhibit


def programme_of(slug: str) -> Programme:
    """With its half-years. Two queries."""
    programme = get_object_or_404(Programme, slug=slug)
    prefetch_related_objects([programme], "periods")
    return programme


def _current(programme: Programme) -> Period | None:
    """The latest half-year that can be reported on, of those that are loaded; None before the first."""
    today = calendar.today(programme.time_zone)
    opened = [period for period in half_years(programme) if period.opens_on <= today]
    return opened[-1] if opened else None


@require_safe
def timeline(request, slug):
    """Activities against the years, with deadlines and states; `section`, `agency` and `state` choose which."""
    programme = programme_of(slug)
    current = _current(programme)
    form = TimelineForm(
        request.GET,
        sections=programme.plan_sections.all(),
        agencies=Agency.objects.filter(responsibilities__activity__programme=programme).distinct(),
    )
    wanted = form.cleaned_data if form.is_valid() else {}
    lines = [line for line in _lines(programme, current, wanted) if _is_wanted(line, current, wanted.get("state"))]
    context = {
        "section": "plan",
        "breadcrumbs": [(reverse("plan", args=[slug]), _("Plan of activities"))],
        "programme": programme,
        "form": form,
        "shown": len(lines),
        "is_filtered": any(wanted.values()),
    }
    exhibits = [exhibit(programme, list(programme.periods.all()), lines)] if lines else []
    return page_or_file(request, "analysis/timeline.html", context, exhibits)


def _lines(programme, current, wanted) -> list[Line]:
    """Seven queries."""
    activities = narrow(
        programme.activities.select_related("section"),
        section=wanted.get("section", ""),
        agency=wanted.get("agency", ""),
    )
    deadlines: dict[int, list[Deadline]] = {activity.pk: [] for activity in activities}
    for deadline in Deadline.objects.filter(activity__programme=programme).select_related("activity").order_by("date"):
        if deadline.activity_id in deadlines:
            deadlines[deadline.activity_id].append(deadline)
    found = answers(programme)
    ended = outcomes(
        programme,
        [deadline for of_activity in deadlines.values() for deadline in of_activity],
        found=found,
        reports=reports_owed(programme),
        sent=sent_on(programme),
    )
    states = rollups(found)
    known = [one.code for one in found.periods.values() if current and one.starts_on <= current.starts_on]
    return [
        Line(
            activity,
            [ended[deadline.pk] for deadline in deadlines[activity.pk]],
            {code: states[activity.ordinal, code] for code in known},
        )
        for activity in activities
    ]


def _is_wanted(line: Line, current, state: str | None) -> bool:
    return not state or (bool(current) and line.states[current.code] == state)


@require_safe
def progress(request, slug):
    """Activities and bodies by half-year. How bodies stand is open to all; their reports are not."""
    programme = programme_of(slug)
    periods = list(programme.periods.all())
    current = _current(programme)
    found = answers(programme, current) if current else Answers()
    activities = tables.of_activities(
        programme, periods, programme.activities.select_related("section"), found, request.user
    )
    visible = Submission.objects.visible_to(request.user).filter(period__programme=programme)
    bodies = tables.of_bodies(
        programme, periods, reports_owed(programme), set(visible.values_list("pk", flat=True)), request.user
    )
    context = {
        "section": "periods",
        "breadcrumbs": [(reverse("periods", args=[slug]), _("Half-years"))],
        "programme": programme,
        "activities": activities,
        "bodies": bodies,
    }
    return page_or_file(request, "analysis/progress.html", context, [activities.exhibit(), bodies.exhibit()])


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def due_dates(request, slug):
    """The reader's dates, the next first. POST makes an address to subscribe to, which its answer alone shows."""
    programme = programme_of(slug)
    form = AddressForm(request.POST if request.method == "POST" else None, by=request.user)
    address = None
    if form.is_valid():
        _token, secret = tokens.make_for_calendar(
            by=request.user, name=form.cleaned_data["name"], expires_on=form.expires_on
        )
        address = request.build_absolute_uri(reverse("calendar-feed", args=[secret]))
        form = AddressForm(by=request.user)
    dates = dates_of(programme, request.user)
    states = states_of(dates, programme, request.user)
    today = calendar.today(programme.time_zone)
    context = {
        "section": "plan",
        "breadcrumbs": [(reverse("plan", args=[slug]), _("Plan of activities"))],
        "programme": programme,
        "ahead": _by_month((date, states[date.key]) for date in dates if date.date >= today),
        "past": _by_year((date, states[date.key]) for date in reversed(dates) if date.date < today),
        "form": form,
        "address": address,
    }
    return render(request, "analysis/calendar.html", context, status=422 if form.is_bound else 200)


def _by_month(dates) -> list[tuple]:
    """Pairs: the first day of a month, and its dates, each with its state."""
    return [(month, list(found)) for month, found in groupby(dates, key=lambda pair: pair[0].date.replace(day=1))]


def _by_year(dates) -> list[tuple]:
    """Pairs: a year, and its months."""
    return [(year, _by_month(found)) for year, found in groupby(dates, key=lambda pair: pair[0].date.year)]


@require_safe
def due_dates_file(request, slug):
    """The same dates as a file to take once."""
    response = HttpResponse(feed(programme_of(slug), request.user), content_type=CONTENT_TYPE)
    response["Content-Disposition"] = 'attachment; filename="due-dates.ics"'
    response["Cache-Control"] = "private, no-store"
    return response


@login_not_required
@require_safe
def due_dates_feed(request, secret):
    """The dates of the person whose secret address this is, for a calendar that subscribes to it.

    Whatever is wrong with the secret, there is no such page.
    """
    failures = FailedSignIns()
    if not failures.allow_request(request, None):
        return HttpResponse(status=429, headers={"Retry-After": str(int(failures.wait() or 60) + 1)})
    token = tokens.find(secret, for_calendar=True)
    programme = Programme.objects.first() if token else None
    if programme is None:
        failures.count()
        raise Http404
    content = feed(programme, token.user)
    etag = f'"{hashlib.sha256(content).hexdigest()}"'
    headers = {"ETag": etag, "Cache-Control": "private, no-cache", "Content-Language": token.user.language}
    response = HttpResponse(content, content_type=CONTENT_TYPE, headers=headers)
    return get_conditional_response(request, etag=etag, response=response)
