"""Datasets for analysts: what can be taken to Excel. Money is million tenge; headings are the reader's language."""

from .dataset import Dataset
from .filings import Events, Timeliness
from .planned import Activities, BudgetLines, Deadlines, Responsibilities
from .reported import Entries, Indicators, SpendingRows
from .selection import Selection, dataset_table

__all__ = ["DATASETS", "Dataset", "Selection", "dataset_table"]

# By the name that addresses have.
DATASETS: dict[str, type[Dataset]] = {
    dataset.name: dataset
    for dataset in (
        Activities, Responsibilities, Deadlines, BudgetLines, Entries, SpendingRows, Indicators, Timeliness, Events,
    )
}  # fmt: skip
