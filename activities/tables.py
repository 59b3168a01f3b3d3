"""The plan's fixture files, in the order in which they load."""

from django.db.models import Q

from programme.loading import Table
from programme.tables import AGENCY

from . import models

ACTIVITY = {"activity": ("ordinal",)}
PRINTED = ~Q(place="")
OF_A_PRINTED_ROW = ~Q(activity__place="")

TABLES = [
    Table(models.Heading, key=("column",)),
    Table(models.Section, key=("number",)),
    Table(
        models.Activity,
        key=("ordinal",),
        references={"section": ("number",)},
        printed=PRINTED,
    ),
    Table(
        models.Responsibility,
        key=("activity", "agency"),
        within="activity__programme",
        references=ACTIVITY | AGENCY,
        printed=OF_A_PRINTED_ROW,
    ),
    Table(
        models.Indicator,
        key=("activity", "code"),
        within="activity__programme",
        references=ACTIVITY | {"stage": ("number",), "result": ("stage__number", "ordinal")},
        printed=Q(result__isnull=False),
    ),
    Table(
        models.Deadline,
        key=("activity", "date"),
        within="activity__programme",
        references=ACTIVITY,
        printed=OF_A_PRINTED_ROW,
    ),
]
