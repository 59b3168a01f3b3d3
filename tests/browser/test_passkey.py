"""Passkeys in a real browser, with an authenticator that Chromium plays: made, used alone, used as the second step."""

import re

import pytest
from playwright.sync_api import Page, expect

from ..look.portal import PASSWORD
from .conftest import follow

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]

# Nobody else's in these tests: with a passkey his password alone lets him in no more.
WHO = "reporter.pav"


@pytest.fixture
def tab(visit, portal):
    """A browser with a finger on its sensor. Browsers know passkeys of names only, not of numeric addresses."""
    tab = visit(None, "en")
    device = tab.context.new_cdp_session(tab)
    device.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2",
        "transport": "internal",
        "hasResidentKey": True,
        "hasUserVerification": True,
        "isUserVerified": True,
        "automaticPresenceSimulation": True,
    }
    device.send("WebAuthn.addVirtualAuthenticator", {"options": options})
    tab.goto(f"{portal.replace('127.0.0.1', 'localhost')}/sign-in/")
    in_english(tab)
    return tab


def in_english(tab: Page) -> None:
    """Each account begins in its own language."""
    follow(tab.locator("button[name=language][value=en]"))


def give_password(tab: Page) -> None:
    tab.fill("input[name=username]", WHO)
    tab.fill("input[name=password]", PASSWORD)
    follow(tab.get_by_role("button", name="Sign in", exact=True))


def sign_out(tab: Page) -> None:
    tab.locator(".user-menu > summary").click()
    follow(tab.get_by_role("button", name="Sign out"))


def test_a_passkey_is_made_and_signs_in_alone_and_as_the_second_step(tab):
    give_password(tab)
    in_english(tab)
    tab.locator(".user-menu > summary").click()
    follow(tab.get_by_role("link", name="Protection of the account"))
    follow(tab.get_by_role("link", name="Add a passkey"))
    tab.get_by_label("Name").fill("Қалтадағы кілт")
    follow(tab.get_by_role("button", name="Add a passkey"))
    expect(tab.locator(".codes li")).to_have_count(10)
    follow(tab.get_by_role("link", name="Back"))
    expect(tab.get_by_text("Қалтадағы кілт,")).to_be_visible()
    sign_out(tab)

    follow(tab.get_by_role("button", name="Sign in with a passkey"))
    expect(tab.locator(".user-name")).to_be_visible()
    sign_out(tab)

    give_password(tab)
    expect(tab).to_have_url(re.compile(r"/sign-in/second-step/$"))
    follow(tab.get_by_role("button", name="Use a passkey"))
    expect(tab.locator(".user-name")).to_be_visible()


def test_whoever_cancels_is_told_and_may_try_again(tab):
    # The device knows no passkey of this portal yet.
    failed = tab.locator("[data-passkey-failed]")
    expect(failed).to_be_hidden()
    tab.get_by_role("button", name="Sign in with a passkey").click()
    expect(failed).to_be_visible()
    expect(tab.get_by_role("button", name="Sign in", exact=True)).to_be_enabled()
