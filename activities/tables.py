"""The plan's fixture files, in the order in which they load."""

from programme.loading import Table
from programme.tables import AGENCY

from . import models

ACTIVITY = {"activity": ("ordinal",)}

TABLES = [
    Table(models.Heading, key=("column",)),
    Table(models.Section, key=("number",)),
    Table(
        models.Activity,
        key=("ordinal",),
        references={"section": ("number",)},
        derive=lambda activity: {"search_text": activity.folded_text()},
    ),
    Table(
        models.Responsibility,
        key=("activity", "agency"),
        within="activity__programme",
        references=ACTIVITY | AGENCY,
    ),
    Table(
        models.Indicator,
        key=("activity", "code"),
        within="activity__programme",
        references=ACTIVITY | {"stage": ("number",), "result": ("stage__number", "ordinal")},
    ),
    Table(models.Deadline, key=("activity", "date"), within="activity__programme", references=ACTIVITY),
]
