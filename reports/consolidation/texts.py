"""What coordinators write in the report, and what it is drafted from."""

from ..models import Period
from .structure import Report, Text


def of_report(period: Period, report: Report) -> dict[str, Text]:
    return {}
