"""Stored cells as the tables they were: statistics of section 3, financing by source and year."""

from dataclasses import dataclass

from .models import BaselineTable, BaselineValue, Financing, Programme, TotalSource


@dataclass(frozen=True)
class Statistics:
    """A baseline table: headings of the columns; of each row its label and cells, None for an empty one."""

    table: BaselineTable
    columns: list[str]
    rows: list[tuple[str, list[BaselineValue | None]]]


def statistics(table: BaselineTable) -> Statistics:
    """The table from its values. No query if `values` are prefetched."""
    values = table.values.all()
    columns = {value.column: value.column_label for value in values}
    labels = {value.row: value.row_label for value in values}
    cells = {(value.row, value.column): value for value in values}
    rows = [(labels[row], [cells.get((row, column)) for column in sorted(columns)]) for row in sorted(labels)]
    return Statistics(table, [columns[column] for column in sorted(columns)], rows)


@dataclass(frozen=True)
class FinancingRow:
    """What sections 6 and 1 print for one source, million tenge: a cell per year, the sum under None."""

    label: str
    cells: dict[int | None, Financing]


def financing_rows(programme: Programme) -> list[FinancingRow]:
    """One row per source that the passport names. No query if `financing` is prefetched."""
    by_source: dict[str, dict] = {}
    for amount in programme.financing.all():
        by_source.setdefault(amount.source, {})[amount.year] = amount
    order = (TotalSource.REPUBLICAN, TotalSource.LOCAL, TotalSource.OFF_BUDGET, TotalSource.ALL)
    return [FinancingRow(source.label, by_source[source]) for source in order if source in by_source]
