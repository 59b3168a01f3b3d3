"""Every page in three languages: accessible, no wider than a phone, nothing against the policy."""

import re

import pytest
from axe_playwright_python.sync_playwright import Axe

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser-pages")]

PROGRAMME = "/programmes/children-2007-2011/"
PAGES = {
    "coordinator": [
        "/",
        PROGRAMME,
        f"{PROGRAMME}text/",
        f"{PROGRAMME}source/?lines=1603-1616",
        f"{PROGRAMME}findings/",
        f"{PROGRAMME}plan/",
        f"{PROGRAMME}plan/14/",
        f"{PROGRAMME}budget/",
        f"{PROGRAMME}reconciliation/",
        f"{PROGRAMME}periods/",
        f"{PROGRAMME}periods/2008-H2/",
        f"{PROGRAMME}periods/2008-H2/consolidated/",
        f"{PROGRAMME}periods/2009-H1/consolidated/",
        f"{PROGRAMME}periods/2008-H2/workspace/",
        f"{PROGRAMME}periods/2009-H1/workspace/",
        f"{PROGRAMME}periods/2009-H1/workspace/activity-14/",
        "/datasets/",
    ],
    "reporter.moes": [
        "/",
        "/access/",
        "/api/v1/reference/",
        "submission",
        "submission/activities/9/",
        "submission/all/",
        "submission/file/",
        "submission/workbook/",
    ],
    None: ["/sign-in/", "/verify/"],
}


def open_page(page, target):
    if target.startswith("submission"):
        page.goto("/")
        link = page.locator("main a[href*='/submissions/']").first.get_attribute("href")
        target = re.match(r".*/submissions/\d+/", link)[0] + target.removeprefix("submission").lstrip("/")
    page.goto(target)


@pytest.mark.parametrize("language", ["kk", "ru", "en"])
def test_the_page_fits_a_phone_and_axe_finds_nothing(visit, language):
    found = []
    for who, pages in PAGES.items():
        page = visit(who, language, width=320)
        for target in pages:
            open_page(page, target)
            assert page.locator("html").get_attribute("lang") == language
            width = page.evaluate("document.documentElement.scrollWidth")
            if width > 320:
                found.append(f"{target}: {width} px wide")
            # What axe looks for is the same in every language.
            if language != "kk":
                continue
            for violation in Axe().run(page).response["violations"]:
                found.append(f"{target}: {violation['id']}: {violation['nodes'][0]['html'][:120]}")
    assert not found, "\n".join(found)
