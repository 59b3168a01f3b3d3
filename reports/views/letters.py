"""What was sent about a half-year: reminders by e-mail, and official letters, which coordinators write here."""

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods

from ..documents import CONTENT_TYPES
from ..letters import letters_to, write_letter
from ..models import Letter, Reminder, Submission
from ..standing import standings
from ..timeliness import Timing, timeliness
from ..transitions import Refused
from .periods import get_period
from .submission import get_submission, submission_breadcrumbs


class LetterForm(forms.Form):
    language = forms.ChoiceField(
        label=gettext_lazy("Language of the letter"),
        choices=Letter.Language.choices,
        initial=Letter.Language.KAZAKH,
        widget=forms.RadioSelect,
    )


@require_GET
def reminders(request, slug, code):
    """E-mails and letters sent about the half-year, and to whom a letter can be written now."""
    period = get_period(slug, code)
    if not request.user.reads_everything:
        raise PermissionDenied
    submissions = Submission.objects.visible_to(request.user).filter(period=period).select_related("agency")
    sent = Reminder.objects.visible_to(request.user).filter(period=period)
    letters = Letter.objects.visible_to(request.user).filter(submission__period=period).defer("document")
    stand = standings(period, submissions.order_by("agency__ordinal"))
    context = {
        "period": period,
        "reminders": sent.select_related("submission__agency", "recipient"),
        "letters": letters.select_related("submission__agency", "by"),
        "overdue": [one for one in stand if one.timeliness.timing == Timing.OVERDUE],
        "section": "periods",
        "breadcrumbs": [
            (reverse("periods", args=[slug]), _("Half-years")),
            (reverse("period", args=[slug, code]), capfirst(period.title)),
        ],
    }
    return render(request, "reports/reminders.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def letters(request, pk):
    """The letters to one body about one half-year; coordinators write the next one (POST)."""
    submission = get_submission(request, pk)
    if not (request.user.coordinates if request.method == "POST" else request.user.reads_everything):
        raise PermissionDenied
    form = LetterForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        return _write(request, submission, form.cleaned_data["language"])
    stands = timeliness(submission)
    context = {
        "submission": submission,
        "period": submission.period,
        "timeliness": stands,
        "letters": letters_to(submission),
        "form": form,
        "can_write": request.user.coordinates and stands.timing == Timing.OVERDUE,
        "section": "periods",
        "breadcrumbs": submission_breadcrumbs(submission),
    }
    return render(request, "reports/letters.html", context, status=422 if form.is_bound else 200)


@require_GET
def letter(request, pk):
    """The letter as it was written, byte for byte; also for the body that it is addressed to."""
    found = get_object_or_404(Letter.objects.visible_to(request.user), pk=pk)
    response = HttpResponse(bytes(found.document), content_type=CONTENT_TYPES["docx"])
    name = f"letter-{found.year}-{found.number}-{found.language}.docx"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def _write(request, submission: Submission, language: str):
    try:
        written = write_letter(submission=submission, by=request.user, language=language)
    except Refused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(
            request,
            _("Letter № %(number)s has been written. Download it, print it and have it signed.") % {"number": written},
        )
    return redirect("letters", submission.pk)
