"""What a filed copy holds: natural keys only, so that it reads the same without the database."""

import datetime

from accounts.models import User

from .canonical import canonical_json, sha256_of
from .duty import OwedActivity
from .models import Attachment, Submission, Waiver

COPY_VERSION = 2


def entries_content(owed: list[OwedActivity], attachments: list[Attachment]) -> list[dict]:
    """One dict per activity with an entry. `attachments`: the current ones of the submission."""
    files: dict[int, list[Attachment]] = {}
    for attachment in attachments:
        files.setdefault(attachment.activity_id, []).append(attachment)
    return [_entry_content(item, files.get(item.activity.pk, [])) for item in owed if item.entry]


def digest_of(entries: list[dict]) -> str:
    """Stands for what a person read before filing it."""
    return sha256_of(canonical_json({"entries": entries}))


def copy_content(
    submission: Submission,
    entries: list[dict],
    *,
    number: int,
    at: datetime.datetime,
    by: User,
    prepared_by: User | None,
    waivers: list[Waiver],
) -> dict:
    return {
        "version": COPY_VERSION,
        "programme": submission.period.programme.slug,
        "period": submission.period.code,
        "agency": submission.agency.code,
        "number": number,
        "due_on": submission.due_on.isoformat(),
        "filed_at": at.isoformat(),
        "filed_by": str(by),
        "prepared_by": str(prepared_by or by),
        "demonstration": by.is_demonstration,
        "waivers": [
            {
                "activity": waiver.activity.ordinal,
                "rule": waiver.rule,
                "reason": waiver.reason,
                "by": str(waiver.by),
                "at": waiver.at.isoformat(),
            }
            for waiver in waivers
        ],
        "entries": entries,
    }


def _entry_content(item: OwedActivity, files: list[Attachment]) -> dict:
    entry = item.entry
    return {
        "activity": item.activity.ordinal,
        "status": entry.status,
        "narrative": entry.narrative,
        "reason": entry.reason,
        "next_step": entry.next_step,
        "completed_on": _iso(entry.completed_on),
        "document": {
            "kind": entry.document_kind,
            "number": entry.document_number,
            "date": _iso(entry.document_date),
        }
        if entry.document_kind
        else None,
        "deviations": list(dict.fromkeys(warning.rule.value for warning in item.warnings)),
        "spending": [
            {
                "region": line.line.region.code if line.line.region else None,
                "year": line.line.year,
                "source": line.line.source,
                "amount": str(line.spent),
            }
            for line in item.lines
            if line.spent is not None
        ],
        "indicators": [
            {"indicator": counted.indicator.code, "value": counted.value}
            for counted in item.indicators
            if counted.value is not None
        ],
        "attachments": [{"name": file.name, "size": file.size, "sha256": file.sha256} for file in files],
    }


def _iso(date: datetime.date | None) -> str | None:
    return date.isoformat() if date else None
