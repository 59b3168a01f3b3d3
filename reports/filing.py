"""What an agency does with its report: it saves entries and files, sends it for signature, files it.

All are atomic and take the submission's row lock first. They raise Refused with a message in the active language, and
have then changed nothing.
"""

import datetime
from contextlib import ExitStack
from decimal import Decimal
from zoneinfo import ZoneInfo

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import Role, User
from activities.models import Activity
from programme import calendar, searching
from programme.models import Agency
from programme.words import words_of

from . import notices
from .attachments import Upload
from .canonical import canonical_json, sha256_of
from .copies import copy_content, digest_of, entries_content
from .duty import OwedActivity, owed_activities
from .models import (
    Attachment,
    Entry,
    EntryRevision,
    IndicatorValue,
    Spending,
    Submission,
    SubmissionCopy,
    SubmissionEvent,
)
from .transitions import Refused, lock, record, require_agency

Action = SubmissionEvent.Action


class Conflict(Refused):
    """Somebody else saved the entry meanwhile; `theirs` is what they saved."""

    def __init__(self, theirs: Entry):
        super().__init__(
            _("Somebody else saved this entry while you were writing. Your text stands below and was not saved.")
        )
        self.theirs = theirs


@transaction.atomic
def save_entry(
    *,
    submission: Submission,
    activity: Activity,
    by: User,
    version: int,
    values: dict[str, str | datetime.date | None],
    spending: dict[int, Decimal | None],
    indicators: dict[int, int | None] | None = None,
) -> Entry:
    """Store an entry of a draft or returned submission; incomplete is fine until it is filed.

    `version` is that of the entry the writer saw, 0 for none; `values` are fields of Entry; `spending` maps budget
    line ids to million tenge, `indicators` indicator ids to numbers, None removes. The caller has checked them against
    `duty.owed_activities`. What differs makes a new version with its revision; nothing different changes nothing,
    so that a second click on “Save” meets no conflict. Raises Conflict when the entry changed meanwhile.
    """
    locked = _lock_for_writing(submission, by)
    entry = Entry.objects.filter(submission=locked, activity=activity).first()
    seen = entry.version if entry else 0
    entry = entry or Entry(submission=locked, activity=activity, version=0)
    known = words_of(entry)
    before = revision_content(entry)
    after = _changed(before, values, spending, indicators or {})
    if after == before:
        return entry
    if seen != version:
        raise Conflict(entry)
    for name, value in values.items():
        setattr(entry, name, value)
    entry.version += 1
    entry.updated_at, entry.updated_by = calendar.now(), by
    entry.save()
    searching.remember(words_of(entry) - known)
    _store(Spending, "line_id", "amount", entry, spending)
    _store(IndicatorValue, "indicator_id", "value", entry, indicators or {})
    EntryRevision.objects.create(
        entry=entry, version=entry.version, at=entry.updated_at, by=by, content=canonical_json(after)
    )
    return entry


def attach(
    *, submission: Submission, activity: Activity, by: User, upload: Upload, replaces: Attachment | None = None
) -> Attachment:
    """Keep a checked file with the activity, as the next version of `replaces` if that is given.

    The same bytes under the same name are kept once, so that a second click adds nothing. The file is written before
    the transaction, so that nobody waits for a slow storage, and is taken away again if there will be no row for it;
    an outer transaction that is rolled back later would leave the file behind.
    """
    with ExitStack() as undo:
        attachment = Attachment(
            submission=submission,
            activity=activity,
            name=upload.name,
            content_type=upload.content_type,
            size=upload.size,
            sha256=upload.sha256,
            file=upload.store(undo),
            replaces=replaces,
            uploaded_by=by,
        )
        kept = _keep(attachment)
        if kept is attachment:
            undo.pop_all()
    return kept


@transaction.atomic
def _keep(attachment: Attachment) -> Attachment:
    """Store the row; returns the one that already holds the same bytes under the same name, if there is one."""
    locked = _lock_for_writing(attachment.submission, attachment.uploaded_by)
    current = locked.attachments.filter(activity=attachment.activity_id).current()
    if attachment.replaces_id and not current.filter(pk=attachment.replaces_id).exists():
        raise Refused(_("This file has been replaced or removed meanwhile."))
    same = current.filter(sha256=attachment.sha256, name=attachment.name).first()
    if same:
        return same
    attachment.uploaded_at = calendar.now()
    attachment.save()
    return attachment


