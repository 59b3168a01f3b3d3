"""What was seen, for people: all pictures of a page side by side, and tables of what is wrong."""

from html import escape
from itertools import groupby
from pathlib import Path

from .looking import Look

_STYLE = """
body { font: 14px system-ui, sans-serif; margin: 1rem; background: #ddd; }
div { display: flex; gap: .5rem; align-items: flex-start; overflow-x: auto; }
figure { margin: 0; } img { height: 420px; width: auto; max-width: none; object-fit: cover; object-position: top; }
"""
WHERE = {"light": "axe, light", "dark": "axe, dark", "width": "wider than 320 px", "console": "console"}


def write(path: Path, looks: list[Look]) -> None:
    """An HTML page beside the pictures."""
    parts = []
    for name, theirs in _by_page(looks):
        pictures = "".join(
            f'<figure><a href="{escape(file)}"><img loading="lazy" src="{escape(file)}" alt=""></a></figure>'
            for seen in theirs
            for file in seen.pictures
        )
        parts.append(f"<h2>{escape(name)}</h2><div>{pictures}</div>")
    path.write_text(f"<!doctype html><meta charset=utf-8><style>{_STYLE}</style>{''.join(parts)}", encoding="utf-8")


def table(looks: list[Look]) -> str:
    """How much is wrong with each page, over all languages together, as Markdown."""
    head = ["page", "seen by", "languages", *WHERE.values()]
    rows = []
    for _name, theirs in _by_page(looks):
        page = theirs[0].page
        counts = [str(sum(len(seen.found.get(where, [])) for seen in theirs)) for where in WHERE]
        rows.append([page.title, page.who or "a visitor", ", ".join(seen.language for seen in theirs), *counts])
    lines = [head, ["---"] * 3 + ["---:"] * len(WHERE), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def details(looks: list[Look]) -> str:
    """Every single thing that is wrong; empty if nothing is."""
    return "\n".join(
        f"- {seen.page.name}, {seen.language}, {where}: {what}"
        for seen in looks
        for where, whats in seen.found.items()
        for what in whats
    )


def _by_page(looks: list[Look]):
    for name, theirs in groupby(sorted(looks, key=lambda seen: seen.page.name), key=lambda seen: seen.page.name):
        yield name, list(theirs)
