"""The parts of a portal on several machines, on loopback: each can be started, and killed without a warning."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from string import Template

from ..bench.cluster import Cluster, free_port, run
from ..look import portal

ROOT = Path(__file__).resolve().parents[2]
DATABASE = "portal"
WITHIN = 30
PRIMARY = {
    "wal_level": "replica",
    "max_wal_senders": "4",
    # So that a replica that was down finds what it missed.
    "wal_keep_size": "256MB",
}
REPLICA = {"hot_standby_feedback": "on"}


class Server:
    """A PostgreSQL cluster."""

    def __init__(self, name: str, cluster: Cluster):
        self.name, self.cluster = name, cluster

    def start(self) -> None:
        # What is left of the server that was killed ends a moment after it.
        until(self._starts, f"{self.name} does not start")

    def _starts(self) -> bool:
        try:
            self.cluster.start()
        except RuntimeError:
            return False
        return True

    def kill(self) -> None:
        os.kill(int((self.cluster.data / "postmaster.pid").read_text().split()[0]), signal.SIGKILL)

    def stop(self) -> None:
        if self.cluster.is_running:
            self.cluster.stop("immediate")


class Program:
    """A process with its children, which writes into `log`. `address`: where it listens, if it does."""

    def __init__(
        self, name: str, command: list[str], log: Path, address: str = "", environ: dict[str, str] | None = None
    ):
        self.name, self.address = name, address
        self._command, self._log, self._environ = command, log, environ
        self._process: subprocess.Popen | None = None

    def start(self) -> None:
        with self._log.open("a") as log:
            self._process = subprocess.Popen(
                self._command, cwd=ROOT, env=self._environ, stdout=log, stderr=log, start_new_session=True
            )
        if self.address:
            until(self._listens, f"{self.name} does not listen")

    def kill(self) -> None:
        os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()

    def stop(self) -> None:
        if self._process and self._process.poll() is None:
            os.killpg(self._process.pid, signal.SIGTERM)
            try:
                self._process.wait(timeout=10)
            except subprocess.TimeoutExpired:
                self.kill()

    def _listens(self) -> bool:
        if self._process.poll() is not None:
            raise RuntimeError(f"{self.name} ended with {self._process.returncode}")
        host, _colon, port = self.address.partition(":")
        try:
            socket.create_connection((host, int(port)), timeout=1).close()
        except OSError:
            return False
        return True


@dataclass
class Topology:
    """What is up. `urls`: of the databases, past PgBouncer; `environ`: of the worker and of commands."""

    proxy: Program
    webs: list[Program]
    workers: list[Program]
    bouncer: Program
    primary: Server
    replica: Server
    environ: dict[str, str]
    urls: dict[str, str] = field(default_factory=dict)

    @property
    def address(self) -> str:
        return f"http://{self.proxy.address}"


@contextmanager
def up(folder: Path, port: int = 0) -> Iterator[Topology]:
    """All of it, with the demonstration's data; it stops afterwards. `folder` can be entered by the user postgres."""
    with ExitStack() as started:

        def start(part):
            started.callback(part.stop)
            part.start()
            return part

        primary = Server("primary", Cluster(folder / "primary", free_port(), dict(PRIMARY)))
        primary.cluster.make()
        start(primary)
        run("createdb", "-h", "127.0.0.1", "-p", str(primary.cluster.port), "-U", "portal", DATABASE)
        environ = _environ(primary.cluster.url(DATABASE), folder)
        for command in (["migrate", "-v0"], ["createcachetable"], ["load_programme"], ["demo"]):
            manage(environ | {"DEBUG": "1"}, *command)
        portal.collect_static(environ)
        replica = start(_replica(primary, folder))
        bouncer = start(_bouncer(primary, folder))
        environ["REPLICA_URLS"] = replica.cluster.url(DATABASE)
        # Transactions of one connection go to any of the server's: nothing of a session lasts.
        pooled = f"postgres://portal@{bouncer.address}/{DATABASE}?disable_server_side_cursors=True"
        webs = [start(_web(number, folder, environ | {"DATABASE_URL": pooled})) for number in (1, 2)]
        workers = [start(_worker(number, folder, environ)) for number in (1, 2)]
        proxy = start(_proxy(folder, [web.address for web in webs], port))
        urls = {"primary": primary.cluster.url(DATABASE), "replica": replica.cluster.url(DATABASE)}
        yield Topology(proxy, webs, workers, bouncer, primary, replica, environ, urls)


