"""PostgreSQL clusters of one's own on loopback, from the binaries that are installed."""

import os
import shutil
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

INSTALLED = Path("/usr/lib/postgresql")
USER = "portal"


class Missing(RuntimeError):
    """No PostgreSQL server is installed."""


@dataclass
class Cluster:
    """A server with its data in `folder`. `settings` as in postgresql.conf; they hold for one start."""

    folder: Path
    port: int
    settings: dict[str, str] = field(default_factory=dict)

    @property
    def data(self) -> Path:
        return self.folder / "data"

    def url(self, database: str = "postgres") -> str:
        return f"postgres://{USER}@127.0.0.1:{self.port}/{database}"

    def make(self) -> None:
        """An empty one, unless there is one already. The folder must be reachable for the system's user postgres."""
        if self.data.exists():
            return
        self.folder.mkdir(parents=True, exist_ok=True)
        if os.geteuid() == 0:
            shutil.chown(self.folder, "postgres")
        options = ["-U", USER, "--auth", "trust", "--encoding", "UTF8", "--locale", "C.UTF-8"]
        run("initdb", "-D", str(self.data), *options)

    def start(self) -> None:
        options = {
            "port": str(self.port),
            "listen_addresses": "127.0.0.1",
            "unix_socket_directories": str(self.folder),
            "max_connections": "100",
        } | self.settings
        given = " ".join(f"-c {name}={value}" for name, value in options.items())
        run("pg_ctl", "-D", str(self.data), "-w", "-t", "300", "-l", str(self.folder / "log"), "-o", given, "start")

    def stop(self, mode: str = "fast") -> None:
        """`mode`: smart, fast, or immediate, which is as if the machine had lost its power."""
        run("pg_ctl", "-D", str(self.data), "-w", "-t", "600", "-m", mode, "stop")

    @property
    def is_running(self) -> bool:
        return run("pg_ctl", "-D", str(self.data), "status", check=False).returncode == 0

    @contextmanager
    def running(self) -> Iterator["Cluster"]:
        """One that runs already is left running."""
        self.make()
        was_running = self.is_running
        if was_running:
            # Whoever started it chose the port.
            self.port = int((self.data / "postmaster.pid").read_text(encoding="utf-8").split("\n")[3])
        else:
            self.start()
        try:
            yield self
        finally:
            if not was_running:
                self.stop()


def run(program: str, *arguments: str, check: bool = True) -> subprocess.CompletedProcess:
    """One of PostgreSQL's programs; as the system's user postgres where this process is root, which they refuse."""
    command = [str(binaries() / program), *arguments]
    if os.geteuid() == 0:
        command = ["runuser", "-u", "postgres", "--", *command]
    # A server inherits what it writes to, so nothing may wait for that to be closed.
    ran = subprocess.run(command, cwd="/", stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False)
    if check and ran.returncode:
        raise RuntimeError(f"{' '.join(command)} failed ({ran.returncode}); see the log beside the data.")
    return ran


def binaries() -> Path:
    """Of the newest version that is installed."""
    found = [path.parent for path in INSTALLED.glob("*/bin/initdb")]
    if not found:
        raise Missing("No PostgreSQL server is installed here: apt-get install postgresql, or set BENCH_DATABASE_URL.")
    return max(found, key=lambda path: int(path.parent.name))


def free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return free.getsockname()[1]
