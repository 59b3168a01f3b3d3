"""The house rules that a machine can hold: imports run one way, nothing is lost in templates or catalogues."""

import ast
import re
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import call_command
from django.template.loader import get_template

ROOT = Path(settings.BASE_DIR)
ROOMS = ("programme", "accounts", "activities", "budget", "reports", "analysis", "config")
TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))


def imports_of(path):
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.level == 0:
            yield node.module


@pytest.mark.parametrize("room", ROOMS)
def test_imports_run_one_way(room):
    later = set(ROOMS[ROOMS.index(room) + 1 :])
    wrong = [
        (str(path.relative_to(ROOT)), name)
        for path in (ROOT / room).rglob("*.py")
        if "migrations" not in path.parts
        for name in imports_of(path)
        if name and name.split(".")[0] in later
    ]
    assert wrong == []


@pytest.mark.parametrize("name", ["common", "core", "utils", "helpers", "misc"])
def test_no_file_has_a_name_without_a_subject(name):
    assert not [path for room in ROOMS for path in (ROOT / room).rglob(f"{name}*")]


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_template_compiles_and_has_no_inline_code(path):
    get_template(str(path.relative_to(ROOT / "templates")))
    text = path.read_text(encoding="utf-8")
    assert not re.search(r"<script(?![^>]*\bsrc=)|<style|\sstyle=|\son[a-z]+=\"", text)


def test_every_template_is_used():
    sources = [p.read_text(encoding="utf-8") for room in ROOMS for p in (ROOT / room).rglob("*.py")]
    sources += [path.read_text(encoding="utf-8") for path in TEMPLATES]
    by_django = {f"{status}.html" for status in ("400", "403", "403_csrf", "404", "500")}
    by_django |= {"registration/login.html", "admin/base_site.html"}
    unused = [
        name
        for name in (str(path.relative_to(ROOT / "templates")) for path in TEMPLATES)
        if name not in by_django and not any(name in source for source in sources)
    ]
    assert unused == []


def test_every_string_is_in_all_three_catalogues():
    call_command("messages", "--check")


def test_models_and_migrations_agree(db):
    call_command("makemigrations", "--check", "--dry-run", verbosity=0)


def test_vendored_files_are_what_their_list_says():
    import hashlib

    listed = dict(re.findall(r"`([\w./-]+)`[^\n]*?`([0-9a-f]{64})`", (ROOT / "static/vendor/README.md").read_text()))
    assert listed
    for name, digest in listed.items():
        assert hashlib.sha256((ROOT / "static/vendor" / name).read_bytes()).hexdigest() == digest
