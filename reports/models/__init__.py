"""Half-years, what each agency files for them, how it is reviewed, and the consolidated report."""

from .consolidated import ConsolidatedReport
from .correspondence import Letter, Reminder
from .entries import Attachment, Entry, EntryRevision, IndicatorValue, Spending
from .periods import Period
from .review import WARNINGS, Comment, Extension, Rule, Waiver
from .submissions import Submission, SubmissionCopy, SubmissionEvent

__all__ = [
    "WARNINGS",
    "Attachment",
    "Comment",
    "ConsolidatedReport",
    "Entry",
    "EntryRevision",
    "Extension",
    "IndicatorValue",
    "Letter",
    "Period",
    "Reminder",
    "Rule",
    "Spending",
    "Submission",
    "SubmissionCopy",
    "SubmissionEvent",
    "Waiver",
]
