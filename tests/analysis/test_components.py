"""The page of components has them all, so that nobody makes one anew."""

import inspect
import re
from pathlib import Path

import pytest
from django.conf import settings as portal_settings
from django.urls import reverse

from analysis.showcase import sample_exhibits
from reports import charts


@pytest.fixture
def page(browse, settings):
    settings.DEBUG = True
    answer = browse("administrator").get(reverse("components"))
    assert answer.status_code == 200
    return answer.text


def test_it_names_every_template_of_a_component(page):
    folder = Path(portal_settings.BASE_DIR) / "templates" / "components"
    missing = [path.name for path in folder.glob("*.html") if f"<code>components/{path.name}</code>" not in page]
    assert missing == []


def test_it_draws_every_kind_of_chart(page):
    kinds = {name for name in charts.__all__ if inspect.isfunction(getattr(charts, name))}
    assert {exhibit.name.replace("-", "_") for exhibit in sample_exhibits("en")} == kinds
    assert all(f'id="{name.replace("_", "-")}-heading"' in page for name in kinds)


def test_no_id_stands_twice(page):
    ids = re.findall(r'\sid="([^"]+)"', page)
    assert [one for one in set(ids) if ids.count(one) > 1] == []
