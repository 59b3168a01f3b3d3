"""The portal as on several machines: proxy, two web processes, two workers, PgBouncer, PostgreSQL with a replica.

python -m tests.topology up [PORT] | test

`up`: until it is interrupted, with the demonstration's data. `test`: kills each part in turn while people work.
"""

import logging
import os
import shutil
import sys
import tempfile
import time
from pathlib import Path

import django

from .parts import up


def main(arguments: list[str]) -> None:
    match arguments:
        case ["up"]:
            _stay_up(0)
        case ["up", port] if port.isdigit():
            _stay_up(int(port))
        case ["test"]:
            _test()
        case _:
            sys.exit(__doc__)


def _stay_up(port: int) -> None:
    folder = _folder()
    try:
        with up(folder, port) as topology:
            print(f"{topology.address} (interrupt to end)", flush=True)
            while True:
                time.sleep(1)
    except KeyboardInterrupt:
        print()
    finally:
        shutil.rmtree(folder)


def _test() -> None:
    folder, started = _folder(), time.monotonic()
    try:
        with up(folder) as topology:
            os.environ.update(topology.environ)
            django.setup()
            logging.disable()
            print(f"All parts are up after {time.monotonic() - started:.0f} s.", flush=True)
            from .faults import Trial

            trial = Trial(topology)
            trial.run()
            print(f"{': '.join(trial.lines[-1])}. {time.monotonic() - started:.0f} s in all.")
    finally:
        shutil.rmtree(folder)


def _folder() -> Path:
    """Where the system's user postgres may go too."""
    folder = Path(tempfile.mkdtemp(prefix="portal-"))
    folder.chmod(0o755)
    return folder


if __name__ == "__main__":
    main(sys.argv[1:])
