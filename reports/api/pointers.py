"""Where something stands in an entry's JSON: JSON pointers for the fields of `EntryForm`."""

from collections.abc import Iterable

from ..checks import Problem
from ..duty import OwedActivity

_DOCUMENT = {f"document_{name}": f"#/document/{name}" for name in ("kind", "number", "date")}


def spent(line_id: int) -> str:
    """The form's field for a budget line."""
    return f"spent_{line_id}"


def counted(indicator_id: int) -> str:
    """The form's field for an indicator."""
    return f"indicator_{indicator_id}"


def places(lines: Iterable[int], indicators: Iterable[int]) -> dict[str, str]:
    """Pointers by field, for an entry that lists lines and indicators (their ids) in this order."""
    return (
        _DOCUMENT
        | {spent(line): f"#/spending/{index}/amount" for index, line in enumerate(lines)}
        | {counted(indicator): f"#/indicators/{index}/value" for index, indicator in enumerate(indicators)}
    )


def pointed(owed: OwedActivity, problems: Iterable[Problem]) -> list[dict]:
    """The problems with their places in the entry as the API gives it."""
    known = places((item.line.pk for item in owed.lines), (item.indicator.pk for item in owed.indicators))
    return [
        {
            "rule": problem.rule,
            "pointer": known.get(problem.field, f"#/{problem.field}"),
            "detail": problem.message,
        }
        for problem in problems
    ]
