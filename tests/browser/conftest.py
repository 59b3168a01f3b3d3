"""A real portal for a real browser: its own database, gunicorn, DEBUG off, the strict content security policy."""

import fcntl
import json
import os
import shutil
import socket
import sqlite3
import subprocess
import sys
import time
import urllib.request
from contextlib import closing

import environ
import psycopg2
import pytest
from django.conf import settings
from playwright.sync_api import sync_playwright

PASSWORD = "demo-2009"


@pytest.fixture(scope="session")
def portal_environment(tmp_path_factory, worker_id):
    """The environment of a portal with the demonstration of 6 July 2009 in a database of its own."""
    folder = tmp_path_factory.mktemp("portal")
    # All processes of a run share one model, which the first of them makes.
    shared = folder.parent if worker_id == "master" else tmp_path_factory.getbasetemp().parent
    with (shared / "model.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (shared / "model.json").exists():
            (shared / "model.json").write_text(json.dumps(_make_model(shared)))
    model = json.loads((shared / "model.json").read_text())
    storages = {name: json.dumps({"location": str(folder / name)}) for name in ("attachments", "passing")}
    return model | {
        "DATABASE_URL": _copy_of(model["DATABASE_URL"], folder),
        "ATTACHMENT_STORAGE_OPTIONS": storages["attachments"],
        "PASSING_STORAGE_OPTIONS": storages["passing"],
        "DEBUG": "0",
        "HTTPS": "0",
        "ALLOWED_HOSTS": "127.0.0.1",
    }


def _make_model(folder) -> dict[str, str]:
    base = {key: value for key, value in os.environ.items() if key not in ("DEBUG", "PORTAL_TODAY", "DATABASE_URL")}
    base |= {
        "DATABASE_URL": _fresh_database(folder),
        "PORTAL_TODAY": "2009-07-06",
        "SECRET_KEY": "browser-tests",
        "STATIC_ROOT": str(folder / "static"),
        "EMAIL_URL": "dummymail://",
        "LC_ALL": "C.UTF-8",
    }
    for command in ("migrate", "load_programme", "demo", "collectstatic"):
        arguments = ["--no-input", "-v0"] if command in ("migrate", "collectstatic") else []
        debug = "0" if command == "collectstatic" else "1"
        _manage(base | {"DEBUG": debug}, command, *arguments)
    return base


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
    if settings.DATABASES["default"]["ENGINE"].endswith("sqlite3"):
        return f"sqlite:///{folder / 'portal.sqlite3'}"
    return _create_database(f"portal_model_{os.getpid()}")


def _copy_of(url: str, folder) -> str:
    if url.startswith("sqlite"):
        copy = folder / "portal.sqlite3"
        with (
            closing(sqlite3.connect(url.removeprefix("sqlite:///"))) as source,
            closing(sqlite3.connect(copy)) as target,
        ):
            source.backup(target)
        return f"sqlite:///{copy}"
    return _create_database(f"portal_browser_{os.getpid()}", f"TEMPLATE {url.rpartition('/')[2]}")


def _create_database(name: str, options: str = "") -> str:
    url = environ.Env().url("DATABASE_URL")
    with closing(psycopg2.connect(url._replace(path="/postgres").geturl())) as server:
        server.autocommit = True
        with server.cursor() as cursor:
            cursor.execute(f"CREATE DATABASE {name} {options}")
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
