"""What was filed about one activity, half-year by half-year, from the filed copies and never from drafts."""

from dataclasses import dataclass
from decimal import Decimal
from itertools import groupby

from django.db.models import Exists, OuterRef

from accounts.models import User
from activities.models import Activity
from programme.models import FundingSource, Region

from .models import Entry, Period, Submission, SubmissionCopy


@dataclass(frozen=True)
class Spent:
    """Spending of a filed entry on one budget line, million tenge; region None is the republican level."""

    region: Region | None
    year: int
    source: str
    amount: Decimal


@dataclass(frozen=True)
class Filing:
    """An agency's entry on the activity as it was filed: `entry` is the copy's own structure."""

    copy: SubmissionCopy
    entry: dict
    spending: list[Spent]

    @property
    def status(self) -> str:
        return Entry.Status(self.entry["status"]).label

    @property
    def is_demonstration(self) -> bool:
        return bool(self.copy.data.get("demonstration"))


def filings(activity: Activity, user: User, regions: dict[str, Region]) -> list[tuple[Period, list[Filing]]]:
    """What `user` may read of what was filed about the activity, newest half-year first. One query.

    Of several filings of a submission the latest counts, also while it stands returned. `regions`: by code,
    those of the activity's budget lines.
    """
    visible = Submission.objects.visible_to(user).filter(
        period__programme=activity.programme_id, agency__responsibilities__activity=activity
    )
    later = SubmissionCopy.objects.filter(submission=OuterRef("submission"), number__gt=OuterRef("number"))
    copies = (
        SubmissionCopy.objects.filter(~Exists(later), submission__in=visible.values("pk"))
        .exclude(submission__state=Submission.State.DRAFT)
        .select_related("submission__agency", "submission__period")
        .order_by("-submission__period__starts_on", "submission__agency__ordinal")
    )
    found = [_filing(copy, entry, regions) for copy in copies for entry in _entries(copy, activity)]
    return [(period, list(group)) for period, group in groupby(found, key=lambda filing: filing.copy.submission.period)]


def _entries(copy: SubmissionCopy, activity: Activity) -> list[dict]:
    return [entry for entry in copy.data["entries"] if entry["activity"] == activity.ordinal]


def _filing(copy: SubmissionCopy, entry: dict, regions: dict[str, Region]) -> Filing:
    spending = [
        Spent(
            regions.get(spent["region"]),
            spent["year"],
            FundingSource(spent["source"]).label,
            Decimal(spent["amount"]),
        )
        for spent in entry["spending"]
    ]
    return Filing(copy, entry, spending)
