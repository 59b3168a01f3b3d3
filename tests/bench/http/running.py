"""`make bench ARGS=http`: pages over HTTP at three sizes, beside the floor: an empty view for who has signed in.

    python -m tests.bench http [--sizes 1 100 3000] [--cluster FOLDER] [--only WORD] [--plans] [--print-only]

Databases called bench_1, bench_100 … are made and filled where they are not there yet, on a PostgreSQL of its own that
is thrown away, on one that is kept in FOLDER, or on BENCH_DATABASE_URL.
"""

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from pathlib import Path

from ...look.portal import ROOT
from ..cluster import Cluster, free_port
from ..page import publish
from . import server
from .databases import Databases
from .plans import compared
from .table import ALIGNED, HEAD, lines

# As on a machine with 24 GB; while databases are filled nothing is written to the log that need not be.
PRODUCTION = {"shared_buffers": "2GB", "effective_cache_size": "12GB", "random_page_cost": "1.1", "max_wal_size": "8GB"}
FILLING = PRODUCTION | {"wal_level": "minimal", "max_wal_senders": "0"}


def main(arguments: list[str]) -> None:
    options = _options(arguments)
    with _postgresql(options.cluster) as started:
        with started(FILLING) as url:
            for size in options.sizes:
                Databases(url).prepare(size)
        if options.prepare_only:
            return
        with started(PRODUCTION) as url:
            step = ("plans",) if options.plans else ("step", str(options.runs))
            found = {size: _done(Databases(url).url(size), *step, options.only) for size in options.sizes}
    if options.plans:
        print(compared(found, with_plans=bool(options.only)))
    else:
        publish("http", HEAD, ALIGNED, lines(found), print_only=options.print_only or bool(options.only))


def _options(arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="tests.bench http", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--sizes", nargs="+", type=int, default=[1, 100, 3000], help="programmes, each a database")
    parser.add_argument("--cluster", type=Path, help="folder of a PostgreSQL that stays there with its databases")
    parser.add_argument("--prepare-only", action="store_true", help="make the databases, measure nothing")
    parser.add_argument("--plans", action="store_true", help="instead: what each query reads, and which read ever more")
    parser.add_argument("--runs", type=int, default=40, help="requests of each page, and half as many after changes")
    parser.add_argument("--only", default="", help="pages whose name has this in it; prints only")
    parser.add_argument("--print-only", action="store_true", help="leave docs/performance.md as it is")
    return parser.parse_args(arguments)


@contextmanager
def _postgresql(folder: Path | None) -> Iterator[Callable[[dict[str, str]], AbstractContextManager[str]]]:
    """What starts it with such settings, and gives the address of the server without a database."""
    if given := os.environ.get("BENCH_DATABASE_URL"):
        yield lambda settings: nullcontext(given.rpartition("/")[0])
        return
    kept = folder or Path(tempfile.mkdtemp(prefix="bench-"))
    try:
        yield lambda settings: _started(Cluster(kept, free_port(), settings))
    finally:
        if folder is None:
            shutil.rmtree(kept)


@contextmanager
def _started(cluster: Cluster) -> Iterator[str]:
    with cluster.running():
        yield cluster.url().rpartition("/")[0]


def _done(url: str, step: str, *arguments: str) -> list | dict:
    """What a process of its own finds."""
    print(f"== {url.rpartition('/')[2]}", flush=True)
    command = [sys.executable, "-m", f"tests.bench.http.{step}", *arguments]
    with server.environ(url) as environ:
        ran = subprocess.run(command, cwd=ROOT, env=environ, stdout=subprocess.PIPE, check=False)
    if ran.returncode:
        raise SystemExit(f"{' '.join(command[1:])} failed.")
    return json.loads(ran.stdout.splitlines()[-1])
