"""The programme at a glance prints on one sheet of A4."""

import io

import pypdf
import pytest

from .conftest import follow

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]


def test_the_overview_prints_on_one_sheet(visit):
    pages = {}
    page = visit("leader", "kk")
    for language in ("kk", "ru", "en"):
        if page.locator("html").get_attribute("lang") != language:
            follow(page.locator(f"button[name=language][value={language}]"))
        for period in ("2007-H2", "2009-H1"):
            page.goto(f"/programmes/children-2007-2011/overview/?period={period}")
            pages[language, period] = len(pypdf.PdfReader(io.BytesIO(page.pdf(format="A4"))).pages)
    assert set(pages.values()) == {1}, pages
