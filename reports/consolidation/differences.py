"""What one report says otherwise than another: the half-year before, or the one that was frozen."""

from collections.abc import Iterator

from ..timeliness import Timing
from .structure import (
    ActivityPart,
    Differences,
    EntryChange,
    EntryPart,
    Filing,
    FilingChange,
    IndicatorChange,
    MoneyChange,
    Report,
    StateChange,
)

_NOTHING = "0.000"
# What a body said; its figures are compared as sums.
_SAID = ("status", "receipt", "narrative", "reason", "next_step")


def differences(before: Report, now: Report, sha256: str | None = None) -> Differences:
    """`sha256`: of the earlier report, if it is frozen. Rows that agree are left out."""
    is_same_period = before["period"]["code"] == now["period"]["code"]
    earlier = {activity["ordinal"]: activity for activity in _activities(before)}
    pairs = [(earlier.get(activity["ordinal"]), activity) for activity in _activities(now)]
    return {
        "period": before["period"]["code"],
        "number": before["number"],
        "sha256": sha256,
        "activities": [
            StateChange(activity=one["ordinal"], before=old["status"], now=one["status"])
            for old, one in pairs
            if old and old["status"] != one["status"]
        ],
        "money": _money(before, now),
        "filings": _filings(before, now, with_copies=is_same_period),
        "indicators": [change for old, one in pairs for change in _indicators(old, one)],
        "entries": [change for old, one in pairs for change in _entries(old, one)] if is_same_period else [],
    }


def is_empty(found: Differences) -> bool:
    return not any(found[name] for name in ("activities", "money", "filings", "indicators", "entries"))


def _activities(report: Report) -> Iterator[ActivityPart]:
    return (activity for section in report["sections"] for activity in section["activities"])


def _money(before: Report, now: Report) -> list[MoneyChange]:
    earlier = {(row["source"], row["year"]): row for row in before["money"]}
    found = []
    for row in now["money"]:
        old = earlier.get((row["source"], row["year"]), {})
        change = MoneyChange(
            source=row["source"],
            year=row["year"],
            half_year_before=old.get("spent_half_year", _NOTHING),
            half_year=row["spent_half_year"],
            spent_before=old.get("spent", _NOTHING),
            spent=row["spent"],
        )
        if change["half_year_before"] != change["half_year"] or change["spent_before"] != change["spent"]:
            found.append(change)
    return found


def _filings(before: Report, now: Report, *, with_copies: bool) -> list[FilingChange]:
    """By timing and days filed late; of the same half-year also by what was accepted."""
    earlier = {filing["agency"]: filing for filing in before["filings"]}

    def standing(filing: Filing | None) -> tuple:
        if filing is None:
            return ()
        days = filing["days"] if filing["timing"] == Timing.LATE else 0
        return (filing["timing"], days, *((filing["receipt"],) if with_copies else ()))

    return [
        FilingChange(before=earlier.get(filing["agency"]), now=filing, agency=filing["agency"])
        for filing in now["filings"]
        if standing(earlier.get(filing["agency"])) != standing(filing)
    ]


def _indicators(before: ActivityPart | None, now: ActivityPart) -> Iterator[IndicatorChange]:
    earlier = {indicator["code"]: indicator["total"] for indicator in before["indicators"]} if before else {}
    for indicator in now["indicators"]:
        old = earlier.get(indicator["code"], 0)
        if old != indicator["total"]:
            yield IndicatorChange(
                activity=now["ordinal"], indicator=indicator["code"], before=old, now=indicator["total"]
            )


def _entries(before: ActivityPart | None, now: ActivityPart) -> Iterator[EntryChange]:
    earlier = {entry["agency"]: entry for entry in before["entries"]} if before else {}
    current = {entry["agency"]: entry for entry in now["entries"]}

    def said(entry: EntryPart | None) -> list:
        return [entry[name] for name in _SAID] if entry else []

    for agency in dict.fromkeys([*current, *earlier]):
        old, new = earlier.get(agency), current.get(agency)
        if said(old) != said(new):
            yield EntryChange(
                activity=now["ordinal"],
                agency=agency,
                before=old["status"] if old else None,
                now=new["status"] if new else None,
            )
