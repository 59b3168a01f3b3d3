"""Words of the consolidated report in one language: names, dates, counts, and the heads that its tables share."""

import datetime
import re

from django.utils.formats import date_format
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from ..consolidation.structure import ActivityPart, Filing, Report, Text
from ..timeliness import Timeliness, Timing
from . import cases

_KAZAKH_LETTERS = set("әғқңөұүһіӘҒҚҢӨҰҮҺІ")
_CYRILLIC = re.compile("[А-Яа-яЁё]")
# What XML 1.0 cannot hold; Word and Excel refuse the whole file for one such character.
_NOT_IN_XML = re.compile("[\x00-\x08\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


def as_written(text: str) -> str:
    """A person's text without the characters that no document can hold; old Word line breaks become new lines."""
    return _NOT_IN_XML.sub(
        "", text.replace("\r\n", "\n").replace("\r", "\n").replace("\x0b", "\n").replace("\x0c", "\n")
    )


def language_of(text: str) -> str:
    """Kazakh, Russian or English by the letters, for screen readers and spelling checkers."""
    if _KAZAKH_LETTERS & set(text):
        return "kk"
    return "ru" if _CYRILLIC.search(text) else "en"


def capital(choice) -> str:
    """The label of a choice, as it stands at the head of a cell."""
    return capfirst(str(choice.label))


def days_in_words(count: int) -> str:
    return ngettext("%(days)s day", "%(days)s days", count) % {"days": count}


def timing_in_words(filing: Filing) -> str:
    return Timeliness(Timing(filing["timing"]), filing["days"]).in_words


class Wording:
    """Takes texts of a report in the active language, which is `language`."""

    def __init__(self, report: Report, language: str):
        self.report = report
        self.language = language
        self.year = report["period"]["year"]
        self.period = report["period"]["code"]
        self._mentioned: set[str] = set()
        self._regions: dict[str, Text] = {row["region"]: row["name"] for row in report["regions"]}
        # Heads that several tables have.
        self.planned = _("Planned for %(year)s, million tenge") % {"year": self.year}
        self.half_year = _("Spent in the half-year, million tenge")
        self.spent = _("Spent since the start, million tenge")
        self.row = _("No.")
        self.activity = _("Activity")
        self.body = _("Body")
        self.state = _("State")
        self.region = _("Region")

    def text(self, texts: Text) -> str:
        return as_written(texts.get(self.language) or texts["kk"])

    def part(self, part: str) -> str:
        """What the coordinators wrote or the portal drafted for a part; old reports have none."""
        texts = self.report["texts"].get(part)
        return self.text(texts) if texts else ""

    def date(self, iso: str) -> str:
        return date_format(datetime.date.fromisoformat(iso), "DATE_FORMAT")

    def day(self, iso: str) -> str:
        return date_format(datetime.date.fromisoformat(iso), "SHORT_DATE_FORMAT")

    def for_period(self, code: str) -> str:
        year, half = code.split("-H")
        if half == "1":
            return _("for the first half of %(year)s") % {"year": year}
        return _("for the second half of %(year)s") % {"year": year}

    def name(self, code: str) -> str:
        body = self.report["bodies"].get(code)
        return self.text(body["name"]) if body else code

    def short_name(self, code: str) -> str:
        body = self.report["bodies"].get(code)
        return self.text(body["short_name"]) if body else code

    def mention(self, code: str) -> str:
        """In full where a reader first meets the body, with its short name if that is another; then the short name."""
        name, short = self.name(code), self.short_name(code)
        if code in self._mentioned or name == short:
            return short
        self._mentioned.add(code)
        return _("%(name)s (hereafter %(short)s)") % {"name": name, "short": short}

    def region_name(self, code: str | None) -> str:
        """None: the republican level."""
        if code is None:
            return _("Republic")
        found = self._regions.get(code)
        return self.text(found) if found else code

    def act(self) -> str:
        """The act that approves the programme, as it is cited; empty if the portal does not hold it."""
        act = self.report["programme"].get("act")
        if not act:
            return ""
        day = datetime.date.fromisoformat(act["date"])
        return cases.citation(self.text(act["issuer"]), act["number"], day, self.language)

    def number(self, activity: ActivityPart) -> str:
        return f"{activity['ordinal']}{'' if activity['printed_number'] else '*'}"
