"""What people type into a report. The form validates; `reports.filing` stores."""

import datetime
import re
from decimal import Decimal

from django import forms
from django.utils.formats import date_format
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from activities.models import DocumentKind
from programme.money import MoneyFormField, format_money

from ..duty import OwedActivity, OwedIndicator, OwedLine
from ..models import Entry
from .fields import CountField, DayField, LongTextField


class EntryForm(forms.Form):
    """One activity of a report. An incomplete entry is valid: completeness is asked for at filing.

    Has a field `spent_<line id>` for each budget line and `indicator_<id>` for each indicator that the agency answers
    for.
    """

    status = forms.ChoiceField(
        label=_("Status"),
        required=False,
        choices=[("", _("Choose a status")), *Entry.Status.choices],
        help_text=_("If there is nothing to report, choose why: not yet due, not applicable here, or no data."),
    )
    narrative = LongTextField(label=_("What was done in the half-year"), required=False, max_length=20_000, rows=8)
    reason = LongTextField(
        label=_("Reason"),
        required=False,
        max_length=5_000,
        rows=3,
        help_text=_(
            "Needed when the activity is delayed, when there is nothing to report, "
            "and when money, a figure or a date is not what one would expect."
        ),
    )
    next_step = LongTextField(
        label=_("Next step"),
        required=False,
        max_length=5_000,
        rows=2,
        help_text=_("Needed when the activity is delayed."),
    )
    completed_on = DayField(label=_("Completion date"), required=False)
    document_kind = forms.ChoiceField(
        label=_("Document"), required=False, choices=[("", _("No document")), *DocumentKind.choices]
    )
    document_number = forms.CharField(label=_("Number of the document"), required=False, max_length=100)
    document_date = DayField(label=_("Date of the document"), required=False)
    version = forms.IntegerField(label=_("version"), min_value=0, widget=forms.HiddenInput)
    # The version that a person saw in a conflict and chose to replace: the value of the button that does it.
    overwrite = forms.IntegerField(required=False, min_value=0, widget=forms.HiddenInput)

    def __init__(self, data=None, *, owed: OwedActivity, prefix: str | None = None):
        self.owed = owed
        entry = owed.entry
        initial = {name: getattr(entry, name) for name in Entry.WRITTEN} if entry else {}
        if owed.document and not initial.get("document_kind"):
            initial["document_kind"] = owed.document
        initial["version"] = entry.version if entry else 0
        super().__init__(data, initial=initial, prefix=prefix)
        for item in owed.lines:
            self.fields[_spent(item)] = MoneyFormField(
                label=_money_label(item), help_text=_money_hint(item), required=False, initial=item.spent
            )
        for item in owed.indicators:
            self.fields[_counted(item)] = CountField(
                label=item.indicator.title, help_text=_count_hint(item), required=False, initial=item.value
            )

    def money_fields(self):
        return [self[_spent(item)] for item in self.owed.lines]

    def indicator_fields(self):
        return [self[_counted(item)] for item in self.owed.indicators]

    def completion_fields(self):
        return [self[name] for name in ("completed_on", "document_kind", "document_number", "document_date")]

    @property
    def completion_is_filled(self) -> bool:
        """Something beyond the kind of document that was chosen beforehand, or an error to mend."""
        return any(
            field.errors or (field.value() and field.name != "document_kind") for field in self.completion_fields()
        )

    @property
    def base_version(self) -> int:
        """The version of the entry that what was typed is to replace."""
        overwrite = self.cleaned_data.get("overwrite")
        return self.cleaned_data["version"] if overwrite is None else overwrite

    # The three below leave out fields with errors: autosave keeps the others.

    @property
    def values(self) -> dict:
        values = {name: self.cleaned_data[name] for name in Entry.WRITTEN if name in self.cleaned_data}
        if values.get("document_kind") == self.owed.document and not self._names_a_document():
            # The kind is chosen beforehand; alone it says nothing.
            values["document_kind"] = ""
        return values

    def _names_a_document(self) -> bool:
        typed = ("completed_on", "document_number", "document_date")
        is_typed = any(self.cleaned_data.get(name) or name in self.errors for name in typed)
        return is_typed or self.cleaned_data.get("status") == Entry.Status.DONE

    @property
    def spending(self) -> dict:
        return self._figures({item.line.pk: _spent(item) for item in self.owed.lines})

    @property
    def indicators(self) -> dict:
        return self._figures({item.indicator.pk: _counted(item) for item in self.owed.indicators})

    def _figures(self, names: dict[int, str]) -> dict:
        return {pk: self.cleaned_data[name] for pk, name in names.items() if name in self.cleaned_data}

    def in_words(self, name: str, value) -> str:
        """A field's cleaned value as people read it."""
        if isinstance(value, Decimal):
            return format_money(value)
        if isinstance(value, datetime.date):
            return date_format(value)
        if value and isinstance(self.fields[name], forms.ChoiceField):
            return str(dict(self.fields[name].choices)[value])
        return "" if value is None else str(value)


def typed_texts(data) -> list[tuple[str, str]]:
    """What was typed into entries, as pairs of label and text, without asking the database.

    For pages that can only hand a text back. `data` is a posted form, of one entry or of several.
    """
    found = []
    for name, value in data:
        row, field = re.match(r"(?:a(\d+)-)?(.*)", name).groups()
        label = _typed_label(field)
        if label and value.strip():
            where = f"{row}. {label}" if row else str(label)
            found.append((where, str(dict(Entry.Status.choices).get(value, value)) if field == "status" else value))
    return found


def _typed_label(field: str):
    if field.startswith("spent_"):
        return _("Spent in the half-year, million tenge")
    if field.startswith("indicator_"):
        return _("Indicators")
    if field in ("version", "overwrite", "document_kind") or field not in EntryForm.base_fields:
        return None
    return EntryForm.base_fields[field].label


def _spent(item: OwedLine) -> str:
    return f"spent_{item.line.pk}"


def _counted(item: OwedIndicator) -> str:
    return f"indicator_{item.indicator.pk}"


def _money_label(owed: OwedLine) -> str:
    line = owed.line
    where = line.region.name if line.region else line.get_source_display()
    label = _("%(where)s, budget of %(year)s") % {"where": capfirst(where), "year": line.year}
    return label if owed.is_own else _("%(line)s (not a line of your agency)") % {"line": label}


def _money_hint(owed: OwedLine) -> str:
    parts = [_("Planned: %(amount)s million tenge") % {"amount": format_money(owed.in_force)}, owed.line.note]
    if owed.before:
        parts.append(
            _("Spent in the first half-year: %(amount)s million tenge") % {"amount": format_money(owed.before)}
        )
    return ". ".join(str(part) for part in parts if part)


def _count_hint(owed: OwedIndicator) -> str:
    parts = [_("In this half-year, %(unit)s") % {"unit": owed.indicator.unit}]
    if owed.indicator.target is not None:
        parts.append(_("target of the stage for the whole country: %(target)s") % {"target": owed.indicator.target})
    if owed.last is not None:
        parts.append(_("in the half-year before: %(last)s") % {"last": owed.last})
    return "; ".join(str(part) for part in parts)
