"""Seconds and memory of one step. Each step runs in a process of its own, so that none finds another's memory."""

import ctypes
import gc
import json
import resource
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

MEMORY_LIMIT = 14 * 2**30
MIB = 2**20


def in_own_process(module: str, *arguments: str, env: dict[str, str]) -> dict:
    """What `module` prints as JSON; {"failed": why} if it does not get that far."""
    command = [sys.executable, "-m", module, *arguments]
    ran = subprocess.run(command, capture_output=True, env=env, check=False)
    if ran.returncode:
        lines = ran.stderr.decode(errors="replace").strip().splitlines()
        return {"failed": lines[-1][:300] if lines else f"exit {ran.returncode}"}
    return json.loads(ran.stdout.splitlines()[-1])


def limit_memory() -> None:
    """Of this process and of those it starts, each: a step that asks for more fails, the machine lives on."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_LIMIT, MEMORY_LIMIT))


def measured(job: Callable[[], object]) -> tuple[object, dict]:
    """What the job returns; its seconds by the clock and of the processors (its children's too), and by how many bytes
    the memory in use rose at most above that before it.

    `children`: at most in use by a process that it started.
    """
    before = settled()
    Path("/proc/self/clear_refs").write_text("5", encoding="ascii")  # sets the high-water mark back
    start, used = time.perf_counter(), _processor_seconds()
    result = job()
    return result, {
        "seconds": time.perf_counter() - start,
        "cpu": _processor_seconds() - used,
        "peak": _status("VmHWM") - before,
        "children": resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss * 1024,
    }


def _processor_seconds() -> float:
    return sum(
        used.ru_utime + used.ru_stime
        for used in map(resource.getrusage, (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    )


def settled() -> int:
    """Bytes in use once what is free has been given back."""
    gc.collect()
    ctypes.CDLL(None).malloc_trim(0)
    return _status("VmRSS")


def _status(name: str) -> int:
    for line in Path("/proc/self/status").read_text(encoding="ascii").splitlines():
        if line.startswith(f"{name}:"):
            return int(line.split()[1]) * 1024
    raise LookupError(name)
