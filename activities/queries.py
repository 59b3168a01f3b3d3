"""Filters of the plan. Each narrows by a subquery, so that no row comes twice whatever it is joined to."""

import datetime

from django.db.models import Q

from .models import Activity, ActivityQuerySet


def narrow(
    activities: ActivityQuerySet,
    *,
    section: str = "",
    agency: str = "",
    region: str = "",
    funding: str = "",
    year: str = "",
    due_from: datetime.date | None = None,
    due_to: datetime.date | None = None,
    words: str = "",
) -> ActivityQuerySet:
    """Activities that meet every condition given; empty ones do not count.

    A region is met by its akimat or by a budget line, a year by a deadline or a budget line. `section` is a
    number, `agency` and `region` are codes. Still one query.
    """
    conditions = []
    if agency:
        conditions.append(Q(responsibilities__agency__code=agency))
    if region:
        conditions.append(Q(responsibilities__agency__region__code=region) | Q(lines__region__code=region))
    if year:
        conditions.append(Q(deadlines__date__year=year) | Q(lines__year=year))
    if due_from or due_to:
        # One deadline must lie in the whole span, so both ends go into one condition.
        due = {"deadlines__date__gte": due_from, "deadlines__date__lte": due_to}
        conditions.append(Q(**{lookup: date for lookup, date in due.items() if date}))
    for condition in conditions:
        activities = activities.filter(pk__in=Activity.objects.filter(condition).values("pk"))
    if section:
        activities = activities.filter(section__number=section)
    if funding:
        activities = activities.filter(funding=funding)
    return activities.search(words)
