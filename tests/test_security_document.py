"""What docs/security.md points to exists."""

import re
from pathlib import Path

from django.conf import settings

ROOT = Path(settings.BASE_DIR)
DOCUMENT = (ROOT / "docs" / "security.md").read_text(encoding="utf-8")
ROWS = [line for line in DOCUMENT.splitlines() if re.match(r"\| \d+\.\d+", line)]
_TEST = re.compile(r"(?:(tests(?:/\w+)*)/)?(test_\w+\.py)")


def named_tests(line: str) -> list[Path]:
    """A name without a folder stands in the folder that was named before it."""
    found, folder = [], ""
    for named, file in _TEST.findall(line):
        folder = named or folder
        found.append(ROOT / folder / file)
    return found


def test_every_test_that_is_named_exists():
    named = [path for line in DOCUMENT.splitlines() for path in named_tests(line)]
    assert len(set(named)) > 30
    assert sorted({str(path.relative_to(ROOT)) for path in named if not path.is_file()}) == []


def test_every_other_file_that_is_named_exists():
    folders = "accounts|config|reports|docs|static|templates"
    named = set(re.findall(rf"(?<!tests/)\b((?:{folders})/[\w./-]+\.(?:py|md|html|js))\b", DOCUMENT))
    assert named
    assert sorted(name for name in named if not (ROOT / name).is_file()) == []


def test_every_requirement_has_its_number_its_way_and_its_proof():
    cells = [[cell.strip() for cell in row.strip("| ").split(" | ")] for row in ROWS]
    assert [row for row in cells if len(row) != 3 or not all(row)] == []


def test_every_chapter_is_spoken_of():
    """Of the 17 chapters of ASVS 5.0: with requirements, or with the reason why it does not apply."""
    chapters = {int(number) for row in ROWS for number in re.findall(r"\b(\d+)\.\d+", row.split("|")[1])}
    elsewhere = {int(number) for number in re.findall(r"\*\*[^*]*?\b(\d+)\b[^*]*\*\*", DOCUMENT)}
    assert chapters | elsewhere >= set(range(1, 18))
