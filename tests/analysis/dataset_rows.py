"""The rows of a dataset as a reader gets them, for tests."""

from accounts.models import User
from analysis.datasets import DATASETS, dataset_table


def rows(name: str, user: User, query: str = "") -> list[dict]:
    """By machine name; `query` as in the address of the dataset's page."""
    table = dataset_table(DATASETS[name], user, query)
    names = [column.name for column in table.columns]
    return [dict(zip(names, row, strict=True)) for row in table.rows]
