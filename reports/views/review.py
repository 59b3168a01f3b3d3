"""The coordinator's decision on a filed report."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from .. import review as reviewing
from ..forms import ReturnForm
from ..transitions import Refused
from .submission import get_submission


@require_POST
def review(request, pk):
    """Accept, return or reopen; without a reason the form is shown again."""
    sub = get_submission(request, pk)
    if not request.user.coordinates:
        raise PermissionDenied
    form = ReturnForm(request.POST)
    try:
        if "accept" in request.POST:
            reviewing.accept(submission=sub, by=request.user)
            messages.success(request, _("The report of %(agency)s has been accepted.") % {"agency": sub.agency})
        elif form.is_valid():
            unlock = reviewing.reopen if "reopen" in request.POST else reviewing.return_for_rework
            unlock(submission=sub, by=request.user, reason=form.cleaned_data["reason"])
            messages.success(
                request, _("The report of %(agency)s has been returned for rework.") % {"agency": sub.agency}
            )
        else:
            action = "reopen" if "reopen" in request.POST else "return"
            context = {
                "submission": sub,
                "period": sub.period,
                "return_form": form,
                "action": action,
                "section": "periods",
            }
            return render(request, "reports/return.html", context, status=422)
    except Refused as refusal:
        messages.error(request, str(refusal))
        return redirect("submission", pk)
    return redirect("period", sub.period.programme.slug, sub.period.code)
