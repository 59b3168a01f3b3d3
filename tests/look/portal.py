"""A portal as in production, for a browser: gunicorn, DEBUG off, compressed static files, the demonstration's data."""

import json
import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
TODAY = "2009-07-06"
PASSWORD = "demo-2009"


def environment(database_url: str, static: Path, files: Path) -> dict[str, str]:
    """Of the server. `static`: where its static files are collected; `files`: a folder for what people upload."""
    folders = {name: json.dumps({"location": str(files / name)}) for name in ("attachments", "passing")}
    return os.environ | {
        "DJANGO_SETTINGS_MODULE": "config.settings",
        "DATABASE_URL": database_url,
        "PORTAL_TODAY": TODAY,
        "SECRET_KEY": "for-a-browser",
        "STATIC_ROOT": str(static),
        "ATTACHMENT_STORAGE_OPTIONS": folders["attachments"],
        "PASSING_STORAGE_OPTIONS": folders["passing"],
        "EMAIL_URL": "dummymail://",
        "LC_ALL": "C.UTF-8",
        "LOG_LEVEL": "ERROR",
        "DEBUG": "0",
        "HTTPS": "0",
        "ALLOWED_HOSTS": "127.0.0.1",
    }


def fill(environ: dict[str, str]) -> dict[str, str]:
    """Tables, decree, demonstration, and a row for every page that needs one: its addresses, by name (`rows.py`)."""
    ran = _python(environ | {"DEBUG": "1"}, "-m", "tests.look.rows")
    return json.loads(ran.splitlines()[-1])


def collect_static(environ: dict[str, str]) -> None:
    _python(environ, "manage.py", "collectstatic", "--no-input", "-v0")


@contextmanager
def running(environ: dict[str, str], *, port: int = 0) -> Iterator[str]:
    """The address of the portal, which stops afterwards."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", port))
        address = f"127.0.0.1:{free.getsockname()[1]}"
    if environ["DEBUG"] == "1":
        # What only developers see, and static files as they stand in the folder.
        command = [sys.executable, "manage.py", "runserver", address, "--noreload"]
    else:
        command = _gunicorn(address)
    server = subprocess.Popen(command, cwd=ROOT, env=environ)
    try:
        _wait_for(f"http://{address}/readyz", server)
        yield f"http://{address}"
    finally:
        server.terminate()
        server.wait(timeout=20)


def _gunicorn(address: str) -> list[str]:
    # Browsers open connections that they may need: without threads each would hold a worker until it is used.
    options = ["--bind", address, "--workers", "2", "--threads", "4", "--log-level", "warning"]
    return [sys.executable, "-m", "gunicorn", "config.wsgi", *options]


def _python(environ: dict[str, str], *arguments: str) -> str:
    ran = subprocess.run(
        [sys.executable, *arguments], cwd=ROOT, env=environ, capture_output=True, text=True, check=False
    )
    if ran.returncode:
        raise RuntimeError(f"{' '.join(arguments)} failed:\n{ran.stdout}{ran.stderr}")
    return ran.stdout


def _wait_for(address: str, server: subprocess.Popen) -> None:
    for _attempt in range(100):
        if server.poll() is not None:
            raise RuntimeError("the portal stopped")
        try:
            with urllib.request.urlopen(address, timeout=2):
                return
        except OSError:
            time.sleep(0.2)
    raise RuntimeError(f"{address} does not answer")
