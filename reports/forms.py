"""What people type into a report. Forms validate; `reports.filing` stores."""

from django import forms
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from budget.models import BudgetLine
from programme.money import MoneyFormField, format_money

from .duty import OwedActivity, OwedLine
from .models import Entry


class EntryForm(forms.Form):
    """One activity of a report. An incomplete entry is valid: completeness is asked for at filing.

    Has a field `spent_<line id>` for each budget line that the agency answers for.
    """

    status = forms.ChoiceField(
        label=_("Status"),
        required=False,
        choices=[("", _("Choose a status")), *Entry.Status.choices],
        help_text=_("If there is nothing to report, choose why: not yet due, not applicable here, or no data."),
    )
    narrative = forms.CharField(
        label=_("What was done in the half-year"),
        required=False,
        max_length=20_000,
        widget=forms.Textarea(attrs={"rows": 8}),
    )
    reason = forms.CharField(
        label=_("Reason"),
        required=False,
        max_length=5_000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_(
            "Needed when the activity is delayed, when there is nothing to report, "
            "and when the money differs from the plan."
        ),
    )
    next_step = forms.CharField(
        label=_("Next step"),
        required=False,
        max_length=5_000,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("Needed when the activity is delayed."),
    )
    version = forms.IntegerField(min_value=0, widget=forms.HiddenInput)

    TEXTS = ("status", "narrative", "reason", "next_step")

    def __init__(self, data=None, *, owed: OwedActivity):
        self.owed = owed
        entry = owed.entry
        initial = {name: getattr(entry, name) for name in self.TEXTS} if entry else {}
        initial["version"] = entry.version if entry else 0
        super().__init__(data, initial=initial)
        for item in owed.lines:
            self.fields[f"spent_{item.line.pk}"] = MoneyFormField(
                label=_money_label(item.line), help_text=_money_hint(item), required=False, initial=item.spent
            )

    def money_fields(self):
        return [self[f"spent_{item.line.pk}"] for item in self.owed.lines]

    @property
    def values(self) -> dict[str, str]:
        return {name: self.cleaned_data[name] for name in self.TEXTS}

    @property
    def spending(self) -> dict:
        return {item.line.pk: self.cleaned_data[f"spent_{item.line.pk}"] for item in self.owed.lines}

    def add_completeness_errors(self) -> None:
        """Show what still keeps the entry from being filed, each at its field."""
        for name, message in self.owed.problems:
            self.add_error(name, message)


def _money_label(line: BudgetLine) -> str:
    where = line.region.name if line.region else line.get_source_display()
    return _("%(where)s, budget of %(year)s") % {"where": capfirst(where), "year": line.year}


def _money_hint(owed: OwedLine) -> str:
    parts = [_("Planned: %(amount)s million tenge") % {"amount": format_money(owed.in_force)}, owed.line.note]
    if owed.before:
        parts.append(
            _("Spent in the first half-year: %(amount)s million tenge") % {"amount": format_money(owed.before)}
        )
    return ". ".join(str(part) for part in parts if part)


class ReturnForm(forms.Form):
    reason = forms.CharField(
        label=_("What has to be corrected"), max_length=5_000, widget=forms.Textarea(attrs={"rows": 4})
    )
