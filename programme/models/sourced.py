"""Records that the decree prints, and where it prints them."""

import re

from django.db import models
from django.utils.translation import gettext_lazy as _

_SPAN = re.compile(r"(\d+)(?:-(\d+))?(?:\[(\d*):(\d*)\])?")


def parse_spans(spans: str) -> list[tuple[int, int, slice]]:
    """Read "120-125,130[2:]" as (first line, last line, part of each line); lines count from 1."""
    found = []
    for part in filter(None, (piece.strip() for piece in spans.split(","))):
        match = _SPAN.fullmatch(part)
        if match is None:
            raise ValueError(part)
        first, last, start, stop = match.groups()
        part_of_line = slice(int(start) if start else None, int(stop) if stop else None)
        found.append((int(first), int(last or first), part_of_line))
    return found


class Sourced(models.Model):
    """A record with its place in the source.

    `place` is a code: `act.2.2` a clause of the resolution, `s5.1` a section of the programme, `s1.7` a row of the
    passport, `plan.14.6` row 14 and column 6 of the plan, `abbr` the list of abbreviations.
    `spans` maps each verbatim field to its lines in the source text: {"text": "120-125,130[2:]"}.
    """

    place = models.CharField(_("place in the source"), max_length=20)
    spans = models.JSONField(_("lines of the source"), default=dict, blank=True)

    class Meta:
        abstract = True

    @property
    def source_lines(self) -> tuple[int, int] | None:
        """First and last line of the source text on which the record stands."""
        ranges = [(first, last) for spans in self.spans.values() for first, last, _part in parse_spans(spans)]
        return (min(first for first, _l in ranges), max(last for _f, last in ranges)) if ranges else None
