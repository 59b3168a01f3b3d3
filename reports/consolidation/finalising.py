"""From the live report to the Government's desk: handed over, finalised by another coordinator, sent."""

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from accounts.models import User
from programme import calendar

from ..canonical import canonical_json, sha256_of
from ..models import ConsolidatedReport, Period
from ..transitions import Refused
from .building import build


@transaction.atomic
def finalise(*, period: Period, by: User) -> ConsolidatedReport:
    """Freeze the structure with its hash and pin the copies it was built from.

    Raises Refused when nothing was accepted, or when it is finalised already; nothing is stored then.
    """
    if not by.coordinates:
        raise Refused(_("Only a coordinator may finalise the consolidated report."))
    report, copies = build(period)
    if not any(copy.submission.period_id == period.pk for copy in copies):
        raise Refused(_("No report of this half-year has been accepted yet, so there is nothing to consolidate."))
    content = canonical_json(report)
    try:
        with transaction.atomic():
            frozen = ConsolidatedReport.objects.create(
                period=period,
                content=content,
                sha256=sha256_of(content),
                finalised_at=calendar.now(),
                finalised_by=by,
            )
    except IntegrityError:
        raise Refused(_("The consolidated report of this half-year has already been finalised.")) from None
    frozen.copies.set(copies)
    return frozen
