"""The portal as in production: gunicorn with two workers, DEBUG off, compressed static files."""

import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from ...look.portal import ROOT, collect_static, environment
from ..cluster import free_port

SETTINGS = "tests.bench.settings"


@contextmanager
def environ(database_url: str) -> Iterator[dict[str, str]]:
    """Of the portal, with folders of its own for static files and for what people upload."""
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        made = environment(database_url, Path(folder, "static"), Path(folder, "files"))
        made |= {"DJANGO_SETTINGS_MODULE": SETTINGS}
        collect_static(made)
        yield made


@contextmanager
def running() -> Iterator[str]:
    """The address of a server with this process's environment."""
    address = f"127.0.0.1:{free_port()}"
    command = [sys.executable, "-m", "gunicorn", "config.wsgi", "--bind", address, "--workers", "2", "--timeout", "600"]
    # Written, as in production, and read by nobody unless something fails.
    with tempfile.TemporaryFile() as log:
        server = subprocess.Popen(command, cwd=ROOT, stderr=log)
        try:
            _wait(f"http://{address}/healthz", server)
            yield f"http://{address}"
        except BaseException:
            log.seek(0)
            sys.stderr.write(log.read().decode()[-5_000:])
            raise
        finally:
            server.terminate()
            server.wait(timeout=30)


def _wait(address: str, server: subprocess.Popen) -> None:
    for _attempt in range(150):
        if server.poll() is not None:
            raise RuntimeError("The portal stopped.")
        try:
            with urllib.request.urlopen(address, timeout=5):
                return
        except OSError:
            time.sleep(0.2)
    raise RuntimeError(f"{address} does not answer.")


def forget_peak(worker: int) -> None:
    """From now on `peak` counts anew."""
    Path(f"/proc/{worker}/clear_refs").write_text("5", encoding="ascii")


def peak(worker: int) -> int:
    """The most memory that the process has held, in bytes."""
    lines = Path(f"/proc/{worker}/status").read_text(encoding="ascii").splitlines()
    return next(int(line.split()[1]) * 1024 for line in lines if line.startswith("VmHWM:"))
