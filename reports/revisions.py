"""What people wrote in the entries of a report, save by save, in the shape in which filed copies hold entries."""

import datetime
from bisect import bisect_left
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import groupby, pairwise

from django.db.models import F

from accounts.models import User
from activities.models import Activity
from budget.models import BudgetLine

from .models import EntryRevision, Submission

# Saves of one person with no longer pause between them count as one change: autosave makes one every few seconds.
PAUSE = datetime.timedelta(minutes=10)


@dataclass(frozen=True)
class Revised:
    """What one person made of an entry in one go; `before` is None where there was no entry yet."""

    at: datetime.datetime
    by: User
    before: dict | None
    after: dict


def revised(
    submission: Submission, activities: dict[int, Activity], events: Iterable[datetime.datetime]
) -> list[Revised]:
    """Every change of every entry, latest first within each entry. Three queries.

    `activities`: by key, with their indicators. `events`: sorted moments that part two changes even where the pause
    was short.
    """
    events = list(events)
    saves = EntryRevision.objects.filter(entry__submission=submission).defer("content").select_related("by")
    saves = saves.annotate(activity=F("entry__activity"))
    ends = [_ends(saves_of_entry, events) for _entry, saves_of_entry in groupby(saves, key=lambda save: save.entry_id)]
    contents = EntryRevision.objects.in_bulk([save.pk for saves in ends for save in saves])
    lines = BudgetLine.objects.select_related("region").in_bulk(
        {int(key) for revision in contents.values() for key in revision.data["spending"]}
    )

    def entry(save: EntryRevision | None) -> dict | None:
        return save and _as_filed(contents[save.pk].data, activities[save.activity], lines)

    return [
        Revised(save.at, save.by, entry(before), entry(save))
        for saves in ends
        for before, save in reversed(list(pairwise([None, *saves])))
    ]


def _ends(saves: Iterable[EntryRevision], events: list[datetime.datetime]) -> list[EntryRevision]:
    """The last save of each go."""
    return [save for save, following in pairwise([*saves, None]) if not _goes_on(save, following, events)]


def _goes_on(save: EntryRevision, following: EntryRevision | None, events: list[datetime.datetime]) -> bool:
    if following is None or following.by_id != save.by_id or following.at - save.at >= PAUSE:
        return False
    return bisect_left(events, save.at) == bisect_left(events, following.at)


def _as_filed(data: dict, activity: Activity, lines: dict[int, BudgetLine]) -> dict:
    """The content of a revision as an entry of a copy, with the activity itself. See `copies.entries_content`."""
    codes = {indicator.pk: indicator.code for indicator in activity.indicators.all()}
    money = [(lines[int(key)], amount) for key, amount in data["spending"].items() if int(key) in lines]
    counted = data.get("indicators", {})
    document = {name: data.get(f"document_{name}", "") for name in ("kind", "number", "date")}
    return {
        "activity": activity,
        "status": data["status"],
        "narrative": data["narrative"],
        "reason": data["reason"],
        "next_step": data["next_step"],
        "completed_on": data.get("completed_on", ""),
        "document": document if any(document.values()) else None,
        "spending": [
            {
                "region": line.region.code if line.region else None,
                "year": line.year,
                "source": line.source,
                "amount": amount,
            }
            for line, amount in sorted(money, key=lambda pair: pair[0].ordinal)
        ],
        "indicators": [{"indicator": codes[key], "value": counted[str(key)]} for key in codes if str(key) in counted],
    }
