"""Rows by the hundred thousand, in the demonstration's own form: filed entries, and a plan with many rows."""

import datetime
from collections.abc import Iterator
from decimal import Decimal
from itertools import count, islice, product

from activities.models import Activity
from budget.models import BudgetLine
from programme.models import Agency, FundingSource, Region
from reports.models import Entry, Period, Spending, Submission

AT_ONCE = 5_000
LAST_FILED = "2010-H2"
LIKE = "akimat-akt"
WRITTEN = (
    "Облыста {number} бала қамтылды, өңірлерде оңалту орталықтары ашылды: мамандар даярланды, құрал-жабдық сатып "
    "алынды. Жұмыс жалғасып жатыр, келесі жартыжылдықта {number} отбасыға әлеуметтік көмек көрсетіледі."
)
NEXT = "Келесі кезеңде {number} ұйыммен келісім жасалады."


def fill_entries(rows: int) -> None:
    """As many filed entries as make `rows` with those that are there, each with what was spent on a budget line."""
    missing = rows - Entry.objects.filter(submission__state__in=Submission.FILED).count()
    activities = list(Activity.objects.order_by("ordinal").values_list("pk", flat=True))
    periods = list(Period.objects.filter(code__lte=LAST_FILED).order_by("starts_on"))
    submissions = _submissions(-(-missing // len(activities)), periods)
    lines = dict(BudgetLine.objects.order_by("-ordinal").values_list("activity", "pk"))
    first = Entry.objects.order_by("-pk").values_list("pk", flat=True)[0] + 1
    author = Submission.objects.filter(entries__isnull=False).values_list("entries__updated_by", flat=True)[0]
    places = islice(zip(count(first), product(submissions, activities)), missing)
    while batch := list(islice(places, AT_ONCE)):
        Entry.objects.bulk_create(_entry(pk, *place, author) for pk, place in batch)
        Spending.objects.bulk_create(
            Spending(entry_id=pk, line_id=lines[activity], amount=Decimal(pk % 100_000) / 1_000)
            for pk, (_submission, activity) in batch
            if activity in lines
        )


def _submissions(number: int, periods: list[Period]) -> Iterator[tuple[int, datetime.datetime]]:
    """Filed ones of bodies that are made for it: key and moment."""
    like = Agency.objects.get(code=LIKE)
    fields = [field.attname for field in Agency._meta.concrete_fields if not field.primary_key]
    same = {name: getattr(like, name) for name in fields}
    regions = list(Region.objects.order_by("ordinal").values_list("pk", flat=True))
    bodies = Agency.objects.bulk_create(
        Agency(**same | _renamed(like, position) | {"region_id": regions[position % len(regions)]})
        for position in range(1, -(-number // len(periods)) + 1)
    )
    made = [
        Submission(agency=body, period=period, state=Submission.State.ACCEPTED, first_submitted_at=_moment(period))
        for body, period in islice(product(bodies, periods), number)
    ]
    return [(submission.pk, submission.first_submitted_at) for submission in Submission.objects.bulk_create(made)]


def _renamed(like: Agency, position: int) -> dict[str, object]:
    names = [f"{name}_{language}" for name in ("name", "short_name") for language in ("kk", "ru", "en")]
    changed = {name: f"{getattr(like, name)} {position}" for name in names}
    return changed | {"code": f"{like.code}-{position}", "ordinal": like.ordinal + position * 100}


def _moment(period: Period) -> datetime.datetime:
    return datetime.datetime.combine(period.submissions_due, datetime.time(9, 30), datetime.UTC)


def _entry(pk: int, submission: tuple[int, datetime.datetime], activity: int, author: int) -> Entry:
    key, moment = submission
    is_done = pk % 4 == 0
    return Entry(
        pk=pk,
        submission_id=key,
        activity_id=activity,
        status=Entry.Status.DONE if is_done else Entry.Status.IN_PROGRESS,
        narrative=WRITTEN.format(number=pk),
        next_step="" if is_done else NEXT.format(number=pk % 50),
        completed_on=moment.date() if is_done else None,
        updated_at=moment - datetime.timedelta(minutes=pk % 10_000),
        updated_by_id=author,
    )


def budget_lines(rows: int) -> Iterator[tuple]:
    """So many lines that the plan does not have yet: activity, region, year, source, amount, note."""
    there = set(BudgetLine.objects.values_list("activity__ordinal", "region__code", "year", "source"))
    ordinals = Activity.objects.order_by("ordinal").values_list("ordinal", flat=True)
    regions = [None, *Region.objects.order_by("ordinal").values_list("code", flat=True)]
    places = product(ordinals, regions, (2007, 2008, 2009), FundingSource.values)
    # What the decree calls a local budget is always some region's.
    new = (place for place in places if place not in there and place[1::2] != (None, FundingSource.LOCAL))
    for number, (activity, region, year, source) in enumerate(islice(new, rows), start=1):
        yield activity, region, year, source, Decimal(number % 100_000) / 1_000, f"Нақтыланған сома, {number}-жол"
