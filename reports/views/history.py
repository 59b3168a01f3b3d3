"""Everything that was changed in a report, for reading."""

from collections.abc import Iterable

from django import forms
from django.core.paginator import Paginator
from django.shortcuts import render
from django.utils.text import Truncator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from activities.models import Activity

from ..changes import changes
from .submission import get_submission, submission_breadcrumbs

PER_PAGE = 50


class HistoryForm(forms.Form):
    """Which activity's history; the choices come loaded."""

    activity = forms.ChoiceField(label=gettext_lazy("Activity"), required=False)

    def __init__(self, *args, activities: Iterable[Activity], **kwargs):
        super().__init__(*args, **kwargs)
        self.activities = {str(activity.ordinal): activity for activity in activities}
        titles = [(key, Truncator(str(activity)).chars(70)) for key, activity in self.activities.items()]
        self.fields["activity"].choices = [("", _("the whole report")), *titles]

    def clean_activity(self) -> Activity | None:
        return self.activities.get(self.cleaned_data["activity"])


@require_safe
def history(request, pk):
    """`?activity=14` shows one activity of the plan, `?page=2` older changes."""
    sub = get_submission(request, pk)
    activities = Activity.objects.of_agency(sub.agency).filter(programme=sub.period.programme_id)
    form = HistoryForm(request.GET, activities=activities)
    activity = form.cleaned_data["activity"] if form.is_valid() else None
    context = {
        "submission": sub,
        "period": sub.period,
        "form": form,
        "activity": activity,
        "page": Paginator(changes(sub, request.user, activity), PER_PAGE).get_page(request.GET.get("page")),
        "section": "periods",
        "breadcrumbs": submission_breadcrumbs(sub),
    }
    return render(request, "reports/history.html", context)
