"""`make bench`: what importing a table costs, beside the libraries that read the same file by themselves.

Budget lines that the plan does not have yet, from Excel and from CSV: checked, and written after that, as the jobs do
it. Every step in a process of its own. Prints a table and puts it into docs/performance.md.

    python -m tests.bench importing [--rows 100000] [--formats xlsx csv] [--print-only]
"""

import argparse
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

from .bare import READERS
from .exporting import STEP, do
from .measuring import MIB
from .page import publish

# How many budget lines an activity takes at least beside its own, by region, year and source; rows of the plan.
LINES_OF_AN_ACTIVITY, ACTIVITIES = 140, 43
HEAD = ["rows", "format", "by", "seconds", "CPU, s", "portal : library", "by CPU", "peak memory, MB"]


def main(arguments: list[str]) -> None:
    parser = argparse.ArgumentParser(prog="tests.bench importing", description=__doc__)
    parser.add_argument("--rows", nargs="+", type=int, default=[100_000])
    parser.add_argument("--formats", nargs="+", choices=list(READERS), default=list(READERS))
    parser.add_argument("--print-only", action="store_true", help="leave docs/performance.md as it is")
    options = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        rows = [row for size in options.rows for row in measure(Path(folder), size, options.formats)]
    publish("importing", HEAD, ["---:", "---", "---", *["---:"] * 5], rows, print_only=options.print_only)


def measure(folder: Path, size: int, formats: list[str]) -> Iterator[list[str]]:
    database, scratch = folder / "plan.sqlite3", folder / "scratch.sqlite3"
    do("tests.bench.step", "prepare", database=database)
    do(STEP, "plan", str(size // (LINES_OF_AN_ACTIVITY * ACTIVITIES) + 1), database=database)
    for extension in formats:
        source = folder / f"lines.{extension}"
        do(STEP, "lines", extension, str(size), str(source), database=database)
        bare = do(STEP, "read_bare", extension, str(source), database=database)
        yield _row(size, extension, READERS[extension][0], bare)
        for step, name in {"check_import": "check", "run_import": "check and write"}.items():
            shutil.copy(database, scratch)
            yield _row(size, extension, f"**the portal, {name}**", do(STEP, step, str(source), database=scratch), bare)
    database.unlink()


def _row(size: int, extension: str, by: str, found: dict, bare: dict | None = None) -> list[str]:
    """`bare`: what the library needed, which the portal is compared with."""
    cells = [f"{size:,}", extension, by, f"{found['seconds']:.2f}", f"{found['cpu']:.2f}"]
    cells += [f"{found[name] / bare[name]:.2f}" if bare else "" for name in ("seconds", "cpu")]
    cells += [f"{(found['peak'] + found['children']) / MIB:.0f}"]
    print(" | ".join(cells), flush=True)
    return cells
