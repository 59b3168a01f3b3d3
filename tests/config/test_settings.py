"""Every setting stands in docs/production.md, and nothing that is none."""

import re

from django.conf import settings

ELSEWHERE = {"AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "PROMETHEUS_MULTIPROC_DIR"}


def test_every_setting_is_described_and_every_one_described_is_read():
    source = (settings.BASE_DIR / "config/settings.py").read_text()
    read = set(re.findall(r"(?:env\.\w+|_storage)\(\s*\"([A-Z][A-Z0-9_]+)\"", source))
    read |= {f"{name}_OPTIONS" for name in re.findall(r"_storage\(\"([A-Z_]+)\"", source)}
    page = (settings.BASE_DIR / "docs/production.md").read_text().partition("## Settings")[2]
    rows = re.findall(r"^\| (`.*?) \|.*?\| (.*) \|$", page, re.MULTILINE)
    described = {name for row in rows for part in row for name in re.findall(r"`([A-Z][A-Z0-9_]{3,})`", part)}

    assert len(read) > 30
    assert read - described == set()
    assert described - read == ELSEWHERE
