"""Is it the report that was sent? A page for anyone who holds a document; no sign-in."""

from django.contrib.auth.decorators import login_not_required
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from ..consolidation.verification import MOST_CELLS, Verdict, verify_file, verify_hash
from ..foreign_files import Busy
from ..forms.verification import VerificationForm


@login_not_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def verify(request):
    """Takes a hash or a file (POST) and says what it is; stores nothing."""
    if request.method != "POST":
        return _page(request, VerificationForm())
    form = VerificationForm(request.POST, request.FILES, too_large=hasattr(request, "oversized"))
    if not form.is_valid():
        return _page(request, form, status=422)
    try:
        verdict = _verdict(form)
    except Busy as busy:
        form.add_error("file", str(busy))
        return _page(request, form, status=503)
    # A fresh form: a hash that stays in it would stand in the way of the next file.
    return _page(request, VerificationForm(), verdict=verdict, **_cells(request.user, verdict))


def _verdict(form) -> Verdict:
    if (file := form.cleaned_data["file"]) is not None:
        return verify_file(file.read())
    return verify_hash(form.cleaned_data["sha256"])


def _cells(user, verdict: Verdict) -> dict:
    """What differs. Others than readers of reports see only what their own file says, and only if it nearly agrees:

    otherwise a workbook made for the purpose would ask the report out.
    """
    reads = user.is_authenticated and user.reads_everything
    is_shown = reads or verdict.differences <= MOST_CELLS
    return {"cells": verdict.cells if is_shown else (), "reads_reports": reads, "most_cells": MOST_CELLS}


def _page(request, form, *, status=200, **context):
    return render(request, "reports/verification.html", {"form": form, **context}, status=status)
