"""Opens pages as the people whom they are for, in each language, width and light."""

import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from playwright.sync_api import Browser, BrowserContext, sync_playwright

from . import audit, portal
from .pages import Page

LANGUAGES = ["kk", "ru", "en"]
DESK, PHONE = 1280, 360


@dataclass
class Look:
    """A page in a language. `found`: what is wrong, by where: "light", "dark", "width", "console", "words"."""

    page: Page
    language: str
    found: dict[str, list[str]] = field(default_factory=dict)
    pictures: list[str] = field(default_factory=list)


def look(pages: list[Page], languages: list[str], into: Path, *, pictures: bool = True) -> list[Look]:
    """Look at each page in each language, and leave the pictures in the folder."""
    looks = []
    with filled() as (environ, rows), chromium() as browser:
        for debug in sorted({page.needs_debug for page in pages}):
            with portal.running(environ | {"DEBUG": str(int(debug))}) as address:
                for who in dict.fromkeys(page.who for page in pages if page.needs_debug == debug):
                    theirs = [page for page in pages if page.who == who and page.needs_debug == debug]
                    context = signed_in(browser, address, who)
                    for language in languages:
                        audit.speak(context, address, language)
                        for page in theirs:
                            place = page.address(rows)
                            looks.append(_look_at(context, page, place, language, into if pictures else None))
                            print(f"{language} {page.name}: {looks[-1].found or 'good'}", file=sys.stderr, flush=True)
                    context.close()
    return looks


@contextmanager
def filled() -> Iterator[tuple[dict[str, str], dict]]:
    """The environment of a portal with the demonstration, and its rows."""
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        environ = portal.environment(f"sqlite:///{place / 'portal.sqlite3'}", place / "static", place / "files")
        rows = portal.fill(environ)
        portal.collect_static(environ)
        yield environ, rows


@contextmanager
def chromium() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        yield browser
        browser.close()


def signed_in(browser: Browser, address: str, who: str | None) -> BrowserContext:
    context = browser.new_context(base_url=address, viewport={"width": DESK, "height": 900}, locale="en-US")
    page = context.new_page()
    page.goto("/sign-in/")
    if who:
        page.fill("input[name=username]", who)
        page.fill("input[name=password]", portal.PASSWORD)
        page.click("form:has(input[name=password]) button")
        page.wait_for_url(lambda url: "/sign-in/" not in url)
    page.close()
    return context


def _look_at(context: BrowserContext, page: Page, address: str, language: str, into: Path | None) -> Look:
    """On a desk and on a phone, in the light and in the dark; 320 pixels are for the width alone."""
    seen = Look(page, language)
    tab = context.new_page()
    complaints = audit.complaints_of(tab)
    answer = tab.goto(address, wait_until="load")
    found = {
        "console": [] if answer.status == 200 else [f"answers {answer.status}"],
        "light": [],
        "dark": [],
        "width": [],
        "words": [],
    }
    if tab.locator("html").get_attribute("lang") != language:
        found["words"].append("is in another language")
    if language != "en":
        found["words"] += audit.untranslated(tab)
    for width in (DESK, PHONE, audit.NARROW):
        tab.set_viewport_size({"width": width, "height": 900})
        found["width"] += audit.overflow(tab)
        for light in ("light", "dark"):
            tab.emulate_media(color_scheme=light)
            if width == audit.NARROW:
                continue
            found[light] += audit.axe(tab, rules=audit.COLOURS if (width, light) == (PHONE, "dark") else None)
            if into:
                name = f"{page.name}_{language}_{width}_{light}.png"
                tab.screenshot(path=into / name, full_page=True)
                seen.pictures.append(name)
    found["console"] += complaints
    seen.found = {where: sorted(set(what)) for where, what in found.items() if what}
    tab.close()
    return seen
