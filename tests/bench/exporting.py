"""`make bench`: what exporting a dataset costs, beside the libraries that write the same rows by themselves.

Entries of reports, 20 columns in Kazakh, from a database of its own: as a job does it, and as the page streams CSV.
Every step in a process of its own. Prints a table and puts it into docs/performance.md.

    python -m tests.bench exporting [--rows 100000 1000000] [--formats xlsx csv ods json parquet] [--print-only]
"""

import argparse
import tempfile
from collections.abc import Iterator
from pathlib import Path

from .bare import WRITERS, writers
from .measuring import MIB, in_own_process
from .page import environment, publish

STEP = "tests.bench.table_step"
FORMATS = list(WRITERS)
# The others are measured at the smallest size.
AT_EVERY_SIZE = ("xlsx", "csv")
# Rows that the libraries are given, again and again if that is not enough.
SAMPLE = 100_000
HEAD = [
    "rows", "format", "by", "seconds", "CPU, s", "portal : library", "by CPU", "by CPU, with reading",
    "peak memory, MB", "output, MB",
]  # fmt: skip


def main(arguments: list[str]) -> None:
    parser = argparse.ArgumentParser(prog="tests.bench exporting", description=__doc__)
    parser.add_argument("--rows", nargs="+", type=int, default=[100_000, 1_000_000])
    parser.add_argument("--formats", nargs="+", choices=FORMATS, default=FORMATS)
    parser.add_argument("--print-only", action="store_true", help="leave docs/performance.md as it is")
    options = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        rows = [row for size in options.rows for row in measure(Path(folder), size, _formats(options, size))]
    publish("exporting", HEAD, ["---:", "---", "---", *["---:"] * 7], rows, print_only=options.print_only)


def _formats(options: argparse.Namespace, size: int) -> list[str]:
    return [name for name in options.formats if name in AT_EVERY_SIZE or size == min(options.rows)]


def measure(folder: Path, size: int, formats: list[str]) -> Iterator[list[str]]:
    """A row for each way of writing so many rows."""
    database, sample = folder / f"{size}.sqlite3", folder / "sample.pickle"
    do("tests.bench.step", "prepare", database=database)
    do(STEP, "fill", str(size), database=database)
    do(STEP, "sample", str(min(size, SAMPLE)), str(sample), database=database)
    reading = do(STEP, "read_rows", database=database)
    yield _row(size, "", "reading the rows alone", reading)
    for extension in formats:
        whole = do(STEP, "export", extension, database=database)
        yield _row(size, extension, "**the portal, whole**", whole)
        for name in writers(extension):
            target = folder / f"bare.{extension}"
            found = do(STEP, "write_bare", extension, name, str(size), str(sample), str(target), database=database)
            yield _row(size, extension, name.replace("_", " "), found, whole, reading)
            target.unlink()
    if "csv" in formats:
        found = do(STEP, "stream", database=database)
        yield _row(size, "csv", f"the page's stream; its first byte after {found['first'] * 1000:.0f} ms", found)
    database.unlink()


def do(module: str, *arguments: str, database: Path) -> dict:
    found = in_own_process(module, *arguments, env=environment(database))
    if "failed" in found:
        raise SystemExit(f"{' '.join(arguments)}: {found['failed']}")
    return found


def _row(
    size: int, extension: str, by: str, found: dict, whole: dict | None = None, reading: dict | None = None
) -> list[str]:
    """`whole`: what the portal needed, which a library is compared with, by itself and after `reading` the rows."""
    cells = [f"{size:,}", extension, by, f"{found['seconds']:.2f}", f"{found['cpu']:.2f}"]
    if whole and reading:
        cells += [f"{whole[name] / found[name]:.2f}" for name in ("seconds", "cpu")]
        cells += [f"{whole['cpu'] / (found['cpu'] + reading['cpu']):.2f}"]
    else:
        cells += ["", "", ""]
    cells += [f"{found['peak'] / MIB:.0f}", f"{found['bytes'] / MIB:.1f}" if "bytes" in found else ""]
    print(" | ".join(cells), flush=True)
    return cells
