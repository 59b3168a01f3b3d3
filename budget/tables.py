"""The budget's fixture files, in the order in which they load."""

from activities.tables import ACTIVITY
from programme.loading import Table
from programme.tables import REGION

from . import models

TABLES = [
    Table(
        models.BudgetLine,
        key=("activity", "region", "year", "source"),
        within="activity__programme",
        references=ACTIVITY | REGION,
    ),
    Table(models.PrintedTotal, key=("source", "year")),
    Table(models.PrintedNote, key=("ordinal",)),
]
