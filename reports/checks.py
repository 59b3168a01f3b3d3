"""The rules that an entry is checked by before it is filed: what blocks, and what asks for an explanation.

They are evaluated at filing and the outcome stays with the filed copy, so that an old filing never turns wrong later.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from programme.money import format_money

from .models import Entry, Rule

if TYPE_CHECKING:
    from .duty import OwedActivity, OwedLine

# A value this many times larger or smaller than the last one looks like a slip of the decimal sign.
FAR = 5
# Below these neither value is worth a question: million tenge, and things counted.
SMALL_MONEY, SMALL_COUNT = Decimal(1), 10


@dataclass(frozen=True)
class Problem:
    """`field`: of the form, where it is mended; `message`: in the active language."""

    rule: Rule
    field: str
    message: str


def blocking(owed: OwedActivity) -> list[Problem]:
    """What keeps the entry from being filed: missing or impossible answers, and warnings without an explanation."""
    entry = owed.entry
    if entry is None or not entry.status:
        return [
            Problem(Rule.STATUS_MISSING, "status", _("Choose a status, or say why there is nothing to report.")),
            *_on_foreign_lines(owed),
        ]
    found = _missing_texts(entry)
    if not entry.reason.strip():
        found += [Problem(warning.rule, "reason", warning.message) for warning in warnings(owed)]
    found += _missing_completion(owed) if entry.status == Entry.Status.DONE else []
    found += _in_the_future(owed)
    found += _on_nothing(owed) if entry.status in Entry.BLANKS else _missing_figures(owed)
    return found + _on_foreign_lines(owed)


def warnings(owed: OwedActivity) -> list[Problem]:
    """What does not keep the report from being filed, but asks for the reason."""
    entry = owed.entry
    if entry is None or entry.status in Entry.BLANKS:
        return []
    found = [problem for line in owed.lines if line.is_own and (problem := _on_line(owed, line))]
    if entry.completed_on and entry.completed_on < owed.period.starts_on:
        found.append(
            Problem(
                Rule.DONE_BEFORE_START,
                "completed_on",
                _("Give the reason: the completion date lies before the half-year began."),
            )
        )
    for counted in owed.indicators:
        if _is_far(counted.value, counted.last, SMALL_COUNT):
            message = _("Give the reason: %(value)s after %(last)s in the half-year before (%(indicator)s).") % {
                "value": counted.value,
                "last": counted.last,
                "indicator": counted.indicator.title,
            }
            found.append(Problem(Rule.FAR_FROM_LAST, f"indicator_{counted.indicator.pk}", message))
    return found


def _on_line(owed: OwedActivity, line: OwedLine) -> Problem | None:
    if line.spent is None:
        return None
    field = f"spent_{line.line.pk}"
    if line.year_to_date > line.in_force:
        return Problem(Rule.OVER_PLAN, field, _explain(Rule.OVER_PLAN, line))
    if owed.period.half == 2 and not line.year_to_date and line.in_force:
        return Problem(Rule.NOTHING_SPENT, field, _explain(Rule.NOTHING_SPENT, line))
    if _is_far(line.spent, line.last, SMALL_MONEY):
        message = _("Give the reason: %(spent)s million tenge after %(last)s in the half-year before.") % {
            "spent": format_money(line.spent),
            "last": format_money(line.last),
        }
        return Problem(Rule.FAR_FROM_LAST, field, message)
    return None


def _explain(rule: Rule, line: OwedLine) -> str:
    return _("Give the reason: %(warning)s (%(spent)s of %(planned)s million tenge).") % {
        "warning": rule.label,
        "spent": format_money(line.year_to_date),
        "planned": format_money(line.in_force),
    }


def _is_far(value, last, small) -> bool:
    if not value or not last or max(value, last) < small:
        return False
    return value >= last * FAR or value * FAR <= last


def _missing_texts(entry: Entry) -> list[Problem]:
    found = []
    if entry.status not in Entry.BLANKS and not entry.narrative.strip():
        found.append(Problem(Rule.NARRATIVE_MISSING, "narrative", _("Write what was done.")))
    if entry.status in Entry.NEEDS_REASON and not entry.reason.strip():
        found.append(Problem(Rule.REASON_MISSING, "reason", _("Give the reason.")))
    if entry.status == Entry.Status.DELAYED and not entry.next_step.strip():
        found.append(Problem(Rule.NEXT_STEP_MISSING, "next_step", _("Say what will be done next.")))
    return found


def _missing_completion(owed: OwedActivity) -> list[Problem]:
    """The date of completion, and the document where the completion form asks this body for one."""
    entry, found = owed.entry, []
    if not owed.document:
        return found
    if entry.completed_on is None:
        found.append(
            Problem(Rule.COMPLETION_DATE_MISSING, "completed_on", _("Give the date on which it was completed."))
        )
    if not entry.document_kind:
        found.append(Problem(Rule.DOCUMENT_MISSING, "document_kind", _("Choose the document of completion.")))
        return found
    if owed.needs_document_number and not entry.document_number.strip():
        found.append(Problem(Rule.DOCUMENT_MISSING, "document_number", _("Give the number of the document.")))
    if entry.document_date is None:
        found.append(Problem(Rule.DOCUMENT_MISSING, "document_date", _("Give the date of the document.")))
    return found


def _in_the_future(owed: OwedActivity) -> list[Problem]:
    return [
        Problem(Rule.FUTURE_DATE, name, _("This date has not come yet."))
        for name in ("completed_on", "document_date")
        if (date := getattr(owed.entry, name)) and date > owed.today
    ]


def _missing_figures(owed: OwedActivity) -> list[Problem]:
    found = [
        Problem(Rule.SPENDING_MISSING, f"spent_{line.line.pk}", _("Enter what was spent, or 0 if nothing was."))
        for line in owed.lines
        if line.is_own and line.spent is None
    ]
    return found + [
        Problem(
            Rule.INDICATOR_MISSING, f"indicator_{counted.indicator.pk}", _("Enter the number, or 0 if there is none.")
        )
        for counted in owed.indicators
        if counted.value is None
    ]


def _on_nothing(owed: OwedActivity) -> list[Problem]:
    return [
        Problem(
            Rule.SPENDING_ON_NOTHING,
            f"spent_{line.line.pk}",
            _("There is an amount although the status says that there is nothing to report: change one of them."),
        )
        for line in owed.lines
        if line.is_own and line.spent
    ]


def _on_foreign_lines(owed: OwedActivity) -> list[Problem]:
    return [
        Problem(
            Rule.SPENDING_WITHOUT_LINE,
            f"spent_{line.line.pk}",
            _("Your agency does not answer for this budget line: clear the amount."),
        )
        for line in owed.lines
        if not line.is_own
    ]
