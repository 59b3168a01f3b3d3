"""What a filed copy says, with labels in the active language in place of its natural keys."""

import datetime
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from activities.models import Activity, DocumentKind
from programme.models import FundingSource
from programme.money import format_money

from .models import Attachment, Entry


@dataclass(frozen=True)
class Fact:
    """One thing that an entry says. `key` names the same thing in another filing of the agency."""

    key: tuple
    label: str
    text: str


def activities_by_ordinal(programme_id: int) -> dict[int, Activity]:
    """With their sections and indicators. Two queries."""
    rows = Activity.objects.filter(programme=programme_id).select_related("section").prefetch_related("indicators")
    return {activity.ordinal: activity for activity in rows}


def readable(
    entries: Iterable[dict],
    activities: dict[int, Activity],
    attachments: Iterable[Attachment] = (),
    waivers: Iterable[dict] = (),
) -> list[dict]:
    """The entries of a copy with their activities, their waivers, and the keys of those files that can be opened."""
    files = {(file.activity_id, file.sha256, file.name): file.pk for file in attachments}
    waivers = list(waivers)
    found = []
    for entry in entries:
        activity = activities[entry["activity"]]
        found.append(
            entry
            | {
                "activity": activity,
                "attachments": [
                    file | {"pk": files.get((activity.pk, file["sha256"], file["name"]))}
                    for file in entry.get("attachments", [])
                ],
                "waivers": [waiver for waiver in waivers if waiver["activity"] == entry["activity"]],
            }
        )
    return found


def facts(entry: dict) -> list[Fact]:
    """What the entry says beside its status and its narrative, filled in answers alone.

    `entry["activity"]`: the activity with its indicators, or its ordinal alone.
    """
    return [fact for fact in [*_texts(entry), *_completion(entry)] if fact.text] + _figures(entry)


def all_facts(entry: dict) -> list[Fact]:
    """The same with status and narrative before them."""
    status = Entry.Status(entry["status"]).label if entry["status"] else ""
    first = [
        Fact(("status",), _("Status"), str(status)),
        Fact(("narrative",), _("What was done in the half-year"), entry["narrative"]),
    ]
    return [fact for fact in first if fact.text] + facts(entry)


def _texts(entry: dict) -> list[Fact]:
    return [
        Fact(("reason",), _("Reason"), entry["reason"]),
        Fact(("next_step",), _("Next step"), entry["next_step"]),
    ]


def _completion(entry: dict) -> list[Fact]:
    """None in copies of version 1."""
    document = entry.get("document") or {}
    kind = DocumentKind(document["kind"]).label if document.get("kind") else ""
    number = f"№ {document['number']}" if document.get("number") else ""
    return [
        Fact(("completed_on",), _("Completion date"), _day(entry.get("completed_on"))),
        Fact(("document",), _("Document"), ", ".join(filter(None, [str(kind), number, _day(document.get("date"))]))),
    ]


def _figures(entry: dict) -> list[Fact]:
    # Lines are made anew for each year, so the same purpose in another half-year is the same place and source.
    money = [
        Fact(
            ("spending", row["region"], row["source"]),
            _("Spent in the half-year: %(source)s, %(year)s")
            % {"source": FundingSource(row["source"]).label, "year": row["year"]},
            _("%(amount)s million tenge") % {"amount": format_money(Decimal(row["amount"]))},
        )
        for row in entry["spending"]
    ]
    activity = entry["activity"]
    known = {one.code: one for one in activity.indicators.all()} if isinstance(activity, Activity) else {}
    for row in entry.get("indicators", []):
        indicator = known.get(row["indicator"])
        label = indicator.title if indicator else row["indicator"]
        text = f"{row['value']} {indicator.unit}" if indicator else str(row["value"])
        money.append(Fact(("indicator", row["indicator"]), label, text))
    return money


def _day(text: str | None) -> str:
    return date_format(datetime.date.fromisoformat(text), "DATE_FORMAT") if text else ""
