"""The benchmark's place in docs/performance.md: a table for each part, between marks of its own."""

import datetime
import os
import platform
import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs" / "performance.md"


def environment(database: Path) -> dict[str, str]:
    """Of a step: the portal's settings with a database, and a folder for files, of its own."""
    passing = f'{{"location": "{database.parent / "passing"}"}}'
    return os.environ | {
        "DEBUG": "1",
        "DATABASE_URL": f"sqlite:///{database}",
        "DJANGO_SETTINGS_MODULE": "config.settings",
        "PORTAL_TODAY": "",
        "PASSING_STORAGE_OPTIONS": passing,
    }


def publish(part: str, head: list[str], aligned: list[str], rows: list[list[str]], *, print_only: bool) -> None:
    """Print the table, and put it into the page with the machine and the date."""
    text = "\n".join(f"| {' | '.join(row)} |" for row in [head, aligned, *rows])
    print(text, flush=True)
    if not print_only:
        put_into_page(PAGE, f"make bench, {part}", f"{machine()}\n\n{text}")


def machine() -> str:
    """The date, and what was measured on."""
    processor = re.search(r"model name\s*:\s*(.+)", Path("/proc/cpuinfo").read_text(encoding="utf-8"))
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    name = processor[1] if processor else platform.machine()
    day = datetime.datetime.now(tz=datetime.UTC).date()
    return f"{day:%Y-%m-%d}, {name}, {os.cpu_count()} cores, {memory:.0f} GB, Python {platform.python_version()}:"


def put_into_page(page: Path, mark: str, text: str) -> None:
    """In place of what stands between the marks that name what made it."""
    begin, end = (f"<!-- {mark}: {edge} -->" for edge in ("begin", "end"))
    before, _begin, rest = page.read_text(encoding="utf-8").partition(begin)
    _old, _end, after = rest.partition(end)
    page.write_text(f"{before}{begin}\n{text}\n{end}{after}", encoding="utf-8")
