"""The audit, for administrators: read, narrowed, taken away."""

from django.core.exceptions import PermissionDenied
from django.http import StreamingHttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from accounts import audit
from accounts.audit_words import action_in_words, details_in_words
from accounts.models import AuditRecord, Role
from programme.models import Agency

from ..auditing import AuditForm, page_of, table_of
from ..writing import stream_csv


@require_safe
@never_cache
def audit_page(request):
    """A hundred records at a time, newest first. Six queries at most."""
    form = _form(request)
    before = request.GET.get("before", "")
    last = AuditRecord.objects.filter(pk=before).first() if before.isdecimal() else None
    records, has_more = page_of(form.records(), last)
    query = request.GET.copy()
    query.pop("before", None)
    context = {
        "section": "datasets",
        "form": form,
        "records": [(one, action_in_words(one.action), details_in_words(one.details)) for one in records],
        "is_filtered": any(form.cleaned_data.values()) if form.is_valid() else True,
        "query": query.urlencode(),
        "older": records[-1].pk if has_more else None,
        "is_first": last is None,
    }
    return render(request, "analysis/audit.html", context, status=200 if form.is_valid() else 422)


@require_safe
@never_cache
def audit_file(request):
    """The same as CSV, all pages of it."""
    form = _form(request)
    records = form.records()
    audit.exported("audit", by=request.user, query=request.GET.urlencode()[:500])
    return StreamingHttpResponse(
        stream_csv(table_of(records)),
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": 'attachment; filename="audit.csv"'},
    )


def _form(request) -> AuditForm:
    if request.user.role != Role.ADMINISTRATOR:
        raise PermissionDenied
    return AuditForm(request.GET, agencies=Agency.objects.all())
