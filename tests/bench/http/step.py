"""One size, measured in this process: python -m tests.bench.http.step RUNS [WORD], with the server's environment.

Prints what was found as JSON. Beside every request for a page stands one for the floor, so that what else the machine
does touches both.
"""

import contextlib
import json
import re
import statistics
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import django

from . import server
from .browser import Answer, Browser, fields_of
from .pages import MEASURED, PERIOD, ROW, SAVE, SLUG, Measured

FLOOR = f"/bench/floor/?slug={SLUG}"
# Until both workers have made the page, and know what they keep; at most so many times.
WARM_UP = 12
SECONDS, LEAST_RUNS = 60, 5


@dataclass
class Series:
    """Of one page: answers one after the other, and the floor's beside them."""

    answers: list[Answer] = field(default_factory=list)
    floor: list[Answer] = field(default_factory=list)

    def summary(self) -> dict:
        seconds = [answer.seconds for answer in self.answers]
        return {
            "p50": statistics.median(seconds),
            "p95": percentile(seconds, 0.95),
            "floor": statistics.median(answer.seconds for answer in self.floor),
            "queries": max(answer.queries for answer in self.answers),
            "database": statistics.median(answer.database for answer in self.answers),
            "processor": statistics.median(answer.processor for answer in self.answers),
            "sent": max(answer.sent for answer in self.answers),
        }


def percentile(values: list[float], share: float) -> float:
    """The value that so many do not exceed."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, round(share * len(ordered) + 0.5) - 1)]


def main(runs: int, word: str = "") -> list[dict]:
    from reports.models import Submission

    drafts = Submission.objects.filter(period__programme__slug=SLUG, period__code=PERIOD)
    drafts = dict(drafts.values_list("agency__code", "pk"))
    chosen = [one for one in MEASURED if word in one.name]
    found = []
    with server.running() as address:
        browsers = {who: Browser(address, signed_in(who)) for who in {one.who for one in chosen}}
        for measured in chosen:
            path = measured.address.format(draft=drafts["akimat-akt"])
            measure = _save if measured.kind == SAVE else _page
            found.append({"name": measured.name} | measure(measured, browsers[measured.who], path, runs))
            _say(found[-1])
    return found


def _page(measured: Measured, browser: Browser, path: str, runs: int) -> dict:
    """As long as nothing changes; and each time after something changed that it shows."""
    workers = _warm_up(measured, browser, path)
    for worker in workers:
        server.forget_peak(worker)
    still, changed = Series(), Series()
    for _run in _in_time(runs):
        _both(still, browser, lambda: _asked(measured, browser, path))
    for run in _in_time(runs // 2):
        _change(run)
        _both(changed, browser, lambda: _asked(measured, browser, path))
    return {"still": still.summary(), "changed": changed.summary(), "peak": max(map(server.peak, workers))}


def _in_time(runs: int) -> Iterator[int]:
    """Fewer where a page takes so long that nobody would wait for the benchmark."""
    start = time.monotonic()
    for run in range(max(runs, 1)):
        if run >= LEAST_RUNS and time.monotonic() - start > SECONDS:
            return
        yield run


def _both(series: Series, browser: Browser, ask: Callable[[], Answer]) -> None:
    series.floor.append(browser.get(FLOOR))
    series.answers.append(ask())


def _warm_up(measured: Measured, browser: Browser, path: str) -> set[int]:
    """The workers."""
    asked = [_asked(measured, browser, path) for _time in range(4)]
    while len(workers := {answer.worker for answer in asked}) < 2 and len(asked) < WARM_UP:
        asked.append(_asked(measured, browser, path))
    return workers


def _asked(measured: Measured, browser: Browser, path: str) -> Answer:
    answer = browser.get(path)
    if answer.status != 200:
        raise SystemExit(
            f"{measured.name}: {path} answers {answer.status} to {measured.who}: {answer.to or answer.text[:500]}"
        )
    return answer


def _save(measured: Measured, browser: Browser, path: str, runs: int) -> dict:
    """Every save changes the text, and goes on from the version before."""
    by_script = "itself" in measured.name
    page = _asked(measured, browser, path).text
    fields = fields_of(page, "entry-form") | {"writer": re.search(r'data-user="(\d+)"', page)[1], "stay": ""}
    if by_script:
        del fields["stay"]
    series, version, workers = Series(), int(fields["version"]), set()

    def ask() -> Answer:
        fields["version"] = str(version)
        fields["narrative"] = _CHANGED.format(number=version)
        return browser.post(path, fields, by_script=by_script)

    for run in range(runs + 4):
        answer = ask()
        if answer.status != (200 if by_script else 302):
            raise SystemExit(f"{measured.name}: {path} answers {answer.status}: {answer.text[:500]}")
        version += 1
        if by_script and json.loads(answer.text)["version"] != version:
            raise SystemExit(f"{measured.name}: nothing was saved: {answer.text[:500]}")
        if run < 4:
            server.forget_peak(answer.worker)
            continue
        workers.add(answer.worker)
        series.answers.append(answer)
        series.floor.append(browser.get(FLOOR))
    return {"still": series.summary(), "changed": None, "peak": max(map(server.peak, workers))}


_CHANGED = (
    "Облыста оңалту орталықтары ашылды, {number} бала қамтылды: мамандар даярланды, құрал-жабдық сатып алынды. "
    "Келесі жартыжылдықта отбасыларға әлеуметтік көмек көрсету жалғасады."
)


def _change(run: int) -> None:
    """Of all that pages show: a word of the plan, an entry, and which reports are accepted."""
    from activities.models import Activity
    from reports.models import Entry, Submission

    plan = Activity.objects.filter(programme__slug=SLUG, ordinal=ROW)
    text = plan.values_list("cost_text", flat=True)[0].removesuffix(" ")
    plan.update(cost_text=text + " " * (run % 2))
    reports = Submission.objects.filter(period__programme__slug=SLUG, period__code=PERIOD)
    states = [Submission.State.SUBMITTED, Submission.State.ACCEPTED]
    reports.filter(agency__code="akimat-sev").update(state=states[run % 2])
    entries = Entry.objects.filter(submission__in=reports, activity__ordinal=ROW)
    entries.filter(submission__agency__code="akimat-akt").update(next_step=f"Келесі кезеңде {run} келісім жасалады.")


def signed_in(username: str) -> dict[str, str]:
    """The cookie of somebody who has signed in, with the second step that some roles need."""
    from allauth.account.internal.flows.login import record_authentication
    from django.conf import settings
    from django.http import HttpRequest
    from django.test import Client

    from accounts.models import User

    client, request, user = Client(), HttpRequest(), User.objects.get(username=username)
    client.force_login(user, settings.AUTHENTICATION_BACKENDS[0])
    request.session = client.session
    record_authentication(request, user, method="mfa", type="totp")
    request.session.save()
    return {settings.SESSION_COOKIE_NAME: request.session.session_key}


def _say(found: dict) -> None:
    still, changed = found["still"], found["changed"] or found["still"]
    print(
        f"{found['name']:34} p50 {still['p50'] * 1000:7.1f} ms, floor ×{still['p50'] / still['floor']:5.1f}, "
        f"p95 {still['p95'] * 1000:7.1f}; changed p50 {changed['p50'] * 1000:7.1f}, {changed['queries']} queries",
        flush=True,
    )


if __name__ == "__main__":
    django.setup()
    with contextlib.redirect_stdout(sys.stderr):
        outcome = main(int(sys.argv[1]), *sys.argv[2:])
    print(json.dumps(outcome))
