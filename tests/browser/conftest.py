"""A real portal for a real browser: its own database, gunicorn, DEBUG off, the strict content security policy."""

import json
import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request

import environ
import psycopg2
import pytest
from django.conf import settings
from playwright.sync_api import sync_playwright

PASSWORD = "demo-2009"


@pytest.fixture(scope="session")
def portal_environment(tmp_path_factory):
    """The environment of a portal with the demonstration of 6 July 2009 in a fresh database."""
    folder = tmp_path_factory.mktemp("portal")
    base = {key: value for key, value in os.environ.items() if key not in ("DEBUG", "PORTAL_TODAY", "DATABASE_URL")}
    base |= {
        "DATABASE_URL": _fresh_database(folder),
        "PORTAL_TODAY": "2009-07-06",
        "SECRET_KEY": "browser-tests",
        "STATIC_ROOT": str(folder / "static"),
        "ATTACHMENT_STORAGE_OPTIONS": json.dumps({"location": str(folder / "attachments")}),
        "EMAIL_URL": "dummymail://",
        "LC_ALL": "C.UTF-8",
    }
    for command in ("migrate", "load_programme", "demo", "collectstatic"):
        arguments = ["--no-input", "-v0"] if command in ("migrate", "collectstatic") else []
        debug = "0" if command == "collectstatic" else "1"
        _manage(base | {"DEBUG": debug}, command, *arguments)
    return base | {"DEBUG": "0", "HTTPS": "0", "ALLOWED_HOSTS": "127.0.0.1"}


@pytest.fixture(scope="session")
def portal(portal_environment):
    """The address of the running portal."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        address = f"127.0.0.1:{free.getsockname()[1]}"
    server = subprocess.Popen(
        [
            sys.executable,
            "-m",
            "gunicorn",
            "config.wsgi",
            "--bind",
            address,
            "--workers",
            "2",
            "--log-level",
            "warning",
        ],
        cwd=settings.BASE_DIR,
        env=portal_environment,
    )
    try:
        _wait_for(f"http://{address}/readyz", server)
        yield f"http://{address}"
    finally:
        server.terminate()
        server.wait(timeout=20)


@pytest.fixture(scope="module")
def chromium():
    """Closed with its module: while Playwright's event loop runs, Django refuses the database to other tests."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def signed_in():
    """Cookies of those who signed in before, by user name: a password takes half a second to check."""
    return {}


@pytest.fixture
def visit(chromium, portal, signed_in):
    """Sign in and get a page: `visit("reporter.akt", "kk", width=360)`. Fails on any error in the console."""
    contexts, complaints = [], []

    def sign_in(username=None, language="kk", *, width=1280, javascript=True):
        context = chromium.new_context(
            base_url=portal,
            viewport={"width": width, "height": 900},
            java_script_enabled=javascript,
            locale="en-US",
            storage_state=signed_in.get(username),
        )
        contexts.append(context)
        page = context.new_page()
        page.on("console", lambda message: complaints.append(message.text) if _is_complaint(message) else None)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.goto("/" if username in signed_in else "/sign-in/")
        if username and username not in signed_in:
            page.fill("input[name=username]", username)
            page.fill("input[name=password]", PASSWORD)
            page.click("form:has(input[name=password]) button")
            page.wait_for_url(lambda address: "/sign-in/" not in address)
            signed_in[username] = context.storage_state()
        if page.locator("html").get_attribute("lang") != language:
            page.click(f"button[name=language][value={language}]")
        return page

    yield sign_in
    for context in contexts:
        context.close()
    assert complaints == []


def _is_complaint(message) -> bool:
    """Errors of the page; that a form was refused (422, 409) is an answer, not an error."""
    return message.type == "error" and not message.text.startswith("Failed to load resource")


def _fresh_database(folder) -> str:
    database = settings.DATABASES["default"]
    if database["ENGINE"].endswith("sqlite3"):
        return f"sqlite:///{folder / 'portal.sqlite3'}"
    url = environ.Env().url("DATABASE_URL")
    server = psycopg2.connect(url._replace(path="/postgres").geturl())
    server.autocommit = True
    name = f"portal_browser_{os.getpid()}"
    with server.cursor() as cursor:
        cursor.execute(f"CREATE DATABASE {name}")
    server.close()
    return url._replace(path=f"/{name}").geturl()


def _manage(environment, *arguments) -> None:
    done = subprocess.run(
        [sys.executable, "manage.py", *arguments],
        cwd=settings.BASE_DIR,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr


def _wait_for(address, server) -> None:
    for _attempt in range(100):
        assert server.poll() is None, "gunicorn stopped"
        try:
            with urllib.request.urlopen(address, timeout=2):
                return
        except OSError:
            time.sleep(0.2)
    pytest.fail(f"{address} does not answer")
