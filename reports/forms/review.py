"""What coordinators type about a report, and agencies in answer. `reports.review` stores."""

import datetime

from django import forms
from django.utils.translation import gettext_lazy as _

from activities.models import Activity
from programme.models import Agency

from ..models import WARNINGS, Comment, Rule, Submission
from ..timeliness import Timing
from .fields import DayField, LongTextField

AWAITS_SIGNATURE = "awaits_signature"


class ReturnForm(forms.Form):
    reason = LongTextField(label=_("What has to be corrected"), max_length=5_000, rows=4)


class CommentForm(forms.Form):
    """On an entry, on one of its fields, or on the whole report; `ordinal` is the activity's, None for the report.

    `activities`: those that the filed copy has an entry on, by ordinal.
    """

    activity = forms.IntegerField(required=False, widget=forms.HiddenInput)
    field = forms.ChoiceField(
        label=_("About"), required=False, choices=[("", _("the whole entry")), *Comment.Field.choices]
    )
    text = LongTextField(label=_("Comment"), max_length=5_000, rows=3)

    def __init__(self, data=None, *, activities: dict[int, Activity], ordinal: int | None = None):
        self.activities = activities
        where = (data or {}).get("activity") or ordinal or "report"
        super().__init__(data, initial={"activity": ordinal}, auto_id=f"comment-on-{where}-%s")
        if where == "report":
            del self.fields["field"]

    def clean_activity(self) -> Activity | None:
        ordinal = self.cleaned_data["activity"]
        if ordinal is not None and ordinal not in self.activities:
            raise forms.ValidationError(_("The filed report has no entry on this activity."))
        return self.activities.get(ordinal)


class AnswerForm(forms.Form):
    text = LongTextField(label=_("Answer"), max_length=5_000, rows=3)


class ExtensionForm(forms.Form):
    due_on = DayField(label=_("New due date"), help_text=_("The whole day still counts as on time."))
    act = forms.CharField(
        label=_("On the basis of"), max_length=300, help_text=_("Kind, number and date of the act or letter.")
    )
    reason = LongTextField(label=_("Reason"), max_length=5_000, rows=3)

    def __init__(self, data=None, *, submission: Submission):
        super().__init__(data)
        self.submission = submission

    def clean_due_on(self) -> datetime.date:
        due_on = self.cleaned_data["due_on"]
        if due_on <= self.submission.due_on:
            raise forms.ValidationError(_("The new date must be later than the due date in force."))
        if due_on > self.submission.period.submissions_due + datetime.timedelta(days=366):
            raise forms.ValidationError(_("The date lies more than a year ahead: check the year."))
        return due_on


class WaiverForm(forms.Form):
    """`activities`: those that the body owes."""

    activity = forms.TypedChoiceField(label=_("Activity"), coerce=int)
    rule = forms.ChoiceField(
        label=_("Rule that shall not count"),
        choices=[("", _("Choose a rule")), *((rule.value, rule.label) for rule in Rule if rule not in WARNINGS)],
    )
    reason = LongTextField(label=_("Reason"), max_length=5_000, rows=3)

    def __init__(self, data=None, *, activities: list[Activity]):
        super().__init__(data)
        self.activities = {activity.ordinal: activity for activity in activities}
        self.fields["activity"].choices = [("", _("Choose an activity"))] + [
            (activity.ordinal, f"{activity.ordinal}. {activity.title}") for activity in activities
        ]

    def clean_activity(self) -> Activity:
        return self.activities[self.cleaned_data["activity"]]


class BoardFilter(forms.Form):
    """Which rows of the board are shown; without choices all are."""

    state = forms.ChoiceField(
        label=_("State"),
        required=False,
        choices=[("", _("all")), *Submission.State.choices, (AWAITS_SIGNATURE, _("awaits signature"))],
    )
    timing = forms.ChoiceField(
        label=_("Deadline"),
        required=False,
        choices=[("", _("all")), *(choice for choice in Timing.choices if choice[0] != Timing.LAPSED)],
    )
    kind = forms.ChoiceField(
        label=_("Kind of body"),
        required=False,
        choices=[
            ("", _("all")),
            *((kind.value, kind.label) for kind in (Agency.Kind.MINISTRY, Agency.Kind.CENTRAL, Agency.Kind.AKIMAT)),
        ],
    )
    commented = forms.BooleanField(label=_("Only with open comments"), required=False)

    def chosen(self, rows: list) -> list:
        """Those of the board's rows that fit; all of them if the query makes no sense."""
        return [row for row in rows if self._fits(row)] if self.is_valid() else rows

    def _fits(self, row) -> bool:
        wanted, submission = self.cleaned_data, row.submission
        state = AWAITS_SIGNATURE if submission.awaits_signature else submission.state
        return (
            wanted["state"] in ("", state, submission.state)
            and wanted["timing"] in ("", row.timeliness.timing)
            and wanted["kind"] in ("", submission.agency.kind)
            and (submission.open_comments > 0 or not wanted["commented"])
        )
