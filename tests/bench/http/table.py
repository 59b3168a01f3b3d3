"""What was found, as the table of docs/performance.md, with what the portal aims at."""

from ..measuring import MIB
from .pages import FILE, MEASURED, PAGE, SAVE, Measured

HEAD = [
    "page", "programmes", "p50, ms", "to the floor", "p95, ms", "p95 to the smallest", "after a change: p50, ms",
    "to the floor", "p95, ms", "queries", "in the database, ms", "processor, ms", "kB", "worker, MB", "missed",
]  # fmt: skip
ALIGNED = ["---"] + ["---:"] * (len(HEAD) - 2) + ["---"]
# Times the floor; seconds of a file; p95 at the largest size to that at the smallest.
AIMS, FILE_SECONDS, FLAT = {PAGE: 4, SAVE: 3}, 0.25, 1.3


def lines(found: dict[int, list[dict]]) -> list[list[str]]:
    """`found` by size: what `step` says of each page. The floor comes first."""
    made = [_floor(size, pages) for size, pages in found.items()]
    smallest = min(found)
    first = {page["name"]: page["still"]["p95"] for page in found[smallest]}
    for measured in MEASURED:
        for size, pages in found.items():
            page = next((one for one in pages if one["name"] == measured.name), None)
            if page:
                growth = page["still"]["p95"] / first[measured.name] if size != smallest else None
                made.append(_line(measured, size, page, growth))
    return made


def _floor(size: int, pages: list[dict]) -> list[str]:
    floors = sorted(page["still"]["floor"] for page in pages)
    return ["**the floor**", f"{size:,}", _ms(floors[len(floors) // 2]), *[""] * (len(HEAD) - 3)]


def _line(measured: Measured, size: int, page: dict, growth: float | None) -> list[str]:
    still, changed = page["still"], page["changed"]
    # What the page costs when it is made anew; of what is saved there is no other way.
    whole = changed or still
    return [
        measured.name,
        f"{size:,}",
        _ms(still["p50"]),
        _times(still),
        _ms(still["p95"]),
        f"{growth:.2f}" if growth else "",
        _ms(changed["p50"]) if changed else "",
        _times(changed) if changed else "",
        _ms(changed["p95"]) if changed else "",
        str(max(still["queries"], whole["queries"])),
        f"{whole['database']:.1f}",
        f"{whole['processor']:.1f}",
        f"{whole['sent'] / 1000:.0f}",
        f"{page['peak'] / MIB:.0f}",
        ", ".join(_missed(measured, page, growth)),
    ]


def _missed(measured: Measured, page: dict, growth: float | None) -> list[str]:
    """Aims; none where all are met."""
    asked = {"time": page["still"]} | ({"time after a change": page["changed"]} if page["changed"] else {})
    missed = [name for name, one in asked.items() if _is_late(measured, one)]
    if max(one["queries"] for one in asked.values()) > measured.queries:
        missed.append("queries")
    if growth and growth > FLAT:
        missed.append("flat")
    return missed


def _is_late(measured: Measured, one: dict) -> bool:
    return one["p50"] > FILE_SECONDS if measured.kind == FILE else _ratio(one) > AIMS[measured.kind]


def _ratio(one: dict) -> float:
    return one["p50"] / one["floor"]


def _times(one: dict) -> str:
    return f"{_ratio(one):.1f}"


def _ms(seconds: float) -> str:
    return f"{seconds * 1000:.1f}"
