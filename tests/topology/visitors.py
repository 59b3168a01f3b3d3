"""Who uses the portal while its parts are killed: each notes what he was answered, and what must not have been."""

import re
import threading
import time
from collections import Counter
from itertools import cycle

import requests

PERIOD = "2009-H1"
PAGES = ("overview/", "plan/", "map/", "money/", "results/", "periods/")
PROGRAMME = "/programmes/children-2007-2011/"
PAUSE = 0.05


class Visitor(threading.Thread):
    """Signed in. `answers`: how many of which status, 0 where there was no connection; `wrong`: what may never be."""

    def __init__(self, address: str, cookies: dict[str, str], name: str):
        super().__init__(name=name, daemon=True)
        self.answers: Counter[int] = Counter()
        self.wrong: list[str] = []
        self.well_since = 0
        self._address, self._session = address, requests.Session()
        self._session.cookies.update(cookies)
        self._ended = threading.Event()

    def run(self) -> None:
        while not self._ended.wait(PAUSE):
            self.visit()

    def visit(self) -> None:
        raise NotImplementedError

    def end(self) -> None:
        self._ended.set()
        self.join()

    def ask(self, method: str, path: str, **given) -> requests.Response | None:
        """The answer if it is what was asked for; None if the portal could not, in whichever way is allowed."""
        try:
            answer = self._session.request(method, self._address + path, allow_redirects=False, timeout=30, **given)
        except requests.RequestException:
            answer = None
        status = 0 if answer is None else answer.status_code
        self.answers[status] += 1
        self.well_since = self.well_since + 1 if status == 200 else 0
        if status in (0, 503):
            if status and not _says_what_to_do(answer):
                self.wrong.append(f"{method} {path}: 503 without a page that says what to do: {answer.text[:200]}")
            return None
        if status == 412:
            # The save before, whose answer was lost, had been kept.
            return None
        if status != 200:
            self.wrong.append(f"{method} {path}: {status} {answer.headers.get('Location', '')} {answer.text[:300]}")
            return None
        return answer


class Reader(Visitor):
    """An analyst who goes from one page to the next."""

    def __init__(self, *args):
        super().__init__(*args)
        self._pages = cycle(PAGES)

    def visit(self) -> None:
        self.ask("GET", PROGRAMME + next(self._pages))


class Writer(Visitor):
    """A clerk who saves numbered texts, and looks after each into a list that replicas serve.

    `kept`: the last number whose save was acknowledged; `sent`: the last one that was sent.
    """

    def __init__(self, address: str, cookies: dict[str, str], name: str, submission: int, agency: str, ordinal: int):
        super().__init__(address, cookies, name)
        self.submission, self.ordinal = submission, ordinal
        self.acknowledged: list[int] = []
        self.sent = 0
        self._entry = f"/api/v1/submissions/{submission}/entries/{ordinal}/"
        self.list = f"/api/v1/entries/?period={PERIOD}&agency={agency}&activity={ordinal}"
        self._version = ""

    @property
    def kept(self) -> int:
        return self.acknowledged[-1] if self.acknowledged else 0

    def visit(self) -> None:
        if not self._version:
            answer = self.ask("GET", self._entry)
            self._version = answer.headers["ETag"] if answer is not None else ""
            if answer is None:
                return
        self._save()
        self._look()

    def _save(self) -> None:
        self.sent += 1
        headers = {"If-Match": self._version, "X-CSRFToken": self._session.cookies["csrftoken"]}
        headers["Referer"] = self._address
        text = {"status": "in_progress", "narrative": f"Балалар саны: №{self.sent}"}
        answer = self.ask("PATCH", self._entry, json=text, headers=headers)
        self._version = answer.headers["ETag"] if answer is not None else ""
        if answer is not None:
            self.acknowledged.append(self.sent)

    def _look(self) -> None:
        answer = self.ask("GET", self.list)
        if answer is None:
            return
        rows = answer.json()["results"]
        shown = number_in(rows[0]["narrative"]) if rows else 0
        if shown < self.kept:
            self.wrong.append(f"№{shown} was shown after №{self.kept} had been saved")


def number_in(text: str) -> int:
    found = re.search(r"№(\d+)", text)
    return int(found[1]) if found else 0


def _says_what_to_do(answer: requests.Response) -> bool:
    """A page with the reader's language in it, or a problem of the API in it."""
    if "json" in answer.headers["Content-Type"]:
        return bool(answer.json()["detail"])
    return 'lang="ru"' in answer.text or 'lang="kk"' in answer.text


def until_well(visitors: list[Visitor], within: float = 30) -> None:
    """Each has got several good answers in a row."""
    latest = time.monotonic() + within
    for visitor in visitors:
        visitor.well_since = 0
    while any(visitor.well_since < 6 for visitor in visitors):
        if time.monotonic() > latest:
            waiting = {visitor.name: visitor.wrong[:1] for visitor in visitors if visitor.well_since < 6}
            raise RuntimeError(f"not served: {waiting}")
        time.sleep(0.05)
