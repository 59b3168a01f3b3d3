"""Lines of the source text that a reader is sent to: read from spans, merged, put into addresses."""

import re
from dataclasses import dataclass

from .models import parse_spans

# Blank lines part the cells of the printed table; lines this close are one passage.
_NEAR = 3
_RANGES = re.compile(r"\d{1,6}(?:-\d{1,6})?(?:,\d{1,6}(?:-\d{1,6})?)*", re.ASCII)

Range = tuple[int, int]


@dataclass(frozen=True)
class Passages:
    """Line ranges in the order of the source; lines count from 1, both ends belong to the range."""

    ranges: tuple[Range, ...]

    @property
    def first(self) -> int:
        return self.ranges[0][0]

    @property
    def anchor(self) -> str:
        """The first line's id on the source page."""
        return f"L{self.first}"

    @property
    def query(self) -> str:
        """As the source page's `?lines=` takes them: "12,211-212"."""
        return ",".join(str(first) if first == last else f"{first}-{last}" for first, last in self.ranges)

    @property
    def shown(self) -> str:
        return self.query.replace("-", "–").replace(",", ", ")

    @property
    def is_one_line(self) -> bool:
        return len(self.ranges) == 1 and self.ranges[0][0] == self.ranges[0][1]

    def __contains__(self, line: int) -> bool:
        return any(first <= line <= last for first, last in self.ranges)


def passages_of(spans: dict[str, str], field: str = "") -> Passages | None:
    """The passages of a record's `spans`, or of one field of it; None where nothing is known."""
    texts = [spans.get(field, "")] if field else spans.values()
    ranges = merge([(first, last) for text in texts for first, last, _part in parse_spans(text)])
    return Passages(ranges) if ranges else None


def passages_of_list(lines: list[str | int]) -> Passages | None:
    """The passages of a finding's `lines`: ["353-354", 1013]."""
    return passages_of({"": ",".join(str(line) for line in lines)})


def parse_lines(text: str, last_line: int) -> Passages:
    """Read "120-125, 130". Raises ValueError for anything else, and for lines outside 1 to `last_line`."""
    compact = "".join(text.split()).replace("–", "-")
    if not _RANGES.fullmatch(compact):
        raise ValueError(text)
    ranges = [(first, last) for first, last, _part in parse_spans(compact)]
    if any(not 1 <= first <= last <= last_line for first, last in ranges):
        raise ValueError(text)
    return Passages(tuple(sorted(ranges)))


def merge(ranges: list[Range]) -> tuple[Range, ...]:
    merged: list[Range] = []
    for first, last in sorted(ranges):
        if merged and first <= merged[-1][1] + _NEAR:
            merged[-1] = (merged[-1][0], max(last, merged[-1][1]))
        else:
            merged.append((first, last))
    return tuple(merged)
