"""What can be imported, by the name in its address."""

from .bodies import AgencyImport, UserImport
from .plan import ActivityImport, BudgetLineImport, IndicatorImport
from .resource import ImportResource

KINDS: dict[str, type[ImportResource]] = {
    "agencies": AgencyImport,
    "users": UserImport,
    "activities": ActivityImport,
    "budget-lines": BudgetLineImport,
    "indicators": IndicatorImport,
}
