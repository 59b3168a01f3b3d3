"""What is measured: the pages that people open most, saving, and the programme as Excel."""

from dataclasses import dataclass
from urllib.parse import urlencode

SLUG, PERIOD, ROW = "children-2007-2011", "2009-H1", 14
PROGRAMME = f"/programmes/{SLUG}/"
HALF_YEAR = f"{PROGRAMME}periods/{PERIOD}/"
# The longest that is asked of each, as so many times the floor; a file has seconds of its own.
PAGE, SAVE, FILE = "page", "save", "file"


@dataclass(frozen=True)
class Measured:
    """`address`: {draft} is the report that `who` has under way. `queries`: at most so many are asked of it."""

    name: str
    who: str
    address: str
    kind: str = PAGE
    queries: int = 15


def _file(name: str, address: str, **query: str) -> Measured:
    return Measured(name, "analyst", f"{address}?{urlencode(query)}", FILE, 25)


MEASURED = [
    Measured("home, coordinator", "coordinator", "/"),
    Measured("home, akimat's reporter", "reporter.akt", "/"),
    Measured("home, ministry's reporter", "reporter.mci", "/"),
    Measured("home, signatory", "signatory.yuz", "/"),
    Measured("home, analyst", "analyst", "/"),
    Measured("home, leader", "leader", "/", queries=25),
    Measured("region, its head's home", "akim.akt", f"{PROGRAMME}regions/KZ-AKT/", queries=25),
    Measured("plan", "reporter.akt", f"{PROGRAMME}plan/"),
    Measured("activity", "coordinator", f"{PROGRAMME}plan/{ROW}/"),
    Measured("activity, reporter", "reporter.akt", f"{PROGRAMME}plan/{ROW}/"),
    Measured("report (task list)", "reporter.akt", "/submissions/{draft}/"),
    Measured("entry form", "reporter.akt", f"/submissions/{{draft}}/activities/{ROW}/"),
    Measured("all entries on one page", "reporter.akt", "/submissions/{draft}/all/"),
    Measured("save an entry, by itself", "reporter.akt", f"/submissions/{{draft}}/activities/{ROW}/", SAVE),
    Measured("save an entry, form", "reporter.akt", f"/submissions/{{draft}}/activities/{ROW}/", SAVE),
    Measured("board of the half-year", "coordinator", HALF_YEAR),
    Measured("consolidated preview", "coordinator", f"{HALF_YEAR}consolidated/", queries=25),
    Measured("workspace", "coordinator", f"{HALF_YEAR}workspace/", queries=25),
    Measured("overview", "leader", f"{PROGRAMME}overview/", queries=25),
    Measured("map", "coordinator", f"{PROGRAMME}map/"),
    Measured("programme (passport)", "coordinator", PROGRAMME),
    Measured("search", "coordinator", "/search/?" + urlencode({"q": "мектеп"})),
    Measured("search, reporter", "reporter.akt", "/search/?" + urlencode({"q": "мектеп"})),
    Measured("dataset of entries", "analyst", "/datasets/entries/?" + urlencode({"programme": SLUG})),
    _file("Excel: entries of the programme", "/datasets/entries.xlsx", programme=SLUG),
    _file("Excel: summary to print", "/summaries/print.xlsx", until=f"{SLUG}/{PERIOD}"),
    _file("Excel: summary to filter", "/summaries/pivot.xlsx", until=f"{SLUG}/{PERIOD}"),
]
