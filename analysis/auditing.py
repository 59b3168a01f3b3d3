"""Reading the audit: which records, page by page, and as a table for a file."""

import datetime
from collections.abc import Iterable, Iterator

from django import forms
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.audit_words import AREAS, action_in_words, details_in_words
from accounts.models import AuditRecord
from programme.models import Agency

from .writing import Column, Kind, Table

ROWS_A_PAGE = 100
BATCH = 2_000


class AuditForm(forms.Form):
    """What narrows the records. Choices of agencies come loaded, so it makes no query."""

    since = forms.DateField(
        label=gettext_lazy("From"), required=False, widget=forms.DateInput({"type": "date"}, "%Y-%m-%d")
    )
    until = forms.DateField(
        label=gettext_lazy("Until"), required=False, widget=forms.DateInput({"type": "date"}, "%Y-%m-%d")
    )
    area = forms.ChoiceField(label=gettext_lazy("What it is about"), required=False)
    username = forms.CharField(label=gettext_lazy("User name"), required=False, max_length=150)
    agency = forms.ChoiceField(label=gettext_lazy("Agency"), required=False)
    request = forms.CharField(
        label=gettext_lazy("Request"),
        required=False,
        max_length=64,
        help_text=gettext_lazy("The number that the page of an error names."),
    )

    def __init__(self, *args, agencies: Iterable[Agency], **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["area"].choices = [("", gettext_lazy("all")), *AREAS.items()]
        self.fields["agency"].choices = [("", gettext_lazy("all")), *((one.code, one.short_name) for one in agencies)]

    def records(self) -> QuerySet[AuditRecord]:
        """What the form asks for, newest first; of a form with errors nothing."""
        if not self.is_valid():
            return AuditRecord.objects.none()
        wanted = self.cleaned_data
        found = AuditRecord.objects.all()
        if wanted["since"]:
            found = found.filter(at__gte=_midnight(wanted["since"]))
        if wanted["until"]:
            found = found.filter(at__lt=_midnight(wanted["until"] + datetime.timedelta(days=1)))
        if wanted["area"]:
            found = found.filter(action__startswith=f"{wanted['area']}.")
        for name, column in (("username", "username"), ("agency", "agency"), ("request", "request_id")):
            if wanted[name]:
                found = found.filter(**{column: wanted[name]})
        return found


def page_of(records: QuerySet[AuditRecord], before: AuditRecord | None) -> tuple[list[AuditRecord], bool]:
    """The records that follow `before` in the list, as many as fit a page, and whether there are more. One query."""
    found = list(_after(records, before)[: ROWS_A_PAGE + 1])
    return found[:ROWS_A_PAGE], len(found) > ROWS_A_PAGE


def table_of(records: QuerySet[AuditRecord]) -> Table:
    """All of them, read in batches."""
    columns = [
        Column("at", _("At"), Kind.MOMENT),
        Column("action", _("Action")),
        Column("action_name", _("Name of the action")),
        Column("user", _("User")),
        Column("agency", _("Agency")),
        Column("subject", _("Subject")),
        Column("details", _("Details")),
        Column("request", _("Request")),
        Column("address", _("Network address")),
        Column("record", _("Record")),
        Column("sha256", "SHA-256"),
    ]
    return Table(_("Audit"), columns, map(_row, _in_batches(records)))


def _row(record: AuditRecord) -> list:
    return [
        timezone.make_naive(record.at),
        action_in_words(record.action),
        record.action,
        record.username,
        record.agency,
        f"{record.subject} {record.subject_id}".strip(),
        details_in_words(record.details),
        record.request_id,
        record.address,
        str(record),
        record.sha256,
    ]


def _in_batches(records: QuerySet[AuditRecord]) -> Iterator[AuditRecord]:
    last = None
    while batch := list(_after(records, last)[:BATCH]):
        yield from batch
        last = batch[-1]


def _after(records: QuerySet[AuditRecord], last: AuditRecord | None) -> QuerySet[AuditRecord]:
    return records.filter(Q(at__lt=last.at) | Q(at=last.at, pk__lt=last.pk)) if last else records


def _midnight(day: datetime.date) -> datetime.datetime:
    return timezone.make_aware(datetime.datetime.combine(day, datetime.time.min))