@transaction.atomic
def detach(*, attachment: Attachment, by: User) -> None:
    """Take a file out of the report. It is kept, with who took it out and when."""
    locked = _lock_for_writing(attachment.submission, by)
    changed = locked.attachments.current().filter(pk=attachment.pk).update(removed_at=calendar.now(), removed_by=by)
    if not changed:
        raise Refused(_("This file has been replaced or removed meanwhile."))


def has_signatory(agency: Agency) -> bool:
    return User.objects.filter(agency=agency, role=Role.SIGNATORY, is_active=True).exists()


@transaction.atomic
def send_for_signature(*, submission: Submission, by: User) -> None:
    """Give a complete report to the agency's signatory; nobody changes it until it is filed, sent back or recalled."""
    locked = _lock_for_writing(submission, by)
    _require_filing_time(locked)
    if not has_signatory(locked.agency):
        raise Refused(_("Your agency has no signatory account: file the report directly."))
    _require_complete(owed_activities(locked))
    locked.awaits_signature = True
    notices.announce(record(locked, Action.SENT, by=by, at=calendar.now()))


@transaction.atomic
def recall(*, submission: Submission, by: User) -> None:
    """Take a report back from the signatory."""
    _end_signing(submission, by, Action.RECALLED)


@transaction.atomic
def send_back(*, submission: Submission, by: User, reason: str) -> None:
    """The signatory gives the report back to the reporters, with the reason."""
    if by.role != Role.SIGNATORY:
        raise Refused(_("Only the signatory may send the report back."))
    if not reason.strip():
        raise Refused(_("Say what has to be corrected."))
    _end_signing(submission, by, Action.SENT_BACK, reason.strip())


@transaction.atomic
def submit(*, submission: Submission, by: User, seen: str | None = None, request_key: str = "") -> SubmissionCopy:
    """File the report: an immutable copy with hash and receipt number, the first filing date, a lock, an event.

    `seen`: the digest of what the person read (`copies.digest_of`); if the report is different now, it is not filed.
    `request_key`: see `submit_once`.
    """
    locked = lock(submission)
    require_agency(locked, by)
    owed = owed_activities(locked)
    require_ready(locked, owed, by=by)
    attachments = list(locked.attachments.current())
    entries = entries_content(owed, attachments)
    if seen is not None and seen != digest_of(entries):
        raise Refused(_("The report was changed after you opened this page. Read it again before you file it."))
    waivers = list(locked.waivers.filter(copy=None).select_related("activity", "by"))
    copy = _copy(locked, entries, by=by, waivers=waivers, request_key=request_key)
    copy.attachments.set(attachments)
    locked.waivers.filter(copy=None).update(copy=copy)
    locked.first_submitted_at = locked.first_submitted_at or copy.filed_at
    locked.awaits_signature = False
    event = record(locked, Action.FILED, by=by, at=copy.filed_at, to_state=Submission.State.SUBMITTED, copy=copy)
    notices.announce(event)
    return copy


@transaction.atomic
def submit_once(
    *, submission: Submission, by: User, request_key: str, seen: str | None = None
) -> tuple[SubmissionCopy, bool]:
    """What the request with this key filed, and whether it was filed only now: sent twice, it files once."""
    locked = lock(submission)
    require_agency(locked, by)
    filed = locked.copies.filter(request_key=request_key).first()
    if filed:
        return filed, False
    return submit(submission=locked, by=by, seen=seen, request_key=request_key), True


def require_ready(submission: Submission, owed: list[OwedActivity], *, by: User) -> None:
    """Refused, with the reason, where the person cannot file the report as it is; he acts for the agency."""
    if submission.state not in Submission.EDITABLE:
        raise Refused(_("This report has already been filed."))
    _require_filing_time(submission)
    if by.role != Role.SIGNATORY and has_signatory(submission.agency):
        raise Refused(_("Your agency has a signatory: send the report for signature."))
    _require_complete(owed)


