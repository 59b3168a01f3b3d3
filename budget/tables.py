"""The budget's fixture files, in the order in which they load."""

from activities.tables import ACTIVITY, PRINTED
from programme.loading import Table
from programme.tables import REGION

from . import models

TABLES = [
    Table(
        models.BudgetLine,
        key=("activity", "region", "year", "source"),
        within="activity__programme",
        references=ACTIVITY | REGION,
        printed=PRINTED,
    ),
    Table(models.PrintedTotal, key=("source", "year")),
    Table(models.PrintedNote, key=("ordinal",)),
]
