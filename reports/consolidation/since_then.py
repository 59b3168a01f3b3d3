"""What has been accepted or withdrawn since a report was finalised, in words; the report itself stays what it is."""

from dataclasses import dataclass, replace

from django.utils.translation import gettext as _

from ..documents import tables
from ..documents.blocks import Table
from ..documents.wording import Wording, timing_in_words
from ..models import ConsolidatedReport
from ..timeliness import Timing
from .building import consolidate
from .differences import differences
from .structure import FilingChange, read


@dataclass(frozen=True)
class SinceThen:
    """`bodies`: a sentence each. `tables`: activities, money, indicators; `entries`: who says something else."""

    bodies: list[str]
    tables: list[Table]
    entries: list[Table]


def since_then(report: ConsolidatedReport, language: str) -> SinceThen:
    """`language` is the active one. Builds the live report: ask `finalising.has_changed` first."""
    live = consolidate(report.period)
    found = differences(read(report.data), live, sha256=report.sha256)
    words = Wording(live, language)
    changes = {table.name.removeprefix("since-"): _beside(table) for table in tables.changes(found, live, words)}
    return SinceThen(
        bodies=[sentence for change in found["filings"] if (sentence := _sentence(change, words))],
        tables=[changes[name] for name in ("states", "money", "indicators") if name in changes],
        entries=[changes[name] for name in ("entries",) if name in changes],
    )


def _beside(table: Table) -> Table:
    """A supplement has tables of the same kind in itself."""
    caption = _("Since then: %(caption)s") % {"caption": table.caption[:1].lower() + table.caption[1:]}
    return replace(table, name=f"then-{table.name}", caption=caption)


def _sentence(change: FilingChange, words: Wording) -> str:
    """Empty where only time has passed."""
    now, before = change["now"], change["before"]
    earlier = before["receipt"] if before else None
    said = {
        "body": words.name(change["agency"]),
        "receipt": now["receipt"],
        "earlier": earlier,
        "timing": timing_in_words(now),
    }
    if now["receipt"] and earlier:
        return _("%(body)s: filed anew, receipt %(receipt)s instead of %(earlier)s.") % said
    if now["receipt"]:
        return _("%(body)s: accepted since then, receipt %(receipt)s (%(timing)s).") % said
    if earlier:
        return _("%(body)s: reopened; receipt %(earlier)s does not count any more.") % said
    if now["timing"] in (Timing.ON_TIME, Timing.LATE):
        return _("%(body)s: %(timing)s, not accepted yet.") % said
    return ""
