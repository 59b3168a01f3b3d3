"""Half-years from the reporting rule, and the submissions that each obliged agency owes for them."""

import datetime

from django.db import transaction

from activities.models import Responsibility
from programme import calendar
from programme.models import Agency, Programme, ReportingRule

from .models import Period, Submission


def filers(programme: Programme):
    """Agencies that must file: those that a plan row names, not merely by agreement."""
    named = Responsibility.objects.filter(activity__programme=programme, by_agreement=False)
    return Agency.objects.filter(files_reports=True, pk__in=named.values("agency"))


@transaction.atomic
def generate_periods(programme: Programme) -> int:
    """Bring the programme's half-years, and an empty draft per obliged agency, in line with the reporting rule.

    Matching is by code, so a moved date changes the period and never makes a second one. Lapsed periods are kept and
    get no drafts. Returns the number of periods.
    """
    agencies = list(filers(programme))
    generated = 0
    for rule in programme.reporting_rules.all():
        for year in range(rule.first_year, rule.last_year + 1):
            _generate(programme, rule, year, agencies)
            generated += 1
    return generated


def _generate(programme: Programme, rule: ReportingRule, year: int, agencies: list[Agency]) -> None:
    starts_on, ends_on = (
        (datetime.date(year, 1, 1), datetime.date(year, 6, 30))
        if rule.half == 1
        else (datetime.date(year, 7, 1), datetime.date(year, 12, 31))
    )
    # The dates are those of the half-year that follows.
    due_year = year if rule.half == 1 else year + 1
    period, _created = Period.objects.update_or_create(
        programme=programme,
        code=f"{year}-H{rule.half}",
        defaults={
            "year": year,
            "half": rule.half,
            "starts_on": starts_on,
            "ends_on": ends_on,
            "submissions_due": datetime.date(due_year, rule.submissions_month, rule.submissions_day),
            "consolidated_due": datetime.date(due_year, rule.consolidated_month, rule.consolidated_day),
        },
    )
    if not period.is_lapsed:
        Submission.objects.bulk_create(
            (Submission(agency=agency, period=period) for agency in agencies), ignore_conflicts=True
        )


def current_period(programme: Programme, today: datetime.date | None = None) -> Period | None:
    """The latest half-year that can be reported on `today` and has not lapsed; None before the first. One query."""
    today = today or calendar.today(programme.time_zone)
    opened = programme.periods.opened(today).select_related("programme")
    if programme.repealed_on:
        opened = opened.filter(submissions_due__lte=programme.repealed_on)
    return opened.last()
