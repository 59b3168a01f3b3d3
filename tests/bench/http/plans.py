"""The queries of each page, and what the database reads for them: python -m tests.bench.http.plans [WORD]

In this process, with the parts of pages that are kept thrown away before. Blocks read tell on a busy machine too what
grows; seconds do not. Prints JSON: for each page its queries in their order.
"""

import contextlib
import json
import sys

import django

from .pages import MEASURED, PERIOD, SAVE, SLUG
from .step import signed_in

GREW, FROM = 3, 300


def main(word: str = "") -> dict[str, list[dict]]:
    from django.core.cache import caches
    from django.db import connection
    from django.test import Client

    from reports.models import Submission

    drafts = Submission.objects.filter(period__programme__slug=SLUG, period__code=PERIOD)
    draft = drafts.get(agency__code="akimat-akt").pk
    found = {}
    for measured in MEASURED:
        if measured.kind == SAVE or word not in measured.name:
            continue
        browser, asked = Client(SERVER_NAME="127.0.0.1"), []
        browser.cookies.load(signed_in(measured.who))
        caches["parts"].clear()
        with connection.execute_wrapper(lambda run, *rest, asked=asked: asked.append(rest[:2]) or run(*rest)):
            answer = browser.get(measured.address.format(draft=draft))
            if answer.status_code != 200:
                raise SystemExit(f"{measured.name}: {answer.status_code}")
        found[measured.name] = [_explained(connection, *one) for one in asked if one[0].startswith("SELECT")]
    return found


def _explained(connection, sql: str, params: tuple) -> dict:
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) {sql}", params)
        said = cursor.fetchone()[0]
        plan = (json.loads(said) if isinstance(said, str) else said)[0]
        cursor.execute(f"EXPLAIN (ANALYZE, BUFFERS) {sql}", params)
        text = [line for (line,) in cursor.fetchall()]
    return {
        "sql": sql,
        "blocks": plan["Plan"]["Shared Hit Blocks"] + plan["Plan"]["Shared Read Blocks"],
        "rows": plan["Plan"]["Actual Rows"],
        "milliseconds": plan["Execution Time"] + plan["Planning Time"],
        "plan": text,
    }


def compared(found: dict[int, dict[str, list[dict]]], *, with_plans: bool) -> str:
    """For people: by page the blocks that its queries read at each size, and the queries that read more and more."""
    smallest, lines = min(found), []
    for name, small in found[smallest].items():
        blocks = {size: sum(query["blocks"] for query in pages[name]) for size, pages in found.items()}
        lines.append(f"{name}: " + ", ".join(f"{count:,} blocks at {size}" for size, count in blocks.items()))
        for size, pages in found.items():
            for before, query in zip(small, pages[name], strict=False):
                if size != smallest and query["blocks"] > GREW * before["blocks"] + FROM:
                    lines.append(_grown(size, before, query))
                    lines += [f"        {line}" for line in query["plan"]] if with_plans else []
    return "\n".join(lines)


def _grown(size: int, before: dict, query: dict) -> str:
    grown = ", ".join(f"{before[what]:,.0f} → {query[what]:,.0f} {what}" for what in ("blocks", "rows", "milliseconds"))
    return f"    at {size}: {grown}: … FROM {query['sql'].partition(' FROM ')[2][:300]}"


if __name__ == "__main__":
    django.setup()
    with contextlib.redirect_stdout(sys.stderr):
        outcome = main(*sys.argv[1:])
    print(json.dumps(outcome))
