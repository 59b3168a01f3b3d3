"""The boxes in which coordinators write the report. Forms validate; `reports.consolidation.texts` stores."""

import hashlib
from dataclasses import dataclass

from django import forms
from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ..consolidation import drafting, texts
from ..consolidation.structure import INTRODUCTION, Report
from ..models import Period, ReportText
from .fields import LongTextField

LANGUAGES = dict(settings.LANGUAGES)
_CHARACTERS_PER_LINE = 95


class TextForm(forms.Form):
    """The text of one part in one language. `shown` stands for the text that the page was sent with."""

    text = LongTextField(label=gettext_lazy("Text"), required=False, max_length=texts.LIMIT, rows=4)
    version = forms.IntegerField(min_value=0, widget=forms.HiddenInput)
    shown = forms.CharField(required=False, widget=forms.HiddenInput)
    # The version that a person saw in a conflict and chose to replace: the value of the button that does it.
    overwrite = forms.IntegerField(required=False, min_value=0)

    def __init__(self, data=None, *, box: "Box", prefix: str | None = None):
        initial = {"text": box.stands, "version": box.version, "shown": _stands_for(self.cleaned(box.stands))}
        super().__init__(data, initial=initial, prefix=prefix)
        field = self.fields["text"]
        field.label = box.label
        field.widget.attrs |= {"lang": box.language, "rows": _lines(self["text"].value() or "")}

    @property
    def base_version(self) -> int:
        overwrite = self.cleaned_data.get("overwrite")
        return self.cleaned_data["version"] if overwrite is None else overwrite

    @property
    def is_typed(self) -> bool:
        """Something was typed since the page was sent: a draft that has moved on meanwhile is no one's text."""
        return _stands_for(self.cleaned_data["text"]) != self.cleaned_data["shown"]

    @classmethod
    def cleaned(cls, text: str) -> str:
        return cls.base_fields["text"].to_python(text)


class TakeUpForm(forms.Form):
    """Which version to take up again, and the newest one that the person saw."""

    use = forms.IntegerField(min_value=1)
    version = forms.IntegerField(min_value=0)


@dataclass
class Box:
    """A part of the report on the page: what stands in it, where that comes from, its form.

    `borrowed_from`: the language whose text stands here because nobody has written in this one.
    """

    part: str
    language: str
    title: str
    address: str
    stands: str
    draft: str
    row: ReportText | None
    borrowed_from: str
    form: TextForm | None = None
    theirs: ReportText | None = None

    @property
    def version(self) -> int:
        return self.row.version if self.row else 0

    @property
    def is_written(self) -> bool:
        return bool(self.row and self.row.text)

    @property
    def draft_has_changed(self) -> bool:
        return self.is_written and self.row.draft != self.draft

    @property
    def label(self) -> str:
        return label_of(self.part)


def label_of(part: str) -> str:
    kind, _dash, number = part.partition("-")
    if kind == "section":
        return _("Summary of section %(number)s") % {"number": number}
    if kind == "activity":
        return _("Summary of activity %(number)s") % {"number": number}
    return _("Introduction") if part == INTRODUCTION else _("Conclusion")


def boxes(period: Period, report: Report, titles: dict[str, str], language: str) -> dict[str, Box]:
    """One for each part, with a fresh form. One query, none if the period's texts are loaded."""
    rows: dict[str, dict[str, ReportText]] = {}
    for row in period.report_texts.all():
        rows.setdefault(row.part, {})[row.language] = row
    drafts = drafting.drafts(report, language)
    found = {}
    for part, title in titles.items():
        of_part = rows.get(part, {})
        written = [one for one in (language, *LANGUAGES) if one in of_part and of_part[one].text]
        address = reverse("report-text", args=[period.programme.slug, period.code, part])
        box = Box(
            part=part,
            language=language,
            title=title,
            address=f"{address}?text={language}",
            stands=report["texts"][part][language],
            draft=drafts[part],
            row=of_part.get(language),
            borrowed_from=LANGUAGES[written[0]] if written and written[0] != language else "",
        )
        box.form = TextForm(box=box, prefix=part)
        found[part] = box
    return found


def typed_texts(data) -> list[tuple[str, str]]:
    """What was typed into the texts, as pairs of label and text, without asking the database.

    For pages that can only hand a text back. `data` is the posted form; what the page was sent with is left out.
    """
    sent = dict(data)
    found = []
    for name, value in data:
        part, _dash, field = name.rpartition("-")
        typed = TextForm.cleaned(value) if field == "text" else ""
        if typed and part and _stands_for(typed) != sent.get(f"{part}-shown"):
            found.append((label_of(part), value))
    return found


def _stands_for(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def _lines(text: str) -> int:
    """How high the box has to be for its text, within reason."""
    lines = sum(len(line) // _CHARACTERS_PER_LINE + 1 for line in text.splitlines())
    return min(max(lines + 1, 4), 22)
