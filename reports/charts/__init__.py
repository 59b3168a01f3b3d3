"""Charts and maps as SVG: attributes only, no style and no script, the same bytes for the same figures.

Each is read by a screen reader as one picture with a title and a description, or as a group of links; a table beside
it holds the figures. What a colour says, a label, a figure, a sign or a hatching says too. `About.name` is unique on
the page and in the document.
"""

from .bar import Bar, Group, bars, grouped, stacked
from .bullet import Bullet, bullets
from .column import columns
from .difference import Difference, differences
from .dot import Dots, dots
from .drawing import About, Number
from .lane import Lane, Mark, Span, timeline
from .line import Series, lines
from .palette import BAD, GOOD, INK, NEUTRAL, NUMERALS, PAPER, RULE, SCALE, UNDER_WAY, WARN, Look
from .region import MAPS, Classes, region_map

__all__ = [
    "BAD",
    "GOOD",
    "INK",
    "MAPS",
    "NEUTRAL",
    "NUMERALS",
    "PAPER",
    "RULE",
    "SCALE",
    "UNDER_WAY",
    "WARN",
    "About",
    "Bar",
    "Bullet",
    "Classes",
    "Difference",
    "Dots",
    "Group",
    "Lane",
    "Look",
    "Mark",
    "Number",
    "Series",
    "Span",
    "bars",
    "bullets",
    "columns",
    "differences",
    "dots",
    "grouped",
    "lines",
    "region_map",
    "stacked",
    "timeline",
]
