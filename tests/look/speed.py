"""`make bench ARGS=pages`: bytes of pages on a first and on a second visit; how soon they stand still on a slow line.

python -m tests.bench pages [--runs N] [--page NAME]… [--print-only]
"""

import argparse
import os
import statistics
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import django
from playwright.sync_api import Browser, BrowserContext

from ..bench.page import publish
from . import audit
from .looking import DESK, PHONE, chromium, filled, signed_in
from .pages import PAGES
from .portal import running

# 1.6 Mbit/s down, 750 kbit/s up, 150 ms there and back.
LINE = {
    "offline": False,
    "latency": 150,
    "downloadThroughput": 1_600_000 / 8,
    "uploadThroughput": 750_000 / 8,
}
# What people open most, whatever it weighs.
OFTEN = ["home_coordinator", "home_reporter.akt", "overview_leader", "plan_coordinator", "map_coordinator"]
OFTEN += ["submission_draft_reporter.akt", "entry_draft_14_reporter.akt", "period_2009-H1_coordinator"]
HEAVIEST = 10

_WATCH = """
window.seen = {paint: 0, shift: 0};
new PerformanceObserver(list => list.getEntries().forEach(entry => { seen.paint = entry.startTime; }))
    .observe({type: "largest-contentful-paint", buffered: true});
new PerformanceObserver(list => list.getEntries().forEach(entry => { seen.shift += entry.value; }))
    .observe({type: "layout-shift", buffered: true});
"""


@dataclass
class Visit:
    """`bytes` on the wire, headings of answers too; `paint`: seconds until the largest thing was painted."""

    bytes: int
    requests: int
    html: int
    paint: float
    shift: float


def main(arguments: list[str]) -> None:
    options = _options(arguments)
    # For the addresses of pages; the portal itself runs in processes of its own.
    os.environ |= {"DEBUG": "1", "DJANGO_SETTINGS_MODULE": "config.settings"}
    django.setup()
    rows = []
    with filled() as (environ, found), running(environ) as portal, chromium() as browser:
        contexts = {who: signed_in(browser, portal, who) for who in dict.fromkeys(page.who for page in PAGES)}
        for context in contexts.values():
            audit.speak(context, portal, "kk")
        weighed = []
        for page in PAGES:
            if not page.needs_debug and (not options.page or page.url in options.page):
                with _stranger(browser, contexts[page.who], portal) as context:
                    weighed.append((page, *(_visit(context, page.address(found)) for _time in range(2))))
        weighed.sort(key=lambda one: one[1].bytes, reverse=True)
        for place, (page, first, second) in enumerate(weighed):
            if place >= HEAVIEST and page.name not in OFTEN:
                continue
            rows.append([page.title, page.who or "a visitor", *_weights(first, second)])
            for width in (DESK, PHONE):
                slow = []
                for _run in range(options.runs):
                    with _stranger(browser, contexts[page.who], portal, width) as context:
                        slow.append(_visit(context, page.address(found), line=LINE))
                rows[-1] += _medians(slow)
    head = ["page", "seen by", "first visit, kB", "HTML of it, kB", "requests", "second visit, kB"]
    head += [f"{what}, {width} px" for width in (DESK, PHONE) for what in ("largest paint, s", "layout shift")]
    publish("pages", head, ["---"] * 2 + ["---:"] * (len(head) - 2), rows, print_only=options.print_only)


def _options(arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.bench pages")
    parser.add_argument("--runs", type=int, default=5, help="of which the median counts")
    parser.add_argument("--page", action="append", help="name of the URL, such as map; again for more")
    parser.add_argument("--print-only", action="store_true", help="leave docs/performance.md as it is")
    return parser.parse_args(arguments)


@contextmanager
def _stranger(browser: Browser, signed: BrowserContext, portal: str, width: int = DESK) -> Iterator[BrowserContext]:
    """A browser that has signed in and has nothing else in store."""
    context = browser.new_context(
        base_url=portal, viewport={"width": width, "height": 900}, storage_state=signed.storage_state()
    )
    context.add_init_script(_WATCH)
    yield context
    context.close()


def _visit(context: BrowserContext, address: str, *, line: dict | None = None) -> Visit:
    tab = context.new_page()
    devtools = context.new_cdp_session(tab)
    weights, documents = {}, set()

    def answered(event):
        if event["type"] == "Document":
            documents.add(event["requestId"])

    def finished(event):
        weights[event["requestId"]] = event["encodedDataLength"]

    devtools.on("Network.responseReceived", answered)
    devtools.on("Network.loadingFinished", finished)
    devtools.send("Network.enable")
    if line:
        devtools.send("Network.emulateNetworkConditions", line)
    tab.goto(address, wait_until="networkidle")
    seen = tab.evaluate("seen")
    tab.close()
    return Visit(
        bytes=sum(weights.values()),
        requests=sum(1 for weight in weights.values() if weight),
        html=sum(weights[key] for key in documents if key in weights),
        paint=seen["paint"] / 1000,
        shift=seen["shift"],
    )


def _weights(first: Visit, second: Visit) -> list[str]:
    return [f"{first.bytes / 1000:.0f}", f"{first.html / 1000:.0f}", str(first.requests), f"{second.bytes / 1000:.0f}"]


def _medians(visits: list[Visit]) -> list[str]:
    paint, shift = (statistics.median(values) for values in zip(*((v.paint, v.shift) for v in visits), strict=True))
    return [f"{paint:.2f}", f"{shift:.3f}"]
