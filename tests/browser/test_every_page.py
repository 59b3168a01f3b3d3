"""Every page in three languages: accessible in the light and in the dark, no wider than a phone, true to the policy."""

import pytest

from ..look import audit, pages

pytestmark = pytest.mark.browser

PAGES = [page for page in pages.PAGES if not page.needs_debug]
# What axe looks for is the same in every language, and but for colours in the dark too. `make look` looks at all of it.
LOOKS = {
    "kk": ("light", {}),
    "ru": ("dark", {"rules": audit.COLOURS}),
    "en": ("light", None),
}


# Each language may have a process and a portal of its own.
@pytest.mark.parametrize(
    "language", [pytest.param(each, marks=pytest.mark.xdist_group(f"browser-every-page-{each}")) for each in LOOKS]
)
@pytest.mark.parametrize("who", dict.fromkeys(page.who for page in PAGES))
def test_the_page_fits_a_phone_and_axe_finds_nothing(visit, rows, who, language):
    found = []
    light, rules = LOOKS[language]
    tab = visit(who, language, width=audit.NARROW, color_scheme=light)
    for page in PAGES:
        if page.who != who:
            continue
        answer = tab.goto(page.address(rows))
        assert (answer.status, tab.locator("html").get_attribute("lang")) == (200, language), page.name
        wrong = audit.overflow(tab)
        if rules is not None:
            wrong += audit.axe(tab, **rules)
        found += [f"{page.name}: {what}" for what in wrong]
    assert not found, "\n".join(found)