def until(condition: Callable[[], object], otherwise: str, within: float = WITHIN) -> None:
    latest = time.monotonic() + within
    while not condition():
        if time.monotonic() > latest:
            raise RuntimeError(otherwise)
        time.sleep(0.1)


def manage(environ: dict[str, str], *arguments: str) -> None:
    command = [sys.executable, "manage.py", *arguments]
    subprocess.run(command, cwd=ROOT, env=environ, stdout=subprocess.DEVNULL, check=True)


def _environ(url: str, folder: Path) -> dict[str, str]:
    return portal.environment(url, folder / "static", folder / "files") | {
        "CACHE_URL": "dbcache://portal_cache",
        "PROXIES": "1",
        "JOB_DEAD_AFTER": "3",
        "API_READS": "6000/minute",
        "API_WRITES": "6000/minute",
        # Killing parts makes them say so, which is not what one wants to read here.
        "LOG_LEVEL": "CRITICAL",
    }


def _replica(primary: Server, folder: Path) -> Server:
    cluster = Cluster(folder / "replica", free_port(), dict(REPLICA))
    cluster.folder.mkdir()
    if os.geteuid() == 0:
        shutil.chown(cluster.folder, "postgres")
    source = ["-h", "127.0.0.1", "-p", str(primary.cluster.port), "-U", "portal"]
    run("pg_basebackup", *source, "-D", str(cluster.data), "--write-recovery-conf", "--checkpoint", "fast")
    return Server("replica", cluster)


def _bouncer(primary: Server, folder: Path) -> Program:
    port = free_port()
    users, settings = folder / "pgbouncer-users.txt", folder / "pgbouncer.ini"
    users.write_text('"portal" ""\n')
    settings.write_text(
        f"[databases]\n{DATABASE} = host=127.0.0.1 port={primary.cluster.port}\n"
        f"[pgbouncer]\nlisten_addr = 127.0.0.1\nlisten_port = {port}\nunix_socket_dir =\n"
        f"auth_type = trust\nauth_file = {users}\n"
        "pool_mode = transaction\ndefault_pool_size = 4\nmax_client_conn = 200\nserver_login_retry = 1\n"
        "logfile = /dev/null\n"
    )
    command = [_found("pgbouncer"), "-q", str(settings)]
    if os.geteuid() == 0:
        command = ["runuser", "-u", "postgres", "--", *command]
    return Program("PgBouncer", command, folder / "pgbouncer.log", f"127.0.0.1:{port}")


def _web(number: int, folder: Path, environ: dict[str, str]) -> Program:
    address = f"127.0.0.1:{free_port()}"
    command = [sys.executable, "-m", "gunicorn", "config.wsgi", "--bind", address, "--log-level", "critical"]
    command += ["--workers", "1", "--threads", "4"]
    return Program(f"web {number}", command, folder / f"web-{number}.log", address, environ)


def _worker(number: int, folder: Path, environ: dict[str, str]) -> Program:
    command = [sys.executable, "manage.py", "work"]
    return Program(f"worker {number}", command, folder / f"worker-{number}.log", environ=environ)


def _proxy(folder: Path, webs: list[str], port: int) -> Program:
    address = f"127.0.0.1:{port or free_port()}"
    template = Template((ROOT / "docker/nginx/portal.conf.template").read_text())
    (folder / "no-tls.conf").touch()
    # nginx's own variables stay as they are.
    site = template.safe_substitute(
        WEB_1=webs[0], WEB_2=webs[1], LISTEN=address, TLS=folder / "no-tls.conf", PAGES=ROOT / "docker/nginx"
    )
    kinds = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    places = "".join(f"{kind}_temp_path {folder}/nginx-{kind};" for kind in kinds)
    settings = folder / "nginx.conf"
    settings.write_text(
        f"pid {folder}/nginx.pid; error_log /dev/null;\nevents {{}}\n"
        f"http {{\naccess_log off; {places}\ndefault_type text/html;\n{site}}}\n"
    )
    runs_as = " user root;" if os.geteuid() == 0 else ""
    command = [_found("nginx"), "-c", str(settings), "-e", "/dev/null", "-g", f"daemon off;{runs_as}"]
    return Program("proxy", command, folder / "proxy.log", address)


def _found(program: str) -> str:
    path = shutil.which(program, path=f"{os.environ.get('PATH', '')}:/usr/sbin")
    if path is None:
        raise RuntimeError(f"{program} is not installed here: apt-get install {program}")
    return path
