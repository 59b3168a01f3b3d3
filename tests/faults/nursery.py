"""Operations of the portal in processes of their own, which may be killed: each is forked off a loaded Django.

A line of JSON on standard input orders one, a line on standard output says how it ended: see `Order` and `Ending` in
`laboratory`. The process itself holds no connection to a database.
"""

import datetime
import functools
import gc
import json
import os
import signal
import sys
import traceback
from pathlib import Path
from zoneinfo import ZoneInfo

NOON = "2009-07-06T12:00:00"


def main() -> None:
    import django

    django.setup()
    _warm_up()
    gc.freeze()
    answers, sys.stdout = sys.stdout, sys.stderr
    print("ready", file=answers, flush=True)
    for line in sys.stdin:
        print(json.dumps(_raise_child(json.loads(line))), file=answers, flush=True)


def _warm_up() -> None:
    """What every request would load anew in its process."""
    from django.conf import settings
    from django.template import TemplateDoesNotExist, TemplateSyntaxError, loader
    from django.urls import get_resolver
    from django.utils import translation

    from reports import foreign_files

    settings.DEBUG = False
    settings.ALLOWED_HOSTS = ["testserver"]
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    settings.MAIL_TRANSPORT = "tests.faults.steps.Post"
    get_resolver().url_patterns  # noqa: B018
    from . import invariants, operations  # noqa: F401

    # What is read in a process with limits is the same each time.
    foreign_files._run = functools.cache(foreign_files._run)

    folder = settings.BASE_DIR / "templates"
    for path in folder.rglob("*.html"):
        try:
            loader.get_template(str(path.relative_to(folder)))
        except (TemplateDoesNotExist, TemplateSyntaxError):
            continue
    for code, _name in settings.LANGUAGES:
        with translation.override(code):
            translation.gettext("Half-years")
    translation.activate("kk")
    _rehearse(operations.REHEARSED)


def _rehearse(rehearsed) -> None:
    """What the portal loads with its first requests, it has loaded; the database stays as it is."""
    from django.core.cache import caches
    from django.db import connections, transaction

    from programme import calendar

    with calendar.pretend(_moment(NOON)):
        for operation in rehearsed:
            with transaction.atomic():
                operation.perform(**(operation.prepare() or {}))
                transaction.set_rollback(True)
    for cache in caches.all():
        cache.clear()
    connections.close_all()


def _moment(text: str) -> datetime.datetime:
    return datetime.datetime.fromisoformat(text).replace(tzinfo=ZoneInfo("Asia/Almaty"))


def _raise_child(order: dict) -> dict:
    reading, writing = os.pipe()
    pid = os.fork()
    if pid == 0:
        os.close(reading)
        _live(order, writing)
    os.close(writing)
    with os.fdopen(reading) as pipe:
        lines = [json.loads(line) for line in pipe]
    code = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
    ending = {"code": code, "killed": code == -signal.SIGKILL}
    for line in lines:
        ending |= line
    return ending


def _live(order: dict, writing: int) -> None:
    """One operation, in the child; never returns."""
    code = 1
    try:
        with os.fdopen(writing, "w") as pipe:
            code = _obey(order, pipe)
    except BaseException:
        traceback.print_exc()
    finally:
        os._exit(code)


def _obey(order: dict, pipe) -> int:
    """The exit code."""
    from django.db import connections

    from programme import calendar

    from . import operations
    from .steps import Post, Steps

    def say(**what) -> None:
        print(json.dumps(what, default=str), file=pipe, flush=True)

    connections.settings["default"]["NAME"] = order["database"]
    Post.taken = str(Path(order["files"]) / "taken")
    steps = Steps(order.get("kill_at"), is_thorough=order.get("is_thorough", False))
    with calendar.pretend(_moment(order.get("moment") or NOON)):
        call = operations.find(order["operation"], order["part"])
        try:
            if order.get("is_watched"):
                steps.watch()
            answer = call(**order.get("arguments", {}))
            steps("before the answer")
            say(answer=answer)
            steps("after the answer")
        except Exception:
            say(error=traceback.format_exc())
            return 1
        finally:
            say(steps=steps.names)
    connections.close_all()
    return 0


if __name__ == "__main__":
    main()
