"""`make bench`: what the consolidated report costs at 1, 10 and 100 times the demonstration's size.

Makes its own databases in a temporary folder and measures every step in a process of its own: the structure, and each
output in Kazakh. Prints a table and puts it into docs/performance.md.

    python -m tests.bench consolidated [--sizes 1 10 100] [--formats outline json xlsx docx pdf] [--print-only]
"""

import argparse
import shutil
import tempfile
from pathlib import Path

from .measuring import MIB, in_own_process
from .page import environment, publish

STEP = "tests.bench.step"
FORMATS = ["outline", "json", "xlsx", "docx", "pdf"]
HEAD = ["size", "step", "seconds", "CPU, s", "to ×1", "peak memory, MB", "to ×1", "output, MB", "remarks"]


def main(arguments: list[str]) -> None:
    parser = argparse.ArgumentParser(prog="tests.bench consolidated", description=__doc__)
    parser.add_argument("--sizes", nargs="+", type=int, default=[1, 10, 100])
    parser.add_argument("--formats", nargs="+", choices=FORMATS, default=FORMATS)
    parser.add_argument("--print-only", action="store_true", help="leave docs/performance.md as it is")
    options = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        rows = measure(Path(folder), options.sizes, options.formats)
    aligned = ["---"] * 2 + ["---:"] * 6 + ["---"]
    publish("consolidated", HEAD, aligned, rows, print_only=options.print_only)


def measure(folder: Path, sizes: list[int], formats: list[str]) -> list[list[str]]:
    """A row for each size and step."""
    base = folder / "1.sqlite3"
    _do("prepare", database=base)
    rows, first = [], {}
    for size in sizes:
        database, structure = folder / f"times-{size}.sqlite3", folder / "structure.pickle"
        shutil.copy(base, database)
        counts = _do("enlarge", str(size), database=database)
        found = _do("build", str(structure), database=database)
        remarks = "{bodies} bodies, {activities} activities, {copies} copies; ".format(**counts)
        remarks += f"{found['queries']} queries, {found['answers']} answers"
        rows.append(_row(size, "structure", found, first, remarks))
        for fmt in formats:
            found = _do("render", fmt, str(structure), database=database, may_fail=True)
            remarks = f"the structure itself: {found['structure'] / MIB:.0f} MB" if "structure" in found else ""
            rows.append(_row(size, fmt, found, first, remarks))
            print(" | ".join(rows[-1]), flush=True)
        database.unlink()
    return rows


def _do(job: str, *arguments: str, database: Path, may_fail: bool = False) -> dict:
    found = in_own_process(STEP, job, *arguments, env=environment(database))
    if "failed" in found and not may_fail:
        raise SystemExit(f"{job} {' '.join(arguments)}: {found['failed']}")
    return found


def _row(size: int, step: str, found: dict, first: dict[str, dict], remarks: str) -> list[str]:
    """`first`: what the smallest size measured, which the others are compared with."""
    if "failed" in found:
        return [f"×{size}", step, "—", "—", "—", "—", "—", "—", f"failed: {found['failed']}"]
    # At most: the two need not have been at their highest at the same moment.
    peak = found["peak"] + found["children"]
    of_first = first.setdefault(step, {"cpu": found["cpu"], "peak": peak})
    return [
        f"×{size}",
        step,
        f"{found['seconds']:.2f}",
        f"{found['cpu']:.2f}",
        f"{found['cpu'] / of_first['cpu']:.1f}",
        f"{peak / MIB:.0f}",
        f"{peak / max(of_first['peak'], MIB):.1f}",
        f"{found['bytes'] / MIB:.2f}" if found.get("bytes") else "",
        f"of it Typst {found['children'] / MIB:.0f} MB" if found["children"] else remarks,
    ]
