"""What browsers are told with every page, file and error; and that production's settings are clean."""

import re
import subprocess
import sys

import pytest
from django.conf import settings
from django.core.checks import Error
from django.core.exceptions import ImproperlyConfigured

from config import checks

GOOD_KEY = "correct-horse-battery-staple-0123456789-abcdefghijk"
PRODUCTION = {
    "DEBUG": "0",
    "HTTPS": "1",
    "PORTAL_TODAY": "",
    "SECRET_KEY": GOOD_KEY,
    "ALLOWED_HOSTS": "portal.example.kz",
    "PORTAL_URL": "https://portal.example.kz",
    "EMAIL_URL": "smtp+tls://portal:secret@mail.example.kz:587",
    "DEFAULT_FROM_EMAIL": "portal@example.kz",
    "DATABASE_URL": "sqlite:///:memory:",
}


def manage(*arguments: str, **environ: str) -> subprocess.CompletedProcess:
    return subprocess.run(
        [sys.executable, "manage.py", *arguments],
        cwd=settings.BASE_DIR,
        env={"PATH": "", "LC_ALL": "C.UTF-8", "DJANGO_SETTINGS_MODULE": "config.settings"} | PRODUCTION | environ,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )


# Headers


@pytest.mark.django_db
@pytest.mark.parametrize("path", ["/", "/sign-in/", "/nowhere/", "/api/v1/periods/", "/admin/", "/healthz"])
@pytest.mark.parametrize("who", ["administrator", None])
def test_every_answer_carries_the_headers(browse, path, who):
    headers = browse(who).get(path, follow=True).headers
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "same-origin"
    assert headers["Cross-Origin-Opener-Policy"] == "same-origin"
    assert headers["Cross-Origin-Resource-Policy"] == "same-origin"
    assert "camera=()" in headers["Permissions-Policy"]
    policy = headers["Content-Security-Policy"]
    assert "unsafe" not in policy
    assert {"default-src 'none'", "frame-ancestors 'none'", "base-uri 'none'"} <= set(policy.split("; "))
    assert "report-uri /policy-reports" in policy


@pytest.mark.django_db
def test_keys_to_sign_in_with_are_for_the_portal_itself(browse):
    allowed = re.findall(r"([a-z-]+)=\(self\)", browse().get("/sign-in/")["Permissions-Policy"])
    assert allowed == ["publickey-credentials-create", "publickey-credentials-get"]


@pytest.mark.django_db
def test_what_a_person_sees_is_kept_by_no_cache_on_the_way(browse):
    for page in ("/", "/datasets/", "/jobs/"):
        assert "private" in browse("analyst").get(page)["Cache-Control"], page


@pytest.mark.django_db
def test_over_https_browsers_report_the_newer_way_too(browse, settings):
    directives = settings.CONTENT_SECURITY_POLICY["DIRECTIVES"] | {"report-to": "policy-reports"}
    settings.CONTENT_SECURITY_POLICY = {"DIRECTIVES": directives}
    assert browse().get("/sign-in/")["Reporting-Endpoints"] == 'policy-reports="/policy-reports"'


# Settings


def test_the_settings_of_production_pass_the_deployment_check_and_bind_cookies_to_this_host():
    ask = """
from django.conf import settings
from django.core.management import call_command
call_command("check", "--deploy", "--fail-level", "WARNING")
for name in ("SESSION_COOKIE", "CSRF_COOKIE"):
    print(*(getattr(settings, f"{name}_{what}") for what in ("NAME", "SECURE", "PATH", "DOMAIN")))
print(settings.CONTENT_SECURITY_POLICY["DIRECTIVES"]["report-to"], settings.SECURE_HSTS_SECONDS)
"""
    done = manage("shell", "-v0", "-c", ask)
    assert done.stdout.splitlines() == [
        "System check identified no issues (0 silenced).",
        "__Host-sessionid True / None",
        "__Host-csrftoken True / None",
        "policy-reports 31536000",
    ], done.stderr


def test_without_a_secret_nothing_starts_and_the_message_says_what_to_do():
    done = manage("check", SECRET_KEY="")
    assert done.returncode != 0
    assert "SECRET_KEY is not set: put a long random value into the environment" in done.stderr


@pytest.fixture
def production(settings):
    """As `manage.py check` sees them."""
    settings.DEBUG, settings.HTTPS, settings.PORTAL_TODAY = False, True, None
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = GOOD_KEY, []
    settings.ALLOWED_HOSTS, settings.PORTAL_URL = ["portal.example.kz"], "https://portal.example.kz"
    settings.EMAIL_URL_IS_SET, settings.DEFAULT_FROM_EMAIL = True, "portal@example.kz"
    return settings


def test_good_settings_are_said_nothing_about(production):
    assert checks.production_settings() == []
    checks.refuse_unsafe_settings()


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("SECRET_KEY", "development-only", "portal.E001"),
        ("SECRET_KEY", "x" * 60, "portal.E001"),
        ("SECRET_KEY_FALLBACKS", ["old"], "portal.E001"),
        ("ALLOWED_HOSTS", [], "portal.E002"),
        ("ALLOWED_HOSTS", ["portal.example.kz", "*"], "portal.E002"),
        ("PORTAL_URL", "http://127.0.0.1:8000", "portal.W001"),
        ("EMAIL_URL_IS_SET", False, "portal.W002"),
        ("DEFAULT_FROM_EMAIL", "portal@localhost", "portal.W003"),
        ("PORTAL_TODAY", "2009-07-06", "portal.W004"),
    ],
)
def test_a_weak_setting_is_named_with_what_to_do(production, name, value, said):
    setattr(production, name, value)
    (message,) = checks.production_settings()
    assert message.id == said
    assert message.hint
    assert GOOD_KEY not in str(message)
    if isinstance(message, Error):
        with pytest.raises(ImproperlyConfigured, match=said):
            checks.refuse_unsafe_settings()
    production.DEBUG = True
    assert checks.production_settings() == []
