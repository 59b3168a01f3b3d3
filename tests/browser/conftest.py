"""A real portal for a real browser: its own database, gunicorn, DEBUG off, the strict content security policy."""

import fcntl
import json
import os
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import environ
import psycopg2
import pytest
from django.conf import settings
from playwright.sync_api import Locator, sync_playwright

from ..look import audit
from ..look import portal as portals
from ..look.portal import PASSWORD


@pytest.fixture(scope="session")
def portal_model(tmp_path_factory, worker_id) -> dict:
    """What the portals of all processes of a run start from: an environment, and the rows of its database."""
    folder = tmp_path_factory.getbasetemp()
    shared = folder if worker_id == "master" else folder.parent
    # Each process makes what no other one is making yet, and waits for the rest.
    makers = {"static": _collect_static, "database": _fill_database}
    for patience in (fcntl.LOCK_NB, 0):
        for name, make in makers.items():
            _once(shared / name, make, patience)
    return {"static": str(shared / "static-files")} | json.loads((shared / "database").read_text())


def _once(made: Path, make: Callable[[Path], object], patience: int) -> None:
    """`make` writes what it made as JSON into `made`, in the first process that comes."""
    with made.with_suffix(".lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | patience)
        except BlockingIOError:
            return
        if not made.exists():
            made.write_text(json.dumps(make(made.parent)))


def _collect_static(shared: Path) -> None:
    portals.collect_static(portals.environment("sqlite:///:memory:", shared / "static-files", shared))


def _fill_database(shared: Path) -> dict:
    url = _fresh_database(shared)
    return {"url": url, "rows": portals.fill(portals.environment(url, shared / "static-files", shared))}


@pytest.fixture(scope="session")
def portal_environment(portal_model, tmp_path_factory):
    """The environment of a portal with the demonstration of 6 July 2009 in a database of its own."""
    folder = tmp_path_factory.mktemp("portal")
    return portals.environment(_copy_of(portal_model["url"], folder), Path(portal_model["static"]), folder)


@pytest.fixture(scope="session")
def rows(portal_model) -> dict:
    """Where the pages find what they show, see tests/look/rows.py."""
    return portal_model["rows"]


@pytest.fixture(scope="session")
def portal(portal_environment):
    """The address of the running portal."""
    with portals.running(portal_environment) as address:
        yield address


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

    def sign_in(username=None, language="kk", *, width=1280, javascript=True, **options):
        context = chromium.new_context(
            base_url=portal,
            viewport={"width": width, "height": 900},
            java_script_enabled=javascript,
            locale="en-US",
            storage_state=signed_in.get(username),
            **options,
        )
        contexts.append(context)
        page = context.new_page()
        complaints.append(audit.complaints_of(page))
        page.goto("/" if username in signed_in else "/sign-in/")
        if username and username not in signed_in:
            page.fill("input[name=username]", username)
            page.fill("input[name=password]", PASSWORD)
            page.click("form:has(input[name=password]) button")
            page.wait_for_url(lambda address: "/sign-in/" not in address)
            signed_in[username] = context.storage_state()
        if page.locator("html").get_attribute("lang") != language:
            follow(page.locator(f"button[name=language][value={language}]"))
        return page

    yield sign_in
    for context in contexts:
        context.close()
    assert not any(complaints), complaints


def follow(control: Locator) -> None:
    """Press what leads to a page, and wait for that page."""
    with control.page.expect_navigation():
        control.click()


def _fresh_database(folder: Path) -> str:
    if settings.DATABASES["default"]["ENGINE"].endswith("sqlite3"):
        return f"sqlite:///{folder / 'portal.sqlite3'}"
    return _create_database(f"portal_model_{os.getpid()}")


def _copy_of(url: str, folder: Path) -> str:
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