def _lock_for_writing(submission: Submission, by: User) -> Submission:
    locked = lock(submission)
    require_agency(locked, by)
    if not locked.is_editable:
        raise Refused(why_locked(locked))
    return locked


def why_locked(submission: Submission) -> str:
    """Why the report cannot be written in, and what has to happen first."""
    if submission.awaits_signature:
        return _("The report awaits signature and is locked. Recall it, or let the signatory send it back.")
    return _("The report has been filed and is locked. It can be changed only after it is returned.")


def _require_filing_time(submission: Submission) -> None:
    period = submission.period
    if period.is_lapsed:
        raise Refused(_("The duty to report on this half-year has lapsed."))
    if calendar.today(period.programme.time_zone) < period.opens_on:
        raise Refused(_("The half-year has not ended yet."))


def _require_complete(owed: list[OwedActivity]) -> None:
    unfinished = [item for item in owed if not item.is_complete]
    if unfinished:
        raise Refused(
            _("The report cannot be filed yet. Activities to complete: %(rows)s.")
            % {"rows": ", ".join(str(item.activity.ordinal) for item in unfinished)}
        )


def _end_signing(submission: Submission, by: User, action: str, reason: str = "") -> None:
    locked = lock(submission)
    require_agency(locked, by)
    if not locked.awaits_signature:
        raise Refused(_("The report does not await signature any more."))
    locked.awaits_signature = False
    notices.announce(record(locked, action, by=by, at=calendar.now(), reason=reason))


def _copy(submission: Submission, entries: list[dict], *, by: User, waivers: list, request_key: str) -> SubmissionCopy:
    moment = calendar.now().astimezone(ZoneInfo(submission.period.programme.time_zone))
    number = submission.copies.count() + 1
    sent = submission.events.filter(action=Action.SENT).select_related("by").last()
    content = canonical_json(
        copy_content(
            submission,
            entries,
            number=number,
            at=moment,
            by=by,
            prepared_by=sent.by if submission.awaits_signature else None,
            waivers=waivers,
        )
    )
    digest = sha256_of(content)
    return SubmissionCopy.objects.create(
        submission=submission,
        number=number,
        filed_at=moment,
        filed_by=by,
        content=content,
        sha256=digest,
        receipt=f"{submission.period.code}-{submission.agency.code}-{number:02d}-{digest[:8]}".upper(),
        request_key=request_key,
    )


def revision_content(entry: Entry) -> dict:
    """The entry in strings, so that versions compare and store alike. Two queries, none for a new entry."""
    empty = {"spending": {}, "indicators": {}}
    values = {name: getattr(entry, name) for name in Entry.WRITTEN}
    if entry.pk is None:
        return _changed(empty, values, {}, {})
    spending = {row.line_id: row.amount for row in entry.spending.all()}
    indicators = {row.indicator_id: row.value for row in entry.indicator_values.all()}
    return _changed(empty, values, spending, indicators)


def written_content(values: dict, spending: dict, indicators: dict) -> dict:
    """The same of an entry that holds nothing but this."""
    return _changed(revision_content(Entry()), values, spending, indicators)


def _changed(content: dict, values: dict, spending: dict, indicators: dict) -> dict:
    figures = {
        name: {key: figure for key, figure in (content[name] | _as_text(new)).items() if figure is not None}
        for name, new in (("spending", spending), ("indicators", indicators))
    }
    return content | {name: "" if value is None else str(value) for name, value in values.items()} | figures


def _as_text(figures: dict[int, Decimal | int | None]) -> dict[str, str | None]:
    return {str(key): None if figure is None else str(figure) for key, figure in figures.items()}


def _store(model, key: str, name: str, entry: Entry, figures: dict) -> None:
    for identifier, figure in figures.items():
        if figure is None:
            model.objects.filter(entry=entry, **{key: identifier}).delete()
        else:
            model.objects.update_or_create(entry=entry, **{key: identifier}, defaults={name: figure})
