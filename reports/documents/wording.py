"""Words of the consolidated report in one language: names, dates, counts, and the heads that its tables share."""

import datetime
import re

from django.utils.formats import date_format
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from ..consolidation.structure import ActivityPart, Filing, Report, Text
from ..timeliness import Timeliness, Timing

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
        # Heads that several tables have.
        self.planned = _("Planned for %(year)s, million tenge") % {"year": self.year}
        self.half_year = _("Spent in the half-year, million tenge")
        self.spent = _("Spent since the start, million tenge")
        self.row = _("No.")
        self.activity = _("Activity")
        self.body = _("Body")
        self.state = _("State")

    def text(self, texts: Text) -> str:
        return as_written(texts.get(self.language) or texts["kk"])

    def date(self, iso: str) -> str:
        return date_format(datetime.date.fromisoformat(iso), "DATE_FORMAT")

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

    def number(self, activity: ActivityPart) -> str:
        return f"{activity['ordinal']}{'' if activity['printed_number'] else '*'}"
