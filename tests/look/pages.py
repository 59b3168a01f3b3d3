"""Every page of the portal, and who looks at it. `tests/test_access.py` fails for a page that is missing here."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.urls import reverse

SLUG = "children-2007-2011"


@dataclass(frozen=True)
class Page:
    """`url` and `arguments` as for `reverse`; an argument that names one of the rows of `rows.py` becomes that row.

    `needs_debug`: for developers; the portal answers 404 elsewhere.
    """

    url: str
    who: str | None = "coordinator"
    arguments: tuple[str | int, ...] = ()
    query: str = ""
    needs_debug: bool = False

    @property
    def name(self) -> str:
        parts = [self.url, *(str(part) for part in self.arguments if part != SLUG), self.query, self.who or "visitor"]
        return "_".join("".join(c if c.isalnum() or c == "." else "-" for c in part) for part in parts if part)

    @property
    def title(self) -> str:
        """For people: the name of the URL and what tells it from others of that name."""
        return " ".join(str(part) for part in [self.url, *self.arguments, self.query] if part not in (SLUG, ""))

    def address(self, rows: Mapping[str, str | int]) -> str:
        path = reverse(self.url, args=[rows.get(part, part) for part in self.arguments])
        return f"{path}?{self.query}" if self.query else path


def _of_programme(url: str, who: str = "coordinator", *arguments: str | int, query: str = "") -> Page:
    return Page(url, who, (SLUG, *arguments), query)


PAGES = [
    Page("login", None),
    Page("login", None, query="next=/datasets/"),
    Page("verify", None),
    Page("choose-password", None, ("invited", "invitation")),
    Page("choose-password", None, ("MQ", "used-up")),
    *(
        Page("home", who)
        for who in ("coordinator", "reporter.akt", "signatory.yuz", "analyst", "leader", "akim.akt", "admin")
    ),
    _of_programme("overview", "leader"),
    _of_programme("overview", "akim.akt"),
    _of_programme("passport"),
    _of_programme("programme-text"),
    _of_programme("source", query="lines=1603-1616"),
    _of_programme("findings"),
    _of_programme("plan"),
    _of_programme("plan", query="q=мектеп"),
    _of_programme("activity", "coordinator", 14),
    _of_programme("activity", "reporter.akt", 14),
    _of_programme("timeline"),
    _of_programme("calendar", "reporter.akt"),
    _of_programme("progress"),
    _of_programme("budget"),
    _of_programme("reconciliation"),
    _of_programme("money", "analyst"),
    _of_programme("results", "analyst"),
    _of_programme("map"),
    _of_programme("map", "akim.akt", query="measure=spent"),
    _of_programme("region", "akim.akt", "KZ-AKT"),
    _of_programme("region", "coordinator", "KZ-ALA"),
    _of_programme("compare", "analyst"),
    _of_programme("periods"),
    _of_programme("period", "coordinator", "2009-H1"),
    _of_programme("period", "reporter.akt", "2008-H2"),
    _of_programme("reminders", "coordinator", "2009-H1"),
    _of_programme("workspace", "coordinator", "2008-H2"),
    _of_programme("workspace", "coordinator", "2009-H1"),
    _of_programme("report-text", "coordinator", "2009-H1", "activity-14"),
    _of_programme("consolidated", "coordinator", "2008-H2"),
    _of_programme("consolidated", "analyst", "2009-H1"),
    _of_programme("consolidated-report", "coordinator", "2008-H2", 1),
    _of_programme("behind", "coordinator", "2008-H2", query="measure=answer&activity=14&status=done"),
    Page("submission", "reporter.akt", ("draft",)),
    Page("submission", "coordinator", ("submitted",)),
    Page("submission", "reporter.zha", ("returned",)),
    Page("submission", "analyst", ("accepted",)),
    Page("entry", "reporter.akt", ("draft", 14)),
    Page("entries", "reporter.akt", ("draft",)),
    Page("workbook-upload", "reporter.akt", ("draft",)),
    Page("workbook-preview", "reporter.akt", ("workbook",)),
    Page("file-submission", "reporter.akt", ("draft",)),
    Page("file-submission", "signatory.yuz", ("to sign",)),
    Page("receipt", "reporter.akt", ("accepted",)),
    Page("history", "reporter.akt", ("accepted",)),
    Page("letters", "coordinator", ("missing",)),
    Page("extend", "coordinator", ("draft",)),
    Page("waive", "coordinator", ("draft",)),
    Page("datasets", "analyst"),
    Page("dataset-page", "analyst", ("spending",)),
    Page("dataset-page", "analyst", ("entries",)),
    Page("saved-view", "analyst", ("view",)),
    Page("jobs", "analyst"),
    Page("job", "analyst", ("job",)),
    Page("imports"),
    Page("import", "coordinator", ("users",)),
    Page("import-job", "coordinator", ("import to confirm",)),
    Page("import-job", "coordinator", ("import with errors",)),
    Page("tokens", "analyst"),
    Page("api-reference", "analyst"),
    Page("search", "coordinator", query="q=мектеп"),
    Page("search", "reporter.akt", query="q=йцукен"),
    Page("help", "reporter.akt"),
    Page("glossary", "reporter.akt"),
    Page("components", needs_debug=True),
]
