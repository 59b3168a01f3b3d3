"""Light, dark, or as the device has it: chosen without a script, and print is always light."""

import re
from pathlib import Path

import pytest
from django.conf import settings
from django.urls import reverse

CSS = Path(settings.BASE_DIR) / "static" / "css"
TOKEN = re.compile(r"^\s+(--[\w-]+):([^;]*);", re.MULTILINE)
COLOUR = re.compile(r"#[0-9a-fA-F]{3,8}\b|\brgba?\(")


def dark_sheet(page) -> str | None:
    """The media that the page links the dark style sheet for."""
    found = re.search(r'<link rel="stylesheet" href="[^"]*dark[^"]*" media="([^"]*)">', page.text)
    return found and found[1]


@pytest.mark.parametrize(
    ("theme", "media", "scheme"),
    [
        (None, "screen and (prefers-color-scheme: dark)", "light dark"),
        ("auto", "screen and (prefers-color-scheme: dark)", "light dark"),
        ("dark", "screen", "dark"),
        ("light", None, "light"),
    ],
)
def test_the_chosen_theme_decides_which_style_sheets_a_page_has(client, db, theme, media, scheme):
    if theme:
        client.post(reverse("theme"), {"theme": theme, "next": reverse("login")})
    page = client.get(reverse("login"))
    assert dark_sheet(page) == media
    assert f'<meta name="color-scheme" content="{scheme}">' in page.text
    pressed = re.findall(r'value="(\w+)" aria-pressed="true"', page.text)
    assert pressed == [theme or "auto"]


def test_a_theme_that_is_not_known_changes_nothing(client, db):
    client.post(reverse("theme"), {"theme": "dark"})
    assert client.post(reverse("theme"), {"theme": "purple"}).status_code == 302
    assert dark_sheet(client.get(reverse("login"))) == "screen"


def test_a_spoiled_cookie_counts_as_none(client, db):
    client.cookies["theme"] = '"><script>'
    assert dark_sheet(client.get(reverse("login"))) == "screen and (prefers-color-scheme: dark)"


@pytest.mark.parametrize("target", ["https://elsewhere.example/", "//elsewhere.example", ""])
def test_choosing_a_theme_leads_nowhere_else(client, db, target):
    assert client.post(reverse("theme"), {"theme": "dark", "next": target}).url == "/"


def test_who_is_signed_in_chooses_in_the_user_menu(browse):
    browser = browse("analyst")
    page = browser.get(reverse("help"))
    assert page.text.count(f'action="{reverse("theme")}"') == 1
    answer = browser.post(reverse("theme"), {"theme": "dark", "next": reverse("help")})
    assert answer.url == reverse("help")
    assert dark_sheet(browser.get(answer.url)) == "screen"


def test_dark_restates_every_token_that_is_a_colour():
    light, dark = (dict(TOKEN.findall((CSS / name).read_text())) for name in ("portal.css", "dark.css"))
    colours = {name for name, value in light.items() if COLOUR.search(value)}
    # What stands on the dark band of the masthead in both themes.
    assert colours - set(dark) == {"--focus-on-band"}
    assert set(dark) <= set(light)


@pytest.mark.parametrize("name", ["portal.css", "reading.css"])
def test_no_colour_stands_outside_the_tokens(name):
    on_screen = (CSS / name).read_text().partition("/* 15 Print")[0]
    assert COLOUR.findall(TOKEN.sub("", on_screen)) == []
