"""Datasets as files: `FORMATS[name].write(table, file)`. Rows go out one by one; nothing in them becomes a formula.

Each format is a module of its own that knows tables and nothing of what is in them. None is an empty cell in all.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import BinaryIO

from . import as_csv, as_json, ods, parquet, xlsx
from .as_csv import stream_csv
from .table import Column, Kind, Table

__all__ = ["FORMATS", "Column", "Format", "Kind", "Table", "stream_csv"]


@dataclass(frozen=True)
class Format:
    """A kind of file: `write(table, file)` writes from the file's beginning and leaves it open, at its end."""

    extension: str
    content_type: str
    write: Callable[[Table, BinaryIO], None]


FORMATS = {
    "xlsx": Format("xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", xlsx.write),
    "csv": Format("csv", "text/csv; charset=utf-8", as_csv.write),
    "ods": Format("ods", "application/vnd.oasis.opendocument.spreadsheet", ods.write),
    "json": Format("json", "application/json", as_json.write),
    "parquet": Format("parquet", "application/vnd.apache.parquet", parquet.write),
}
