"""Signing in as people do: with a password, and with codes computed as an authenticator app does (RFC 6238)."""

import base64
import hashlib
import hmac
import re
import struct
import time

from django.test import Client
from django.urls import reverse

from accounts.models import User

PASSWORD = "Құпия-сөйлем-2009"


def with_password(*usernames: str, language: str = "en", **fields) -> None:
    for person in User.objects.filter(username__in=usernames):
        person.set_password(PASSWORD)
        person.language = language
        person.__dict__.update(fields)
        person.save()


def sign_in(username: str, password: str = PASSWORD, *, browser: Client | None = None, **fields):
    """The browser, and the answer to its sign-in."""
    browser = browser or Client()
    browser.cookies["django_language"] = "en"
    return browser, browser.post(reverse("login"), {"username": username, "password": password, **fields})


def code(secret: str, steps: int = 0) -> str:
    """What the app shows now, or so many steps of half a minute later."""
    digest = hmac.new(
        base64.b32decode(secret), struct.pack(">Q", int(time.time()) // 30 + steps), hashlib.sha1
    ).digest()
    start = digest[-1] & 0x0F
    return f"{(struct.unpack('>I', digest[start : start + 4])[0] & 0x7FFFFFFF) % 1_000_000:06}"


def set_up_app(browser: Client) -> str:
    """Sets up an authenticator app in a browser that has just signed in. Its secret."""
    page = browser.get(reverse("mfa_activate_totp")).text
    secret = re.search(r'<code class="key">(\w+)</code>', page)[1]
    answer = browser.post(reverse("mfa_activate_totp"), {"code": code(secret)})
    assert answer.url == reverse("mfa_view_recovery_codes"), answer
    return secret
