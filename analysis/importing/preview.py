"""What a check or an import found, as its page shows it."""

from dataclasses import dataclass

from openpyxl.utils import get_column_letter

from ..models import Job
from .kinds import KINDS
from .resource import MOST_CHANGES, MOST_ERRORS, ImportResource


@dataclass(frozen=True)
class Preview:
    """Of a job that is done. `outcome`: of `running.found`."""

    job: Job

    @property
    def outcome(self) -> dict:
        return self.job.outcome

    @property
    def kind(self) -> type[ImportResource]:
        return KINDS[self.job.arguments["kind"]]

    @property
    def errors(self) -> list[tuple[int, str, str, str]]:
        """Row, letter of the column ("" in CSV and for a column that is not there), heading, what is wrong."""
        return [(row, self._letter(name), self._heading(name), text) for row, name, text in self.outcome["errors"]]

    @property
    def errors_left_out(self) -> int:
        return max(self.outcome["error_count"] - MOST_ERRORS, 0)

    @property
    def changes(self) -> list[dict]:
        return [
            change | {"cells": [(self._heading(name), old, new) for name, old, new in change["cells"]]}
            for change in self.outcome["changes"]
        ]

    @property
    def changes_left_out(self) -> int:
        counts = self.outcome["counts"]
        return max(counts["new"] + counts["changed"] - MOST_CHANGES, 0)

    @property
    def changes_nothing(self) -> bool:
        counts = self.outcome["counts"]
        return not (counts["new"] or counts["changed"] or self.outcome["error_count"])

    @property
    def is_written(self) -> bool:
        return self.outcome.get("is_written", False)

    @property
    def was_refused(self) -> bool:
        """It was confirmed, and something else would have happened by then."""
        return self.job.kind == Job.Kind.IMPORT and not self.is_written

    @property
    def can_be_confirmed(self) -> bool:
        return not (self.is_written or self.outcome["error_count"] or self.changes_nothing)

    @property
    def lacks_kazakh_letters(self) -> bool:
        """Windows-1251 has none, and programs put question marks for them."""
        return self.outcome["encoding"] == "windows-1251"

    def _heading(self, name: str) -> str:
        return str(self.kind.fields[name].heading)

    def _letter(self, name: str) -> str:
        place = self.outcome["places"].get(name)
        return get_column_letter(place + 1) if self.outcome["sheet"] and place is not None else ""
