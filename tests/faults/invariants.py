"""What holds in the portal at every moment, whatever was interrupted: asked by a fresh process."""

import hashlib
from collections import Counter
from collections.abc import Iterator

from django.db.models import Count, F, Q

from analysis.models import Job
from programme.canonical import sha256_of
from reports.models import (
    Attachment,
    ConsolidatedReport,
    Dispatch,
    Entry,
    EntryRevision,
    Reminder,
    ReportDocument,
    ReportEvent,
    Submission,
    SubmissionCopy,
    SubmissionEvent,
    WorkbookUpload,
)


def broken() -> list[str]:
    """What does not hold, in words."""
    return [problem for rule in RULES for problem in rule()]


def _filings() -> Iterator[str]:
    """Each filing has its copy, its event and its receipt, and a filed report its state."""
    for copy in SubmissionCopy.objects.select_related("submission__agency", "submission__period"):
        if sha256_of(copy.content) != copy.sha256:
            yield f"copy {copy.receipt} has another hash"
        if copy.data["number"] != copy.number or not copy.receipt.endswith(copy.sha256[:8].upper()):
            yield f"copy {copy.receipt} says something else than its row"
    events = Counter(SubmissionEvent.objects.filter(action="filed").values_list("copy", flat=True))
    copies = SubmissionCopy.objects.values_list("pk", flat=True)
    if events != Counter(copies):
        yield f"copies {sorted(copies)}, events of filing {dict(events)}"
    for submission in Submission.objects.annotate(filings=Count("copies")):
        last = submission.events.exclude(from_state=F("to_state")).last()
        if submission.state != (last.to_state if last else "draft"):
            yield f"report {submission.pk} is {submission.state}, its last event says otherwise"
        if bool(submission.filings) != bool(submission.first_submitted_at):
            yield f"report {submission.pk} has {submission.filings} copies; filed {submission.first_submitted_at}"


def _entries() -> Iterator[str]:
    """Each save has its revision, and the entry is what its last revision says."""
    latest = dict(EntryRevision.objects.order_by("version").values_list("entry", "version"))
    counted = Counter(EntryRevision.objects.values_list("entry", flat=True))
    for entry in Entry.objects.all():
        if not entry.version == latest.get(entry.pk) == counted[entry.pk]:
            yield f"entry {entry.pk} has version {entry.version} and {counted[entry.pk]} revisions"
    for revision in EntryRevision.objects.filter(version=F("entry__version")).select_related("entry"):
        if revision.data["narrative"] != revision.entry.narrative:
            yield f"entry {revision.entry_id} is not what its revision says"


def _files() -> Iterator[str]:
    """Each row has its file, whole."""
    for attachment in Attachment.objects.all():
        content = _content(attachment.file)
        if content is None or hashlib.sha256(content).hexdigest() != attachment.sha256:
            yield f"attachment {attachment.pk} is not in the storage as it was sent"
    for upload in WorkbookUpload.objects.all():
        content = _content(upload.file)
        if content is None or hashlib.sha256(content).hexdigest() != upload.sha256:
            yield f"workbook {upload.pk} is not in the storage as it was sent"


def _jobs() -> Iterator[str]:
    for job in Job.objects.all():
        for file in (job.source, job.result):
            if file and not _content(file):
                yield f"job {job.pk} has no file {file.name}"
        if job.result and job.state != Job.State.DONE:
            yield f"job {job.pk} is {job.state} and has a result"


def _consolidated() -> Iterator[str]:
    for report in ConsolidatedReport.objects.all():
        if sha256_of(report.content) != report.sha256:
            yield f"consolidated report {report.pk} has another hash"
        receipts = {filing["receipt"] for filing in report.data["filings"] if filing["receipt"]}
        pinned = set(report.copies.filter(submission__period=report.period).values_list("receipt", flat=True))
        if receipts != pinned:
            yield f"consolidated report {report.pk} does not pin what it names"
    finalised = Counter(ReportEvent.objects.filter(action="finalised").values_list("report", flat=True))
    if finalised != Counter(ConsolidatedReport.objects.values_list("pk", flat=True)):
        yield "not every finalised report has its one event"
    sent = Counter(ReportEvent.objects.filter(action="sent").values_list("report", flat=True))
    if sent != Counter(Dispatch.objects.values_list("report", flat=True)):
        yield "not every dispatch has its one event"
    proposed = ReportEvent.objects.filter(Q(action="proposed") | Q(report=None)).values_list("period", flat=True)
    if not set(proposed) >= set(ConsolidatedReport.objects.values_list("period", flat=True)):
        yield "a report was finalised that nobody handed over"
    for document in ReportDocument.objects.all():
        if hashlib.sha256(document.content).hexdigest() != document.sha256:
            yield f"document {document} has another hash"


def _reminders() -> Iterator[str]:
    """Each has its e-mail, and no e-mail has two."""
    mails = Counter(Reminder.objects.values_list("mail", flat=True))
    if None in mails or any(count > 1 for count in mails.values()):
        yield f"reminders and e-mails: {dict(mails)}"


def _content(file) -> bytes | None:
    try:
        with file.storage.open(file.name) as stored:
            return stored.read()
    except FileNotFoundError:
        return None


RULES = (_filings, _entries, _files, _jobs, _consolidated, _reminders)
