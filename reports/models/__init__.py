"""Half-years, what each agency files for them, how it is reviewed, and the consolidated report."""

from .consolidated import (
    ConsolidatedReport,
    Dispatch,
    Proposal,
    ReportDocument,
    ReportEvent,
    ReportText,
    ReportTextRevision,
)
from .correspondence import Letter, Reminder
from .entries import Attachment, Entry, EntryRevision, IndicatorValue, Spending
from .periods import Period
from .review import WARNINGS, Comment, Extension, Rule, Waiver
from .submissions import Submission, SubmissionCopy, SubmissionEvent
from .workbooks import WorkbookUpload

__all__ = [
    "WARNINGS",
    "Attachment",
    "Comment",
    "ConsolidatedReport",
    "Dispatch",
    "Entry",
    "EntryRevision",
    "Extension",
    "IndicatorValue",
    "Letter",
    "Period",
    "Proposal",
    "Reminder",
    "ReportDocument",
    "ReportEvent",
    "ReportText",
    "ReportTextRevision",
    "Rule",
    "Spending",
    "Submission",
    "SubmissionCopy",
    "SubmissionEvent",
    "Waiver",
    "WorkbookUpload",
]
