"""What another coordinator should know before finalising a report."""

from dataclasses import dataclass

from ..models import Period, ReportText, Submission
from .structure import Filing, Report


@dataclass(frozen=True)
class Gaps:
    """`missing`: bodies of which nothing is accepted or waits; `waiting`: filed and not accepted yet.

    `drafts`: by language, how many of the `parts` of the text nobody has written in; they stand as drafted.
    """

    missing: list[Filing]
    waiting: list[Filing]
    parts: int
    drafts: dict[str, int]

    @property
    def has_drafts(self) -> bool:
        return any(self.drafts.values())


# Of the official languages; English is a working translation.
_LANGUAGES = ("kk", "ru")


def gaps(period: Period, report: Report) -> Gaps:
    """Of a live report. One query."""
    open_filings = [filing for filing in report["filings"] if filing["receipt"] is None]
    waiting = [filing for filing in open_filings if filing["state"] == Submission.State.SUBMITTED]
    written = set(ReportText.objects.filter(period=period).exclude(text="").values_list("language", "part"))
    parts = report["texts"].keys()
    return Gaps(
        missing=[filing for filing in open_filings if filing not in waiting],
        waiting=waiting,
        parts=len(parts),
        drafts={language: sum((language, part) not in written for part in parts) for language in _LANGUAGES},
    )
